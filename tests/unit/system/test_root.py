"""The wall: nothing outside the root is read, whatever the links inside say."""

from __future__ import annotations

import errno
import os
import socket
from pathlib import Path

import pytest

from builders.root import link as make_link
from builders.root import unprivileged_folder, write
from pip_sysdeps.system.root import Root

CANARY = b"outside"


@pytest.fixture
def root(tmp_path: Path) -> Root:
    """Make a root with a little in it, and a canary beside it."""
    (tmp_path / "canary").write_bytes(CANARY)
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "canary").write_bytes(CANARY)
    inside = tmp_path / "root"
    (inside / "usr" / "lib").mkdir(parents=True)
    (inside / "usr" / "lib" / "a.so").write_bytes(b"inside")
    (inside / "lib").symlink_to("usr/lib")
    return Root(str(inside))


def link(root: Root, name: str, target: str) -> None:
    """Make a link at the top of the root."""
    make_link(Path(root.directory, name), target)


def content(root: Root, path: str) -> bytes | None:
    """Return what is read at a path, or None if nothing can be."""
    try:
        return root.read(path, 100)
    except OSError:
        return None


def fault(root: Root, path: str) -> int | None:
    """Return the errno that opening a path gives; None if it opens."""
    try:
        os.close(root.open(path))
    except OSError as error:
        return error.errno
    return None


@pytest.mark.parametrize(
    "path",
    [
        "/../canary",
        "/../../../../../../../../../../../../etc/passwd",
        "/usr/lib/../../../canary",
        "/lib/../../../canary",
        "/usr/../../secrets/canary",
        "/./..//../secrets/./canary",
    ],
)
def test_dots_end_at_the_top(root: Root, path: str) -> None:
    """`..` in a path does not lead out of the root."""
    assert content(root, path) is None


@pytest.mark.parametrize("up", ["..", "../..", "/..", "usr/../..", "usr/lib/../../../.."])
def test_links_upward_end_at_the_top(root: Root, up: str) -> None:
    """A link that climbs out leads to the root's own top."""
    link(root, "up", up)
    assert root.resolve("/up") == "/"
    assert content(root, "/up/canary") is None
    assert content(root, "/up/secrets/canary") is None
    assert content(root, "/up/lib/a.so") == b"inside"


def test_absolute_link_is_taken_from_the_top(root: Root, tmp_path: Path) -> None:
    """An absolute link means a path inside the root, as under chroot(2)."""
    link(root, "absolute", "/usr/lib/a.so")
    link(root, "canary", str(tmp_path / "canary"))
    assert root.resolve("/absolute") == "/usr/lib/a.so"
    assert content(root, "/absolute") == b"inside"
    assert content(root, "/canary") is None


def test_folder_link_to_the_machine(root: Root, tmp_path: Path) -> None:
    """A folder that is a link to the machine's own is the root's of that name, or nothing."""
    link(root, "secrets", str(tmp_path / "secrets"))
    link(root, "etc", "/etc")
    for name in ("/secrets", "/etc"):
        assert root.resolve(f"{name}/canary") is None
        assert root.names(name) == []


def test_proc_magic_links_are_text(root: Root) -> None:
    """`/proc/self/root` is read as the text it shows, never followed by the kernel."""
    link(root, "me", "/proc/self/root/etc/passwd")
    assert content(root, "/me") is None
    machine = Root("/")
    assert machine.resolve("/proc/self/root/etc") == "/etc"


def test_link_loop(root: Root) -> None:
    """A loop leads nowhere and ends."""
    link(root, "one", "two")
    link(root, "two", "one")
    link(root, "self", "self/x")
    assert root.resolve("/one") is None
    assert root.resolve("/self") is None
    assert not root.is_file("/one")


def test_a_link_loop_differs_from_a_missing_file(tmp_path: Path) -> None:
    """`follow`, `open` and `read` raise ELOOP for links in a circle, also on the way."""
    (tmp_path / "x").symlink_to("x")
    root = Root(str(tmp_path))
    for call in (root.follow, root.open, lambda path: root.read(path, 1)):
        for path in ("/x", "/x/file"):
            with pytest.raises(OSError, match="Too many levels") as told:
                call(path)
            assert told.value.errno == errno.ELOOP
    assert (root.resolve("/x/file"), root.names("/x"), root.read_link("/x/file")) == (None, [], None)


def test_forty_links_are_followed_and_no_more(root: Root) -> None:
    """The limit is the kernel's (path_resolution(7)), which is the judge here."""
    link(root, "hop0", "usr/lib/a.so")
    for number in range(1, 42):
        link(root, f"hop{number}", f"hop{number - 1}")
    for number in range(42):
        followed = os.path.exists(f"{root.directory}/hop{number}")
        assert (root.resolve(f"/hop{number}") is not None) is followed, number


def test_link_bomb_ends(root: Root) -> None:
    """Links that double the path at each step are given up."""
    link(root, "b0", "usr")
    for number in range(1, 30):
        link(root, f"b{number}", f"b{number - 1}/../b{number - 1}")
    assert root.resolve("/b29") is None


def test_path_through_a_file_leads_nowhere(root: Root) -> None:
    """A file is not a folder: neither below it nor back up from it."""
    assert root.resolve("/usr/lib/a.so/..") is None
    assert root.resolve("/usr/lib/a.so/b") is None
    assert root.names("/usr/lib/a.so") == []


def test_missing(root: Root) -> None:
    """A missing path is None, or ENOENT on opening."""
    assert root.resolve("/no/where") is None
    assert root.status("/no") is None
    assert root.identity("/no") is None
    assert root.names("/no") == []
    with pytest.raises(FileNotFoundError):
        root.open("/no")


@pytest.mark.parametrize("path", ["/a\0b", "/usr/\0/a", "/" + "n" * 300, "/" + "n/" * 3000])
def test_names_that_no_disk_has(root: Root, path: str) -> None:
    """A NUL, or a name or path beyond the limits, leads nowhere."""
    assert root.resolve(path) is None
    assert not root.is_file(path)
    assert root.names(path) == []


def test_pipe_socket_and_folder_are_not_opened(root: Root, monkeypatch: pytest.MonkeyPatch) -> None:
    """Opening them could block or act: it is EINVAL at once."""
    os.mkfifo(f"{root.directory}/pipe")
    monkeypatch.chdir(root.directory)  # a socket's path is short
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("socket")
    for name in ("/pipe", "/socket", "/usr"):
        assert fault(root, name) == errno.EINVAL
        assert not root.is_file(name)


def test_device_is_not_even_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    """Opening a tape or a watchdog has effects, so the kind is checked first."""

    def refuse(path: str, *_: int) -> int:
        pytest.fail(f"opened {path}")

    monkeypatch.setattr(os, "open", refuse)
    assert fault(Root("/"), "/dev/zero") == errno.EINVAL


def test_open_closes_what_it_refuses(root: Root) -> None:
    """No descriptor is left behind; folders that are kept open are no more at the fifth time than at the first."""
    assert root.is_file("/lib/a.so")
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(5):
        assert fault(root, "/usr") == errno.EINVAL
        assert fault(root, "/lib/a.so") is None
    assert len(os.listdir("/proc/self/fd")) == before


def test_read_is_bounded(root: Root) -> None:
    """A file with more bytes than allowed is EFBIG; one with as many is read."""
    assert root.read("/usr/lib/a.so", 6) == b"inside"
    with pytest.raises(OSError, match="Larger than 5 bytes"):
        root.read("/usr/lib/a.so", 5)


def test_a_large_file_of_holes_is_not_read(root: Root, tmp_path: Path) -> None:
    """It has next to no bytes on the disk; one with a hole somewhere is read."""
    for name, size in (("holes", 1 << 30), ("small", 1 << 20)):
        with (tmp_path / "root" / name).open("wb") as file:
            file.truncate(size)
    for read in (root.read, root.read_resolved):
        with pytest.raises(OSError, match="Mostly holes"):
            read("/holes", 2 << 30)
        assert len(read("/small", 2 << 20)) == 1 << 20


def test_read_of_a_file_that_shows_no_size() -> None:
    """Files of /proc have a size of 0 and contents."""
    assert Root("/").read("/proc/self/status", 1 << 20).startswith(b"Name:")


def test_open_resolved_does_not_follow_a_last_link(root: Root) -> None:
    """A path that was resolved has no link at its end; one that has grown a link is refused."""
    link(root, "late", "usr/lib/a.so")
    with pytest.raises(OSError, match="Not a regular file"):
        root.open_resolved("/late")


def test_resolve_folder_of(root: Root) -> None:
    """The last name is kept though it is a link: as lstat(2) sees it."""
    link(root, "last", "usr")
    assert root.resolve_folder_of("/last") == "/last"
    assert root.resolve_folder_of("/lib/a.so") == "/usr/lib/a.so"
    assert root.resolve_folder_of("/lib/..") is None
    assert root.resolve_folder_of("/") is None
    assert root.read_link("/last") == "usr"
    assert root.read_link("/usr") is None


def test_identity_is_that_of_the_target(root: Root) -> None:
    """A link and what it leads to are one file."""
    os.link(f"{root.directory}/usr/lib/a.so", f"{root.directory}/usr/lib/hard.so")
    link(root, "soft.so", "lib/a.so")
    assert root.identity("/soft.so") == root.identity("/usr/lib/a.so") == root.identity("/lib/hard.so")


def test_kinds(root: Root) -> None:
    """Files and folders are reported apart through links; a dangling link is neither."""
    link(root, "dangling", "nowhere")
    assert root.is_folder("/lib")
    assert root.is_folder("/")
    assert not root.is_file("/lib")
    assert root.is_file("/lib/a.so")
    assert not root.is_folder("/dangling")
    assert not root.is_file("/dangling")


def test_root_given_through_a_link(tmp_path: Path, root: Root) -> None:
    """The root itself may be named by a link or relatively."""
    (tmp_path / "alias").symlink_to("root")
    alias = Root(str(tmp_path / "alias"))
    assert alias.directory == root.directory
    assert alias.read("/lib/a.so", 10) == b"inside"


def test_root_that_looks_like_a_prefix(tmp_path: Path, root: Root) -> None:
    """`/x/root2` is not below `/x/root`."""
    (tmp_path / "root2").mkdir()
    (tmp_path / "root2" / "canary").write_bytes(CANARY)
    link(root, "near", "../root2/canary")
    assert content(root, "/near") is None


def test_names_that_are_not_utf8(root: Root) -> None:
    """Names keep their bytes."""
    raw = os.fsencode(root.directory) + b"/caf\xe9.so"
    with open(raw, "wb") as file:
        file.write(b"x")
    assert "caf\udce9.so" in root.names("/")
    assert root.read("/caf\udce9.so", 1) == b"x"


def test_folder_that_may_not_be_searched() -> None:
    """It is an error, not a missing folder."""
    with unprivileged_folder() as folder:
        write(folder / "closed" / "a.so")
        (folder / "closed").chmod(0)
        root = Root(str(folder))
        with pytest.raises(PermissionError):
            root.resolve("/closed/a.so")
        with pytest.raises(PermissionError):
            root.names("/closed")
