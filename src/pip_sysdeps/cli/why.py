"""`why`: say by which chains of evidence something is needed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pip_sysdeps.cli import output
from pip_sysdeps.cli.environments import add_environment_arguments
from pip_sysdeps.cli.reports import add_lock_arguments, read_report, read_target
from pip_sysdeps.locking import newest_glibc
from pip_sysdeps.render.json import locked_why_document, why_document
from pip_sysdeps.render.tree import as_text
from pip_sysdeps.trees import evidence_tree, locked_tree
from pip_sysdeps.why import why, why_locked

if TYPE_CHECKING:
    import argparse

_GLIBC = ("glibc", "libc.so.6", "libc6")
"""What a person may call the one library that is no need: all have it."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("name", metavar="NAME", help="a binary package, soname, distribution or file")
    add_environment_arguments(parser)
    add_lock_arguments(parser)
    parser.add_argument("--json", action="store_true", help="print a JSON document")
    parser.epilog = "Exit status: 0; 1 if nothing needs it; 2 trouble."


def run(args: argparse.Namespace) -> int:
    """Print the chains; return 1 if there are none."""
    found, glibc = _in_lock(args) if args.lock else _in_environment(args)
    if not found and args.name in _GLIBC and glibc[0]:
        version, holder = glibc
        args.messages.note(f"every image has it; the newest version that is needed is {version}, by {holder}")
    elif not found:
        args.messages.note(f"nothing here needs `{args.name}`")
    return int(not found)


def _in_environment(args: argparse.Namespace) -> tuple[bool, tuple[str, str]]:
    """Print the chains; tell whether there are any, and which glibc is needed by whom."""
    report = read_report(args)
    chains = why(report.scan, args.name, report.ways)
    if args.json:
        output.write(why_document(args.name, chains, report.scan))
    else:
        output.write(as_text(evidence_tree(chains, report.scan, report.versions), output.terminal()))
    return bool(chains), newest_glibc(report.scan)


def _in_lock(args: argparse.Namespace) -> tuple[bool, tuple[str, str]]:
    """Do the same from the lock alone."""
    target = read_target(args)
    chains = why_locked(target, args.name)
    if args.json:
        output.write(locked_why_document(args.name, chains, target=target.id))
    else:
        output.write(as_text(locked_tree(chains), output.terminal()))
    return bool(chains), (target.needs_glibc, target.needs_glibc_by)
