"""`why`: say by which chains of evidence something is needed."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pip_sysdeps.cli import output
from pip_sysdeps.cli.parser import nearest
from pip_sysdeps.cli.report_options import add_lock_arguments, read_report, read_target
from pip_sysdeps.errors import SysdepsError
from pip_sysdeps.lock.build import newest_glibc
from pip_sysdeps.render.json import locked_why_document, why_document
from pip_sysdeps.render.tree import as_text
from pip_sysdeps.report.trees import evidence_tree, locked_tree
from pip_sysdeps.report.why import locked_names, names, why, why_locked

if TYPE_CHECKING:
    import argparse
    from collections.abc import Collection

_GLIBC = ("glibc", "libc.so.6", "libc6")
"""What a person may call the one library that is no need: all have it."""
_FEW = 2


class _Answer(NamedTuple):
    """What is left to say when the chains are printed."""

    found: bool
    """There were chains."""
    names: frozenset[str]
    """What else could have been asked about."""
    glibc: tuple[str, str]
    """Which glibc is needed, and by whom."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("name", metavar="NAME", help="a binary package, soname, distribution or file")
    add_lock_arguments(parser)
    parser.add_argument("--json", action="store_true", help="print a JSON document")
    parser.usage = f"{parser.prog} NAME [OPTIONS]"  # behind --lock, NAME would be taken for its FILE
    parser.epilog = "Exit status: 0; 1 if nothing needs it; 2 trouble."


def run(args: argparse.Namespace) -> int:
    """Print the chains; return 1 if there are none."""
    if not args.name:
        raise SysdepsError("NAME is empty", hint="name a binary package, soname, distribution or file")
    if args.target and not args.lock:
        raise SysdepsError("--target is for --lock", hint="add --lock, or ask about the environment without --target")
    answer = _in_lock(args) if args.lock else _in_environment(args)
    if not answer.found:
        args.messages.note(_nothing(args.name, answer))
    return int(not answer.found)


def _nothing(name: str, answer: _Answer) -> str:
    """Say that nothing needs it, and what may have been meant."""
    version, holder = answer.glibc
    if name in _GLIBC and version:
        return f"every image has it; the newest version that is needed is {version}, by {holder}"
    meant = nearest(name, answer.names) or _containing(name, answer.names)
    return f"nothing here needs `{name}`{f'; did you mean `{meant}`?' if meant else ''}"


def _containing(said: str, names: Collection[str]) -> str:
    """Return the shortest name with what was said in it, as libpango-1.0-0 has pango; nothing for a few letters."""
    found = (each for each in names if len(said) > _FEW and said.lower() in each.lower())
    return min(found, key=lambda each: (len(each), each), default="")


def _in_environment(args: argparse.Namespace) -> _Answer:
    report = read_report(args)
    chains = why(report.scan, args.name, report.ways)
    if args.json:
        output.write_document(why_document(args.name, chains, report.scan))
    else:
        output.write(as_text(evidence_tree(chains, report.scan, report.versions), output.terminal()))
    return _Answer(bool(chains), names(report.scan), newest_glibc(report.scan))


def _in_lock(args: argparse.Namespace) -> _Answer:
    target = read_target(args)
    chains = why_locked(target, args.name)
    if args.json:
        output.write_document(locked_why_document(args.name, chains, target=target.id))
    else:
        output.write(as_text(locked_tree(chains), output.terminal()))
    return _Answer(bool(chains), locked_names(target), (target.needs_glibc, target.needs_glibc_by))
