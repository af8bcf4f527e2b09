"""What a name means in the modules of one distribution: its assignments, or a function."""

from __future__ import annotations

import ast
from collections import defaultdict
from typing import TYPE_CHECKING, TypeVar

from pip_sysdeps.sources.expressions import last_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pip_sysdeps.sources.module import Assignment, Module, Scope
    from pip_sysdeps.sources.steps import Steps

_T = TypeVar("_T")
_MOST_IMPORTS = 24
"""Modules that a name is imported through, one after the other."""
MOST_SET = 8
"""An attribute or method with more definitions in other modules is too common to follow."""


class Definitions:
    """The definitions in a distribution's modules."""

    def __init__(self, modules: Iterable[Module], steps: Steps) -> None:
        self._steps = steps
        self._modules = tuple(modules)
        self._scopes: dict[str, Scope] = {}
        self._tops: dict[str, Scope] = {}
        self._attributes: defaultdict[str, list[Assignment]] = defaultdict(list)
        self._variants: defaultdict[str, set[str]] = defaultdict(set)
        self._absent: defaultdict[str, set[str]] = defaultdict(set)
        self.unset: set[str] = set()
        """Attributes and methods that are used, but not defined in any module."""
        for module in self._modules:
            self._tops[module.name] = module.top
            for name, scopes in module.functions.items():
                self._scopes[f"{module.name}.{name}"] = scopes[-1]
            for name, assignments in module.attributes.items():
                self._attributes[name] += assignments
            for name, texts in module.variants.items():
                steps.take(len(texts))
                self._variants[name] |= texts
            steps.take(len(module.attributes))

    def absent(self) -> dict[str, frozenset[str]]:
        """Return the names that were looked up in unparsed modules, by module."""
        return {module: frozenset(names) for module, names in self._absent.items()}

    def has_function(self, full: str) -> bool:
        """Return whether the distribution has a function of that full name."""
        return full in self._scopes

    def origin(self, full: str) -> str:
        """Follow a full name through modules that import it from others, which may do so in a circle."""
        for _ in range(_MOST_IMPORTS):
            module, _, name = full.rpartition(".")
            inside = self._tops.get(module)
            if inside is None or full in self._scopes or name not in inside.module.imports:
                break
            full = inside.module.imports[name]
        return full

    def find(self, full: str) -> Scope | None:
        """Return a function by its full name, perhaps through imports."""
        return self._scopes.get(self.origin(full))

    def called(self, func: ast.expr, module: Module) -> Scope | None:
        """Return the function that a call in a module means, if it is certain; note it if it may be elsewhere."""
        full = self.origin(module.dotted(func))
        if full in self._scopes:
            return self._scopes[full]
        if full:
            absent, _, name = full.rpartition(".")
            self._absent[absent].add(name)
        named = module.functions.get(last_name(func), [])
        return named[0] if len(named) == 1 and last_name(func) else None

    def variable(self, full: str) -> Sequence[Assignment]:
        """Return the assignments of a module's variable, by its full name; note it if the module is not parsed."""
        for _ in range(_MOST_IMPORTS):
            module, _, name = full.rpartition(".")
            top = self._tops.get(module)
            if top is None:
                if module:  # it may also be a class of its package
                    package, _, last = module.rpartition(".")
                    self._absent[module].add(name)
                    self._absent[package].add(last)
                break
            found = top.names.get(name, ())
            self._steps.take(1 + len(found))
            if found or name not in top.module.imports:
                return found
            full = top.module.imports[name]
        return ()

    def assignments(self, name: str, scope: Scope) -> Sequence[Assignment]:
        """Return the assignments of a name in a scope or those around it."""
        found = scope.assignments(name)
        self._steps.take(len(found))
        return found

    def reaching(self, node: ast.Name, scope: Scope) -> Sequence[Assignment]:
        """Return the assignments that may reach a use of a name: from the last certain one on.

        For a name of another scope, all of them.
        """
        found = self.assignments(node.id, scope)
        used = scope.module.branches.get(id(node))
        if used is None or any(each.scope is not scope for each in found):
            return found
        before = [each for each in found if each.line < node.lineno]
        sure = [each.line for each in before if not each.grows and each.branch and used.is_inside(each.branch)]
        return [each for each in before if each.line >= max(sure, default=0)] or found

    def attribute(self, module: Module, name: str) -> Sequence[Assignment]:
        """Return the assignments of an attribute: of its module, else of the distribution if they are few."""
        here, anywhere = module.attributes.get(name, ()), self._attributes.get(name, ())
        self._steps.take(len(here))
        if own := _without_none(here):
            return own
        self._steps.take(len(anywhere))
        return self._if_few(name, _without_none(anywhere))

    def methods(self, name: str) -> list[Scope]:
        """Return the methods of a name that return something, if they are few; abstract methods do not."""
        scopes = [scope for module in self._modules for scope in module.functions.get(name, ())]
        self._steps.take(len(self._modules) + len(scopes))
        return self._if_few(name, [scope for scope in scopes if scope.owner and scope.returns])

    def _if_few(self, name: str, found: list[_T]) -> list[_T]:
        """Return the definitions of an attribute or method unless there are too many; note it if there are none."""
        if not found:
            self.unset.add(name)
        return found if len(found) <= MOST_SET else []

    def are_variants(self, values: Sequence[str]) -> bool:
        """Return whether different classes have these values for the same attribute or method."""
        self._steps.take(len(self._variants))
        return any(len(texts) >= len(values) > 1 and texts.issuperset(values) for texts in self._variants.values())


def _without_none(assignments: Iterable[Assignment]) -> list[Assignment]:
    """Return the assignments of an attribute other than None, which classes use as a placeholder."""
    return [each for each in assignments if not (isinstance(each.value, ast.Constant) and each.value.value is None)]
