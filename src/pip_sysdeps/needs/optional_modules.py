"""Find modules of a distribution that its sources import only where they continue without them."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, NamedTuple

from pip_sysdeps.sources.caught import Caught
from pip_sysdeps.sources.module import imported_names
from pip_sysdeps.sources.module_imports import INNER, plain_imports, words_in
from pip_sysdeps.sources.steps import StepLimitError
from pip_sysdeps.sources.tried_functions import function_of, tried_functions

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from pip_sysdeps.sources.module import Branch, Module, Scope
    from pip_sysdeps.sources.parsed_sources import ParsedSources
    from pip_sysdeps.sources.source import Source

_ERRORS = frozenset({"ImportError"})
"""Errors of an import whose library is missing, which is not ModuleNotFoundError."""
_RAISED = frozenset({"ImportError", "ModuleNotFoundError"})
"""Errors that a source raises if it looks for a module first."""
_CALL = re.compile(rb"import\w{0,20}\(\s*[\"'][\w.]+[\"']")
"""A call of `importlib.import_module` or similar."""
_DEPTH = 4
"""Maximum number of modules between a module and a caught import."""


class _Import(NamedTuple):
    """An import of one of the wanted modules."""

    module: str
    is_optional: bool
    function: str = ""
    """The function around it, whose callers may catch the error; empty without one."""


class _Importer(NamedTuple):
    """A place that imports a module without catching the error."""

    module: str
    """The importing module; empty for a top-level one."""
    function: str
    """The function around it; empty without one."""


def optional_modules(wanted: Collection[str], sources: ParsedSources) -> frozenset[str]:
    """Return the modules that sources import, but only where they continue without them.

    That includes imports through other modules: `yaml.cyaml` imports `yaml._yaml`, and is itself imported in a `try`. A
    module without any import does not count: a program or an extension module may import it.
    """
    return _Search(sources).optional(frozenset(wanted), _DEPTH)


class _Search:
    """A search of the sources of one distribution."""

    def __init__(self, sources: ParsedSources) -> None:
        self._sources = sources
        self._caught = Caught(_ERRORS, sources.steps)

    def optional(self, wanted: frozenset[str], depth: int) -> frozenset[str]:
        """Return the optional modules; none if that takes too much work."""
        try:
            return self._optional(wanted, depth)
        except (StepLimitError, RecursionError):
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
        """Return the importers without functions that are only called where errors are caught."""
        functions = {each.function for each in importers} - {""}
        tried = tried_functions(functions, self._sources, self._caught)
        return frozenset(each for each in importers if each.function not in tried)

    def _imports(self, source: Source, wanted: frozenset[str]) -> Iterator[_Import]:
        wanted = frozenset(name for name in wanted if not f"{source.module}.".startswith(f"{name}."))
        word = words_in(source.text, {name.rpartition(".")[2] for name in wanted}, self._sources.steps)
        if word is None:
            return
        yield from self._plain_imports(source, wanted, word)
        called = any(map(word.search, _CALL.findall(source.text)))
        wants = called or any(map(word.search, INNER.findall(source.text)))
        module = self._sources.module(source, calls=called) if wants else None
        if module is not None:
            yield from self._imports_of(module, wanted)

    def _imports_of(self, module: Module, wanted: Collection[str]) -> Iterator[_Import]:
        """Yield the imports of some modules, and whether the source continues without each.

        It does if it catches ImportError, if a condition raises it instead, or if the import is conditional and another
        import of the module is caught. For an import in a function, its callers decide.
        """
        every = [each for each in _imported(module) if each[0] in wanted]
        caught = {id(branch): self._caught.survives(branch) for _, branch, _ in every}
        tried = {name for name, branch, _ in every if caught[id(branch)]}
        raised = Caught(_RAISED, self._sources.steps)
        for name, branch, scope in every:
            is_checked = raised.is_raised_instead(branch) or (name in tried and [*raised.alternatives(branch)] != [])
            yield _Import(name, caught[id(branch)] or is_checked, function_of(scope))

    def _plain_imports(self, source: Source, wanted: frozenset[str], word: re.Pattern[bytes]) -> Iterator[_Import]:
        """Yield imports outside any block, without parsing the source."""
        found = wanted.intersection(plain_imports(source, word, self._sources.steps))
        yield from (_Import(name, is_optional=False) for name in sorted(found))


def _imported(module: Module) -> Iterator[tuple[str, Branch, Scope]]:
    """Yield the imported names of a source, from statements and calls like `importlib.import_module`."""
    for each in module.imported:
        yield from ((name, each.branch, each.scope) for name in imported_names(each.node, module.package))
    for site in module.sites:
        match site.call.args:
            case [ast.Constant(value=str(name)), *_]:
                full = f"{module.package}{name}" if name.startswith(".") else name
                yield full, site.branch, site.scope
