"""A folder that lacks many names is listed once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pip_sysdeps.system.missing_names import MissingNames
from pip_sysdeps.system.root import Root

if TYPE_CHECKING:
    from pathlib import Path

MANY = 50


def test_a_folder_that_lacks_many_names(tmp_path: Path) -> None:
    """After many misses the listing answers, for names that are there too."""
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib/here").touch()
    missing = MissingNames(Root(str(tmp_path)))
    for _ in range(MANY - 1):
        missing.count("/lib")
    assert not missing.has("/lib", "gone")
    missing.count("/lib")
    assert [missing.has("/lib", name) for name in ("gone", "here", "", ".", "..")] == [True, False, False, False, False]
