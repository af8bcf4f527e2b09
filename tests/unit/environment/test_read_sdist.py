"""A file of an sdist is read in every form of tar, and what costs much is refused before it is unpacked."""

from __future__ import annotations

import gzip
import io
import tarfile
from typing import TYPE_CHECKING

import pytest

from pip_sysdeps.environment.read_sdist import SdistBudget, read_from_sdist
from pip_sysdeps.errors import MalformedError
from pip_sysdeps.system.root import Root

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PROJECT = b"[external]\ndependencies = []\n"


def member(name: str, kind: bytes, content: bytes, size: int | None = None) -> bytes:
    """Return a header and its content."""
    info = tarfile.TarInfo(name)
    info.type, info.size = kind, len(content) if size is None else size
    return info.tobuf(tarfile.GNU_FORMAT) + content.ljust(-len(content) // 512 * -512, b"\0")


def sdist(form: int, *names: str) -> bytes:
    """Return the tar of an sdist with these files before pyproject.toml, as Python writes it."""
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w", format=form) as archive:
        for name, content in (*((name, b"x" * 700) for name in names), ("a-1/pyproject.toml", PROJECT)):
            info = tarfile.TarInfo(name)
            info.size, info.mtime = len(content), 1.5  # as of a file on the disk
            archive.addfile(info, io.BytesIO(content))
    return file.getvalue()


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., bytes | None]:
    """Return a function that reads pyproject.toml from a tar."""

    def call(content: bytes, budget: SdistBudget | None = None, limit: int = 1 << 20) -> bytes | None:
        (tmp_path / "a-1.tar.gz").write_bytes(gzip.compress(content))
        return read_from_sdist(Root(str(tmp_path)), "/a-1.tar.gz", "pyproject.toml", limit, budget or SdistBudget())

    return call


@pytest.mark.parametrize("form", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_each_form_of_tar(read: Callable[..., bytes | None], form: int) -> None:
    """Long names and times with a fraction have headers of their own."""
    names = [f"a-1/{'b' * 90}/{number}{'c' * 40}" for number in range(300)]
    assert read(sdist(form, *names, "a-1/x/pyproject.toml")) == PROJECT


def test_no_such_file(read: Callable[..., bytes | None]) -> None:
    """A folder or a link of that name is none."""
    folder = member("a-1/pyproject.toml", tarfile.DIRTYPE, b"")
    assert read(folder + member("a-1/pyproject.toml", tarfile.SYMTYPE, b"") + bytes(1024)) is None


HEADERS = "more than 16384 bytes of headers of one member, or 8388608 of all"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param(member("x", b"x", b"9 a=1234\n" * 5000), HEADERS, id="a long pax header"),
        pytest.param(member("x", b"L", b"n" * 20_000), HEADERS, id="a long name"),
        pytest.param(member("x", b"x", b"9 a=1234\n" * 50) * 100, HEADERS, id="many pax headers of one member"),
        pytest.param(
            member("a/b", b"0", b"") * 10_001, "more than 10000 members before `pyproject.toml`", id="many members"
        ),
        pytest.param(
            member("a/b", b"0", b"", size=-1024) * 3,
            # the second is tarfile's own words, in Python 3.13
            ("is not an sdist: a member begins before the end of another", "is not an sdist: invalid offset"),
            id="a negative size",
        ),
        pytest.param(member("x", b"x", b"9" * 30 + b" a=1\n"), "is not an sdist: ", id="a number too large"),
        pytest.param(
            member("a/pyproject.toml", b"0", PROJECT, size=9000),
            "ends within `a/pyproject.toml`",
            id="a file cut short",
        ),
        pytest.param(
            member("a/pyproject.toml", b"0", PROJECT, size=1 << 30),
            "`a/pyproject.toml` is larger than 1048576 bytes",
            id="a large file",
        ),
    ],
)
def test_what_costs_much_is_refused(
    read: Callable[..., bytes | None], content: bytes, message: str | tuple[str, str]
) -> None:
    """The message says why."""
    with pytest.raises(MalformedError) as caught:
        read(content)
    assert str(caught.value).startswith(message)


def test_all_sdists_share_a_budget(read: Callable[..., bytes | None]) -> None:
    """The limit on unpacked bytes is for all of them together."""
    budget = SdistBudget()
    content = sdist(tarfile.PAX_FORMAT, *(f"a-1/{number}" for number in range(10)))
    budget.unpacked = len(content) * 3 // 2
    assert read(content, budget) == PROJECT
    with pytest.raises(MalformedError, match="all sdists to"):
        read(content, budget)
