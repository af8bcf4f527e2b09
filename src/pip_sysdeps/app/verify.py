"""Check that an environment works in an image, without running any of its code."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any

from pip_sysdeps.app.place import read_place
from pip_sysdeps.app.scan import Scanner
from pip_sysdeps.environment.read_scripts import interpreters_of_scripts
from pip_sysdeps.environment.standard_library import library_folder
from pip_sysdeps.loader.conditions import Conditions
from pip_sysdeps.loader.registry import c_library_of
from pip_sysdeps.lock.file import DEFAULT, read_lock
from pip_sysdeps.lock.target_choice import find_target, named_target
from pip_sysdeps.needs.completeness import require_complete
from pip_sysdeps.needs.read_undefined_symbols import read_symbol_gaps
from pip_sysdeps.needs.symbol_versions import version_gaps
from pip_sysdeps.report.image import Image, index_target, must_be_satisfied, unsatisfied_needs, uses_cpu_folders
from pip_sysdeps.report.problems import missing_target_problem, older_cpu_problems, repair_instructions, repair_packages
from pip_sysdeps.report.verification import problems_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pip_sysdeps.app.place import Location
    from pip_sysdeps.loader.find_library import LibraryFinder
    from pip_sysdeps.lock.document import Lockfile, Target
    from pip_sysdeps.model.packages import Owner, Platform
    from pip_sysdeps.model.scan import Scan
    from pip_sysdeps.report.image import IndexedTarget
    from pip_sysdeps.report.problems import Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifyRequest:
    """The image to verify, and the lock."""

    location: Location
    """The environment and its image."""
    lock: str | None = DEFAULT
    """The lock to compare with; None for none."""
    target: str | None = None
    """The target of the lock; None for that of the image's system."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """The problems of an environment in an image."""

    scan: Scan
    """The scanned environment."""
    problems: tuple[Problem, ...]
    """Errors first."""
    packages: tuple[str, ...]
    """The binary packages to install for the problems; sorted."""
    command: str
    """The command that installs them; empty for none."""
    dockerfile: tuple[str, ...]
    """Dockerfile instructions for problems that no package solves."""
    warning: str
    """A warning about the lock itself."""

    @property
    def works(self) -> bool:
        """Return whether no problem is an error."""
        return not any(problem.error for problem in self.problems)


def verify(request: VerifyRequest, *, second_process: bool = False) -> Verification:
    """Return the problems of an image; `second_process` as for `Scanner`.

    Raise SysdepsError for a missing lock, and for an environment that cannot be read completely.
    """
    lock = _read_lock(request.lock) if request.lock else None
    scanner = Scanner(read_place(request.location), second_process=second_process)
    target = _target(request, lock, scanner.platform) if lock else None
    locked = index_target(target) if target else None
    if locked:
        scanner.choose(locked.plugins)
    images = _ImageReader(scanner, locked)
    image = images.image(cpu_libraries=True)
    require_complete(image.scan, scanner.place.root.display_path)
    problems = problems_of(image, locked)
    if uses_cpu_folders(image.scan):
        problems += older_cpu_problems(problems_of(images.image(cpu_libraries=False), locked), problems)
    if lock and target is None:
        problems = (missing_target_problem(lock, image.scan), *problems)
    family = scanner.place.packages.family if scanner.place.packages else None
    packages = repair_packages(problems, family.names if family else None)
    return Verification(
        scan=image.scan,
        problems=problems,
        packages=packages,
        command=family.command(packages) if family else "",
        dockerfile=repair_instructions(problems),
        warning=lock.warning() if lock else "",
    )


def _read_lock(path: str) -> Lockfile:
    return read_lock(path, hint="copy it into the image, name it with --lock, or use --lockless")


def _target(request: VerifyRequest, lock: Lockfile, platform: Platform) -> Target | None:
    """Return the target to compare with: the named one, else the one of the image's system, if any."""
    if request.target:
        return named_target(lock, request.target)
    if len(lock.target) == 1 and not (platform.distro and platform.architecture):
        return lock.target[0]
    return find_target(lock, platform)


class _ImageReader:
    """Scans an image under several conditions of its loader; its files are read once."""

    def __init__(self, scanner: Scanner, locked: IndexedTarget | None) -> None:
        self._scanner = scanner
        self._locked = locked
        self._system = RootSystem(scanner)

    def image(self, *, cpu_libraries: bool) -> Image:
        found, objects = self._scan(current_cache=True, cpu_libraries=cpu_libraries), self._scanner.objects
        stale = any(must_be_satisfied(*each, self._locked) for each in unsatisfied_needs(found))
        loaded = (*found.process, *(each for load in found.loads for each in load.objects))
        versioned = c_library_of(self._scanner.program).has_symbol_versions
        return Image(
            scan=found,
            fresh=self._scan(current_cache=False, cpu_libraries=cpu_libraries) if stale else found,
            gaps=version_gaps(dict.fromkeys(loaded if versioned else ()), facts=found.facts, defined=objects.versions),
            symbols=read_symbol_gaps(self._scanner.place.root, objects, found, has_symbol_versions=versioned),
            system=self._system,
            scripts=interpreters_of_scripts(self._scanner.place.root, found.environment),
        )

    def _scan(self, *, current_cache: bool, cpu_libraries: bool) -> Scan:
        library_path = self._locked.target.library_path if self._locked else ()
        conditions = Conditions(library_path=library_path, current_cache=current_cache, cpu_libraries=cpu_libraries)
        return self._scanner.scan(conditions, floors=False, standard_library=True)


def _finder(scanner: Scanner) -> LibraryFinder:
    root, interpreter = scanner.place.root, scanner.place.environment.interpreter
    return c_library_of(scanner.program).finder(root, library_folder(root, interpreter))


class RootSystem:
    """Implements `report.image.ImageSystem` for a scanned root."""

    def __init__(self, scanner: Scanner) -> None:
        self._index = scanner.index
        self._packages = scanner.place.packages
        self.finder = _finder(scanner)
        self._real = cache(scanner.place.root.resolve)

    @cached_property
    def installed(self) -> Mapping[str, str]:
        """Binary package -> version; empty without a package database."""
        return self._packages.versions if self._packages else {}

    def version_key(self, version: str) -> Any:  # noqa: ANN401 - each package manager's own
        """Return a key that orders versions as the package manager does."""
        return self._packages.family.version_key(version) if self._packages else version

    def package_of(self, name: str) -> str | None:
        """Return the release's binary package that has a library or a program."""
        if self._index is None:
            return None
        program = self._index.package_of_program(name)
        return self._index.package_to_install(name) or (program.package if program else None)

    def real(self, path: str) -> str | None:
        """Return a path with its links followed."""
        return self._real(path)

    def owner(self, path: str) -> Owner | None:
        """Return the binary package that owns a file."""
        return self._packages.owner(path) if self._packages else None
