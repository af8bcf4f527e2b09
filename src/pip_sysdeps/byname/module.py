"""One Python source as tables: what its names stand for, which functions it has, and what it calls on Linux."""

from __future__ import annotations

import ast
from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from pip_sysdeps.byname.callables import PROGRAM_FINDERS
from pip_sysdeps.byname.signature import defaults, holds, parameters

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pip_sysdeps.byname.signature import Function, Given
    from pip_sysdeps.byname.steps import Steps


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
    """Conditions under which it runs."""
    block: tuple[int, ...] = ()
    """The branches around it, outermost first."""


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
    guarded: bool
    """It is tried: the code around it does not fail with it."""
    given: Given
    """Conditions under which it happens."""
    at_import: bool = False
    """It happens whenever the module is imported."""
    block: tuple[int, ...] = ()
    """The branches around it, outermost first."""
    conditional: bool = False
    """A condition, or the failure of something else, leads to it."""

    @property
    def gives_up_after(self) -> bool:
        """Whether the function raises if nothing behind the call returns before."""
        after = (each for each in self.scope.exits if each.line > self.call.lineno and not each.given)
        return any(each.block == self.block[: len(each.block)] for each in after)

    def is_reached(self, known: Mapping[str, bool]) -> bool:
        """Return whether the call can happen, by what is known of the function's parameters."""
        return holds(self.given, known)

    def is_optional(self, known: Mapping[str, bool]) -> bool:
        """Return whether the function goes on if the call fails: it is tried, and nothing behind it gives up."""
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
    """A parsed source; `statements.parsed_module` fills the tables."""

    def __init__(self, path: str, name: str, tree: ast.Module, steps: Steps) -> None:
        """`name` is the module's full name; a package's ends with `.__init__`."""
        self.path = path
        self.steps = steps
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
        self.blocks: dict[int, tuple[int, ...]] = {}
        """The branches around each use of a name, by the node's identity."""
        self.demanded: set[int] = set()
        """Calls that look for a program without which the code gives up, by identity."""
        self.top = Scope(self, tree, None)

    def forget(self) -> None:
        """Drop the tables: what they hold leads back here, so that only a look for cycles would free them."""
        vars(self).clear()

    def finds(self, node: ast.AST) -> bool:
        """Return whether an expression looks for a program."""
        return isinstance(node, ast.Call) and self.dotted(node.func) in PROGRAM_FINDERS

    def goes_without(self, call: ast.Call) -> bool:
        """Return whether a call looks for a program, and nothing gives up if it is not there."""
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


def module_name(path: str, base: str) -> str:
    """Return the full name of the module that a source is; a package's ends with `.__init__`."""
    relative = path.removeprefix(base.rstrip("/") + "/").removeprefix("src/")
    return relative.removesuffix(".py").replace("/", ".")
