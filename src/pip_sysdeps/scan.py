"""The conductor: what the machine has goes through the pure stages, once."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from pip_sysdeps.attribution import Attribution, Surroundings
from pip_sysdeps.floors import dependencies, floors
from pip_sysdeps.formats.elf_notes import dlopen_notes
from pip_sysdeps.formats.metadata import required_name
from pip_sysdeps.host.hostlibs import host_library
from pip_sysdeps.host.index import open_index
from pip_sysdeps.host.loader_config import read_loader_config
from pip_sysdeps.host.objects import Objects
from pip_sysdeps.host.platform import read_platform
from pip_sysdeps.host.shlibs import Shlibs
from pip_sysdeps.host.sources import named_files
from pip_sysdeps.host.tree import inside, may_be_elf
from pip_sysdeps.host.uses import Uses
from pip_sysdeps.loader.resolve import Memory, open_object, start
from pip_sysdeps.model import ElfFile, FromPackage, Scan, Skipped, Unowned
from pip_sysdeps.named import Named
from pip_sysdeps.roots import (
    foreign,
    is_extension_module,
    is_libpython,
    is_libpython_of,
    is_program,
    load_roots,
    prevailing,
)
from pip_sysdeps.stages import Stages
from pip_sysdeps.values import replace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from pip_sysdeps.host.admindir import PackageDatabase
    from pip_sysdeps.host.index import SonameIndex
    from pip_sysdeps.host.root import Root
    from pip_sysdeps.host.target import TargetSystem
    from pip_sysdeps.model import Distribution, Environment, Load, LoadedObject


def scan(  # noqa: PLR0913 - each with a default that a lock needs
    root: Root,
    environment: Environment,
    packages: PackageDatabase | None,
    *,
    library_path: tuple[str, ...] = (),
    cache_as_is: bool = False,
    objects: Objects | None = None,
    stages: Stages | None = None,
    target: TargetSystem | None = None,
) -> Scan:
    """Return what every distribution of an environment needs, and from whom.

    `packages` is None where there is no dpkg database; `library_path` has the elements of an LD_LIBRARY_PATH. Answers
    are those after a run of ldconfig, unless `cache_as_is`. `objects` are those of the root, for a caller who has more
    questions about them. With a `target` the answers are those on that system, and the root has the environment alone.
    Nothing of the environment is run.
    """
    stages = stages or Stages()
    objects = objects or Objects(root)
    holders = {file: each for each in environment.distributions for file in each.files}
    answers = {file: objects.facts(file) for file in (*filter(may_be_elf, holders), *environment.unclaimed)}
    stages.end("ELF facts")
    facts = {file: answer for file, answer in answers.items() if isinstance(answer, ElfFile)}
    program = target.program if target else _program(objects, environment, facts)
    strangers = {file: why for file, elf in facts.items() if program and (why := foreign(file, elf, program))}
    usable = {file: elf for file, elf in facts.items() if file not in strangers}
    loading = (
        None
        if program is None
        else _Loading(root, environment, objects, program, library_path, cache_as_is=cache_as_is)
    )
    loads = () if loading is None else tuple(loading.loads(usable, holders, stages))
    stages.end("loader")
    platform = target.platform if target else read_platform(root, packages, program)
    index = target.index if target else open_index(platform.id)
    around = _surroundings(root, environment, packages, index, loading, target)
    attribution = Attribution(
        objects=usable,
        holders={file: holders[file].name for file in usable if file in holders},
        loads=loads,
        surroundings=around,
    )
    base = index.base if index else packages.base if packages else frozenset()
    named = Named(
        root,
        environment,
        around=around,
        index=index,
        is_object=usable.__contains__,
        notes=lambda path: objects.ask(path, dlopen_notes),
        base=base,
        library=(lambda _: None) if loading is None else loading.library,
        folders=() if loading is None else loading.folders,
    )
    attributed = tuple(map(attribution.of_distribution, environment.distributions))
    stages.end("attribution")
    distributions = tuple(map(named.with_needs, attributed))
    stages.end("names in sources")
    found = Scan(
        platform=platform,
        base=base,
        environment=environment,
        distributions=distributions,
        unattributed=tuple(attribution.of_unclaimed(file) for file in environment.unclaimed if file in usable),
        loads=loads,
        process=() if loading is None else loading.process,
        skipped=(
            *environment.skipped,
            *(answer for answer in answers.values() if isinstance(answer, Skipped)),
            *strangers.values(),
            *(each for distribution in distributions for each in distribution.skipped),
            *(packages.skipped if packages else ()),
        ),
    )
    stages.end("attribution")
    if packages is not None:
        found = _with_floors(found, root, objects, packages)
        stages.end("version floors")
    return found


def _program(objects: Objects, environment: Environment, facts: Mapping[str, ElfFile]) -> ElfFile | None:
    """Return the facts of the interpreter; where there is none, of the environment's prevailing kind of object."""
    path = environment.interpreter.path
    program = objects.facts(path) if path else None
    return program if isinstance(program, ElfFile) else prevailing(facts.values())


class _Loading:
    """The interpreter's process, ready to open the objects of its environment."""

    def __init__(  # noqa: PLR0913 - one of each thing that a process is made of
        self,
        root: Root,
        environment: Environment,
        objects: Objects,
        program: ElfFile,
        library_path: tuple[str, ...],
        *,
        cache_as_is: bool,
    ) -> None:
        self._root = root
        self._interpreter = environment.interpreter
        self._objects = objects
        self.program = program
        self._config = read_loader_config(
            root,
            program,
            library_path=library_path,
            cache="as-is" if cache_as_is else "fresh",
            lookup=objects.open,
        )
        self._memory = Memory()
        self._process = start(self._interpreter.path, objects.open, self._config, self._memory)
        self.process = self._process.objects
        """The interpreter and what it loads before it opens anything."""
        self.own = frozenset(filter(None, (root.resolve(each.path) for each in self._process.objects)))
        """The files of the interpreter's process, before it opens anything."""

    def loads(
        self, usable: Mapping[str, ElfFile], holders: Mapping[str, Distribution], stages: Stages
    ) -> Iterator[Load]:
        """Open the environment's objects from their roots."""

        def named(paths: frozenset[str]) -> frozenset[str]:
            stages.end("loader")
            found = named_files(self._root, holders, paths)
            stages.end("sources")
            return found

        return load_roots(
            usable,
            is_extension=lambda path: is_extension_module(path, self._interpreter.abi_tag, self._objects.defines),
            named=named,
            open_root=lambda path: self._open(path, usable[path]),
            real=self._root.resolve,
        )

    def libc(self) -> str:
        """Return the dynamic loader that the program names; for a library, which stands for it, its libc."""
        libraries = (f"{folder}/libc.so.6" for folder in self._config.default_directories)
        return self.program.interpreter or next(filter(self._objects.open, libraries), "")

    def library(self, name: str) -> str | None:
        """Return where dlopen(3) finds a file name, in a process that has nothing but the interpreter."""
        loaded = next((each.path for each in self.process if each.path.rpartition("/")[2] == name), None)
        return loaded or next((each.path for each in self._opened(name)), None)

    @property
    def folders(self) -> tuple[str, ...]:
        """The loader's default directories."""
        return self._config.default_directories

    def _open(self, path: str, elf: ElfFile) -> tuple[LoadedObject, ...]:
        if is_program(elf):
            return start(path, self._objects.open, self._config, self._memory).objects
        return self._opened(path)

    def _opened(self, name: str) -> tuple[LoadedObject, ...]:
        return open_object(self._process, name, self._caller(), self._objects.open, self._config, self._memory)

    def _caller(self) -> str:
        """Return who calls dlopen(3) for `import`: the shared libpython where there is one, else the program."""
        paths = [each.path for each in self._process.objects]
        return next((path for path in paths if is_libpython(path)), self._interpreter.path)


def _surroundings(  # noqa: PLR0913, PLR0917 - what there is to ask
    root: Root,
    environment: Environment,
    packages: PackageDatabase | None,
    index: SonameIndex | None,
    loading: _Loading | None,
    target: TargetSystem | None,
) -> Surroundings:
    own = frozenset() if loading is None else loading.own
    interpreter = environment.interpreter
    owner = cache(lambda path: None if packages is None else packages.owner(path))
    libc = owner(loading.libc()) if loading else None
    return Surroundings(
        real=cache(root.resolve),
        owner=owner,
        name_owner=cache(lambda path: None if packages is None else packages.owner(path, of_name=True)),
        available=lambda soname: None if index is None else index.installable(soname),
        nowhere=f"no binary package of {index.target.id} has it" if index else "",
        host_library=host_library,
        interpreters=lambda path: inside(path, interpreter.prefix) and (path in own or is_libpython(path)),
        requires=_requires(environment),
        absent_interpreter=lambda soname: not interpreter.path and is_libpython_of(soname, interpreter.version),
        libc=frozenset({target.libc} if target else () if libc is None else {libc.package}),
    )


def _requires(environment: Environment) -> Callable[[str, str], bool]:
    """Return what tells whether one distribution requires another, extras and all, directly or through others."""
    direct = {each.name: each.requires for each in environment.distributions}

    @cache
    def required(name: str) -> frozenset[str]:
        found: set[str] = set()
        pending = [name]
        while pending:
            names = {required_name(line) for line in direct.get(pending.pop(), ())} - found
            found |= names
            pending += names
        return frozenset(found)

    return lambda name, other: other in required(name)


def _with_floors(found: Scan, root: Root, objects: Objects, packages: PackageDatabase) -> Scan:
    """Add the version floors: from what the environment's objects, and unowned ones that they load, take."""
    needs = [need for _, need in found.needs()]
    providers = [need.provider for need in needs if need.confidence is None]
    libraries = {
        provider.path: provider.package
        for provider in providers
        if isinstance(provider, FromPackage) and provider.path and provider.package not in found.base
    }
    if not libraries:
        return found
    unowned = {root.resolve(provider.path) for provider in providers if isinstance(provider, Unowned)}
    shlibs = Shlibs(root, packages)
    uses = Uses(root, objects, shlibs).of(
        (loaded for load in found.loads for loaded in load.objects),
        subjects=unowned.union(*(need.by for need in needs)),
        libraries=libraries,
    )
    return replace(found, floors=floors(dependencies(uses)), skipped=(*found.skipped, *shlibs.skipped))
