"""Scan an environment: read its files once, and resolve them under one or more conditions."""

from __future__ import annotations

from contextlib import contextmanager
from itertools import groupby, islice
from operator import itemgetter
from types import MappingProxyType
from typing import TYPE_CHECKING

from pip_sysdeps.app.environment_objects import read_environment_objects
from pip_sysdeps.app.system import EnvironmentSystem
from pip_sysdeps.app.version_floors import with_version_floors
from pip_sysdeps.byname.knowledge import ObjectsKind, known_patterns
from pip_sysdeps.byname.named_needs import Named, fits
from pip_sysdeps.byname.read_knowledge import known_of
from pip_sysdeps.byname.read_modules import split_modules
from pip_sysdeps.elf.kinds import is_extension_module, is_program
from pip_sysdeps.elf.notes import dlopen_notes
from pip_sysdeps.elf.read_objects import Objects
from pip_sysdeps.environment.standard_library import extension_modules
from pip_sysdeps.errors import SysdepsError
from pip_sysdeps.loader.conditions import DEFAULT_CONDITIONS
from pip_sysdeps.loader.process import InterpreterProcess
from pip_sysdeps.model.elf import ElfFile
from pip_sysdeps.model.needs import FromPackage
from pip_sysdeps.model.scan import Scan
from pip_sysdeps.needs.attribution import Attribution
from pip_sysdeps.needs.optional import ImportRoots, mark_optional
from pip_sysdeps.needs.plugins import DEFAULT, chosen_files, plugin_choices
from pip_sysdeps.needs.read_optional import OptionalRoots
from pip_sysdeps.packages.index import missing_note, open_index
from pip_sysdeps.packages.platform import read_platform
from pip_sysdeps.packages.recommended import optional_packages
from pip_sysdeps.packages.registry import default_directories
from pip_sysdeps.system.fork_worker import in_second_process
from pip_sysdeps.system.progress import task
from pip_sysdeps.system.timings import Stages

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from pip_sysdeps.app.place import Place
    from pip_sysdeps.byname.source_search import Searched
    from pip_sysdeps.elf.notes import DlopenNote
    from pip_sysdeps.loader.conditions import Conditions
    from pip_sysdeps.model.environment import Distribution, Environment
    from pip_sysdeps.model.loader import Load
    from pip_sysdeps.model.plugins import PluginChoice
    from pip_sysdeps.packages.installed import SystemPackages

_MAX_NEEDS = 5_000
"""Limit on the needs of all distributions and files: ten times those of 300 large distributions."""
_MOST_LACKING = 50
"""Limit on the missing libraries of the standard library's extension modules: CPython has 17."""
_MIN_FILES_TO_FORK = 2000
"""Below this many files, forking a second process costs more than it saves."""


class Scanner:
    """An environment with its ELF facts and the index of its release. `scan` resolves it under given conditions.

    Nothing of the environment is run. Results of `scan` are kept for later calls.
    """

    def __init__(
        self,
        place: Place,
        *,
        plugins: Mapping[str, Sequence[str]] = MappingProxyType({}),
        stages: Stages | None = None,
        second_process: bool = False,
    ) -> None:
        """Read the ELF files and open the index.

        `plugins` has the patterns of chosen plugins by distribution; other distributions use the knowledge file's. With
        `second_process`, a fork searches the sources of a large environment, and large sources are parsed in child
        processes with limits. This is only for programs with one thread.
        """
        self.place = place
        self.objects = Objects(place.root)
        self._stages = stages or Stages()
        self._files = read_environment_objects(self.objects, place)
        self.choose(plugins)
        self._stages.end("ELF facts")
        self.program = self._files.program
        target, program = place.target, self.program
        self.platform = target.platform if target else read_platform(place.root, place.packages, program)
        is_native = _is_native(place.packages, program)
        self.index = target.index if target else open_index(self.platform.id, place.root) if is_native else None
        self._may_fork = second_process and place.root.may_fork
        self._searched: Mapping[str, Searched] | None = None
        self._checked_for_mentions: frozenset[str] = frozenset()
        self._mentioned: frozenset[str] = frozenset()
        self._optional_roots: frozenset[str] = frozenset()
        self._checked_for_optional: frozenset[str] = frozenset()

    def choose(self, plugins: Mapping[str, Sequence[str]]) -> None:
        """Use other plugin patterns for the next scans."""
        self._plugins = tuple(_plugin_choices(self.place.environment, plugins, self._files.usable))

    def scan(
        self,
        conditions: Conditions = DEFAULT_CONDITIONS,
        *,
        floors: bool = True,
        standard_library: bool = False,
    ) -> Scan:
        """Return the needs of each distribution with their providers, and version floors if requested.

        With `standard_library`, the libraries of the interpreter's extension modules are checked too.
        """
        place, files = self.place, self._files
        program = files.program
        process = None
        if program:
            folders = default_directories(self.platform)
            process = InterpreterProcess(place.root, place.environment, self.objects, program, conditions, folders)
        system = EnvironmentSystem(place, self.index, process)
        lacking = _lacking(place, process) if process and standard_library else {}
        named = self._needs_by_name(system, process, lacking)
        with self._search(named) as finish_search:
            with task("resolving libraries"):
                loads = () if process is None else self._loads(process)
                self._stages.end("loader")
                attributed = self._attribute(system, loads, process)
                _check_need_count(attributed, place.root.display_path(attributed.environment.prefix))
                found = self._mark_optional(attributed)
            self._stages.end("attribution")
            if floors and place.packages is not None:
                with task("finding the minimum versions of packages"):
                    found = with_version_floors(found, place.root, self.objects, place.packages)
                self._stages.end("version floors")
            self._searched = finish_search()
        search = self._searched
        distributions = tuple(named.with_needs(each, search[each.distribution.name]) for each in found.distributions)
        notes = (note for each in distributions for note in each.skipped)
        self._stages.end("names in sources")
        note = self.index.note if self.index else missing_note(self.platform)
        found = found._replace(distributions=distributions, skipped=(*found.skipped, *notes), note=note)
        return found._replace(recommended=self._recommended(found), lacking=lacking)

    def _recommended(self, found: Scan) -> Mapping[str, tuple[str, ...]]:
        """Map each needed package to the packages that have plugins for its libraries."""
        needed = {need.provider.package for _, need in found.needs() if isinstance(need.provider, FromPackage)}
        return optional_packages(needed - found.base, self.index, self.place.packages)

    def _loads(self, process: InterpreterProcess) -> tuple[Load, ...]:
        return tuple(process.loads(self._files.usable, self._named_files, chosen_files(self._plugins)))

    def _needs_by_name(
        self, system: EnvironmentSystem, process: InterpreterProcess | None, lacking: Mapping[str, tuple[str, ...]]
    ) -> Named:
        return Named(
            self.place.root,
            self.place.environment,
            system,
            objects=self._files.usable,
            notes=self._notes,
            libraries=process.outside_libraries if process else lambda _: (),
            lacking=lacking,
            fork=self._may_fork,
            machine=self.platform.machine,
        )

    def _notes(self, path: str) -> tuple[DlopenNote, ...] | None:
        return self.objects.query(path, dlopen_notes)

    @contextmanager
    def _search(self, named: Named) -> Iterator[Callable[[], Mapping[str, Searched]]]:
        """Search the sources of all distributions once, in a second process if allowed."""
        known = self._searched
        if known is not None:
            yield lambda: known
            return
        by_size = sorted(self.place.environment.distributions, key=lambda each: -len(each.files))
        fork = self._may_fork and sum(len(each.files) for each in by_size) > _MIN_FILES_TO_FORK
        with in_second_process(
            named.search, by_size, "searching the sources of distributions", fork=fork
        ) as finish_search:
            yield lambda: {each.name: answer for each, answer in zip(by_size, finish_search(), strict=True)}

    def _named_files(self, paths: frozenset[str]) -> frozenset[str]:
        """Return the objects that a Python file of their own distribution names."""
        if unchecked := paths - self._checked_for_mentions:
            from pip_sysdeps.needs.file_mentions import named_files  # noqa: PLC0415 - loads ast; a small lock does not

            self._stages.end("loader")
            environment = self.place.environment
            self._mentioned |= named_files(self.place.root, environment.site_dirs, self._files.holders, unchecked)
            self._checked_for_mentions |= unchecked
            self._stages.end("sources")
        return paths & self._mentioned

    def _attribute(
        self, system: EnvironmentSystem, loads: tuple[Load, ...], process: InterpreterProcess | None
    ) -> Scan:
        """Return a scan of loaded objects, without version floors and needs by name."""
        environment, files, packages = self.place.environment, self._files, self.place.packages
        attribution = Attribution(
            objects=files.usable,
            holders={file: holder.name for file, holder in files.holders.items() if file in files.usable},
            loads=loads,
            providers=system,
        )
        process_objects = () if process is None else process.objects
        opened = dict.fromkeys(
            (*(each.path for each in process_objects), *(each.path for load in loads for each in load.objects))
        )
        real = {path: system.real(path) or path for path in opened}
        return Scan(
            platform=self.platform,
            base=system.base,
            environment=environment,
            distributions=tuple(map(attribution.needs_of_distribution, environment.distributions)),
            unattributed=tuple(
                map(attribution.needs_of_file, filter(files.usable.__contains__, environment.unclaimed))
            ),
            loads=loads,
            plugins=self._plugins,
            process=process_objects,
            skipped=(*environment.skipped, *files.skipped, *(packages.skipped if packages else ())),
            objects={**files.usable, **dict(self._facts(real.values()))},
            real=real,
        )

    def _mark_optional(self, found: Scan) -> Scan:
        """Mark as optional the needs that only optional roots reach."""
        place, files = self.place, self._files
        abi_tag = place.environment.interpreter.abi_tag
        optional = OptionalRoots(
            place.root,
            files.holders,
            is_extension=lambda path: is_extension_module(path, abi_tag, self.objects.defines),
            known=lambda each: _known_patterns(each, ObjectsKind.OPTIONAL),
        )
        libraries = (path for path, elf in files.usable.items() if not is_program(elf))
        may_be_optional = frozenset(libraries)
        marked = mark_optional(
            found.distributions,
            ImportRoots(found.loads, found.real),
            found.base,
            lambda roots: self._find_optional(optional, roots & may_be_optional),
        )
        return found._replace(distributions=tuple(marked))

    def _find_optional(self, optional: OptionalRoots, roots: frozenset[str]) -> frozenset[str]:
        """Return the optional roots. Each is looked up once, because its sources do not change between two scans."""
        self._optional_roots |= optional.among(roots - self._checked_for_optional)
        self._checked_for_optional |= roots
        return self._optional_roots & roots

    def _facts(self, paths: Iterable[str]) -> Iterator[tuple[str, ElfFile]]:
        for path in paths:
            if path not in self._files.foreign_files and isinstance(elf := self.objects.facts(path), ElfFile):
                yield path, elf


def _lacking(place: Place, process: InterpreterProcess) -> dict[str, tuple[str, ...]]:
    """Return `Scan.lacking`.

    Modules that a release has apart from its Python do not count: most images lack their libraries.
    """
    apart = {each.extension for each in split_modules().values()}
    modules = extension_modules(place.root, place.environment.interpreter)
    paths = (path for name, path in modules.items() if name not in apart)
    missing = islice(((path, soname) for path in paths for soname in process.missing_libraries(path)), _MOST_LACKING)
    return {path: tuple(soname for _, soname in group) for path, group in groupby(missing, key=itemgetter(0))}


def _plugin_choices(
    environment: Environment, plugins: Mapping[str, Sequence[str]], objects: Mapping[str, ElfFile]
) -> Iterator[PluginChoice]:
    """Yield the plugin choices: the project's, else those of the knowledge file."""
    for each in environment.distributions:
        known = _known_patterns(each, ObjectsKind.PLUGINS)
        yield from plugin_choices(each, plugins.get(each.name, (DEFAULT,)), known, objects)


def _known_patterns(distribution: Distribution, kind: ObjectsKind) -> Mapping[str, str]:
    return known_patterns(known_of(distribution.name), kind, distribution.version, fits)


def _check_need_count(found: Scan, prefix: str) -> None:
    """Raise SysdepsError for too many needs, because each is a row in every result."""
    rows = sum(len(each.needs) for each in found.distributions) + sum(len(each.needs) for each in found.unattributed)
    if rows > _MAX_NEEDS:
        raise SysdepsError(
            f"the objects of `{prefix}` have {rows} needs, more than {_MAX_NEEDS}",
            hint="no real environment has so many: remove the distributions or files that have them",
        )


def _is_native(packages: SystemPackages | None, program: ElfFile | None) -> bool:
    """Return whether the release's index can be used for this program.

    Package managers that install by capability need no index, so it is not used for a program of another architecture.
    """
    if packages is None or program is None or not packages.family.needs_no_index:
        return True
    return packages.family.architecture(program) in {"", packages.architecture}
