"""What a replaced file has of the one before it; the faults are in tests/functional/test_atomic_writes.py."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

import pytest

from pip_sysdeps.system.atomic_write import write_atomically

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("mask", [0o022, 0o077])
def test_a_new_file_has_what_the_umask_leaves(tmp_path: Path, mask: int) -> None:
    """The mode of a new file is that of open(2)."""
    before = os.umask(mask)
    try:
        write_atomically(str(tmp_path / "new"), b"x")
    finally:
        os.umask(before)
    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o666 & ~mask


@pytest.mark.skipif(os.geteuid() != 0, reason="run as root: only root gives files away")
def test_mode_and_owner_stay(tmp_path: Path) -> None:
    """A file that root rewrites keeps its owner and mode."""
    path = tmp_path / "old"
    path.write_bytes(b"old")
    os.chown(path, 4321, 1234)
    path.chmod(0o664)
    write_atomically(str(path), b"new")
    status = path.stat()
    assert (path.read_bytes(), status.st_uid, status.st_gid, status.st_mode & 0o7777) == (b"new", 4321, 1234, 0o664)


@pytest.mark.skipif(os.name != "posix", reason="no such modes")
def test_new_content_runs_as_nobody_else(tmp_path: Path) -> None:
    """The kernel clears set-user-ID and set-group-ID of a file that is written to."""
    path = tmp_path / "old"
    path.write_bytes(b"old")
    path.chmod(0o6755)
    write_atomically(str(path), b"new")
    assert path.stat().st_mode & 0o7777 == 0o755


def test_a_link_is_replaced(tmp_path: Path) -> None:
    """An environment that was copied as links does not write into the other one."""
    (tmp_path / "other").write_bytes(b"other")
    (tmp_path / "link").symlink_to("other")
    write_atomically(str(tmp_path / "link"), b"new")
    assert not (tmp_path / "link").is_symlink()
    assert (tmp_path / "other").read_bytes() == b"other"


@pytest.mark.parametrize("name", ["folder", "missing/file", "file/below"])
def test_the_error_names_the_file(tmp_path: Path, name: str) -> None:
    """The error has the path, and no temporary file remains."""
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").touch()
    path = str(tmp_path / name)
    with pytest.raises(OSError, match=f"'{re.escape(path)}'$"):
        write_atomically(path, b"x")
    assert sorted(os.listdir(tmp_path)) == ["file", "folder"]
