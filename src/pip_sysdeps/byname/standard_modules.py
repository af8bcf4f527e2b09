"""Modules of the standard library that a release has in a package apart from its Python."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from pip_sysdeps.byname.read_modules import SplitModule, split_modules
from pip_sysdeps.model.needs import Confidence, Reference, ReferenceKind, When

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from pip_sysdeps.byname.provision import About

_FIRST = rb"(?m)^(?:from|import)[ \t]+(%s)\b"


class Imported(NamedTuple):
    """An import of such a module, without a condition."""

    module: SplitModule
    path: str
    """The source that imports it."""
    confidence: Confidence
    """High where the distribution is imported by that source, or is about the module."""


@cache
def _pattern() -> tuple[tuple[bytes, ...], re.Pattern[bytes]]:
    names = [name.encode() for name in split_modules()]
    return tuple(name.rpartition(b".")[2] for name in names), re.compile(_FIRST % b"|".join(map(re.escape, names)))


def imports(source: bytes) -> frozenset[str]:
    """Return by a quick search which of the modules a source imports at its top, outside any block."""
    words, pattern = _pattern()
    if not any(word in source for word in words):
        return frozenset()
    return frozenset(name.decode() for name in pattern.findall(source))


def imported(path: str, source: bytes, base: str, about: About) -> Iterator[Imported]:
    """Yield what a source of a distribution imports; `base` is the folder that its path is relative to."""
    for name in imports(source):
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
