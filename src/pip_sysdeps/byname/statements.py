"""The statements of a Python source that can run on Linux -> the tables of its module."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from pip_sysdeps.byname.callables import CALLABLES, CALLERS, STARRED, last_name, leaves
from pip_sysdeps.byname.caught import may_catch_missing
from pip_sysdeps.byname.data_class import constructor
from pip_sysdeps.byname.module import Attempt, Branch, CallSite, Exit, Import, Module, Scope, Source, absolute
from pip_sysdeps.byname.platform_conditions import ANY_PYTHON, is_foreign_name, truth
from pip_sysdeps.byname.signature import all_of, truths_if_false, truths_if_true

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pip_sysdeps.byname.platform_conditions import Version
    from pip_sysdeps.byname.signature import Given
    from pip_sysdeps.byname.steps import Steps

_GROWS = {"append", "extend", "insert", "add", "update"}
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_PROPERTIES = {"property", "cached_property"}


def parsed_module(  # noqa: PLR0913 - one of each thing that decides
    path: str, name: str, tree: ast.Module, steps: Steps, python: Version = ANY_PYTHON, *, expressions: bool = True
) -> Module:
    """Return the tables of a parsed source; `name` is as for `Module`, and `python` the version that runs it.

    Without `expressions` its calls are left out: statements are a tenth of a tree. Raise StepLimitError if that takes
    more than `steps`.
    """
    module = Module(path, name, tree, steps, python)
    for node in _statements(tree.body):
        if isinstance(node, ast.Import):
            for alias in node.names:
                first = alias.name.partition(".")[0]
                module.imports[alias.asname or first] = alias.name if alias.asname else first
        elif isinstance(node, ast.ImportFrom):
            base = absolute(node.module or "", node.level, module.package)
            names = {alias.asname or alias.name: alias.name for alias in node.names}
            if "*" in names:
                names = {name: name for name in STARRED.get(base, ())}
            module.imports |= {name: f"{base}.{original}" for name, original in names.items()}
    _Walk(module, tree, expressions=expressions).statements(tree.body)
    return module


class _Walk:
    """A walk through statements, and where it is."""

    def __init__(self, module: Module, tree: ast.Module, *, expressions: bool) -> None:
        self.module = module
        self._looks_inside = expressions
        self._scope = module.top
        self._owner = ""
        """The class whose body this is."""
        self._given: Given = ()
        self._branch = Branch(tree, tree.body, None, guarded=False, conditional=False)
        self._choices: set[int] = set()
        """Conditions of which each asks for another program, by identity: none of them alone is required."""
        self._has_finders = any(name.startswith(("shutil", "distutils")) for name in module.imports.values())

    def body(
        self, around: ast.AST, statements: Sequence[ast.stmt], *, guarded: bool = False, conditional: bool = False
    ) -> None:
        """Go through a branch of a statement; with `guarded`, what is in it may fail."""
        outer, given = self._branch, self._given
        if not isinstance(around, _FUNCTIONS):
            guarded, conditional = guarded or outer.guarded, conditional or outer.conditional
        self._branch = Branch(around, statements, outer, guarded, conditional)
        self.statements(statements)
        self._branch, self._given = outer, given

    def statements(self, statements: Iterable[ast.stmt]) -> None:
        """Go through statements, up to where they surely end."""
        for statement in statements:
            self._statement(statement)
            if _ends(statement):
                break
            if isinstance(statement, ast.If) and _ends(statement.body[-1]):
                if self._truth(statement.test) is True:
                    break
                self._given = all_of(self._given, truths_if_false(statement.test))

    def _inside(self, scope: Scope, owner: str, node: ast.AST, statements: Sequence[ast.stmt]) -> None:
        """Go through the body of a function or class."""
        outside = self._scope, self._owner, self._given
        self._scope, self._owner = scope, owner
        if not owner:
            self._given = ()
        self.body(node, statements)
        self._scope, self._owner, self._given = outside

    def _truth(self, test: ast.expr) -> bool | None:
        return truth(test, self.module.dotted, self._scope.only_value, self.module.steps, self.module.python)

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
            case ast.Raise():
                self._scope.exits.append(Exit(node.lineno, self._given, self._branch))
                self._expressions(node)
            case _:
                self._simple(node)

    def _choice(self, node: ast.If) -> None:
        """Go through the branches that a condition may lead to on Linux."""
        self._expressions(node.test)
        decided = self._truth(node.test)
        optional = self._goes_on_without(node)
        outside = self._given
        if decided is not False:
            self._given = all_of(outside, truths_if_true(node.test))
            self.body(node, node.body, guarded=optional, conditional=decided is None)
        if decided is not True:
            self._given = all_of(outside, truths_if_false(node.test))
            self.body(node, node.orelse, guarded=optional, conditional=decided is None)
        self._given = outside

    def _with(self, node: ast.With | ast.AsyncWith) -> None:
        for item in node.items:
            self._expressions(item.context_expr)
            if item.optional_vars is not None:
                self._bind(item.optional_vars, item.context_expr)
        self.body(node, node.body, guarded=any("suppress" in ast.dump(item.context_expr) for item in node.items))

    def _loop(self, head: ast.expr, node: ast.For | ast.AsyncFor | ast.While) -> None:
        self._expressions(head)
        self.body(node, node.body)
        self.body(node, node.orelse)

    def _attempt(self, node: ast.Try) -> None:
        """Go through what is tried and what handles its failure, and note which calls are which."""
        calls = self._calls_of(node, node.body, guarded=any(may_catch_missing(each.type) for each in node.handlers))
        fallbacks = tuple(self._calls_of(each, each.body, conditional=True) for each in node.handlers)
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

    def _goes_on_without(self, node: ast.If) -> bool:
        """Return whether a condition asks for a program, and no branch of it gives up; note it if one does."""
        found = self._searches(node.test)
        if (
            found
            and len(node.orelse) == 1
            and isinstance(node.orelse[0], ast.If)
            and self._searches(node.orelse[0].test)
        ):
            self._choices |= {id(node), id(node.orelse[0])}
        if found and id(node) not in self._choices and (self._raises(node.body) or self._raises(node.orelse)):
            self.module.required_searches |= set(map(id, found))
            in_loop = any(isinstance(each.statement, ast.For) for each in self._branch.outward())
            if in_loop and self._raises(node.body) and self._missed(node.test):
                self.module.each_required |= set(map(id, found))
            return False
        return bool(found)

    def _searches(self, test: ast.expr) -> list[ast.AST]:
        """Return the searches for a program whose result a condition looks at."""
        if not self._has_finders:
            return []
        looked_at = list(ast.walk(test))
        names = {node.id for node in looked_at if isinstance(node, ast.Name)}
        set_to = [source.value for name in names for source in self._scope.names.get(name, ())]
        self.module.steps.take(len(looked_at) + len(set_to))
        missed = [call for node in (*looked_at, *set_to) for call in self._missed_in(node)]
        self.module.each_required |= set(map(id, missed))
        return [*missed, *(node for node in (*looked_at, *set_to) if self.module.finds(node))]

    def _missed_in(self, node: ast.AST) -> list[ast.AST]:
        """Return the searches of a comprehension for all that is missing: `[x for x in names if not which(x)]`."""
        match node:
            case ast.ListComp(generators=[ast.comprehension(ifs=[condition])]):
                return self._missed(condition)
            case ast.Call(func=ast.Name(id="all"), args=[ast.GeneratorExp(elt=found)]):
                return [found] if self.module.finds(found) else []
        return []

    def _missed(self, condition: ast.expr) -> list[ast.AST]:
        """Return the search for a program whose failure is a condition: `not which(x)`, `which(x) is None`."""
        match condition:
            case ast.UnaryOp(op=ast.Not(), operand=found) | ast.Compare(left=found, ops=[ast.Is()]):
                named = self._scope.names.get(found.id, ()) if isinstance(found, ast.Name) else ()
                return [each for each in (found, *(source.value for source in named)) if self.module.finds(each)]
        return []

    def _raises(self, statements: Iterable[ast.stmt]) -> bool:
        """Return whether a branch gives up: it raises or leaves the program somewhere."""
        for statement in statements:
            for node in ast.walk(statement):
                self.module.steps.take()
                if isinstance(node, ast.Raise) or leaves(node):
                    return True
        return False

    def _class(self, node: ast.ClassDef) -> None:
        self.module.bases[node.name] = tuple(map(last_name, node.bases))
        if is_foreign_name(node.name):
            return
        inside = Scope(self.module, self._scope.node, self._scope)
        self._inside(inside, node.name, node, [*node.body, *constructor(node)])
        for variable, sources in inside.names.items():
            self.module.attributes[variable] += [(self._scope, source) for source in sources]

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        if is_foreign_name(node.name):
            return
        for each in (*node.decorator_list, *node.args.defaults):
            self._expressions(each)
        around = self._scope.parent if self._owner else self._scope  # a method does not see its class's names
        inner = Scope(self.module, node, around, self._owner)
        self.module.functions[inner.name].append(inner)
        self._inside(inner, "", node, node.body)
        if not _PROPERTIES.isdisjoint(map(last_name, node.decorator_list)):
            self.module.attributes[node.name] += [(inner, Source(value)) for value in inner.returns]

    def _simple(self, node: ast.stmt) -> None:
        match node:
            case ast.Import() | ast.ImportFrom():
                self.module.imported.append(Import(node, self._scope, self._branch))
                return
            case ast.Assign(targets=targets, value=value):
                for target in targets:
                    self._bind(target, value)
            case ast.AnnAssign(target=target, value=ast.expr() as value):
                self._bind(target, value)
            case ast.AugAssign(target=ast.Name(id=name), value=value):
                self._grow(name, [value])
            case ast.Return(value=ast.expr() as value):
                self._scope.returns.append(value)
            case ast.Expr(value=ast.Yield(value=ast.expr() as value) | ast.YieldFrom(value=value)):
                self._scope.returns.append(value)
                self._scope.is_generator = True
        self._expressions(node)

    def _expressions(self, node: ast.AST) -> None:  # noqa: C901 - one case for each expression
        """Note the calls in a statement that has no other statements in it."""
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
                case ast.Call():
                    self._call(inner)
                case ast.IfExp(test=test, body=body, orelse=orelse) if (decided := self._truth(test)) is not None:
                    pending.append(body if decided else orelse)
                    continue
                case ast.BoolOp(op=ast.Or(), values=[ast.Call(args=[name, *_]) as call, *_, last]):
                    if ast.dump(name) == ast.dump(last):  # it is run, found or not
                        self.module.required_searches.add(id(call))
                case ast.NamedExpr(target=target, value=value):
                    self._bind(target, value)
                case ast.comprehension(target=target, iter=iterated):
                    self._bind(target, iterated, iterated=True)
            pending += _children(inner)

    def _bind(self, target: ast.expr, value: ast.expr, place: int | None = None, *, iterated: bool = False) -> None:
        """Note what a target is set to."""
        source = Source(value, place, iterated=iterated, line=target.lineno, branch=self._branch)
        match target:
            case ast.Name(id=name):
                self._scope.names[name].append(source)
                if self._scope is self.module.top and (full := self._callable(value)):
                    self.module.imports[name] = full
                    self.module.aliases.add(name)
            case ast.Attribute(attr=attribute):
                self.module.attributes[attribute].append((self._scope, source))
            case ast.Tuple(elts=items) | ast.List(elts=items) if place is None:
                for number, item in enumerate(items):
                    self._bind(item, value, number, iterated=iterated)

    def _callable(self, value: ast.expr) -> str:
        """Return what opens or runs under another name: `run = functools.partial(subprocess.run, check=True)`."""
        match value:
            case ast.Call(func=func, args=[first, *_]) if self.module.dotted(func) == "functools.partial":
                return self._callable(first)
            case ast.Name() | ast.Attribute():
                full = self.module.dotted(value)
                return full if full in CALLABLES else ""
        return ""

    def _grow(self, name: str, values: Iterable[ast.expr]) -> None:
        sources = [Source(each, None, grows=True, line=each.lineno, branch=self._branch) for each in values]
        self._scope.names[name] += sources

    def _call(self, call: ast.Call) -> None:
        for handed in _delegated_calls(call):
            self._call(handed)
        self.module.sites.append(CallSite(call, self._scope, self._branch, self._given))
        match call.func:
            case ast.Attribute(value=ast.Name(id=name), attr=attribute) if attribute in _GROWS:
                self._grow(name, call.args)
        if leaves(call):
            self._scope.exits.append(Exit(call.lineno, self._given, self._branch))


def _delegated_calls(call: ast.Call) -> Iterator[ast.Call]:
    """Yield the calls that a function makes of what it is given: `submit(run, x)`, `Thread(target=run, args=(x,))`."""
    if last_name(call.func) not in CALLERS:
        return
    given = [(each, call.args[place + 1 :]) for place, each in enumerate(call.args[:2])]
    named = {each.arg: each.value for each in call.keywords}
    if "target" in named:
        given.append((named["target"], getattr(named.get("args"), "elts", [])))
    for func, args in given:
        if args and isinstance(func, ast.Name | ast.Attribute):
            yield ast.copy_location(ast.Call(func=func, args=args, keywords=call.keywords), call)


_PLAIN = {"arg", "attr", "conversion", "ctx", "id", "is_async", "kind", "kwd_attrs", "level", "module", "name", "names"}
_PLAIN |= {"op", "ops", "rest", "simple", "tag", "type_comment", "type_ignores"}
"""Fields that hold no expression, in any node."""
_PARTS = {
    node: tuple(name for name in reversed(node._fields) if name not in _PLAIN)
    for node in vars(ast).values()
    if isinstance(node, type) and issubclass(node, ast.AST)
}
"""The fields that may hold one, last first."""


def _children(node: ast.AST) -> list[ast.AST]:
    """Return what an expression is made of, last first; `ast.iter_child_nodes` takes five times as long."""
    found: list[ast.AST] = []
    for name in _PARTS[type(node)]:
        value = getattr(node, name, None)
        if isinstance(value, list):
            found += [item for item in reversed(value) if item is not None]
        elif isinstance(value, ast.AST):
            found.append(value)
    return found


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
    return isinstance(statement, ast.Return | ast.Raise | ast.Continue | ast.Break)
