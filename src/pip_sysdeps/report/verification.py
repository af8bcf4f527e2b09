"""Would this environment work here? The problems of a release image, each with its evidence, and what mends it.

Errors stop an import or a program, or are not what was locked. Warnings are what ld.so itself only warns about, what is
missing for needs that are not in the line (plugins, as long as nobody asks for them), and what would be wrong on an
older CPU.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol

from pip_sysdeps.byname.knowledge import is_known
from pip_sysdeps.lock.build import distributions
from pip_sysdeps.lock.selection import needs_in_line
from pip_sysdeps.lock.target_choice import listed_targets
from pip_sysdeps.model.loader import NotFound
from pip_sysdeps.model.needs import Confidence, FromPackage, Missing, Unowned, Unreachable, When

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from pip_sysdeps.lock.document import Lockfile, Target
    from pip_sysdeps.model.loader import LoadedObject
    from pip_sysdeps.model.needs import Need
    from pip_sysdeps.model.packages import Owner
    from pip_sysdeps.model.scan import Scan
    from pip_sysdeps.needs.symbol_versions import VersionGap
    from pip_sysdeps.needs.undefined_symbols import SymbolGap
    from pip_sysdeps.packages.family import NameRules


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that is wrong with a release image."""

    error: bool
    """It stops an import or a program, or is not what was locked; otherwise a warning."""
    kind: str
    """One of the words that docs/verify.md explains: `missing`, `stale-cache`, `missing-version`, ..."""
    distribution: str
    """Whose it is; empty for the interpreter, a file that no record claims, or the image as a whole."""
    subject: str
    """What it is about: a soname, a symbol version, a binary package, a file."""
    message: str
    """What is wrong, for a person; one line."""
    files: tuple[str, ...] = ()
    """The objects that show it."""
    package: str = ""
    """The binary package whose installation or upgrade mends it; empty if none does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Locked:
    """What the image is held to."""

    target: Target
    """The lock's block for it."""
    in_line: frozenset[tuple[str, str]]
    """The needs that `install-line` installs for, by holder and name."""
    packages: Mapping[tuple[str, str], str]
    """The package of every need, by holder and name; empty for one that no package answers."""


class ImageSystem(Protocol):
    """The system of a release image."""

    @property
    def installed(self) -> Mapping[str, str]:
        """Binary package -> version; empty without a package database."""

    @property
    def can_find_library(self) -> bool:
        """Whether `ctypes.util.find_library` has something to ask: ldconfig, or a compiler."""

    def finds_library(self, names: Sequence[str]) -> bool:
        """Return whether `find_library` finds a library under any of these names."""

    def version_key(self, version: str) -> Any:  # noqa: ANN401 - each package manager's own
        """Return a key that orders versions as the package manager does."""

    def package_of(self, name: str) -> str | None:
        """Return the release's binary package that has a library or a program."""

    def real(self, path: str) -> str | None:
        """Return a path with its links followed."""

    def owner(self, path: str) -> Owner | None:
        """Return the binary package that owns a file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """What verification looks at."""

    scan: Scan
    """The environment with ld.so.cache as it is."""
    fresh: Scan
    """The same as after a run of ldconfig; or `scan` again where nothing is missing that the image is to have."""
    gaps: tuple[VersionGap, ...]
    """Symbol versions that are needed and not defined."""
    symbols: tuple[SymbolGap, ...]
    """Symbols that imports need, and that nothing in the image defines."""
    system: ImageSystem
    """The system that it is in."""


def problems_of(image: Image, locked: Locked | None) -> tuple[Problem, ...]:
    """Return all problems, errors first; `locked` is None where there is no lock to hold the image to."""
    problems = (
        *_interpreter(image),
        *_missing(image, locked),
        *_broken_libraries(image),
        *_gaps(image),
        *_undefined_symbols(image),
        *_find_library(image),
        *((*_of_lock(image, locked.target), *_declared(image, locked)) if locked else ()),
        *_foreign(image.scan),
        *_gone(image.scan),
    )
    return tuple(sorted(dict.fromkeys(problems), key=_order))


def _order(problem: Problem) -> tuple[object, ...]:
    return (not problem.error, problem.kind, problem.distribution, problem.subject, problem.message, problem.files)


def takes_cpu_folders(scan: Scan) -> bool:
    """Tell whether this CPU has decided which library is loaded."""
    loaded = (*scan.process, *(each for load in scan.loads for each in load.objects))
    return any("/glibc-hwcaps/" in each.path for each in loaded)


def on_older_cpus(problems: Iterable[Problem], here: Iterable[Problem]) -> tuple[Problem, ...]:
    """Return, as warnings, the problems that there are without the folders for this CPU, and not `here`."""
    known = {(each.distribution, each.subject) for each in here if each.error}
    return tuple(
        replace(each, error=False, kind="older-cpu", message=f"on older CPUs {each.message}")
        for each in problems
        if each.error and (each.distribution, each.subject) not in known
    )


def mending(problems: Iterable[Problem], names: NameRules | None) -> tuple[str, ...]:
    """Return the binary packages that mend all that can be mended, sorted; they are words of a line for a shell.

    `names` are the package manager's rules; what breaks them is left out, as is all where they are not known.
    """
    packages = {each.package for each in problems if each.error}
    return tuple(sorted(filter(names.package, packages))) if names else ()


def worth_showing(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Return the problems without what no import and nothing in the line misses."""
    return tuple(each for each in problems if each.error or each.kind not in {"missing", "foreign-file"})


def held_to(target: Target) -> Locked:
    """Return what a target of the lock holds an image to."""
    return Locked(
        target=target,
        in_line=frozenset((holder, need.name) for holder, need in needs_in_line(target)),
        packages={(holder, need.name): need.package for holder, need in target.needs()},
    )


def no_target(lock: Lockfile, scan: Scan) -> Problem:
    """Return the problem of a lock without a target for the image's system."""
    return Problem(
        error=True,
        kind="not-locked",
        distribution="",
        subject=scan.platform.id,
        message=f"the lock has no target for this system, {scan.platform.id}, but {listed_targets(lock)}",
    )


def unmet(scan: Scan) -> Iterator[tuple[str, Need]]:
    """Yield each need that nothing in the image answers, with its distribution."""
    for holder, need in scan.needs():
        match need.provider:
            case FromPackage(path="") | Missing() | Unreachable():
                yield holder, need
            case _:
                pass


def _interpreter(image: Image) -> Iterator[Problem]:
    """Yield what keeps Python itself from starting."""
    environment = image.scan.environment
    if not environment.interpreter.path:
        yield Problem(
            error=True,
            kind="no-interpreter",
            distribution="",
            subject=environment.prefix,
            message=f"no Python in the image runs `{environment.prefix}`",
        )
    elif image.system.real(f"{environment.prefix}/pyvenv.cfg") and not _has_python(image, environment.prefix):
        yield Problem(
            error=True,
            kind="no-interpreter",
            distribution="",
            subject=environment.prefix,
            message=f"`{environment.prefix}/bin/python3` leads nowhere",
        )
    for loaded in image.scan.process:
        for soname in _not_found(loaded):
            yield _missing_from_library(image, "", loaded.path, soname)


def _has_python(image: Image, prefix: str) -> bool:
    return any(image.system.real(f"{prefix}/bin/{name}") for name in ("python3", "python", "pypy3"))


# ------------------------------------------------------------------------------------------------------------ missing


def _missing(image: Image, locked: Locked | None) -> Iterator[Problem]:
    """Yield the needs that nothing answers here, or only a run of ldconfig would."""
    still = {(holder, need.name) for holder, need in unmet(image.fresh)}
    for holder, need in unmet(image.scan):
        stale = (holder, need.name) not in still
        package = (locked.packages.get((holder, need.name), "") if locked else "") or _package(need)
        yield Problem(
            error=counts(holder, need, locked),
            kind="stale-cache" if stale else "missing",
            distribution=holder,
            subject=need.name,
            message=f"{need.name} {_STALE if stale else _why(need, package)}",
            files=need.by,
            package="" if stale else package,
        )


_STALE = "is there, but not in /etc/ld.so.cache: run ldconfig"


def _package(need: Need) -> str:
    return need.provider.package if isinstance(need.provider, FromPackage) else ""


def counts(holder: str, need: Need, locked: Locked | None) -> bool:
    """Tell whether the image is to have what is needed: as the lock says, else as `install-line` does by default."""
    key = (holder, need.name)
    if need.optional:
        return False
    if locked is not None and key in locked.packages:
        return key in locked.in_line
    declared = need.when is When.DECLARED and need.confidence is None
    return need.when is When.IMPORT or declared or (need.confidence is Confidence.HIGH and not _of_another_system(need))


def _of_another_system(need: Need) -> bool:
    """Tell whether a source names what no package of the release has: it may well be of a system that is not here."""
    unheard = isinstance(need.provider, Missing) and bool(need.provider.note)
    return unheard and need.when in {When.DLOPEN, When.EXEC} and not is_known(need.evidence)


def _why(need: Need, package: str) -> str:
    match need.provider:
        case Unreachable(path=path):
            return f"is at {path}, where the loader does not look"
        case Missing(note=note) if note and not package:
            return f"is not there: {note}"
        case _:
            return f"is not there: {package} has it" if package else "is not there"


def _broken_libraries(image: Image) -> Iterator[Problem]:
    """Yield what is missing for system libraries that an import loads: packages that are not whole, copied files."""
    own = {*image.scan.environment.holders()}
    own.update(each.file for each in image.scan.unattributed)
    told = {need.name for _, need in image.scan.needs()}
    holders = image.scan.environment.holders()
    for root, loaded in _imported(image.scan):
        missed = [soname for soname in _not_found(loaded) if soname not in told]
        if missed and image.system.real(loaded.path) not in own:
            yield from (_missing_from_library(image, holders.get(root, ""), loaded.path, soname) for soname in missed)


def _missing_from_library(image: Image, holder: str, library: str, soname: str) -> Problem:
    package = image.system.package_of(soname) or ""
    return Problem(
        error=True,
        kind="missing",
        distribution=holder,
        subject=soname,
        message=f"{soname}, which {library} needs, is not there{f': {package} has it' if package else ''}",
        files=(library,),
        package=package,
    )


def _not_found(loaded: LoadedObject) -> Iterator[str]:
    return (answer.soname for answer in loaded.needs if isinstance(answer, NotFound))


def _imported(scan: Scan) -> Iterator[tuple[str, LoadedObject]]:
    """Yield each object that an import or a program loads, with the root that loads it."""
    for load in scan.loads:
        if load.when is When.IMPORT:
            yield from ((load.root, loaded) for loaded in load.objects)


def _find_library(image: Image) -> Iterator[Problem]:
    """Yield the libraries that are there, and that code asks `ctypes.util.find_library` for in vain."""
    system = image.system
    for holder, need in image.scan.needs():
        path = need.provider.path if isinstance(need.provider, FromPackage | Unowned) else ""
        if path and "find_library(" in need.evidence and not system.finds_library(need.any_of or (need.soname,)):
            reason = (
                _STALE if system.can_find_library else f"is at {path}, and there is neither ldconfig nor a compiler"
            )
            yield Problem(
                error=need.confidence is Confidence.HIGH,
                kind="stale-cache" if system.can_find_library else "find-library",
                distribution=holder,
                subject=need.name,
                message=f"{need.evidence}: find_library gives None, for {need.name} {reason}",
                files=need.by,
                package="" if system.can_find_library else system.package_of("ldconfig") or "",
            )


# --------------------------------------------------------------------------------------------------- symbols, versions


def _gaps(image: Image) -> Iterator[Problem]:
    """Yield what ld.so says as "version `GLIBC_2.38' not found"; of what only plugins load as a warning."""
    if not image.gaps:
        return
    holders = image.scan.environment.holders()
    loaded_by = {each.path: "" for each in image.scan.process}
    for root, loaded in _imported(image.scan):
        loaded_by.setdefault(loaded.path, holders.get(root, ""))
    for gap in image.gaps:
        file = image.system.real(gap.file) or gap.file
        owner = image.system.owner(gap.provider)
        library = f"{gap.provider} ({owner.package} {owner.version})" if owner else gap.provider
        yield Problem(
            error=not gap.weak and gap.file in loaded_by,
            kind="missing-version",
            distribution=holders.get(file) or loaded_by.get(gap.file, ""),
            subject=gap.version,
            message=f"{gap.version} is not in {library}{': ld.so only warns' if gap.weak else ''}",
            files=(file,),
        )


def _undefined_symbols(image: Image) -> Iterator[Problem]:
    """Yield what ld.so says as "undefined symbol: sybdb_new", unless it stops at a version before."""
    if not image.symbols:
        return
    holders = image.scan.environment.holders()
    loaded_by = {image.system.real(loaded.path): root for root, loaded in _imported(image.scan)}
    told = {image.system.real(gap.file) for gap in image.gaps if not gap.weak}
    for gap in image.symbols:
        if gap.file not in told:
            more = f", and {len(gap.symbols) - 1} more that it needs" if len(gap.symbols) > 1 else ""
            yield Problem(
                error=True,
                kind="missing-symbol",
                distribution=holders.get(gap.file) or holders.get(loaded_by.get(gap.file, ""), ""),
                subject=gap.symbols[0],
                message=f"undefined symbol: no library here has {gap.symbols[0]}{more}",
                files=(gap.file,),
            )


# ------------------------------------------------------------------------------------------------------------ the lock


def _of_lock(image: Image, target: Target) -> Iterator[Problem]:
    """Yield in what the image is not what was locked."""
    for text in _differences(image.scan, target):
        yield Problem(error=True, kind="not-locked", distribution="", subject=target.id, message=text)
    for package in target.package:
        version = image.system.installed.get(package.name, "")
        if package.min and version and image.system.version_key(version) < image.system.version_key(package.min):
            yield Problem(
                error=True,
                kind="old-package",
                distribution="",
                subject=package.name,
                message=f"{package.name} {version} is installed, the lock needs {package.min} or later",
                package=package.name,
            )


def _declared(image: Image, locked: Locked) -> Iterator[Problem]:
    """Yield the packages that somebody says are needed, which no file shows, and that are not installed."""
    found = {(holder, need.name) for holder, need in image.scan.needs()}
    for holder, need in locked.target.needs():
        declared = need.when == When.DECLARED.value and (holder, need.name) in locked.in_line - found
        if declared and image.system.installed and need.package not in image.system.installed:
            yield Problem(
                error=True,
                kind="missing",
                distribution=holder,
                subject=need.package,
                message=f"{need.package} is not installed{f': {need.note}' if need.note else ''}",
                package=need.package,
            )


def _differences(scan: Scan, target: Target) -> Iterator[str]:
    """Say in words which distributions the environment has and the lock has not, or otherwise."""
    abi_tag = scan.environment.interpreter.abi_tag
    if abi_tag and abi_tag != target.python:
        yield f"{target.python} is locked, {abi_tag} runs the environment"
    installed = distributions(scan)
    for locked in target.distribution:
        found = installed.pop(locked.name, None)
        called = f"{locked.name} {locked.version}".rstrip()
        if found is None:
            yield f"{called} is locked and not installed"
        elif found.version != locked.version:
            yield f"{called} is locked, {found.version or 'an editable one'} is installed"
        elif found.wheel != locked.wheel:
            yield f"{called}: {locked.wheel or 'no wheel'} is locked, {found.wheel or 'no wheel'} is installed"
    for found in installed.values():
        if found.needs:
            yield f"{found.name} {found.version}".rstrip() + " is installed, has needs, and is not locked"


# ---------------------------------------------------------------------------------------------- foreign and gone files


def _foreign(scan: Scan) -> Iterator[Problem]:
    """Yield the files for another machine or C library: an error where a distribution has nothing else to load."""
    holders = scan.environment.holders()
    usable = {holders.get(loaded.path, "") for _, loaded in _imported(scan)}
    tags = {each.name: each.tags for each in scan.environment.distributions}
    for skipped in scan.skipped:
        if skipped.verdict.is_foreign:
            holder = holders.get(skipped.path, "")
            built = any(not tag.endswith("-any") for tag in tags.get(holder, ()))
            yield Problem(
                error=built and holder not in usable,
                kind="foreign-file",
                distribution=holder,
                subject=skipped.path,
                message=f"{skipped.path} is {skipped.reason}",
                files=(skipped.path,),
            )


def _gone(scan: Scan) -> Iterator[Problem]:
    """Yield what records list and is not there; nobody but the user can tell whether it was taken out on purpose."""
    for each in scan.environment.distributions:
        if each.gone:
            yield Problem(
                error=False,
                kind="missing-file",
                distribution=each.name,
                subject=each.metadata_path,
                message=f"what its {each.record.value} lists is not there",
                files=each.gone,
            )
