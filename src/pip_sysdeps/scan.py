"""The conductor: what the machine has goes through the pure stages, once."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from pip_sysdeps.attribution import Attribution, Surroundings
from pip_sysdeps.floors import dependencies, floors
from pip_sysdeps.formats.elf_notes import dlopen_notes
from pip_sysdeps.formats.metadata import required_name
from pip_sysdeps.host.beside import beside
from pip_sysdeps.host.hostlibs import host_library
from pip_sysdeps.host.index import open_index
from pip_sysdeps.host.objects import Objects
from pip_sysdeps.host.platform import read_platform
from pip_sysdeps.host.shlibs import Shlibs
from pip_sysdeps.host.tree import inside, may_be_elf
from pip_sysdeps.host.uses import Uses
from pip_sysdeps.model import ElfFile, FromPackage, Scan, Skipped, Unowned
from pip_sysdeps.named import Named
from pip_sysdeps.process import InterpreterProcess
from pip_sysdeps.roots import foreign, is_libpython, is_libpython_of, prevailing
from pip_sysdeps.stages import Stages
from pip_sysdeps.values import dataclass, replace

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pip_sysdeps.host.admindir import PackageDatabase
    from pip_sysdeps.host.index import SonameIndex
    from pip_sysdeps.host.root import Root
    from pip_sysdeps.host.target import TargetSystem
    from pip_sysdeps.model import Distribution, Environment

_MANY_FILES = 2000


def scan(  # noqa: PLR0913 - each with a default that a lock needs
    root: Root,
    environment: Environment,
    packages: PackageDatabase | None,
    *,
    library_path: tuple[str, ...] = (),
    cache_as_is: bool = False,
    this_cpu: bool = False,
    objects: Objects | None = None,
    stages: Stages | None = None,
    target: TargetSystem | None = None,
    second_process: bool = False,
) -> Scan:
    """Return what every distribution of an environment needs, and from whom.

    `packages` is None where there is no dpkg database; `library_path` has the elements of an LD_LIBRARY_PATH. Answers
    are those after a run of ldconfig, unless `cache_as_is`, and hold on every CPU, unless it is to be `this_cpu`.
    `objects` are those of the root, for a caller who has more questions about them. With a `target` the answers are
    those on that system, and the root has the environment alone.
    Nothing of the environment is run. With `second_process` a fork of this one may search the sources of a large
    environment beside the rest: for a program that has one thread, as a command is.
    """
    stages = stages or Stages()
    objects = objects or Objects(root)
    read = _read(objects, environment, target)
    stages.end("ELF facts")
    process = None
    if read.program is not None:
        process = InterpreterProcess(
            root, environment, objects, read.program, library_path, cache_as_is=cache_as_is, this_cpu=this_cpu
        )
    platform = target.platform if target else read_platform(root, packages, read.program)
    index = target.index if target else open_index(platform.id)
    base = index.base if index else packages.base if packages else frozenset()
    around = _surroundings(root, environment, packages, index, process, target)
    named = Named(
        root,
        environment,
        around=around,
        index=index,
        is_object=read.usable.__contains__,
        notes=lambda path: objects.ask(path, dlopen_notes),
        base=base,
        library=(lambda _: None) if process is None else process.library,
        folders=() if process is None else process.folders,
        architecture=platform.architecture,
    )
    with beside(named.search, fork=second_process and _has_many_sources(environment)) as searched:
        loads = () if process is None else tuple(process.loads(read.usable, read.holders, stages))
        stages.end("loader")
        attribution = Attribution(
            objects=read.usable,
            holders={file: holder.name for file, holder in read.holders.items() if file in read.usable},
            loads=loads,
            surroundings=around,
        )
        found = Scan(
            platform=platform,
            base=base,
            environment=environment,
            distributions=tuple(map(attribution.of_distribution, environment.distributions)),
            unattributed=tuple(map(attribution.of_unclaimed, filter(read.usable.__contains__, environment.unclaimed))),
            loads=loads,
            process=() if process is None else process.objects,
            skipped=(*environment.skipped, *read.skipped, *(packages.skipped if packages else ())),
        )
        stages.end("attribution")
        if packages is not None:
            found = _with_floors(found, root, objects, packages)
            stages.end("version floors")
        said = searched()
    distributions = tuple(named.with_needs(each, said) for each in found.distributions)
    notes = (note for each in distributions for note in each.skipped)
    stages.end("names in sources")
    return replace(found, distributions=distributions, skipped=(*found.skipped, *notes))


def _has_many_sources(environment: Environment) -> bool:
    """Tell whether a second process takes less time to search the sources than to be made."""
    return sum(len(each.files) for each in environment.distributions) > _MANY_FILES


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    """The ELF files of an environment, as they were read."""

    holders: Mapping[str, Distribution]
    """The distribution of each file that a record claims, ELF or not."""
    usable: Mapping[str, ElfFile]
    """The objects that the environment's process can load."""
    program: ElfFile | None
    """The program of that process; None if there is nothing to tell it by."""
    skipped: tuple[Skipped, ...]
    """Files that are broken, no runtime objects, or for another machine or C library."""


def _read(objects: Objects, environment: Environment, target: TargetSystem | None) -> _Read:
    """Read every file that may be ELF, and set aside what this process cannot load."""
    holders = {file: each for each in environment.distributions for file in each.files}
    answers = {file: objects.facts(file) for file in (*filter(may_be_elf, holders), *environment.unclaimed)}
    facts = {file: answer for file, answer in answers.items() if isinstance(answer, ElfFile)}
    program = target.program if target else _program(objects, environment, facts)
    strangers = {file: why for file, elf in facts.items() if program and (why := foreign(file, elf, program))}
    return _Read(
        holders=holders,
        usable={file: elf for file, elf in facts.items() if file not in strangers},
        program=program,
        skipped=(*(each for each in answers.values() if isinstance(each, Skipped)), *strangers.values()),
    )


def _program(objects: Objects, environment: Environment, facts: Mapping[str, ElfFile]) -> ElfFile | None:
    """Return the facts of the interpreter; where there is none, of the environment's prevailing kind of object."""
    path = environment.interpreter.path
    program = objects.facts(path) if path else None
    return program if isinstance(program, ElfFile) else prevailing(facts.values())


def _surroundings(  # noqa: PLR0913, PLR0917 - what there is to ask
    root: Root,
    environment: Environment,
    packages: PackageDatabase | None,
    index: SonameIndex | None,
    process: InterpreterProcess | None,
    target: TargetSystem | None,
) -> Surroundings:
    own = frozenset() if process is None else process.own
    interpreter = environment.interpreter
    owner = cache(lambda path: None if packages is None else packages.owner(path))
    libc = owner(process.libc()) if process else None
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
