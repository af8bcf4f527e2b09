"""One walk below a folder."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from builders.root import link, unprivileged_folder, write
from pip_sysdeps.model.environment import Skipped, Verdict
from pip_sysdeps.system.root import Root
from pip_sysdeps.system.tree import Tree, inside, join, may_be_elf, walk

if TYPE_CHECKING:
    from pathlib import Path


def test_regular_files_only(tmp_path: Path) -> None:
    """Links, pipes, byte code and other environments are left out; hidden files are not."""
    for file in ("a", ".b/c", "d/e/f", "__pycache__/g", "d/__pycache__/h", "venv/pyvenv.cfg", "venv/lib/i"):
        write(tmp_path / "top" / file)
    write(tmp_path / "top/pyvenv.cfg")
    write(tmp_path / "other/canary")
    link(tmp_path / "top/file", "a")
    link(tmp_path / "top/folder", "../other")
    link(tmp_path / "top/loop", ".")
    os.mkfifo(tmp_path / "top/pipe")
    files = frozenset({"/top/a", "/top/.b/c", "/top/d/e/f", "/top/pyvenv.cfg"})
    assert walk(Root(str(tmp_path)), "/top") == Tree(files=files, skipped=())


def test_top_of_the_root(tmp_path: Path) -> None:
    """The root itself can be walked."""
    write(tmp_path / "a/b")
    assert walk(Root(str(tmp_path)), "/").files == frozenset({"/a/b"})


def test_folders_that_are_not_entered(tmp_path: Path) -> None:
    """The caller decides by name."""
    write(tmp_path / "a/b")
    write(tmp_path / "c/a/d")
    assert walk(Root(str(tmp_path)), "/", enter=lambda name: name != "a").files == frozenset()


def test_limit(tmp_path: Path) -> None:
    """A walk ends at the limit, and says so."""
    for number in range(20):
        write(tmp_path / f"{number}/file")
    tree = walk(Root(str(tmp_path)), "/", limit=5)
    assert len(tree.files) == 6
    assert tree.skipped == (Skipped(path="/", verdict=Verdict.UNREADABLE, reason="more than 5 files"),)


def test_folder_that_may_not_be_listed() -> None:
    """It is reported; the others are walked."""
    with unprivileged_folder() as folder:
        write(folder / "closed/a")
        write(folder / "open/b")
        (folder / "closed").chmod(0)
        skipped = (Skipped(path="/closed", verdict=Verdict.UNREADABLE, reason="Permission denied"),)
        assert walk(Root(str(folder)), "/") == Tree(files=frozenset({"/open/b"}), skipped=skipped)


@pytest.mark.parametrize(
    ("path", "folder", "answer"),
    [("/a/b", "/a", True), ("/a", "/a", True), ("/ab", "/a", False), ("/a", "/", True), ("/", "/a", False)],
)
def test_inside(path: str, folder: str, answer: bool) -> None:
    """A name that only begins alike is not inside."""
    assert inside(path, folder) is answer


@pytest.mark.parametrize(
    ("folder", "path", "joined"),
    [
        ("/a/b", "../c", "/a/c"),
        ("/a", "../../../c", "/c"),
        ("/a", "/c", "/c"),
        ("/a", "//c", "/c"),
        ("/a", "./b//c/.", "/a/b/c"),
    ],
)
def test_join(folder: str, path: str, joined: str) -> None:
    """Paths are normalized, and `..` ends at the top."""
    assert join(folder, path) == joined


@pytest.mark.parametrize(
    ("path", "answer"),
    [("/a.so", True), ("/a", True), ("/a.so.1.2", True), ("/a.bin", True), ("/a.py", False), ("/a.so.py", False)],
)
def test_may_be_elf(path: str, answer: bool) -> None:
    """Only suffixes of text and of other data are skipped unseen."""
    assert may_be_elf(path) is answer
