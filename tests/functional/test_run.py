"""`pip-sysdeps run -- CMD`: as if CMD stood alone, and then the lock."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from builders.command import DEFAULT_SIGNALS
from builders.forked import run_forked
from builders.system import VENV

if TYPE_CHECKING:
    from pathlib import Path

    from builders.forked import Finished

TOOL = (sys.executable, "-m", "pip_sysdeps", "run")


def run(folder: Path, *argv: str, root: Path | None = None, stdin: str = "") -> Finished:
    """Run `pip-sysdeps run` in a folder, for the environment of a root."""
    where = ("--root", str(root), "--python", VENV) if root else ()
    return run_forked("run", *where, *argv, cwd=folder, stdin=stdin)


def run_started(folder: Path, *argv: str, prelude: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
    """Run it as a user starts it, where signals matter, behind a program such as env(1)."""
    command = [*prelude, *TOOL, *argv]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=60)


def start(folder: Path, *argv: str) -> subprocess.Popen[bytes]:
    """Start `pip-sysdeps run` in a session of its own, and wait for CMD's first line."""
    process = subprocess.Popen(
        [*DEFAULT_SIGNALS, *TOOL, *argv], cwd=folder, stdout=subprocess.PIPE, start_new_session=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n"
    return process


def test_locks_after_a_success(root: Path, tmp_path: Path) -> None:
    """CMD's standard input and output are its own; the line about the lock goes to standard error."""
    done = run(tmp_path, "--", "cat", root=root, stdin="what pip was given")
    assert (done.returncode, done.stdout) == (0, "what pip was given")
    assert done.stderr.startswith("pip-sysdeps: sysdeps.lock created: +libgomp1 (trees), +libpq5 (psycopg2), ")
    assert done.stderr.count("\n") == 1
    assert run(tmp_path, "--", "true", root=root).stderr == ""


def test_writes_another_file(root: Path, tmp_path: Path) -> None:
    """-o names the lock, as for `lock`."""
    (tmp_path / "locks").mkdir()
    done = run(tmp_path, "-o", "locks/web.lock", "--", "true", root=root)
    assert done.stderr.startswith("pip-sysdeps: web.lock created: ")
    assert [path.name for path in tmp_path.rglob("*.lock")] == ["web.lock"]


def test_does_not_lock_after_a_failure(root: Path, tmp_path: Path) -> None:
    """The status is CMD's."""
    done = run(tmp_path, "--strict", "--", "sh", "-c", "echo oops >&2; exit 3", root=root)
    assert (done.returncode, done.stderr) == (3, "oops\n")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("options", "status"), [((), 0), (("--strict",), 2)])
def test_a_lock_that_cannot_be_written(root: Path, tmp_path: Path, options: tuple[str, ...], status: int) -> None:
    """One line says so; the status is that of the lock only with --strict."""
    (tmp_path / "sysdeps.lock").write_text("lock-version = 1\n")
    done = run(tmp_path, *options, "--", "true", root=root)
    assert done.returncode == status
    assert done.stderr.startswith("pip-sysdeps: sysdeps.lock not updated: lock-version: is not a version such as 2.0")
    assert done.stderr.count("\n") == 1


def test_strict_is_silent_about_a_written_lock(root: Path, tmp_path: Path) -> None:
    """Status 0: it was locked."""
    assert run(tmp_path, "--strict", "--", "true", root=root).returncode == 0


def test_a_listed_target_is_added(root: Path, tmp_path: Path) -> None:
    """A target that the project lists is added, another one is not."""
    run(tmp_path, "--", "true", root=root)
    lock = tmp_path / "sysdeps.lock"
    other = lock.read_text().replace("debian-bookworm-amd64", "debian-trixie-amd64")
    lock.write_text(other)
    assert "has no target debian-bookworm-amd64" in run(tmp_path, "--", "true", root=root).stderr
    assert lock.read_text() == other
    listing = '[tool.pip-sysdeps]\ntargets = ["debian-bookworm-amd64", "debian-trixie-amd64"]\n'
    (tmp_path / "pyproject.toml").write_text(listing)
    assert run(tmp_path, "--", "true", root=root).stderr.startswith("pip-sysdeps: sysdeps.lock updated: ")
    assert lock.read_text().count("[[target]]\n") == 2


@pytest.mark.parametrize(
    ("argv", "expected"),
    [
        (("--", "echo", "--strict", "--", "-h"), "--strict -- -h\n"),
        (("echo", "-r", "requirements.txt"), "-r requirements.txt\n"),
        (("-q", "--", "echo"), "\n"),
        (("--", "env", "--", "echo", "x"), "x\n"),
    ],
    ids=" ".join,
)
def test_every_argument_is_the_commands(tmp_path: Path, argv: tuple[str, ...], expected: str) -> None:
    """From CMD on, nothing is an option of ours."""
    done = run(tmp_path, "--python", "no-environment", *argv)
    assert (done.returncode, done.stdout) == (0, expected)


@pytest.mark.parametrize("argv", [(), ("--",), ("--strict",)], ids=str)
def test_no_command(tmp_path: Path, argv: tuple[str, ...]) -> None:
    """A missing command is a usage error."""
    done = run(tmp_path, *argv)
    assert done.returncode == 2
    assert done.stderr == "error: no command to run\nhint: `pip-sysdeps run -- pip install -r requirements.txt`\n"


def test_commands_that_cannot_be_run(tmp_path: Path) -> None:
    """The status is that of a shell: 127 for a missing program, 126 for a file that cannot be run."""
    (tmp_path / "text").write_text("no program")
    missing, text = run(tmp_path, "--", "no-such-program"), run(tmp_path, "--", "./text")
    assert (missing.returncode, missing.stderr) == (
        127,
        "error: cannot run `no-such-program`: No such file or directory\n",
    )
    assert (text.returncode, text.stderr) == (126, "error: cannot run `./text`: Permission denied\n")


@pytest.mark.parametrize(
    "number", [signal.SIGHUP, signal.SIGINT, signal.SIGTERM, signal.SIGUSR1], ids=lambda each: each.name
)
def test_signals_are_passed_on(tmp_path: Path, number: signal.Signals) -> None:
    """Signals that we receive reach the command, which may handle them."""
    name = number.name.removeprefix("SIG")
    script = f'trap "echo got {name}; exit 7" {name}; echo ready; while :; do sleep 0.05; done'
    process = start(tmp_path, "--", "sh", "-c", script)
    process.send_signal(number)
    assert process.communicate(timeout=60)[0] == f"got {name}\n".encode()
    assert process.returncode == 7


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL], ids=lambda each: each.name)
def test_ends_as_the_command_ended(tmp_path: Path, number: signal.Signals) -> None:
    """If a signal ended the command, the same signal ends us, and nothing is locked."""
    kill = f"kill -{number.name.removeprefix('SIG')} $$"
    done = run_started(tmp_path, "--", "sh", "-c", kill, prelude=DEFAULT_SIGNALS)
    assert (done.returncode, done.stderr) == (-number, "")


def test_ctrl_c_arrives_once(tmp_path: Path) -> None:
    """The terminal sends it to the whole process group: the command gets its own, and not ours too."""
    script = (
        "import signal, sys, time; got = []; signal.signal(signal.SIGINT, lambda *_: got.append(1));"
        "print('ready', flush=True); time.sleep(0.3); sys.exit(10 + len(got))"
    )
    child, terminal = pty.fork()
    if child == 0:
        os.chdir(tmp_path)
        os.execvp("env", [*DEFAULT_SIGNALS, *TOOL, "--", sys.executable, "-c", script])  # noqa: S606 - in the child
    assert os.read(terminal, 100).startswith(b"ready")
    os.write(terminal, b"\x03")
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 11
    os.close(terminal)


def test_the_command_gets_its_signals_as_a_shell_gives_them(tmp_path: Path) -> None:
    """Nothing more is blocked or ignored than without us (32 and 33 are glibc's own): `yes | head` ends."""

    def numbers(status: str) -> list[int]:
        return [int(line.split()[1], 16) & 0x7FFFFFFF for line in status.splitlines()]

    question = ("grep", "-E", "^Sig(Blk|Ign)", "/proc/self/status")
    plain = subprocess.run(question, capture_output=True, text=True, check=True)
    assert numbers(run_started(tmp_path, "--python", "none", "--", *question).stdout) == numbers(plain.stdout)


def test_a_parent_that_ignores_its_children(tmp_path: Path) -> None:
    """The command's status is known even if our parent ignores SIGCHLD."""
    ignoring = ("env", "--ignore-signal=CHLD")
    assert run_started(tmp_path, "--", "sh", "-c", "exit 5", prelude=ignoring).returncode == 5


def with_relock(code: str) -> list[str]:
    """Return the command line with another function in the place of `relock`: a bug, or one that takes its time."""
    prelude = "import sys, time; from pip_sysdeps.app import relock; from pip_sysdeps.cli import main"
    script = f"{prelude}; relock.relock = lambda *a, **b: {code}; sys.exit(main(['run', *sys.argv[1:]]))"
    return [*DEFAULT_SIGNALS, sys.executable, "-c", script]


@pytest.mark.parametrize(("options", "status"), [((), 0), (("--strict",), 2)])
def test_ctrl_c_while_the_lock_is_made(tmp_path: Path, options: tuple[str, ...], status: int) -> None:
    """The status is CMD's, and one line says that the lock was not made; a second signal changes nothing."""
    command = [*with_relock("print('locking', flush=True) or time.sleep(60)"), *options, "--", "true"]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "locking\n"
        process.send_signal(signal.SIGINT)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=60)
    assert (process.returncode, said) == (status, "error: interrupted\nhint: the lock was not changed: run it again\n")


@pytest.mark.parametrize(("options", "status"), [((), 0), (("--strict",), 2)])
def test_a_bug_while_the_lock_is_made(tmp_path: Path, options: tuple[str, ...], status: int) -> None:
    """Whatever exception it is, the status is CMD's."""
    command = [*with_relock("{}['key']"), *options, "--", "true"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == status
    assert done.stderr.startswith("error: internal error: KeyError: 'key'\nhint: report this as a bug in pip-sysdeps")


def test_a_full_disk_behind_standard_error(root: Path, tmp_path: Path) -> None:
    """A full disk behind standard error leaves CMD's status as it is."""
    command = [*TOOL, "--root", str(root), "--python", VENV, "--", "true"]
    with open("/dev/full", "w", encoding="utf-8") as full:
        done = subprocess.run(command, cwd=tmp_path, stderr=full, check=False, timeout=60)
    assert (done.returncode, [path.name for path in tmp_path.iterdir()]) == (0, ["sysdeps.lock"])
