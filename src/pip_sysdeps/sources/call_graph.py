"""The modules of one distribution, and their calls of each other.

If a function passes a parameter to a call, each caller of the function counts as a use of its own.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from pip_sysdeps.model.needs import Confidence, Reference, ReferenceKind
from pip_sysdeps.sources.callables import CALLABLES, STEM
from pip_sysdeps.sources.definitions import MOST_SET, Definitions
from pip_sysdeps.sources.evaluator import Evaluator
from pip_sysdeps.sources.expressions import first_name, last_name, text_of
from pip_sysdeps.sources.frames import Frame
from pip_sysdeps.sources.module import Assignment
from pip_sysdeps.sources.signature import may_hold, truths_of_call

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from pip_sysdeps.model.needs import When
    from pip_sysdeps.sources.frames import Values
    from pip_sysdeps.sources.module import CallSite, Module, Scope
    from pip_sysdeps.sources.steps import Steps

MOST_CALLS_DEEP = 4
_MOST_CALLERS = 64
"""A function with more callers runs many things; the arguments of one of them mean little."""
_LONGEST_EVIDENCE = 100
_STEPS_A_REFERENCE = 50
"""Steps for one reference, which is also looked up in the release."""


class Found(NamedTuple):
    """Possible values of an argument, and the outermost call that decides them."""

    names: Values
    site: CallSite
    optional: bool
    """The code continues without it."""
    is_open: bool = False
    """It is a parameter of a function without callers in the distribution."""
    is_later: bool = False
    """The outermost call only makes an object or a function, which runs the inner call later."""
    is_needed: bool = False
    """A caller raises without the result."""


class CallGraph:
    """The functions and calls of a distribution's modules."""

    def __init__(self, modules: Iterable[Module], steps: Steps) -> None:
        self.steps = steps
        self.modules = list(modules)
        self.definitions = Definitions(self.modules, steps)
        self._callers: defaultdict[str, list[CallSite]] = defaultdict(list)
        self._called_by: dict[Scope, list[CallSite]] = {}
        self._evidence: dict[int, str] = {}
        self.unknown: dict[tuple[ReferenceKind, str], None] = {}
        """Kinds and paths of sources that open or run something by a computed name."""
        sites = [site for module in self.modules for site in module.sites]
        for site in sites:
            for name in _called_names(site):
                self.steps.take()
                self._callers[name].append(site)
        self.sites = [(site, self._callee(site)) for site in sites]
        """Each call, and the full name of the function."""
        self.evaluator = Evaluator(self.definitions, steps)

    def _callee(self, site: CallSite) -> str:
        """Return the full name of the called function, through variables and attributes that hold it."""
        func, module = site.call.func, site.scope.module
        full = self.definitions.origin(module.dotted(func))
        if full in CALLABLES or self.definitions.has_function(full):
            return full
        if _is_constructor_of_base(func):
            return next(filter(CALLABLES.__contains__, module.bases.get(site.scope.owner, ())), full)
        kept = module.attributes.get(func.attr, ()) if isinstance(func, ast.Attribute) else _set_to(func, site.scope)
        every = (module.dotted(_last_choice(each.value, each.scope)) for each in kept[:MOST_SET])
        return next((each for each in every if each in CALLABLES), full)

    def named(
        self, kind: ReferenceKind, site: CallSite, argument: ast.expr, wrappers: set[str], *, optional: bool = False
    ) -> list[Found]:
        """Return the possible names that a call opens or runs; note the source if they are unknown."""
        found = list(self.expanded(site, argument, wrappers, head=kind is ReferenceKind.PROGRAM, optional=optional))
        if found and not any(each.names or each.is_open for each in found):
            self.unknown[kind, site.scope.module.path] = None
        return found

    def expanded(
        self, site: CallSite, argument: ast.expr, wrappers: set[str], *, head: bool = False, optional: bool = False
    ) -> Iterator[Found]:
        """Yield the values of an argument, or with `head` of its first item, for each outermost call.

        Functions that pass them on through a parameter are added to `wrappers`.
        """

        def evaluate(frame: Frame) -> Values:
            return self.evaluator.evaluate(argument, frame.asking(head=head))

        found = Found((), site, optional, is_later=site.is_later)
        yield from self._follow_callers(site.scope, evaluate, found, wrappers, MOST_CALLS_DEEP)

    def _follow_callers(
        self, scope: Scope, evaluate: Callable[[Frame], Values], found: Found, wrappers: set[str], deep: int
    ) -> Iterator[Found]:
        self.steps.take()
        frame = Frame(scope)
        values = evaluate(frame)
        function = _function_of(scope, frame.free)
        callers = self.callers_of(function) if function and deep else []
        if len(callers) > _MOST_CALLERS:
            return
        if function is not None:
            wrappers.add(function.name)
        if not (function and callers) or (values and not function.name.startswith("_")):
            # others call a public function, too, and leave the parameter out
            optional = found.optional or self._is_survived(found.site)
            yield found._replace(names=values, optional=optional, is_open=function is not None)
        if function is None:
            return
        is_around = scope.is_inside(function)
        for caller in callers:

            def through(outer: Frame, caller: CallSite = caller, function: Scope = function) -> Values:
                bound = self.evaluator.bindings(function, caller.call, outer)
                return evaluate(Frame(scope, bound) if is_around else Frame(scope, given={function: bound}))

            self.steps.take(len(function.parameters))
            known = _known(function, caller.call) if function is scope else {}
            if may_hold(found.site.given, known):
                is_later = found.is_later or function is not scope
                is_needed = id(caller.call) in caller.scope.module.searches.required_results
                optional = not is_needed and (found.optional or found.site.is_optional(known))
                is_needed = is_needed or found.is_needed
                further = Found((), caller, optional, is_later=is_later, is_needed=is_needed)
                yield from self._follow_callers(caller.scope, through, further, wrappers, deep - 1)

    def _is_survived(self, site: CallSite) -> bool:
        """Return whether the function of a call continues if it fails, or every caller of a private function does."""
        if site.branch.guarded and site.is_optional(_defaults(site)):
            return True
        if not site.scope.name.startswith("_"):
            return False
        callers = [each for each in self.callers_of(site.scope) if not each.scope.is_inside(site.scope)]
        self.steps.take(len(callers))
        return bool(callers) and all(each.is_optional({}) for each in callers)

    def callers_of(self, function: Scope) -> list[CallSite]:
        """Return the possible calls of a function, by its name, unless they surely call another one.

        At most one more than `_MOST_CALLERS`.
        """
        if function not in self._called_by:
            sites = (site for site in self._callers.get(function.name, ()) if self._may_call(site, function))
            self._called_by[function] = list(islice(sites, _MOST_CALLERS + 1))
        return self._called_by[function]

    def _may_call(self, site: CallSite, function: Scope) -> bool:
        self.steps.take()
        module, func = site.scope.module, site.call.func
        called = self.definitions.find(module.dotted(func))
        if called is None and not function.owner and isinstance(func, ast.Attribute):
            return first_name(func) in module.imports  # a method of anything else
        return called in {None, function} and site.scope is not function

    def reference(self, kind: ReferenceKind, names: Values, found: Found, when: When) -> Reference:
        """Return a reference with the text of the call as evidence."""
        evidence = self._text(found.site.call)
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

    def _text(self, node: ast.expr) -> str:
        """Return the source text of an expression as one short line."""
        self.steps.take(_STEPS_A_REFERENCE)
        if id(node) not in self._evidence:
            self._evidence[id(node)] = " ".join(text_of(node, self.steps).split())
        line = self._evidence[id(node)]
        return line if len(line) <= _LONGEST_EVIDENCE else line[: _LONGEST_EVIDENCE - 4] + " ..."


def _defaults(site: CallSite) -> dict[str, bool]:
    """Return the truth values of the parameters of the function around a call, by their defaults."""
    call = ast.Call(site.call.func, [], [])
    return _known(site.scope, call) if site.scope is not site.scope.module.top else {}


def _known(function: Scope, call: ast.Call) -> dict[str, bool]:
    """Return the truth values that a call gives to parameters which the function does not reassign."""
    return {name: truth for name, truth in truths_of_call(function.node, call).items() if name not in function.names}


def _function_of(scope: Scope, free: Iterable[Scope]) -> Scope | None:
    """Return the function whose parameter decides: the innermost around a call, else the first that was needed."""
    functions = list(free)
    around = [function for function in functions if scope.is_inside(function)]
    inner = next((each for each in around if all(each.is_inside(other) for other in around)), None)
    return inner or next(iter(functions), None)


def _set_to(func: ast.expr, scope: Scope) -> list[Assignment]:
    """Return the assignments of a called function's name."""
    name = func.id if isinstance(func, ast.Name) else ""
    default = (Assignment(each, scope) for each in scope.default(name))
    return [*scope.names.get(name, ())[:MOST_SET], *default]


def _last_choice(value: ast.expr, scope: Scope) -> ast.expr:
    """Return the default of an expression: the last operand of `given or run`, or a parameter's default."""
    match value:
        case ast.BoolOp(values=[*_, last]):
            return last
        case ast.IfExp(test=test, body=body, orelse=orelse) if (decided := scope.truth(test)) is not None:
            return body if decided else orelse
        case ast.Name(id=name):
            return scope.defaults.get(name, value)
    return value


def _called_names(site: CallSite) -> Iterator[str]:
    """Yield the names of functions that a call may mean: of base classes for `super().__init__`."""
    name = last_name(site.call.func)
    if name == "cls" and site.scope.owner:
        name = site.scope.owner
    if name != "__init__":
        yield name
    own = site.scope.owner if name == "__init__" else name
    yield from (each.rpartition(".")[2] for each in site.scope.module.bases.get(own, ()))


def _is_constructor_of_base(func: ast.expr) -> bool:
    """Return whether a called function is `super().__init__`."""
    match func:
        case ast.Attribute(value=ast.Call(func=ast.Name(id="super")), attr="__init__"):
            return True
    return False
