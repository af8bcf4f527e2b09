"""Bad input of `lock` and `apt-line`: one error with a hint, status 2, and the old lock as it was."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from functools import partial
from typing import TYPE_CHECKING

import pytest

from builders.mounts import ALONE, require_mounts
from builders.root import unprivileged_folder, write
from builders.small_debian import HEADER, LOCK, MODULE, SITE, TARGET, small_debian
from builders.system import VENV
from builders.venv import install
from pip_sysdeps.packages.registry import FOLDERS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from builders.command import Result
    from builders.desk import Desk

INFO = f"{SITE}/psycopg2-2.9.9.dist-info"
OLD = LOCK.replace("2.9.9", "2.9.8")
"""A lock that a successful run would change."""


def failed(outcome: Result) -> tuple[str, str]:
    """Return error and hint of a run that printed these two lines, nothing else, and exited with 2."""
    error, hint = outcome.err.splitlines()
    assert (outcome.status, outcome.out) == (2, "")
    return error.removeprefix("error: "), hint.removeprefix("hint: ")


def cut(path: Path, size: int) -> None:
    """Cut a file, as a full disk does."""
    path.write_bytes(path.read_bytes()[:size])


# ------------------------------------------------------------------------------------------------- the environment


def no_environment(root: Path) -> None:
    """Remove the environment."""
    shutil.rmtree(root / "opt")


def no_distributions(root: Path) -> None:
    """Remove the distributions, as `python3 -m venv --without-pip` makes an environment."""
    shutil.rmtree(root / SITE[1:])
    (root / SITE[1:]).mkdir()


def no_pyvenv(root: Path) -> None:
    """Remove pyvenv.cfg and the interpreter, so that the folder is not an environment."""
    (root / "opt/venv/pyvenv.cfg").unlink()
    (root / "opt/venv/bin/python3").unlink()


def not_debian(root: Path) -> None:
    """Replace the system by a Fedora without a database."""
    shutil.rmtree(root / "var")
    write(root / "etc/os-release", "ID=fedora\nVERSION_ID=41\n")


def no_database(root: Path) -> None:
    """Remove dpkg's database."""
    shutil.rmtree(root / "var/lib/dpkg")


def empty_database(root: Path) -> None:
    """Empty dpkg's status."""
    write(root / "var/lib/dpkg/status", "")


def garbage_database(root: Path) -> None:
    """Fill dpkg's status with bytes that are no stanzas."""
    write(root / "var/lib/dpkg/status", b"\x00\xff garbage\n" * 40)


def no_release(root: Path) -> None:
    """Remove os-release."""
    (root / "etc/os-release").unlink()


def other_owner(name: str, root: Path) -> None:
    """Rename the package that owns libpq, as dpkg allows for a local one."""
    status, info = root / "var/lib/dpkg/status", root / "var/lib/dpkg/info"
    status.write_text(status.read_text().replace("Package: libpq5\n", f"Package: {name}\n"))
    (info / "libpq5:amd64.list").rename(info / f"{name}:amd64.list")


def other_release(name: str, version: str, root: Path) -> None:
    """Write an os-release with an invalid value."""
    write(root / "etc/os-release", f'ID={name}\nVERSION_ID="{version}"\nVERSION_CODENAME=bookworm\n')


def cut_module(root: Path) -> None:
    """Cut the extension module after its ELF header."""
    cut(root / SITE[1:] / MODULE, 100)


def empty_module(root: Path) -> None:
    """Truncate the extension module to nothing."""
    cut(root / SITE[1:] / MODULE, 0)


def garbage_record(root: Path) -> None:
    """Fill RECORD with bytes that are no rows."""
    write(root / INFO[1:] / "RECORD", bytes(range(256)) * 20)


DAMAGES = [
    pytest.param(
        no_environment,
        "no environment or interpreter at `/opt/venv`",
        "name the folder of a virtual environment, or its bin/python",
        id="no environment",
    ),
    pytest.param(
        no_pyvenv,
        "`/opt/venv` is not a Python environment: it has neither pyvenv.cfg nor bin/python3",
        "did you mean `--path /opt/venv`?",
        id="a folder that is none",
    ),
    pytest.param(
        no_distributions,
        "no distributions in the environment `/opt/venv`",
        "install into it first, select another with --python or --path, or use --allow-empty",
        id="no distributions",
    ),
    pytest.param(
        not_debian,
        f"no package database found: supported are {', '.join(FOLDERS)}",
        "run it in an image of the release, name an unpacked image with --root, or use --target",
        id="not Debian",
    ),
    pytest.param(
        empty_database,
        "the dpkg status `/var/lib/dpkg/status` has no packages",
        "run it in an image of the release, name an unpacked image with --root, or use --target",
        id="a database without packages",
    ),
    pytest.param(
        no_database,
        f"no package database found: supported are {', '.join(FOLDERS)}",
        "run it in an image of the release, name an unpacked image with --root, or use --target",
        id="no dpkg database",
    ),
    pytest.param(
        garbage_database,
        "/var/lib/dpkg/status: stanza 1: invalid package name: ''",
        "it is damaged: restore it (dpkg keeps `status-old`), or use another root",
        id="a dpkg database of garbage",
    ),
    *(
        pytest.param(
            partial(other_owner, name),
            f"/var/lib/dpkg/status: `{name}`, which has libpq.so.5 for psycopg2, is not a valid binary package name "
            "(Debian Policy 5.6.1)",
            "install the release's own package instead, or select it with `pip-sysdeps policy replace`",
            id=f"a package called {name}",
        )
        for name in ("libpq5-", "lib_pq5", "LibPQ5", "x")
    ),
    *(
        pytest.param(
            partial(other_release, name, version),
            f"os-release and the package database give `{shown}`, which is not a valid target {what}",
            "ID, VERSION_CODENAME and VERSION_ID have lower-case letters, digits and . _ - (os-release(5))",
            id=f"an odd {what}: {shown[:9]}",
        )
        for name, version, what, shown in (
            ("debian", "1 2", "release", "1 2"),
            ("debian", "\x1b[31m", "release", "\\x1b[31m"),
            ("debian", "1" * 150, "release", "1" * 60),
            ("d" * 120, "12", "distribution", "d" * 60),
            ("-o", "12", "id", "-o-bookworm-amd64"),
        )
    ),
    pytest.param(
        no_release,
        "cannot determine the release or architecture of this system",
        "check that os-release(5) has ID and VERSION_ID and the package database is whole, or use --target",
        id="no os-release",
    ),
    pytest.param(
        cut_module,
        f"cannot read `{SITE}/{MODULE}` (offset 64: cannot read file data)",
        "it is damaged: reinstall psycopg2, or recreate the environment",
        id="an ELF file cut short",
    ),
    pytest.param(
        empty_module,
        f"cannot read `{SITE}/{MODULE}` (file too short)",
        "it is damaged: reinstall psycopg2, or recreate the environment",
        id="an ELF file of nothing",
    ),
    pytest.param(
        garbage_record,
        f"cannot read `{INFO}/RECORD` (none of its files exists)",
        "it is damaged: reinstall psycopg2, or recreate the environment",
        id="a RECORD of garbage",
    ),
]


@pytest.mark.parametrize(("damage", "error", "hint"), DAMAGES)
@pytest.mark.parametrize("check", [False, True], ids=["lock", "check"])
def test_a_damaged_environment(
    desk: Desk, damage: Callable[[Path], None], error: str, hint: str, *, check: bool
) -> None:
    """The error names the fault, and the hint says what to do."""
    desk.lock.write_text(OLD)
    damage(desk.root)
    assert failed(desk.run_lock(*(["--check"] if check else []))) == (error, hint)
    assert desk.lock.read_text() == OLD


GARBAGE = f"cannot read `{INFO}/RECORD` (none of its files exists)"


@pytest.mark.parametrize(
    "command", [("why", "psycopg2"), ("tree",), ("audit",), ("export", "--format", "cyclonedx")], ids=" ".join
)
def test_a_report_on_a_damaged_environment(desk: Desk, command: tuple[str, ...]) -> None:
    """A warning says what is left out."""
    garbage_record(desk.root)
    outcome = desk.run(*command, "--root", str(desk.root), "--python", "/opt/venv")
    assert outcome.err.startswith(f"warning: {GARBAGE}: its needs are left out; it is damaged: reinstall psycopg2")


def test_a_report_on_an_empty_database(desk: Desk) -> None:
    """It is an error: each library would be one to copy."""
    empty_database(desk.root)
    outcome = desk.run("audit", "--root", str(desk.root), "--python", "/opt/venv")
    assert failed(outcome)[0] == "the dpkg status `/var/lib/dpkg/status` has no packages"


@pytest.mark.parametrize("command", [("diff", "--environment"), ("verify",)], ids=" ".join)
def test_no_verdict_on_a_damaged_environment(desk: Desk, command: tuple[str, ...]) -> None:
    """The commands say neither that psycopg2 was removed nor that all works."""
    desk.lock.write_text(LOCK)
    garbage_record(desk.root)
    outcome = desk.run(*command, "--lock", str(desk.lock), "--root", str(desk.root), "--python", "/opt/venv")
    assert failed(outcome)[0] == GARBAGE


def test_no_environment_is_found(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without any of the defaults there is nothing to lock."""
    monkeypatch.delenv("VIRTUAL_ENV", raising=False)
    monkeypatch.delenv("CONDA_PREFIX", raising=False)
    monkeypatch.setattr(sys, "prefix", sys.base_prefix)
    monkeypatch.setenv("PATH", str(desk.root))
    expected = ("no Python environment found", "name one with --python, or a folder with --path")
    assert failed(desk.run("lock", "-o", str(desk.lock))) == expected


def test_only_the_systems_interpreter_is_found(desk: Desk) -> None:
    """The first line says which environment is used, for a user in the wrong folder."""
    install(desk.root / "usr/lib/python3.11/site-packages", "own")
    for command in (("lock", "-o", str(desk.lock)), ("audit",)):
        outcome = desk.run(*command, "--root", str(desk.root))
        assert outcome.err.startswith(
            "using the environment `/usr` (python3 on PATH), which is not a virtual environment: select another with "
            "--python\n"
        )
    for named in (("--python", "/usr"), ("--path", "/usr")):
        assert "not a virtual environment" not in desk.run("audit", "--root", str(desk.root), *named).err


def test_a_missing_root(desk: Desk) -> None:
    """The error names the root, not the environment in it."""
    nowhere = f"{desk.root}/nowhere"
    expected = (f"`{nowhere}` is not a folder", "name an unpacked image or a chroot")
    assert failed(desk.run("lock", "--root", nowhere, "-o", str(desk.lock))) == expected
    assert failed(desk.run("index", "update", "--root", nowhere)) == expected


def test_a_name_that_no_target_can_have(desk: Desk) -> None:
    """It is reported before any problem of the lock, and nothing is written."""
    error, _ = failed(desk.run_lock("--name", "my app"))
    assert error == "`my app` is not valid in a target id"
    assert not desk.lock.exists()


@pytest.mark.parametrize(
    "closed", [MODULE, "psycopg2", "psycopg2-2.9.9.dist-info/RECORD", "psycopg2-2.9.9.dist-info", ""]
)
def test_files_without_permission(desk: Desk, closed: str) -> None:
    """An unreadable file is an error, because a lock without it would be wrong."""
    with unprivileged_folder() as folder:
        root, lock = small_debian(folder / "root"), folder / "sysdeps.lock"
        lock.write_text(OLD)
        path = root / SITE[1:] / closed
        path.chmod(0)
        outcome = desk.run("lock", "--root", str(root), "--python", "/opt/venv", "-o", str(lock))
        path.chmod(0o700)
        error, hint = failed(outcome)
        assert "Permission denied" in error
        assert hint.startswith("run it as a user who can read ")
        assert lock.read_text() == OLD


@pytest.mark.parametrize("kind", ["pipe", "device", "folder"])
def test_a_project_that_is_no_regular_file(desk: Desk, kind: str) -> None:
    """The command does not block on it, and the hint is about the file."""
    path = desk.lock.with_name("pyproject.toml")
    {"pipe": os.mkfifo, "folder": os.mkdir, "device": lambda name: os.symlink("/dev/zero", name)}[kind](path)
    error = f"`{path}`: Not a regular file"
    assert failed(desk.run_lock()) == (error, "put a regular file there, or remove it")


@pytest.mark.parametrize(
    ("path", "what"), [("var/lib/dpkg/status", "dpkg's database "), ("etc/os-release", ""), (f"{VENV}/pyvenv.cfg", "")]
)
def test_a_file_of_the_system_that_is_too_large(desk: Desk, path: str, what: str) -> None:
    """The hint says to replace it, not to run as another user."""
    os.truncate(desk.root / path.lstrip("/"), 1 << 40)
    error, hint = failed(desk.run_lock())
    assert error.startswith(f"cannot read {what}`/{path.lstrip('/')}`: ")
    assert hint == "it is too large to be valid: replace it"


def test_damage_that_does_no_harm(desk: Desk) -> None:
    """Odd rows of a RECORD, a broken file that nobody loads and an editable install whose project is gone."""
    record = desk.root / INFO[1:] / "RECORD"
    record.write_bytes(record.read_bytes() + b'\xff,,,,\n\n"unclosed,,\n')
    write(desk.root / SITE[1:] / "psycopg2/tests/broken.elf", b"\x7fELF broken")
    url = '{"url": "file:///src/gone", "dir_info": {"editable": true}}'
    install(desk.root / SITE[1:], "gone", metadata={"direct_url.json": url})
    outcome = desk.run_lock()
    assert outcome.status == 0
    assert outcome.err.endswith("4 files skipped: -v lists them\n")
    assert desk.lock.read_text() == LOCK


# --------------------------------------------------------------------------------------------------------- the lock


def hostile(name: str) -> str:
    """Return a lock whose package has this name."""
    return LOCK.replace('"libpq5"', json.dumps(name))


LOCKS = [
    pytest.param("= no TOML", "is not TOML: ", id="no TOML"),
    pytest.param("lock-version = 1.0\n", "lock-version: is not a version such as 2.0", id="version is no string"),
    pytest.param(
        LOCK.replace('"2.0"', '"3.0"'), "lock-version: 3.0 is not supported, only 1.x and 2.x", id="unknown major"
    ),
    pytest.param(LOCK.replace("[[target]]", "[target]"), "target: is not an array", id="target is a table"),
    pytest.param("x = " + "[" * 5000, "is ", id="nested"),
    *(
        pytest.param(
            hostile(name),
            f"target[0].distribution[0].needs[0].package: `{shown}` is not a valid binary package name",
            id=shown,
        )
        for name, shown in {
            "libpq5-": "libpq5-",
            "a;b": "a;b",
            "libpq5=1": "libpq5=1",
            "libpq5/sid": "libpq5/sid",
            "libpq*": "libpq*",
            "../libpq5.deb": "../libpq5.deb",
        }.items()
    ),
    *(
        pytest.param(hostile(name), f"target[0].installs[0]: `{shown}` is not a valid system package name", id=shown)
        for name, shown in {
            "-o APT::Update::Pre-Invoke::=id": "-o APT::Update::Pre-Invoke::=id",
            "libpq5\nlibevil": "libpq5\\nlibevil",
            "\x1b[2Jlibpq5": "\\x1b[2Jlibpq5",
        }.items()
    ),
]


@pytest.mark.parametrize(("text", "error"), LOCKS)
@pytest.mark.parametrize("command", ["lock", "lock --check", "apt-line"])
def test_an_invalid_lock(desk: Desk, text: str, error: str, command: str) -> None:
    """The file, the key and the value are named, and nothing of it is printed or written."""
    desk.lock.write_text(text)
    name, *options = command.split()
    outcome = desk.run_apt_line() if name == "apt-line" else desk.run_lock(*options)
    told, hint = failed(outcome)
    assert told.startswith(f"{desk.lock}: {error}")
    assert hint
    assert desk.lock.read_text() == text


def test_an_empty_lock(desk: Desk) -> None:
    """It has nothing to print or compare; `lock` writes it."""
    desk.lock.touch()
    expected = (
        f"{desk.lock}: lock-version: is missing",
        "this does not look like a lock: name the lock with -o or --lock",
    )
    assert failed(desk.run_apt_line()) == expected
    assert failed(desk.run_lock("--check")) == expected
    assert desk.run_lock().status == 0
    assert desk.lock.read_text() == LOCK


def test_no_hint_to_remove_another_file(desk: Desk) -> None:
    """A requirements.txt named with -o stays, and the hint does not say to remove it."""
    desk.lock.write_text("django==5.2\nlxml\n")
    error, hint = failed(desk.run_lock())
    assert error.startswith(f"{desk.lock}: is not TOML")
    assert hint == "this does not look like a lock: name the lock with -o or --lock"


@pytest.mark.parametrize("content", [None, ""], ids=["none", "empty"])
@pytest.mark.parametrize(
    "name", ["requirements.txt", "dev-requirements.in", "constraints.txt", "pyproject.toml", "pylock.toml", "uv.lock"]
)
def test_a_lock_with_the_name_of_another_file(desk: Desk, tmp_path: Path, name: str, content: str | None) -> None:
    """`-o requirements.txt` means the input: nothing is written."""
    path = tmp_path / name
    if content is not None:
        path.write_text(content)
    outcome = desk.run("lock", "--root", str(desk.root), "--python", VENV, "-o", str(path))
    assert failed(outcome) == (
        f"`{path}` has the name of another tool's file, and is not a lock",
        "-o is the lock to write, not an input (default: `sysdeps.lock`)",
    )
    assert (path.read_text() if path.exists() else None) == content


def test_a_lock_that_has_the_name_of_another_file(desk: Desk, tmp_path: Path) -> None:
    """A lock under another tool's file name stays a lock."""
    desk.run_lock()
    path = desk.lock.rename(tmp_path / "requirements.txt")
    assert desk.run("lock", "--root", str(desk.root), "--python", VENV, "-o", str(path)).status == 0


def test_a_lock_is_no_stream(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`-o -` writes no file of that name."""
    monkeypatch.chdir(tmp_path)
    outcome = desk.run("lock", "--root", str(desk.root), "--python", VENV, "-o", "-")
    assert failed(outcome) == ("a lock is a file, not a stream", "name a file with -o (`-o ./-` for a file named `-`)")
    assert not (tmp_path / "-").exists()


def test_a_lock_that_is_not_utf_8(desk: Desk) -> None:
    """A lock that is not UTF-8 is reported with the offset."""
    desk.lock.write_bytes(LOCK.encode() + b"# \xff\n")
    told, _ = failed(desk.run_apt_line())
    assert told == f"{desk.lock}: offset {len(LOCK) + 2}: is not UTF-8"


def test_no_lock(desk: Desk) -> None:
    """There is nothing to print or compare."""
    expected = (f"`{desk.lock}` does not exist", "run `pip-sysdeps lock` where the environment is")
    assert failed(desk.run_apt_line()) == expected
    assert failed(desk.run_lock("--check")) == expected


def test_no_folder_for_the_lock(desk: Desk) -> None:
    """The error names the folder."""
    told, _ = failed(desk.run_lock("-o", str(desk.lock.parent / "nowhere/sysdeps.lock")))
    assert told == f"`{desk.lock.parent}/nowhere/sysdeps.lock`: No such file or directory"


@pytest.mark.parametrize("kind", ["folder", "pipe", "device"])
def test_a_lock_that_is_no_file(desk: Desk, kind: str) -> None:
    """It is neither read nor replaced."""
    match kind:
        case "folder":
            desk.lock.mkdir()
        case "pipe":
            os.mkfifo(desk.lock)
        case _:
            desk.lock.symlink_to("/dev/null")
    status = desk.lock.stat()
    failed(desk.run_lock())
    failed(desk.run_apt_line())
    assert desk.lock.stat().st_mode == status.st_mode


def test_sides_of_a_conflict_that_this_environment_does_not_decide(desk: Desk) -> None:
    """The error names the target on which they differ."""
    trixie = TARGET.replace("bookworm", "trixie")
    text = f"{HEADER}\n<<<<<<< HEAD\n{trixie}=======\n{trixie.replace('2.9.9', '2.9.8')}>>>>>>> other\n"
    desk.lock.write_text(text)
    told, _ = failed(desk.run_lock("--add-target"))
    assert "the git conflict is about debian-trixie-amd64" in told
    assert desk.lock.read_text() == text


# ---------------------------------------------------------------------------------------------- the disk, the person

ON_A_FULL_DISK = """
set -e
mount -t tmpfs -o size=32k tmpfs "$1"
cp "$2" "$1/sysdeps.lock"
cat /dev/zero > "$1/filler" 2>/dev/null || :
shift_to=$1; shift 2
status=0; "$@" -o "$shift_to/sysdeps.lock" || status=$?
cat "$shift_to/sysdeps.lock"
ls -A "$shift_to"
exit $status
"""
"""Runs in a mount namespace of its own: a disk of 32 KiB with an old lock and not one free page."""


def test_a_full_disk(desk: Desk) -> None:
    """The old lock is whole, and nothing else is left there."""
    (desk.lock.parent / "disk").mkdir()
    desk.lock.write_text(OLD)
    require_mounts()
    tool = [sys.executable, "-m", "pip_sysdeps", "lock", "--root", str(desk.root), "--python", "/opt/venv"]
    command = [*ALONE, "sh", "-c", ON_A_FULL_DISK, "sh", str(desk.lock.parent / "disk"), str(desk.lock), *tool]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, f"{OLD}filler\nsysdeps.lock\n")
    assert done.stderr == (
        f"error: `{desk.lock.parent}/disk/sysdeps.lock`: No space left on device\n"
        "hint: free some space and run it again; the file was not changed\n"
    )


def test_results_on_a_full_disk(desk: Desk) -> None:
    """A line that could not be written whole is not a success."""
    desk.lock.write_text(LOCK)
    command = [sys.executable, "-m", "pip_sysdeps", "apt-line", "--lock", str(desk.lock)]
    with open("/dev/full", "w", encoding="utf-8") as full:
        done = subprocess.run(
            [*command, "--target", "debian-bookworm-amd64"], stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert done.returncode == 2
    assert done.stderr.splitlines()[0] == "error: No space left on device"


@pytest.mark.parametrize("moment", ["scandir", "fsync", "replace"])
def test_an_interrupt(desk: Desk, monkeypatch: pytest.MonkeyPatch, moment: str) -> None:
    """Ctrl-C while files are searched, and just before and after the new lock is written."""
    desk.lock.write_text(OLD)
    real = getattr(os, moment)

    def interrupted(*arguments: object) -> object:
        signal.raise_signal(signal.SIGINT)
        return real(*arguments)

    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a background job ignores it
    try:
        with monkeypatch.context() as patch:
            patch.setattr(os, moment, interrupted)
            outcome = desk.run_lock()
    finally:
        signal.signal(signal.SIGINT, before)
    assert (outcome.status, outcome.err) == (2, "error: interrupted\nhint: the lock was not changed: run it again\n")
    assert desk.lock.read_text() == OLD
    assert [path.name for path in desk.lock.parent.iterdir()] == ["sysdeps.lock"]
