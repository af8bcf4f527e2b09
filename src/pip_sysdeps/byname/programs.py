"""The programs that a distribution runs, and those that its settings name.

Source: Python's documentation of `subprocess`, `shutil.which`, `asyncio`.
"""

from __future__ import annotations

import ast
import re
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from pip_sysdeps.byname.callables import RUNNERS, first_argument
from pip_sysdeps.byname.frames import Frame
from pip_sysdeps.model.needs import Confidence, Reference, ReferenceKind, When

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pip_sysdeps.byname.call_graph import CallGraph
    from pip_sysdeps.byname.module import CallSite, Module, Scope, Source

_SETTING = re.compile(
    r"\w+_(?:cmd|command|binary|bin|exe|executable|program)|"
    r"\w*(?:binary|executable)|(?:\w+_)?(?:bin|exec|exe|program)_name",
    re.IGNORECASE,
)
_PROGRAM = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]*")
_PROGRAM_FOLDER = re.compile(r"/(?:usr/)?s?bin")
_FOREIGN = {"open", "osascript", "defaults", "sw_vers", "wmic", "reg", "cmd", "start", "pbcopy", "pbpaste"}
_MOST = 6
"""More alternatives are a table of something, not the choice of a program."""


class Programs:
    """What is run by subprocess and its like."""

    def __init__(self, graph: CallGraph) -> None:
        self._graph = graph
        self.runners: set[str] = set()
        """Functions that run what a parameter names."""
        found = [reference for site, full in graph.sites if full in RUNNERS for reference in self._run_by(site)]
        spared = {name for each in found if each.confidence is not Confidence.HIGH for name in each.names}
        self.run = [replace(each, unsure=each.unsure or spared >= set(each.names)) for each in found]

    def _run_by(self, site: CallSite) -> Iterator[Reference]:
        argument = first_argument(site.call)
        if argument is None:
            return
        module = site.scope.module
        optional = module.goes_without(site.call) and not site.gives_up_after
        for each in self._graph.named(ReferenceKind.PROGRAM, site, argument, self.runners, optional=optional):
            names = tuple(dict.fromkeys(name for text in each.names if (name := program_name(text))))
            if names and len(names) <= _MOST:
                found = self._graph.reference(ReferenceKind.PROGRAM, names, each, When.EXEC)
                demanded = id(site.call) in module.demanded and not each.optional
                yield replace(found, required=demanded and each.site.at_import, unsure=each.site.conditional)

    def settings(self) -> Iterator[Reference]:
        """Yield the programs that variables and parameters such as `DOT_BINARY` or `tesseract_cmd` are set to."""
        is_literal = cache(_is_literal)
        for module in self._graph.modules:
            for name, scope, value in _settings(module):
                if not _SETTING.fullmatch(name) or not is_literal(value) or module.finds(value):
                    continue
                frame = Frame(scope, head=True)
                texts = self._graph.evaluator.evaluate(value, frame)
                names = tuple(word for text in texts if (word := program_name(text)))
                if names and not frame.free and len(names) <= _MOST:
                    yield Reference(
                        kind=ReferenceKind.PROGRAM,
                        names=names,
                        when=When.EXEC,
                        by=(module.path,),
                        evidence=self._graph.text(value, f"{name} = "),
                        confidence=Confidence.HIGH,
                        unsure=True,
                    )


def program_name(text: str) -> str:
    """Return the name of a program on PATH that a command begins with; nothing for one with a folder of its own."""
    word = next(iter(text.split(None, 1)), "")
    folder, _, name = word.rpartition("/")
    if (folder and not _PROGRAM_FOLDER.fullmatch(folder)) or not _PROGRAM.fullmatch(name):
        return ""
    return "" if name.lower().endswith((".exe", ".bat", ".cmd")) or name in _FOREIGN else name


def _settings(module: Module) -> Iterator[tuple[str, Scope, ast.expr]]:
    """Yield what variables, attributes and parameters of a module are set to."""
    functions = [function for scopes in module.functions.values() for function in scopes]
    for scope in (module.top, *functions):
        for name, sources in scope.names.items():
            yield from ((name, scope, each.value) for each in sources if _is_plain(each))
    for name, pairs in module.attributes.items():
        yield from ((name, scope, source.value) for scope, source in pairs if _is_plain(source))
    for function in functions:
        yield from ((name, module.top, value) for name, value in function.defaults.items())


def _is_literal(value: ast.expr) -> bool:
    """Detect a program that stands there: `"dot"`, `["xmlsec1"]`, `pathlib.Path("dot")`, `shutil.which("x") or "x"`."""
    match value:
        case ast.Constant():
            return True
        case ast.List(elts=items) | ast.Tuple(elts=items) | ast.Call(args=items) | ast.BoolOp(values=items):
            return bool(items) and all(map(_is_literal, items))
    return False


def _is_plain(source: Source) -> bool:
    is_bytes = isinstance(source.value, ast.Constant) and isinstance(source.value.value, bytes)
    return source.place is None and not source.grows and not is_bytes
