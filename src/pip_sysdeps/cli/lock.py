"""`lock`: write sysdeps.lock for an environment, or check it."""

from __future__ import annotations

import sys
from time import perf_counter
from typing import TYPE_CHECKING

from pip_sysdeps.app.lock import LockRequest, compare_target, make_target, write_target
from pip_sysdeps.cli.environment_options import add_replace_argument, location_of, note_environment, note_variables
from pip_sysdeps.cli.target_options import add_target_arguments
from pip_sysdeps.lock.file import DEFAULT, read_text
from pip_sysdeps.lock.instructions import copy_messages, target_instructions
from pip_sysdeps.lock.selection import packages_to_install
from pip_sysdeps.model.environment import Verdict
from pip_sysdeps.needs.completeness import foreign_distributions
from pip_sysdeps.report.lock_notes import (
    incomplete_distributions,
    install_notes,
    optional_needs,
    partly_searched,
    skipped_files,
    unknown_needs,
)
from pip_sysdeps.report.offers import (
    MAX_OFFERS,
    offers,
    packaged_distributions,
    plugins_left_out,
    unresolved_imports,
    unresolved_others,
)
from pip_sysdeps.report.repairs import import_repairs
from pip_sysdeps.system.exclusion import exclusive
from pip_sysdeps.system.timings import Stages
from pip_sysdeps.words import format_count

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Iterator

    from pip_sysdeps.app.lock import EnvironmentTarget
    from pip_sysdeps.lock.document import Target

_SHOWN = 3
"""Limit on the files in a warning, without -v."""


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
        help="check these locks (default: the one of -o) without an environment, and exit with 1 if one is not as "
        "`lock` writes it, or does not match pyproject.toml",
    )
    parser.add_argument(
        "--pin", action="store_true", help="record installed versions, and the archive snapshot of apt's sources"
    )
    parser.add_argument(
        "--strict", action="store_true", help="exit with 1 if something that an import needs is unresolved"
    )
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
        from pip_sysdeps.cli.validate import validate  # noqa: PLC0415 - a lock is written without it

        return validate(args.validate or [args.output], args.messages)
    note_variables(args)
    if args.check:
        return _lock(args)
    with exclusive(args.output) as acquired:
        if not acquired:
            args.messages.warning(f"another run still holds `{args.output}`: continuing without waiting")
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
    _warn_of_target(args, found)
    stale = args.check is not None and _compare(args, found)
    before = found.target if args.check else _write(args, found)
    stages.end("lock")
    _print_notes(args, found, before)
    packages = found.place.packages
    if args.pin and packages and packages.family.snapshot and not found.target.snapshot:
        args.messages.note("apt's sources name no snapshot: mirrors drop the pinned versions within weeks")
    args.messages.times(stages)
    unresolved = [each for each in found.target.unresolved if each.is_mandatory]
    return int(stale or (args.strict and bool(unresolved)))


def _warn_of_target(args: argparse.Namespace, found: EnvironmentTarget) -> None:
    """Print warnings about settings without effect, and about a glibc or Python that does not match the target."""
    target, system = found.target, found.place.target
    if not args.wheels:
        note_environment(args, found.scan.environment)
    if found.missing_python:
        args.messages.warning(
            f"the environment is for {target.python}, but {target.id}'s own Python is {found.missing_python}: "
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
        args.messages.warning(f"a policy entry in pyproject.toml has no effect on {target.id}: {entry}")


def _write(args: argparse.Namespace, found: EnvironmentTarget) -> Target | None:
    """Write the lock, and return the old target."""
    note = found.target.note
    is_new = note not in (read_text(args.output) or "")
    written = write_target(found, args.output, add_target=args.add_target, replace=args.replace)
    if written.line:
        args.messages.note(written.line)
    done = f"wrote `{args.output}`" if written.changed else f"`{args.output}` is current"
    args.messages.note(f"{done}: {_summary(found.target)}")
    if written.others:
        args.messages.note(written.others)
    if note and is_new:
        args.messages.note(note)
    return written.before


def _compare(args: argparse.Namespace, found: EnvironmentTarget) -> bool:
    """Print the differences, and return whether there are any."""
    target, compared = found.target, compare_target(found, args.output)
    if compared.warning:
        args.messages.warning(f"`{args.output}`: {compared.warning}")
    if not compared.changes:
        args.messages.note(f"`{args.output}` is current: {_summary(target)}")
        if compared.is_old:
            args.messages.note(f"`{args.output}` has an old lock-version: `pip-sysdeps lock` updates it")
        return False
    args.messages.warning(compared.line)
    fails = compared.line_changes or args.check == "all"
    for change in compared.changes:
        (args.messages.warning if fails else args.messages.detail)(change)
    how = f" with the image's Python, as in its build stage ({target.python} here)" if compared.is_other_python else ""
    chosen = {"--target": args.target, "--name": args.name}
    options = "".join(f" {option} {value}" for option, value in chosen.items() if value)
    options += " --replace" if compared.is_other_environment else ""
    args.messages.note(f"`{args.output}` is stale: run `pip-sysdeps lock{options}`{how}")
    return fails


def _summary(target: Target) -> str:
    with_needs = sum(1 for each in target.distribution if any(each.all_needs()))
    distributions = format_count(with_needs, "distribution")
    packages = format_count(len(packages_to_install(target)), "package")
    return f"{target.id}, {distributions} with needs, {packages} to install"


def _print_notes(args: argparse.Namespace, found: EnvironmentTarget, before: Target | None) -> None:
    """Print notes about the lock: needs that are missing, offered, unresolved or skipped.

    Offers, unresolved needs by name or of plugins, packaged distributions and plugins left out are printed with -v, or
    if `before`, the old target, does not have them. With `--check`, `before` is the new target, so they are printed
    only with -v.
    """
    scan, messages = found.scan, args.messages
    verbose = messages.level > 0
    if not (args.target or args.wheels):
        for line in install_notes(scan, found.target, found.place.packages):
            messages.note(line)
    for line in _warnings(found, verbose=verbose):
        messages.warning(line)
    for line in _notes(found, None if verbose else before, most=sys.maxsize if verbose else MAX_OFFERS):
        messages.note(line)
    if not verbose:
        for line in unknown_needs(scan, found.target, before):
            messages.note(line)
    for line in (*optional_needs(scan), *skipped_files(scan, found.place.root)):
        messages.detail(line)
    files = [each for each in scan.skipped if each.verdict not in {Verdict.UNKNOWN_NAME, Verdict.TOO_LONG}]
    if files and not verbose:
        messages.note(f"{format_count(len(files), 'file')} skipped: -v lists {'it' if len(files) == 1 else 'them'}")


def _warnings(found: EnvironmentTarget, *, verbose: bool) -> Iterator[str]:
    """Yield reasons why the lock may be wrong."""
    if found.unlisted:
        yield found.unlisted
    yield from foreign_distributions(found.scan)
    yield from incomplete_distributions(found.scan, most=sys.maxsize if verbose else _SHOWN)


def _notes(found: EnvironmentTarget, known: Target | None, *, most: int) -> Iterator[str]:
    """Yield needs outside the install line, with commands to add them, except those in the target `known`.

    `most` is the number of distributions whose offers are listed.
    """
    scan, target = found.scan, found.target
    yield from copy_messages(target)
    yield from _indent(target_instructions(target).lines())
    yield from unresolved_imports(target)
    yield from _indent(import_repairs(scan, target))
    yield from unresolved_others(target, known)
    yield from offers(target, known, most, is_other_system=found.place.target is not None)
    yield from packaged_distributions(target, known)
    yield from plugins_left_out(target, scan.recommended, known)
    yield from partly_searched(scan)


def _indent(lines: Iterable[str]) -> Iterator[str]:
    """Indent lines that belong to the line before them."""
    return (f"    {line}" for line in lines)
