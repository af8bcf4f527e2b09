"""Compute the needs of each distribution from loaded objects and their owners, with their evidence.

An object may be loaded from several roots. Their results are preferred in this order: import root, chosen plugin, other
plugin, failure.
"""

from __future__ import annotations

import posixpath
from collections import defaultdict
from typing import TYPE_CHECKING, Protocol

from pip_sysdeps.elf.glibc_versions import newest_glibc
from pip_sysdeps.errors import SysdepsError
from pip_sysdeps.model.loader import Found
from pip_sysdeps.model.needs import (
    DistributionNeeds,
    FromCapability,
    FromDistribution,
    FromHost,
    FromPackage,
    Missing,
    Need,
    Unattributed,
    Unowned,
    Unreachable,
    When,
)
from pip_sysdeps.needs.build_variants import select_variants
from pip_sysdeps.needs.split_wheels import omit_sibling_needs

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from pip_sysdeps.model.elf import ElfFile
    from pip_sysdeps.model.environment import Distribution
    from pip_sysdeps.model.loader import Load, NotFound, Resolution
    from pip_sysdeps.model.needs import Provider
    from pip_sysdeps.model.packages import Owner

_MAX_NEEDS = 200_000
"""Limit on the needs of all files: a hundred times those of the largest environments."""


class Providers(Protocol):
    """Finds the providers of libraries, besides the environment's own objects."""

    @property
    def libc_packages(self) -> frozenset[str]:
        """The packages that own the dynamic loader."""

    def real(self, path: str) -> str | None:
        """Return a path with its links followed."""

    def owner(self, path: str) -> Owner | None:
        """Return the binary package that owns a file, by the path under which the loader opens it."""

    def available(self, soname: str) -> str | None:
        """Return the release's binary package of a soname that is not installed."""

    def capability(self, soname: str) -> str:
        """Return the capability of a soname if no index has its package; empty if there is none."""

    def is_checked(self, soname: str) -> bool:
        """Return whether an index or repository metadata has the capability of a soname."""

    def note_of_missing(self, soname: str) -> str:
        """Return the note for a soname that no package has; empty if not all packages are known."""

    def host_library(self, soname: str) -> str | None:
        """Return the driver or container runtime that provides a soname; None for any other soname."""

    def is_interpreter_library(self, path: str) -> bool:
        """Return whether a resolved path is the interpreter's own unpackaged library."""

    def is_own_file(self, path: str) -> bool:
        """Return whether a resolved path is in a prefix that only the environment or its Python uses."""

    def is_absent_interpreter(self, soname: str) -> bool:
        """Return whether a soname is the library of an interpreter that is not installed."""

    def requires(self, name: str, other: str) -> bool:
        """Return whether a distribution requires another, directly or indirectly, and can rely on its import."""


class _Edge:
    """All results for one needed name of one file."""

    __slots__ = ("chosen", "imported", "missed", "not_chosen", "plugin", "when")

    def __init__(self) -> None:
        self.when = When.PLUGIN
        """`IMPORT` if any import root loads the file."""
        self.plugin = ""
        """The first pattern that chose a plugin which loads the file; empty if there is none."""
        self.imported: dict[str, Found] = {}
        """The results of import roots, by path."""
        self.chosen: dict[str, Found] = {}
        """The results of chosen plugins, by path."""
        self.not_chosen: dict[str, Found] = {}
        """The results of other plugins, by path."""
        self.missed: NotFound | None = None
        """The first failed search."""

    def add(self, load: Load, answer: Resolution) -> None:
        if load.when is When.IMPORT:
            self.when = load.when
        self.plugin = self.plugin or load.plugin
        if isinstance(answer, Found):
            found = self.imported if load.when is When.IMPORT else self.chosen if load.plugin else self.not_chosen
            found.setdefault(answer.path, answer)
        else:
            self.missed = self.missed or answer

    @property
    def found(self) -> dict[str, Found]:
        """The preferred results, by path; empty if every search failed."""
        return self.imported or self.chosen or self.not_chosen


class _NeedOfFiles:
    """One need of several files."""

    __slots__ = ("by", "plugin", "provider", "soname", "when")

    def __init__(self, soname: str, provider: Provider) -> None:
        self.soname = soname
        self.provider = provider
        self.by: set[str] = set()
        self.when = When.PLUGIN
        self.plugin = ""

    def add(self, file: str, when: When, plugin: str) -> None:
        self.by.add(file)
        self.when = When.IMPORT if When.IMPORT in {when, self.when} else when
        self.plugin = self.plugin or plugin

    def need(self) -> Need:
        plugin = "" if self.when is When.IMPORT else self.plugin
        by = tuple(sorted(self.by))
        return Need(soname=self.soname, when=self.when, by=by, provider=self.provider, plugin=plugin)


class Attribution:
    """The merged results of all loads of one environment."""

    def __init__(
        self,
        *,
        objects: Mapping[str, ElfFile],
        holders: Mapping[str, str],
        loads: Iterable[Load],
        providers: Providers,
    ) -> None:
        """Merge the loads. `objects` has all objects; `holders` has the distribution of those that a RECORD lists."""
        self._objects = objects
        self._holders = holders
        self._providers = providers
        self._edges: dict[str, dict[str, _Edge]] = {}
        self._imported: set[str] = set()
        for load in loads:
            self._merge(load)
        self._by_name = _by_name(objects)
        self._need_count = 0
        """The number of needs so far."""
        self._unowned_answers: dict[str, tuple[tuple[tuple[str, ...], tuple[str, Provider], str], ...]] = {}
        """The needs of unowned files, cached."""

    def needs_of_distribution(self, distribution: Distribution) -> DistributionNeeds:
        """Return the needs of one distribution, without libraries that it vendors."""
        files = [file for file in distribution.files if file in self._objects]
        objects = {file: self._objects[file] for file in files}
        needs, skipped = select_variants(omit_sibling_needs(self._needs(files), objects))
        return DistributionNeeds(
            distribution=distribution,
            needs=needs,
            vendored=tuple(sorted({posixpath.relpath(folder, distribution.base) for folder in self._vendored(files)})),
            glibc=newest_glibc(objects.values()),
            skipped=skipped,
        )

    def needs_of_file(self, file: str) -> Unattributed:
        """Return the needs of an object that no RECORD lists."""
        return Unattributed(file=file, needs=self._needs([file]), glibc=newest_glibc([self._objects[file]]))

    def _merge(self, load: Load) -> None:
        for loaded in load.objects:
            file = self._providers.real(loaded.path) or loaded.path
            if load.when is When.IMPORT:
                self._imported.add(file)
            edges = self._edges.setdefault(file, {})
            for answer in loaded.needs:
                if not answer.soname:
                    continue  # an empty DT_NEEDED is the main program (glibc elf/dl-load.c, _dl_name_match_p)
                edge = edges.get(answer.soname)
                if edge is None:
                    edge = edges[answer.soname] = _Edge()
                edge.add(load, answer)

    def _needs(self, files: Iterable[str]) -> tuple[Need, ...]:
        """Return the needs of files, including those of the unowned files that they load."""
        found: dict[tuple[str, ...], _NeedOfFiles] = {}
        for file in files:
            for soname, provider, when, plugin in self._needs_of_file(file):
                key = (soname, *_identity(provider))
                need_of_files = found.get(key)
                if need_of_files is None:
                    need_of_files = found[key] = _NeedOfFiles(soname, provider)
                need_of_files.add(file, when, plugin)
        return tuple(
            sorted((each.need() for each in found.values()), key=lambda need: (need.soname, need.by, need.when.value))
        )

    def _needs_of_file(self, file: str) -> Iterator[tuple[str, Provider, When, str]]:
        """Yield name, provider, `when` and plugin of each need. Raise SysdepsError for too many."""
        seen: defaultdict[tuple[When, str], set[str]] = defaultdict(set)
        for soname, edge, provider in self._answers(file):
            plugin = "" if edge.when is When.IMPORT else edge.plugin
            for name, each in ((soname, provider), *self._answers_with_unowned(provider, seen[edge.when, plugin])):
                self._need_count += 1
                _check_need_count(file, self._need_count)
                yield name, each, edge.when, plugin

    def _answers(self, file: str) -> Iterator[tuple[str, _Edge, Provider]]:
        """Yield the needed names of a file with their providers, without the C library's."""
        for soname, edge in self._edges.get(file, {}).items():
            for provider in self._providers_of(file, soname, edge):
                if not (isinstance(provider, FromPackage) and provider.package in self._providers.libc_packages):
                    yield soname, edge, provider

    def _answers_with_unowned(self, provider: Provider, seen: set[str]) -> Iterator[tuple[str, Provider]]:
        """Yield the needs of an unowned provider and of those that it loads, each once."""
        pending = [self._unowned_path(provider)]
        found: dict[tuple[str, ...], tuple[str, Provider]] = {}
        while pending:
            path = pending.pop()
            if path and path not in seen:
                seen.add(path)
                if path not in self._unowned_answers:
                    self._unowned_answers[path] = tuple(self._answers_by_key(self._providers.real(path) or path))
                for key, answer, followed in self._unowned_answers[path]:
                    if key not in found:
                        found[key] = answer
                        pending.append(followed)
        yield from found.values()

    def _answers_by_key(self, file: str) -> Iterator[tuple[tuple[str, ...], tuple[str, Provider], str]]:
        """Yield each need of an unowned file, with a key that identifies it, and the next unowned file."""
        for soname, _, provider in self._answers(file):
            yield (soname, *_identity(provider)), (soname, provider), self._unowned_path(provider)

    def _unowned_path(self, provider: Provider) -> str:
        """Return the path of an unowned provider, whose needs also count; empty for other providers."""
        match provider:
            case Unowned(path=path):
                return path
            case FromDistribution(distribution="", path=path) if path not in self._objects:
                return path
            case _:
                return ""

    def _providers_of(self, file: str, soname: str, edge: _Edge) -> Iterator[Provider]:
        """Yield the providers of a needed name; none if it is vendored or the interpreter's own library."""
        note = self._providers.host_library(soname)
        if note is not None:
            yield FromHost(note=note)
        elif edge.found:
            for found in edge.found.values():
                yield from self._provider_of_found(file, soname, found.path)
        elif edge.missed is not None:
            yield from self._provider_of_missed(file, edge.missed)

    def _provider_of_found(self, file: str, soname: str, path: str) -> Iterator[Provider]:
        real = self._providers.real(path) or path
        if real in self._objects:
            holder = self._holders.get(real, "")
            if holder != self._holders.get(file, ""):
                yield FromDistribution(distribution=holder, path=real, by_loader=True)
            return
        owner = self._providers.owner(path)
        if owner is not None:
            yield FromPackage(package=owner.package, path=path)
        elif self._providers.is_interpreter_library(real):
            return
        elif self._providers.is_own_file(real):
            yield FromDistribution(distribution="", path=self._without_links(path), by_loader=True)
        else:
            yield Unowned(path=self._without_links(path), package=self._providers.available(soname) or "")

    def _without_links(self, path: str) -> str:
        """Return a path without links and `..` in its folder, so that one file is one need."""
        folder, name = posixpath.split(path)
        return posixpath.join(self._providers.real(folder) or folder, name)

    def _provider_of_missed(self, file: str, missed: NotFound) -> Iterator[Provider]:
        """Yield the provider of a name that the loader does not find.

        The import still works if Python has already loaded an object of that name.
        """
        candidates = self._candidates(file, missed.soname)
        holder = self._holders.get(file, "")
        if not candidates:
            provider = self._provider_from_index(missed)
            if not (
                isinstance(provider, FromCapability | Missing) and self._providers.is_absent_interpreter(missed.soname)
            ):
                yield provider
        elif any(self._holders.get(path, "") == holder for path in candidates):
            return
        elif (loaded := next((path for path in candidates if path in self._imported), None)) is not None:
            yield self._provider_of_loaded(holder, loaded, missed)
        else:
            yield Unreachable(
                distribution=self._holders.get(candidates[0], ""),
                path=candidates[0],
                package=self._providers.available(missed.soname) or "",
            )

    def _provider_of_loaded(self, holder: str, loaded: str, missed: NotFound) -> Provider:
        """Return another distribution's library if `holder` requires that distribution, or if no package has it.

        Unrelated distributions may be imported in any order, or alone.
        """
        other = self._holders.get(loaded, "")
        package = None if self._providers.requires(holder, other) else self._providers.available(missed.soname)
        if package is not None:
            return FromPackage(package=package, path="")
        return FromDistribution(distribution=other, path=loaded, by_loader=False)

    def _provider_from_index(self, missed: NotFound) -> Provider:
        """Return the provider by the index. If an unusable file stopped the search, a package would not help."""
        package = None if missed.fatal else self._providers.available(missed.soname)
        capability = "" if missed.fatal or package else self._providers.capability(missed.soname)
        if capability:
            return FromCapability(capability=capability, checked=self._providers.is_checked(missed.soname))
        if package is None:
            return Missing(tried=missed.tried, note=missed.fatal or self._providers.note_of_missing(missed.soname))
        return FromPackage(package=package, path="")

    def _candidates(self, file: str, soname: str) -> list[str]:
        """Return the environment's objects with a name for the same machine; those with that file name come first."""
        elf = self._objects.get(file)
        same_machine = [
            path for path in self._by_name.get(soname, ()) if elf is None or _same_machine(elf, self._objects[path])
        ]
        return sorted(same_machine, key=lambda path: posixpath.basename(path) != soname)

    def _vendored(self, files: list[str]) -> Iterator[str]:
        """Yield the folders of libraries that these files load from their own distribution."""
        own_files = set(files)
        for file in files:
            for soname, edge in self._edges.get(file, {}).items():
                paths = [self._providers.real(path) for path in edge.found] or self._candidates(file, soname)
                yield from (posixpath.dirname(path) for path in paths if path in own_files and path is not None)


def _by_name(objects: Mapping[str, ElfFile]) -> Mapping[str, tuple[str, ...]]:
    """Return the paths of the objects by their file name and their DT_SONAME."""
    names: defaultdict[str, list[str]] = defaultdict(list)
    for path in sorted(objects):
        for name in {posixpath.basename(path), objects[path].soname or ""}:
            names[name].append(path)
    return {name: tuple(paths) for name, paths in names.items()}


def _same_machine(one: ElfFile, other: ElfFile) -> bool:
    return (one.machine, one.elf_class, one.little_endian) == (other.machine, other.elf_class, other.little_endian)


def _identity(provider: Provider) -> tuple[str, ...]:
    """Return the key by which two providers of one name are the same need; it has the path only for an unowned file."""
    match provider:
        case FromPackage(package=package):
            return ("package", package)
        case FromCapability(capability=capability):
            return ("capability", capability)
        case FromDistribution(distribution=name) | Unreachable(distribution=name):
            return (type(provider).__name__, name)
        case Unowned(path=path):
            return ("unowned", path)
        case FromHost() | Missing():
            return (type(provider).__name__,)


def _check_need_count(file: str, needs: int) -> None:
    if needs > _MAX_NEEDS:
        raise SysdepsError(
            f"`{file}` and others have more than {_MAX_NEEDS} needs, with those of libraries that no package owns",
            hint="no real environment has so many: remove the distributions or libraries that have them",
        )
