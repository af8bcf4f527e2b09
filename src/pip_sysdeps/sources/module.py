"""The tables of one Python source: imports, functions, assignments, branches and calls that can run on Linux."""

from __future__ import annotations

import ast
from collections import defaultdict
from functools import cached_property
from itertools import takewhile
from typing import TYPE_CHECKING, NamedTuple

from pip_sysdeps.sources.caught import missing_handler
from pip_sysdeps.sources.expressions import names_in
from pip_sysdeps.sources.platform_conditions import ANY_PYTHON, Linux
from pip_sysdeps.sources.searches import Searches
from pip_sysdeps.sources.signature import defaults, may_hold, parameters

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pip_sysdeps.sources.platform_conditions import Version
    from pip_sysdeps.sources.signature import Function, Given
    from pip_sysdeps.sources.source import Source
    from pip_sysdeps.sources.steps import Steps


class Branch(NamedTuple):
    """Statements that run in sequence: the body of a module or function, or a branch of a statement."""

    statement: ast.AST
    """The statement that the branch is a part of; for a handler, its `try`."""
    body: Sequence[ast.stmt]
    """The statements."""
    outer: Branch | None
    """The branch around the statement; None for a module's."""
    guarded: bool
    """The code around it continues if it fails."""
    conditional: bool
    """It runs only under a condition, or after a failure."""
    is_fallback: bool = False
    """It runs after a search without a result, and may fail as well."""

    def outward(self) -> Iterator[Branch]:
        """Yield this branch and those around it, up to the module's."""
        branch: Branch | None = self
        while branch is not None:
            yield branch
            branch = branch.outer

    def is_inside(self, other: Branch) -> bool:
        """Return whether it is another branch or inside it."""
        return any(each is other for each in self.outward())

    def follows(self, other: Branch) -> bool:
        """Return whether no condition decides whether it runs after another branch, except one around both."""
        around = next((each for each in self.outward() if each.is_choice or other.is_inside(each)), self)
        return other.is_inside(around)

    @property
    def is_choice(self) -> bool:
        """Whether a condition or an error decides whether it runs."""
        match self.statement:
            case ast.If() | ast.match_case() | ast.IfExp() | ast.BoolOp():
                return True
            case ast.Try(handlers=handlers):
                return any(each.body is self.body for each in handlers)
        return False

    @property
    def whole(self) -> Branch:
        """The branch of which it is the rest, behind a condition that returns."""
        return self.outer.whole if self.outer and self.outer.body is self.body else self

    @property
    def guard(self) -> Branch:
        """The outermost branch around it that may fail, up to a fallback; itself without one."""
        inner = takewhile(lambda each: each.guarded and not each.is_fallback, self.outward())
        around = (each for each in self.outward() if each.outer is None or not each.outer.guarded)
        return next(reversed([*inner]), next(around, self))


class Assignment(NamedTuple):
    """One value of a name."""

    value: ast.expr
    scope: Scope
    """Scope of the assignment."""
    place: int | None = None
    """Index of the item, if several names are set at once: `a, b = value`."""
    iterated: bool = False
    """The name is set to each item of the value."""
    grows: bool = False
    """The value is added to the name's collection."""
    leads: bool = False
    """It is put before the other items."""
    line: int = 0
    """Line of the assignment."""
    branch: Branch | None = None
    """Branch of the assignment."""


class Exit(NamedTuple):
    """A statement that raises or ends the program."""

    line: int
    given: Given
    """Conditions under which it runs."""
    branch: Branch
    """Branch of the statement."""


class Scope:
    """A function or module, and the names that are assigned in it."""

    def __init__(self, module: Module, node: Function | ast.Module, parent: Scope | None, owner: str = "") -> None:
        """`owner` is the class of a method."""
        self.module = module
        self.node = node
        self.parent = parent
        self.owner = owner
        self.names: defaultdict[str, list[Assignment]] = defaultdict(list)
        self.globals: set[str] = set()
        """Names that it declares as the module's."""
        self.returns: list[ast.expr] = []
        self.exits: list[Exit] = []
        self.is_generator = False
        module.scopes.append(self)

    @cached_property
    def parameters(self) -> frozenset[str]:
        """The names of a function's parameters."""
        return frozenset(parameters(self.node))

    @cached_property
    def defaults(self) -> Mapping[str, ast.expr]:
        """The defaults of a function's parameters."""
        return defaults(self.node)

    def default(self, name: str) -> list[ast.expr]:
        """Return the default of a parameter; empty without one."""
        return [self.defaults[name]] if name in self.defaults else []

    @property
    def name(self) -> str:
        """The name by which it is called: its class's for `__init__`."""
        name = getattr(self.node, "name", "")
        return self.owner if name == "__init__" else str(name)

    def outward(self) -> Iterator[Scope]:
        """Yield this scope and those around it, up to the module's."""
        scope: Scope | None = self
        while scope is not None:
            yield scope
            scope = scope.parent

    def assignments(self, name: str) -> Sequence[Assignment]:
        """Return the assignments of a name in the innermost scope that has any."""
        for scope in self.outward():
            if name in scope.names or name in scope.parameters:
                return scope.names.get(name, ())
        return ()

    def only_value(self, name: str) -> ast.expr | None:
        """Return the only value of a name in this scope, or else in the scopes around it."""
        match self.names.get(name):
            case None:
                return self.parent.only_value(name) if self.parent else None
            case [Assignment(value=value, place=None)]:
                return value
        return None

    def truth(self, condition: ast.expr) -> bool | None:
        """Return the value of a condition on Linux; None if the platform does not decide it."""
        return Linux(self.module.dotted, self.only_value, self.module.steps, self.module.python).decide(condition)

    def depends(self, exit_: Exit, guard: Branch) -> bool:
        """Return whether a later exit is for the failure of a branch that may fail.

        It is if no condition is around it, or one on a variable that is set with or after that branch.
        """
        around = guard.statement
        handler = missing_handler(around) if isinstance(around, ast.Try) else ()
        if handler and isinstance(handler[-1], ast.Return) and exit_.branch.body is not handler:
            return False
        names: set[str] = set()
        for each in exit_.branch.outward():
            if guard.is_inside(each):
                break
            if isinstance(each.statement, ast.If) and self.truth(each.statement.test) is not None:
                continue
            if isinstance(each.statement, ast.If):
                names |= names_in(each.statement.test, self.module.steps)
            elif each.is_choice:
                return each.body is handler
        line = getattr(around, "lineno", 0)
        return not names or any(self._is_set(name, line) for name in names)

    def _is_set(self, name: str, line: int) -> bool:
        """Return whether a variable is set from a line on, or is a parameter whose truth decides."""
        every = (*self.names.get(name, ()), *self.module.attributes.get(name, ()))
        self.module.steps.take(1 + len(every))
        return any(each.scope is self and each.line >= line for each in every)

    def is_inside(self, other: Scope) -> bool:
        """Return whether it is another scope or inside it."""
        return any(each is other for each in self.outward())


class CallSite(NamedTuple):
    """A call that can run on Linux."""

    call: ast.Call
    scope: Scope
    branch: Branch
    """Branch of the call."""
    given: Given
    """Conditions under which it runs."""
    is_later: bool = False
    """It is in a lambda or an argument of `partial`, which runs later."""

    @property
    def at_import(self) -> bool:
        """Whether importing the module runs the call, and fails if the call does."""
        is_run = self.scope is self.scope.module.top and not self.is_later and not self.branch.conditional
        return is_run and not self.is_optional({})

    @property
    def raises_after(self) -> bool:
        """Whether the function raises later, unless it returns before."""
        self.scope.module.steps.take(len(self.scope.exits))
        after = (each for each in self.scope.exits if each.line > self.call.lineno and not each.given)
        return not self.branch.guard.is_fallback and any(self.branch.is_inside(each.branch.whole) for each in after)

    def is_optional(self, known: Mapping[str, bool]) -> bool:
        """Return whether the function continues if the call fails, and does not raise later."""
        if not self.branch.guarded:
            return False
        guard, exits = self.branch.guard, self.scope.exits
        self.scope.module.steps.take(len(exits))
        after = (each for each in exits if each.line > self.call.lineno and may_hold(each.given, known))
        outside = (each for each in after if guard.is_fallback or not each.branch.is_inside(guard))
        return not any(self.scope.depends(each, guard) for each in outside)


class Import(NamedTuple):
    """An import statement that can run on Linux."""

    node: ast.Import | ast.ImportFrom
    scope: Scope
    branch: Branch
    """Branch of the statement."""


class Attempt(NamedTuple):
    """A `try` statement with calls in its body and in its handlers, each by the identity of its node."""

    calls: frozenset[int]
    """Calls in the body."""
    fallbacks: tuple[frozenset[int], ...]
    """Calls in each handler."""


class Module:
    """A parsed source; `statements.parsed_module` fills the tables."""

    def __init__(self, source: Source, tree: ast.Module, steps: Steps, python: Version = ANY_PYTHON) -> None:
        """Start with empty tables; `python` is the version that runs the source."""
        self.path = source.path
        self.name = source.module
        self.package = source.package
        self.steps = steps
        self.python = python
        self.imports: dict[str, str] = {}
        """Full names of imported names."""
        self.aliases: set[str] = set()
        """Its own names for functions that open or run something."""
        self.attributes: defaultdict[str, list[Assignment]] = defaultdict(list)
        self.functions: defaultdict[str, list[Scope]] = defaultdict(list)
        self.sites: list[CallSite] = []
        self.variants: defaultdict[str, set[str]] = defaultdict(set)
        """Literal values that classes give to an attribute or method of a name, or their first items."""
        self.bases: dict[str, tuple[str, ...]] = {}
        """Full names of each class's base classes, as far as its module knows them."""
        self.attempts: list[Attempt] = []
        """Inner statements first."""
        self.imported: list[Import] = []
        self.branches: dict[int, Branch] = {}
        """Branch of each use of a name, by the node's identity."""
        self.searches = Searches(self)
        self.scopes: list[Scope] = []
        self.top = Scope(self, tree, None)

    def forget(self) -> None:
        """Drop the tables: they refer back to the module or scope, and only garbage collection would free the cycle."""
        for scope in self.scopes:
            scope.names.clear()
        vars(self).clear()

    def dotted(self, node: ast.expr) -> str:
        """Return the full name of an expression, such as `ctypes.util.find_library`; else an empty string."""
        attributes: list[str] = []
        while isinstance(node, ast.Attribute):
            attributes.append(node.attr)
            node = node.value
        if not isinstance(node, ast.Name):
            return ""
        name = node.id
        base = self.imports.get(name, f"{self.name}.{name}" if name in self.functions else name)
        return ".".join([base, *reversed(attributes)]) if base else ""


def absolute(module: str, level: int, package: str) -> str:
    """Return the full name of an imported module; `level` is the number of dots before its name."""
    if not level:
        return module
    parts = package.split(".")
    return ".".join(filter(None, [*parts[: len(parts) - level + 1], module]))


def imported_names(node: ast.AST, package: str) -> Iterator[str]:
    """Yield the modules that an import statement imports, including names that may be modules."""
    match node:
        case ast.Import(names=aliases):
            yield from (part for alias in aliases for part in _prefixes(alias.name))
        case ast.ImportFrom(module=module, names=aliases, level=level):
            base = absolute(module or "", level, package)
            yield from _prefixes(base)
            yield from (f"{base}.{alias.name}" if base else alias.name for alias in aliases)


def _prefixes(name: str) -> Iterator[str]:
    """Yield a module and its parent packages."""
    while name:
        yield name
        name = name.rpartition(".")[0]
