"""The catalogue of what `audit` finds: each check is a generator with a stable code; docs/checks.md explains each.

The first line of a check's docstring is what its findings are called. Codes are never used again for another thing.
"""

from __future__ import annotations

import posixpath
import re
from collections import defaultdict
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import TYPE_CHECKING

from pip_sysdeps.elf.kinds import is_program
from pip_sysdeps.environment.wheel_tags import is_allowed, promised_glibc
from pip_sysdeps.model.environment import Verdict
from pip_sysdeps.model.needs import FromPackage, Missing, Unowned, Unreachable, When
from pip_sysdeps.needs.attribution import newest_glibc

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

    from pip_sysdeps.model.elf import ElfFile
    from pip_sysdeps.model.needs import DistributionNeeds, Need, Provider
    from pip_sysdeps.model.scan import Scan
    from pip_sysdeps.needs.symbol_versions import VersionGap

_DF_TEXTREL = 0x4
_FIRST_WITHOUT_EXECUTABLE_STACKS = (2, 41)
"""glibc 2.41's NEWS: dlopen no longer makes the stack executable for a library that asks for it."""
_SYSTEM_FOLDERS = ("/lib", "/lib64", "/usr/lib", "/usr/lib64")
_RENAMED = re.compile(r"(?:-[0-9a-f]{8})+(?=\.so)")
"""What auditwheel puts into the name of a library that it copies into a wheel."""
_LIBRARY = re.compile(r"(lib[^/]+\.so\.[0-9]+)(?:\.[0-9]+)*|(lib[^/]+\.so)")
_CAME_WITH = {"GLIBC_ABI_DT_RELR": "GLIBC_2.36"}
_PRIVATE = {"GLIBC_PRIVATE", *_CAME_WITH}


class Severity(Enum):
    """How bad a finding is."""

    ERROR = "error"
    """Something fails, or is not what was committed."""
    WARNING = "warning"
    """Something works by luck, or stops working on another system."""
    NOTE = "note"
    """Something to know."""


_SEVERITIES = tuple(Severity)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What the checks look at."""

    scan: Scan
    """The environment."""
    folders: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """A real path of the environment -> the world-writable folders that its search path leads into."""
    gaps: tuple[VersionGap, ...] = ()
    """Symbol versions that are needed, and that the library which is found does not define."""
    glibc: tuple[int, int] | None = None
    """The version of the system's glibc; None if it is not known."""
    decided_by_policy: frozenset[tuple[str, str]] = frozenset()
    """The needs that the project's policy decides: distribution and name."""
    changes: tuple[str, ...] = ()
    """In what the lock differs from the environment, in words."""

    def undecided(self) -> Iterator[tuple[str, Need]]:
        """Yield the needs that no policy decides, each with its distribution."""
        decided = self.decided_by_policy
        return ((holder, need) for holder, need in self.scan.needs() if (holder, need.name) not in decided)

    def own(self) -> Iterator[tuple[DistributionNeeds | None, str, ElfFile]]:
        """Yield each object of the environment with its distribution."""
        for distribution in self.scan.distributions:
            for file in distribution.distribution.files:
                if file in self.scan.objects:
                    yield distribution, file, self.scan.objects[file]
        for file in self.scan.environment.unclaimed:
            if file in self.scan.objects:
                yield None, file, self.scan.objects[file]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """What a check found."""

    message: str
    """What is wrong, for a person; a line that goes on from the subjects, without a full stop."""
    subjects: tuple[str, ...] = ()
    """What it is about: sonames, symbol versions, elements of a search path; sorted."""
    distribution: str = ""
    """Whose it is; empty for a file that no record claims, and for the environment as a whole."""
    files: tuple[str, ...] = ()
    """The objects that show it, sorted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One entry of the catalogue."""

    code: str
    """`SD001`."""
    name: str
    """`unresolved-import`."""
    severity: Severity
    """How bad its findings are."""
    summary: str
    """What its findings are, in a line."""
    run: Callable[[Evidence], Iterator[Trouble]]
    """Finds them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One finding, with the check that made it."""

    check: Check
    """The entry of the catalogue."""
    trouble: Trouble
    """What was found."""


CATALOGUE: list[Check] = []
"""Every check, by code."""


def check(code: str, severity: Severity) -> Callable[[Callable[[Evidence], Iterator[Trouble]]], Check]:
    """Enter a generator into the catalogue, named after itself."""

    def enter(run: Callable[[Evidence], Iterator[Trouble]]) -> Check:
        name = run.__name__.replace("_", "-")
        summary = (run.__doc__ or "").partition("\n")[0].rstrip(".")
        CATALOGUE.append(Check(code=code, name=name, severity=severity, summary=summary, run=run))
        return CATALOGUE[-1]

    return enter


def findings(evidence: Evidence, *, select: Collection[str] = (), ignore: Collection[str] = ()) -> tuple[Finding, ...]:
    """Return what the checks find, the worst first, then by code, distribution and subject.

    `select` has the codes to run, all if it is empty; `ignore` those to leave out. `SD01` stands for all that begin so,
    `SD010:shapely` for the findings of one distribution.
    """
    found = [
        Finding(check=each, trouble=trouble)
        for each in CATALOGUE
        for trouble in _joined(each.run(evidence))
        if (not select or _is_named(each, trouble, select)) and not _is_named(each, trouble, ignore)
    ]
    return tuple(sorted(found, key=lambda each: _SEVERITIES.index(each.check.severity)))


def _joined(troubles: Iterable[Trouble]) -> list[Trouble]:
    """Return what one check found, sorted; what is wrong in the same way with one distribution is one trouble."""
    joined: dict[tuple[str, str], Trouble] = {}
    for each in troubles:
        key = each.distribution, each.message
        known = joined.get(key, each)
        joined[key] = replace(
            each,
            subjects=tuple(sorted({*known.subjects, *each.subjects})),
            files=tuple(sorted({*known.files, *each.files})),
        )
    return sorted(joined.values(), key=lambda each: (each.distribution, each.subjects, each.message))


def named(text: str) -> bool:
    """Tell whether a text names checks: a code, or the beginning of one, and possibly a distribution."""
    code, colon, distribution = text.partition(":")
    return (
        code.startswith("SD")
        and any(each.code.startswith(code) for each in CATALOGUE)
        and bool(distribution or not colon)
    )


def _is_named(check: Check, trouble: Trouble, names: Iterable[str]) -> bool:
    for code, _, distribution in (name.partition(":") for name in names):
        if check.code.startswith(code) and distribution in {"", trouble.distribution}:
            return True
    return False


# -------------------------------------------------------------------------------------------------------------- needs


@check("SD001", Severity.ERROR)
def unresolved_import(evidence: Evidence) -> Iterator[Trouble]:
    """A library that an import needs, and that nothing has."""
    for holder, need in evidence.undecided():
        if isinstance(need.provider, Missing) and need.when is When.IMPORT:
            yield _of_need(holder, need, _answer(need.provider))


@check("SD002", Severity.NOTE)
def unresolved_other(evidence: Evidence) -> Iterator[Trouble]:
    """Something that a plugin or a call by name needs, and that nothing has."""
    for holder, need in evidence.undecided():
        if isinstance(need.provider, Missing | Unreachable) and need.when is not When.IMPORT:
            yield _of_need(holder, need, f"{_answer(need.provider)} ({need.when.value})")


@check("SD003", Severity.WARNING)
def unowned_library(evidence: Evidence) -> Iterator[Trouble]:
    """A system library that no binary package owns: it must be copied into the image by hand."""
    for holder, need in evidence.undecided():
        if isinstance(need.provider, Unowned):
            yield _of_need(holder, need, f"{need.provider.path}, which no binary package owns")


@check("SD004", Severity.ERROR)
def unreachable_library(evidence: Evidence) -> Iterator[Trouble]:
    """A library that an import needs lies in the environment, where the loader does not look."""
    for holder, need in evidence.undecided():
        if isinstance(need.provider, Unreachable) and need.when is When.IMPORT:
            yield _of_need(holder, need, _answer(need.provider))


def _answer(provider: Missing | Unreachable) -> str:
    if isinstance(provider, Unreachable):
        return f"{provider.path} of {provider.distribution or 'the environment'} has it, where the loader does not look"
    return provider.note or "nothing here has it"


def _of_need(holder: str, need: Need, message: str) -> Trouble:
    return Trouble(subjects=(need.name,), message=message, distribution=holder, files=need.by)


# -------------------------------------------------------------------------------------------------------------- files


@check("SD005", Severity.WARNING)
def overlapping_files(evidence: Evidence) -> Iterator[Trouble]:
    """Files that two distributions claim: installing or removing one breaks the other."""
    holders = evidence.scan.environment.holders()
    for skipped in evidence.scan.skipped:
        if skipped.verdict is Verdict.OVERLAP:
            yield Trouble(message=skipped.reason, distribution=holders.get(skipped.path, ""), files=(skipped.path,))


@check("SD008", Severity.WARNING)
def foreign_file(evidence: Evidence) -> Iterator[Trouble]:
    """An object for another architecture or C library: this interpreter cannot load it."""
    holders = evidence.scan.environment.holders()
    for skipped in evidence.scan.skipped:
        if skipped.verdict.is_foreign:
            yield Trouble(message=skipped.reason, distribution=holders.get(skipped.path, ""), files=(skipped.path,))


@check("SD020", Severity.WARNING)
def missing_file(evidence: Evidence) -> Iterator[Trouble]:
    """Shared objects that a record lists and that are not there."""
    for each in evidence.scan.environment.distributions:
        if each.gone:
            subjects = tuple(sorted({posixpath.basename(path) for path in each.gone}))
            message = f"not there, though {each.record.value} lists {'it' if len(each.gone) == 1 else 'them'}"
            yield Trouble(subjects=subjects, message=message, distribution=each.name, files=each.gone)


# ------------------------------------------------------------------------------------------------- one library twice


@check("SD006", Severity.WARNING)
def library_twice(evidence: Evidence) -> Iterator[Trouble]:
    """Two copies of one library that one Python process may load."""
    for name, copies in sorted(_copies(evidence).items()):
        if len(copies) > 1:
            names = {evidence.scan.objects[path].soname for path in copies}
            if len(names) == 1:
                how = "under one SONAME, so that the first one loaded serves all"
            else:
                how = "each with a state of its own"
            holders = sorted({_holder_of(path, evidence) for path in copies})
            message = f"{len(copies)} copies, of {', '.join(holders)}, {how}"
            yield Trouble(subjects=(name,), message=message, files=tuple(sorted(copies)))


@check("SD007", Severity.NOTE)
def vendored_and_system(evidence: Evidence) -> Iterator[Trouble]:
    """A library that one distribution brings, and another takes from a binary package."""
    needed = {library_name(need.soname) for _, need in evidence.scan.needs() if isinstance(need.provider, FromPackage)}
    for distribution, file, elf in evidence.own():
        name = library_name(elf.soname or "")
        if name and name in needed and distribution is not None:
            message = "vendored, and taken from a binary package too, for others: apt's updates reach one copy only"
            yield Trouble(subjects=(name,), message=message, distribution=distribution.distribution.name, files=(file,))


def library_name(soname: str) -> str:
    """Return a library's name and major version, without what auditwheel puts into it; empty for what has no version.

    `libgomp-a34b3233.so.1.0.0` is `libgomp.so.1`.
    """
    match = _LIBRARY.fullmatch(_RENAMED.sub("", soname))
    return (match[1] or match[2]) if match else ""


def _copies(evidence: Evidence) -> Mapping[str, set[str]]:
    """Return the files of each library that an interpreter loads which imports everything."""
    copies: defaultdict[str, set[str]] = defaultdict(set)
    for load in evidence.scan.loads:
        root = evidence.scan.facts(load.root)
        if load.when is not When.IMPORT or root is None or is_program(root):
            continue
        for loaded in load.objects:
            path = evidence.scan.real.get(loaded.path, loaded.path)
            elf = evidence.scan.objects.get(path)
            if elf is not None and (name := library_name(elf.soname or "")):
                copies[name].add(path)
    return copies


def _holder_of(path: str, evidence: Evidence) -> str:
    """Say whose a file is: a distribution's, or the system's."""
    for distribution in evidence.scan.environment.distributions:
        if path in distribution.files:
            return distribution.name
    return "the system" if path not in evidence.scan.environment.unclaimed else "no record"


# ------------------------------------------------------------------------------------------------------ search paths


@check("SD009", Severity.WARNING)
def relative_search_path(evidence: Evidence) -> Iterator[Trouble]:
    """An empty or relative element of DT_RPATH or DT_RUNPATH: the loader looks where the program was started."""
    yield from _elements(
        evidence,
        lambda element: not element.startswith(("/", "$ORIGIN", "${ORIGIN}")),
        "relative to where the program is started: whoever can write there decides what is loaded",
    )


@check("SD010", Severity.NOTE)
def build_host_search_path(evidence: Evidence) -> Iterator[Trouble]:
    """An absolute element of DT_RPATH or DT_RUNPATH: a folder of the machine where it was built."""
    prefix = evidence.scan.environment.prefix
    writable = {folder for folders in evidence.folders.values() for folder in folders}
    yield from _elements(
        evidence,
        lambda element: (
            element.startswith("/")
            and not element.startswith((f"{prefix}/", *(f"{folder}/" for folder in _SYSTEM_FOLDERS)))
            and element.rstrip("/") not in (prefix, *_SYSTEM_FOLDERS)
            and posixpath.normpath(element) not in writable
        ),
        "on the machine where it was built; if it is here too, what lies there is loaded first",
    )


@check("SD011", Severity.ERROR)
def world_writable_search_path(evidence: Evidence) -> Iterator[Trouble]:
    """A search path that leads into a folder where everybody can write."""
    for distribution, file, _ in evidence.own():
        for folder in evidence.folders.get(file, ()):
            message = "everybody can write there, and so have code run by whoever uses this"
            yield Trouble(subjects=(folder,), message=message, distribution=_name(distribution), files=(file,))


def _elements(evidence: Evidence, is_bad: Callable[[str], bool], message: str) -> Iterator[Trouble]:
    """Yield the bad elements of the search paths that count."""
    for distribution, file, elf in evidence.own():
        for element in filter(is_bad, search_path_elements(elf)):
            subject = element or "the empty element"
            yield Trouble(subjects=(subject,), message=message, distribution=_name(distribution), files=(file,))


def search_path_elements(elf: ElfFile) -> Iterable[str]:
    """Return the elements of the DT_RUNPATH, or the DT_RPATH if there is none; an empty one as a whole has none.

    Source: ld.so(8); glibc elf/dl-load.c, decompose_rpath.
    """
    text = elf.rpath if elf.runpath is None else elf.runpath
    return text.split(":") if text else ()


# ---------------------------------------------------------------------------------------------------------- segments


@check("SD012", Severity.WARNING)
def executable_stack(evidence: Evidence) -> Iterator[Trouble]:
    """An object that asks for an executable stack, which takes a protection from the whole process."""
    if evidence.glibc is None or evidence.glibc < _FIRST_WITHOUT_EXECUTABLE_STACKS:
        yield from _of_objects(
            evidence, _wants_executable_stack, "asks for an executable stack, which glibc refuses since 2.41"
        )


@check("SD013", Severity.ERROR)
def executable_stack_refused(evidence: Evidence) -> Iterator[Trouble]:
    """An object that asks for an executable stack, which this glibc refuses: it cannot be loaded."""
    if evidence.glibc is not None and evidence.glibc >= _FIRST_WITHOUT_EXECUTABLE_STACKS:
        yield from _of_objects(
            evidence, _wants_executable_stack, "asks for an executable stack, which this glibc refuses"
        )


@check("SD014", Severity.WARNING)
def text_relocations(evidence: Evidence) -> Iterator[Trouble]:
    """An object whose code the loader has to change: its pages are not shared, and hardened systems refuse it."""
    yield from _of_objects(evidence, lambda elf: bool(elf.flags & _DF_TEXTREL), "has text relocations (DT_TEXTREL)")


def _wants_executable_stack(elf: ElfFile) -> bool:
    """Tell whether loading an object makes the stack executable; without a PT_GNU_STACK glibc takes it for granted."""
    return elf.dynamic and not is_program(elf) and elf.executable_stack is not False


def _of_objects(evidence: Evidence, is_bad: Callable[[ElfFile], bool], message: str) -> Iterator[Trouble]:
    for distribution, file, elf in evidence.own():
        if is_bad(elf):
            yield Trouble(
                subjects=(posixpath.basename(file),), message=message, distribution=_name(distribution), files=(file,)
            )


def _name(distribution: DistributionNeeds | None) -> str:
    return distribution.distribution.name if distribution else ""


# ------------------------------------------------------------------------------------------------ glibc and the tags


@check("SD015", Severity.WARNING)
def newer_glibc_than_promised(evidence: Evidence) -> Iterator[Trouble]:
    """A wheel that needs a newer glibc than its tag promises."""
    for distribution in evidence.scan.distributions:
        promised = promised_glibc(distribution.distribution.tags)
        files = [file for file in distribution.distribution.files if file in evidence.scan.objects]
        if promised is None:
            continue
        newer = {file: needed for file in files if (needed := _glibc_beyond(evidence.scan.objects[file], promised))}
        if newer:
            needed = max(newer.values(), key=_version_key)
            message = f"needed, where the tag promises to do with {promised[0]}.{promised[1]}"
            yield Trouble(
                subjects=(needed,),
                message=message,
                distribution=distribution.distribution.name,
                files=tuple(sorted(newer)),
            )


@check("SD016", Severity.ERROR)
def newer_glibc_than_installed(evidence: Evidence) -> Iterator[Trouble]:
    """An object that needs a newer glibc than the system has."""
    has = f"needed, where this system has {evidence.glibc[0]}.{evidence.glibc[1]}" if evidence.glibc else "needed"
    yield from _of_gaps(evidence, lambda gap: gap.version.startswith("GLIBC_"), lambda _: has)


@check("SD019", Severity.ERROR)
def missing_symbol_version(evidence: Evidence) -> Iterator[Trouble]:
    """An object that needs a symbol version which the library that is found lacks."""
    yield from _of_gaps(
        evidence, lambda gap: not gap.version.startswith("GLIBC_"), lambda gap: f"needed, and not in {gap.provider}"
    )


@check("SD017", Severity.WARNING)
def library_outside_tag(evidence: Evidence) -> Iterator[Trouble]:
    """A wheel that takes a library from the system which its tag does not allow."""
    for distribution in evidence.scan.distributions:
        promised = promised_glibc(distribution.distribution.tags)
        for need in distribution.needs if promised else ():
            if (
                _is_asked_of_the_system(need.provider)
                and need.soname
                and need.confidence is None
                and promised
                and not is_allowed(need.soname, promised)
            ):
                message = f"expected of the system, which manylinux_{promised[0]}_{promised[1]} does not allow"
                yield _of_need(distribution.distribution.name, need, message)


def _is_asked_of_the_system(provider: Provider) -> bool:
    """Tell whether no distribution is expected to bring a library."""
    is_left = isinstance(provider, Missing) and bool(provider.sibling)
    return isinstance(provider, FromPackage | Unowned | Missing) and not is_left


def _of_gaps(
    evidence: Evidence, concerns: Callable[[VersionGap], bool], words: Callable[[VersionGap], str]
) -> Iterator[Trouble]:
    owners = {file: _name(distribution) for distribution, file, _ in evidence.own()}
    for gap in evidence.gaps:
        file = evidence.scan.real.get(gap.file, gap.file)
        if not gap.weak and concerns(gap) and file in owners:
            yield Trouble(subjects=(gap.version,), message=words(gap), distribution=owners[file], files=(file,))


def _glibc_beyond(elf: ElfFile, promised: tuple[int, int]) -> str:
    """Return the newest `GLIBC_` version that is needed beyond the promised one, or one that is never promised."""
    newest = newest_glibc([elf])
    if newest and _version_key(f"GLIBC_{newest}") > (0, *promised):
        return f"GLIBC_{newest}"
    others = [need.version for need in elf.version_needs if need.version in _PRIVATE and not need.weak]
    return next((version for version in others if _version_key(version) > (0, *promised)), "")


def _version_key(version: str) -> tuple[int, ...]:
    """Order `GLIBC_2.17`, with what came with a release as that, and those that never are promised after all others."""
    version = _CAME_WITH.get(version, version)
    numbers = version.removeprefix("GLIBC_").split(".")
    return (0, *map(int, numbers)) if all(number.isdigit() for number in numbers) else (1,)


# --------------------------------------------------------------------------------------------------------------- lock


@check("SD018", Severity.ERROR)
def stale_lock(evidence: Evidence) -> Iterator[Trouble]:
    """The lock is not what the environment would give."""
    for change in evidence.changes:
        yield Trouble(message=change)


CATALOGUE.sort(key=lambda each: each.code)
