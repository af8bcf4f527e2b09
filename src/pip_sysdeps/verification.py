"""Would this environment work here? The problems of a release image, each with its evidence, and what mends it.

Errors stop an import or a program, or are not what was locked; warnings are what ld.so itself only warns about. What
only plugins miss is no problem: `apt-line` does not install it unless somebody asks.
"""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from pip_sysdeps.model import FromPackage, Missing, Unreachable, Verdict, When
from pip_sysdeps.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from pip_sysdeps.lockfile import Target
    from pip_sysdeps.model import Need, Scan
    from pip_sysdeps.symbol_versions import VersionGap


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that is wrong with a release image."""

    error: bool
    """It stops an import or a program, or is not what was locked; otherwise a warning."""
    kind: str
    """`missing-library`, `missing-version`, `stale-cache`, `old-package`, `not-locked`, `foreign-file`, ..."""
    distribution: str
    """Whose it is; empty for a file that no record claims, or for the image as a whole."""
    subject: str
    """What it is about: a soname, a symbol version, a binary package, a file."""
    message: str
    """What is wrong, for a person; one line."""
    files: tuple[str, ...] = ()
    """The objects that show it."""
    package: str = ""
    """The binary package whose installation or upgrade mends it; empty if none does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """What verification looks at."""

    scan: Scan
    """The environment with ld.so.cache as it is."""
    fresh: Scan
    """The same as after a run of ldconfig."""
    gaps: tuple[VersionGap, ...]
    """Symbol versions that are needed and not defined."""
    installed: Mapping[str, str]
    """Binary package -> version; empty without a dpkg database."""
    older: Callable[[str, str], bool]
    """Whether one Debian version is older than another (deb-version(7))."""


def verify(release: Release, locked: Target | None, differences: Iterable[str]) -> tuple[Problem, ...]:
    """Return all problems, errors first.

    `locked` is the lock's target for this image, if it is to be held to one; `differences` say in words what the
    environment has and the lock has not, or the other way round.
    """
    problems = (
        *_missing(release),
        *_gaps(release),
        *(_old_packages(release, locked) if locked else ()),
        *(_not_locked(text) for text in differences),
        *_foreign(release.scan),
    )
    return tuple(sorted(problems, key=lambda each: (not each.error, each.kind, each.distribution, each.subject)))


def mending(problems: Iterable[Problem]) -> tuple[str, ...]:
    """Return the binary packages that mend all that can be mended, sorted."""
    return tuple(sorted({problem.package for problem in problems if problem.error and problem.package}))


def _missing(release: Release) -> Iterator[Problem]:
    """Yield the import needs that nothing answers here, or only a run of ldconfig would."""
    mended = {(holder, need.name) for holder, need in _unmet(release.scan)} - {
        (holder, need.name) for holder, need in _unmet(release.fresh)
    }
    for holder, need in _unmet(release.scan):
        stale = (holder, need.name) in mended
        yield Problem(
            error=True,
            kind="stale-cache" if stale else "missing-library",
            distribution=holder,
            subject=need.name,
            message=f"{need.name} {'is there, but not in /etc/ld.so.cache: run ldconfig' if stale else _why(need)}",
            files=need.by,
            package=need.provider.package if isinstance(need.provider, FromPackage) and not stale else "",
        )


def _unmet(scan: Scan) -> Iterator[tuple[str, Need]]:
    """Yield each import need that the loader does not find, with its distribution."""
    for holder, need in scan.needs():
        match need.provider:
            case FromPackage(path="") | Missing() | Unreachable() if need.when is When.IMPORT:
                yield holder, need
            case _:
                pass


def _why(need: Need) -> str:
    match need.provider:
        case FromPackage(package=package):
            return f"is not installed: {package} has it"
        case Unreachable(path=path):
            return f"is at {path}, where the loader does not look"
        case Missing(note=note) if note:
            return f"is not there: {note}"
        case _:
            return "is not there"


def _gaps(release: Release) -> Iterator[Problem]:
    holders = {file: each.distribution.name for each in release.scan.distributions for file in each.distribution.files}
    for gap in release.gaps:
        library = posixpath.basename(gap.provider)
        yield Problem(
            error=not gap.weak,
            kind="missing-version",
            distribution=holders.get(gap.file, ""),
            subject=gap.version,
            message=f"{gap.version} is not in {library} ({gap.provider}): it is older than what the file was built for",
            files=(gap.file,),
        )


def _old_packages(release: Release, locked: Target) -> Iterator[Problem]:
    """Yield the packages of the lock that are there in a version below its `min`."""
    for package in locked.package:
        version = release.installed.get(package.name, "")
        if package.min and version and release.older(version, package.min):
            yield Problem(
                error=True,
                kind="old-package",
                distribution="",
                subject=package.name,
                message=f"{package.name} {version} is installed, the lock needs {package.min}",
                package=package.name,
            )


def _not_locked(text: str) -> Problem:
    return Problem(error=True, kind="not-locked", distribution="", subject="sysdeps.lock", message=text)


def _foreign(scan: Scan) -> Iterator[Problem]:
    for skipped in scan.skipped:
        if skipped.verdict in (Verdict.FOREIGN_ARCHITECTURE, Verdict.FOREIGN_LIBC):
            yield Problem(
                error=False,
                kind="foreign-file",
                distribution="",
                subject=skipped.path,
                message=skipped.reason,
                files=(skipped.path,),
            )
