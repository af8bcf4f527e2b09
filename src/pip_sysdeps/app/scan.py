"""The conductor: what the machine has goes through the pure stages, once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

from pip_sysdeps.byname.named_needs import Named, release_of
from pip_sysdeps.byname.read_knowledge import known_of
from pip_sysdeps.elf.kinds import foreign, is_libpython, is_libpython_of, prevailing
from pip_sysdeps.elf.notes import dlopen_notes
from pip_sysdeps.elf.read_objects import Objects
from pip_sysdeps.environment.metadata import required_name
from pip_sysdeps.loader.process import USUAL, InterpreterProcess
from pip_sysdeps.model.elf import ElfFile
from pip_sysdeps.model.environment import Skipped, Verdict
from pip_sysdeps.model.needs import FromPackage, Unowned
from pip_sysdeps.model.scan import Scan
from pip_sysdeps.needs.attribution import Attribution, Surroundings, impossible_glibc
from pip_sysdeps.needs.read_host_libraries import host_library
from pip_sysdeps.packages.family import FloorQuestion
from pip_sysdeps.packages.index import open_index
from pip_sysdeps.packages.platform import read_platform
from pip_sysdeps.printing import printable
from pip_sysdeps.system.fork_worker import beside
from pip_sysdeps.system.timings import Stages
from pip_sysdeps.system.tree import inside, may_be_elf

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from pip_sysdeps.environment.target_system import TargetSystem
    from pip_sysdeps.loader.process import Conditions
    from pip_sysdeps.model.environment import Distribution, Environment
    from pip_sysdeps.model.loader import Load
    from pip_sysdeps.model.packages import Platform
    from pip_sysdeps.packages.index import SonameIndex
    from pip_sysdeps.packages.installed import SystemPackages
    from pip_sysdeps.system.root import Root

_LONGEST_SHOWN = 60
_MANY_FILES = 2000
"""In fewer a search of their sources takes no longer than to make a second process for it."""


def scan(  # noqa: PLR0913 - each with a default that a lock needs
    root: Root,
    environment: Environment,
    packages: SystemPackages | None,
    *,
    conditions: Conditions = USUAL,
    objects: Objects | None = None,
    stages: Stages | None = None,
    target: TargetSystem | None = None,
    second_process: bool = False,
) -> Scan:
    """Return what every distribution of an environment needs, and from whom.

    `packages` is None where there is no package database. `objects` are those of the root, for a caller who has more
    questions about them. With a `target` the answers are those on that system, and the root has the environment alone.
    Nothing of the environment is run. With `second_process` a fork of this one may search the sources of a large
    environment beside the rest, and others parse large sources within limits: for a program that has one thread, as a
    command is.
    """
    stages = stages or Stages()
    objects = objects or Objects(root)
    read = _read(objects, environment, target)
    stages.end("ELF facts")
    process = InterpreterProcess(root, environment, objects, read.program, conditions) if read.program else None
    platform = target.platform if target else read_platform(root, packages, read.program)
    index = target.index if target else open_index(platform.id, root)
    given = _Given(
        root=root,
        environment=environment,
        packages=packages,
        objects=objects,
        read=read,
        process=process,
        platform=platform,
        index=index,
        target=target,
    )
    around = _surroundings(given)
    may_fork = second_process and root.may_fork
    named = _named(given, around, fork=may_fork)
    by_size = sorted(environment.distributions, key=lambda each: -len(each.files))
    fork = may_fork and sum(len(each.files) for each in by_size) > _MANY_FILES
    with beside(named.search, by_size, fork=fork) as searched:
        loads = () if process is None else tuple(process.loads(read.usable, _mentioned(given, stages)))
        stages.end("loader")
        found = _attributed(given, around, loads)
        stages.end("attribution")
        if packages is not None:
            found = _with_floors(found, root, objects, packages)
            stages.end("version floors")
        said = {each.name: answer for each, answer in zip(by_size, searched(), strict=True)}
    distributions = tuple(named.with_needs(each, said[each.distribution.name]) for each in found.distributions)
    notes = (note for each in distributions for note in each.skipped)
    stages.end("names in sources")
    return replace(found, distributions=distributions, skipped=(*found.skipped, *notes))


def _mentioned(given: _Given, stages: Stages) -> Callable[[frozenset[str]], frozenset[str]]:
    """Return what picks the objects that a Python file of their own distribution names."""

    def mentioned(paths: frozenset[str]) -> frozenset[str]:
        if not paths:
            return paths
        from pip_sysdeps.byname.file_mentions import named_files  # noqa: PLC0415 - it loads ast; a small lock does not

        stages.end("loader")
        found = named_files(given.root, given.environment.site_dirs, given.read.holders, paths)
        stages.end("sources")
        return found

    return mentioned


@dataclass(frozen=True, slots=True, kw_only=True)
class _Given:
    """What is there before anything is decided."""

    root: Root
    """Where the environment lies."""
    environment: Environment
    """The environment."""
    packages: SystemPackages | None
    """The root's binary packages."""
    objects: Objects
    """Answers more questions about files of the root."""
    read: _Read
    """The environment's ELF files."""
    process: InterpreterProcess | None
    """The process that opens them; None where no program tells what it is."""
    platform: Platform
    """The system that the answers are for."""
    index: SonameIndex | None
    """Its soname index."""
    target: TargetSystem | None
    """That system, if it is not this root's."""

    @property
    def base(self) -> frozenset[str]:
        """Return the packages that every image of the release has."""
        return self.index.base if self.index else self.packages.base if self.packages else frozenset()


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
        skipped=(
            *(each for each in answers.values() if isinstance(each, Skipped)),
            *strangers.values(),
            *_impossible(facts),
        ),
    )


def _impossible(facts: Mapping[str, ElfFile]) -> Iterator[Skipped]:
    """Yield the files that no glibc loads: a lock cannot hold the version that they need."""
    for file, elf in facts.items():
        if version := impossible_glibc(elf):
            shown = printable(version[:_LONGEST_SHOWN])
            yield Skipped(path=file, verdict=Verdict.MALFORMED, reason=f"needs {shown}, which no glibc has")


def _program(objects: Objects, environment: Environment, facts: Mapping[str, ElfFile]) -> ElfFile | None:
    """Return the facts of the interpreter; where there is none, of the environment's prevailing kind of object."""
    path = environment.interpreter.path
    program = objects.facts(path) if path else None
    return program if isinstance(program, ElfFile) else prevailing(facts.values())


def _surroundings(given: _Given) -> Surroundings:
    packages, index, process, target = given.packages, given.index, given.process, given.target
    own = frozenset() if process is None else process.own
    interpreter = given.environment.interpreter
    owner = cache(lambda path: None if packages is None else packages.owner(path))
    libc = owner(process.libc()) if process else None
    return Surroundings(
        real=cache(given.root.resolve),
        owner=owner,
        name_owner=cache(lambda path: None if packages is None else packages.owner(path, of_name=True)),
        available=lambda soname: None if index is None else index.installable(soname),
        nowhere=f"no binary package of {index.target.id} has it" if index else "",
        host_library=host_library,
        interpreters=lambda path: inside(path, interpreter.prefix) and (path in own or is_libpython(path)),
        requires=_requires(given.environment),
        absent_interpreter=lambda soname: not interpreter.path and is_libpython_of(soname, interpreter.version),
        libc=frozenset({target.libc} if target else () if libc is None else {libc.package}),
    )


def _named(given: _Given, around: Surroundings, *, fork: bool) -> Named:
    process = given.process
    release = release_of(
        given.root,
        given.environment,
        around,
        index=given.index,
        base=given.base,
        library=(lambda _: None) if process is None else process.library,
        folders=() if process is None else process.folders,
        is_development=given.packages.family.is_development if given.packages else lambda _: False,
    )
    return Named(
        given.root,
        given.environment,
        release,
        objects=given.read.usable,
        notes=lambda path: given.objects.ask(path, dlopen_notes),
        fork=fork,
        machine=given.platform.machine,
    )


def _attributed(given: _Given, around: Surroundings, loads: tuple[Load, ...]) -> Scan:
    """Attribute what was loaded; without version floors, and without what is needed by name."""
    environment, read, packages = given.environment, given.read, given.packages
    attribution = Attribution(
        objects=read.usable,
        holders={file: holder.name for file, holder in read.holders.items() if file in read.usable},
        loads=loads,
        surroundings=around,
    )
    return Scan(
        platform=given.platform,
        base=given.base,
        environment=environment,
        distributions=tuple(map(attribution.of_distribution, environment.distributions)),
        unattributed=tuple(map(attribution.of_unclaimed, filter(read.usable.__contains__, environment.unclaimed))),
        loads=loads,
        process=() if given.process is None else given.process.objects,
        skipped=(*environment.skipped, *read.skipped, *(packages.skipped if packages else ())),
    )


def _requires(environment: Environment) -> Callable[[str, str], bool]:
    """Return what tells whether one distribution requires another, extras and all, directly or through others.

    One that the knowledge file says may bring what the first needs counts, too: who installs both means it.
    """
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

    return lambda name, other: other in required(name) or any(other in each.unless for each in known_of(name))


def _with_floors(found: Scan, root: Root, objects: Objects, packages: SystemPackages) -> Scan:
    """Add the version floors: from what the environment's objects, and unowned ones that they load, take."""
    needs = [need for _, need in found.needs()]
    providers = [need.provider for need in needs if need.confidence is None]
    libraries = {
        provider.path: provider.package
        for provider in providers
        if isinstance(provider, FromPackage) and provider.path and provider.package not in found.base
    }
    if not (libraries and packages.family.floors):
        return found
    unowned = {root.resolve(provider.path) for provider in providers if isinstance(provider, Unowned)}
    question = FloorQuestion(
        loaded=(loaded for load in found.loads for loaded in load.objects),
        subjects=unowned.union(*(need.by for need in needs)),
        libraries=libraries,
    )
    floors, skipped = packages.family.floors(root, packages.database, objects, question)
    return replace(found, floors=floors, skipped=(*found.skipped, *skipped))
