"""What importing a module of a distribution imports, and whether it fails without that.

Source: the Python language reference, 5 (the import system), 7.11 (the import statement), 8.4 (the try statement).
"""

from __future__ import annotations

import ast
import re
from contextlib import suppress
from typing import TYPE_CHECKING

from pip_sysdeps.byname.callables import leaves
from pip_sysdeps.byname.caught import catches, suppresses
from pip_sysdeps.byname.module import imported_names, module_name
from pip_sysdeps.byname.parsed_sources import parsed
from pip_sysdeps.byname.platform_conditions import truth
from pip_sysdeps.byname.steps import StepLimitError, Steps
from pip_sysdeps.system.python_syntax import STANDARD_MODULES, parse_python

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

    from pip_sysdeps.byname.module import Module
    from pip_sysdeps.byname.platform_conditions import Version

_ERRORS = frozenset({"ImportError", "ModuleNotFoundError"})
_DEPTH = 4
"""Modules between a top-level module and the one that it imports through them."""
_MOST_PENDING = 50
"""Modules whose importers are looked for at once."""
_READ, _SCAN = 20, 12
"""Steps for reading a source once more, and the binary logarithm of the bytes that are searched in one."""


_REST = rb"(?:[^\n\\(]|\\\n)*(?:\([^)]{0,4000}\))?"
_PLAIN = re.compile(rb"(?m)^(?:import|from)\b" + _REST)
"""An import that begins a line: no block is around it."""
INNER = re.compile(rb"(?m)^[ \t]+(?:import|from)\b" + _REST)
"""An import in a block."""


def plain_imports(source: bytes, package: str, words: re.Pattern[bytes], steps: Steps) -> Iterator[str]:
    """Yield what imports with some words name that begin a line; for these the source is not parsed."""
    for text in filter(words.search, _PLAIN.findall(source)):
        steps.take(len(text))
        tree = parse_python(text)
        yield from (name for node in (tree.body if tree else ()) for name in imported_names(node, package))


class ModuleImports:
    """The imports of the modules of one distribution."""

    def __init__(
        self,
        base: str,
        python: Version,
        sources: Callable[[], Iterable[tuple[str, bytes]]],
        is_installed: Callable[[str], bool],
    ) -> None:
        """Search a distribution: `sources` reads its sources, `is_installed` finds a module of the environment."""
        self._base = base
        self._python = python
        self._sources = sources
        self._is_installed = is_installed
        self._steps = Steps()
        self._reading = Steps()

    def of(self, path: str, text: bytes, words: re.Pattern[bytes]) -> frozenset[str]:
        """Return the full names of what a source surely imports when it is imported, by statements with some words.

        Of a source that does not parse, or takes too much work, only those are known that no block is around.
        """
        package = module_name(path, self._base).rpartition(".")[0]
        found: set[str] = set()
        with suppress(RecursionError, StepLimitError):
            found |= set(plain_imports(text, package, words, self._steps))
            if self._has_inner(text, words):
                module = parsed(path, text, self._base, self._steps, self._python, expressions=False)
                every = _Imports(module, self._is_absent).of(module.top_body) if module else {}
                found |= {name for name, is_sure in every.items() if is_sure}
        return frozenset(found)

    def _has_inner(self, text: bytes, words: re.Pattern[bytes]) -> bool:
        """Return whether a source imports something in a block outside its functions."""
        imports = (match for match in INNER.finditer(text) if words.search(match[0]))
        return not all(_is_in_function(text, match, self._steps) for match in imports)

    def is_reached(self, path: str) -> bool:
        """Return whether a top-level module of the distribution imports a module, through others too.

        Only imports count that no block is around. False if it takes too much work to find out.
        """
        pending, seen = {self._name(path)}, set[str]()
        with suppress(RecursionError, StepLimitError):
            for _ in range(_DEPTH):
                if not all("." in name for name in pending):
                    return True
                seen |= pending
                pending = self._importers(pending) - seen
        return False

    def _name(self, path: str) -> str:
        return module_name(path, self._base).removesuffix(".__init__")

    def _importers(self, names: Collection[str]) -> set[str]:
        """Return the modules that import some of the distribution's modules; of many, those of the first are found."""
        wanted = frozenset(sorted(names)[:_MOST_PENDING])
        words = {name.rpartition(".")[2].encode() for name in wanted}
        pattern = re.compile(rb"\b(?:%s)\b" % b"|".join(map(re.escape, sorted(words))))
        found: set[str] = set()
        for path, text in self._sources() if wanted else ():
            self._reading.take(_READ + (len(text) >> _SCAN))
            if any(word in text for word in words):
                package = module_name(path, self._base).rpartition(".")[0]
                if not wanted.isdisjoint(plain_imports(text, package, pattern, self._reading)):
                    found.add(self._name(path))
        return found

    def _is_absent(self, name: str) -> bool:
        """Return whether no module of that name can be imported: that of another Python, such as Tkinter."""
        top = name.partition(".")[0]
        return top not in STANDARD_MODULES and not self._is_installed(top)


class _Imports:
    """The imports of one module."""

    def __init__(self, module: Module, is_absent: Callable[[str], bool]) -> None:
        self._module = module
        self._is_absent = is_absent

    def of(self, body: Sequence[ast.stmt]) -> dict[str, bool]:
        """Return what statements import, and whether they fail without it."""
        found: dict[str, bool] = {}
        for statement in body:
            for name, is_sure in self._imported(statement).items():
                found[name] = found.get(name, False) or is_sure
        return found

    def _imported(self, node: ast.stmt) -> Mapping[str, bool]:
        match node:
            case ast.Import() | ast.ImportFrom():
                return dict.fromkeys(imported_names(node, self._module.package), True)
            case ast.If(test=test, body=body, orelse=orelse):
                decided = truth(
                    test, self._module.dotted, self._module.top.only_value, self._module.steps, self._module.python
                )
                return _either([self.of(each) for each, left in ((body, False), (orelse, True)) if decided is not left])
            case ast.Try():
                return self._tried(node)
            case ast.With(items=items, body=body):
                is_tried = any(suppresses(item.context_expr, _ERRORS) for item in items)
                return _either([self.of(body), *([{}] if is_tried else [])])
            case ast.ClassDef(body=body):
                return self.of(body)
        return {}

    def _tried(self, node: ast.Try) -> Mapping[str, bool]:
        handler = next((each for each in node.handlers if catches(each.type, _ERRORS)), None)
        fine = self.of([*node.body, *node.orelse, *node.finalbody])
        if handler is None or self._fails(handler.body):
            return fine
        other = self.of(handler.body)
        return other if self._fails(node.body) else _either([fine, other])

    def _fails(self, body: Iterable[ast.stmt]) -> bool:
        """Return whether statements surely raise an error: they say so, or import what is not there."""
        return any(
            isinstance(each, ast.Raise)
            or (isinstance(each, ast.Expr) and leaves(each.value))
            or any(is_sure and self._is_absent(name) for name, is_sure in self._imported(each).items())
            for each in body
        )


def _either(branches: Sequence[Mapping[str, bool]]) -> dict[str, bool]:
    """Join branches of which one runs: what all of them surely import is sure."""
    names = dict.fromkeys(name for branch in branches for name in branch)
    return {name: all(branch.get(name, False) for branch in branches) for name in names}


def _is_in_function(source: bytes, statement: re.Match[bytes], steps: Steps) -> bool:
    """Return whether a line that is further out, and before a statement, begins a function around it."""
    lines = source[: statement.start()].splitlines()
    steps.take(len(lines))
    width = len(statement[0]) - len(statement[0].lstrip())
    for line in reversed(lines):
        text = line.lstrip()
        if text and len(line) - len(text) < width:
            width = len(line) - len(text)
            if text.startswith((b"def ", b"async def ")):
                return True
    return False
