"""Modules of the standard library that a release has in a package apart from its Python."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from pip_sysdeps.byname.read_modules import SplitModule, split_modules
from pip_sysdeps.model.needs import Confidence, Reference, ReferenceKind, When

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from pip_sysdeps.byname.about import About

_IMPORT = rb"\n(?:import[ \t]+(%s)\b|from[ \t]+(%s)\b|from[ \t]+(%s)[ \t]+import[ \t(]+([^\n;)]+))"


class Imported(NamedTuple):
    """An import of such a module, without a condition."""

    module: SplitModule
    path: str
    """The source that imports it."""
    confidence: Confidence
    """High where the distribution is imported by that source, or is about the module."""


@cache
def _pattern() -> re.Pattern[bytes]:
    """Return a pattern for the imports; it begins with a line's end, which is found fast."""
    names = [name.encode() for name in split_modules()]
    packages = {name.rpartition(b".")[0] for name in names} - {b""}
    every, inner = (b"|".join(map(re.escape, sorted(each, reverse=True))) for each in (names, packages))
    return re.compile(_IMPORT % (every, every, inner))


def imports(source: bytes) -> frozenset[str]:
    """Return by a quick search which of the modules a source imports at its top, outside any block."""
    found = {
        name.decode()
        for whole, origin, package, several in _pattern().findall(b"\n" + source)
        for name in ([whole or origin] if whole or origin else _inside(package, several))
    }
    return frozenset(found & split_modules().keys())


def _inside(package: bytes, several: bytes) -> list[bytes]:
    return [package + b"." + name for name in re.findall(rb"\w+", several)]


def imported(path: str, source: bytes, base: str, about: About) -> Iterator[Imported]:
    """Yield what a source of a distribution imports; `base` is the folder that its path is relative to."""
    for name in sorted(imports(source)):
        relative = path.removeprefix(f"{base.rstrip('/')}/").removesuffix("/__init__.py").removesuffix(".py")
        sure = "/" not in relative or about.mentions(name, in_title=True)
        yield Imported(split_modules()[name], path, Confidence.HIGH if sure else Confidence.MEDIUM)


def of_release(found: Iterable[Imported]) -> Iterator[Reference]:
    """Yield what imports take of a release whose own Python imports: the files that its package lacks."""
    for each in found:
        yield _reference(each, ReferenceKind.FILE, each.module.file)


def of_interpreter(found: Iterable[Imported], needed: Mapping[str, tuple[str, ...]]) -> Iterator[Reference]:
    """Yield what imports take with any other Python: the libraries of its extension modules (`needed`)."""
    for each in found:
        for soname in needed.get(each.module.extension, ()):
            yield _reference(each, ReferenceKind.LIBRARY, soname)


def _reference(each: Imported, kind: ReferenceKind, name: str) -> Reference:
    return Reference(
        kind=kind,
        names=(name,),
        when=When.DECLARED,
        by=(each.path,),
        evidence=f"import {each.module.name}",
        confidence=each.confidence,
    )
