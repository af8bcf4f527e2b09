"""`why`: show why something is needed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pip_sysdeps.app.why import EnvironmentAnswer, LockAnswer, why_in_environment, why_in_lock
from pip_sysdeps.cli import output
from pip_sysdeps.cli.environment_options import location_of, note_variables, warn_of_scan
from pip_sysdeps.cli.parser import closest_match
from pip_sysdeps.cli.report_options import add_lock_arguments, environment_or_lock, refuse_target, warn_of_lock
from pip_sysdeps.errors import SysdepsError
from pip_sysdeps.lock.file import DEFAULT
from pip_sysdeps.render.json import locked_why_document, why_document
from pip_sysdeps.render.tree import as_text
from pip_sysdeps.report.trees import evidence_tree, locked_tree
from pip_sysdeps.report.why import unknown_names
from pip_sysdeps.words import format_list

if TYPE_CHECKING:
    import argparse
    from collections.abc import Collection

_GLIBC = ("glibc", "libc.so.6", "libc6")
"""Names of glibc, which is never a need, because every image has it."""
_VERSION = re.compile(r"[\[<>=!~;@\s].*")
"""What follows the name of a requirement: extras, version, marker. Source: PEP 508."""
_SHORT = 2


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("name", metavar="NAME", help="a binary package, soname, distribution or file")
    add_lock_arguments(parser, other_systems=True)
    parser.add_argument("--json", action="store_true", help="print a JSON document")
    parser.usage = f"{parser.prog} NAME [OPTIONS]"  # after --lock, NAME would be its FILE
    parser.epilog = "Exit status: 0 needed; 1 nothing needs it; 2 error."


def run(args: argparse.Namespace) -> int:
    """Print the chains; return 1 if there are none."""
    if not args.name:
        raise SysdepsError("NAME is empty", hint="name a binary package, soname, distribution or file")
    refuse_target(args, environment=True)
    answer = _answer_from_lock(args) if args.lock else _answer(args)
    needed = answer.chains or (isinstance(answer, EnvironmentAnswer) and answer.by_policy)
    if not needed:
        args.messages.note(_not_needed_message(args.name, answer, verbose=args.messages.level > 0))
    return int(not needed)


def _not_needed_message(name: str, answer: EnvironmentAnswer | LockAnswer, *, verbose: bool) -> str:
    """Return the message about a name that nothing needs, with a suggestion; `verbose` if sources were listed."""
    version, holder = answer.glibc
    if name in _GLIBC and version:
        return f"every image has it; the newest version that is needed is {version}, by {holder}"
    if isinstance(answer, EnvironmentAnswer) and any(unknown_names(answer.scanned.scan, name)):
        return (
            f"{answer.installed} is installed, and nothing is known that it needs: some sources use a name that is "
            f"computed at run time, or are too large to search{'' if verbose else ' (-v lists them)'}"
        )
    if answer.installed:
        return f"{answer.installed} is installed, but needs nothing from the system"
    if isinstance(answer, EnvironmentAnswer) and answer.required_by:
        packages = format_list([f"`{each}`" for each in answer.required_by], _SHORT)
        return f"no distribution needs `{name}` itself; packages to install that require it: {packages}"
    if isinstance(answer, EnvironmentAnswer) and (users := _users_of(name, answer)):
        return f"no distribution needs `{name}`: it has plugins or data for {users}"
    requirement = _VERSION.sub("", name).lower()
    suggestion = (
        closest_match(name, answer.names)
        or closest_match(requirement, answer.names)
        or _shortest_with(name, answer.names)
    )
    where = "in the lock" if isinstance(answer, LockAnswer) else "here"
    return f"nothing {where} needs `{name}`{f'; did you mean `{suggestion}`?' if suggestion else ''}"


def _users_of(package: str, answer: EnvironmentAnswer) -> str:
    """Return the packages for which a package has plugins or data (SD033); empty without any."""
    recommended = answer.scanned.scan.recommended.items()
    return format_list([f"`{user}`" for user, packages in recommended if package in packages], _SHORT)


def _shortest_with(word: str, names: Collection[str]) -> str:
    """Return the shortest name that contains a text, such as libpango-1.0-0 for pango; empty for short texts."""
    found = (each for each in names if len(word) > _SHORT and word.lower() in each.lower())
    return min(found, key=lambda each: (len(each), each), default="")


def _answer(args: argparse.Namespace) -> EnvironmentAnswer | LockAnswer:
    return environment_or_lock(args, DEFAULT, lambda: _answer_from_environment(args), lambda: _answer_from_lock(args))


def _answer_from_environment(args: argparse.Namespace) -> EnvironmentAnswer:
    note_variables(args)
    answer = why_in_environment(location_of(args), args.name, target=args.target, second_process=True)
    scanned = answer.scanned
    warn_of_scan(args, scanned)
    for line in unknown_names(scanned.scan, args.name):
        args.messages.detail(line)
    if answer.by_policy and args.json:
        target = scanned.scan.platform.id
        output.write_document(locked_why_document(args.name, answer.by_policy, target=target, source="environment"))
    elif args.json:
        output.write_document(why_document(args.name, answer.chains, scanned.scan))
    elif answer.by_policy:
        output.write(as_text(locked_tree(answer.by_policy), output.terminal()))
    else:
        tree = evidence_tree(answer.chains, scanned.scan, None if args.target else scanned.versions)
        output.write(as_text(tree, output.terminal()))
    return answer


def _answer_from_lock(args: argparse.Namespace) -> LockAnswer:
    path = args.lock or DEFAULT
    answer = why_in_lock(path, args.name, target=args.target, root=args.root)
    warn_of_lock(args, path, answer.warning, answer.target)
    if args.json:
        output.write_document(locked_why_document(args.name, answer.chains, target=answer.target.id))
    else:
        output.write(as_text(locked_tree(answer.chains), output.terminal()))
    return answer
