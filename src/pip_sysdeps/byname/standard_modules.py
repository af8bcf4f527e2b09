"""Modules of the standard library that a release has in a package apart from its Python."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from pip_sysdeps.model.needs import Confidence, Reference, ReferenceKind, When
from pip_sysdeps.system.shipped import shipped

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from pip_sysdeps.byname.provision import About

_FIRST = rb"(?m)^(?:from|import)[ \t]+(%s)\b"


class SplitModule(NamedTuple):
    """A module, and what it takes."""

    name: str
    """What is imported."""
    file: str
    """Pattern of a file without which that fails."""
    extension: str
    """The extension module behind it; empty for none."""


class Imported(NamedTuple):
    """An import of such a module, without a condition."""

    module: SplitModule
    path: str
    """The source that imports it."""
    confidence: Confidence
    """High where the distribution is imported by that source, or is about the module."""


@cache
def split_modules() -> Mapping[str, SplitModule]:
    """Return the shipped list, by name."""
    with open(shipped("modules.txt"), encoding="utf-8") as file:
        rows = [line.split() for line in file if line.strip() and not line.startswith("#")]
    return {name: SplitModule(name, path, extension.strip("-")) for name, path, extension in rows}


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
