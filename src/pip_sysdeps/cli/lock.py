"""`lock`: write sysdeps.lock for an environment, or check it."""

from __future__ import annotations

import sys
from time import perf_counter
from typing import TYPE_CHECKING

from pip_sysdeps.app.lock import LockRequest, compare_target, make_target, write_target
from pip_sysdeps.cli.environment_options import add_replace_argument, location_of, note_environment, note_variables
from pip_sysdeps.cli.target_options import add_target_arguments
from pip_sysdeps.lock.file import DEFAULT, read_text
from pip_sysdeps.lock.instructions import of_target, told_copies
from pip_sysdeps.lock.selection import wanted
from pip_sysdeps.model.environment import Verdict
from pip_sysdeps.model.needs import FromCapability, FromPackage, Missing, Unreachable
from pip_sysdeps.needs.completeness import foreign_distributions, half_searched_distributions
from pip_sysdeps.report.mending import mended_imports
from pip_sysdeps.report.offers import (
    offers,
    packaged_distributions,
    plugins_left_out,
    unresolved_imports,
    unresolved_others,
)
from pip_sysdeps.system.exclusion import alone
from pip_sysdeps.system.timings import Stages
from pip_sysdeps.words import counted, listed

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Iterator

    from pip_sysdeps.app.lock import EnvironmentTarget
    from pip_sysdeps.cli.messages import Messages
    from pip_sysdeps.lock.document import Target
    from pip_sysdeps.model.needs import Provider
    from pip_sysdeps.model.scan import Scan


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    add_target_arguments(parser)
    parser.add_argument("-o", "--output", metavar="FILE", default=DEFAULT, help="the lock (default: %(default)s)")
    instead = parser.add_mutually_exclusive_group()
    instead.add_argument(
        "--check",
        nargs="?",
        choices=("all", "line"),
        const="all",
        metavar="line",
        help="compare only, and exit with 1 if the lock is stale; --check=line: only if the install line changes",
    )
    instead.add_argument(
        "--validate",
        nargs="*",
        metavar="FILE",
        help="check locks without an environment (default: that of -o), and exit with 1 if one is not what `lock` "
        "writes, or does not match pyproject.toml",
    )
    parser.add_argument(
        "--pin", action="store_true", help="record installed versions, and the archive snapshot of apt's sources"
    )
    parser.add_argument("--strict", action="store_true", help="exit with 1 if a need of an import is unresolved")
    parser.add_argument("--name", default="", help="name of a second environment in the same image")
    parser.add_argument("--add-target", action="store_true", help="add this target to a lock that has others")
    add_replace_argument(parser)
    parser.epilog = (
        "Exit status: 0 written, current or valid; 1 stale (--check), not valid (--validate), or unresolved import "
        "needs (--strict); 2 error."
    )


def run(args: argparse.Namespace) -> int:
    """Write, compare or validate the lock and return the exit status."""
    if args.validate is not None:
        from pip_sysdeps.cli.validate import validate  # noqa: PLC0415 - the usual lock does without

        return validate(args.validate or [args.output], args.messages)
    note_variables(args)
    if args.check:
        return _lock(args)
    with alone(args.output) as nobody_else:
        if not nobody_else:
            args.messages.warning(f"another run still holds `{args.output}`: continuing without it")
        return _lock(args)


def _lock(args: argparse.Namespace) -> int:
    """Scan, then write or compare."""
    stages = Stages(perf_counter)
    request = LockRequest(
        location=location_of(args),
        path=args.output,
        name=args.name,
        pin=args.pin,
        target=args.target,
        wheels=args.wheels,
        replace=args.replace,
    )
    found = make_target(request, stages=stages, second_process=True)
    _tell_of_target(args, found)
    stale = args.check is not None and _compare(args, found.target)
    before = found.target if args.check else _write(args, found)
    stages.end("lock")
    _tell(args, found, before)
    packages = found.place.packages
    if args.pin and packages and packages.family.snapshot and not found.target.snapshot:
        args.messages.note("apt's sources name no snapshot: mirrors drop the pinned versions within weeks")
    args.messages.times(stages)
    unresolved = [each for each in found.target.unresolved if each.is_demanded]
    return int(stale or (args.strict and bool(unresolved)))


def _tell_of_target(args: argparse.Namespace, found: EnvironmentTarget) -> None:
    """Print which options and settings had no effect, and whether the system's glibc or Python does not match."""
    target, system = found.target, found.place.target
    if not args.wheels:
        note_environment(args, found.scan.environment)
    if found.lacks_python:
        args.messages.warning(
            f"the environment is for {target.python}, but {target.id}'s own Python is {found.lacks_python}: "
            f"the image needs another Python"
        )
    if system and found.project.pin:
        args.messages.note(f"`pin` in pyproject.toml has no effect on {system.platform.id}: an index has no versions")
    for name, newer in found.newer_glibc:
        has = f"{system.platform.id} has {system.glibc}" if system else "the system has an older one"
        args.messages.warning(
            f"{name} needs glibc {newer.version}, but {has}: it will not run there "
            f"({found.scan.environment.short(newer.file)} needs {newer.symbol})"
        )
    for entry in found.unmatched:
        args.messages.warning(f"a policy in pyproject.toml has no effect on {target.id}: {entry}")


def _write(args: argparse.Namespace, found: EnvironmentTarget) -> Target | None:
    """Write the lock, and return the target as it was."""
    note = found.target.note
    is_new = note not in (read_text(args.output) or "")
    written = write_target(found, args.output, add_target=args.add_target, replace=args.replace)
    if written.line:
        args.messages.note(written.line)
    done = f"wrote `{args.output}`" if written.changed else f"`{args.output}` is up to date"
    args.messages.note(f"{done}: {_counted(found.target)}")
    if note and is_new:
        args.messages.note(note)
    return written.before


def _compare(args: argparse.Namespace, target: Target) -> bool:
    """Print the differences, and return whether there are any."""
    compared = compare_target(target, args.output)
    if compared.warning:
        args.messages.warning(f"`{args.output}`: {compared.warning}")
    if not compared.changes:
        args.messages.note(f"`{args.output}` is current: {_counted(target)}")
        if compared.is_old:
            args.messages.note(f"`{args.output}` has an old lock-version: `pip-sysdeps lock` updates it")
        return False
    args.messages.warning(compared.line)
    fails = compared.line_changes or args.check == "all"
    for change in compared.changes:
        (args.messages.warning if fails else args.messages.detail)(change)
    args.messages.note(f"`{args.output}` is stale: run `pip-sysdeps lock`")
    return fails


def _counted(target: Target) -> str:
    asking = sum(1 for each in target.distribution if any(each.every()))
    packages = wanted(target)
    return f"{target.id}, {counted(asking, 'distribution')} with needs, {counted(len(packages), 'package')} to install"


def _tell(args: argparse.Namespace, made: EnvironmentTarget, before: Target | None) -> None:
    """Print notes beside the lock: missing, offered, unresolved and skipped things.

    Offers, unresolved plugins and calls by name, packaged distributions and plugins left out are printed only if
    `before`, the old target, does not have them, or with -v: whoever committed the lock has seen them. With `--check`,
    `before` is the new target, so they are printed only with -v.
    """
    found, target, root = made.scan, made.target, made.place.root
    messages: Messages = args.messages
    absent = sorted(
        {name for _, need in found.needs() if need.is_demanded and (name := _name_of_absent(need.provider))}
    )
    if absent and not (args.target or args.wheels):
        packages = made.place.packages
        how = "; install them to lock their `min`" if packages and packages.family.floors else ""
        messages.note(f"in the install line, but not installed here: {listed(absent)}{how}")
    for line in (
        *filter(None, [made.unlisted]),
        *foreign_distributions(found),
        *_not_whole(found, most=3 if messages.level < 1 else sys.maxsize),
    ):
        messages.warning(line)
    for line in (*told_copies(target), *_indented(of_target(target).lines())):
        messages.note(line)
    for line in (*unresolved_imports(target), *_indented(mended_imports(found, target))):
        messages.note(line)
    told = None if messages.level > 0 else before
    for tell in (unresolved_others, offers, packaged_distributions):
        for line in tell(target, told):
            messages.note(line)
    for line in (*plugins_left_out(target, found.recommended, told), *_half_searched(found)):
        messages.note(line)
    skipped = (f"skipped ({each.verdict.value}): {root.shown(each.path)}: {each.reason}" for each in found.skipped)
    for line in (*_optional(found), *skipped):
        messages.detail(line)
    whole = [each for each in found.skipped if each.verdict is not Verdict.UNKNOWN_NAME]
    if whole and messages.level < 1:
        messages.note(f"{counted(len(whole), 'file')} skipped: -v lists them")


def _half_searched(found: Scan) -> Iterator[str]:
    """Yield one line for the distributions with sources too large to search, except this tool's own."""
    if half := [name for name in half_searched_distributions(found) if name != "pip-sysdeps"]:
        yield f"skipped source search (too large): {listed(half)}"


def _indented(lines: Iterable[str]) -> Iterator[str]:
    """Yield lines that belong to those before them."""
    return (f"    {line}" for line in lines)


def _name_of_absent(provider: Provider) -> str:
    """Return the package or capability of a need that is not installed here; otherwise nothing."""
    match provider:
        case FromPackage(package=name, path="") | FromCapability(capability=name):
            return name
        case _:
            return ""


def _optional(found: Scan) -> Iterator[str]:
    """Yield a line for each optional need that nothing answers: the lock has nothing of it."""
    for holder, need in found.needs():
        if need.optional and isinstance(need.provider, Missing | Unreachable):
            yield f"optional, and not found: {need.name} ({holder})"


def _not_whole(found: Scan, most: int) -> Iterator[str]:
    """Yield a warning for each distribution that lacks shared objects listed in its record."""
    for each in found.environment.distributions:
        if each.gone:
            files = listed([found.environment.short(path) for path in each.gone], most)
            are = "is" if len(each.gone) == 1 else "are"
            yield (
                f"{each.name} is incomplete: {files}, listed in its {each.record.value}, {are} missing; "
                "reinstall it, unless you removed that on purpose"
            )
