"""What Python sources open by name, from a source to the line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from builders.small_debian import SITE
from builders.venv import install

if TYPE_CHECKING:
    from builders.desk import Desk

OPENS = b"import ctypes.util\nlibrary = ctypes.CDLL(ctypes.util.find_library('magic'))\n"


def test_a_source_that_opens_a_library(desk: Desk) -> None:
    """The library's package is in the line, though no ELF file names it."""
    install(desk.root / SITE.lstrip("/"), "opener", files={"opener.py": OPENS})
    assert desk.run_lock().status == 0
    assert desk.run_apt_line().out == "libmagic1 libpq5\n"


def test_a_distribution_that_is_known_to_need_nothing(desk: Desk) -> None:
    """Its sources are not heeded, whatever they open: the knowledge file says so of pip."""
    install(desk.root / SITE.lstrip("/"), "pip", files={"pip/opener.py": OPENS})
    assert desk.run_lock().status == 0
    assert desk.run_apt_line().out == "libpq5\n"
