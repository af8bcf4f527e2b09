"""Make the tree from each requirement to the binary packages, or back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pip_sysdeps.app.report import scan_environment
from pip_sysdeps.report.trees import needs_tree, packages_tree

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pip_sysdeps.app.place import Location
    from pip_sysdeps.app.report import ScannedEnvironment
    from pip_sysdeps.report.trees import Node


@dataclass(frozen=True, slots=True, kw_only=True)
class TreeResult:
    """The tree of an environment."""

    scanned: ScannedEnvironment
    """The environment."""
    nodes: Sequence[Node]
    """The roots of the tree; none if nothing needs a system library."""


def tree(location: Location, *, reverse: bool = False, second_process: bool = False) -> TreeResult:
    """Scan an environment and return its tree; with `reverse` from each binary package up to what asked for it."""
    scanned = scan_environment(location, second_process=second_process)
    return TreeResult(scanned=scanned, nodes=(packages_tree if reverse else needs_tree)(scanned.scan, scanned.ways))
