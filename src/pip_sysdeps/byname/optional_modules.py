"""Modules of a distribution that its own sources import only where they go on without them."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, NamedTuple

from pip_sysdeps.byname.caught import Caught, alternatives
from pip_sysdeps.byname.module import imported_names
from pip_sysdeps.byname.module_imports import INNER, plain_imports
from pip_sysdeps.byname.steps import StepLimitError
from pip_sysdeps.byname.tried_functions import function_of, tried_functions

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from pip_sysdeps.byname.module import Branch, Module, Scope
    from pip_sysdeps.byname.parsed_sources import ParsedSources, Source

_ERRORS = frozenset({"ImportError"})
"""What an import raises whose library is missing; ModuleNotFoundError is not that."""
_RAISED = frozenset({"ImportError", "ModuleNotFoundError"})
"""What a source raises that looks for a module first."""
_CALL = re.compile(rb"import\w*\(\s*[\"'][\w.]+[\"']")
"""A call of `importlib.import_module` or the like."""
_DEPTH = 4
"""Modules between a module and the one that imports the last of them."""


class _Import(NamedTuple):
    """One import of a module that is asked about."""

    module: str
    is_optional: bool
    function: str = ""
    """The function that it is in, whose callers may go on without it; empty for none."""


class _Importer(NamedTuple):
    """Where a module is imported without a `try` around it."""

    module: str
    """The module that imports it; empty for one that a program imports."""
    function: str
    """The function of that module; empty for none."""


def optional_modules(wanted: Collection[str], sources: ParsedSources) -> frozenset[str]:
    """Return those of some modules that sources import, and only where they go on without them.

    That goes on through modules between: `yaml.cyaml` imports `yaml._yaml`, and is itself imported in a `try`. A module
    that no source imports is not among them: a program imports it, or another extension module.
    """
    return _Search(sources).optional(frozenset(wanted), _DEPTH)


class _Search:
    """A search of the sources of one distribution."""

    def __init__(self, sources: ParsedSources) -> None:
        self._sources = sources
        self._caught = Caught(_ERRORS, sources.steps)

    def optional(self, wanted: frozenset[str], depth: int) -> frozenset[str]:
        """Return the optional ones; none if that takes too much work."""
        try:
            return self._optional(wanted, depth)
        except StepLimitError:
            return frozenset()

    def _optional(self, wanted: frozenset[str], depth: int) -> frozenset[str]:
        pending, seen = set(wanted), set()
        behind: dict[str, set[_Importer]] = {}
        for source in self._sources:
            if not pending:
                break
            for module, is_optional, function in self._imports(source, frozenset(pending)):
                seen.add(module)
                if not (is_optional or function) and source.is_top:
                    pending.discard(module)
                elif not is_optional:
                    behind.setdefault(module, set()).add(_Importer("" if source.is_top else source.module, function))
        found = pending & seen
        importers = self._untried({each for module in found for each in behind.get(module, ())})
        names = frozenset(each.module for each in importers) - wanted - {""}
        fine = self.optional(names, depth - 1) if names and depth else frozenset()
        needing = {each for each in importers if each.module not in fine}
        return frozenset(module for module in found if needing.isdisjoint(behind.get(module, ())))

    def _untried(self, importers: Collection[_Importer]) -> frozenset[_Importer]:
        """Return the importers but for functions that are called in a `try` only."""
        functions = {each.function for each in importers} - {""}
        tried = tried_functions(functions, self._sources, self._caught)
        return frozenset(each for each in importers if each.function not in tried)

    def _imports(self, source: Source, wanted: frozenset[str]) -> Iterator[_Import]:
        wanted = frozenset(name for name in wanted if not f"{source.module}.".startswith(f"{name}."))
        words = sorted({name.rpartition(".")[2].encode() for name in wanted})
        word = re.compile(rb"\b(?:%s)\b" % b"|".join(map(re.escape, words)))
        if not words or not word.search(source.text):
            return
        yield from self._plain_imports(source, wanted, word)
        called = any(map(word.search, _CALL.findall(source.text)))
        wants = called or any(map(word.search, INNER.findall(source.text)))
        module = self._sources.module(source, calls=called) if wants else None
        if module is not None:
            yield from self._imports_of(module, wanted)

    def _imports_of(self, module: Module, wanted: Collection[str]) -> Iterator[_Import]:
        """Yield each import of some modules, and whether the source goes on without the module.

        It does where ImportError is caught, or a condition raises it instead; and so does an import under any
        condition, such as a flag, of a module for whose import the source catches it. For one in a function, its
        callers decide.
        """
        every = [each for each in _imported(module) if each[0] in wanted]
        caught = {id(branch): self._caught.survives(branch) for _, branch, _ in every}
        tried = {name for name, branch, _ in every if caught[id(branch)]}
        raised = Caught(_RAISED, self._sources.steps)
        for name, branch, scope in every:
            is_checked = raised.is_raised_instead(branch) or (name in tried and [*alternatives(branch)] != [])
            yield _Import(name, caught[id(branch)] or is_checked, function_of(scope))

    def _plain_imports(self, source: Source, wanted: frozenset[str], word: re.Pattern[bytes]) -> Iterator[_Import]:
        """Yield the imports that begin a line, which nothing guards: for these the source is not parsed."""
        found = wanted.intersection(plain_imports(source.text, source.package, word, self._sources.steps))
        yield from (_Import(name, is_optional=False) for name in sorted(found))


def _imported(module: Module) -> Iterator[tuple[str, Branch, Scope]]:
    """Yield what a source imports, by statements or by functions like `importlib.import_module`, and where."""
    for each in module.imported:
        yield from ((name, each.branch, each.scope) for name in imported_names(each.node, module.package))
    for site in module.sites:
        match site.call.args:
            case [ast.Constant(value=str(name)), *_]:
                full = f"{module.package}{name}" if name.startswith(".") else name
                yield full, site.branch, site.scope
