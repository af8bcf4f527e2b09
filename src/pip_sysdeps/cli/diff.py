"""`diff`: compare two locks, revisions or targets, or a lock and the environment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pip_sysdeps.app.diff import diff_of_environment, diff_of_locks, diff_of_targets, read_lock_or_revision
from pip_sysdeps.cli import output
from pip_sysdeps.cli.environment_options import add_environment_arguments, location_of, note_variables, warn_of_scan
from pip_sysdeps.errors import SysdepsError
from pip_sysdeps.lock.file import DEFAULT
from pip_sysdeps.render.json import diff_document
from pip_sysdeps.render.markdown import diff_as_markdown
from pip_sysdeps.render.text import diff_as_text

if TYPE_CHECKING:
    import argparse

    from pip_sysdeps.lock.document import Lockfile
    from pip_sysdeps.report.diff import TargetDiff

_HEAD = "HEAD"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("old", metavar="OLD", nargs="?", help="a lock or a git revision (default: HEAD)")
    parser.add_argument(
        "new", metavar="NEW", nargs="?", help="a lock or a git revision (default: the lock in the work tree)"
    )
    parser.add_argument("--lock", metavar="FILE", default=DEFAULT, help="the lock (default: %(default)s)")
    other = parser.add_mutually_exclusive_group()
    other.add_argument("--environment", action="store_true", help="compare the lock (or OLD) with the environment")
    other.add_argument("--targets", nargs=2, metavar=("OLD", "NEW"), help="compare two targets of the lock")
    add_environment_arguments(parser)
    parser.add_argument("--name", default="", help="name of the environment, with --environment")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--format", choices=("text", "markdown", "json"), default="text", help="default: text")
    form.add_argument("--json", action="store_const", const="json", dest="format", help="the same as --format json")
    parser.epilog = "Exit status: 0 same; 1 different; 2 error."


def run(args: argparse.Namespace) -> int:
    """Print the differences; return 1 if there are any."""
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
        raise SysdepsError("--name requires --environment", hint=f"see `pip-sysdeps {args.command} --help`")
    lock = args.lock if args.old is None else args.old
    if args.targets:
        _refuse_conflict(args, "--targets", args.new)
        return diff_of_targets(_read(args, lock), *args.targets, root=args.root)
    if with_environment:
        _refuse_conflict(args, "--environment", args.new)
        return _diff_with_environment(args, lock)
    before = _HEAD if args.old is None else args.old
    after = args.lock if args.new is None else args.new
    return diff_of_locks(_read(args, before), _read(args, after), root=args.root)


def _diff_with_environment(args: argparse.Namespace, old: str) -> tuple[TargetDiff, ...]:
    note_variables(args)
    result = diff_of_environment(old, location_of(args), lock=args.lock, name=args.name, second_process=True)
    warn_of_scan(args, result.scanned)
    if result.old.is_absent:
        _note_absent(args, old)
    return result.found


def _read(args: argparse.Namespace, what: str) -> Lockfile:
    found = read_lock_or_revision(what, args.lock)
    if found.is_absent:
        _note_absent(args, what)
    return found.lock


def _note_absent(args: argparse.Namespace, what: str) -> None:
    args.messages.note(f"`{what}` has no `{args.lock}`: everything counts as new")


def _refuse_conflict(args: argparse.Namespace, option: str, new: str | None) -> None:
    if new is not None:
        raise SysdepsError(f"{option} cannot be used with NEW", hint=f"see `pip-sysdeps {args.command} --help`")
