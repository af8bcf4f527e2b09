"""Lock, index and hook are replaced as a whole or not at all: each fault comes for real, to each of the three."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from builders.archive import Archive, configure, published_archive
from builders.faults import crashes, failing_at_open, no_more_bytes, no_more_descriptors, not_permitted, too_large
from builders.mounts import FULL, NO_MORE_FILES, READ_ONLY, run_on_small_disk
from builders.root import write
from builders.small_debian import LOCK
from builders.system import VENV
from pip_sysdeps.cli import main
from pip_sysdeps.hook.enable import MODULE_NAME, PTH_NAME, enable, settings_for
from pip_sysdeps.hook.site import query_interpreter
from pip_sysdeps.packages.index import write_index
from pip_sysdeps.packages.index_file import IndexTarget

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from builders.desk import Desk


class Writer(NamedTuple):
    """What writes files in a folder that has older ones of the same names."""

    folder: Path
    write: Callable[[], object]
    argv: tuple[str, ...]
    """The command that does the same."""

    @property
    def files(self) -> dict[str, bytes]:
        """What the folder has, by name."""
        return {path.name: path.read_bytes() for path in self.folder.iterdir()}

    def put_back(self, files: dict[str, bytes]) -> None:
        """Restore the older files, and keep all others."""
        for name, content in files.items():
            (self.folder / name).write_bytes(content)


def lock_writer(desk: Desk) -> Writer:
    """Return what writes a lock where an older one is."""
    folder = desk.lock.parent / "project"
    folder.mkdir()
    (folder / "sysdeps.lock").write_text(LOCK.replace("2.9.9", "2.9.8"))
    argv = ("lock", "--root", str(desk.root), "--python", VENV, "-o", str(folder / "sysdeps.lock"))
    return Writer(folder, lambda: main(argv), argv)


def index_writer(desk: Desk, archive: Archive) -> Writer:
    """Return what writes an index where an older one is: the part of `index update` that follows apt's."""
    configure(desk.root, archive, "tested")
    write(desk.root / "etc/os-release", "ID=debian\nVERSION_CODENAME=tested\n")
    target = IndexTarget(id="debian-tested-amd64", date="Sat, 12 Sep 2026 07:55:41 UTC")
    path = Path(write_index(target, {"library": {"libz.so.1": "zlib1g"}}))
    libraries = {f"lib{number}.so.1": f"lib{number}" for number in range(999)}
    argv = ("index", "update", "--shared", "--root", str(desk.root), "--architecture", "amd64")
    return Writer(path.parent, lambda: write_index(target, {"library": libraries}), argv)


def hook_writer(desk: Desk) -> Writer:
    """Return what writes the hook where one of another version and project is."""
    environment = desk.lock.parent / "environment"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(environment)], check=True)
    site = query_interpreter(str(environment))
    folder = Path(site.purelib)
    for name in (MODULE_NAME, PTH_NAME):
        (folder / name).write_text("# older\n")
    settings = settings_for(str(desk.lock.parent))
    argv = ("hook", "enable", "--python", str(environment), "--project", str(desk.lock.parent))
    return Writer(folder, lambda: enable(site, settings), argv)


@pytest.fixture(scope="module")
def archive() -> Iterator[Archive]:
    """Return an archive."""
    with published_archive() as made:
        yield made


@pytest.fixture(params=["lock", "index", "hook"])
def writer(request: pytest.FixtureRequest, desk: Desk) -> Writer:
    """Return each of the three."""
    if request.param == "index":
        return index_writer(desk, request.getfixturevalue("archive"))
    return lock_writer(desk) if request.param == "lock" else hook_writer(desk)


def test_killed_at_every_step(writer: Writer) -> None:
    """Each file is the old one or the new one then, nobody reads what lies beside it, and a rerun repairs all."""
    old, seen = writer.files, []
    for status in crashes(writer.folder, writer.write):
        found = writer.files
        seen.append((status, {name: found.pop(name) for name in old}))
        found.pop(".sysdeps.lock.busy", None)  # empty: the next run takes it over
        assert all(re.fullmatch(r"\.pip-sysdeps-[0-9a-f]+", name) for name in found), "nobody reads a part of a file"
        writer.put_back(old)
    assert seen[0] == (-signal.SIGKILL, old)
    assert seen[-1][0] == 0
    assert ".sysdeps.lock.busy" not in writer.files
    new = seen[-1][1]
    assert len(seen) > 3 * len(old), "there are steps to be killed at"
    assert all(new[name] != old[name] and files[name] in {old[name], new[name]} for _, files in seen for name in old)


@pytest.mark.parametrize("size", [0, 1, 100])
def test_killed_while_it_writes(writer: Writer, size: int) -> None:
    """The kernel ends the process after some bytes: the old files are whole."""
    old = writer.files
    status = failing_at_open(str(writer.folder), lambda: no_more_bytes(size), writer.write)
    assert status == -signal.SIGXFSZ
    assert {name: content for name, content in writer.files.items() if name in old} == old


ROOT_ONLY = pytest.mark.skipif(os.geteuid() != 0, reason="run as root, which becomes somebody else")


@pytest.mark.parametrize(
    "fault",
    [too_large, no_more_descriptors, pytest.param(not_permitted, marks=ROOT_ONLY)],
    ids=lambda fault: fault.__name__,
)
def test_a_call_that_fails(writer: Writer, fault: Callable[[], object]) -> None:
    """With EFBIG, EMFILE or EACCES, only the old files are there, and whole."""
    old = writer.files
    failing_at_open(str(writer.folder), fault, writer.write)
    assert writer.files == old


@pytest.mark.slow
@pytest.mark.parametrize(
    ("prepare", "reason"),
    [
        pytest.param(READ_ONLY, "Read-only file system", id="read-only"),
        pytest.param(FULL, "No space left on device", id="full"),
        pytest.param(NO_MORE_FILES, "No space left on device", id="no inode", marks=pytest.mark.exhaustive),
    ],
)
def test_a_disk_that_takes_nothing(writer: Writer, prepare: str, reason: str) -> None:
    """The error has one line and a hint, and only the old files are there."""
    old = writer.files
    done, files = run_on_small_disk(writer.folder, prepare, [sys.executable, "-m", "pip_sysdeps", *writer.argv])
    assert done.returncode == 2
    assert done.stderr.startswith("error: ")
    assert reason in done.stderr.splitlines()[0]
    assert files == old


def test_what_is_put_in_place_is_on_the_disk(writer: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    """No file is renamed before the kernel was told to write it out, so a power cut leaves no empty one."""
    synced: set[int] = set()
    sync, replace = os.fsync, os.replace

    def noting(descriptor: int) -> None:
        sync(descriptor)
        synced.add(os.fstat(descriptor).st_ino)

    def judging(source: str, target: str) -> None:
        assert os.stat(source).st_ino in synced
        replace(source, target)

    monkeypatch.setattr(os, "fsync", noting)
    monkeypatch.setattr(os, "replace", judging)
    writer.write()
    assert len(synced) == len(writer.files)


_ENDED_WHILE_WRITING = """
import os, sys
from pip_sysdeps.cli import main
number = int(sys.argv.pop())
os.fsync = lambda _: os.kill(os.getpid(), number)
sys.exit(main())
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP], ids=lambda each: each.name)
def test_terminated_while_it_writes(desk: Desk, number: signal.Signals) -> None:
    """SIGTERM and SIGHUP leave the old lock, and no temporary file or lock file."""
    writer = lock_writer(desk)
    old = writer.files
    command = [sys.executable, "-c", _ENDED_WHILE_WRITING, *writer.argv, str(int(number))]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (128 + number, "", "")
    assert writer.files == old
