"""What strings a Python expression may be, found without running it.

A value is a set of strings in the order of the text: a collection counts as what is in it, so `names`, `names[0]` and
`for name in names` are the same. What only a run would tell is no value, and a string put together with it is none
either.
"""

from __future__ import annotations

import ast
import posixpath
import re
from itertools import chain, islice, takewhile
from typing import TYPE_CHECKING

from pip_sysdeps.byname.callables import DEFAULTED, FINDER, LISTS, SAME, SAME_ATTRIBUTES, SAME_METHODS, items_at
from pip_sysdeps.byname.frames import Frame, bound
from pip_sysdeps.byname.knowledge import STEM
from pip_sysdeps.byname.module import Source
from pip_sysdeps.byname.platform_conditions import PLATFORM
from pip_sysdeps.byname.string_sets import MOST, bounded, filled, first_word, products, splits

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from pip_sysdeps.byname.frames import Bindings, Values
    from pip_sysdeps.byname.module import Module, Scope
    from pip_sysdeps.byname.steps import Steps

_LITERALS = (ast.Dict, ast.List, ast.Tuple, ast.Set)
_DEEP = 24
_MOST_STEPS = 1000
"""Expressions looked at for one argument: a source is not trusted to be sane."""


class Evaluator:
    """Evaluates expressions of the sources of one distribution."""

    def __init__(
        self,
        functions: Callable[[str, str], Scope | None],
        attributes: Callable[[Module, str], Sequence[tuple[Scope, Source]]],
        method: Callable[[str], Scope | None],
        steps: Steps,
    ) -> None:
        """Evaluate for one distribution.

        `functions` returns a function by its full name, and a module's own scope by `module.` and the name of a
        variable; `attributes` returns what an attribute of that name is set to, `method` the only method of that name
        that returns something; `steps` is the budget.
        """
        self._functions = functions
        self._attributes = attributes
        self._method_named = method
        self._busy: set[tuple[int, int, bool]] = set()
        self._left = 0
        self._wants_head = False
        """Whether the argument is a command: `command[0]` is its program."""
        self._steps = steps

    def evaluate(self, node: ast.expr, frame: Frame) -> Values:
        """Return what an argument may be, with a bound on the work; nothing for what is nested too deeply."""
        self._left = _MOST_STEPS
        self._wants_head = frame.head
        try:
            return self.values(node, frame)
        except RecursionError:  # a sum of a thousand strings is a tree as deep
            return ()

    def values(self, node: ast.expr, frame: Frame) -> Values:
        """Return what an expression may be; where the frame asks for heads, what its first item may be."""
        key = (id(node), 0 if frame.head else id(frame.bound), frame.head)
        self._steps.take()
        self._left -= 1
        if key in self._busy or len(self._busy) > _DEEP or self._left < 0:
            return ()
        self._busy.add(key)
        try:
            return bounded(self._values(node, frame))
        finally:
            self._busy.discard(key)

    def pairs(self, node: ast.expr, frame: Frame) -> Iterator[tuple[Values, Values]]:
        """Yield the keys and values of a dictionary that stands in the sources."""
        self._left = _MOST_STEPS
        for mapping, at in self._literals(node, frame):
            if isinstance(mapping, ast.Dict):
                for key, value in zip(mapping.keys, mapping.values, strict=True):
                    if key is not None:
                        yield self.values(key, at), self.values(value, at)

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
                return self._values_of_each(items[:1] if frame.head else items, frame)
            case ast.Dict(values=items) | ast.BoolOp(values=items):
                return self._values_of_each(items, frame)
            case ast.IfExp(body=body, orelse=orelse):
                return self._values_of_each((body, orelse), frame)
            case (
                ast.Starred(value=value)
                | ast.Await(value=value)
                | ast.NamedExpr(value=value)
                | ast.FormattedValue(value=value)
                | ast.ListComp(elt=value)
                | ast.GeneratorExp(elt=value)
                | ast.SetComp(elt=value)
            ):
                return self.values(value, frame)
            case ast.JoinedStr(values=parts):
                return self._joined(parts, frame)
            case ast.Subscript(value=value, slice=key):
                return self._item(value, key, frame)
            case ast.BinOp():
                return self._binary(node, frame)
            case ast.Call():
                return self._call(node, frame)
        return ()

    def _values_of_each(self, nodes: Iterable[ast.expr], frame: Frame) -> Iterator[str]:
        for node in nodes:
            yield from self.values(node, frame)

    def _joined(self, parts: Iterable[ast.expr], frame: Frame) -> Iterable[str]:
        """Return the texts of an f-string; of a command, the part before a computed piece is enough."""
        pieces = [self.values(part, frame.whole()) for part in parts]
        known = list(takewhile(bool, pieces))
        texts = map("".join, products(self._steps, known))
        if len(known) == len(pieces):
            return texts
        return map(first_word, texts) if frame.head else ()

    def _filled(self, texts: Values, pattern: str, pieces: Sequence[ast.expr], frame: Frame) -> Iterable[str]:
        """Fill pieces into the places of texts that match a pattern; a command may be cut off, as of f-strings."""
        found = list(filled(texts, pattern, [self.values(each, frame.whole()) for each in pieces], self._steps))
        begun = (first_word(re.split(pattern, text, maxsplit=1)[0]) for text in texts)
        return found or (begun if frame.head else ())

    def _item(self, value: ast.expr, key: ast.expr, frame: Frame) -> Iterable[str]:
        """Pick from a collection in the sources by a known key or place; of another one, take anything in it."""
        if frame.scope.module.dotted(value) == "os.environ":
            return _environ(key)
        if self._wants_head and isinstance(key, ast.Constant) and key.value == 0:
            return self.values(value, frame.asking(head=True))
        wanted = self.values(key, frame.whole())
        for literal, at in self._literals(value, frame) if wanted else ():
            match literal, key:
                case ast.Dict(keys=keys, values=values), _:
                    self._steps.take(len(keys))
                    pairs = zip(keys, values, strict=True)
                    return self._values_of_each(
                        [v for k, v in pairs if isinstance(k, ast.Constant) and k.value in wanted], at
                    )
                case ((ast.List(elts=items) | ast.Tuple(elts=items)), ast.Constant(value=int(place))):
                    return self._values_of_each(items[place : place + 1], at)
        return self.values(value, frame)

    def _literals(self, value: ast.expr, frame: Frame) -> Iterator[tuple[ast.expr, Frame]]:
        """Yield the collections in the sources that an expression stands for."""
        found: Iterable[tuple[Scope, Source]] = ()
        match value:
            case ast.Dict() | ast.List() | ast.Tuple() | ast.Set():
                yield value, frame
            case ast.Name(id=name):
                found = self._sources(name, frame) or self._variable(frame.scope.module.dotted(value))
            case ast.Attribute(attr=name):
                module = frame.scope.module
                found = self._attributes(module, name) or self._variable(module.dotted(value))
        for scope, source in found:
            if isinstance(source.value, _LITERALS) and source.place is None and not source.iterated:
                self._steps.take()
                yield source.value, frame.of(scope)

    def _items(self, value: ast.expr, frame: Frame) -> Iterator[tuple[ast.expr, Frame]]:
        """Yield the items of the collections in the sources that an expression stands for."""
        for literal, at in self._literals(value, frame):
            items = literal.values if isinstance(literal, ast.Dict) else getattr(literal, "elts", ())
            self._steps.take(len(items))
            yield from ((item, at) for item in items)

    def _binary(self, node: ast.BinOp, frame: Frame) -> Iterable[str]:
        match node.op:
            case ast.Add() if frame.head:
                return self.values(node.left, frame)
            case ast.Add() | ast.Div():
                pieces = self.values(node.left, frame), self.values(node.right, frame)
                if isinstance(node.op, ast.Div):
                    return (posixpath.join(*pair) for pair in products(self._steps, pieces))
                if self._is_collection(node.left, frame) or self._is_collection(node.right, frame):
                    return chain(*pieces)
                return map("".join, products(self._steps, pieces))
            case ast.Mod():
                parts = node.right.elts if isinstance(node.right, ast.Tuple) else [node.right]
                return self._filled(self.values(node.left, frame), r"%[sdir]", parts, frame)
        return ()

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
        found = frame.scope.sources(name)
        self._steps.take(len(found))
        return found

    def _sources_before(self, node: ast.Name, frame: Frame) -> list[tuple[Scope, Source]]:
        """Return what a name is set to where it is used: from the last time that it surely is, on.

        Where it is used in another scope than it is set, at any time.
        """
        found = self._sources(node.id, frame)
        used = frame.scope.module.branches.get(id(node))
        if used is None or any(scope is not frame.scope for scope, _ in found):
            return found
        before = [each for each in found if each[1].line < node.lineno]
        sure = max((s.line for _, s in before if not s.grows and s.branch and used.is_inside(s.branch)), default=0)
        return [each for each in before if each[1].line >= sure] or found

    def _name(self, node: ast.Name, frame: Frame) -> Iterable[str]:
        name = node.id
        reaching = self._sources_before(node, frame)
        if frame.bound.has(name):
            return (*frame.bound.of(name, head=frame.head), *self._values_of_sources(reaching, frame, is_given=True))
        if name == "__file__":
            return (frame.scope.module.path,)
        scope: Scope | None = frame.scope
        while scope is not None:
            if name in scope.parameters:
                set_to = self._values_of_sources(reaching, frame, is_given=True)
                if set_to and frame.head:
                    return set_to
                frame.free[scope] = None
                return (*set_to, *self._default(name, scope, head=frame.head))
            if name in scope.names:
                return self._values_of_sources(reaching, frame)
            scope = scope.parent
        return self._imported(frame.scope.module.dotted(node), frame)

    def _values_of_sources(
        self, sources: Sequence[tuple[Scope, Source]], frame: Frame, *, is_given: bool = False
    ) -> Values:
        """Return what sources give; the first item of an empty list is the first that is put into it."""
        if frame.head:
            first = [each for each in sources if not (each[1].grows or _is_empty(each[1].value))]
            sources = first or ([] if is_given else [each for each in sources if each[1].grows][:1])
        return bounded(text for scope, source in sources for text in self._values_of_source(source, frame.of(scope)))

    def _values_of_source(self, source: Source, frame: Frame) -> Iterable[str]:
        """Return what a source gives: a value, one item of it, or each of its items, or one item of each of these."""
        value, place = source.value, source.place
        if place is None and not (source.iterated and frame.head):
            return self.values(value, frame)
        if source.iterated and place is not None and (part := items_at(value, place, frame.scope.module)):
            return self._values_of_source(Source(part, iterated=True), frame)
        if isinstance(value, ast.Name) and place is not None:
            found = [each for each in self._sources(value.id, frame) if each[1].place is None]
            if len(found) == 1 and not isinstance(found[0][1].value, ast.Name):
                return self._values_of_source(source._replace(value=found[0][1].value), frame.of(found[0][0]))
        items = list(self._items(value, frame))
        if place is None:
            return self._values_of_items(items) if items else self.values(value, frame.whole())
        if source.iterated:
            rows = ((row.elts, at) for row, at in items if isinstance(row, ast.Tuple | ast.List))
            return self._values_of_items((row[place], at) for row, at in rows if place < len(row))
        return self._values_of_items(items[place : place + 1])

    def _values_of_items(self, items: Iterable[tuple[ast.expr, Frame]]) -> Iterator[str]:
        for item, at in items:
            yield from self.values(item, at)

    def _default(self, name: str, scope: Scope, *, head: bool = False) -> Values:
        default = scope.defaults.get(name)
        return () if default is None or scope.parent is None else self.values(default, Frame(scope.parent, head=head))

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

    def _imported(self, full: str, frame: Frame) -> Values:
        """Return what the platform says, or the variable of another module of the distribution."""
        return (PLATFORM[full],) if full in PLATFORM else self._values_of_sources(self._variable(full), frame)

    def _attribute(self, node: ast.Attribute, frame: Frame) -> Iterable[str]:
        full = frame.scope.module.dotted(node)
        found = self._imported(full, frame) if full else ()
        if found:
            return found
        known = self._attributes(frame.scope.module, node.attr)
        if not known and node.attr in SAME_ATTRIBUTES:
            return self.values(node.value, frame)
        if not known and node.attr == "parent":
            return map(posixpath.dirname, self.values(node.value, frame))
        return self._values_of_sources(known, frame)

    def _call(self, node: ast.Call, frame: Frame) -> Iterable[str]:
        full = frame.scope.module.dotted(node.func)
        if full in SAME:
            return self._values_of_each(node.args, frame if full in LISTS else frame.whole())
        if full in DEFAULTED:
            return (*_environ(node.args[0]), *self._values_of_each(node.args[1:2], frame)) if node.args else ()
        if full == "os.path.join":
            return self._path(node.args, frame)
        if full == FINDER:
            return (stem if "/" in stem else STEM + stem for stem in self._values_of_each(node.args[:1], frame))
        own = self.function(node.func, frame)
        if own is None or not own.returns:
            match node.func:
                case ast.Attribute(value=ast.Name(id="self" | "cls"), attr=name):
                    own = self._method_named(name)
        return self._method(node, frame) if own is None else self.results(own, self.bindings(own, node, frame), frame)

    def _path(self, parts: Iterable[ast.expr], frame: Frame) -> Iterator[str]:
        return (posixpath.join(*each) for each in products(self._steps, [self.values(part, frame) for part in parts]))

    def _method(self, node: ast.Call, frame: Frame) -> Iterable[str]:  # noqa: PLR0911 - one for each method
        match node.func:
            case ast.Name(id="range") if node.args and isinstance(end := node.args[-1], ast.Constant):
                return map(str, range(min(end.value, MOST))) if isinstance(end.value, int) else ()
            case ast.Attribute(value=value, attr="format"):
                pieces = [*node.args, *(each.value for each in node.keywords)]
                return self._filled(self.values(value, frame), r"\{\w*\}", pieces, frame)
            case ast.Attribute(value=value, attr="split"):
                separator = next(iter(self._values_of_each(node.args[:1], frame)), None) if node.args else None
                words = splits(self.values(value, frame), separator, self._steps)
                return islice(words, 1) if frame.head else words
            case ast.Attribute(value=value, attr="get" | "pop") if node.args:
                return [*self._item(value, node.args[0], frame)] or self._values_of_each(node.args[1:2], frame)
            case ast.Attribute(attr="dirname"):
                return map(posixpath.dirname, self._values_of_each(node.args, frame))
            case ast.Attribute(value=ast.Constant(), attr="join") if frame.head:
                return self._values_of_each(node.args, frame)
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
            given=lambda value, head: self.values(value, frame.asking(head=head)),
            default=lambda name, head: self._default(name, function, head=head),
        )

    def results(self, function: Scope, bound: Bindings, frame: Frame) -> Values:
        """Return what a function may give back; of a generator, the first that it yields is the first item."""
        given = function.returns[:1] if frame.head and function.is_generator else function.returns
        return bounded(self._values_of_each(given, Frame(function, bound, frame.free, frame.given, head=frame.head)))


def _environ(key: ast.expr) -> Values:
    """Return what is known of a variable of the environment: a folder of PATH, for a search that is written out."""
    return ("/usr/bin",) if isinstance(key, ast.Constant) and key.value == "PATH" else ()


def _is_empty(value: ast.expr) -> bool:
    return isinstance(value, ast.List) and not value.elts
