"""What a lock must not be silent about: what Python or the loader would open, and nobody can look into.

A file that is set aside is normally no harm: a fixture, a build for another machine. A lock is another matter when the
environment itself is damaged or closed to this user: what it would lack, a release image would lack too.
See docs/decisions/0020-a-damaged-environment-is-not-locked.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pip_sysdeps.elf.kinds import is_shared_object
from pip_sysdeps.errors import SysdepsError
from pip_sysdeps.model.environment import RecordKind, Skipped, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pip_sysdeps.model.scan import Scan


def gaps(scan: Scan) -> Iterator[Skipped]:
    """Yield each thing of the environment whose needs, or whose owner, nobody can tell.

    These are: what may not be read; a shared object that is broken; a record of which not one file is there.
    """
    environment = scan.environment
    files = {file for each in environment.distributions for file in each.files} | {*environment.unclaimed}
    told = {*environment.skipped}
    for skipped in scan.skipped:
        closed = skipped.verdict is Verdict.UNREADABLE and (skipped in told or skipped.path in files)
        broken = skipped.verdict is Verdict.MALFORMED and skipped.path in files
        if closed or (broken and is_shared_object(skipped.path)):
            yield skipped
    for each in environment.distributions:
        if each.record is RecordKind.RECORD and not each.files:
            path = f"{each.metadata_path}/{RecordKind.RECORD.value}"
            yield Skipped(path=path, verdict=Verdict.RECORD, reason="none of its files exists")


def foreign_distributions(scan: Scan) -> Iterator[str]:
    """Say of each distribution all of whose objects are foreign that it will not load here, and why."""
    foreign = {each.path: each.reason for each in scan.skipped if each.verdict.is_foreign}
    usable = {each.path for load in scan.loads for each in load.objects} if foreign else set()
    for each in scan.environment.distributions:
        reasons = {foreign[file] for file in each.files if file in foreign}
        if reasons and usable.isdisjoint(each.files):
            yield f"{each.name} will not load here: it is {min(reasons)}"


def half_searched_distributions(scan: Scan) -> tuple[str, ...]:
    """Return the distributions with sources that were too long to be searched for what they open and run by name."""
    long = {each.path for each in scan.skipped if each.verdict is Verdict.TOO_LONG}
    return (
        tuple(each.name for each in scan.environment.distributions if not long.isdisjoint(each.files)) if long else ()
    )


def told_gaps(scan: Scan, shown: Callable[[str], str]) -> tuple[str, str]:
    """Say what nobody can tell of the environment, and what to do about it: two texts, empty if there is nothing.

    `shown` writes a path as a person knows it.
    """
    found = tuple(gaps(scan))
    if not found:
        return "", ""
    first = next((each for each in found if each.verdict is Verdict.UNREADABLE), found[0])
    more = f", and {len(found) - 1} more" if len(found) > 1 else ""
    return f"cannot read `{shown(first.path)}` ({first.reason}){more}", _hint(scan, first)


def refuse_gaps(scan: Scan, shown: Callable[[str], str]) -> None:
    """Raise SysdepsError if a lock of this scan would have gaps."""
    message, hint = told_gaps(scan, shown)
    if message:
        raise SysdepsError(message, hint=hint)


def _hint(scan: Scan, gap: Skipped) -> str:
    if gap.verdict is Verdict.UNREADABLE:
        return "run it as a user who can read the whole environment"
    holders = (
        each.name
        for each in scan.environment.distributions
        if gap.path in each.files or gap.path.startswith(f"{each.metadata_path}/")
    )
    return f"it is damaged: reinstall {next(holders, 'what has it')}, or recreate the environment"
