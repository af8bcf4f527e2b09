"""A release image of plain values, for the tests of verification."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from builders.facts import scan_of
from pip_sysdeps.report.image import Image

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pip_sysdeps.model.packages import Owner
    from pip_sysdeps.model.scan import Scan


@dataclass(frozen=True, kw_only=True)
class PlainFinder:
    """A `ctypes.util.find_library` that finds these names."""

    found: frozenset[str] = frozenset()
    uses_cache: bool = False
    reason: str = ""
    fixed_by: str = ""

    def finds(self, names: Iterable[str]) -> bool:
        """Return whether one of the names is found."""
        return not self.found.isdisjoint(names)


@dataclass(frozen=True, kw_only=True)
class PlainSystem:
    """The system of an image, which has these files."""

    installed: Mapping[str, str] = field(default_factory=dict)
    finder: PlainFinder = PlainFinder()
    files: frozenset[str] = frozenset()
    links: Mapping[str, str] = field(default_factory=dict)
    """Path -> the file that it leads to."""
    owners: Mapping[str, Owner] = field(default_factory=dict)
    """File -> its owner."""
    packages: Mapping[str, str] = field(default_factory=dict)
    """Library or program -> the release's package that has it."""

    def version_key(self, version: str) -> Any:  # noqa: ANN401 - as the protocol
        """Order versions as numbers."""
        return int(version)

    def package_of(self, name: str) -> str | None:
        """Return the package of a name."""
        return self.packages.get(name)

    def real(self, path: str) -> str | None:
        """Return the file that a path leads to."""
        return self.links.get(path, path if path in self.files else None)

    def owner(self, path: str) -> Owner | None:
        """Return the owner of a file."""
        return self.owners.get(path)


def image(scan: Scan | None = None, system: PlainSystem | None = None, **changes: Any) -> Image:  # noqa: ANN401
    """Return an image that ldconfig does not change, and in which no symbol is missing."""
    scan = scan or scan_of()
    made = Image(scan=scan, fresh=scan, gaps=(), symbols=(), system=system or PlainSystem())
    return replace(made, **changes)
