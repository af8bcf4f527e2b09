"""Check whether an environment works in a release image: its problems, with evidence and repairs.

Errors stop an import or a program, or are differences from the lock. Warnings are what ld.so itself only warns about,
missing needs outside the install line, and problems on older CPUs.
"""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from pip_sysdeps.lock.instructions import NOTHING, Instructions, copy_instructions, folder_instructions
from pip_sysdeps.model.needs import Confidence, FromCapability, FromPackage, Missing, Unowned, Unreachable
from pip_sysdeps.report.catalogue import (
    FIND_LIBRARY_FAILS,
    MISSING_IN_IMAGE,
    NO_INTERPRETER,
    STALE_LOADER_CACHE,
)
from pip_sysdeps.report.image import counts, imported, not_found, unmet
from pip_sysdeps.report.image_files import foreign_files, missing_files, missing_projects, scripts_without_python
from pip_sysdeps.report.image_lock import lock_problems, undelivered_declarations
from pip_sysdeps.report.image_versions import undefined_symbols, version_gaps
from pip_sysdeps.report.problems import Problem, sort_key
from pip_sysdeps.report.repairs import to_reach

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pip_sysdeps.lock.document import LockedNeed
    from pip_sysdeps.model.needs import Need
    from pip_sysdeps.report.image import Image, Locked


def problems_of(image: Image, locked: Locked | None) -> tuple[Problem, ...]:
    """Return all problems, errors first; `locked` is None without a lock."""
    problems = (
        *_interpreter(image),
        *_missing(image, locked),
        *_broken_libraries(image),
        *version_gaps(image),
        *undefined_symbols(image),
        *_find_library(image),
        *((*lock_problems(image, locked.target), *undelivered_declarations(image, locked)) if locked else ()),
        *foreign_files(image.scan),
        *missing_files(image.scan),
        *missing_projects(image.scan),
        *_scripts(image),
    )
    return tuple(sorted(dict.fromkeys(problems), key=sort_key))


def _interpreter(image: Image) -> Iterator[Problem]:
    """Yield what prevents Python itself from starting."""
    environment = image.scan.environment
    if not environment.interpreter.path:
        yield _no_interpreter(environment.prefix, f"no Python in the image can run `{environment.prefix}`")
    elif image.system.real(f"{environment.prefix}/pyvenv.cfg") and not _has_python(image, environment.prefix):
        yield _no_interpreter(environment.prefix, f"`{environment.prefix}/bin/python3` is missing or a broken link")
    for mismatch in environment.mismatches:
        yield _no_interpreter(environment.prefix, mismatch)
    for loaded in image.scan.process:
        for soname in not_found(loaded):
            yield _missing_from_library(image, "", loaded.path, soname)


def _no_interpreter(prefix: str, message: str) -> Problem:
    return Problem(error=True, entry=NO_INTERPRETER, distribution="", subject=prefix, message=message)


def _scripts(image: Image) -> Iterator[Problem]:
    """Yield the programs without a Python, if the environment has one: otherwise that is the problem."""
    environment = image.scan.environment
    if environment.interpreter.path and not any(_interpreter(image)):
        yield from scripts_without_python(image)


def _has_python(image: Image, prefix: str) -> bool:
    return any(image.system.real(f"{prefix}/bin/{name}") for name in ("python3", "python", "pypy3"))


def _missing(image: Image, locked: Locked | None) -> Iterator[Problem]:
    """Yield the needs that nothing in the image answers, or that are answered only after ldconfig."""
    unmet_after_ldconfig = {(holder, need.name) for holder, need in unmet(image.fresh)}
    for holder, need in unmet(image.scan):
        stale = (holder, need.name) not in unmet_after_ldconfig
        package = (locked.package(holder, need.name) if locked else "") or _package(need)
        copied = locked.copied(holder, need.name) if locked else None
        mended = Instructions(ldconfig=True) if stale else _instructions(image, need, locked, copied)
        yield Problem(
            error=counts(holder, need, locked),
            entry=STALE_LOADER_CACHE if stale else MISSING_IN_IMAGE,
            distribution=holder,
            subject=need.name,
            message=f"{need.name} {_STALE if stale else _why(need, package, copied, mended)}",
            files=need.by,
            package="" if stale or copied else package,
            instructions=mended,
        )


def _instructions(image: Image, need: Need, locked: Locked | None, copied: LockedNeed | None) -> Instructions:
    """Return how to copy an unowned file or to extend the search path; NOTHING if neither would help."""
    platform, library_path = image.scan.platform, locked.target.library_path if locked else ()
    if isinstance(need.provider, Unreachable):
        return Instructions(library_path=(*library_path, posixpath.dirname(need.provider.path)))
    if copied is None:
        return NOTHING
    if image.system.real(copied.path):
        return folder_instructions(posixpath.dirname(copied.path), platform, library_path)
    return copy_instructions(copied.path, platform, library_path, is_library=not (copied.program or copied.file))


_STALE = "is in the image, but not in /etc/ld.so.cache: run ldconfig"


def _package(need: Need) -> str:
    match need.provider:
        case FromPackage(package=name) | FromCapability(capability=name):
            return name
        case _:
            return ""


def _why(need: Need, package: str, copied: LockedNeed | None, mended: Instructions) -> str:
    if copied:
        other = f" ({copied.note})" if copied.note else ""
        if not mended.copies:
            return f"is at {copied.path}, where the loader does not search{other}"
        then = ", then run ldconfig" if mended.ldconfig else ""
        return f"is missing: copy {copied.path} from the build stage{then}{other}"
    match need.provider:
        case Unreachable(path=path):
            return f"is at {path}, where the loader does not search: {to_reach(path)}"
        case Missing(note=note) if note and not package:
            return f"is missing: {note}"
        case _:
            return f"is missing: install {package}" if package else "is missing"


def _broken_libraries(image: Image) -> Iterator[Problem]:
    """Yield missing needs of system libraries that an import loads: broken packages, copied files."""
    own = {*image.scan.environment.holders()}
    own.update(each.file for each in image.scan.unattributed)
    named = {need.name for _, need in image.scan.needs()}
    holders = image.scan.environment.holders()
    for root, loaded in imported(image.scan):
        missed = [soname for soname in not_found(loaded) if soname not in named]
        if missed and image.system.real(loaded.path) not in own:
            yield from (_missing_from_library(image, holders.get(root, ""), loaded.path, soname) for soname in missed)


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


def _find_library(image: Image) -> Iterator[Problem]:
    """Yield the libraries of the image that `ctypes.util.find_library` does not find."""
    finder = image.system.finder
    for holder, need in image.scan.needs():
        path = need.provider.path if isinstance(need.provider, FromPackage | Unowned) else ""
        if path and "find_library(" in need.evidence and not finder.finds(need.any_of or (need.soname,)):
            reason = _STALE if finder.uses_cache else f"is at {path}, but {finder.reason}"
            mends = not finder.uses_cache and finder.fixed_by
            yield Problem(
                error=need.confidence is Confidence.HIGH,
                entry=STALE_LOADER_CACHE if finder.uses_cache else FIND_LIBRARY_FAILS,
                distribution=holder,
                subject=need.name,
                message=f"{need.evidence}: find_library returns None: {need.name} {reason}",
                files=need.by,
                package=(image.system.package_of(mends) or "") if mends else "",
                instructions=Instructions(ldconfig=finder.uses_cache),
            )
