"""`diff`: say what two locks, revisions or targets differ in, or a lock and the environment, and why."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from pip_sysdeps.app.project import read_project, target_of
from pip_sysdeps.cli import output
from pip_sysdeps.cli.environment_options import add_environment_arguments
from pip_sysdeps.cli.report_options import read_report
from pip_sysdeps.errors import MalformedError, SysdepsError
from pip_sysdeps.lock.document import Lockfile
from pip_sysdeps.lock.file import DEFAULT, read_lock
from pip_sysdeps.lock.selection import needs_in_line
from pip_sysdeps.lock.target_choice import named_target
from pip_sysdeps.lock.text import loads
from pip_sysdeps.render.json import diff_document
from pip_sysdeps.render.markdown import diff_as_markdown
from pip_sysdeps.render.text import diff_as_text
from pip_sysdeps.report.diff import TargetDiff, diff_locks, diff_targets
from pip_sysdeps.system.git import file_of_revision

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from pip_sysdeps.lock.document import LockedNeed, Target

_HEAD = "HEAD"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("old", metavar="OLD", nargs="?", help="a lock or a git revision (default: HEAD)")
    parser.add_argument("new", metavar="NEW", nargs="?", help="a lock or a git revision (default: the lock as it is)")
    parser.add_argument("--lock", metavar="FILE", default=DEFAULT, help="the lock (default: %(default)s)")
    other = parser.add_mutually_exclusive_group()
    other.add_argument("--environment", action="store_true", help="compare the lock (or OLD) with the environment")
    other.add_argument("--targets", nargs=2, metavar=("OLD", "NEW"), help="compare two targets of the lock")
    add_environment_arguments(parser)
    parser.add_argument("--name", default="", help="as `lock --name`, with --environment")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--format", choices=("text", "markdown", "json"), default="text", help="default: text")
    form.add_argument("--json", action="store_const", const="json", dest="format", help="the same as --format json")
    parser.epilog = "Exit status: 0 nothing differs; 1 something does; 2 trouble."


def run(args: argparse.Namespace) -> int:
    """Print what differs; return 1 if something does."""
    found = _diff(args)
    if args.format == "json":
        output.write_document(diff_document(found))
    elif args.format == "markdown":
        output.write(diff_as_markdown(found))
    else:
        output.write(diff_as_text(found, output.terminal()))
    return int(bool(found))


def _diff(args: argparse.Namespace) -> tuple[TargetDiff, ...]:
    with_environment = args.environment or args.python or args.path
    if args.name and not with_environment:
        raise SysdepsError("--name is for --environment", hint=f"see `pip-sysdeps {args.command} --help`")
    if args.targets:
        _refuse_more(args, "--targets", args.new)
        lock = _read(args, args.lock if args.old is None else args.old)
        old, new = (named_target(lock, each) for each in args.targets)
        found = diff_targets(old, new, _line)
        return (found,) if found else ()
    if with_environment:
        _refuse_more(args, "--environment", args.new)
        here = _environment(args)
        lock = _read(args, args.lock if args.old is None else args.old)
        found = diff_targets(lock.find(here.id), here, _line)
        return (found,) if found else ()
    before = _HEAD if args.old is None else args.old
    after = args.lock if args.new is None else args.new
    return diff_locks(_read(args, before), _read(args, after), _line)


def _environment(args: argparse.Namespace) -> Target:
    report = read_report(args, whole=True)
    return target_of(report.scan, read_project(args.lock), report.place.root, name=args.name).target


def _read(args: argparse.Namespace, what: str) -> Lockfile:
    """Return a lock by its path, or as a git revision has it; one without a lock has no targets."""
    if os.path.exists(what) or what == args.lock:
        return read_lock(what)
    text = file_of_revision(what, os.path.basename(args.lock), os.path.dirname(os.path.abspath(args.lock)))
    if text is None:
        args.messages.note(f"`{what}` has no `{args.lock}`: all of it is new")
        return Lockfile()
    try:
        return loads(text)
    except MalformedError as error:
        raise error.at(f"{what}:{args.lock}") from error


def _line(target: Target) -> Iterator[tuple[str, LockedNeed]]:
    """Yield the needs that packages are installed for: those of every image are there anyway."""
    base = target.base
    return ((holder, need) for holder, need in needs_in_line(target) if need.installed not in base)


def _refuse_more(args: argparse.Namespace, option: str, new: str | None) -> None:
    if new is not None:
        raise SysdepsError(f"{option} takes no NEW", hint=f"see `pip-sysdeps {args.command} --help`")
