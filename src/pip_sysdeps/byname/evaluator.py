"""What strings a Python expression may be, found without running it.

A value is a set of strings in the order of the text: a collection counts as what is in it, so `names`, `names[0]` and
`for name in names` are the same. What only a run would tell is no value, and a string put together with it is none
either. Callables that matter are values too, by their full name: `loader = ctypes.CDLL`.
"""

from __future__ import annotations

import ast
import posixpath
import re
from functools import partial
from itertools import product
from typing import TYPE_CHECKING

from pip_sysdeps.byname.knowledge import STEM
from pip_sysdeps.byname.platform_conditions import PLATFORM
from pip_sysdeps.byname.signature import parameters, placed, rest_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from pip_sysdeps.byname.module import Module, Scope, Source
    from pip_sysdeps.byname.steps import Steps

Values = tuple[str, ...]

CALLABLE = "\0"
"""Stands before the full name of a callable."""
LOADERS = frozenset(
    {
        "ctypes.CDLL",
        "ctypes.PyDLL",
        "ctypes.cdll",
        "ctypes.pydll",
        "ctypes.cdll.LoadLibrary",
        "ctypes.pydll.LoadLibrary",
        "_ctypes.dlopen",
    }
)
FINDER = "ctypes.util.find_library"

_MOST = 64
"""Strings of one value, and so of one product."""
_DEEP = 24
_MOST_STEPS = 5000
"""Expressions looked at for one argument: a source is not trusted to be sane."""
_LONGEST = 1 << 14
"""Characters of a string that is put together: what is longer names nothing, and would double at each step."""
_LETTERS_A_STEP = 64
_LISTS = {"list", "tuple", "iter", "next"}
_SAME = {"str", "list", "tuple", "set", "frozenset", "sorted", "reversed", "iter", "next", "os.fspath", "os.fsencode"}
_SAME |= {"bytes", "filter", "os.path.expanduser", "os.path.abspath", "os.path.realpath", "shutil.which", "Path"}
_SAME |= {"pathlib.Path", "pathlib.PurePath", "pathlib.PurePosixPath", "distutils.spawn.find_executable", "enumerate"}
_DEFAULT = {"os.getenv", "os.environ.get", "os.environ.setdefault"}
_SAME_METHODS = {"encode", "decode", "strip", "copy", "keys", "resolve", "absolute", "as_posix", "expanduser"}


class Bindings:
    """The values of a function's parameters as one call gives them, found when they are asked for."""

    def __init__(self, asked: Mapping[str, Callable[[bool], Values]] | None = None) -> None:
        """`asked` gives the values of a parameter, or those of the first item of a list."""
        self._asked = asked or {}
        self._known: dict[tuple[str, bool], Values] = {}

    def has(self, name: str) -> bool:
        """Tell whether the function has a parameter of that name."""
        return name in self._asked

    def of(self, name: str, *, head: bool = False) -> Values:
        """Return the values of a parameter; with `head` those of its first item: an argument list is its program."""
        key = name, head
        if key not in self._known:
            self._known[key] = self._asked[name](head)
        return self._known[key]


class Frame:
    """A scope, with the values of parameters as calls give them."""

    def __init__(
        self,
        scope: Scope,
        bound: Bindings | None = None,
        free: dict[Scope, None] | None = None,
        given: Mapping[Scope, Bindings] | None = None,
    ) -> None:
        self.scope = scope
        self.bound = Bindings() if bound is None else bound
        """Those of the function that the scope is, or lies in."""
        self.free = {} if free is None else free
        """Functions of which a parameter was asked for that only a caller gives, in the order of asking."""
        self.given = {} if given is None else given
        """Those of other functions: `__init__` sets an attribute that a method reads."""


class Evaluator:
    """Evaluates expressions of the sources of one distribution."""

    def __init__(
        self,
        functions: Callable[[str, str], Scope | None],
        attributes: Callable[[Module, str], Sequence[tuple[Scope, Source]]],
        steps: Steps,
    ) -> None:
        """Take what answers for the distribution.

        `functions` gives a function by its full name, a module's own scope by `module.` and the variable that is asked
        for; `attributes` what an attribute of that name is set to; `steps` is the budget.
        """
        self._functions = functions
        self._attributes = attributes
        self._busy: set[tuple[int, int]] = set()
        self._left = 0
        self._steps = steps

    def evaluate(self, node: ast.expr, frame: Frame, *, head: bool = False) -> Values:
        """Return what an argument may be, with a bound on the work; nothing for what is nested too deeply.

        With `head` a list counts as its first item.
        """
        self._left = _MOST_STEPS
        try:
            return self._of_argument(node, frame, head)
        except RecursionError:  # a sum of a thousand strings is a tree as deep
            return ()

    def _of_argument(self, node: ast.expr, frame: Frame, head: bool) -> Values:
        return self.heads(node, frame) if head else self.values(node, frame)

    def values(self, node: ast.expr, frame: Frame) -> Values:
        """Return what an expression may be."""
        key = (id(node), id(frame.bound))
        self._steps.take()
        self._left -= 1
        if key in self._busy or len(self._busy) > _DEEP or self._left < 0:
            return ()
        self._busy.add(key)
        try:
            return _bounded(self._values(node, frame))
        finally:
            self._busy.discard(key)

    def heads(self, node: ast.expr, frame: Frame) -> Values:
        """Return what the first item of a sequence may be: the program of an argument list; of a string, itself."""
        key = (id(node), -1)
        self._steps.take()
        self._left -= 1
        if key in self._busy or len(self._busy) > _DEEP or self._left < 0:
            return ()
        self._busy.add(key)
        try:
            return _bounded(self._heads(node, frame))
        finally:
            self._busy.discard(key)

    def _heads(self, node: ast.expr, frame: Frame) -> Iterable[str]:  # noqa: PLR0911 - one for each form of a sequence
        match node:
            case ast.List(elts=[first, *_]) | ast.Tuple(elts=[first, *_]):
                return self.heads(first, frame)
            case ast.Starred(value=value) | ast.Subscript(value=value, slice=ast.Constant(value=0)):
                return self.heads(value, frame)
            case ast.BinOp(left=left, op=ast.Add()):
                return self.heads(left, frame)
            case ast.IfExp(body=one, orelse=other) | ast.BoolOp(values=[one, other]):
                return (*self.heads(one, frame), *self.heads(other, frame))
            case ast.Name(id=name):
                return self._heads_of_name(node, name, frame)
            case ast.Attribute() if not self._imported(frame.scope.module.dotted(node), frame):
                sources = self._attributes(frame.scope.module, node.attr)
                return self._heads_of(sources, frame) or self.values(node, frame)
            case ast.Call(func=ast.Attribute(value=value, attr="split"), args=[]):
                return (word for text in self.values(value, frame) for word in text.split(None, 1)[:1])
            case ast.Call(args=[value]) if frame.scope.module.dotted(node.func) in _LISTS:
                return self.heads(value, frame)
        return self.values(node, frame)

    def _heads_of_name(self, node: ast.Name, name: str, frame: Frame) -> Values:
        sources = [each for each in self._reaching(node, frame) if each[1].place is None and not each[1].grows]
        if frame.bound.has(name):
            return _bounded((*frame.bound.of(name, head=True), *self._heads_of(sources, frame)))
        return self._heads_of(sources, frame) or self.values(node, frame)

    def _heads_of(self, sources: Iterable[tuple[Scope, Source]], frame: Frame) -> Values:
        return _bounded(head for scope, source in sources for head in self._head_of(source, _in(scope, frame)))

    def _head_of(self, source: Source, frame: Frame) -> Values:
        """Return the first item of what a name is set to; of a loop, of each of its items."""
        match source:
            case (ast.List(elts=items) | ast.Tuple(elts=items), None, True, *_):
                return _bounded(head for item in items for head in self.heads(item, frame))
            case (_, None, False, *_):
                return self.heads(source.value, frame)
        return self._of_source(source, frame)

    def _values(  # noqa: C901, PLR0911, PLR0912 - one case for each form of an expression
        self, node: ast.expr, frame: Frame
    ) -> Iterable[str]:
        match node:
            case ast.Constant(value=str(text)):
                return (text,)
            case ast.Constant(value=int(number)) if not isinstance(number, bool):
                return (str(number),)
            case ast.Constant(value=bytes(raw)):
                return (raw.decode("utf-8", "replace"),)
            case ast.Name():
                return self._name(node, frame)
            case ast.Attribute():
                return self._attribute(node, frame)
            case ast.Tuple(elts=items) | ast.List(elts=items) | ast.Set(elts=items):
                return self._each(items, frame)
            case ast.Dict(values=items):
                return self._each(items, frame)
            case ast.Starred(value=value) | ast.Await(value=value) | ast.NamedExpr(value=value):
                return self.values(value, frame)
            case ast.BoolOp(values=parts):
                return self._each(parts, frame)
            case ast.IfExp(body=body, orelse=orelse):
                return self._each((body, orelse), frame)
            case ast.ListComp(elt=item) | ast.GeneratorExp(elt=item) | ast.SetComp(elt=item):
                return self.values(item, frame)
            case ast.JoinedStr(values=parts):
                return self._joined(parts, frame)
            case ast.FormattedValue(value=value):
                return self.values(value, frame)
            case ast.Subscript(value=value, slice=key):
                return self._item(value, key, frame)
            case ast.BinOp():
                return self._binary(node, frame)
            case ast.Call():
                return self._call(node, frame)
        return ()

    def _each(self, nodes: Iterable[ast.expr], frame: Frame) -> Iterator[str]:
        for node in nodes:
            yield from self.values(node, frame)

    def _joined(self, parts: Iterable[ast.expr], frame: Frame) -> Iterator[str]:
        pieces = [self.values(part, frame) for part in parts]
        return map("".join, self._product(pieces))

    # ------------------------------------------------------------------------------------------------------- names

    def _sources(self, name: str, frame: Frame) -> list[tuple[Scope, Source]]:
        """Return what a name is set to, in the innermost scope that sets it."""
        scope: Scope | None = frame.scope
        while scope is not None:
            if name in scope.names:
                self._steps.take(len(scope.names[name]))
                return [(scope, source) for source in scope.names[name]]
            scope = scope.parent
        return []

    def _reaching(self, node: ast.Name, frame: Frame) -> list[tuple[Scope, Source]]:
        """Return what a name is set to where it is used: from the last time that it surely is, on.

        Where it is used in another scope than it is set, at any time.
        """
        found = self._sources(node.id, frame)
        used = frame.scope.module.blocks.get(id(node))
        if used is None or any(scope is not frame.scope for scope, _ in found):
            return found
        before = [each for each in found if each[1].line < node.lineno]
        sure = max((s.line for _, s in before if not s.grows and s.block == used[: len(s.block)]), default=0)
        return [each for each in before if each[1].line >= sure] or found

    def _name(self, node: ast.Name, frame: Frame) -> Iterable[str]:
        name = node.id
        if frame.bound.has(name):
            return (*frame.bound.of(name), *self._set_to(node, frame))
        scope: Scope | None = frame.scope
        while scope is not None:
            if name in scope.parameters:
                frame.free[scope] = None
                return (*self._set_to(node, frame), *self._default(name, scope))
            if name in scope.names:
                return self._set_to(node, frame)
            scope = scope.parent
        return self._imported(frame.scope.module.dotted(node), frame)

    def _set_to(self, node: ast.Name, frame: Frame) -> Iterator[str]:
        for scope, source in self._reaching(node, frame):
            yield from self._of_source(source, _in(scope, frame))

    def _of_source(self, source: Source, frame: Frame) -> Values:
        if source.place is None:
            return self.values(source.value, frame)
        match source.value:
            case ast.Tuple(elts=items) | ast.List(elts=items) if source.iterated:
                self._steps.take(len(items))
                rows = [item.elts for item in items if isinstance(item, ast.Tuple | ast.List)]
                picked = [row[source.place] for row in rows if source.place < len(row)]
                return _bounded(self._each(picked, frame))
            case ast.Tuple(elts=items) | ast.List(elts=items):
                return self.values(items[source.place], frame) if source.place < len(items) else ()
            case ast.Call(func=func, args=arguments) if source.place < len(arguments):
                if self._full_name(func, frame) in {"zip", "itertools.product"}:
                    return self.values(arguments[source.place], frame)
            case ast.Name(id=name):
                found = [each for each in self._sources(name, frame) if each[1].place is None]
                if len(found) == 1 and not isinstance(found[0][1].value, ast.Name):
                    scope, inner = found[0]
                    return self._of_source(source._replace(value=inner.value), _in(scope, frame))
        return ()

    def _default(self, name: str, scope: Scope) -> Values:
        default = scope.defaults.get(name)
        outside = Frame(scope.parent) if scope.parent else None
        return () if default is None or outside is None else self.values(default, outside)

    def _imported(self, full: str, frame: Frame) -> Iterable[str]:
        """Return a callable, or the variable of another module of the distribution."""
        if full in PLATFORM:
            return (PLATFORM[full],)
        if full in LOADERS or full == FINDER:
            return (CALLABLE + full,)
        module, _, variable = full.rpartition(".")
        scope = self._functions(f"{module}.", variable) if module else None
        self._steps.take()
        if scope is None:
            return ()
        if variable not in scope.names and scope.module.imports.get(variable, full) != full:
            return self._imported(scope.module.imports[variable], frame)
        return _bounded(self._set_to(ast.Name(id=variable), _in(scope, frame)))

    def _attribute(self, node: ast.Attribute, frame: Frame) -> Iterable[str]:
        full = frame.scope.module.dotted(node)
        found = tuple(self._imported(full, frame)) if full else ()
        if found:
            return found
        if node.attr == "_dlltype":
            return self.values(node.value, frame)
        known = self._attributes(frame.scope.module, node.attr)
        return (value for scope, source in known for value in self._of_source(source, _in(scope, frame)))

    # ------------------------------------------------------------------------------------------------- expressions

    def _item(self, value: ast.expr, key: ast.expr, frame: Frame) -> Iterable[str]:
        """Pick from a literal dictionary by a known key; of another collection, anything in it."""
        wanted = self.values(key, frame) if isinstance(key, ast.expr) else ()
        for mapping, scope in self._literals(value, frame):
            if wanted:
                self._steps.take(len(mapping.keys))
                pairs = zip(mapping.keys, mapping.values, strict=True)
                picked = [item for name, item in pairs if isinstance(name, ast.Constant) and name.value in wanted]
                return self._each(picked, _in(scope, frame))
        return self.values(value, frame)

    def _literals(self, value: ast.expr, frame: Frame) -> Iterator[tuple[ast.Dict, Scope]]:
        match value:
            case ast.Dict():
                yield value, frame.scope
            case ast.Name(id=name):
                yield from (
                    (s.value, scope) for scope, s in self._sources(name, frame) if isinstance(s.value, ast.Dict)
                )
            case ast.Attribute(attr=name):
                known = frame.scope.module.attributes.get(name, [])
                yield from ((s.value, scope) for scope, s in known if isinstance(s.value, ast.Dict))

    def _binary(self, node: ast.BinOp, frame: Frame) -> Iterable[str]:
        left, right = self.values(node.left, frame), self.values(node.right, frame)
        match node.op:
            case ast.Add() if self._is_collection(node.left, frame) or self._is_collection(node.right, frame):
                return (*left, *right)
            case ast.Add():
                return map("".join, self._product([left, right]))
            case ast.Div():
                return (posixpath.join(*pair) for pair in self._product([left, right]))
            case ast.Mod():
                parts = node.right.elts if isinstance(node.right, ast.Tuple) else [node.right]
                return self._filled(left, r"%[sdir]", [self._piece(part, frame) for part in parts])
        return ()

    def _piece(self, node: ast.expr, frame: Frame) -> Values:
        """Return what may be put into a string; of a loop over a small `range`, its numbers."""
        match node:
            case ast.Constant(value=int(number)):
                return (str(number),)
            case ast.Name(id=name):
                for source in [each for _, each in self._sources(name, frame)]:
                    match source.value:
                        case ast.Call(func=ast.Name(id="range"), args=[*_, ast.Constant(value=int(end))]):
                            return tuple(map(str, range(min(end, _MOST))))
        return self.values(node, frame)

    def _is_collection(self, node: ast.expr, frame: Frame) -> bool:
        self._steps.take()
        match node:
            case ast.List() | ast.Tuple() | ast.Set() | ast.ListComp() | ast.GeneratorExp() | ast.Dict():
                return True
            case ast.Call(func=ast.Name(id="list" | "tuple" | "sorted" | "reversed")):
                return True
            case ast.BinOp(left=left, op=ast.Add()):
                return self._is_collection(left, frame)
            case ast.Name(id=name):
                sources = [source for _, source in self._sources(name, frame) if not source.iterated]
                plain = [source.value for source in sources if not isinstance(source.value, ast.Name | ast.BinOp)]
                return any(self._is_collection(value, frame) for value in plain)
        return False

    def _filled(self, texts: Iterable[str], pattern: str, pieces: list[Values]) -> Iterator[str]:
        for text in texts:
            self._steps.take(len(text) // _LETTERS_A_STEP)
            fixed = re.split(pattern, text)
            if len(fixed) == len(pieces) + 1:
                for filling in self._product([*pieces, (text,)]):
                    yield "".join(part for pair in zip(fixed, (*filling[:-1], ""), strict=True) for part in pair)

    # ------------------------------------------------------------------------------------------------------- calls

    def _full_name(self, func: ast.expr, frame: Frame) -> str:
        return frame.scope.module.dotted(func)

    def _call(self, node: ast.Call, frame: Frame) -> Iterable[str]:
        full = self._full_name(node.func, frame)
        if full in _SAME:
            return self._each(node.args, frame)
        if full in _DEFAULT:
            return self._each(node.args[1:2], frame)
        if full == "os.path.join":
            pieces = [self.values(part, frame) for part in node.args]
            return (posixpath.join(*parts) for parts in self._product(pieces))
        if full == FINDER or CALLABLE + FINDER in self.callables(node.func, frame):
            return (stem if "/" in stem else STEM + stem for stem in self._each(node.args[:1], frame))
        own = self.function(node.func, frame)
        if own is not None:
            return self.results(own, self.bindings(own, node, frame), frame)
        return self._method(node, frame)

    def _method(self, node: ast.Call, frame: Frame) -> Iterable[str]:
        match node.func:
            case ast.Attribute(value=value, attr="format"):
                pieces = [self._piece(part, frame) for part in [*node.args, *(kw.value for kw in node.keywords)]]
                return self._filled(self.values(value, frame), r"\{\w*\}", pieces)
            case ast.Attribute(value=value, attr="split"):
                separator = next(iter(self._each(node.args[:1], frame)), None) if node.args else None
                return (part for text in self.values(value, frame) for part in self._split(text, separator))
            case ast.Attribute(value=value, attr="get"):
                found = [*self._item(value, node.args[0], frame)] if node.args else []
                return found or self._each(node.args[1:2], frame)
            case ast.Attribute(value=value, attr="join" | "joinpath") if node.args:
                base = self.values(value, frame)
                rest = [self.values(part, frame) for part in node.args]
                return (posixpath.join(*parts) for parts in self._product([base, *rest]))
            case ast.Attribute(value=value, attr=name) if name in _SAME_METHODS:
                return self.values(value, frame)
        return ()

    def _split(self, text: str, separator: str | None) -> list[str]:
        self._steps.take(len(text) // _LETTERS_A_STEP)
        return text.split(separator or None)

    def callables(self, func: ast.expr, frame: Frame) -> Values:
        """Return what may be called; a parameter that has a default, or is set here, needs no caller to tell it."""
        if isinstance(func, ast.Name):
            here = _bounded(self._set_to(func, Frame(frame.scope)))
            if any(value.startswith(CALLABLE) for value in here):
                return here
        return self.values(func, frame)

    def function(self, func: ast.expr, frame: Frame) -> Scope | None:
        """Return the distribution's own function that is called, if it can be told."""
        full = self._full_name(func, frame)
        found = self._functions(full, "") if full else None
        if found is None and isinstance(func, ast.Attribute):
            named = frame.scope.module.functions.get(func.attr, [])
            found = named[0] if len(named) == 1 else None
        if found is None and isinstance(func, ast.Name):
            named = frame.scope.module.functions.get(func.id, [])
            found = named[0] if len(named) == 1 else None
        return found

    def bindings(self, function: Scope, call: ast.Call, frame: Frame) -> Bindings:
        """Return the values that a call gives to a function's parameters; the defaults for those it leaves out."""
        self._steps.take(len(function.parameters) + len(call.args) + len(call.keywords))
        names, rest = placed(function.node), rest_of(function.node)
        every = [name for name in parameters(function.node) if name not in {"self", "cls"}]
        asked: dict[str, Callable[[bool], Values]] = {
            name: lambda _, name=name: self._default(name, function)  # type: ignore[misc] # its default
            for name in every
        }
        if rest:
            asked[rest] = partial(self._rest, call.args[len(names) :], frame)
        asked |= {name: partial(self._of_argument, value, frame) for name, value in zip(names, call.args, strict=False)}
        asked |= {each.arg: partial(self._of_argument, each.value, frame) for each in call.keywords if each.arg}
        return Bindings(asked)

    def _rest(self, arguments: list[ast.expr], frame: Frame, head: bool) -> Values:
        if head:
            return self.heads(arguments[0], frame) if arguments else ()
        return _bounded(self._each(arguments, frame))

    def results(self, function: Scope, bound: Bindings, frame: Frame) -> Values:
        """Return what a function may give back."""
        return _bounded(self._each(function.returns, Frame(function, bound, frame.free, frame.given)))

    def _product(self, pieces: Sequence[Values]) -> Iterator[tuple[str, ...]]:
        """Yield the combinations of several values, a bounded number of them, each of a bounded length."""
        for parts, _ in zip(product(*pieces), range(_MOST), strict=False):
            self._steps.take(len(parts))
            if sum(map(len, parts)) <= _LONGEST:
                yield parts


def _in(scope: Scope, frame: Frame) -> Frame:
    """Return the frame for something that is set in a scope: the same parameters if it is the same function."""
    if scope is frame.scope:
        return frame
    inner: Scope | None = frame.scope
    while inner is not None:
        if inner is scope:
            return Frame(scope, frame.bound, frame.free, frame.given)
        inner = inner.parent
    return Frame(scope, frame.given.get(scope), frame.free, frame.given)


def _bounded(values: Iterable[str]) -> Values:
    """Return the first of the different values."""
    found: dict[str, None] = {}
    for value in values:
        found[value] = None
        if len(found) >= _MOST:
            break
    return tuple(found)
