"""Check whether an environment works in a release image: return its problems, with evidence and repairs.

Errors make an import or a program fail, or are differences from the lock. Warnings are what ld.so itself only warns
about, missing needs outside the install line, and problems on older CPUs.
"""

from __future__ import annotations

import posixpath
from dataclasses import replace
from typing import TYPE_CHECKING

from pip_sysdeps.lock.instructions import NOTHING, Instructions, copy_instructions, folder_instructions
from pip_sysdeps.model.needs import Confidence, FromCapability, FromPackage, Missing, Unowned, Unreachable, When
from pip_sysdeps.report.catalogue import (
    FIND_LIBRARY_FAILS,
    MISSING_IN_IMAGE,
    NO_INTERPRETER,
    STALE_LOADER_CACHE,
)
from pip_sysdeps.report.image import imported_objects, missing_sonames, must_be_satisfied, unsatisfied_needs
from pip_sysdeps.report.image_files import foreign_files, missing_files, missing_projects, scripts_without_python
from pip_sysdeps.report.image_lock import lock_problems, missing_declared_packages
from pip_sysdeps.report.image_versions import undefined_symbols, version_gaps
from pip_sysdeps.report.problems import Problem, sort_key
from pip_sysdeps.report.repairs import reach_hint

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pip_sysdeps.lock.document import LockedNeed
    from pip_sysdeps.model.needs import Need
    from pip_sysdeps.report.image import Image, IndexedTarget


def problems_of(image: Image, locked: IndexedTarget | None) -> tuple[Problem, ...]:
    """Return all problems, errors first; `locked` is None without a lock."""
    problems = (
        *_interpreter_problems(image),
        *_standard_library_problems(image),
        *_missing_needs(image, locked),
        *_broken_libraries(image),
        *version_gaps(image),
        *undefined_symbols(image),
        *_find_library_problems(image),
        *((*lock_problems(image, locked.target), *missing_declared_packages(image, locked)) if locked else ()),
        *foreign_files(image.scan),
        *missing_files(image.scan),
        *missing_projects(image.scan),
        *_script_problems(image),
    )
    return tuple(sorted(dict.fromkeys(problems), key=sort_key))


def _interpreter_problems(image: Image) -> Iterator[Problem]:
    """Yield the problems that prevent Python itself from starting."""
    environment = image.scan.environment
    if not environment.interpreter.path:
        yield _no_interpreter(environment.prefix, f"no Python in the image can run `{environment.prefix}`")
    elif image.system.real(f"{environment.prefix}/pyvenv.cfg") and not _has_python(image, environment.prefix):
        yield _no_interpreter(environment.prefix, f"`{environment.prefix}/bin/python3` is missing or a broken link")
    for mismatch in environment.mismatches:
        yield _no_interpreter(environment.prefix, mismatch)
    for loaded in image.scan.process:
        for soname in missing_sonames(loaded):
            yield _missing_from_library(image, "", loaded.path, soname)


def _standard_library_problems(image: Image) -> Iterator[Problem]:
    """Yield the missing libraries of Python's own extension modules, as warnings.

    Those of modules that the environment surely imports are needs by name, which are reported as such.
    """
    needed_names = {need.name for _, need in image.scan.needs()}
    for path, sonames in image.scan.lacking.items():
        for soname in sonames:
            if soname not in needed_names:
                yield replace(_missing_from_library(image, "", path, soname), error=False)


def _no_interpreter(prefix: str, message: str) -> Problem:
    return Problem(error=True, entry=NO_INTERPRETER, distribution="", subject=prefix, message=message)


def _script_problems(image: Image) -> Iterator[Problem]:
    """Yield the scripts without a Python, unless the environment has none either, which is reported instead."""
    environment = image.scan.environment
    if environment.interpreter.path and not any(_interpreter_problems(image)):
        yield from scripts_without_python(image)


def _has_python(image: Image, prefix: str) -> bool:
    return any(image.system.real(f"{prefix}/bin/{name}") for name in ("python3", "python", "pypy3"))


def _missing_needs(image: Image, locked: IndexedTarget | None) -> Iterator[Problem]:
    """Yield the needs that nothing in the image satisfies, or only after a run of ldconfig."""
    unmet_after_ldconfig = {(holder, need.name) for holder, need in unsatisfied_needs(image.fresh)}
    modules = {soname: path for path, sonames in image.scan.lacking.items() for soname in sonames}
    for holder, need in unsatisfied_needs(image.scan):
        is_stale = (holder, need.name) not in unmet_after_ldconfig
        package = (locked.package(holder, need.name) if locked else "") or _package(need)
        file_to_copy = locked.file_to_copy(holder, need.name) if locked else None
        repair = Instructions(ldconfig=True) if is_stale else _repair_instructions(image, need, locked, file_to_copy)
        module = modules.get(need.name) if need.when is When.DECLARED else None
        subject = f"{need.name}, which {module} needs," if module else need.name
        state = _STALE if is_stale else _missing_message(need, package, file_to_copy, repair)
        yield Problem(
            error=must_be_satisfied(holder, need, locked),
            entry=STALE_LOADER_CACHE if is_stale else MISSING_IN_IMAGE,
            distribution=holder,
            subject=need.name,
            message=f"{subject} {state}",
            files=need.by,
            package="" if is_stale or file_to_copy else package,
            instructions=repair,
        )


def _repair_instructions(
    image: Image, need: Need, locked: IndexedTarget | None, file_to_copy: LockedNeed | None
) -> Instructions:
    """Return instructions to copy an unowned file or to extend the search path; NOTHING if neither helps."""
    platform, library_path = image.scan.platform, locked.target.library_path if locked else ()
    if isinstance(need.provider, Unreachable):
        return Instructions(library_path=(*library_path, posixpath.dirname(need.provider.path)))
    if file_to_copy is None:
        return NOTHING
    if image.system.real(file_to_copy.path):
        return folder_instructions(posixpath.dirname(file_to_copy.path), platform, library_path)
    return copy_instructions(
        file_to_copy.path, platform, library_path, is_library=not (file_to_copy.program or file_to_copy.file)
    )


_STALE = "is in the image, but not in /etc/ld.so.cache: run ldconfig"


def _package(need: Need) -> str:
    match need.provider:
        case FromPackage(package=name) | FromCapability(capability=name):
            return name
        case _:
            return ""


def _missing_message(need: Need, package: str, file_to_copy: LockedNeed | None, repair: Instructions) -> str:
    if file_to_copy:
        note_text = f" ({file_to_copy.note})" if file_to_copy.note else ""
        if not repair.copies:
            return f"is at {file_to_copy.path}, where the loader does not search{note_text}"
        then = ", then run ldconfig" if repair.ldconfig else ""
        return f"is missing: copy {file_to_copy.path} from the build stage{then}{note_text}"
    match need.provider:
        case Unreachable(path=path):
            return f"is at {path}, where the loader does not search: {reach_hint(path)}"
        case Missing(note=note) if note and not package:
            return f"is missing: {note}"
        case _:
            return f"is missing: install {package}" if package else "is missing"


def _broken_libraries(image: Image) -> Iterator[Problem]:
    """Yield missing needs of system libraries that an import loads, from broken packages or copied files."""
    own_files = {*image.scan.environment.holders()}
    own_files.update(each.file for each in image.scan.unattributed)
    needed_names = {need.name for _, need in image.scan.needs()}
    holders = image.scan.environment.holders()
    for root, loaded in imported_objects(image.scan):
        missing = [soname for soname in missing_sonames(loaded) if soname not in needed_names]
        if missing and image.system.real(loaded.path) not in own_files:
            yield from (_missing_from_library(image, holders.get(root, ""), loaded.path, soname) for soname in missing)


def _missing_from_library(image: Image, holder: str, library: str, soname: str) -> Problem:
    package = image.system.package_of(soname) or ""
    return Problem(
        error=True,
        entry=MISSING_IN_IMAGE,
        distribution=holder,
        subject=soname,
        message=f"{soname}, which {library} needs, is missing{f': install {package}' if package else ''}",
        files=(library,),
        package=package,
    )


def _find_library_problems(image: Image) -> Iterator[Problem]:
    """Yield the libraries of the image that `ctypes.util.find_library` does not find."""
    finder = image.system.finder
    for holder, need in image.scan.needs():
        path = need.provider.path if isinstance(need.provider, FromPackage | Unowned) else ""
        if path and "find_library(" in need.evidence and not finder.finds(need.any_of or (need.soname,)):
            reason = _STALE if finder.uses_cache else f"is at {path}, but {finder.reason}"
            fixing_soname = not finder.uses_cache and finder.fixed_by
            yield Problem(
                error=need.confidence is Confidence.HIGH,
                entry=STALE_LOADER_CACHE if finder.uses_cache else FIND_LIBRARY_FAILS,
                distribution=holder,
                subject=need.name,
                message=f"{need.evidence}: find_library returns None: {need.name} {reason}",
                files=need.by,
                package=(image.system.package_of(fixing_soname) or "") if fixing_soname else "",
                instructions=Instructions(ldconfig=finder.uses_cache),
            )
