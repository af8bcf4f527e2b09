"""The conductor of what is needed by name: references of each distribution, from all who know, become its needs."""

from __future__ import annotations

import posixpath
import re
from functools import cache
from typing import TYPE_CHECKING

from pip_sysdeps.byname.knowledge import declared_references, known_references, noted_references, with_authority
from pip_sysdeps.byname.provision import file_name, needs, package_of_program
from pip_sysdeps.byname.read_knowledge import known_of
from pip_sysdeps.byname.source_search import References, Searched
from pip_sysdeps.byname.standard_modules import of_interpreter, of_release
from pip_sysdeps.model.environment import Skipped, Verdict
from pip_sysdeps.model.needs import ReferenceKind

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterator

    from pip_sysdeps.byname.lookup import Lookup
    from pip_sysdeps.byname.standard_modules import Imported
    from pip_sysdeps.elf.notes import DlopenNote
    from pip_sysdeps.model.environment import Distribution, Environment
    from pip_sysdeps.model.needs import DistributionNeeds, Reference
    from pip_sysdeps.system.root import Root

_SEARCHED = {ReferenceKind.LIBRARY, ReferenceKind.PROGRAM}
"""What sources are searched for."""
_DOES = {
    ReferenceKind.LIBRARY: "opens a library",
    ReferenceKind.PROGRAM: "runs a program",
    ReferenceKind.FILE: "loads an extension",
}
"""What is said of a source that has no name for it."""
_BUILD = r"[-_.](?:(?:many|musl)?linux|x86_64|amd64|aarch64|arm64|cpython|pypy|abi3).*"
"""What a name says of the machine, or of the Python, that a file is built for: setuptools builds any library so."""


class Named:
    """Adds to the needs of distributions what they need by name."""

    def __init__(  # noqa: PLR0913 - one of each thing that answers
        self,
        root: Root,
        environment: Environment,
        lookup: Lookup,
        *,
        objects: Container[str],
        notes: Callable[[str], tuple[DlopenNote, ...] | None],
        libraries: Callable[[str], tuple[str, ...] | None],
        machine: str,
        fork: bool = False,
    ) -> None:
        """Search an environment.

        `lookup` answers for its system; `objects` are the ELF files that count; `notes` returns what one of them may
        dlopen, `libraries` what its DT_NEEDED entries name; `machine` is for markers. With `fork`, large sources are
        parsed in processes of their own.
        """
        self._root = root
        self._environment = environment
        self._lookup = lookup
        self._objects = objects
        self._notes = notes
        self._libraries = libraries
        self._machine = machine
        self._fork = fork
        self._installed = frozenset(each.name for each in environment.distributions)
        self._package_of = cache(lambda word: package_of_program(word, lookup))

    def search(self, distribution: Distribution) -> Searched:
        """Return what a distribution says itself: most of the work. Sources that are known to name nothing are left."""
        settled = {each.kind for each in self._known(distribution) if not each.names}
        found = Searched() if settled >= _SEARCHED else self._references(distribution).searched()
        return found._replace(references=tuple(self._own_references(distribution, found)))

    def with_needs(self, distribution: DistributionNeeds, said: Searched) -> DistributionNeeds:
        """Return the distribution with the needs that no DT_NEEDED states; those that one states are there already.

        `said` is what `search` gave.
        """
        found = with_authority(self._known(distribution.distribution), said.references)
        skipped = (*distribution.skipped, *said.skipped, *self._unknown(distribution.distribution, said))
        if not found:
            return distribution._replace(skipped=skipped)
        stated = {need.soname for need in distribution.needs if need.soname}
        about = self._references(distribution.distribution).about
        named = [need for need in needs(found, self._lookup, about) if stated.isdisjoint((need.soname, *need.any_of))]
        every = sorted((*distribution.needs, *named), key=lambda need: (need.name, need.by, need.when.value))
        return distribution._replace(needs=tuple(every), skipped=skipped)

    def _unknown(self, distribution: Distribution, said: Searched) -> Iterator[Skipped]:
        """Yield the sources that open or run something by computed names, unless these are known."""
        known = {each.kind for each in self._known(distribution)}
        for kind, path in said.unknown:
            if kind not in known:
                reason = f"{_DOES[kind]} by a name that is computed at run time"
                yield Skipped(path=path, verdict=Verdict.UNKNOWN_NAME, reason=reason)

    def _references(self, distribution: Distribution) -> References:
        return References(
            self._root,
            distribution,
            self._package_of,
            python=self._environment.interpreter.version,
            is_installed=self._lookup.has_python_module,
            fork=self._fork,
        )

    def _known(self, distribution: Distribution) -> tuple[Reference, ...]:
        return known_references(
            known_of(distribution.name),
            distribution,
            installed=self._installed,
            debian_python=self._debian_python,
            fits=fits,
        )

    def _own_references(self, distribution: Distribution, found: Searched) -> Iterator[Reference]:
        """Yield what the distribution itself says: its metadata, its ELF files' notes, its sources."""
        named = found.references
        yield from self._imports(found.imported)
        yield from declared_references(distribution, lambda name: bool(self._package_of(name)), self._applies)
        objects = [file for file in distribution.files if file in self._objects]
        for file in objects:
            yield from noted_references(file, self._notes(file) or ())
        if named:
            bundled = {_plain_name(file) for file in objects}
            yield from (each for each in named if bundled.isdisjoint(_plain_name(file_name(n)) for n in each.names))

    def _imports(self, found: tuple[Imported, ...]) -> Iterator[Reference]:
        """Yield what imports of the standard library take that neither the interpreter nor a distribution brings."""
        found = tuple(each for each in found if not self._lookup.has_python_module(each.module.bringer))
        if self._debian_python:
            yield from (each for each in of_release(found) if self._has_file(each.names[0]))
        else:
            names = {each.module.extension for each in found if each.module.extension}
            yield from of_interpreter(found, {name: self._needed(name) for name in names})

    def _has_file(self, pattern: str) -> bool:
        index = self._lookup.index
        return self._lookup.file(pattern) is not None or bool(index and index.package_of_file(pattern))

    @property
    def _debian_python(self) -> bool:
        """Whether the release's own Python imports; where nothing shows an interpreter, as for a target, it does."""
        return self._environment.interpreter.prefix in {"", "/usr"}

    def _needed(self, extension: str) -> tuple[str, ...]:
        """Return the libraries of an extension module of the interpreter's standard library."""
        path = self._lookup.file(f"{self._environment.interpreter.prefix}/lib/python3*/lib-dynload/{extension}.*.so")
        return self._libraries(path) or () if path else ()

    def _applies(self, marker: str) -> bool:
        """Return whether an environment marker is true of the environment, or cannot be judged."""
        from pip_sysdeps.environment.requirements import applies, marker_environment  # noqa: PLC0415 - few declare anything

        return applies(marker, marker_environment(self._environment.interpreter, self._machine))


def fits(version: str, specifier: str) -> bool:
    """Return whether a version is in a specifier; one that is no version is in any."""
    from packaging.specifiers import SpecifierSet  # noqa: PLC0415 - slower to import than a small lock takes
    from packaging.version import Version  # noqa: PLC0415 - as above

    try:
        return SpecifierSet(specifier).contains(Version(version), prereleases=True)
    except ValueError:  # no version, or one with more digits than a number may have
        return True


def _plain_name(path: str) -> str:
    """Return what a program or library is called without what it is built for: `ffmpeg` of `ffmpeg-linux-x86_64-v7`."""
    name, _, _ = posixpath.basename(path).partition(".so")
    return re.sub(_BUILD, "", name)
