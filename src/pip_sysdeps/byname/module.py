"""One Python source as tables: what its names stand for, which functions it has, and what it calls on Linux."""

from __future__ import annotations

import ast
from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from pip_sysdeps.byname.platform_conditions import is_foreign_name, truth
from pip_sysdeps.byname.signature import asked, both, defaults, holds, parameters, refused

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from pip_sysdeps.byname.signature import Function, Given
    from pip_sysdeps.byname.steps import Steps

_STARRED = {
    "ctypes": ("CDLL", "PyDLL", "cdll", "pydll"),
    "ctypes.util": ("find_library",),
    "subprocess": ("run", "Popen", "call", "check_call", "check_output"),
}
"""What `from ... import *` brings, of what matters here."""
_PROGRAM_FINDERS = {"shutil.which", "distutils.spawn.find_executable"}
"""They say None of a program that is not there, and do not fail."""
_GROWS = {"append", "extend", "insert", "add", "update"}


class Source(NamedTuple):
    """One thing that a name is set to."""

    value: ast.expr
    place: int | None = None
    """Which item of the value, where several names are set at once: `a, b = value`."""
    iterated: bool = False
    """It is set to the items of the value, one after the other."""
    grows: bool = False
    """It is put behind what the name already stands for."""
    line: int = 0
    """Where that is done."""
    block: tuple[int, ...] = ()
    """The branches around it, outermost first."""


class Exit(NamedTuple):
    """A statement that gives up."""

    line: int
    given: Given
    """What has to be so that it is reached."""


class Scope:
    """A function or a module, and the names that are set in it."""

    def __init__(self, module: Module, node: Function | ast.Module, parent: Scope | None, owner: str = "") -> None:
        """`owner` is the class of a method."""
        self.module = module
        self.node = node
        self.parent = parent
        self.owner = owner
        self.names: defaultdict[str, list[Source]] = defaultdict(list)
        self.returns: list[ast.expr] = []
        self.exits: list[Exit] = []

    @cached_property
    def parameters(self) -> frozenset[str]:
        """The names of a function's parameters."""
        return frozenset(parameters(self.node))

    @cached_property
    def defaults(self) -> Mapping[str, ast.expr]:
        """The defaults of a function's parameters."""
        return defaults(self.node)

    @property
    def name(self) -> str:
        """Return what a caller writes: a class for its `__init__`."""
        name = getattr(self.node, "name", "")
        return self.owner if name == "__init__" else str(name)

    def only_value(self, name: str) -> ast.expr | None:
        """Return the only expression that a name of this scope, or else of the ones around it, is set to."""
        match self.names.get(name):
            case None:
                return self.parent.only_value(name) if self.parent else None
            case [Source(value=value, place=None)]:
                return value
        return None


class CallSite(NamedTuple):
    """A call that can happen on Linux."""

    call: ast.Call
    scope: Scope
    guarded: bool
    """It is tried: the code around it does not fail with it."""
    given: Given
    """What has to be so that it is reached."""
    at_import: bool = False
    """It happens whenever the module is imported."""

    @property
    def gives_up_after(self) -> bool:
        """Whether the function raises if nothing behind the call returns before."""
        return any(each.line > self.call.lineno and not each.given for each in self.scope.exits)

    def is_reached(self, known: Mapping[str, bool]) -> bool:
        """Tell whether the call can happen, by what is known of the function's parameters."""
        return holds(self.given, known)

    def is_optional(self, known: Mapping[str, bool]) -> bool:
        """Tell whether the function goes on if the call fails: it is tried, and nothing behind it gives up."""
        if not self.guarded:
            return False
        self.scope.module.steps.take(len(self.scope.exits))
        return not any(each.line > self.call.lineno and holds(each.given, known) for each in self.scope.exits)


class Attempt(NamedTuple):
    """A `try` statement with calls in it and in its handlers, each by the identity of its node."""

    calls: frozenset[int]
    """Those that are tried."""
    fallbacks: tuple[frozenset[int], ...]
    """Those of each handler, which come after a failure."""


class Module:
    """A parsed source."""

    def __init__(self, path: str, name: str, tree: ast.Module, steps: Steps) -> None:
        """Take the tables from a tree. `name` is the module's full name; a package's ends with `.__init__`.

        Raise StepLimitError if that takes more than `steps`.
        """
        self.path = path
        self.steps = steps
        self.package = name.rpartition(".")[0]
        self.name = self.package if name.endswith(".__init__") else name
        self.imports: dict[str, str] = {}
        self.attributes: defaultdict[str, list[tuple[Scope, Source]]] = defaultdict(list)
        self.functions: defaultdict[str, list[Scope]] = defaultdict(list)
        self.sites: list[CallSite] = []
        self.bases: dict[str, tuple[str, ...]] = {}
        """The names of the classes above each class."""
        self.attempts: list[Attempt] = []
        """Inner ones first."""
        self.constants: list[str] = []
        self.blocks: dict[int, tuple[int, ...]] = {}
        """The branches around each use of a name, by the node's identity."""
        self.demanded: set[int] = set()
        """Calls that look for a program without which the code gives up, by identity."""
        self.top = Scope(self, tree, None)
        self._collect_imports(tree)
        _Walk(self).body(tree.body, self.top, "", guarded=False)

    def forget(self) -> None:
        """Drop the tables: what they hold leads back here, so that only a look for cycles would free them."""
        vars(self).clear()

    def _collect_imports(self, tree: ast.Module) -> None:
        for node in _statements(tree.body):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    first = alias.name.partition(".")[0]
                    self.imports[alias.asname or first] = alias.name if alias.asname else first
            elif isinstance(node, ast.ImportFrom):
                base = self._absolute(node)
                names = {alias.asname or alias.name: alias.name for alias in node.names}
                if "*" in names:
                    names = {name: name for name in _STARRED.get(base, ())}
                self.imports |= {name: f"{base}.{original}" for name, original in names.items()}

    def _absolute(self, node: ast.ImportFrom) -> str:
        if not node.level:
            return node.module or ""
        parts = self.package.split(".")
        return ".".join([*parts[: len(parts) - node.level + 1], *([node.module] if node.module else [])])

    def finds(self, node: ast.AST) -> bool:
        """Tell whether an expression looks for a program."""
        return isinstance(node, ast.Call) and self.dotted(node.func) in _PROGRAM_FINDERS

    def goes_without(self, call: ast.Call) -> bool:
        """Tell whether a call looks for a program, and nothing gives up if it is not there."""
        return self.finds(call) and id(call) not in self.demanded

    def dotted(self, node: ast.expr) -> str:
        """Return the full name that an expression stands for (`ctypes.util.find_library`), or nothing."""
        attributes: list[str] = []
        while isinstance(node, ast.Attribute):
            attributes.append(node.attr)
            node = node.value
        if not isinstance(node, ast.Name):
            return ""
        name = node.id
        base = self.imports.get(name, f"{self.name}.{name}" if name in self.functions else name)
        return ".".join([base, *reversed(attributes)]) if base else ""


class _Walk:
    """Goes through the statements that can run on Linux."""

    def __init__(self, module: Module) -> None:
        self.module = module
        self.block: tuple[int, ...] = ()
        self._blocks = 0
        self._given: Given = ()
        self._has_finders = any(name.startswith(("shutil", "distutils")) for name in module.imports.values())

    def body(self, statements: Iterable[ast.stmt], scope: Scope, owner: str, *, guarded: bool) -> None:
        """Go through a branch, up to where it surely ends."""
        self._blocks += 1
        outside, given = self.block, self._given
        self.block = (*self.block, self._blocks)
        for statement in statements:
            self.statement(statement, scope, owner, guarded=guarded)
            if _ends(statement):
                break
            if isinstance(statement, ast.If) and _ends(statement.body[-1]):
                if self._truth(statement.test, scope) is True:
                    break
                self._given = both(self._given, refused(statement.test))
        self.block, self._given = outside, given

    def _truth(self, test: ast.expr, scope: Scope) -> bool | None:
        return truth(test, self.module.dotted, scope.only_value, self.module.steps)

    def statement(self, node: ast.stmt, scope: Scope, owner: str, *, guarded: bool) -> None:
        """Note what a statement sets and calls."""
        match node:
            case ast.If():
                self._choice(node, scope, owner, guarded=guarded)
            case ast.Try():
                self._attempt(node, scope, owner, guarded=guarded)
            case ast.With() | ast.AsyncWith():
                self._with(node, scope, owner, guarded=guarded)
            case ast.For() | ast.AsyncFor():
                self.bind(node.target, node.iter, scope, iterated=True)
                self._loop(node.iter, node, scope, owner, guarded=guarded)
            case ast.While():
                self._loop(node.test, node, scope, owner, guarded=guarded)
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                self.function(node, scope, owner)
            case ast.ClassDef(name=name, body=body):
                self.module.bases[name] = tuple(map(_last_name, node.bases))
                self._class(name, body, scope, guarded=guarded)
            case ast.Raise():
                scope.exits.append(Exit(node.lineno, self._given))
                self.expressions(node, scope, guarded=guarded)
            case _:
                self._simple(node, scope, guarded=guarded)

    def _choice(self, node: ast.If, scope: Scope, owner: str, *, guarded: bool) -> None:
        """Go through the branches that a condition may lead to on Linux."""
        self.expressions(node.test, scope, guarded=guarded)
        decided = self._truth(node.test, scope)
        optional = guarded or self._goes_on_without(node, scope)
        outside = self._given
        if decided is not False:
            self._given = both(outside, asked(node.test))
            self.body(node.body, scope, owner, guarded=optional)
        if decided is not True:
            self._given = both(outside, refused(node.test))
            self.body(node.orelse, scope, owner, guarded=optional)
        self._given = outside

    def _with(self, node: ast.With | ast.AsyncWith, scope: Scope, owner: str, *, guarded: bool) -> None:
        for item in node.items:
            self.expressions(item.context_expr, scope, guarded=guarded)
            if item.optional_vars is not None:
                self.bind(item.optional_vars, item.context_expr, scope)
        suppressed = any("suppress" in ast.dump(item.context_expr) for item in node.items)
        self.body(node.body, scope, owner, guarded=guarded or suppressed)

    def _loop(
        self, head: ast.expr, node: ast.For | ast.AsyncFor | ast.While, scope: Scope, owner: str, *, guarded: bool
    ) -> None:
        self.expressions(head, scope, guarded=guarded)
        self.body(node.body, scope, owner, guarded=guarded)
        self.body(node.orelse, scope, owner, guarded=guarded)

    def _attempt(self, node: ast.Try, scope: Scope, owner: str, *, guarded: bool) -> None:
        """Go through what is tried and what handles its failure, and note which calls are which."""
        calls = self._calls_of(node.body, scope, owner, guarded=guarded or bool(node.handlers))
        fallbacks = tuple(self._calls_of(each.body, scope, owner, guarded=guarded) for each in node.handlers)
        if calls and any(fallbacks):
            self.module.attempts.append(Attempt(calls, fallbacks))
        self.body([*node.orelse, *node.finalbody], scope, owner, guarded=guarded)

    def _calls_of(self, body: list[ast.stmt], scope: Scope, owner: str, *, guarded: bool) -> frozenset[int]:
        known = len(self.module.sites)
        self.body(body, scope, owner, guarded=guarded)
        self.module.steps.take(len(self.module.sites) - known)
        return frozenset(id(site.call) for site in self.module.sites[known:])

    def _goes_on_without(self, node: ast.If, scope: Scope) -> bool:
        """Tell whether a condition asks for a program, and no branch of it gives up; note it if one does."""
        found = self._searches(node.test, scope)
        if found and (self._raises(node.body) or self._raises(node.orelse)):
            self.module.demanded |= set(map(id, found))
            return False
        return bool(found)

    def _searches(self, test: ast.expr, scope: Scope) -> list[ast.AST]:
        """Return the searches for a program whose result a condition looks at."""
        if not self._has_finders:
            return []
        looked_at = list(ast.walk(test))
        names = {node.id for node in looked_at if isinstance(node, ast.Name)}
        self.module.steps.take(len(looked_at) + sum(len(scope.names.get(name, ())) for name in names))
        set_to = [source.value for name in names for source in scope.names.get(name, ())]
        return [node for node in (*looked_at, *set_to) if self.module.finds(node)]

    def _raises(self, statements: Iterable[ast.stmt]) -> bool:
        """Tell whether a branch gives up: it raises or leaves the program somewhere."""
        for statement in statements:
            for node in ast.walk(statement):
                self.module.steps.take()
                if isinstance(node, ast.Raise) or (isinstance(node, ast.Call) and _leaves(node.func)):
                    return True
        return False

    def _class(self, name: str, body: list[ast.stmt], scope: Scope, *, guarded: bool) -> None:
        if is_foreign_name(name):
            return
        inside = Scope(self.module, scope.node, scope)
        self.body(body, inside, name, guarded=guarded)
        for variable, sources in inside.names.items():
            self.module.attributes[variable] += [(scope, source) for source in sources]

    def function(self, node: ast.FunctionDef | ast.AsyncFunctionDef, scope: Scope, owner: str) -> None:
        if is_foreign_name(node.name):
            return
        for decorator in [*node.decorator_list, *node.args.defaults]:
            self.expressions(decorator, scope, guarded=False)
        inner = Scope(self.module, node, scope, owner)
        self.module.functions[inner.name].append(inner)
        around, self._given = self._given, ()
        self.body(node.body, inner, "", guarded=False)
        self._given = around

    def _simple(self, node: ast.stmt, scope: Scope, *, guarded: bool) -> None:
        match node:
            case ast.Assign(targets=targets, value=value):
                for target in targets:
                    self.bind(target, value, scope)
            case ast.AnnAssign(target=target, value=ast.expr() as value):
                self.bind(target, value, scope)
            case ast.AugAssign(target=ast.Name(id=name), value=value):
                source = Source(value, None, grows=True, line=value.lineno, block=self.block)
                scope.names[name].append(source)
            case ast.Return(value=ast.expr() as value):
                scope.returns.append(value)
            case ast.Expr(value=ast.Yield(value=ast.expr() as value) | ast.YieldFrom(value=value)):
                scope.returns.append(value)
        self.expressions(node, scope, guarded=guarded)

    def expressions(self, node: ast.AST, scope: Scope, *, guarded: bool) -> None:
        """Note the calls in a statement that has no other statements in it."""
        pending = [node]
        while pending:
            inner = pending.pop()
            match inner:
                case ast.Name(ctx=context):
                    if isinstance(context, ast.Load):
                        self.module.blocks[id(inner)] = self.block
                    continue
                case ast.Constant(value=value):
                    if isinstance(value, str):
                        self.module.constants.append(value)
                    continue
                case ast.Call():
                    self._call(inner, scope, guarded=guarded)
                case ast.IfExp(test=test, body=body, orelse=orelse) if (
                    decided := self._truth(test, scope)
                ) is not None:
                    pending.append(body if decided else orelse)
                    continue
                case ast.NamedExpr(target=target, value=value):
                    self.bind(target, value, scope)
                case ast.comprehension(target=target, iter=iterated):
                    self.bind(target, iterated, scope, iterated=True)
            pending += _children(inner)

    def bind(
        self, target: ast.expr, value: ast.expr, scope: Scope, place: int | None = None, *, iterated: bool = False
    ) -> None:
        """Note what a target is set to."""
        source = Source(value, place, iterated=iterated, line=target.lineno, block=self.block)
        match target:
            case ast.Name(id=name):
                scope.names[name].append(source)
            case ast.Attribute(attr=attribute):
                self.module.attributes[attribute].append((scope, source))
            case ast.Tuple(elts=items) | ast.List(elts=items) if place is None:
                for number, item in enumerate(items):
                    self.bind(item, value, scope, number, iterated=iterated)

    def _call(self, call: ast.Call, scope: Scope, *, guarded: bool) -> None:
        at_import = scope is self.module.top and len(self.block) == 1
        self.module.sites.append(CallSite(call, scope, guarded, self._given, at_import))
        match call.func:
            case ast.Attribute(value=ast.Name(id=name), attr=attribute) if attribute in _GROWS:
                scope.names[name] += [
                    Source(each, None, grows=True, line=call.lineno, block=self.block) for each in call.args
                ]
            case ast.Attribute(attr="exit" | "_exit") | ast.Name(id="exit"):
                scope.exits.append(Exit(call.lineno, self._given))


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
            for inner in ("body", "orelse", "finalbody"):
                yield from _statements(getattr(node, inner, ()))
            for handler in getattr(node, "handlers", ()):
                yield from _statements(handler.body)


def _last_name(node: ast.expr) -> str:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def _leaves(func: ast.expr) -> bool:
    """Tell whether a function that is called leaves the program."""
    match func:
        case ast.Name(id=name):
            return name == "exit"
        case ast.Attribute(value=ast.Name(id=module), attr=name):
            return f"{module}.{name}" in {"sys.exit", "os._exit"}
    return False


def _ends(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Return | ast.Raise | ast.Continue | ast.Break)
