"""Search paths that lead where everybody can write."""

from __future__ import annotations

from typing import TYPE_CHECKING

from builders.root import unprivileged_folder
from pip_sysdeps.environment.exposure import writable_folders
from pip_sysdeps.system.root import Root

if TYPE_CHECKING:
    import os
    from pathlib import Path


def test_folders_that_anybody_can_fill_or_make(tmp_path: Path) -> None:
    """Links are followed; a folder that is missing counts by the nearest one above it."""
    for name, mode in (("open", 0o1777), ("shut", 0o755), ("shut/open", 0o777)):
        (tmp_path / name).mkdir()
        (tmp_path / name).chmod(mode)
    (tmp_path / "shut/link").symlink_to("/open")
    elements = ["/open", "/open/made/later", "/shut", "/shut/later", "$ORIGIN/open", "${ORIGIN}/link/", "relative", ""]
    assert writable_folders(Root(str(tmp_path)), elements, "/shut") == (
        "/open",
        "/open/made/later",
        "/shut/open",
        "/shut/link",
    )


def test_folder_below_a_closed_one() -> None:
    """A search path of the machine where it was built may lead into somebody's home: nobody else can fill that."""
    with unprivileged_folder() as folder:
        (folder / "home/open").mkdir(parents=True)
        (folder / "home/open").chmod(0o777)
        assert writable_folders(Root(str(folder)), ["/home/open"], "/") == ("/home/open",)
        (folder / "home").chmod(0)
        assert writable_folders(Root(str(folder)), ["/home/open"], "/") == ()


def test_many_missing_folders_are_not_asked_for_one_by_one(tmp_path: Path) -> None:
    """The folder that lacks them is listed; one that is there is looked at."""
    asked: list[str] = []

    class Counting(Root):
        def status(self, path: str) -> os.stat_result | None:
            asked.append(path)
            return super().status(path)

    (tmp_path / "open").mkdir()
    (tmp_path / "open").chmod(0o1777)
    elements = [*(f"/{number}" for number in range(1000)), *(f"/open/{number}" for number in range(1000))]
    assert len(writable_folders(Counting(str(tmp_path)), elements, "/")) == 1000
    assert len(asked) < 200


def test_many_missing_folders_where_names_are_hidden() -> None:
    """A folder that may be searched but not listed is asked for each."""
    with unprivileged_folder() as folder:
        (folder / "home/open").mkdir(parents=True)
        (folder / "home/open").chmod(0o777)
        (folder / "home").chmod(0o311)
        elements = [*(f"/home/{number}" for number in range(100)), "/home/open"]
        assert writable_folders(Root(str(folder)), elements, "/") == ("/home/open",)


def test_paths_that_are_too_long_to_open(tmp_path: Path) -> None:
    """A path of PATH_MAX bytes or more cannot be opened, and `$ORIGIN` may make a short one long."""
    tmp_path.chmod(0o777)
    long, origin = "/a" * 2047, "/b" * 1000
    elements = [f"{long}/c", long, "$ORIGIN$ORIGIN/$ORIGIN", "$ORIGIN$ORIGIN"]
    assert writable_folders(Root(str(tmp_path)), elements, origin) == (long, origin * 2)
