"""Find the possible strings of an expression without running it.

A value is a tuple of strings in the order of the source. A collection is the strings in it, so `names`, `names[0]` and
`for name in names` have the same value. A value known only at run time is empty, and so is a string that contains one.
"""

from __future__ import annotations

import ast
import posixpath
from itertools import islice
from typing import TYPE_CHECKING

from pip_sysdeps.sources.callables import CASES, DEFAULTED, FINDER, LISTS, SAME, SAME_ATTRIBUTES, SAME_METHODS, STEM
from pip_sysdeps.sources.displays import Displays
from pip_sysdeps.sources.expressions import is_text, items_at, iterated_mapping
from pip_sysdeps.sources.frames import Bindings, Frame
from pip_sysdeps.sources.module import Assignment
from pip_sysdeps.sources.platform_conditions import PLATFORM
from pip_sysdeps.sources.signature import arguments, placed, rest_of
from pip_sysdeps.sources.string_sets import MOST, UNKNOWN, begins_unknown, bounded, filled, products

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pip_sysdeps.sources.definitions import Definitions
    from pip_sysdeps.sources.frames import Values
    from pip_sysdeps.sources.module import Scope
    from pip_sysdeps.sources.steps import Steps

_DEEP = 24
_MOST_STEPS = 1000
"""Expressions evaluated for one argument, as sources are not trusted."""
_LARGEST = 1 << 64
"""No name has a larger number, and Python makes no text of one with thousands of digits."""
_LETTERS_A_STEP = 256


class Evaluator:
    """Evaluates expressions of the sources of one distribution."""

    def __init__(self, definitions: Definitions, steps: Steps) -> None:
        self._definitions = definitions
        self._displays = Displays(definitions, steps)
        self._busy: set[tuple[int, int, bool]] = set()
        self._left = 0
        self._wants_head = False
        """Whether the argument is a command, whose first item is the program."""
        self._steps = steps

    def evaluate(self, node: ast.expr, frame: Frame) -> Values:
        """Return the possible values of an argument within limits; empty if it is nested too deeply."""
        self._left = _MOST_STEPS
        self._wants_head = frame.head
        try:
            found = self.values(node, frame)
            return tuple(text for text in found if not begins_unknown(text)) if frame.head else found
        except RecursionError:  # a sum of a thousand strings is a tree as deep
            return ()

    def values(self, node: ast.expr, frame: Frame) -> Values:
        """Return the possible values of an expression, or of its first item if the frame wants heads."""
        key = (id(node), 0 if frame.head else id(frame.bound), frame.head)
        self._steps.take()
        self._left -= 1
        if key in self._busy or len(self._busy) > _DEEP or self._left < 0:
            return ()
        self._busy.add(key)
        try:
            found = bounded(self._values(node, frame))
        finally:
            self._busy.discard(key)
        self._steps.take(sum(map(len, found)) // _LETTERS_A_STEP)
        return found

    def pairs(self, node: ast.expr, frame: Frame) -> Iterator[tuple[Values, Values]]:
        """Yield the keys and values of a dictionary in the sources."""
        self._left = _MOST_STEPS
        for key, value, at in self._displays.pairs(node, frame):
            yield self.values(key, at), self.values(value, at)

    def _values(  # noqa: C901, PLR0911, PLR0912 - one case for each form of an expression
        self, node: ast.expr, frame: Frame
    ) -> Iterable[str]:
        match node:
            case ast.Constant(value=str(text)):
                return (text,)
            case ast.Constant(value=int(number)) if not isinstance(number, bool) and number < _LARGEST:
                return (str(number),)
            case ast.Constant(value=bytes(raw)):
                return (raw.decode("utf-8", "replace"),)
            case ast.Name():
                return self._name(node, frame)
            case ast.Attribute():
                return self._attribute(node, frame)
            case ast.Tuple(elts=items) | ast.List(elts=items) | ast.Set(elts=items):
                return self._command(items, frame) if frame.head else self._values_of_each(items, frame)
            case ast.Dict(values=items) | ast.BoolOp(values=items):
                return self._values_of_each(items, frame)
            case ast.IfExp(test=test, body=body, orelse=orelse):
                decided = frame.scope.truth(test)
                branches = [each for each, left_out in ((body, False), (orelse, True)) if decided is not left_out]
                return self._values_of_each(branches, frame)
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
                return self._text(parts, frame)
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

    def _command(self, items: Sequence[ast.expr], frame: Frame) -> Iterable[str]:
        """Return the program of a command, with the module that Python runs: `python3 -m venv`."""
        programs = self._values_of_each(items[:1], frame)
        rest = items[1:]
        if rest and _is_option(rest[0]) and not _runs_module(rest):
            rest = rest[1:]  # `python3 -I -m venv`
        match rest[1:2]:
            case [ast.Constant(value=str(module))] if _runs_module(rest):
                return (f"{program} -m {module}" for program in tuple(programs) or ("python3",))
        return programs

    def _pieces(self, nodes: Iterable[ast.expr], frame: Frame) -> list[Values]:
        """Return the values of the parts of a text; a command may have parts that are computed."""
        unknown = (UNKNOWN,) if frame.head else ()
        return [self.values(node, frame if is_text(node) else frame.whole()) or unknown for node in nodes]

    def _text(self, parts: Iterable[ast.expr], frame: Frame) -> Iterator[str]:
        """Return the texts that consist of some parts."""
        return map("".join, products(self._steps, self._pieces(parts, frame)))

    def _path(self, parts: Iterable[ast.expr], frame: Frame) -> Iterator[str]:
        """Return the paths that consist of some parts."""
        return (posixpath.join(*each) for each in products(self._steps, [self.values(part, frame) for part in parts]))

    def _filled(self, text: ast.expr, pattern: str, pieces: Iterable[ast.expr], frame: Frame) -> Iterator[str]:
        """Replace the matches of a pattern with pieces."""
        return filled(self.values(text, frame), pattern, self._pieces(pieces, frame), self._steps)

    def _item(self, value: ast.expr, key: ast.expr, frame: Frame) -> Iterable[str]:
        """Return the item of a collection for a known key or index; otherwise any of its items."""
        if frame.scope.module.dotted(value) == "os.environ":
            return _environ(key)
        if self._wants_head and isinstance(key, ast.Constant) and key.value == 0:
            return self.values(value, frame.asking(head=True))
        wanted = self.values(key, frame.whole())
        for literal, at in self._displays.of(value, frame) if wanted else ():
            match literal, key:
                case ast.Dict(keys=keys, values=values), _:
                    self._steps.take(len(keys))
                    pairs = zip(keys, values, strict=True)
                    found = [each for own, each in pairs if isinstance(own, ast.Constant) and own.value in wanted]
                    return self._values_of_each(found, at)
                case ((ast.List(elts=items) | ast.Tuple(elts=items)), ast.Constant(value=int(place))):
                    return self._values_of_each(items[place : place + 1], at)
        return self.values(value, frame)

    def _binary(self, node: ast.BinOp, frame: Frame) -> Iterable[str]:
        operands = node.left, node.right
        match node.op:
            case ast.Add() if frame.head and not is_text(node):
                return self.values(node.left, frame)
            case ast.Add() if not frame.head and any(self._displays.is_collection(each, frame) for each in operands):
                return self._values_of_each(operands, frame)
            case ast.Add():
                return self._text(operands, frame)
            case ast.Div():
                return self._path(operands, frame)
            case ast.Mod():
                parts = node.right.elts if isinstance(node.right, ast.Tuple) else [node.right]
                return self._filled(node.left, r"%[sdir]", parts, frame)
        return ()

    def _name(self, node: ast.Name, frame: Frame) -> Iterable[str]:
        name = node.id
        reaching = self._definitions.reaching(node, frame.scope)
        if name in frame.bound.arguments:
            return (*self._given(name, frame), *self._values_of_assignments(reaching, frame, is_given=True))
        if name == "__file__":
            return (frame.scope.module.path,)
        for scope in frame.scope.outward():
            if name in scope.parameters:
                set_to = self._values_of_assignments(reaching, frame, is_given=True)
                if set_to and frame.head:
                    return set_to
                frame.free[scope] = None
                outside = Frame(scope.parent or scope, head=frame.head)
                return (*set_to, *self._values_of_each(scope.default(name), outside))
            if name in scope.names:
                return self._values_of_assignments(reaching, frame)
        return self._imported(frame.scope.module.dotted(node), frame)

    def _values_of_assignments(
        self, assignments: Sequence[Assignment], frame: Frame, *, is_given: bool = False
    ) -> Values:
        """Return the values of assignments; of a command, what it begins with.

        That is the first item added to an empty list, or one put before an option or an unknown item.
        """
        if not frame.head:
            return self._values_of_all(assignments, frame)
        leading = [each for each in assignments if each.leads]
        first = [each for each in assignments if not (each.grows or _is_empty(each.value))]
        grown = [] if is_given else [each for each in assignments if each.grows][:1]
        texts = self._values_of_all(first or leading or grown, frame)
        is_program = any(not text.startswith("-") for text in texts)
        return texts if is_program or not leading else self._values_of_all(leading, frame)

    def _values_of_all(self, assignments: Sequence[Assignment], frame: Frame) -> Values:
        found = (self._keys(each, frame) or self._values_of_assignment(each, frame) for each in assignments)
        return bounded(text for values in found for text in values)

    def _keys(self, assignment: Assignment, within: Frame) -> list[str]:
        """Return the keys that a loop over `items()` or `keys()` assigns; empty for other assignments."""
        mapping = iterated_mapping(assignment.value, assignment.place) if assignment.iterated else None
        pairs = self._displays.pairs(mapping, within.of(assignment.scope)) if mapping else ()
        return [*self._values_of_items((key, at.whole()) for key, _, at in pairs)]

    def _values_of_assignment(self, assignment: Assignment, within: Frame) -> Iterable[str]:
        """Return the values of an assignment: of the whole value, of one item, or of each item."""
        value, place, frame = assignment.value, assignment.place, within.of(assignment.scope)
        if place is None and not (assignment.iterated and frame.head):
            return self.values(value, frame)
        if assignment.iterated and place is not None and (part := items_at(value, place, frame.scope.module)):
            return self._values_of_assignment(Assignment(part, frame.scope, iterated=True), frame)
        if isinstance(value, ast.Name) and place is not None:
            found = [each for each in self._definitions.assignments(value.id, frame.scope) if each.place is None]
            if len(found) == 1 and not isinstance(found[0].value, ast.Name):
                whole = assignment._replace(value=found[0].value, scope=found[0].scope)
                return self._values_of_assignment(whole, frame)
        items = list(self._displays.items(value, frame))
        if place is None:
            return self._values_of_items(items) if items else self.values(value, frame.whole())
        if assignment.iterated:
            rows = ((row.elts, at) for row, at in items if isinstance(row, ast.Tuple | ast.List))
            return self._values_of_items((row[place], at) for row, at in rows if place < len(row))
        return self._values_of_items(items[place : place + 1])

    def _values_of_items(self, items: Iterable[tuple[ast.expr, Frame]]) -> Iterator[str]:
        for item, at in items:
            yield from self.values(item, at)

    def _imported(self, full: str, frame: Frame) -> Values:
        """Return the platform's value of a name, or that of another module's variable."""
        if full in PLATFORM:
            return (PLATFORM[full],)
        return self._values_of_assignments(self._definitions.variable(full), frame)

    def _attribute(self, node: ast.Attribute, frame: Frame) -> Iterable[str]:
        full = frame.scope.module.dotted(node)
        found = self._imported(full, frame) if full else ()
        if found:
            return found
        known = self._definitions.attribute(frame.scope.module, node.attr)
        if not known and node.attr in SAME_ATTRIBUTES:
            return self.values(node.value, frame)
        if not known and node.attr == "parent":
            return map(posixpath.dirname, self.values(node.value, frame))
        return self._values_of_assignments(known, frame)

    def _call(self, node: ast.Call, frame: Frame) -> Iterable[str]:  # noqa: PLR0911 - one for each kind of function
        full = frame.scope.module.dotted(node.func)
        if full in PLATFORM:
            return (PLATFORM[full],)
        if full in SAME:
            if full in LISTS:
                return self._values_of_each(node.args[:1] if frame.head else node.args, frame)
            return self._values_of_each(node.args, frame.whole())
        if full in DEFAULTED:
            return (*_environ(node.args[0]), *self._values_of_each(node.args[1:2], frame)) if node.args else ()
        if full == "os.path.join":
            return self._path(node.args, frame)
        if full == FINDER:
            return (stem if "/" in stem else STEM + stem for stem in self._values_of_each(node.args[:1], frame))
        own = self._definitions.called(node.func, frame.scope.module)
        if own is None or not own.returns:
            match node.func:
                case ast.Attribute(value=ast.Name(id="self" | "cls"), attr=name):
                    return self._results(self._definitions.methods(name), node, frame)
                case ast.Attribute(value=ast.Call(func=ast.Name() as made), attr=name):
                    self._definitions.called(made, frame.scope.module)  # note the module of its class
                    methods = self._definitions.methods(name)
                    return self._results([each for each in methods if each.owner == made.id] or methods, node, frame)
        return self._method(node, frame) if own is None else self._results([own], node, frame)

    def _results(self, functions: Iterable[Scope], call: ast.Call, frame: Frame) -> Iterator[str]:
        """Yield the values that functions may return; a generator's head is its first value."""
        for each in functions:
            returned = each.returns[:1] if frame.head and each.is_generator else each.returns
            inside = Frame(each, self.bindings(each, call, frame), frame.free, frame.given, frame.head)
            yield from bounded(self._values_of_each(returned, inside))

    def _method(  # noqa: C901, PLR0911 - one for each method
        self, node: ast.Call, frame: Frame
    ) -> Iterable[str]:
        match node.func:
            case ast.Name(id="range") if node.args and isinstance(end := node.args[-1], ast.Constant):
                return map(str, range(min(end.value, MOST))) if isinstance(end.value, int) else ()
            case ast.Attribute(value=value, attr="format"):
                pieces = [*node.args, *(each.value for each in node.keywords)]
                return self._filled(value, r"\{\w*\}", pieces, frame)
            case ast.Attribute(value=value, attr="split"):
                separator = next(iter(self._values_of_each(node.args[:1], frame)), None) if node.args else None
                words = (word for text in self.values(value, frame) for word in text.split(separator or None))
                return islice(words, 1) if frame.head else words
            case ast.Attribute(value=value, attr="get" | "pop") if node.args:
                return [*self._item(value, node.args[0], frame)] or self._values_of_each(node.args[1:2], frame)
            case ast.Attribute(attr="dirname"):
                return map(posixpath.dirname, self._values_of_each(node.args, frame))
            case ast.Name(id="getattr" | "map") if len(node.args) > 1:
                return self._values_of_each(node.args[2:] or node.args[1:], frame)
            case ast.Attribute(value=ast.Constant(), attr="join") if frame.head:
                return self._values_of_each(node.args, frame)
            case ast.Attribute(value=value, attr="join" | "joinpath") if node.args:
                return self._path((value, *node.args), frame)
            case ast.Attribute(value=value, attr=name) if name in CASES:
                return map(CASES[name], self.values(value, frame))
            case ast.Attribute(value=value, attr=name) if name in SAME_METHODS:
                return self.values(value, frame)
        return ()

    def bindings(self, function: Scope, call: ast.Call, frame: Frame) -> Bindings:
        """Bind the parameters of a function to a call's arguments and to its defaults."""
        self._steps.take(len(function.parameters) + len(call.args) + len(call.keywords))
        names, values, rest = placed(function.node), arguments(call), rest_of(function.node)
        outside = Frame(function.parent or function)
        found = {name: (function.default(name), outside) for name in function.parameters - {"self", "cls"}}
        if rest:
            found[rest] = values[len(names) :], frame
        found |= {name: ([value], frame) for name, value in zip(names, values, strict=False)}
        found |= {each.arg: ([each.value], frame) for each in call.keywords if each.arg}
        return Bindings(found)

    def _given(self, name: str, frame: Frame) -> Values:
        """Return the values of a parameter that is bound; they are evaluated once."""
        known, key = frame.bound.values, (name, frame.head)
        if key not in known:
            values, at = frame.bound.arguments[name]
            known[key] = tuple(self._values_of_each(values[:1] if frame.head else values, at.asking(head=frame.head)))
        return known[key]


def _environ(key: ast.expr) -> Values:
    """Return a folder for the variable PATH, which some code searches itself; else empty."""
    return ("/usr/bin",) if isinstance(key, ast.Constant) and key.value == "PATH" else ()


def _is_option(item: ast.expr) -> bool:
    return isinstance(item, ast.Constant) and isinstance(item.value, str) and item.value.startswith("-")


def _runs_module(items: Sequence[ast.expr]) -> bool:
    """Return whether arguments of Python begin with the option for a module."""
    return bool(items) and isinstance(items[0], ast.Constant) and items[0].value in {"-m", "-Im"}


def _is_empty(value: ast.expr) -> bool:
    match value:
        case ast.List(elts=[]) | ast.Call(func=ast.Name(id="list"), args=[]):
            return True
    return False
