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
    from pip_sysdeps.byname.module_imports import ModuleImports


class Imported(NamedTuple):
    """An import of such a module that runs when the source is imported."""

    module: SplitModule
    path: str
    """The source that imports it."""
    confidence: Confidence
    """High if the distribution cannot be imported without the module, or is about it."""


@cache
def _patterns() -> tuple[re.Pattern[bytes], ...]:
    """Return patterns for imports of the modules; each begins with a word, which is found fast."""
    names = {name.encode() for name in split_modules()}
    inside = {name.rpartition(b".")[0] + b" +import" for name in names if b"." in name}
    modules = b"|".join(sorted({*map(re.escape, names), *inside}))
    return tuple(re.compile(rb"%s  *(?:%s)\b" % (word, modules)) for word in (b"import", b"from"))


@cache
def _names() -> re.Pattern[bytes]:
    """Return a pattern for the last parts of the modules' names."""
    words = {re.escape(name.rpartition(".")[2].encode()) for name in split_modules()}
    return re.compile(rb"\b(?:%s)\b" % b"|".join(sorted(words)))


def may_import(source: bytes) -> bool:
    """Return by a quick search whether a source imports one of the modules, perhaps in a block."""
    return any(pattern.search(source) for pattern in _patterns())


def imported(sources: Mapping[str, bytes], modules: ModuleImports, about: About) -> Iterator[Imported]:
    """Yield what sources of a distribution surely import; `sources` has those that may import such a module."""
    for path, text in sources.items():
        names = sorted(modules.of(path, text, _names()) & split_modules().keys())
        is_reached = bool(names) and modules.is_reached(path)
        for name in names:
            is_sure = is_reached or about.mentions(name, in_title=True)
            yield Imported(split_modules()[name], path, Confidence.HIGH if is_sure else Confidence.MEDIUM)


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
