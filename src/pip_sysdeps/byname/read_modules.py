"""Read the shipped list of standard modules that a release has in packages of their own."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from pip_sysdeps.system.shipped import read_shipped, table_lines

if TYPE_CHECKING:
    from collections.abc import Mapping


class SplitModule(NamedTuple):
    """A standard module, and what it needs."""

    name: str
    """The module's full name."""
    file: str
    """Pattern of a file without which importing it fails."""
    extension: str
    """Its extension module; empty without one."""
    bringer: str
    """A module whose distribution contains it as well; empty without one."""


@cache
def split_modules() -> Mapping[str, SplitModule]:
    """Return the list, by name."""
    rows = [line.split() for _, line in table_lines(read_shipped("modules.txt"))]
    return {name: SplitModule(name, *("" if each == "-" else each for each in rest)) for name, *rest in rows}
