"""The modules of one distribution, and who calls whom in them.

Where a call gets a name from a parameter of the function around it, every call of that function in the distribution is
one use of its own.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from pip_sysdeps.byname.callables import CALLABLES, first_name, last_name
from pip_sysdeps.byname.evaluator import Evaluator
from pip_sysdeps.byname.frames import Frame
from pip_sysdeps.byname.knowledge import STEM
from pip_sysdeps.byname.module import Source
from pip_sysdeps.byname.signature import truths_of_call
from pip_sysdeps.model.needs import Confidence, Reference, ReferenceKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from pip_sysdeps.byname.frames import Values
    from pip_sysdeps.byname.module import CallSite, Module, Scope
    from pip_sysdeps.byname.steps import Steps
    from pip_sysdeps.model.needs import When

MOST_CALLS_DEEP = 4
_MOST_SET = 8
"""An attribute that is set in more places of other modules is something that many classes have."""
_MOST_CALLERS = 64
"""A function with more callers runs everything: what one of them hands over says little."""
_LONGEST_EVIDENCE = 100
_STEPS_A_REFERENCE = 50
"""Steps for one reference: each is looked up in the release, too."""


class Found(NamedTuple):
    """What an argument may be, by the outermost call that decides on it."""

    names: Values
    site: CallSite
    optional: bool
    """The code goes on without it."""
    is_open: bool = False
    """It comes through a parameter of a function that nothing in the distribution calls."""


class CallGraph:
    """The functions and calls of a distribution's modules."""

    def __init__(self, modules: Iterable[Module], steps: Steps) -> None:
        self.steps = steps
        self.modules = list(modules)
        self._absent: defaultdict[str, set[str]] = defaultdict(set)
        self._scopes: dict[str, Scope] = {}
        self._tops: dict[str, Scope] = {}
        self._attributes: defaultdict[str, list[tuple[Scope, Source]]] = defaultdict(list)
        self._callers: defaultdict[str, list[CallSite]] = defaultdict(list)
        self._called_by: dict[Scope, list[CallSite]] = {}
        self._evidence: dict[int, str] = {}
        self.unknown: dict[tuple[ReferenceKind, str], None] = {}
        """What is opened or run by a name that is computed at run time: its kind, and the source."""
        self.unset: set[str] = set()
        """Attributes that are asked for, and that no module sets."""
        for module in self.modules:
            self._add(module)
        self.sites = [(site, self._callee(site)) for module in self.modules for site in module.sites]
        """Each call, and the full name of what it calls."""
        self.evaluator = Evaluator(self.function, self._set_attributes, self._method, steps)

    def forget(self) -> None:
        """Drop the tables: the evaluator leads back here, so that only a look for cycles would free them."""
        vars(self).clear()

    def _add(self, module: Module) -> None:
        self._scopes[f"{module.name}."] = self._tops[module.name] = module.top
        for name, scopes in module.functions.items():
            self._scopes[f"{module.name}.{name}"] = scopes[-1]
        for name, sources in module.attributes.items():
            self._attributes[name] += sources
        self.steps.take(len(module.sites) + len(module.attributes))
        for site in module.sites:
            for name in _called_names(site, module):
                self._callers[name].append(site)

    def _callee(self, site: CallSite) -> str:
        """Return the full name of what a call calls, through names and attributes that keep what opens or runs."""
        func, module = site.call.func, site.scope.module
        full = self._origin(module.dotted(func))
        if full in CALLABLES or full in self._scopes:
            return full
        kept = module.attributes.get(func.attr, ()) if isinstance(func, ast.Attribute) else _set_to(func, site.scope)
        every = (module.dotted(_last_choice(source.value, scope)) for scope, source in kept[:_MOST_SET])
        return next((each for each in every if each in CALLABLES), full)

    def _origin(self, full: str) -> str:
        """Follow a full name through the modules that hand it on."""
        for _ in range(MOST_CALLS_DEEP):
            module, _, name = full.rpartition(".")
            inside = self._tops.get(module)
            if inside is None or full in self._scopes or name not in inside.module.imports:
                break
            full = inside.module.imports[name]
        return full

    def function(self, full: str, variable: str = "") -> Scope | None:
        """Return a function by its full name, or a module's own scope for a variable; note what is not parsed."""
        full = self._origin(full)
        found = self._scopes.get(full)
        if found is None:
            module, _, name = full.rpartition(".")
            self._absent[module].add(name or variable)
            if variable:  # or a member of a class
                package, _, last = module.rpartition(".")
                self._absent[package].add(last)
        return found

    def absent(self) -> dict[str, frozenset[str]]:
        """Return what was asked for of modules that are not parsed, by their full names."""
        return {module: frozenset(names) for module, names in self._absent.items()}

    def _set_attributes(self, module: Module, name: str) -> Sequence[tuple[Scope, Source]]:
        """Return what an attribute is set to: in its module, else in the distribution if few places do."""
        if own := _without_none(module.attributes.get(name, ())):
            return own
        found = _without_none(self._attributes.get(name, ()))
        if not found:
            self.unset.add(name)
        return found if len(found) <= _MOST_SET else []

    def _method(self, name: str) -> Scope | None:
        """Return the only method of a name that returns something; an abstract one that it overrides does not."""
        scopes = [scope for module in self.modules for scope in module.functions.get(name, ())]
        self.steps.take(len(self.modules) + len(scopes))
        found = [scope for scope in scopes if scope.owner and scope.returns]
        if not found:
            self.unset.add(name)
        return found[0] if len(found) == 1 else None

    def named(
        self, kind: ReferenceKind, site: CallSite, argument: ast.expr, wrappers: set[str], *, optional: bool = False
    ) -> list[Found]:
        """Return the values of what a call opens or runs; note it if they are unknown."""
        found = list(self.expanded(site, argument, wrappers, head=kind is ReferenceKind.PROGRAM, optional=optional))
        if found and not any(each.names or each.is_open for each in found):
            self.unknown[kind, site.scope.module.path] = None
        return found

    def expanded(
        self, site: CallSite, argument: ast.expr, wrappers: set[str], *, head: bool = False, optional: bool = False
    ) -> Iterator[Found]:
        """Yield the values of an argument, or with `head` those of its first item, for each outermost call.

        That is the call that decides on them. The functions through whose parameters they come are added to `wrappers`.
        """

        def evaluate(frame: Frame) -> Values:
            return self.evaluator.evaluate(argument, frame.asking(head=head))

        yield from self._follow_callers(site.scope, evaluate, Found((), site, optional), wrappers, MOST_CALLS_DEEP)

    def _follow_callers(
        self, scope: Scope, evaluate: Callable[[Frame], Values], found: Found, wrappers: set[str], deep: int
    ) -> Iterator[Found]:
        self.steps.take()
        frame = Frame(scope)
        values = evaluate(frame)
        function = _function_of(scope, frame.free)
        callers = self._callers_of(function) if function and deep else []
        if len(callers) > _MOST_CALLERS:
            return
        if function is not None:
            wrappers.add(function.name)
        if function is None or not callers:
            optional = found.optional or found.site.is_optional({})
            yield found._replace(names=values, optional=optional, is_open=function is not None)
            return
        if values and not function.name.startswith("_"):  # others call it, too, and leave the parameter out
            yield found._replace(names=values, optional=found.optional or found.site.is_optional({}), is_open=True)
        is_around = scope.is_inside(function)
        for caller in callers:

            def through(outer: Frame, caller: CallSite = caller, function: Scope = function) -> Values:
                bound = self.evaluator.bindings(function, caller.call, outer)
                return evaluate(Frame(scope, bound) if is_around else Frame(scope, given={function: bound}))

            known = _known(function, caller.call) if function is scope else {}
            if found.site.is_reached(known):
                further = Found((), caller, found.optional or found.site.is_optional(known))
                yield from self._follow_callers(caller.scope, through, further, wrappers, deep - 1)

    def _callers_of(self, function: Scope) -> list[CallSite]:
        """Return the calls that may be of a function: of that name, and not surely of another one.

        Of too many, one more than `_MOST_CALLERS`.
        """
        if function not in self._called_by:
            sites = self._callers.get(function.name, ())
            self._called_by[function] = list(islice(filter(self._may_call(function), sites), _MOST_CALLERS + 1))
        return self._called_by[function]

    def _may_call(self, function: Scope) -> Callable[[CallSite], bool]:
        def may_call(site: CallSite) -> bool:
            self.steps.take()
            module, func = site.scope.module, site.call.func
            called = self._scopes.get(self._origin(module.dotted(func)))
            if called is None and not function.owner and isinstance(func, ast.Attribute):
                return first_name(func) in module.imports  # a method of anything else
            return called in {None, function} and site.scope is not function

        return may_call

    def has_callers(self, function: Scope) -> bool:
        """Return whether something in the distribution may call a function."""
        return bool(self._callers_of(function))

    def has_function(self, full: str) -> bool:
        """Return whether the distribution has a function of that full name."""
        return full in self._scopes

    def reference(self, kind: ReferenceKind, names: Values, found: Found, when: When) -> Reference:
        """Return a reference by a call; its evidence says where only `find_library` leads to the library."""
        evidence = self.text(found.site.call)
        if all(name.startswith(STEM) for name in names) and "find_library(" not in evidence:
            evidence += f", by find_library({names[0].removeprefix(STEM)!r})"
        return Reference(
            kind=kind,
            names=names,
            when=when,
            by=(found.site.scope.module.path,),
            evidence=evidence,
            confidence=Confidence.MEDIUM if found.optional else Confidence.HIGH,
        )

    def text(self, node: ast.expr, before: str = "") -> str:
        """Return the text of an expression as the evidence of a reference: one short line."""
        self.steps.take(_STEPS_A_REFERENCE)
        if id(node) not in self._evidence:
            self.steps.take(sum(1 for _ in ast.walk(node)))
            self._evidence[id(node)] = ast.unparse(node)
        line = " ".join((before + self._evidence[id(node)]).split())
        return line if len(line) <= _LONGEST_EVIDENCE else line[: _LONGEST_EVIDENCE - 4] + " ..."


def _known(function: Scope, call: ast.Call) -> dict[str, bool]:
    """Return what a call says of a function's parameters that are not set to something else in it."""
    return {name: truth for name, truth in truths_of_call(function.node, call).items() if name not in function.names}


def _without_none(sources: Iterable[tuple[Scope, Source]]) -> list[tuple[Scope, Source]]:
    """Return the sources of an attribute that say something: a class that leaves it to others sets it to None."""
    return [each for each in sources if not (isinstance(each[1].value, ast.Constant) and each[1].value.value is None)]


def _function_of(scope: Scope, free: Iterable[Scope]) -> Scope | None:
    """Return the function whose parameter decides: the innermost around a call, else the first that was asked for."""
    functions = list(free)
    around = [function for function in functions if scope.is_inside(function)]
    inner = next((each for each in around if all(each.is_inside(other) for other in around)), None)
    return inner or next(iter(functions), None)


def _set_to(func: ast.expr, scope: Scope) -> list[tuple[Scope, Source]]:
    """Return what the name of a function is set to where it is called."""
    name = func.id if isinstance(func, ast.Name) else ""
    default = [Source(scope.defaults[name])] if name in scope.defaults else []
    return [(scope, source) for source in (*scope.names.get(name, ()), *default)]


def _last_choice(value: ast.expr, scope: Scope) -> ast.expr:
    """Return what a value is unless somebody says otherwise: of `given or run` the last, of a parameter the default."""
    match value:
        case ast.BoolOp(values=[*_, last]):
            return last
        case ast.Name(id=name):
            return scope.defaults.get(name, value)
    return value


def _called_names(site: CallSite, module: Module) -> Iterator[str]:
    """Yield the functions that a call may be of: for `super().__init__` the classes above, for `cls()` its own."""
    name = last_name(site.call.func)
    if name == "cls" and site.scope.owner:
        name = site.scope.owner
    if name != "__init__":
        yield name
    own = site.scope.owner if name == "__init__" else name
    yield from module.bases.get(own, ())
