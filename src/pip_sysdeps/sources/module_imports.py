"""Imports of a distribution's modules that surely run when they are imported.

Source: the Python language reference, 5 (the import system), 7.11 (the import statement), 8.4 (the try statement).
"""

from __future__ import annotations

import ast
import re
from contextlib import suppress
from typing import TYPE_CHECKING

from pip_sysdeps.sources.caught import Caught
from pip_sysdeps.sources.module import imported_names
from pip_sysdeps.sources.parsed_sources import parsed
from pip_sysdeps.sources.source import any_of
from pip_sysdeps.sources.steps import StepLimitError, Steps
from pip_sysdeps.system.python_syntax import STANDARD_MODULES, count_marks, parse_python

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator

    from pip_sysdeps.sources.module import Branch
    from pip_sysdeps.sources.platform_conditions import Version
    from pip_sysdeps.sources.source import Source

_ERRORS = frozenset({"ImportError", "ModuleNotFoundError"})
_DEPTH = 4
"""Maximum number of imports from a top-level module or a program."""
_MOST_PENDING = 50
"""Maximum number of modules whose importers are searched together."""
_READ, _SCAN, _WORD = 20, 12, 13
"""Steps for each source that is searched again, and binary logarithms of the bytes for each further step,
and of those in which one of many words is searched."""


_REST = rb"[^\n\\(]{0,4000}(?:\\\n[^\n\\(]{0,4000}){0,50}(?:\([^)]{0,4000}\)?)?"
_PLAIN = re.compile(rb"(?m)^(?:import|from)\b" + _REST)
"""An import at the start of a line, outside any block."""
INNER = re.compile(rb"(?m)^[ \t]+(?:import|from)\b" + _REST)
"""An import in a block."""


def plain_imports(source: Source, words: re.Pattern[bytes], steps: Steps) -> Iterator[str]:
    """Yield the names in imports outside any block that have certain words, without parsing the source."""
    for text in filter(words.search, (match[0] for match in _PLAIN.finditer(source.text))):
        steps.take(len(text))
        tree = parse_python(text)
        yield from (name for node in (tree.body if tree else ()) for name in imported_names(node, source.package))


def words_in(text: bytes, words: Collection[str], steps: Steps) -> re.Pattern[bytes] | None:
    """Return a pattern for some words; None if a source has none of them."""
    steps.take(len(words) * len(text) >> _WORD)
    pattern = re.compile(rb"\b%s\b" % any_of(words))
    return pattern if words and pattern.search(text) else None


class ModuleImports:
    """The imports of the modules of one distribution."""

    def __init__(
        self,
        sources: Iterable[Source],
        python: Version,
        is_installed: Callable[[str], bool],
        programs: Collection[str] = (),
    ) -> None:
        """Search sources, which are iterated several times.

        `is_installed` returns whether a module is in the environment; `programs` are modules that users run.
        """
        self._sources = sources
        self._programs = programs
        self._python = python
        self._is_installed = is_installed
        self._steps = Steps()
        self._reading = Steps()
        self._caught = Caught(_ERRORS, self._steps)

    def of(self, source: Source, words: Collection[str]) -> frozenset[str]:
        """Return the full names that importing a source surely imports, from statements with certain words.

        If the source cannot be parsed, or takes too many steps, only imports outside any block count.
        """
        found: set[str] = set()
        with suppress(RecursionError, StepLimitError):
            if pattern := words_in(source.text, words, self._steps):
                found |= set(plain_imports(source, pattern, self._steps))
                if self._has_inner(source.text, pattern):
                    found |= self._surely_imported(source)
        return frozenset(found)

    def _surely_imported(self, source: Source) -> set[str]:
        self._steps.take(count_marks(source.text))
        module = parsed(source, self._steps, self._python, expressions=False)
        every = module.imported if module else ()
        sure = (each for each in every if self._surely_runs(each.branch, source.package))
        return {name for each in sure for name in imported_names(each.node, source.package)}

    def _surely_runs(self, branch: Branch, package: str) -> bool:
        """Return whether importing a module always runs a branch, and fails if the branch does."""
        for each in branch.outward():
            match each.statement:
                case ast.Try(body=body, handlers=handlers) if each.body is body:
                    other = (handler.body for handler in handlers)
                    if self._caught.is_survived(each) and not any(self._is_absent(part, package) for part in other):
                        return False
                case ast.Try(body=body) if each.conditional and not self._is_absent(body, package):
                    return False
                case ast.If() if each.conditional:
                    return False
                case ast.With() if self._caught.is_survived(each):
                    return False
                case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.For() | ast.While() | ast.match_case():
                    return False
        return True

    def _has_inner(self, text: bytes, words: re.Pattern[bytes]) -> bool:
        """Return whether a source has imports in a block outside functions."""
        imports = (match for match in INNER.finditer(text) if words.search(match[0]))
        return not all(_is_in_function(text, match, self._steps) for match in imports)

    def is_reached(self, module: str) -> bool:
        """Return whether a top-level module or a program of the distribution imports a module, perhaps through others.

        Only imports outside any block count. False if that takes too many steps.
        """
        pending, seen = {module}, set[str]()
        with suppress(RecursionError, StepLimitError):
            for _ in range(_DEPTH):
                if any("." not in name or name in self._programs for name in pending):
                    return True
                seen |= pending
                pending = self._importers(pending) - seen
        return False

    def _importers(self, names: Collection[str]) -> set[str]:
        """Return the modules that import some modules; only the first `_MOST_PENDING` are searched."""
        wanted = frozenset(sorted(names)[:_MOST_PENDING])
        words = {name.rpartition(".")[2] for name in wanted}
        pattern = re.compile(rb"\b%s\b" % any_of(words))
        raw = [word.encode() for word in words]
        found: set[str] = set()
        for source in self._sources if wanted else ():
            self._reading.take(_READ + (len(source.text) >> _SCAN))
            if any(word in source.text for word in raw) and not wanted.isdisjoint(
                plain_imports(source, pattern, self._reading)
            ):
                found.add(source.module)
        return found

    def _is_absent(self, body: Iterable[ast.stmt], package: str) -> bool:
        """Return whether statements import a missing module, such as Tkinter of Python 2."""
        tops = {name.partition(".")[0] for each in body for name in imported_names(each, package)}
        return any(top not in STANDARD_MODULES and not self._is_installed(top) for top in tops)


def _is_in_function(source: bytes, statement: re.Match[bytes], steps: Steps) -> bool:
    """Return whether a statement is in a function, by the indentation of the lines before it."""
    lines = source[: statement.start()].splitlines()
    steps.take(len(lines) + (statement.start() >> _SCAN))
    width = len(statement[0]) - len(statement[0].lstrip())
    for line in reversed(lines):
        text = line.lstrip()
        if text and len(line) - len(text) < width:
            width = len(line) - len(text)
            if text.startswith((b"def ", b"async def ")):
                return True
    return False
