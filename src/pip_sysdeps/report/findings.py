"""Run the checks of `audit`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pip_sysdeps.report import catalogue
from pip_sysdeps.report.catalogue import Severity
from pip_sysdeps.report.checks import (
    copies,
    files,
    lock,
    locked,
    needs,
    objects,
    plugins,
    search_paths,
    sources,
    versions,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator

    from pip_sysdeps.lock.document import Target
    from pip_sysdeps.report.catalogue import Entry
    from pip_sysdeps.report.evidence import Evidence, Issue

_SEVERITIES = tuple(Severity)


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One check with its entry of the catalogue."""

    entry: Entry
    """The entry."""
    run: Callable[[Evidence], Iterator[Issue]]
    """Yields the problems."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One finding of `audit`."""

    entry: Entry
    """Its kind."""
    issue: Issue
    """The problem."""


CHECKS = (
    Check(entry=catalogue.UNRESOLVED_IMPORT, run=needs.unresolved_import),
    Check(entry=catalogue.UNRESOLVED_OTHER, run=needs.unresolved_other),
    Check(entry=catalogue.UNOWNED_LIBRARY, run=needs.unowned_library),
    Check(entry=catalogue.UNREACHABLE_LIBRARY, run=needs.unreachable_library),
    Check(entry=catalogue.OVERLAPPING_FILES, run=files.overlapping_files),
    Check(entry=catalogue.LIBRARY_TWICE, run=copies.library_twice),
    Check(entry=catalogue.VENDORED_AND_SYSTEM, run=copies.vendored_and_system),
    Check(entry=catalogue.FOREIGN_FILE, run=files.foreign_file),
    Check(entry=catalogue.RELATIVE_SEARCH_PATH, run=search_paths.relative_search_path),
    Check(entry=catalogue.BUILD_HOST_SEARCH_PATH, run=search_paths.build_host_search_path),
    Check(entry=catalogue.WORLD_WRITABLE_SEARCH_PATH, run=search_paths.world_writable_search_path),
    Check(entry=catalogue.EXECUTABLE_STACK, run=objects.executable_stack),
    Check(entry=catalogue.EXECUTABLE_STACK_REFUSED, run=objects.executable_stack_refused),
    Check(entry=catalogue.TEXT_RELOCATIONS, run=objects.text_relocations),
    Check(entry=catalogue.NEWER_GLIBC_THAN_PROMISED, run=versions.newer_glibc_than_promised),
    Check(entry=catalogue.NEWER_GLIBC_THAN_INSTALLED, run=versions.newer_glibc_than_installed),
    Check(entry=catalogue.LIBRARY_OUTSIDE_TAG, run=versions.library_outside_tag),
    Check(entry=catalogue.STALE_LOCK, run=lock.stale_lock),
    Check(entry=catalogue.MISSING_SYMBOL_VERSION, run=versions.missing_symbol_version),
    Check(entry=catalogue.MISSING_FILE, run=files.missing_file),
    Check(entry=catalogue.PACKAGE_WITHOUT_SOURCE, run=sources.package_without_source),
    Check(entry=catalogue.PACKAGE_BEYOND_RELEASE, run=sources.package_beyond_release),
    Check(entry=catalogue.PLUGINS_NOT_THERE, run=plugins.plugins_not_there),
    Check(entry=catalogue.UNKNOWN_NAME, run=needs.unknown_name),
    Check(entry=catalogue.PLUGINS_LEFT_OUT, run=needs.plugins_left_out),
)
"""Every check, by code."""


def findings(evidence: Evidence, *, select: Collection[str] = (), ignore: Collection[str] = ()) -> tuple[Finding, ...]:
    """Return the findings, the worst first, then by code, distribution and subject.

    `select` has the codes to run, all if it is empty; `ignore` those to skip. `SD01` means all codes that begin with
    it, `SD010:shapely` for the findings of one distribution.
    """
    return _select(((each.entry, each.run(evidence)) for each in CHECKS), select, ignore)


_LOCK_CHECKS = {
    catalogue.UNRESOLVED_IMPORT: locked.unresolved_import,
    catalogue.UNRESOLVED_OTHER: locked.unresolved_other,
    catalogue.UNOWNED_LIBRARY: locked.unowned_library,
}
LOCK_CODES = (catalogue.UNRESOLVED_IMPORT.code, catalogue.UNOWNED_LIBRARY.code)
"""The first and last code of the checks of a lock without its environment."""


def findings_of_lock(
    target: Target, *, select: Collection[str] = (), ignore: Collection[str] = ()
) -> tuple[Finding, ...]:
    """Return the findings of a lock's target; `select` and `ignore` as for `findings`."""
    return _select(((entry, run(target)) for entry, run in _LOCK_CHECKS.items()), select, ignore)


def _select(
    found: Iterable[tuple[Entry, Iterable[Issue]]], select: Collection[str], ignore: Collection[str]
) -> tuple[Finding, ...]:
    """Return the findings of the selected checks, the worst first."""
    chosen = [
        Finding(entry=entry, issue=issue)
        for entry, issues in found
        for issue in _merge(issues)
        if (not select or _matches_any(entry, issue, select)) and not _matches_any(entry, issue, ignore)
    ]
    return tuple(sorted(chosen, key=lambda each: _SEVERITIES.index(each.entry.severity)))


def _merge(issues: Iterable[Issue]) -> list[Issue]:
    """Merge the issues of one check that have the same distribution and message; return them sorted."""
    by_message: dict[tuple[str, str], list[Issue]] = {}
    for each in issues:
        by_message.setdefault((each.distribution, each.message), []).append(each)
    joined = [
        replace(
            some[-1],
            subjects=tuple(sorted({subject for each in some for subject in each.subjects})),
            files=tuple(sorted({file for each in some for file in each.files})),
        )
        for some in by_message.values()
    ]
    return sorted(joined, key=lambda each: (each.distribution, each.subjects, each.message))


def selects_checks(text: str) -> bool:
    """Return whether a text selects checks: a code or its beginning, optionally with a distribution."""
    code, colon, distribution = text.partition(":")
    return (
        code.startswith("SD")
        and any(each.entry.code.startswith(code) for each in CHECKS)
        and bool(distribution or not colon)
    )


def _matches_any(entry: Entry, issue: Issue, names: Iterable[str]) -> bool:
    for code, _, distribution in (name.partition(":") for name in names):
        if entry.code.startswith(code) and distribution in {"", issue.distribution}:
            return True
    return False
