"""Detect libraries that another distribution of the same project provides.

PySide6-Essentials has plugins for Qt modules that are in PySide6-Addons. If that is not installed, a package of the
release must not replace it: its libraries have the same names, but are from another build of Qt. Two signs identify
these libraries. The object needs the same symbol version (`Qt_6`) from them as from a vendored library, and both names
have the same start (`libQt6`) and end (`.so.6`).
"""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, NamedTuple

from pip_sysdeps.model.needs import FromCapability, FromPackage, Missing, When

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Mapping, Sequence

    from pip_sysdeps.model.elf import ElfFile
    from pip_sysdeps.model.needs import Need

_MIN_START = len("libQt6")
"""A shorter start (`libs`, `libav`) does not identify a project."""


class _Family(NamedTuple):
    """The libraries of one project."""

    start: str
    """The start of their names."""
    end: str
    """The end of their names."""
    version: str
    """The common symbol version."""
    vendored: str
    """One of them that the distribution vendors."""


def omit_sibling_needs(needs: Sequence[Need], objects: Mapping[str, ElfFile]) -> tuple[Need, ...]:
    """Return the needs of one distribution, with libraries of a sibling distribution as missing, with a note.

    This is only for plugins. An import would fail, so the package is the better provider.
    """
    vendored = {elf.soname for elf in objects.values()}
    families = sorted(
        {family for need in filter(_may_be_omitted, needs) for family in _families(need, objects, vendored)}
    )
    return tuple(_omit(need, families) if _may_be_omitted(need) else need for need in needs)


def _may_be_omitted(need: Need) -> bool:
    return need.when is When.PLUGIN and isinstance(need.provider, FromPackage | FromCapability | Missing)


def _families(need: Need, objects: Mapping[str, ElfFile], vendored: Container[str | None]) -> Iterator[_Family]:
    """Yield the families of needed names and vendored libraries, by the symbol versions that objects need."""
    for file in need.by:
        version_needs = objects[file].version_needs if file in objects else ()
        versions = {each.version for each in version_needs if each.soname == need.soname}
        for each in version_needs:
            start, end = posixpath.commonprefix([each.soname, need.soname]), _end(need.soname)
            is_related = len(start) >= _MIN_START and _end(each.soname) == end
            if is_related and each.version in versions and each.soname in vendored and each.soname != need.soname:
                yield _Family(start, end, each.version, each.soname)


def _omit(need: Need, families: Sequence[_Family]) -> Need:
    for start, end, version, vendored in families:
        if need.soname.startswith(start) and need.soname.endswith(end):
            note = f"belongs to the project of {vendored} ({version}): another distribution of that project has it"
            tried = need.provider.tried if isinstance(need.provider, Missing) else ()
            return need._replace(provider=Missing(tried=tried, note=note, sibling=vendored))
    return need


def _end(soname: str) -> str:
    """Return the end of a name: `.so.6`."""
    return soname[soname.find(".so") :]
