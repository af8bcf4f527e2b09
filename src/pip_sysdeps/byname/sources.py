"""What the Python sources of one distribution open and run by name, read and never run.

A library is opened by ctypes or cffi, a program by subprocess and its like. Where a call gets the name from a parameter
of the function around it, every call of that function in the distribution is one reference of its own.
Source: Python's documentation of `ctypes`, `subprocess`, `shutil.which`; cffi's of `ffi.dlopen`.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from dataclasses import replace
from functools import cache, cached_property
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from pip_sysdeps.byname.attempts import Opened, joined
from pip_sysdeps.byname.evaluator import CALLABLE, FINDER, LOADERS, Evaluator, Frame
from pip_sysdeps.byname.knowledge import STEM, sqlite_extension, typelib
from pip_sysdeps.byname.module import Module
from pip_sysdeps.byname.signature import truths
from pip_sysdeps.byname.source_filter import Wrappers
from pip_sysdeps.byname.steps import StepLimitError, Steps
from pip_sysdeps.model.needs import Confidence, Reference, ReferenceKind, When
from pip_sysdeps.system.python_syntax import MOST_MARKS, marks, parse_python

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from pip_sysdeps.byname.evaluator import Values
    from pip_sysdeps.byname.module import CallSite, Scope, Source

_RUNNERS = {f"subprocess.{name}" for name in ("run", "Popen", "call", "check_call", "check_output")}
_RUNNERS |= {"subprocess.getoutput", "subprocess.getstatusoutput", "os.system", "os.popen", "shutil.which"}
_RUNNERS |= {"asyncio.create_subprocess_exec", "asyncio.create_subprocess_shell", "distutils.spawn.find_executable"}
_RUNNERS |= {f"os.{kind}" for kind in ("execv", "execve", "execvp", "execvpe", "execl", "execlp", "posix_spawnp")}

_DEFAULT_NAME = re.compile(
    r"\w+_(?:cmd|command|binary|bin|exe|executable|program)|"
    r"\w*(?:binary|executable)|(?:\w+_)?(?:bin|exec|exe|program)_name",
    re.IGNORECASE,
)
_PROGRAM = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]*")
_LIBRARY = re.compile(r"[^\s/*%{}:\\]+\.so(?:\.[0-9][0-9A-Za-z.]*)?")
_EXTENSION = re.compile(r"mod_[a-z0-9_]+(?:\.so)?")
_TYPELIB = re.compile(r"[A-Za-z0-9_]+-[0-9.]+")
_STEM = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.+-]*")
_SYSTEM_FOLDER = re.compile(r"/(?:usr/)?lib(?:/[a-z0-9_]+-linux-gnu[a-z0-9]*|64)?")
_PROGRAM_FOLDER = re.compile(r"/(?:usr/)?s?bin")
_FOREIGN_STEM = re.compile(r"\.(?:dll|dylib|framework|exe)$|^(?:cyg|msys-)|[\\/]", re.IGNORECASE)
_FOREIGN_PROGRAM = {"open", "osascript", "defaults", "sw_vers", "wmic", "reg", "cmd", "start", "pbcopy", "pbpaste"}
_WINDOWS = ("ctypes.windll", "ctypes.WinDLL", "ctypes.oledll", "ctypes.OleDLL")
_MOST_CALLS_DEEP = 4
_MOST_SET = 8
"""An attribute that is set in more places of other modules is something that many classes have."""
_MOST_CALLERS = 64
"""A function with more callers runs everything: what one of them hands over says little."""
_MOST_PROGRAMS = 6
"""More alternatives are a table of something, not the choice of a program."""
_LONGEST_EVIDENCE = 100
_LONGEST_NAME = 255
"""NAME_MAX of Linux."""
_STEPS_A_REFERENCE = 50
"""Steps for one reference: each is looked up in the release, too."""


class _Found(NamedTuple):
    names: Values
    site: CallSite
    optional: bool
    """The code goes on without it."""


def references(  # noqa: PLR0913, PLR0917 - what sources there are, by each way of asking
    sources: Mapping[str, bytes],
    calling: Callable[[Wrappers], Mapping[str, bytes]],
    base: str,
    broken: Callable[[str], None] = lambda _: None,
    steps: Steps | None = None,
    importing: Callable[[Mapping[str, frozenset[str]]], Mapping[str, bytes]] = lambda _: {},
) -> tuple[Reference, ...]:
    """Return what the sources of one distribution name, strongest first.

    `sources` has those that `opens` and `runs` let through, by path; `calling` gives those that call wrappers;
    `importing` those of modules by their full names, for variables of theirs; `base` is the distribution's folder.
    Sources that do not parse name nothing, and `broken` is told of them. Raise StepLimitError if the search takes more
    than `steps`.
    """
    search = _Search(calling, importing, base, broken, steps or Steps())
    try:
        return search.found(sources)
    finally:
        search.forget()


class _Search:
    """A search of the sources of one distribution, which follows calls from one source into others."""

    def __init__(
        self,
        calling: Callable[[Wrappers], Mapping[str, bytes]],
        importing: Callable[[Mapping[str, frozenset[str]]], Mapping[str, bytes]],
        base: str,
        broken: Callable[[str], None],
        steps: Steps,
    ) -> None:
        self._calling = calling
        self._importing = importing
        self._base = base
        self._broken = broken
        self._steps = steps
        self._modules: list[Module] = []

    def found(self, sources: Mapping[str, bytes]) -> tuple[Reference, ...]:
        world = self._with_callers(sources)
        queries = [each.reference for each, is_query in world.libraries if is_query]
        attempts = (attempt for module in self._modules for attempt in module.attempts)
        opened = joined([each for each, is_query in world.libraries if not is_query], attempts, self._steps)
        libraries = [each.reference for each in opened]
        settings = _defaults(self._modules, world)
        others = (*world.programs, *world.files(), *settings, *world.near_loaders())
        return _merged(queries, [*libraries, *others], self._steps)

    def forget(self) -> None:
        """Free the modules."""
        for module in self._modules:
            module.forget()

    def _with_callers(self, sources: Mapping[str, bytes]) -> _World:
        """Parse the sources, those that call what opens or runs for them, and those that have the names."""
        self._parse(sources)
        world = _World(self._modules, self._steps)
        known = set(sources)
        for _ in range(_MOST_CALLS_DEEP):
            wrappers = world.wrappers()
            called = self._calling(wrappers) if any(wrappers) else {}
            wanted = {**called, **self._importing(world.absent())}
            more = {path: text for path, text in wanted.items() if path not in known}
            if not more:
                break
            known |= more.keys()
            self._parse(more)
            world = _World(self._modules, self._steps)
        return world

    def _parse(self, texts: Mapping[str, bytes]) -> None:
        for path, text in texts.items():
            module = self._parsed(path, text)
            if module is None:
                self._broken(path)
            else:
                self._modules.append(module)

    def _parsed(self, path: str, text: bytes) -> Module | None:
        count = marks(text)
        if count > MOST_MARKS:
            raise StepLimitError
        self._steps.take(count)
        tree = parse_python(text)
        try:
            return None if tree is None else Module(path, module_name(path, self._base), tree, self._steps)
        except RecursionError:
            return None


class _World:
    """The modules of one distribution, and who calls whom in them."""

    def __init__(self, modules: Iterable[Module], steps: Steps) -> None:
        self.steps = steps
        self._modules = list(modules)
        self._absent: defaultdict[str, set[str]] = defaultdict(set)
        self._scopes: dict[str, Scope] = {}
        self._attributes: defaultdict[str, list[tuple[Scope, Source]]] = defaultdict(list)
        self._callers: defaultdict[str, list[CallSite]] = defaultdict(list)
        for module in self._modules:
            self._scopes[f"{module.name}."] = module.top
            for name, scopes in module.functions.items():
                self._scopes.setdefault(f"{module.name}.{name}", scopes[0])
            for name, sources in module.attributes.items():
                self._attributes[name] += sources
            steps.take(len(module.sites) + len(module.attributes))
            for site in module.sites:
                for name in _called_names(site, module):
                    self._callers[name].append(site)
        self._evaluator = Evaluator(self._function, self._set_attributes, steps)
        self._openers: set[str] = set()
        self._takers: set[str] = set()
        self._runners: set[str] = set()
        self._unset: set[str] = set()
        self._silent: dict[Module, None] = {}
        self._called_by: dict[Scope, list[CallSite]] = {}
        self._for_windows = cache(_opens_for_windows)
        self._evidence: dict[int, str] = {}

    def _function(self, full: str, variable: str = "") -> Scope | None:
        """Return a function by its full name, or a module's own scope for a variable; note what is not parsed."""
        found = self._scopes.get(full)
        if found is None:
            module, _, name = full.rpartition(".")
            inside = self._scopes.get(f"{module}.") if name else None
            if inside is not None and name in inside.module.imports and inside.module.imports[name] != full:
                return self._function(inside.module.imports[name])
            self._absent[module].add(name or variable)
        return found

    def absent(self) -> dict[str, frozenset[str]]:
        """Return what was asked for of modules that are not parsed, by their full names."""
        return {module: frozenset(names) for module, names in self._absent.items()}

    def _set_attributes(self, module: Module, name: str) -> Sequence[tuple[Scope, Source]]:
        """Return what an attribute is set to: in its module, else in the distribution if few places do."""
        if own := _said(module.attributes.get(name, ())):
            return own
        found = _said(self._attributes.get(name, ()))
        if not found:
            self._unset.add(name)
        return found if len(found) <= _MOST_SET else []

    def heads(self, node: ast.expr, frame: Frame) -> Values:
        """Return what an expression may be; of a list, its first item."""
        return self._evaluator.evaluate(node, frame, head=True)

    def wrappers(self) -> Wrappers:
        """Return the functions whose calls decide what is opened and run; a name of two letters may be anything's."""
        _ = self.libraries, self.programs
        every = (self._openers, self._takers, self._runners, self._unset)
        return Wrappers(*(frozenset(name for name in each if len(name) > 2) for each in every))

    @cached_property
    def libraries(self) -> tuple[tuple[Opened, bool], ...]:
        """What is opened by ctypes and cffi, and whether it is only asked for."""
        return tuple(self._libraries())

    def _libraries(self) -> Iterator[tuple[Opened, bool]]:
        for site in self._sites():
            argument = self._library_argument(site)
            if argument is None or (argument is site.call and self._for_windows(site.scope.module)):
                continue
            found = list(self._expanded(site, argument, self._openers))
            for each in found:
                names = tuple(name for text in each.names if (name := library_name(_asked(site.call, text))))
                if names:
                    reference = self._reference(ReferenceKind.LIBRARY, names, each, When.DLOPEN)
                    yield Opened(reference, id(each.site.call)), argument is site.call
            if not any(each.names for each in found):
                self._silent[site.scope.module] = None

    @cached_property
    def programs(self) -> tuple[Reference, ...]:
        """What is run by subprocess and its like."""
        return tuple(self._programs())

    def _programs(self) -> Iterator[Reference]:
        for site in self._sites():
            full = site.scope.module.dotted(site.call.func)
            if full not in _RUNNERS or not (site.call.args or site.call.keywords):
                continue
            argument = site.call.args[0] if site.call.args else site.call.keywords[0].value
            optional = site.scope.module.goes_without(site.call) and not site.gives_up_after
            for each in self._expanded(site, argument, self._runners, head=True, optional=optional):
                names = tuple(dict.fromkeys(name for text in each.names if (name := program_name(text))))
                if names and len(names) <= _MOST_PROGRAMS:
                    found = self._reference(ReferenceKind.PROGRAM, names, each, When.EXEC)
                    demanded = id(site.call) in site.scope.module.demanded and not each.optional
                    yield replace(found, required=demanded and each.site.at_import)

    def files(self) -> Iterator[Reference]:
        """Yield the typelibs that PyGObject opens by name, and the extensions that SQLite does."""
        for site in self._sites():
            full = site.scope.module.dotted(site.call.func)
            if full == "gi.require_version" and len(site.call.args) == 2:
                yield from self._typelibs(site)
            elif _last_name(site.call.func) == "load_extension" and site.call.args:
                for each in self._expanded(site, site.call.args[0], self._openers):
                    names = tuple(sqlite_extension(text) for text in each.names if _EXTENSION.fullmatch(text))
                    if names:
                        yield self._reference(ReferenceKind.FILE, names, each, When.DECLARED)

    def _typelibs(self, site: CallSite) -> Iterator[Reference]:
        frame = Frame(site.scope)
        names, versions = (self._evaluator.evaluate(each, frame) for each in site.call.args)
        pairs = [f"{name}-{version}" for name in names for version in versions]
        if len(names) == 1 and pairs and all(map(_TYPELIB.fullmatch, pairs)):
            found = _Found((), site, site.is_optional({}))
            yield self._reference(ReferenceKind.FILE, tuple(map(typelib, pairs)), found, When.DLOPEN)

    def near_loaders(self) -> Iterator[Reference]:
        """Yield what looks like a library's name in a source that opens what cannot be told."""
        for module in self._silent:
            for text in dict.fromkeys(module.constants):
                if text.startswith("lib") and _is_library(text):
                    self.steps.take(_STEPS_A_REFERENCE)
                    yield Reference(
                        kind=ReferenceKind.LIBRARY,
                        names=(text,),
                        when=When.DLOPEN,
                        by=(module.path,),
                        evidence=f"`{text}` in a source that opens libraries",
                        confidence=Confidence.LOW,
                    )

    def _sites(self) -> Iterator[CallSite]:
        for module in self._modules:
            yield from module.sites

    def _library_argument(self, site: CallSite) -> ast.expr | None:
        """Return what a call opens, if it opens a library."""
        call, module = site.call, site.scope.module
        full = module.dotted(call.func)
        if not call.args and not call.keywords:
            return None
        first = call.args[0] if call.args else call.keywords[0].value
        if full in LOADERS or full == FINDER:
            return call if full == FINDER else first
        if full in self._scopes:
            return None
        if _is_cffi(call):
            return first
        if full == "getattr" and len(call.args) >= 2 and module.dotted(call.args[0]) in LOADERS:
            return call.args[1]
        return self._by_variable(site, call, first)

    def _by_variable(self, site: CallSite, call: ast.Call, first: ast.expr) -> ast.expr | None:
        """Return what is opened by a variable that may be a loader."""
        if not isinstance(call.func, ast.Name) or call.func.id in site.scope.module.imports:
            return None
        called = {name for each in self._expanded(site, call.func, self._takers) for name in each.names}
        if CALLABLE + FINDER in called:
            return call
        return first if any(name.removeprefix(CALLABLE) in LOADERS for name in called if name[:1] == CALLABLE) else None

    def _expanded(
        self, site: CallSite, argument: ast.expr, wrappers: set[str], *, head: bool = False, optional: bool = False
    ) -> Iterator[_Found]:
        """Yield the values of an argument, or with `head` those of its first item, for each outermost call.

        That is the call that decides on them. The functions through whose parameters they come are added to `wrappers`.
        """

        def evaluate(frame: Frame) -> Values:
            return self._evaluator.evaluate(argument, frame, head=head)

        found = _Found((), site, optional)
        yield from self._through(site.scope, evaluate, found, wrappers, _MOST_CALLS_DEEP)

    def _through(
        self, scope: Scope, evaluate: Callable[[Frame], Values], found: _Found, wrappers: set[str], deep: int
    ) -> Iterator[_Found]:
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
            yield found._replace(names=values, optional=found.optional or found.site.is_optional({}))
            return
        is_around = _is_around(function, scope)
        for caller in callers:

            def through(outer: Frame, caller: CallSite = caller, function: Scope = function) -> Values:
                bound = self._evaluator.bindings(function, caller.call, outer)
                return evaluate(Frame(scope, bound) if is_around else Frame(scope, given={function: bound}))

            known = _known(function, caller.call) if function is scope else {}
            if not found.site.is_reached(known):
                continue
            further = _Found((), caller, found.optional or found.site.is_optional(known))
            yield from self._through(caller.scope, through, further, wrappers, deep - 1)

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
            called = self._scopes.get(site.scope.module.dotted(site.call.func), function)
            return called is function and site.scope is not function

        return may_call

    def _reference(self, kind: ReferenceKind, names: Values, found: _Found, when: When) -> Reference:
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
        return _short(before + self._evidence[id(node)])


def _opens_for_windows(module: Module) -> bool:
    """Tell whether a module opens all by what ctypes has on Windows alone, without asking where it runs."""
    called = {module.dotted(site.call.func) for site in module.sites}
    opens_here = not called.isdisjoint(LOADERS) or any(_is_cffi(site.call) for site in module.sites)
    return not opens_here and any(name.startswith(_WINDOWS) for name in called)


def _known(function: Scope, call: ast.Call) -> dict[str, bool]:
    """Return what a call says of a function's parameters that are not set to something else in it."""
    return {name: truth for name, truth in truths(function.node, call).items() if name not in function.names}


def _said(sources: Iterable[tuple[Scope, Source]]) -> list[tuple[Scope, Source]]:
    """Return the sources of an attribute that say something: a class that leaves it to others sets it to None."""
    return [each for each in sources if not (isinstance(each[1].value, ast.Constant) and each[1].value.value is None)]


def _function_of(scope: Scope, free: Iterable[Scope]) -> Scope | None:
    """Return the function whose parameter decides: the innermost around a call, else the first that was asked for."""
    inner: Scope | None = scope
    functions = dict.fromkeys(free)
    while inner is not None:
        if inner in functions:
            return inner
        inner = inner.parent
    return next(iter(functions), None)


def _is_around(function: Scope, scope: Scope) -> bool:
    inner: Scope | None = scope
    while inner is not None and inner is not function:
        inner = inner.parent
    return inner is function


def module_name(path: str, base: str) -> str:
    """Return the full name of the module that a source is; a package's ends with `.__init__`."""
    relative = path.removeprefix(base.rstrip("/") + "/").removeprefix("src/")
    return relative.removesuffix(".py").replace("/", ".")


def _called_names(site: CallSite, module: Module) -> Iterator[str]:
    """Yield the functions that a call may be of: for `super().__init__`, the classes above."""
    name = _last_name(site.call.func)
    if name != "__init__":
        yield name
    own = site.scope.owner if name == "__init__" else name
    yield from module.bases.get(own, ())


def _last_name(func: ast.expr) -> str:
    match func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def _asked(call: ast.Call, text: str) -> str:
    """Return what a call looks for: cffi asks find_library for a name without a dot and a slash (cffi/api.py)."""
    is_plain = not text.startswith(STEM) and "." not in text and "/" not in text
    return STEM + text if is_plain and _is_cffi(call) else text


def _is_cffi(call: ast.Call) -> bool:
    return isinstance(call.func, ast.Attribute) and call.func.attr == "dlopen"


def library_name(text: str) -> str:
    """Return a library's name as glibc's loader may find it, a file name or a stem for `find_library`; else nothing."""
    if text.startswith(STEM):
        stem = text.removeprefix(STEM)
        return text if _STEM.fullmatch(stem) and not _FOREIGN_STEM.search(stem) else ""
    folder, _, name = text.rpartition("/")
    if folder and not _SYSTEM_FOLDER.fullmatch(folder):
        return ""
    return name if _is_library(name) else ""


def _is_library(name: str) -> bool:
    """Tell whether a name is that of a library. A longer one than files have would be matched in squared time."""
    return len(name) <= _LONGEST_NAME and _LIBRARY.fullmatch(name) is not None


def program_name(text: str) -> str:
    """Return the name of a program on PATH that a command begins with; nothing for one with a folder of its own."""
    word = next(iter(text.split(None, 1)), "")
    folder, _, name = word.rpartition("/")
    if (folder and not _PROGRAM_FOLDER.fullmatch(folder)) or not _PROGRAM.fullmatch(name):
        return ""
    return "" if name.lower().endswith((".exe", ".bat", ".cmd")) or name in _FOREIGN_PROGRAM else name


def _defaults(modules: Iterable[Module], world: _World) -> Iterator[Reference]:
    """Yield the programs that variables and parameters such as `DOT_BINARY` or `tesseract_cmd` are set to."""
    is_literal = cache(_is_literal)
    for module in modules:
        for name, scope, value in _settings(module):
            if not _DEFAULT_NAME.fullmatch(name) or not is_literal(value) or module.finds(value):
                continue
            frame = Frame(scope)
            names = tuple(word for text in world.heads(value, frame) if (word := program_name(text)))
            if names and not frame.free and len(names) <= _MOST_PROGRAMS:
                yield Reference(
                    kind=ReferenceKind.PROGRAM,
                    names=names,
                    when=When.EXEC,
                    by=(module.path,),
                    evidence=world.text(value, f"{name} = "),
                    confidence=Confidence.HIGH,
                )


def _settings(module: Module) -> Iterator[tuple[str, Scope, ast.expr]]:
    """Yield what variables, attributes and parameters of a module are set to."""
    functions = [function for scopes in module.functions.values() for function in scopes]
    for scope in (module.top, *functions):
        for name, sources in scope.names.items():
            yield from ((name, scope, each.value) for each in sources if _plain(each))
    for name, pairs in module.attributes.items():
        yield from ((name, scope, source.value) for scope, source in pairs if _plain(source))
    for function in functions:
        yield from ((name, module.top, value) for name, value in function.defaults.items())


def _is_literal(value: ast.expr) -> bool:
    """Tell a program that stands there: `"dot"`, `["xmlsec1"]`, `pathlib.Path("dot")`, `shutil.which("x") or "x"`."""
    match value:
        case ast.Constant():
            return True
        case ast.List(elts=items) | ast.Tuple(elts=items) | ast.Call(args=items) | ast.BoolOp(values=items):
            return bool(items) and all(map(_is_literal, items))
    return False


def _plain(source: Source) -> bool:
    is_bytes = isinstance(source.value, ast.Constant) and isinstance(source.value.value, bytes)
    return source.place is None and not source.grows and not is_bytes


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST_EVIDENCE else line[: _LONGEST_EVIDENCE - 4] + " ..."


_ORDER = list(Confidence)


def _merged(queries: Iterable[Reference], found: Iterable[Reference], steps: Steps) -> tuple[Reference, ...]:
    """Join what several calls name.

    Who has one of few has one of more that include them: of two calls the one with fewer names says all, if it is as
    sure. What `find_library` is asked for is only a query, and says nothing where a call opens its answer.
    """
    kept = _Kept(steps)
    by_strength = sorted(
        found, key=lambda each: (len(each.names), _ORDER.index(each.confidence), each.by, each.evidence)
    )
    for each in by_strength:
        kept.add(each)
    asked = {name for each in kept.references if each.kind is ReferenceKind.LIBRARY for name in each.names}
    every = [*kept.references, *(each for each in dict.fromkeys(queries) if not asked & set(each.names))]
    return tuple(sorted(every, key=lambda each: (_ORDER.index(each.confidence), each.kind.value, each.names)))


class _Kept:
    """References of which none says less than another one, found by their first name."""

    def __init__(self, steps: Steps) -> None:
        self.references: list[Reference] = []
        self._by_name: defaultdict[tuple[ReferenceKind, str], list[int]] = defaultdict(list)
        self._steps = steps

    def add(self, each: Reference) -> None:
        """Keep a reference, or only its files if one says the same; nothing of one that says less."""
        place = self._covering(each)
        if place is None:
            self._by_name[each.kind, each.names[0]].append(len(self.references))
            self.references.append(each)
        elif set(self.references[place].names) == set(each.names):
            self.references[place] = _with_files(self.references[place], each)

    def _covering(self, each: Reference) -> int | None:
        found: int | None = None
        for name in each.names:
            for place in self._by_name.get((each.kind, name), ()):
                self._steps.take()
                if _covers(self.references[place], each):
                    found = place if found is None else min(found, place)
                    break
        return found


def _covers(one: Reference, other: Reference) -> bool:
    surer = _ORDER.index(one.confidence) <= _ORDER.index(other.confidence)
    return one.kind is other.kind and surer and set(one.names) <= set(other.names)


def _with_files(one: Reference, other: Reference) -> Reference:
    return Reference(
        kind=one.kind,
        names=one.names,
        when=one.when,
        by=tuple(sorted({*one.by, *other.by})),
        evidence=one.evidence,
        confidence=one.confidence,
    )
