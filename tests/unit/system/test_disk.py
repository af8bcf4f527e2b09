"""Renaming in a root, while it is read, leads nobody out of it."""

from __future__ import annotations

import errno
import gc
import os
import resource
from typing import TYPE_CHECKING

import pytest

from builders.faults import in_child
from builders.root import link, unprivileged_folder, write
from builders.swapping import swap, swapped_without_pause
from pip_sysdeps.errors import SysdepsError
from pip_sysdeps.system.disk import ConfinedDisk, Disk, disk_below
from pip_sysdeps.system.root import Root

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PLACE = "/usr/lib/a.so"
MOST = 32
"""Folders that are kept open."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Make a root whose /usr/link leads to a folder outside that looks like its /usr/lib."""
    for top, content in ((tmp_path / "root/usr/lib", b"inside"), (tmp_path / "outside", b"outside")):
        write(top / "a.so", content)
        write(top / "below" / content.decode(), content)
        link(top / "link", content.decode())
    link(tmp_path / "root/usr/link", str(tmp_path / "outside"))
    return tmp_path / "root"


def scanned(root: Root, real: str) -> list[str]:
    """Return the names that a scan of a folder gives."""
    with root.scan_resolved(real) as entries:
        return sorted(entry.name for entry in entries)


def size(root: Root) -> int | None:
    """Return the size of the file."""
    status = root.status(PLACE)
    return None if status is None else status.st_size


CALLS: dict[str, Callable[[Root], object]] = {
    "read": lambda root: root.read(PLACE, 100),
    "read_resolved": lambda root: root.read_resolved(PLACE, 100),
    "open_resolved": lambda root: os.read(root.open_resolved(PLACE), 100),
    "names": lambda root: root.names("/usr/lib/below"),
    "scan_resolved": lambda root: scanned(root, "/usr/lib/below"),
    "scan_resolved of the link": lambda root: scanned(root, "/usr/lib"),
    "read_link": lambda root: root.read_link("/usr/lib/link"),
    "status": size,
}
"""What `Root` reads from the disk with a path that it has resolved before."""


def outcome(root: Root, call: Callable[[Root], object]) -> object:
    """Return what a call gives, or the number of its error."""
    try:
        return call(root)
    except OSError as error:
        return error.errno


@pytest.mark.parametrize("call", CALLS)
def test_a_folder_that_becomes_a_link_after_it_was_resolved(folder: Path, call: str) -> None:
    """The link is not followed, and nothing is read."""
    root = Root(str(folder))
    assert root.resolve(PLACE) == PLACE
    assert root.resolve("/usr/lib/below/inside") == "/usr/lib/below/inside"
    root.disk = disk_below(str(folder))  # with no folder open yet
    swap(folder / "usr/lib", folder / "usr/link")
    assert outcome(root, CALLS[call]) in (errno.ENOTDIR, errno.ENOENT, None, [])


@pytest.mark.parametrize("call", [name for name in CALLS if name != "scan_resolved of the link"])
def test_a_folder_that_is_open_when_it_becomes_a_link(folder: Path, call: str) -> None:
    """The folder that was opened is read."""
    root = Root(str(folder))
    before = outcome(root, CALLS[call])
    swap(folder / "usr/lib", folder / "usr/link")
    assert outcome(root, CALLS[call]) == before


def test_a_folder_that_is_swapped_without_a_pause(folder: Path) -> None:
    """Of thousands of calls none reads what is outside."""
    root = Root(str(folder))
    seen = []
    with swapped_without_pause(folder / "usr/lib", folder / "usr/link"):
        for _ in range(200):
            root = Root(str(folder), disk=root.disk)
            seen += [outcome(root, CALLS[call]) for call in ("read", "read_resolved", "names", "read_link", "status")]
            root = Root(str(folder))
            seen += [outcome(root, CALLS[call]) for call in ("names", "scan_resolved", "read")]
    assert {each for each in seen if isinstance(each, bytes)} == {b"inside"}
    assert [each for each in seen if each in (["outside"], "outside", len(b"outside"))] == []


@pytest.mark.parametrize("path", ["/usr/../../outside/a.so", "/../outside/a.so"])
def test_dots_in_a_path_that_is_said_to_be_resolved(folder: Path, path: str) -> None:
    """Such a path leads nowhere."""
    root = Root(str(folder))
    with pytest.raises(FileNotFoundError):
        root.open_resolved(path)
    assert scanned(root, "/..") == ["usr"]


def test_few_folders_stay_open_and_none_at_the_end(folder: Path) -> None:
    """However many and however deep they are."""
    for number in range(200):
        write(folder / f"wide/{number}/file")
    deep = "/deep" * 200
    write(folder / deep[1:] / "file", b"deep")
    before = len(os.listdir("/proc/self/fd"))
    root = Root(str(folder))
    for number in range(200):
        assert root.is_file(f"/wide/{number}/file")
    assert root.read(f"{deep}/file", 100) == b"deep"
    assert len(os.listdir("/proc/self/fd")) - before == MOST + 1
    del root
    assert len(os.listdir("/proc/self/fd")) == before


def test_folders_that_are_open_leave_descriptors_to_others(folder: Path) -> None:
    """Where few descriptors are allowed, they are closed rather than a call fails."""
    for number in range(50):
        write(folder / f"wide/{number}/file", b"content")

    def limited() -> None:
        most = len(os.listdir("/proc/self/fd")) + 6
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
        root = Root(str(folder))
        for number in range(50):
            assert root.read(f"/wide/{number}/file", 100) == b"content"
            assert root.names(f"/wide/{number}") == ["file"]
            assert root.status(f"/wide/{number}/file") is not None

    assert in_child(limited) == 0


def test_roots_that_nobody_uses_leave_descriptors_to_others(folder: Path) -> None:
    """Where few descriptors are allowed, those of roots in reference cycles are closed."""
    for number in range(10):
        write(folder / f"wide/{number}/file", b"content")

    def limited() -> None:
        gc.disable()
        resource.setrlimit(resource.RLIMIT_NOFILE, (most := len(os.listdir("/proc/self/fd")) + 60, most))
        for _ in range(20):
            root = Root(str(folder))
            root.itself = root  # type: ignore[attr-defined] # a cycle
            assert [root.read(f"/wide/{number}/file", 100) for number in range(10)] == [b"content"] * 10

    assert in_child(limited) == 0


def test_a_root_that_cannot_be_opened(folder: Path) -> None:
    """Without a single free descriptor it is an error that says so."""
    said = folder / "said"

    def limited() -> None:
        descriptor = os.open(said, os.O_WRONLY | os.O_CREAT)
        resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))
        with pytest.raises(SysdepsError) as raised:
            Root(str(folder))
        os.write(descriptor, f"{raised.value} {raised.value.hint}".encode())

    assert in_child(limited) == 0
    assert said.read_text() == f"cannot open `{folder}`: Too many open files allow more with `ulimit -n`"


def test_an_error_names_the_path_on_this_machine() -> None:
    """The path is whole, although the system call got only its last name."""
    with unprivileged_folder() as top:
        write(top / "closed/file").parent.chmod(0)
        root = Root(str(top))
        with pytest.raises(PermissionError) as resolving:
            root.resolve("/closed/file")
        with pytest.raises(PermissionError) as listing:
            root.names("/closed")
        with pytest.raises(PermissionError) as opening:
            root.open_resolved("/closed/file")
    assert resolving.value.filename == opening.value.filename == f"{root.directory}/closed/file"
    assert listing.value.filename == f"{root.directory}/closed"


def test_which_disk(tmp_path: Path) -> None:
    """The machine itself needs no protection, and is read by whole paths."""
    assert type(disk_below("/")) is Disk
    assert type(disk_below(str(tmp_path))) is ConfinedDisk
