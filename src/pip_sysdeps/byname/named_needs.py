"""Find the needs by name of each distribution: collect its references, and resolve them to packages."""

from __future__ import annotations

import posixpath
import re
from functools import cache, cached_property
from typing import TYPE_CHECKING

from pip_sysdeps.byname.companions import companion_references, without_stated
from pip_sysdeps.byname.knowledge import declared_references, known_references, noted_references, with_authority
from pip_sysdeps.byname.lacking_modules import lacking_modules
from pip_sysdeps.byname.provision import distribution_of, file_name, needs, package_of_program
from pip_sysdeps.byname.read_knowledge import companions, known_of
from pip_sysdeps.byname.read_modules import split_modules
from pip_sysdeps.byname.source_search import Searched, SourceSearch
from pip_sysdeps.byname.standard_modules import of_interpreter, of_release
from pip_sysdeps.environment.metadata import normalize_name, required_name
from pip_sysdeps.environment.standard_library import extension_modules
from pip_sysdeps.model.environment import Skipped, Verdict
from pip_sysdeps.model.needs import ReferenceKind

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Iterator, Mapping

    from pip_sysdeps.byname.lookup import Lookup
    from pip_sysdeps.byname.read_modules import SplitModule
    from pip_sysdeps.byname.standard_modules import Imported
    from pip_sysdeps.elf.notes import DlopenNote
    from pip_sysdeps.model.environment import Distribution, Environment
    from pip_sysdeps.model.needs import DistributionNeeds, Need, Reference
    from pip_sysdeps.system.root import Root

_SEARCHED = {ReferenceKind.LIBRARY, ReferenceKind.PROGRAM}
"""Kinds of references that sources can state."""
_DOES = {
    ReferenceKind.LIBRARY: "opens a library",
    ReferenceKind.PROGRAM: "runs a program",
    ReferenceKind.FILE: "loads an extension",
}
"""Description of a source for each kind, in the note about a computed name."""
_BUILD = r"[-_.](?:(?:many|musl)?linux|x86_64|amd64|aarch64|arm64|cpython|pypy|abi3).*"
"""Suffixes of a file name for its platform or Python, as setuptools adds them."""


class Named:
    """Adds needs by name to distributions."""

    def __init__(  # noqa: PLR0913 - one of each thing that answers
        self,
        root: Root,
        environment: Environment,
        lookup: Lookup,
        *,
        objects: Container[str],
        notes: Callable[[str], tuple[DlopenNote, ...] | None],
        libraries: Callable[[str], tuple[str, ...]],
        lacking: Mapping[str, tuple[str, ...]],
        machine: str,
        fork: bool = False,
    ) -> None:
        """Search one environment.

        `lookup` answers for its system; `objects` are the usable ELF files; `notes` returns the dlopen notes of one of
        them, `libraries` what an extension module of the interpreter needs from the system; `lacking` is as in `Scan`;
        `machine` is for environment markers. With `fork`, large sources are parsed in child processes.
        """
        self._root = root
        self._environment = environment
        self._lookup = lookup
        self._objects = objects
        self._notes = notes
        self._libraries = libraries
        self._lacking = lacking
        self._machine = machine
        self._fork = fork
        self._installed = frozenset(each.name for each in environment.distributions)
        self._package_of = cache(lambda word: package_of_program(word, lookup))

    def search(self, distribution: Distribution) -> Searched:
        """Return the references of a distribution itself, without those that the knowledge file settles."""
        settled = {each.kind for each in self._known(distribution) if not each.names}
        found = Searched() if settled >= _SEARCHED else self._source_search(distribution).searched()
        return found._replace(references=tuple(self._own_references(distribution, found)))

    def with_needs(self, distribution: DistributionNeeds, said: Searched) -> DistributionNeeds:
        """Return the distribution with its needs by name and companions, without those that a DT_NEEDED states.

        `said` is the result of `search`.
        """
        found = with_authority(self._known(distribution.distribution), said.references)
        skipped = (*distribution.skipped, *said.skipped, *self._unknown(distribution.distribution, said))
        stated = {need.soname for need in distribution.needs if need.soname}
        named = self._needs(distribution.distribution, found)
        new = [need for need in named if stated.isdisjoint((need.soname, *need.any_of))]
        own = (*distribution.needs, *new)
        beside = self._needs(distribution.distribution, companion_references(own, companions(), self._installed))
        every = sorted((*own, *without_stated(beside, own)), key=lambda need: (need.name, need.by, need.when.value))
        return distribution._replace(needs=tuple(every), skipped=skipped)

    def _needs(self, distribution: Distribution, references: Iterable[Reference]) -> tuple[Need, ...]:
        every = tuple(references)
        return needs(every, self._lookup, self._source_search(distribution).about) if every else ()

    def _unknown(self, distribution: Distribution, said: Searched) -> Iterator[Skipped]:
        """Yield notes about sources that open or run something by a computed name, unless the knowledge file has it.

        A distribution with shared objects is taken to open one of these.
        """
        settled = {each.kind for each in self._known(distribution)}
        if any(file in self._objects for file in distribution.files):
            settled.add(ReferenceKind.LIBRARY)
        for kind, path in said.unknown:
            if kind not in settled:
                reason = f"{_DOES[kind]} by a name that is computed at run time"
                yield Skipped(path=path, verdict=Verdict.UNKNOWN_NAME, reason=reason)

    def _source_search(self, distribution: Distribution) -> SourceSearch:
        return SourceSearch(
            self._root,
            distribution,
            self._package_of,
            python=self._environment.interpreter.version,
            modules=self._modules,
            is_installed=self._lookup.has_python_module,
            fork=self._fork,
        )

    def _known(self, distribution: Distribution) -> tuple[Reference, ...]:
        return known_references(
            known_of(distribution.name),
            distribution,
            installed=self._installed,
            debian_python=self._is_own_python,
            fits=fits,
        )

    def _own_references(self, distribution: Distribution, found: Searched) -> Iterator[Reference]:
        """Yield the references in a distribution's metadata, ELF notes and sources."""
        named = found.references
        yield from self._imports(found.imported)
        yield from declared_references(distribution, lambda name: bool(self._package_of(name)), self._applies)
        objects = [file for file in distribution.files if file in self._objects]
        for file in objects:
            yield from noted_references(file, self._notes(file) or ())
        if named:
            bundled = {_plain_name(file) for file in objects}
            absent = {required_name(line) for line in distribution.requires} - self._installed - {""}
            others = (each for each in named if not self._is_program_of(each, absent))
            yield from (each for each in others if bundled.isdisjoint(_plain_name(file_name(n)) for n in each.names))

    def _is_program_of(self, reference: Reference, distributions: set[str]) -> bool:
        """Return whether a program is named after one of some distributions, or its package is."""
        if reference.kind is not ReferenceKind.PROGRAM or not distributions:
            return False
        packages = (distribution_of(self._package_of(name)) for name in reference.names)
        return not distributions.isdisjoint(map(normalize_name, (*reference.names, *packages)))

    def _imports(self, found: tuple[Imported, ...]) -> Iterator[Reference]:
        """Yield references for imported modules of the standard library that the interpreter lacks."""
        apart = split_modules() if self._is_own_python else {}
        yield from of_release((each for each in found if each.module in apart), self._file_of_module)
        yield from of_interpreter((each for each in found if each.module not in apart), self._libraries_of_module)

    def _file_of_module(self, module: SplitModule) -> str:
        """Return the pattern of the file that a release has apart from its Python; empty if it has no such file.

        For package managers that need no index, nothing says whether it has one.
        """
        if self._lookup.by_capability:
            version = ".".join(map(str, self._environment.interpreter.version))
            return f"/usr/lib*/python{version}/lib-dynload/{module.extension}.*.so"
        index = self._lookup.index
        is_known = self._lookup.file(module.file) or (index and index.package_of_file(module.file))
        return module.file if is_known else ""

    @cached_property
    def _modules(self) -> frozenset[str]:
        """Standard modules that the interpreter may lack, or that may lack libraries."""
        has_list = self._is_own_python and not self._lookup.by_capability
        split = {
            each.name
            for each in split_modules().values()
            if (has_list or each.extension) and not self._lookup.has_python_module(each.bringer)
        }
        return frozenset(split | self._lacking_modules.keys())

    @cached_property
    def _lacking_modules(self) -> Mapping[str, frozenset[str]]:
        return lacking_modules(self._root, self._environment.interpreter, self._lacking)

    def _libraries_of_module(self, name: str) -> tuple[str, ...]:
        """Return the libraries that importing a standard module takes; for most modules, only missing ones."""
        module = split_modules().get(name)
        path = self._extensions.get(module.extension) if module else None
        return self._libraries(path) if path else tuple(sorted(self._lacking_modules.get(name, ())))

    @cached_property
    def _extensions(self) -> Mapping[str, str]:
        return extension_modules(self._root, self._environment.interpreter)

    @property
    def _is_own_python(self) -> bool:
        """Whether the release's own Python is the interpreter; assumed for a target without one."""
        return self._environment.interpreter.prefix in {"", "/usr"}

    def _applies(self, marker: str) -> bool:
        """Return whether an environment marker is true, or cannot be evaluated."""
        from pip_sysdeps.environment.requirements import applies, marker_environment  # noqa: PLC0415 - few declare anything

        return applies(marker, marker_environment(self._environment.interpreter, self._machine))


def fits(version: str, specifier: str) -> bool:
    """Return whether a specifier contains a version; true if the version is invalid."""
    from packaging.specifiers import SpecifierSet  # noqa: PLC0415 - slower to import than a small lock takes
    from packaging.version import Version  # noqa: PLC0415 - as above

    try:
        return SpecifierSet(specifier).contains(Version(version), prereleases=True)
    except ValueError:  # no version, or one with more digits than a number may have
        return True


def _plain_name(path: str) -> str:
    """Return a file's name without platform and version: `ffmpeg` for `ffmpeg-linux-x86_64-v7`."""
    name, _, _ = posixpath.basename(path).partition(".so")
    return re.sub(_BUILD, "", name)
