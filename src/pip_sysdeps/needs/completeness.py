"""Detect files that make a lock incomplete.

Most skipped files are harmless: a fixture, a build for another machine. But if the environment is damaged or
unreadable, the lock and the release image would silently lack something. See
docs/decisions/0020-a-damaged-environment-is-not-locked.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pip_sysdeps.elf.kinds import is_shared_object
from pip_sysdeps.errors import SysdepsError
from pip_sysdeps.model.environment import RecordKind, Skipped, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pip_sysdeps.model.scan import Scan

_CLOSED = {"Permission denied", "Operation not permitted"}
"""Reasons for files that another user could read, in the words of strerror(3) of glibc and musl."""
_TOO_MANY_OPEN = {"Too many open files", "No file descriptors available"}


def incomplete_parts(scan: Scan) -> Iterator[Skipped]:
    """Yield unreadable files, broken shared objects, and records without any existing file."""
    environment = scan.environment
    files = {file for each in environment.distributions for file in each.files} | {*environment.unclaimed}
    of_environment = {*environment.skipped}
    for skipped in scan.skipped:
        closed = skipped.verdict is Verdict.UNREADABLE and (skipped in of_environment or skipped.path in files)
        broken = skipped.verdict is Verdict.MALFORMED and skipped.path in files
        if closed or (broken and is_shared_object(skipped.path)):
            yield skipped
    for each in environment.distributions:
        if each.record is RecordKind.RECORD and not each.files:
            path = f"{each.metadata_path}/{RecordKind.RECORD.value}"
            yield Skipped(path=path, verdict=Verdict.RECORD, reason="none of its files exists")


def foreign_distributions(scan: Scan) -> Iterator[str]:
    """Yield a warning for each distribution whose objects are all for another machine or C library."""
    foreign = {each.path: each.reason for each in scan.skipped if each.verdict.is_foreign}
    usable = {each.path for load in scan.loads for each in load.objects} if foreign else set()
    for each in scan.environment.distributions:
        reasons = {foreign[file] for file in each.files if file in foreign}
        if reasons and usable.isdisjoint(each.files):
            yield f"{each.name} will not load here: it is {min(reasons)}"


def partly_searched_distributions(scan: Scan) -> tuple[str, ...]:
    """Return the distributions with sources that are too large to be searched."""
    long = {each.path for each in scan.skipped if each.verdict is Verdict.TOO_LONG}
    return (
        tuple(each.name for each in scan.environment.distributions if not long.isdisjoint(each.files)) if long else ()
    )


def incompleteness_message(scan: Scan, shown: Callable[[str], str]) -> tuple[str, str]:
    """Return a message and a hint about unreadable or damaged parts; both are empty if there are none.

    `shown` formats a path for the user.
    """
    found = tuple(incomplete_parts(scan))
    if not found:
        return "", ""
    first = next((each for each in found if each.verdict is Verdict.UNREADABLE), found[0])
    more = f", and {len(found) - 1} more" if len(found) > 1 else ""
    return f"cannot read `{shown(first.path)}` ({first.reason}){more}", _hint(scan, first)


def require_complete(scan: Scan, shown: Callable[[str], str]) -> None:
    """Raise SysdepsError if a lock of this scan would be incomplete."""
    message, hint = incompleteness_message(scan, shown)
    if message:
        raise SysdepsError(message, hint=hint)


def _hint(scan: Scan, gap: Skipped) -> str:
    if gap.verdict is Verdict.UNREADABLE and gap.reason in _CLOSED:
        return "run it as a user who can read the whole environment"
    if gap.reason in _TOO_MANY_OPEN:
        return "allow more with `ulimit -n`"
    holders = (
        each.name
        for each in scan.environment.distributions
        if gap.path in each.files or gap.path.startswith(f"{each.metadata_path}/")
    )
    return f"it is damaged: reinstall {next(holders, 'what has it')}, or recreate the environment"
