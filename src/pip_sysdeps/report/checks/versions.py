"""Compare needed versions of glibc and of symbols with the system and with wheel tags."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pip_sysdeps.elf.glibc_versions import newest_glibc
from pip_sysdeps.environment.wheel_tags import is_allowed, promised_glibc
from pip_sysdeps.model.needs import FromCapability, FromPackage, Missing, Unowned
from pip_sysdeps.report.evidence import Issue, issue_of_need, name_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pip_sysdeps.model.elf import ElfFile
    from pip_sysdeps.model.needs import Provider
    from pip_sysdeps.needs.symbol_versions import VersionGap
    from pip_sysdeps.report.evidence import Evidence

_INTRODUCED_IN = {"GLIBC_ABI_DT_RELR": "GLIBC_2.36"}
_PRIVATE = {"GLIBC_PRIVATE", *_INTRODUCED_IN}


def newer_glibc_than_promised(evidence: Evidence) -> Iterator[Issue]:
    """Yield a wheel that needs a newer glibc than its tag promises."""
    for distribution in evidence.scan.distributions:
        promised = promised_glibc(distribution.distribution.tags)
        files = [file for file in distribution.distribution.files if file in evidence.scan.objects]
        if promised is None:
            continue
        newer = {file: needed for file in files if (needed := _glibc_newer_than(evidence.scan.objects[file], promised))}
        if newer:
            needed = max(newer.values(), key=_version_key)
            message = f"needed, but the tag promises {promised[0]}.{promised[1]}"
            yield Issue(
                subjects=(needed,),
                message=message,
                distribution=distribution.distribution.name,
                files=tuple(sorted(newer)),
            )


def newer_glibc_than_installed(evidence: Evidence) -> Iterator[Issue]:
    """Yield an object that needs a newer glibc than the system has."""
    message = f"needed, but this system has {evidence.glibc[0]}.{evidence.glibc[1]}" if evidence.glibc else "needed"
    yield from _gap_issues(evidence, lambda gap: gap.version.startswith("GLIBC_"), lambda _: message)


def missing_symbol_version(evidence: Evidence) -> Iterator[Issue]:
    """Yield an object that needs a symbol version that the library lacks."""
    yield from _gap_issues(
        evidence, lambda gap: not gap.version.startswith("GLIBC_"), lambda gap: f"needed, but not in {gap.provider}"
    )


def library_outside_tag(evidence: Evidence) -> Iterator[Issue]:
    """Yield a wheel that uses a system library that its tag does not allow."""
    for distribution in evidence.scan.distributions:
        promised = promised_glibc(distribution.distribution.tags)
        for need in distribution.needs if promised else ():
            if (
                _is_expected_from_system(need.provider)
                and need.soname
                and need.confidence is None
                and promised
                and not is_allowed(need.soname, promised)
            ):
                message = f"taken from the system, which manylinux_{promised[0]}_{promised[1]} does not allow"
                yield issue_of_need(distribution.distribution.name, need, message)


def _is_expected_from_system(provider: Provider) -> bool:
    """Return whether a library is expected from the system, not from another distribution."""
    is_sibling_of_vendored = isinstance(provider, Missing) and bool(provider.sibling)
    return isinstance(provider, FromPackage | FromCapability | Unowned | Missing) and not is_sibling_of_vendored


def _gap_issues(
    evidence: Evidence, is_relevant: Callable[[VersionGap], bool], message_for: Callable[[VersionGap], str]
) -> Iterator[Issue]:
    owners = {file: name_of(distribution) for distribution, file, _ in evidence.own_objects()}
    for gap in evidence.gaps:
        file = evidence.scan.real.get(gap.file, gap.file)
        if not gap.weak and is_relevant(gap) and file in owners:
            yield Issue(subjects=(gap.version,), message=message_for(gap), distribution=owners[file], files=(file,))


def _glibc_newer_than(elf: ElfFile, promised: tuple[int, int]) -> str:
    """Return the newest needed `GLIBC_` version that is newer than promised, or one that no tag promises."""
    newest = newest_glibc([elf])
    if newest and _version_key(f"GLIBC_{newest}") > (0, *promised):
        return f"GLIBC_{newest}"
    private = [need.version for need in elf.version_needs if need.version in _PRIVATE and not need.weak]
    return next((version for version in private if _version_key(version) > (0, *promised)), "")


def _version_key(version: str) -> tuple[int, ...]:
    """Return a key that orders `GLIBC_2.17`, and puts versions that no tag promises last."""
    version = _INTRODUCED_IN.get(version, version)
    numbers = version.removeprefix("GLIBC_").split(".")
    return (0, *map(int, numbers)) if all(number.isdigit() for number in numbers) else (1,)
