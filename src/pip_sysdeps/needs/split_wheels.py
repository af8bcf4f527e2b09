"""Libraries that a distribution leaves to another distribution of the same project.

PySide6-Essentials has plugins for Qt modules that PySide6-Addons brings. Without that, the release has packages with
libraries of these names, but from another build of Qt. Such a library is recognized by two signs: the object needs the
same symbol version (`Qt_6`) from it as from a library that the distribution brings, and the two names begin (`libQt6`)
and end (`.so.6`) alike.
"""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, NamedTuple

from pip_sysdeps.model.needs import FromCapability, FromPackage, Missing, When

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Mapping, Sequence

    from pip_sysdeps.model.elf import ElfFile
    from pip_sysdeps.model.needs import Need

_LEAST_START = len("libQt6")
"""A shorter beginning (`libs`, `libav`) does not identify a project."""


class _Family(NamedTuple):
    """The libraries of one project."""

    start: str
    """How their names begin."""
    end: str
    """How they end."""
    version: str
    """The symbol version that both have."""
    brought: str
    """One of them that the distribution brings."""


def omit_sibling_needs(needs: Sequence[Need], objects: Mapping[str, ElfFile]) -> tuple[Need, ...]:
    """Return the needs of one distribution; those of a sibling distribution are missing, with a note.

    Only for plugins. For an import, which would fail, the package is the better answer.
    """
    brought = {elf.soname for elf in objects.values()}
    families = sorted(
        {family for need in filter(_may_be_omitted, needs) for family in _families(need, objects, brought)}
    )
    return tuple(_left(need, families) if _may_be_omitted(need) else need for need in needs)


def _may_be_omitted(need: Need) -> bool:
    return need.when is When.PLUGIN and isinstance(need.provider, FromPackage | FromCapability | Missing)


def _families(need: Need, objects: Mapping[str, ElfFile], brought: Container[str | None]) -> Iterator[_Family]:
    """Yield the families of needed names and vendored libraries, by the symbol versions that objects need."""
    for file in need.by:
        asked = objects[file].version_needs if file in objects else ()
        versions = {each.version for each in asked if each.soname == need.soname}
        for each in asked:
            start, end = posixpath.commonprefix([each.soname, need.soname]), _end(need.soname)
            alike = len(start) >= _LEAST_START and _end(each.soname) == end
            if alike and each.version in versions and each.soname in brought and each.soname != need.soname:
                yield _Family(start, end, each.version, each.soname)


def _left(need: Need, families: Sequence[_Family]) -> Need:
    for start, end, version, brought in families:
        if need.soname.startswith(start) and need.soname.endswith(end):
            note = f"belongs to the project of {brought} ({version}): another distribution of that project has it"
            tried = need.provider.tried if isinstance(need.provider, Missing) else ()
            return need._replace(provider=Missing(tried=tried, note=note, sibling=brought))
    return need


def _end(soname: str) -> str:
    """Return the end of a name: `.so.6`."""
    return soname[soname.find(".so") :]
