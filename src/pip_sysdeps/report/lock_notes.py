"""Format notes about a scan for which the lock has no place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pip_sysdeps.lock.selection import packages_to_install
from pip_sysdeps.model.environment import Verdict
from pip_sysdeps.model.needs import FromCapability, FromPackage, Missing, Unreachable
from pip_sysdeps.needs.completeness import partly_searched_distributions
from pip_sysdeps.words import format_list

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pip_sysdeps.lock.document import Target
    from pip_sysdeps.model.needs import Provider
    from pip_sysdeps.model.scan import Scan
    from pip_sysdeps.packages.installed import SystemPackages
    from pip_sysdeps.system.root import Root


def install_notes(scan: Scan, target: Target, packages: SystemPackages | None) -> Iterator[str]:
    """Yield one line for the packages of the target's install line that are not installed here."""
    names = {_name_if_absent(need.provider) for _, need in scan.needs()}
    if absent := [each.package.name for each in packages_to_install(target) if each.package.name in names]:
        floors = packages is not None and packages.family.floors is not None
        note = _missing_floor_note(absent) if floors else ""
        yield f"in the install line, but not installed here: {format_list(absent)}{note}"


def _missing_floor_note(absent: Sequence[str]) -> str:
    """Return a note that the lock has no minimum versions of packages that are not installed here."""
    return f" (the lock has {'their' if len(absent) > 1 else 'its'} minimum version only if installed)"


def _name_if_absent(provider: Provider) -> str:
    """Return the package or capability of a need if it is not installed here, otherwise an empty string."""
    match provider:
        case FromPackage(package=name, path="") | FromCapability(capability=name):
            return name
        case _:
            return ""


def incomplete_distributions(scan: Scan, most: int) -> Iterator[str]:
    """Yield a line for each distribution with missing shared objects of its RECORD, or without its project.

    Name at most `most` files.
    """
    for each in scan.environment.distributions:
        if each.missing_objects:
            files = format_list([scan.environment.short(path) for path in each.missing_objects], most)
            verb = "is" if len(each.missing_objects) == 1 else "are"
            yield (
                f"{each.name} is incomplete: {files}, listed in its {each.record.value}, {verb} missing; "
                "reinstall it, unless you removed that on purpose"
            )
        if each.missing_project:
            yield (
                f"{each.name} is an editable install of `{each.missing_project}`, which does not exist: its needs are "
                "unknown"
            )


def partly_searched(scan: Scan) -> Iterator[str]:
    """Yield one line for the distributions with sources that are too large to search, except this tool."""
    if names := [name for name in partly_searched_distributions(scan) if name != "pip-sysdeps"]:
        yield f"some sources are too large to search, and their needs are unknown: {format_list(names)}"


def unknown_needs(scan: Scan, target: Target, before: Target | None) -> Iterator[str]:
    """Yield one line for the distributions that use names which are computed at run time, except this tool.

    Yield nothing if `before`, the old target, is the same; those that it has with the same version are omitted.
    """
    holders = scan.environment.holders() if target != before else {}
    names = {holders.get(each.path, "") for each in scan.skipped if each.verdict is Verdict.UNKNOWN_NAME}
    known = {(each.name, each.version) for each in before.distribution} if before else set()
    new = [
        each.name
        for each in scan.environment.distributions
        if each.name in names and each.name != "pip-sysdeps" and (each.name, each.version) not in known
    ]
    if new:
        verb = "opens or runs" if len(new) == 1 else "open or run"
        yield (
            f"some needs may be unknown: {format_list(new)} {verb} something by a name that is computed at run time: "
            "-v lists the sources"
        )


def optional_needs(scan: Scan) -> Iterator[str]:
    """Yield a line for each optional need that nothing satisfies, which is not in the lock."""
    for holder, need in scan.needs():
        if need.optional and isinstance(need.provider, Missing | Unreachable):
            yield f"optional, and not found: {need.name} ({holder})"


def skipped_files(scan: Scan, root: Root) -> Iterator[str]:
    """Yield a line for each skipped file, with the reason."""
    for each in scan.skipped:
        yield f"skipped ({each.verdict.value}): {root.display_path(each.path)}: {each.reason}"
