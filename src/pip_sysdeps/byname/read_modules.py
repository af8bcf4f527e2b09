"""The shipped list of modules that a release has in a package apart from its Python."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from pip_sysdeps.system.shipped import shipped

if TYPE_CHECKING:
    from collections.abc import Mapping


class SplitModule(NamedTuple):
    """A module, and what it takes."""

    name: str
    """What is imported."""
    file: str
    """Pattern of a file without which that fails."""
    extension: str
    """The extension module behind it; empty for none."""
    bringer: str
    """A module whose distribution brings it instead; empty for none."""


@cache
def split_modules() -> Mapping[str, SplitModule]:
    """Return the shipped list, by name."""
    with open(shipped("modules.txt"), encoding="utf-8") as file:
        rows = [line.split() for line in file if line.strip() and not line.startswith("#")]
    return {name: SplitModule(name, *("" if each == "-" else each for each in rest)) for name, *rest in rows}
