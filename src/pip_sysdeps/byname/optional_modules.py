"""Modules of a distribution that its own sources import only where they go on without them."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, NamedTuple

from pip_sysdeps.byname.callers import function_of, tried_functions
from pip_sysdeps.byname.caught import Tree
from pip_sysdeps.byname.steps import StepLimitError, Steps
from pip_sysdeps.system.python_syntax import parse_python

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator

_ERRORS = frozenset({"ImportError"})
"""What an import raises whose library is missing; ModuleNotFoundError is not that."""
_RAISED = frozenset({"ImportError", "ModuleNotFoundError"})
"""What a source raises that looks for a module first."""
_REST = rb"(?:[^\n\\(]|\\\n)*(?:\([^)]{0,4000}\))?"
_PLAIN = re.compile(rb"(?m)^(?:import|from)\b" + _REST)
"""An import that begins a line: no block is around it."""
_INNER = re.compile(rb"(?m)^[ \t]+(?:import|from)\b" + _REST)
"""An import in a block."""
_CALL = re.compile(rb"import\w*\(\s*[\"'][\w.]+[\"']")
"""A call of `importlib.import_module` or the like."""
_DEPTH = 4
"""Modules between a module and the one that imports the last of them."""
_MOST_BYTES = 1 << 20
"""Bytes of sources that are parsed for one distribution: more would take seconds."""


class Source(NamedTuple):
    """One Python source of a distribution."""

    path: str
    """Relative to the folder of its distribution, without `src`."""
    text: bytes
    """What is in it."""

    @property
    def is_top(self) -> bool:
        """Return whether it is a top-level package or module, which is what a program imports."""
        return "/" not in self.path.removesuffix("/__init__.py")

    @property
    def module(self) -> str:
        """Return what imports it."""
        return module_of(self.path)

    @property
    def package(self) -> str:
        """Return the package that relative imports start from."""
        return self.path.rpartition("/")[0].replace("/", ".")


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


def module_of(path: str) -> str:
    """Return the dotted name of a module by its path: `pkg._fast` of `pkg/_fast.cpython-311-x86_64-linux-gnu.so`."""
    folder, _, name = path.removesuffix("/__init__.py").rpartition("/")
    return ".".join(filter(None, (*folder.split("/"), name.partition(".")[0])))


def optional_modules(wanted: Collection[str], sources: Callable[[], Iterable[Source]]) -> frozenset[str]:
    """Return those of some modules that sources import, and only where they go on without them.

    That goes on through modules between: `yaml.cyaml` imports `yaml._yaml`, and is itself imported in a `try`. A module
    that no source imports is not among them: a program imports it, or another extension module.
    """
    try:
        return _Search(sources).optional(frozenset(wanted), _DEPTH)
    except StepLimitError:
        return frozenset()


class _Search:
    """The sources of one distribution, and how much of them may still be parsed."""

    def __init__(self, sources: Callable[[], Iterable[Source]]) -> None:
        self._sources = sources
        self._left = _MOST_BYTES
        self._steps = Steps()

    def optional(self, wanted: frozenset[str], depth: int) -> frozenset[str]:
        pending, seen = set(wanted), set()
        behind: dict[str, set[_Importer]] = {}
        for source in self._sources():
            if not pending:
                break
            for module, is_optional, function in self._imports(source, frozenset(pending)):
                seen.add(module)
                if not (is_optional or function) and source.is_top:
                    pending.discard(module)
                elif not is_optional:
                    behind.setdefault(module, set()).add(_Importer("" if source.is_top else source.module, function))
        found = pending & seen if self._left >= 0 else set()
        importers = self._untried({each for module in found for each in behind.get(module, ())})
        names = frozenset(each.module for each in importers) - wanted - {""}
        fine = self.optional(names, depth - 1) if names and depth else frozenset()
        needing = {each for each in importers if each.module not in fine}
        return frozenset(module for module in found if needing.isdisjoint(behind.get(module, ())))

    def _untried(self, importers: Collection[_Importer]) -> frozenset[_Importer]:
        """Return the importers but for functions that are called in a `try` only."""
        functions = {each.function for each in importers} - {""}
        texts = (source.text for source in self._sources())
        tried = tried_functions(functions, texts, _ERRORS, self._steps) if functions else frozenset()
        return frozenset(each for each in importers if each.function not in tried)

    def _imports(self, source: Source, wanted: frozenset[str]) -> Iterator[_Import]:
        wanted = frozenset(name for name in wanted if not f"{source.module}.".startswith(f"{name}."))
        words = sorted({name.rpartition(".")[2].encode() for name in wanted})
        word = re.compile(rb"\b(?:%s)\b" % b"|".join(map(re.escape, words)))
        if not words or not word.search(source.text):
            return
        yield from self._plain_imports(source, wanted, word)
        called = any(map(word.search, _CALL.findall(source.text)))
        if called or any(map(word.search, _INNER.findall(source.text))):
            self._left -= len(source.text)
            tree = parse_python(source.text) if self._left >= 0 else None
            if tree is not None:
                yield from imports(Tree(tree, self._steps, expressions=called), source.package, wanted)

    def _plain_imports(self, source: Source, wanted: frozenset[str], word: re.Pattern[bytes]) -> Iterator[_Import]:
        """Yield the imports that begin a line, which nothing guards: for these the source is not parsed."""
        for text in filter(word.search, _PLAIN.findall(source.text)):
            self._steps.take(len(text))
            tree = parse_python(text)
            names = {name for node in (tree.body if tree else ()) for name in _names(node, source.package)}
            yield from (_Import(name, is_optional=False) for name in sorted(names & wanted))


def imports(tree: Tree, package: str, wanted: Collection[str]) -> Iterator[_Import]:
    """Yield each import of some modules by a source, and whether it goes on without the module.

    It does where ImportError is caught, or a condition raises it instead; and so does an import under any condition,
    such as a flag, of a module for whose import the source catches it. For one in a function, its callers decide.
    """
    every = [(name, node) for node in tree.nodes() for name in _names(node, package) if name in wanted]
    real = [(name, node) for name, node in every if not tree.is_typing(node)]
    caught = {name for name, node in real if tree.is_caught(node, _ERRORS)}
    for name, node in real:
        others = tuple(tree.conditions(node))
        is_checked = any(tree.raises(other, _RAISED) for other in others) or (name in caught and bool(others))
        yield _Import(name, tree.is_caught(node, _ERRORS) or is_checked, function_of(tree, node))


def _names(node: ast.AST, package: str) -> Iterator[str]:
    """Yield the modules that a node imports, those that only may be modules too."""
    match node:
        case ast.Import(names=aliases):
            yield from (part for alias in aliases for part in _prefixes(alias.name))
        case ast.ImportFrom(module=module, names=aliases, level=level):
            base = _absolute(module or "", level, package)
            yield from _prefixes(base)
            yield from (f"{base}.{alias.name}" if base else alias.name for alias in aliases)
        case ast.Call(args=[ast.Constant(value=str(name)), *_]):
            yield f"{package}{name}" if name.startswith(".") else name


def _prefixes(name: str) -> Iterator[str]:
    """Yield a module and the packages that it is in."""
    while name:
        yield name
        name = name.rpartition(".")[0]


def _absolute(module: str, level: int, package: str) -> str:
    if not level:
        return module
    parts = package.split(".")
    return ".".join(filter(None, [*parts[: len(parts) - level + 1], module]))
