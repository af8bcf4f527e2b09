"""Imports and runs of standard modules that an interpreter may lack."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from pip_sysdeps.byname.read_modules import split_modules
from pip_sysdeps.model.needs import Confidence, Reference, ReferenceKind, When
from pip_sysdeps.sources.callables import MODULE
from pip_sysdeps.sources.source import any_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from pip_sysdeps.byname.about import About
    from pip_sysdeps.byname.read_modules import SplitModule
    from pip_sysdeps.sources.module_imports import ModuleImports
    from pip_sysdeps.sources.source import Source


class Imported(NamedTuple):
    """An import that runs when its source is imported, or a command that runs a module."""

    module: str
    """The module's full name."""
    path: str
    """The source with the import or command."""
    confidence: Confidence
    """High if importing the distribution runs it, or if the title names the module."""
    evidence: str
    """The evidence, in one line."""


_IMPORT = re.compile(rb"import ([^\n\\(]{1,1000}(?:\\\n[^\n\\(]{0,1000}){0,20})")
_FROM = re.compile(rb"from  *(\w+)")
_TOP = re.compile(rb"(?<![\w.])\w+")


def may_import(source: bytes, modules: frozenset[str]) -> bool:
    """Return whether a source may import from the top-level packages of some modules, by a search of its bytes."""
    names = _TOP.findall(b",".join((*_IMPORT.findall(source), *_FROM.findall(source))))
    return not _top_levels(modules).isdisjoint(names)


@cache
def _top_levels(modules: frozenset[str]) -> frozenset[bytes]:
    return frozenset(name.partition(".")[0].encode() for name in modules)


def imported(
    sources: Iterable[Source], imports: ModuleImports, about: About, modules: frozenset[str]
) -> Iterator[Imported]:
    """Yield the imports of modules in sources that importing these surely runs."""
    words = frozenset(name.rpartition(".")[2] for name in modules)
    for source in sources:
        names = sorted(imports.of(source, words) & modules)
        is_reached = bool(names) and imports.is_reached(source.module)
        for name in names:
            is_sure = is_reached or about.mentions(name, in_title=True)
            confidence = Confidence.HIGH if is_sure else Confidence.MEDIUM
            yield Imported(name, source.path, confidence, f"import {name}")


def may_run(source: bytes, modules: frozenset[str]) -> bool:
    """Return whether a source may run one of some modules, by a search of its bytes."""
    return _run_pattern(modules).search(source) is not None


@cache
def _run_pattern(modules: frozenset[str]) -> re.Pattern[bytes]:
    """Return a pattern for one of the modules after Python's option `-m`."""
    return re.compile(rb"-I?m[\"', ]{1,8}%s\b" % any_of(modules))


def run(references: Iterable[Reference], about: About, modules: frozenset[str]) -> Iterator[Imported]:
    """Yield the modules of references to programs that are modules (`-mvenv`), by the rules of other programs.

    One that the code can do without, or runs under a condition, counts only if the description names it.
    """
    for each in references:
        module = each.names[0].removeprefix(MODULE)
        if len(each.names) > 1 or module not in modules:
            continue
        is_sure = each.required or about.mentions(module, in_title=True)
        if is_sure or about.mentions(module) or (each.confidence is Confidence.HIGH and not each.unsure):
            confidence = each.confidence if is_sure else Confidence.MEDIUM
            yield from (Imported(module, path, confidence, each.evidence) for path in each.by)


def is_module(reference: Reference) -> bool:
    """Return whether a reference names a module that Python runs, perhaps as one of several programs."""
    return reference.kind is ReferenceKind.PROGRAM and any(name.startswith(MODULE) for name in reference.names)


def of_release(found: Iterable[Imported], file: Callable[[SplitModule], str]) -> Iterator[Reference]:
    """Yield references for the release's own Python: the files that its package lacks.

    `file` returns the pattern of a module's file; empty if no package has it.
    """
    for each in found:
        if pattern := file(split_modules()[each.module]):
            yield _reference(each, ReferenceKind.FILE, pattern)


def of_interpreter(found: Iterable[Imported], libraries: Callable[[str], Iterable[str]]) -> Iterator[Reference]:
    """Yield references for any other Python: the libraries that importing a module takes (`libraries`)."""
    by_library: dict[tuple[str, Confidence], dict[str, Imported]] = {}
    for each in found:
        for soname in libraries(each.module):
            by_library.setdefault((soname, each.confidence), {}).setdefault(each.path, each)
    for (soname, _), places in by_library.items():
        first = next(iter(places.values()))
        yield _reference(first, ReferenceKind.LIBRARY, soname)._replace(by=tuple(places))


def _reference(each: Imported, kind: ReferenceKind, name: str) -> Reference:
    return Reference(
        kind=kind,
        names=(name,),
        when=When.DECLARED,
        by=(each.path,),
        evidence=each.evidence,
        confidence=each.confidence,
        required=each.confidence is Confidence.HIGH,
    )
