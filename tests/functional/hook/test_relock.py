"""What the hook starts: it writes or checks the project's lock, and says in one line what changed."""

from __future__ import annotations

import fcntl
import os
import re
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from builders.system import VENV
from pip_sysdeps.cli import main
from pip_sysdeps.system.exclusion import exclusive

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

CREATED = (
    "pip-sysdeps: sysdeps.lock created: +libgomp1 (trees), +libpq5 (psycopg2), unresolved libfar.so.12 (gone), "
    "unresolved libgone.so.7 (gone), unresolved libnowhere.so.3 (imaging)\n"
)


@pytest.fixture
def relock(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str]]:
    """Return a function that does what a hook starts, for a project in `tmp_path`: its status and standard error."""
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.chdir("/")

    def call(*options: str) -> tuple[int, str]:
        command = ("hook", "relock", "--project", str(tmp_path), *options, "--root", str(root), "--python", VENV)
        status = main(command)
        out, err = capsys.readouterr()
        assert out == ""
        return status, err

    return call


def lock_in(folder: Path) -> Path:
    """Return the lock of a project."""
    return folder / "sysdeps.lock"


def without_gomp(lock: Path) -> None:
    """Make it the lock of an environment in which nothing needs libgomp."""
    text = lock.read_text()
    lock.write_text(re.sub(r"(?m)^ .*\"libgomp1\".*\n", "", text).replace("needs = [\n]\n", ""))
    assert "libgomp.so.1" not in lock.read_text()


def test_writes_the_first_lock(relock: Callable[..., tuple[int, str]], tmp_path: Path) -> None:
    """The line lists the packages; the second time nothing changes, and nothing is reported."""
    assert relock() == (0, CREATED)
    before = lock_in(tmp_path).stat().st_ino
    assert relock() == (0, "")
    assert lock_in(tmp_path).stat().st_ino == before, "whoever writes it puts a new file there"


def test_says_what_changed(relock: Callable[..., tuple[int, str]], tmp_path: Path) -> None:
    """Only new packages are listed, with the distribution that needs them."""
    relock()
    current = lock_in(tmp_path).read_text()
    without_gomp(lock_in(tmp_path))
    assert relock() == (0, "pip-sysdeps: sysdeps.lock updated: +libgomp1 (trees)\n")
    assert lock_in(tmp_path).read_text() == current


@pytest.mark.parametrize("asked", ["CI=true", "CI=1", "--check-only"])
def test_checks_instead(
    relock: Callable[..., tuple[int, str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asked: str
) -> None:
    """In CI, and where it is asked for, the lock stays as it is, and one line says what is stale."""
    relock()
    without_gomp(lock_in(tmp_path))
    stale = lock_in(tmp_path).read_text()
    options = [asked] if asked.startswith("--") else []
    if not options:
        monkeypatch.setenv(*asked.split("="))
    line = "pip-sysdeps: sysdeps.lock is stale: +libgomp1 (trees); run `pip-sysdeps lock` and commit it\n"
    assert relock(*options) == (1, line)
    assert lock_in(tmp_path).read_text() == stale


def test_is_silent_in_ci_about_a_current_lock(
    relock: Callable[..., tuple[int, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing differs, nothing is reported."""
    relock()
    monkeypatch.setenv("CI", "true")
    assert relock() == (0, "")


def test_ci_without_a_lock(
    relock: Callable[..., tuple[int, str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A lock that was never committed is said to be missing, and is not written."""
    monkeypatch.setenv("CI", "true")
    reason = "`sysdeps.lock` does not exist (run `pip-sysdeps lock` where the environment is)"
    assert relock() == (2, f"pip-sysdeps: sysdeps.lock not checked: {reason}\n")
    assert not lock_in(tmp_path).exists()


@pytest.mark.parametrize("ci", ["", "0", "false", "False"])
def test_writes_where_ci_is_off(
    relock: Callable[..., tuple[int, str]], monkeypatch: pytest.MonkeyPatch, ci: str
) -> None:
    """An empty or false CI variable does not count."""
    monkeypatch.setenv("CI", ci)
    assert relock() == (0, CREATED)


@pytest.mark.parametrize("ci", ["", "true"])
@pytest.mark.parametrize("listed", [False, True])
def test_never_adds_a_target(
    relock: Callable[..., tuple[int, str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ci: str, *, listed: bool
) -> None:
    """A lock of other releases stays as it is, even if the project lists this one: that is for `lock` to do."""
    relock()
    lock_in(tmp_path).write_text(lock_in(tmp_path).read_text().replace("debian-bookworm-amd64", "debian-trixie-amd64"))
    if listed:
        listing = '[tool.pip-sysdeps]\ntargets = ["debian-bookworm-amd64", "debian-trixie-amd64"]\n'
        (tmp_path / "pyproject.toml").write_text(listing)
    other = lock_in(tmp_path).read_text()
    monkeypatch.setenv("CI", ci)
    status, line = relock()
    assert status == 2
    assert re.fullmatch(r"pip-sysdeps: sysdeps.lock not \w+: .* no target debian-bookworm-amd64.*\n", line)
    assert lock_in(tmp_path).read_text() == other


def test_other_targets_stay(relock: Callable[..., tuple[int, str]], tmp_path: Path) -> None:
    """Of several targets only the environment's own is written again."""
    relock()
    own = lock_in(tmp_path).read_text()
    without_gomp(lock_in(tmp_path))
    stale = lock_in(tmp_path).read_text()
    block = stale[stale.index("[[target]]") :]
    other = block.replace("debian-bookworm-amd64", "debian-trixie-amd64").replace("\n\n", "\n# by hand\n")
    lock_in(tmp_path).write_text(f"{stale}\n{other}")
    assert relock() == (0, "pip-sysdeps: sysdeps.lock updated: +libgomp1 (trees)\n")
    assert lock_in(tmp_path).read_text() == f"{own}\n{other}"


def test_a_malformed_lock(relock: Callable[..., tuple[int, str]], tmp_path: Path) -> None:
    """One line says what is wrong, and the file stays as it is."""
    lock_in(tmp_path).write_text("lock-version = 1\n")
    status, line = relock()
    assert status == 2
    assert line.startswith("pip-sysdeps: sysdeps.lock not updated: lock-version: is not a version such as 2.0")
    assert line.count("\n") == 1
    assert lock_in(tmp_path).read_text() == "lock-version = 1\n"


def test_a_git_conflict_is_settled(relock: Callable[..., tuple[int, str]], tmp_path: Path) -> None:
    """The target is computed anew, and the changes are relative to our side."""
    relock()
    current = lock_in(tmp_path).read_text()
    head, block = current.split("[[target]]\n")
    without_gomp(lock_in(tmp_path))
    ours = lock_in(tmp_path).read_text().split("[[target]]\n")[1]
    lock_in(tmp_path).write_text(f"{head}[[target]]\n<<<<<<< HEAD\n{ours}=======\n{block}>>>>>>> other\n")
    assert relock() == (0, "pip-sysdeps: sysdeps.lock updated: +libgomp1 (trees)\n")
    assert lock_in(tmp_path).read_text() == current


def test_the_policy_is_applied(relock: Callable[..., tuple[int, str]], tmp_path: Path) -> None:
    """It is applied as by `lock`; an entry without effect is not reported after every install."""
    policy = '[tool.pip-sysdeps.distribution.absent]\nignore = [{ soname = "libx.so.1", reason = "none" }]\n'
    (tmp_path / "pyproject.toml").write_text(policy)
    assert relock() == (0, CREATED)


def test_a_folder_that_is_gone(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The project was removed after the hook had looked: an error in words."""
    monkeypatch.chdir("/")
    assert main(["hook", "relock", "--project", str(tmp_path / "gone"), "--root", str(root), "--python", VENV]) == 2
    assert capsys.readouterr().err == (
        f"error: `{tmp_path}/gone`: No such file or directory\nhint: create the folder first, or use another path\n"
    )


def test_waits_for_another_run(root: Path, tmp_path: Path) -> None:
    """While another run holds the lock nothing is read or written; then the work is done, and no file is left."""
    command = [sys.executable, "-m", "pip_sysdeps", "run", "--root", str(root), "--python", VENV, "--", "true"]
    with exclusive(str(lock_in(tmp_path))):
        run = subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.PIPE)
        time.sleep(0.8)
        assert run.poll() is None
    assert run.communicate(timeout=60)[1] == CREATED.encode()
    assert os.listdir(tmp_path) == ["sysdeps.lock"]


def test_does_not_wait_for_ever(
    relock: Callable[..., tuple[int, str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run that was stopped while it held the lock keeps no other from its work."""
    monkeypatch.setattr("pip_sysdeps.system.exclusion.MAX_WAIT", 0.0)
    with exclusive(str(lock_in(tmp_path))):
        assert relock() == (0, CREATED)


def test_a_reader_cannot_block_a_run(relock: Callable[..., tuple[int, str]], tmp_path: Path) -> None:
    """Locks on files that are open for reading have no effect."""
    lock_in(tmp_path).touch()
    held = [os.open(path, os.O_RDONLY) for path in (tmp_path, lock_in(tmp_path))]
    for descriptor in held:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
    begin = time.monotonic()
    assert relock() == (0, CREATED)
    assert time.monotonic() - begin < 15, "shorter than the wait for another run"
    for descriptor in held:
        os.close(descriptor)


@pytest.mark.parametrize("check", [False, True])
def test_a_lock_that_is_a_link(relock: Callable[..., tuple[int, str]], tmp_path: Path, *, check: bool) -> None:
    """A dangling link is not followed."""
    lock_in(tmp_path).symlink_to(tmp_path / "profile.sh")
    status, line = relock(*(["--check-only"] if check else []))
    assert status == 2
    assert line.startswith(f"pip-sysdeps: sysdeps.lock not {'checked' if check else 'updated'}: `sysdeps.lock` ")
    assert os.listdir(tmp_path) == ["sysdeps.lock"]
