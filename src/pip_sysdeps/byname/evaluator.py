"""What strings a Python expression may be, found without running it.

A value is a set of strings in the order of the text: a collection counts as what is in it, so `names`, `names[0]` and
`for name in names` are the same. What only a run would tell is no value, and a string put together with it is none
either.
"""

from __future__ import annotations

import ast
import posixpath
from typing import TYPE_CHECKING

from pip_sysdeps.byname.callables import (
    DEFAULTED,
    FINDER,
    LISTS,
    SAME,
    SAME_ATTRIBUTES,
    SAME_METHODS,
)
from pip_sysdeps.byname.frames import Frame, bound
from pip_sysdeps.byname.knowledge import STEM
from pip_sysdeps.byname.platform_conditions import PLATFORM
from pip_sysdeps.byname.string_sets import MOST, bounded, filled, products, splits

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from pip_sysdeps.byname.frames import Bindings, Values
    from pip_sysdeps.byname.module import Module, Scope, Source
    from pip_sysdeps.byname.steps import Steps

_DEEP = 24
_MOST_STEPS = 5000
"""Expressions looked at for one argument: a source is not trusted to be sane."""


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
        self._busy: set[tuple[int, int, bool]] = set()
        self._left = 0
        self._steps = steps

    def evaluate(self, node: ast.expr, frame: Frame, *, head: bool = False) -> Values:
        """Return what an argument may be, with a bound on the work; nothing for what is nested too deeply.

        With `head` a list counts as its first item: the program of an argument list.
        """
        self._left = _MOST_STEPS
        try:
            return self.values(node, frame, head=head)
        except RecursionError:  # a sum of a thousand strings is a tree as deep
            return ()

    def values(self, node: ast.expr, frame: Frame, *, head: bool = False) -> Values:
        """Return what an expression may be, or what its first item may be."""
        key = (id(node), 0 if head else id(frame.bound), head)
        self._steps.take()
        self._left -= 1
        if key in self._busy or len(self._busy) > _DEEP or self._left < 0:
            return ()
        self._busy.add(key)
        try:
            return bounded(self._heads(node, frame) if head else self._values(node, frame))
        finally:
            self._busy.discard(key)

    def pairs(self, node: ast.expr, frame: Frame) -> Iterator[tuple[Values, Values]]:
        """Yield the keys and values of a dictionary that stands in the sources."""
        self._left = _MOST_STEPS
        for mapping, scope in self._dictionaries(node, frame):
            for key, value in zip(mapping.keys, mapping.values, strict=True):
                if key is not None:
                    yield self.values(key, frame.of(scope)), self.values(value, frame.of(scope))

    def _heads(self, node: ast.expr, frame: Frame) -> Iterable[str]:  # noqa: PLR0911 - one for each form of a sequence
        match node:
            case ast.List(elts=[first, *_]) | ast.Tuple(elts=[first, *_]):
                return self.values(first, frame, head=True)
            case ast.Starred(value=value) | ast.Subscript(value=value, slice=ast.Constant(value=0)):
                return self.values(value, frame, head=True)
            case ast.BinOp(left=left, op=ast.Add()):
                return self.values(left, frame, head=True)
            case ast.IfExp(body=one, orelse=other) | ast.BoolOp(values=[one, other]):
                return self._each((one, other), frame, head=True)
            case ast.Name(id=name):
                return self._heads_of_name(node, name, frame)
            case ast.Attribute() if not self._imported(frame.scope.module.dotted(node), frame):
                sources = self._attributes(frame.scope.module, node.attr)
                return self._heads_of(sources, frame) or self.values(node, frame)
            case ast.Call(func=ast.Attribute(value=value, attr="split"), args=[]):
                return (word for text in self.values(value, frame) for word in text.split(None, 1)[:1])
            case ast.Call(args=[value]) if frame.scope.module.dotted(node.func) in LISTS:
                return self.values(value, frame, head=True)
            case ast.Call() if own := self.function(node.func, frame):
                return self.results(own, self.bindings(own, node, frame), frame, head=True)
        return self.values(node, frame)

    def _heads_of_name(self, node: ast.Name, name: str, frame: Frame) -> Iterable[str]:
        """Return the first item of what a name is set to; of an empty list, the first thing that is put into it."""
        is_given = name in frame.scope.parameters
        sources = [each for each in self._reaching(node, frame) if each[1].place is None]
        first = [each for each in sources if not (each[1].grows or _is_empty(each[1].value))]
        first = first or ([] if is_given else [each for each in sources if each[1].grows][:1])
        heads = self._heads_of(first, frame)
        if frame.bound.has(name):
            return (*frame.bound.of(name, head=True), *heads)
        return heads if heads or (first and not is_given) else self.values(node, frame)

    def _heads_of(self, sources: Iterable[tuple[Scope, Source]], frame: Frame) -> Values:
        return bounded(head for scope, source in sources for head in self._head_of(source, frame.of(scope)))

    def _head_of(self, source: Source, frame: Frame) -> Values:
        """Return the first item of what a name is set to; of a loop, of each of its items."""
        match source:
            case (ast.List(elts=items) | ast.Tuple(elts=items), None, True, *_):
                return bounded(self._each(items, frame, head=True))
            case (_, None, False, *_):
                return self.values(source.value, frame, head=True)
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
            case ast.Dict(values=items) | ast.BoolOp(values=items):
                return self._each(items, frame)
            case ast.Starred(value=value) | ast.Await(value=value) | ast.NamedExpr(value=value):
                return self.values(value, frame)
            case ast.IfExp(body=body, orelse=orelse):
                return self._each((body, orelse), frame)
            case ast.ListComp(elt=item) | ast.GeneratorExp(elt=item) | ast.SetComp(elt=item):
                return self.values(item, frame)
            case ast.JoinedStr(values=parts):
                return map("".join, products(self._steps, [self.values(part, frame) for part in parts]))
            case ast.FormattedValue(value=value):
                return self.values(value, frame)
            case ast.Subscript(value=value, slice=key):
                return self._item(value, key, frame)
            case ast.BinOp():
                return self._binary(node, frame)
            case ast.Call():
                return self._call(node, frame)
        return ()

    def _each(self, nodes: Iterable[ast.expr], frame: Frame, *, head: bool = False) -> Iterator[str]:
        for node in nodes:
            yield from self.values(node, frame, head=head)

    def _item(self, value: ast.expr, key: ast.expr, frame: Frame) -> Iterable[str]:
        """Pick from a literal dictionary by a known key; of another collection, anything in it."""
        wanted = self.values(key, frame) if isinstance(key, ast.expr) else ()
        for mapping, scope in self._dictionaries(value, frame) if wanted else ():
            self._steps.take(len(mapping.keys))
            pairs = zip(mapping.keys, mapping.values, strict=True)
            picked = [item for name, item in pairs if isinstance(name, ast.Constant) and name.value in wanted]
            return self._each(picked, frame.of(scope))
        return self.values(value, frame)

    def _dictionaries(self, value: ast.expr, frame: Frame) -> Iterator[tuple[ast.Dict, Scope]]:
        sources: Iterable[tuple[Scope, Source]] = ()
        match value:
            case ast.Dict():
                yield value, frame.scope
            case ast.Name(id=name):
                sources = self._sources(name, frame) or self._variable(frame.scope.module.dotted(value))
            case ast.Attribute(attr=name):
                sources = frame.scope.module.attributes.get(name, ()) or self._variable(
                    frame.scope.module.dotted(value)
                )
        yield from ((source.value, scope) for scope, source in sources if isinstance(source.value, ast.Dict))

    def _binary(self, node: ast.BinOp, frame: Frame) -> Iterable[str]:
        left, right = self.values(node.left, frame), self.values(node.right, frame)
        match node.op:
            case ast.Add() if self._is_collection(node.left, frame) or self._is_collection(node.right, frame):
                return (*left, *right)
            case ast.Add():
                return map("".join, products(self._steps, [left, right]))
            case ast.Div():
                return (posixpath.join(*pair) for pair in products(self._steps, [left, right]))
            case ast.Mod():
                parts = node.right.elts if isinstance(node.right, ast.Tuple) else [node.right]
                return filled(left, r"%[sdir]", [self._piece(part, frame) for part in parts], self._steps)
        return ()

    def _piece(self, node: ast.expr, frame: Frame) -> Values:
        """Return what may be put into a string; of a loop over a small `range`, its numbers."""
        if isinstance(node, ast.Name):
            for _, source in self._sources(node.id, frame):
                match source.value:
                    case ast.Call(func=ast.Name(id="range"), args=[*_, ast.Constant(value=int(end))]):
                        return tuple(map(str, range(min(end, MOST))))
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
        if name == "__file__":
            return (frame.scope.module.path,)
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
            yield from self._of_source(source, frame.of(scope))

    def _of_source(self, source: Source, frame: Frame) -> Values:
        if source.place is None:
            return self.values(source.value, frame)
        match source.value:
            case ast.Tuple(elts=items) | ast.List(elts=items) if source.iterated:
                self._steps.take(len(items))
                rows = [item.elts for item in items if isinstance(item, ast.Tuple | ast.List)]
                return bounded(self._each([row[source.place] for row in rows if source.place < len(row)], frame))
            case ast.Tuple(elts=items) | ast.List(elts=items):
                return self.values(items[source.place], frame) if source.place < len(items) else ()
            case ast.Call(func=func, args=arguments) if source.place < len(arguments):
                if frame.scope.module.dotted(func) in {"zip", "itertools.product"}:
                    return self.values(arguments[source.place], frame)
            case ast.Name(id=name):
                found = [each for each in self._sources(name, frame) if each[1].place is None]
                if len(found) == 1 and not isinstance(found[0][1].value, ast.Name):
                    scope, inner = found[0]
                    return self._of_source(source._replace(value=inner.value), frame.of(scope))
        return ()

    def _default(self, name: str, scope: Scope) -> Values:
        default = scope.defaults.get(name)
        return () if default is None or scope.parent is None else self.values(default, Frame(scope.parent))

    def _variable(self, full: str) -> list[tuple[Scope, Source]]:
        """Return what a variable of a module of the distribution is set to, by its full name."""
        module, _, name = full.rpartition(".")
        scope = self._functions(f"{module}.", name) if module else None
        self._steps.take()
        if scope is None:
            return []
        if name not in scope.names and scope.module.imports.get(name, full) != full:
            return self._variable(scope.module.imports[name])
        return [(scope, source) for source in scope.names.get(name, ())]

    def _imported(self, full: str, frame: Frame) -> Iterable[str]:
        """Return what the platform says, or the variable of another module of the distribution."""
        if full in PLATFORM:
            return (PLATFORM[full],)
        found = self._variable(full)
        return bounded(value for scope, source in found for value in self._of_source(source, frame.of(scope)))

    def _attribute(self, node: ast.Attribute, frame: Frame) -> Iterable[str]:
        full = frame.scope.module.dotted(node)
        found = tuple(self._imported(full, frame)) if full else ()
        if found:
            return found
        known = self._attributes(frame.scope.module, node.attr)
        if not known and node.attr in SAME_ATTRIBUTES:
            return self.values(node.value, frame)
        if not known and node.attr == "parent":
            return map(posixpath.dirname, self.values(node.value, frame))
        return (value for scope, source in known for value in self._of_source(source, frame.of(scope)))

    def _call(self, node: ast.Call, frame: Frame) -> Iterable[str]:
        full = frame.scope.module.dotted(node.func)
        if full in SAME:
            return self._each(node.args, frame)
        if full in DEFAULTED:
            return self._each(node.args[1:2], frame)
        if full == "os.path.join":
            return self._path(node.args, frame)
        if full == FINDER:
            return (stem if "/" in stem else STEM + stem for stem in self._each(node.args[:1], frame))
        own = self.function(node.func, frame)
        if own is not None:
            return self.results(own, self.bindings(own, node, frame), frame)
        return self._method(node, frame)

    def _path(self, parts: Iterable[ast.expr], frame: Frame) -> Iterator[str]:
        return (posixpath.join(*each) for each in products(self._steps, [self.values(part, frame) for part in parts]))

    def _method(self, node: ast.Call, frame: Frame) -> Iterable[str]:  # noqa: PLR0911 - one for each method
        match node.func:
            case ast.Attribute(value=value, attr="format"):
                pieces = [self._piece(part, frame) for part in [*node.args, *(kw.value for kw in node.keywords)]]
                return filled(self.values(value, frame), r"\{\w*\}", pieces, self._steps)
            case ast.Attribute(value=value, attr="split"):
                separator = next(iter(self._each(node.args[:1], frame)), None) if node.args else None
                return splits(self.values(value, frame), separator, self._steps)
            case ast.Attribute(value=value, attr="get" | "pop") if node.args:
                return [*self._item(value, node.args[0], frame)] or self._each(node.args[1:2], frame)
            case ast.Attribute(attr="dirname"):
                return map(posixpath.dirname, self._each(node.args, frame))
            case ast.Attribute(value=value, attr="join" | "joinpath") if node.args:
                return self._path((value, *node.args), frame)
            case ast.Attribute(value=value, attr=name) if name in SAME_METHODS:
                return self.values(value, frame)
        return ()

    def function(self, func: ast.expr, frame: Frame) -> Scope | None:
        """Return the distribution's own function that is called, if it can be told."""
        full = frame.scope.module.dotted(func)
        found = self._functions(full, "") if full else None
        if found is None and isinstance(func, ast.Attribute | ast.Name):
            name = func.attr if isinstance(func, ast.Attribute) else func.id
            named = frame.scope.module.functions.get(name, [])
            return named[0] if len(named) == 1 else None
        return found

    def bindings(self, function: Scope, call: ast.Call, frame: Frame) -> Bindings:
        """Return the values that a call gives to a function's parameters; the defaults for those it leaves out."""
        self._steps.take(len(function.parameters) + len(call.args) + len(call.keywords))
        return bound(
            function.node,
            call,
            given=lambda value, head: self.values(value, frame, head=head),
            default=lambda name: self._default(name, function),
        )

    def results(self, function: Scope, bound: Bindings, frame: Frame, *, head: bool = False) -> Values:
        """Return what a function may give back; of a generator, the first that it yields is the first item."""
        given = function.returns[:1] if head and function.is_generator else function.returns
        return bounded(self._each(given, Frame(function, bound, frame.free, frame.given), head=head))


def _is_empty(value: ast.expr) -> bool:
    return isinstance(value, ast.List) and not value.elts
