"""The system of an environment: its installed packages and the index of its release."""

from __future__ import annotations

import posixpath
import re
from contextlib import suppress
from functools import cache, cached_property
from typing import TYPE_CHECKING

from pip_sysdeps.byname.installed import SystemNames, newest
from pip_sysdeps.byname.provision import NOTHING_TELLS
from pip_sysdeps.byname.read_knowledge import known_of
from pip_sysdeps.elf.kinds import is_libpython, is_libpython_of
from pip_sysdeps.environment.metadata import required_name
from pip_sysdeps.environment.site_files import parse_scripts
from pip_sysdeps.model.needs import FromCapability, FromPackage, Missing, ReferenceKind
from pip_sysdeps.model.packages import Owner
from pip_sysdeps.needs.read_host_libraries import host_library
from pip_sysdeps.packages.index import disabled_repository_note, is_packaged
from pip_sysdeps.packages.registry import family_of, family_of_target
from pip_sysdeps.system.method_cache import method_cache
from pip_sysdeps.system.tree import inside

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pip_sysdeps.app.place import Place
    from pip_sysdeps.loader.process import InterpreterProcess
    from pip_sysdeps.packages.family import DownloadedMetadata, Family
    from pip_sysdeps.packages.index import SonameIndex
    from pip_sysdeps.packages.installed import SystemPackages

_MAX_ENTRY_POINTS = 1 << 20
_MAY_BE_PACKAGED = re.compile(r"/(?:usr/(?!local/))?(?:lib\w*|s?bin)/")
"""Folders where packages have libraries and programs. Source: hier(7)."""
_SHARED_PREFIXES = frozenset({"", "/", "/usr", "/usr/local"})
"""Prefixes of the system itself, in every image."""
_NOT_PROVIDED = "no package in the downloaded repository metadata provides it"


class EnvironmentSystem:
    """Implements `needs.attribution.Providers` and `byname.lookup.Lookup` for one environment.

    `process` is the interpreter's process; None if its program is unknown.
    """

    def __init__(self, place: Place, index: SonameIndex | None, process: InterpreterProcess | None) -> None:
        packages = place.packages
        self.index = index
        self.base = place.target.base if place.target else _base(packages, index)
        self._place = place
        self._environment = place.environment
        self._process = process
        self._names = SystemNames(place.root)
        self._real = cache(place.root.resolve)
        self._owner = method_cache(self._find_owner)
        self._library = cache(lambda name: process.library(name) if process else None)
        self._program = cache(self._names.program)
        self._file = cache(self._names.file)
        self._provider = method_cache(self._find_provider)
        self._required = method_cache(self._find_required)
        self._python_modules: dict[str, bool] = {}

    # ------------------------------------------------------------------------------------------------------- files

    def real(self, path: str) -> str | None:
        """Return a path with its links followed."""
        return self._real(path)

    def owner(self, path: str) -> Owner | None:
        """Return the binary package that owns a file; for another system, that of the C library's loader."""
        target = self._place.target
        if target and self._process and path == self._process.libc():
            return Owner(package=target.libc, version="")
        return self._owner(path, prefer_path=False)

    def name_owner(self, path: str) -> Owner | None:
        """Return the binary package that has a path, which may be a link to a file of another package."""
        return self._owner(path, prefer_path=True)

    def _find_owner(self, path: str, *, prefer_path: bool) -> Owner | None:
        packages = self._place.packages
        return (packages.owner(path, prefer_path=prefer_path) or self._unlisted_owner(path)) if packages else None

    def _unlisted_owner(self, path: str) -> Owner | None:
        """Return the installed package of a file according to the index, if its file list was removed."""
        packages, index = self._place.packages, self.index
        if packages is None or index is None or not packages.unlisted or not _MAY_BE_PACKAGED.match(path):
            return None
        folder, name = posixpath.split(path)
        program = index.package_of_program(name) if posixpath.basename(folder) in {"bin", "sbin"} else None
        found = program.package if program else index.package_to_install(name)
        if not found or found not in packages.unlisted:
            return None
        return Owner(package=found, version=packages.versions.get(found, ""))

    def library(self, name: str) -> str | None:
        """Return the path where the loader finds a library by its file name."""
        return self._library(name)

    def stem(self, stem: str) -> str | None:
        """Return the file name of the newest library with a stem in the loader's default directories.

        If there is none, it is searched in the downloaded repository metadata.
        """
        folders = self._process.folders if self._process else ()
        return self._names.newest(stem, folders) or newest(stem, self._provided_libraries(stem))

    def _provided_libraries(self, stem: str) -> Iterator[str]:
        pattern = re.compile(rf"lib{re.escape(stem)}\.so\.[0-9]+")
        provided = self._metadata.providers if self._metadata else ()
        found = ((match[0], each) for each in provided if (match := pattern.search(each)))
        yield from (name for name, capability in found if self._capability(name) == capability)

    def program(self, name: str) -> str | None:
        """Return the path of a program on root's PATH."""
        return self._program(name)

    def file(self, pattern: str) -> str | None:
        """Return the path of a file if it exists; for a pattern with `*`, of the first match."""
        return self._file(pattern)

    # ---------------------------------------------------------------------------------------------------- packages

    def available(self, soname: str) -> str | None:
        """Return the release's binary package of a soname."""
        if self._place.target:
            return self._place.target.package_to_install(soname)
        if self.index:
            return self.index.package_to_install(soname)
        names = self._metadata.providers.get(self._capability(soname), ()) if self._metadata else ()
        return names[0] if len(names) == 1 else None

    @property
    def by_capability(self) -> bool:
        """Whether the package manager finds the packages of libraries itself."""
        return bool(self._line_family and self._line_family.needs_no_index)

    @cached_property
    def not_found_note(self) -> str:
        """The note for a library or program without a known package."""
        if self.index:
            return self.index.not_found_note
        return _NOT_PROVIDED if self._metadata and self._metadata.is_complete else NOTHING_TELLS

    def provider(self, kind: ReferenceKind, name: str) -> FromPackage | FromCapability | Missing | None:
        """Return the package or capability of a library or program that no index has.

        Without repository metadata, only names in the shipped index of any release are used, because one
        unknown capability makes the whole installation fail. With metadata, a name that it lacks is Missing.
        """
        return self._provider(kind, name)

    def _find_provider(self, kind: ReferenceKind, name: str) -> FromPackage | FromCapability | Missing | None:
        is_program = kind is ReferenceKind.PROGRAM
        target = self._place.target
        package = target.package_to_install(name) if target and not is_program else None
        if package:
            return FromPackage(package=package, path="")
        capability = self._program_capability(name) if is_program else self._capability(name)
        packages = self._metadata.providers.get(capability) if self._metadata else None
        if packages is not None and len(packages) == 1:
            return FromPackage(package=packages[0], path="")
        if packages is not None:
            return FromCapability(capability=capability, checked=True)
        if not capability or not is_packaged("program" if is_program else "library", name):
            return None
        missing = self._metadata is not None and self._metadata.lacks(capability)
        return Missing(note=self.note_of_missing(name)) if missing else FromCapability(capability=capability)

    def capability(self, soname: str) -> str:
        """Return the package manager's capability of a soname without a known package.

        It is empty if an index or complete metadata shows that no package has it, because the package manager
        would refuse the whole line.
        """
        if self.index:
            return self._library_capability(soname) if self.index.is_ambiguous(soname) else ""
        capability = self._capability(soname)
        return "" if self._metadata and self._metadata.lacks(capability) else capability

    def is_checked(self, soname: str) -> bool:
        """Return whether an index or repository metadata has the capability of a soname."""
        return self.index is not None or (
            self._metadata is not None and self._capability(soname) in self._metadata.providers
        )

    def note_of_missing(self, soname: str) -> str:
        """Return the note for a missing soname, with a disabled repository that has it."""
        if self.index:
            return self.index.disabled_repository_note(soname) or self.not_found_note
        repository = self._metadata.disabled.get(self._capability(soname), "") if self._metadata else ""
        return disabled_repository_note(repository) if repository else self.not_found_note

    @cached_property
    def _metadata(self) -> DownloadedMetadata | None:
        packages = self._place.packages
        if self.index or self._place.target or packages is None or packages.family.read_metadata is None:
            return None
        return packages.family.read_metadata(packages.root)

    def _capability(self, soname: str) -> str:
        return "" if self.index else self._library_capability(soname)

    def _library_capability(self, soname: str) -> str:
        if self._line_family is None or self._process is None:
            return ""
        return self._line_family.library_capability(soname, self._process.program)

    def _program_capability(self, name: str) -> str:
        return self._line_family.program_capability(name) if self._line_family and not self.index else ""

    @cached_property
    def _line_family(self) -> Family | None:
        """The package manager for the install line."""
        packages, target = self._place.packages, self._place.target
        return packages.family if packages else family_of(target.platform.package_manager) if target else None

    def host_library(self, soname: str) -> str | None:
        """Return the driver or container runtime that provides a soname; None for other sonames."""
        return host_library(soname)

    def is_development(self, package: str) -> bool:
        """Return whether a package is a development package, by its name."""
        return bool(self._family and self._family.is_development(package))

    @cached_property
    def _family(self) -> Family | None:
        packages = self._place.packages
        return packages.family if packages else family_of_target(self.index.target.id) if self.index else None

    @cached_property
    def libc_packages(self) -> frozenset[str]:
        """The packages that own the dynamic loader."""
        if self._place.target:
            return frozenset({self._place.target.libc})
        owner = self.owner(self._process.libc()) if self._process else None
        return frozenset({owner.package} if owner else ())

    # -------------------------------------------------------------------------------------------- the environment

    def is_interpreter_library(self, path: str) -> bool:
        """Return whether a resolved path is the interpreter's own unpackaged library."""
        own_files = self._process.own_files if self._process else frozenset()
        return inside(path, self._environment.interpreter.prefix) and (path in own_files or is_libpython(path))

    def is_own_file(self, path: str) -> bool:
        """Return whether a path is in a prefix that only the environment or its Python uses.

        Copying that prefix (conda, a Python in /opt) also copies the file.
        """
        environment = self._environment
        prefixes = {environment.prefix, environment.interpreter.prefix} - _SHARED_PREFIXES
        return any(inside(path, prefix) for prefix in prefixes)

    def is_absent_interpreter(self, soname: str) -> bool:
        """Return whether a soname is the shared library of a missing interpreter."""
        interpreter = self._environment.interpreter
        return not interpreter.path and is_libpython_of(soname, interpreter.version)

    def requires(self, name: str, other: str) -> bool:
        """Return whether a distribution requires another, directly or indirectly, extras included.

        A distribution also counts if the knowledge file says that it may provide the needs of the first: users who
        install both want that.
        """
        return other in self._required(name) or any(other in each.unless for each in known_of(name))

    def is_brought(self, name: str) -> bool:
        """Return whether a distribution of the environment has a file or script of that name."""
        return name in self._brought or name in self._scripts

    def has_python_module(self, name: str) -> bool:
        """Return whether a distribution of the environment has a module or package of that name."""
        if name and name not in self._python_modules:
            parts = f"/{name}/", f"/{name}."
            files = (file for each in self._environment.distributions for file in each.files)
            self._python_modules[name] = any(part in file for file in files for part in parts)
        return self._python_modules.get(name, False)

    def _find_required(self, name: str) -> frozenset[str]:
        found: set[str] = set()
        pending = [name]
        while pending:
            names = {required_name(line) for line in self._requirements.get(pending.pop(), ())} - found
            found |= names
            pending += names
        return frozenset(found)

    @cached_property
    def _requirements(self) -> dict[str, tuple[str, ...]]:
        return {each.name: each.requires for each in self._environment.distributions}

    @cached_property
    def _scripts(self) -> frozenset[str]:
        """The programs of entry points, even if their scripts do not exist here."""
        root, names = self._place.root, set[str]()
        read: set[tuple[int, int]] = set()  # hard links: several distributions may have the same file
        for each in self._environment.distributions:
            path = f"{each.metadata_path}/entry_points.txt"
            with suppress(OSError):
                identity = root.identity(path)
                if identity is not None and identity not in read:
                    read.add(identity)
                    names.update(parse_scripts(root.read(path, _MAX_ENTRY_POINTS)))
        return frozenset(names)

    @cached_property
    def _brought(self) -> frozenset[str]:
        environment = self._environment
        names = frozenset(posixpath.basename(file) for each in environment.distributions for file in each.files)
        if environment.prefix in _SHARED_PREFIXES:
            return names
        return names.union(self._place.root.names(posixpath.join(environment.prefix, "bin")))


def _base(packages: SystemPackages | None, index: SonameIndex | None) -> frozenset[str]:
    """Return the packages of a minimal system, by the index, or by the database if the package manager needs no index.

    So a new index does not change the lock of an installed environment.
    """
    if packages and (index is None or packages.family.needs_no_index):
        return packages.base
    return index.base if index else frozenset()
