"""Fill the tables of a module from the statements that can run on Linux."""

from __future__ import annotations

import ast
from itertools import takewhile
from typing import TYPE_CHECKING

from pip_sysdeps.sources.callables import CALLABLES, LONGEST_NAME, RUNNERS, STARRED
from pip_sysdeps.sources.caught import continues_after
from pip_sysdeps.sources.data_class import constructor
from pip_sysdeps.sources.expressions import (
    as_display,
    children,
    delegated_calls,
    ends_well,
    last_name,
    leaves,
    literal_head,
    text_of,
)
from pip_sysdeps.sources.module import Assignment, Attempt, Branch, CallSite, Exit, Import, Module, Scope, absolute
from pip_sysdeps.sources.platform_conditions import ANY_PYTHON, is_foreign_name
from pip_sysdeps.sources.signature import given_also

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pip_sysdeps.sources.platform_conditions import Version
    from pip_sysdeps.sources.signature import Given
    from pip_sysdeps.sources.source import Source
    from pip_sysdeps.sources.steps import Steps

_GROWS = {"append", "extend", "insert", "add", "update"}
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_PROPERTIES = {"property", "cached_property"}


def parsed_module(
    source: Source, tree: ast.Module, steps: Steps, python: Version = ANY_PYTHON, *, expressions: bool = True
) -> Module:
    """Return the tables of a source from its syntax tree; `python` is the version that runs it.

    Without `expressions`, calls are left out: statements are a tenth of a tree. Raise StepLimitError if that takes more
    than `steps`.
    """
    module = Module(source, tree, steps, python)
    for node in _statements(tree.body):
        if isinstance(node, ast.Import):
            for alias in (each for each in node.names if len(each.name) <= LONGEST_NAME):
                first = alias.name.partition(".")[0]
                module.imports[alias.asname or first] = alias.name if alias.asname else first
        elif isinstance(node, ast.ImportFrom):
            base = absolute(node.module or "", node.level, module.package)
            names = {alias.asname or alias.name: alias.name for alias in node.names if len(base) <= LONGEST_NAME}
            if "*" in names:
                names = {name: name for name in STARRED.get(base, ())}
            module.imports |= {name: f"{base}.{original}" for name, original in names.items()}
    if expressions and module.searches.is_possible:
        classes = (each.body for each in _statements(tree.body) if isinstance(each, ast.ClassDef))
        methods = {id(each) for body in classes for each in body}
        for each in _statements(tree.body):
            if isinstance(each, _FUNCTIONS):
                is_method = id(each) in methods
                module.searches.note_finder(each.name, list(_statements(each.body)), is_method=is_method)
    _Walk(module, tree, expressions=expressions).statements(tree.body)
    return module


class _Walk:
    """A walk through statements, with its current place."""

    def __init__(self, module: Module, tree: ast.Module, *, expressions: bool) -> None:
        self.module = module
        self._looks_inside = expressions
        self._scope = module.top
        self._owner = ""
        """Name of the class around it."""
        self._given: Given = ()
        self._branch = Branch(tree, tree.body, None, guarded=False, conditional=False)
        self._is_later = False

    def body(
        self, around: ast.AST, statements: Sequence[ast.stmt], *, guarded: bool = False, conditional: bool = False
    ) -> None:
        """Visit a branch of a statement; with `guarded`, it may fail."""
        outer, given = self._branch, self._given
        if not isinstance(around, _FUNCTIONS):
            guarded, conditional = guarded or outer.guarded, conditional or outer.conditional
        self._branch = Branch(around, statements, outer, guarded, conditional)
        self.statements(statements)
        self._branch, self._given = outer, given

    def statements(self, statements: Iterable[ast.stmt]) -> None:
        """Visit statements, up to the first that always ends the branch."""
        for statement in statements:
            self._statement(statement)
            if _ends(statement) or (isinstance(statement, ast.Assert) and self._scope.truth(statement.test) is False):
                break
            if isinstance(statement, ast.If) and _ends(statement.body[-1]):
                if self._scope.truth(statement.test) is True:
                    break
                self._given = given_also(self._given, statement.test, truth=False)
                is_return = isinstance(statement.body[-1], ast.Return) and not self._branch.guarded
                if is_return and self._continues_without(statement):
                    is_fallback = not self.module.searches.is_missed(statement.test, self._scope, self._branch)
                    self._branch = self._branch._replace(outer=self._branch, guarded=True, is_fallback=is_fallback)

    def _inside(self, scope: Scope, owner: str, node: ast.AST, statements: Sequence[ast.stmt]) -> None:
        """Visit the body of a function or class."""
        outside = self._scope, self._owner, self._given
        self._scope, self._owner = scope, owner
        if not owner:
            self._given = ()
        self.body(node, statements)
        self._scope, self._owner, self._given = outside

    def _statement(self, node: ast.stmt) -> None:  # noqa: C901 - one case for each statement
        match node:
            case ast.If():
                self._choice(node)
            case ast.Try():
                self._attempt(node)
            case ast.With() | ast.AsyncWith():
                self._with(node)
            case ast.For() | ast.AsyncFor():
                self._bind(node.target, node.iter, iterated=True)
                self._loop(node.iter, node)
            case ast.While():
                self._loop(node.test, node)
            case ast.Match(subject=subject, cases=cases):
                self._expressions(subject)
                for each in cases:
                    self.body(each, each.body, conditional=True)
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                self._function(node)
            case ast.ClassDef():
                self._class(node)
            case ast.Assert(test=test):
                self.module.searches.note_asserted(test, self._scope, self._branch)
                self._expressions(node)
            case ast.Raise():
                self._scope.exits.append(Exit(node.lineno, self._given, self._branch))
                self._expressions(node)
            case _:
                self._simple(node)

    def _choice(self, node: ast.If) -> None:
        """Visit the branches of a condition that can run on Linux."""
        self._expressions(node.test)
        decided = self._scope.truth(node.test)
        optional = self._continues_without(node)
        outside = self._given
        for truth, statements in ((True, node.body), (False, node.orelse)):
            if decided in {truth, None}:
                self._given = given_also(outside, node.test, truth=truth)
                self.body(node, statements, guarded=optional, conditional=decided is None)
        self._given = outside

    def _with(self, node: ast.With | ast.AsyncWith) -> None:
        for item in node.items:
            self._expressions(item.context_expr)
            if item.optional_vars is not None:
                self._bind(item.optional_vars, item.context_expr)
        guarded = any("suppress" in text_of(item.context_expr, self.module.steps) for item in node.items)
        self.body(node, node.body, guarded=guarded)

    def _loop(self, head: ast.expr, node: ast.For | ast.AsyncFor | ast.While) -> None:
        self._expressions(head)
        self.body(node, node.body)
        self.body(node, node.orelse)

    def _attempt(self, node: ast.Try) -> None:
        """Visit the parts of a `try` statement, and note the calls in each."""
        calls = self._calls_of(node, node.body, guarded=any(map(continues_after, node.handlers)))
        fallbacks = tuple(self._calls_of(node, each.body, conditional=True) for each in node.handlers)
        if calls and any(fallbacks):
            self.module.attempts.append(Attempt(calls, fallbacks))
        self.body(node, [*node.orelse, *node.finalbody])

    def _calls_of(
        self, around: ast.AST, body: list[ast.stmt], *, guarded: bool = False, conditional: bool = False
    ) -> frozenset[int]:
        known = len(self.module.sites)
        self.body(around, body, guarded=guarded, conditional=conditional)
        self.module.steps.take(len(self.module.sites) - known)
        return frozenset(id(site.call) for site in self.module.sites[known:])

    def _continues_without(self, node: ast.If) -> bool:
        return self.module.searches.continues_without(node, self._scope, self._branch)

    def _class(self, node: ast.ClassDef) -> None:
        bases = [self.module.dotted(each) or last_name(each) for each in node.bases]
        self.module.bases[node.name] = tuple(bases)
        if is_foreign_name(node.name):
            return
        inside = Scope(self.module, self._scope.node, self._scope)
        self._inside(inside, node.name, node, [*node.body, *constructor(node)])
        for variable, assignments in inside.names.items():
            self.module.variants[variable].update(*(literal_head(each.value) for each in assignments))
            self.module.attributes[variable] += [each._replace(scope=self._scope) for each in assignments]
        if self._scope is self.module.top and node.name not in self.module.functions:  # it has no own constructor
            self._name_callable(node.name, next(filter(CALLABLES.__contains__, bases), ""))

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        if is_foreign_name(node.name):
            return
        for each in (*node.decorator_list, *node.args.defaults):
            self._expressions(each)
        around = self._scope.parent if self._owner else self._scope  # a method does not see its class's names
        inner = Scope(self.module, node, around, self._owner)
        self.module.functions[inner.name].append(inner)
        self._inside(inner, "", node, node.body)
        if self._owner:
            self.module.variants[node.name].update(*map(literal_head, inner.returns))
        if not _PROPERTIES.isdisjoint(map(last_name, node.decorator_list)):
            self.module.attributes[node.name] += [Assignment(value, inner) for value in inner.returns]

    def _simple(self, node: ast.stmt) -> None:
        match node:
            case ast.Import() | ast.ImportFrom():
                self.module.imported.append(Import(node, self._scope, self._branch))
                return
            case ast.Assign(targets=targets, value=value):
                value = as_display(value, self.module.steps)
                for target in targets:
                    self._bind(target, value)
            case ast.AnnAssign(target=target, value=ast.expr() as value):
                self._bind(target, value)
            case ast.AugAssign(target=ast.Name(id=name), value=value):
                self._grow(name, [value])
            case ast.Global(names=names):
                self._scope.globals.update(names)
            case ast.Return(value=ast.expr() as value):
                self._scope.returns.append(value)
            case ast.Expr(value=ast.Yield(value=ast.expr() as value) | ast.YieldFrom(value=value)):
                self._scope.returns.append(value)
                self._scope.is_generator = True
        self._expressions(node)

    def _expressions(self, node: ast.AST) -> None:  # noqa: C901 - one case for each expression
        """Note the calls and names in a simple statement or expression."""
        pending = [node] if self._looks_inside else []
        while pending:
            inner = pending.pop()
            match inner:
                case ast.Name(ctx=context):
                    if isinstance(context, ast.Load):
                        self.module.branches[id(inner)] = self._branch
                    continue
                case ast.Constant():
                    continue
                case ast.Compare() | ast.UnaryOp():
                    self.module.searches.note_asked(inner)
                case ast.Call():
                    self.module.searches.note_asked(inner)
                    self._call(inner)
                case ast.Lambda(body=body):
                    self._later(body)
                    continue
                case ast.IfExp() | ast.BoolOp(op=ast.And()):
                    self._choose(inner)
                    continue
                case ast.BoolOp(op=ast.Or(), values=values):
                    self.module.searches.note_choice(values)
                    if self._scope is self.module.top and not any(map(self.module.searches.finds, values)):
                        self._choose(inner)
                        continue
                case ast.NamedExpr(target=target, value=value):
                    self._bind(target, value)
                case ast.comprehension(target=target, iter=iterated):
                    self._bind(target, iterated, iterated=True)
            pending += children(inner)

    def _choose(self, node: ast.IfExp | ast.BoolOp) -> None:
        """Visit the parts of `a if b else c`, `a and b` or `a or b` that can run on Linux."""
        truth = self._scope.truth
        if isinstance(node, ast.IfExp):
            always = [node.test]
            parts = [part for part, other in ((node.body, False), (node.orelse, True)) if truth(node.test) is not other]
            is_choice = len(parts) > 1
        else:
            goes_on = isinstance(node.op, ast.And)
            known = list(takewhile(lambda each: truth(each) is goes_on, node.values))
            always = node.values[: len(known) + 1]
            parts = [] if truth(always[-1]) is (not goes_on) else node.values[len(known) + 1 :]
            is_choice = True
        for each in always:
            self._expressions(each)
        outside = self._branch
        if is_choice and parts:
            is_or = isinstance(node, ast.BoolOp) and isinstance(node.op, ast.Or)
            asks = not is_or and any(self.module.searches.asks(each, self._scope) for each in always)
            self._branch = Branch(node, (), outside, guarded=outside.guarded or asks, conditional=True)
        for each in parts:
            self._expressions(each)
        self._branch = outside

    def _later(self, node: ast.expr) -> None:
        """Note the calls in an expression that does not run where it is."""
        outside, self._is_later = self._is_later, True
        self._expressions(node)
        self._is_later = outside

    def _bind(self, target: ast.expr, value: ast.expr, place: int | None = None, *, iterated: bool = False) -> None:
        """Note the assignment of a value to a target."""
        assignment = Assignment(value, self._scope, place, iterated=iterated, line=target.lineno, branch=self._branch)
        match target:
            case ast.Name(id=name):
                scope = self.module.top if name in self._scope.globals else self._scope
                scope.names[name].append(assignment)
                if self._scope is self.module.top:
                    self._name_callable(name, self._callable(value))
                    self.module.searches.note_kept(value)
            case ast.Attribute(attr=attribute):
                self.module.attributes[attribute].append(assignment)
            case ast.Tuple(elts=items) | ast.List(elts=items) if place is None:
                for number, item in enumerate(items):
                    self._bind(item, value, number, iterated=iterated)

    def _name_callable(self, name: str, full: str) -> None:
        """Note a module's own name for a function that opens or runs something, if there is one."""
        if full:
            self.module.imports[name] = full
            self.module.aliases.add(name)

    def _callable(self, value: ast.expr) -> str:
        """Return the full name of a function under another name: `functools.partial(subprocess.run, check=True)`."""
        match value:
            case ast.Call(func=func, args=[first, *_]) if self.module.dotted(func) == "functools.partial":
                return self._callable(first)
            case ast.IfExp(test=test, body=body, orelse=orelse) if (decided := self._scope.truth(test)) is not None:
                return self._callable(body if decided else orelse)
            case ast.Name() | ast.Attribute():
                full = self.module.dotted(value)
                return full if full in CALLABLES else ""
        return ""

    def _grow(self, name: str, values: Iterable[ast.expr], *, leads: bool = False) -> None:
        for each in values:
            added = Assignment(each, self._scope, grows=True, leads=leads, line=each.lineno, branch=self._branch)
            self._scope.names[name].append(added)

    def _call(self, call: ast.Call) -> None:
        self.module.steps.take(len(call.args))
        for handed in delegated_calls(call):
            if last_name(call.func) == "partial":
                self._later(handed)
            else:
                self._call(handed)
        self.module.sites.append(CallSite(call, self._scope, self._branch, self._given, self._is_later))
        if call.args and self.module.searches.is_possible and self.module.dotted(call.func) in RUNNERS:
            self.module.searches.note_used(call.args[0], self._scope)
        match call:
            case ast.Call(
                func=ast.Attribute(value=ast.Name(id=name), attr="insert"), args=[ast.Constant(value=0), first]
            ):
                self._grow(name, [first], leads=True)
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=attribute)) if attribute in _GROWS:
                self._grow(name, call.args)
        if leaves(call) and not ends_well(call):
            self._scope.exits.append(Exit(call.lineno, self._given, self._branch))


_SIMPLE = {ast.Expr, ast.Assign, ast.Return, ast.Import, ast.ImportFrom, ast.AugAssign, ast.AnnAssign, ast.Raise}


def _statements(body: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    """Yield statements and those inside them."""
    for node in body:
        yield node
        if type(node) not in _SIMPLE:
            for name in ("body", "orelse", "finalbody"):
                yield from _statements(getattr(node, name, ()))
            for inner in (*getattr(node, "handlers", ()), *getattr(node, "cases", ())):
                yield from _statements(inner.body)


def _ends(statement: ast.stmt) -> bool:
    is_exit = isinstance(statement, ast.Expr) and leaves(statement.value)
    return is_exit or isinstance(statement, ast.Return | ast.Raise | ast.Continue | ast.Break)
