"""One Python source as tables: what its names stand for, which functions it has, and what it calls on Linux."""

from __future__ import annotations

import ast
from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from pip_sysdeps.byname.callables import PROGRAM_FINDERS
from pip_sysdeps.byname.platform_conditions import ANY_PYTHON
from pip_sysdeps.byname.signature import defaults, may_hold, parameters

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pip_sysdeps.byname.platform_conditions import Version
    from pip_sysdeps.byname.signature import Function, Given
    from pip_sysdeps.byname.steps import Steps


class Branch(NamedTuple):
    """Statements that run one after the other: the body of a module, a function, or a branch of a statement."""

    statement: ast.AST
    """What the body is a part of."""
    body: Sequence[ast.stmt]
    """The statements."""
    outer: Branch | None
    """The branch that the statement is in; None for that of a module."""
    guarded: bool
    """It is tried: the code around it does not fail with it."""
    conditional: bool
    """A condition, or the failure of something else, leads to it."""

    def outward(self) -> Iterator[Branch]:
        """Yield this branch and the ones around it, up to the module's."""
        branch: Branch | None = self
        while branch is not None:
            yield branch
            branch = branch.outer

    def is_inside(self, other: Branch) -> bool:
        """Return whether it is another branch, or lies in it."""
        return any(each is other for each in self.outward())


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
    branch: Branch | None = None
    """The branch that does it."""


class Exit(NamedTuple):
    """A statement that gives up."""

    line: int
    given: Given
    """Conditions under which it runs."""
    branch: Branch
    """The branch that it is in."""


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
        self.is_generator = False

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
        """The name that a caller writes: of a class for its `__init__`."""
        name = getattr(self.node, "name", "")
        return self.owner if name == "__init__" else str(name)

    def sources(self, name: str) -> list[tuple[Scope, Source]]:
        """Return what a name is set to, in the innermost scope that has it."""
        scope: Scope | None = self
        while scope is not None:
            if name in scope.names:
                return [(scope, source) for source in scope.names[name]]
            scope = None if name in scope.parameters else scope.parent
        return []

    def only_value(self, name: str) -> ast.expr | None:
        """Return the only expression that a name of this scope, or else of the ones around it, is set to."""
        match self.names.get(name):
            case None:
                return self.parent.only_value(name) if self.parent else None
            case [Source(value=value, place=None)]:
                return value
        return None

    def is_inside(self, other: Scope) -> bool:
        """Return whether it is another scope, or lies in it."""
        inner: Scope | None = self
        while inner is not None and inner is not other:
            inner = inner.parent
        return inner is other


class CallSite(NamedTuple):
    """A call that can happen on Linux."""

    call: ast.Call
    scope: Scope
    branch: Branch
    """The branch that it is in."""
    given: Given
    """Conditions under which it happens."""

    @property
    def at_import(self) -> bool:
        """Whether it happens whenever the module is imported, which fails if the call does."""
        return self.scope is self.scope.module.top and not self.branch.conditional and not self.is_optional({})

    @property
    def raises_after(self) -> bool:
        """Whether the function raises if nothing behind the call returns before."""
        after = (each for each in self.scope.exits if each.line > self.call.lineno and not each.given)
        return any(self.branch.is_inside(each.branch) for each in after)

    def is_reached(self, known: Mapping[str, bool]) -> bool:
        """Return whether the call can happen, by what is known of the function's parameters."""
        return may_hold(self.given, known)

    def is_optional(self, known: Mapping[str, bool]) -> bool:
        """Return whether the function goes on if the call fails: it is tried, and nothing behind it gives up."""
        if not self.branch.guarded:
            return False
        self.scope.module.steps.take(len(self.scope.exits))
        return not any(each.line > self.call.lineno and may_hold(each.given, known) for each in self.scope.exits)


class Import(NamedTuple):
    """A statement that imports something, and can run on Linux."""

    node: ast.Import | ast.ImportFrom
    scope: Scope
    branch: Branch
    """The branch that it is in."""


class Attempt(NamedTuple):
    """A `try` statement with calls in it and in its handlers, each by the identity of its node."""

    calls: frozenset[int]
    """Those that are tried."""
    fallbacks: tuple[frozenset[int], ...]
    """Those of each handler, which come after a failure."""


class Module:
    """A parsed source; `statements.parsed_module` fills the tables."""

    def __init__(self, path: str, name: str, tree: ast.Module, steps: Steps, python: Version = ANY_PYTHON) -> None:
        """`name` is the module's full name; a package's ends with `.__init__`; `python` runs it."""
        self.path = path
        self.steps = steps
        self.python = python
        self.package = name.rpartition(".")[0]
        self.name = self.package if name.endswith(".__init__") else name
        self.imports: dict[str, str] = {}
        """Full name of what each name stands for."""
        self.aliases: set[str] = set()
        """Names of its own for what opens or runs."""
        self.attributes: defaultdict[str, list[tuple[Scope, Source]]] = defaultdict(list)
        self.functions: defaultdict[str, list[Scope]] = defaultdict(list)
        self.sites: list[CallSite] = []
        self.bases: dict[str, tuple[str, ...]] = {}
        """The names of the classes above each class."""
        self.attempts: list[Attempt] = []
        """Inner ones first."""
        self.imported: list[Import] = []
        self.branches: dict[int, Branch] = {}
        """The branch of each use of a name, by the node's identity."""
        self.required_searches: set[int] = set()
        """Calls that look for a program without which the code gives up, by identity."""
        self.each_required: set[int] = set()
        """Those that look for several programs, one after the other, and give up without any of them."""
        self.top = Scope(self, tree, None)

    @property
    def top_body(self) -> Sequence[ast.stmt]:
        """The statements that importing it runs."""
        return self.top.node.body if isinstance(self.top.node, ast.Module) else ()

    def forget(self) -> None:
        """Drop the tables: what they hold leads back here, so that only a look for cycles would free them."""
        vars(self).clear()

    def finds(self, node: ast.AST) -> bool:
        """Return whether an expression looks for a program."""
        return isinstance(node, ast.Call) and self.dotted(node.func) in PROGRAM_FINDERS

    def is_optional_search(self, call: ast.Call) -> bool:
        """Return whether a call looks for a program, and nothing gives up if it is not there."""
        return self.finds(call) and id(call) not in self.required_searches

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


def module_name(path: str, base: str) -> str:
    """Return the full name of the module that a source is; a package's ends with `.__init__`."""
    relative = path.removeprefix(base.rstrip("/") + "/").removeprefix("src/")
    return relative.removesuffix(".py").replace("/", ".")


def absolute(module: str, level: int, package: str) -> str:
    """Return the full name of the module that a source of a package imports from, with `level` dots before it."""
    if not level:
        return module
    parts = package.split(".")
    return ".".join(filter(None, [*parts[: len(parts) - level + 1], module]))


def imported_names(node: ast.AST, package: str) -> Iterator[str]:
    """Yield the modules that a node imports, those that only may be modules too."""
    match node:
        case ast.Import(names=aliases):
            yield from (part for alias in aliases for part in _prefixes(alias.name))
        case ast.ImportFrom(module=module, names=aliases, level=level):
            base = absolute(module or "", level, package)
            yield from _prefixes(base)
            yield from (f"{base}.{alias.name}" if base else alias.name for alias in aliases)


def _prefixes(name: str) -> Iterator[str]:
    """Yield a module and the packages that it is in."""
    while name:
        yield name
        name = name.rpartition(".")[0]
