"""Files under a root: what is read of them, and what the loader would stop at."""

from __future__ import annotations

import errno
import os
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from builders.elf import Elf
from builders.elf_memory import parse
from pip_sysdeps.elf.read_objects import Objects
from pip_sysdeps.elf.symbols import defined_versions
from pip_sysdeps.model.elf import FOLDER_LOOP, LINK_LOOP, ElfFile, OpenedFile
from pip_sysdeps.model.environment import Skipped, Verdict
from pip_sysdeps.system.root import Root

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

LIBRARY = Elf(soname="liba.so.1", needed=("libc.so.6",), defined=("PyInit_a",)).build()


def opened(path: Path) -> OpenedFile | None:
    """Open a file as the loader does, in the root of its folder."""
    return Objects(Root(str(path.parent))).open(f"/{path.name}")


def identity(path: Path) -> tuple[int, int]:
    """Return device and inode."""
    return path.stat().st_dev, path.stat().st_ino


def test_open_follows_links(tmp_path: Path) -> None:
    """A link gives the identity and the facts of its target."""
    target = tmp_path / "liba.so.1.0"
    target.write_bytes(LIBRARY)
    link = tmp_path / "liba.so.1"
    link.symlink_to("liba.so.1.0")
    assert opened(link) == OpenedFile(identity=identity(target), elf=parse(LIBRARY), fault="")


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        pytest.param(b"", "file too short", id="empty"),
        pytest.param(b"GROUP ( libc.so.6 )", "file too short", id="short text"),
        pytest.param(b"/* GNU ld script */" * 9, "invalid ELF header", id="text"),
        pytest.param(LIBRARY[:63], "file too short", id="cut header"),
    ],
)
def test_open_what_has_no_facts(tmp_path: Path, content: bytes, fault: str) -> None:
    """A file that is not ELF has no facts, and its fault is in the loader's words."""
    path = tmp_path / "liba.so"
    path.write_bytes(content)
    assert opened(path) == OpenedFile(identity=identity(path), elf=None, fault=fault)


@pytest.mark.parametrize("elf_class", [32, 64])
def test_open_cut_file_keeps_its_header(tmp_path: Path, elf_class: int) -> None:
    """Of a file that is cut behind its header class and machine are known: the loader passes over another class."""
    path = tmp_path / "liba.so"
    path.write_bytes(Elf(elf_class=elf_class, machine=3).build()[:64])
    result = opened(path)
    assert result is not None
    assert result.elf is not None
    assert (result.elf.elf_class, result.elf.machine, result.fault) == (elf_class, 3, "cannot read file data")


def test_open_sound_facts_beside_a_fault(tmp_path: Path) -> None:
    """Padding in the header stops the loader, and every fact can be read nevertheless."""
    path = tmp_path / "liba.so"
    path.write_bytes(LIBRARY[:12] + b"\1" + LIBRARY[13:])
    assert opened(path) == OpenedFile(identity=identity(path), elf=parse(LIBRARY), fault="nonzero padding in e_ident")


def test_open_folder(tmp_path: Path) -> None:
    """A folder can be opened and not read, and the loader stops there."""
    path = tmp_path / "liba.so"
    path.mkdir()
    assert opened(path) == OpenedFile(identity=identity(path), elf=None, fault="cannot read file data")


def _absent(path: Path) -> None:
    path.unlink(missing_ok=True)


def _dangling(path: Path) -> None:
    path.symlink_to("nowhere")


@pytest.mark.parametrize("make", [_absent, _dangling])
def test_open_what_cannot_be_opened(tmp_path: Path, make: Callable[[Path], None]) -> None:
    """The loader ignores a candidate that open(2) refuses."""
    make(tmp_path / "liba.so")
    assert opened(tmp_path / "liba.so") is None


def test_open_a_circle_of_links(tmp_path: Path) -> None:
    """Links in a circle are a fault (ELOOP): some loaders stop there; where the circle lies matters to one of them."""
    (tmp_path / "liba.so").symlink_to("liba.so")
    (tmp_path / "d").symlink_to("d")
    objects = Objects(Root(str(tmp_path)))
    assert objects.open("/liba.so") == OpenedFile(identity=(0, 0), elf=None, fault=LINK_LOOP)
    assert objects.open("/d/liba.so") == OpenedFile(identity=(0, 0), elf=None, fault=FOLDER_LOOP)


def test_open_what_the_system_refuses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The loader ignores a candidate without read permission, and the scan skips it; root may read all."""
    (tmp_path / "liba.so").write_bytes(LIBRARY)
    objects = Objects(Root(str(tmp_path)))

    def refuse(*_: object, **__: object) -> int:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr("pip_sysdeps.system.root.os.open", refuse)
    assert objects.open("/liba.so") is None
    assert objects.facts("/liba.so") == Skipped(path="/liba.so", verdict=Verdict.UNREADABLE, reason="Permission denied")


def test_open_through_a_file(tmp_path: Path) -> None:
    """A path through a file leads nowhere."""
    (tmp_path / "liba.so").write_bytes(LIBRARY)
    assert Objects(Root(str(tmp_path))).open("/liba.so/libb.so") is None


def test_fifo_is_never_opened_for_real(tmp_path: Path) -> None:
    """A pipe does not stop the scan."""
    os.mkfifo(tmp_path / "liba.so")
    objects = Objects(Root(str(tmp_path)))
    assert objects.facts("/liba.so") == Skipped(
        path="/liba.so", verdict=Verdict.UNREADABLE, reason="Not a regular file"
    )


@pytest.mark.parametrize(
    ("content", "answer"),
    [
        pytest.param(LIBRARY, parse(LIBRARY), id="library"),
        pytest.param(b"text", None, id="text"),
        pytest.param(b"", None, id="empty"),
        pytest.param(b"MZ" * 99, None, id="PE"),
        pytest.param(
            Elf(type=1, dynamic=False).build(),
            (Verdict.NOT_RUNTIME, "a relocatable object, input of a linker"),
            id="ET_REL",
        ),
        pytest.param(Elf(type=4, dynamic=False).build(), (Verdict.NOT_RUNTIME, "a core file"), id="ET_CORE"),
        pytest.param(
            LIBRARY[: 64 + 56 + 32] + bytes(8) + LIBRARY[64 + 56 + 40 :],
            (Verdict.NOT_RUNTIME, "a detached debug file"),
            id="debug file",
        ),
        pytest.param(LIBRARY[:64], (Verdict.MALFORMED, "offset 64: cannot read file data"), id="cut"),
        pytest.param(LIBRARY[:9], (Verdict.MALFORMED, "offset 9: file too short"), id="cut header"),
    ],
)
def test_facts(tmp_path: Path, content: bytes, answer: object) -> None:
    """Each kind of file is facts, nothing, or skipped with its reason."""
    (tmp_path / "file").write_bytes(content)
    if isinstance(answer, tuple) and not isinstance(answer, ElfFile):
        verdict, reason = answer
        answer = Skipped(path="/file", verdict=verdict, reason=reason)
    assert Objects(Root(str(tmp_path))).facts("/file") == answer


def test_facts_of_a_file_that_is_gone(tmp_path: Path) -> None:
    """A file that vanished between listing and reading is reported."""
    assert Objects(Root(str(tmp_path))).facts("/gone") == Skipped(
        path="/gone", verdict=Verdict.UNREADABLE, reason="No such file or directory"
    )


def test_file_that_shrinks_while_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that is truncated while it is read is malformed."""
    path = tmp_path / "liba.so"
    path.write_bytes(replace(Elf(needed=("libb.so",)), segments=2).build())
    real = os.fstat

    def shrink_after(descriptor: int) -> os.stat_result:
        status = real(descriptor)
        os.truncate(path, 2048)
        return status

    objects = Objects(Root(str(tmp_path)))
    monkeypatch.setattr("pip_sysdeps.elf.read_objects.os.fstat", shrink_after)
    result = objects.facts("/liba.so")
    assert isinstance(result, Skipped)
    assert result.verdict is Verdict.MALFORMED


def test_each_file_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two links and the file itself cost one reading."""
    (tmp_path / "a").write_bytes(LIBRARY)
    (tmp_path / "b").symlink_to("a")
    objects = Objects(Root(str(tmp_path)))
    first = objects.open("/a")
    monkeypatch.setattr("pip_sysdeps.elf.read_objects.os.pread", None)
    assert objects.open("/b") is first
    assert objects.facts("/a") == parse(LIBRARY)


def test_a_folder_that_lacks_many_names_is_listed(tmp_path: Path) -> None:
    """Instead of asking for each name; what is there is found as before, a link too."""
    asked: list[str] = []

    class Counting(Root):
        def follow(self, path: str) -> str | None:
            asked.append(path)
            return super().follow(path)

    (tmp_path / "liba.so").write_bytes(LIBRARY)
    (tmp_path / "libb.so").symlink_to("liba.so")
    objects = Objects(Counting(str(tmp_path)))
    assert [objects.open(f"/lib{number}.so") for number in range(1000)] == [None] * 1000
    assert len(asked) <= 60
    assert objects.open("/libb.so") is objects.open("/liba.so") is not None


def test_a_folder_that_may_not_be_listed_is_asked(tmp_path: Path) -> None:
    """Its files can be opened by name."""

    class Closed(Root):
        def names(self, folder: str) -> list[str]:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), folder)

    (tmp_path / "liba.so").write_bytes(LIBRARY)
    objects = Objects(Closed(str(tmp_path)))
    assert [objects.open(f"/lib{number}.so") for number in range(100)] == [None] * 100
    assert objects.open("/liba.so") is not None


def test_defines(tmp_path: Path) -> None:
    """Symbols are asked of a file; one that cannot be read defines none."""
    (tmp_path / "a.so").write_bytes(LIBRARY)
    (tmp_path / "cut.so").write_bytes(LIBRARY[:64])
    objects = Objects(Root(str(tmp_path)))
    assert [objects.defines(path, "PyInit_a") for path in ("/a.so", "/cut.so", "/gone.so")] == [True, False, False]
    assert objects.defines("/a.so", "PyInit_b") is False


def test_ask(tmp_path: Path) -> None:
    """Another function can be called on a file."""
    (tmp_path / "a.so").write_bytes(Elf(soname="a", version_definitions=("A_1",)).build())
    objects = Objects(Root(str(tmp_path)))
    assert objects.query("/a.so", defined_versions) == ("A_1",)
    assert objects.query("/gone.so", defined_versions) is None


def test_descriptors_are_closed(tmp_path: Path) -> None:
    """Reading good, broken and foreign files leaves no descriptor open."""
    for name, content in {"good": LIBRARY, "cut": LIBRARY[:64], "text": b"text"}.items():
        (tmp_path / name).write_bytes(content)
    objects = Objects(Root(str(tmp_path)))
    before = len(os.listdir("/proc/self/fd"))
    for name in ("/good", "/cut", "/text", "/gone"):
        objects.facts(name)
        objects.defines(name, "f")
    assert len(os.listdir("/proc/self/fd")) == before
