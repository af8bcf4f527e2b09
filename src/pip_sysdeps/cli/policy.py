"""`policy`: decide about needs in pyproject.toml, and list what is decided."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pip_sysdeps.app.policy import PolicyRequest, decide, list_decisions
from pip_sysdeps.cli import output
from pip_sysdeps.cli.parser import add_action
from pip_sysdeps.lock.file import DEFAULT
from pip_sysdeps.render.policy import as_json, as_text, chosen, decided

if TYPE_CHECKING:
    import argparse

    from pip_sysdeps.cli.parser import Parser

_ACTIONS = {
    "ignore": "install nothing for what is named",
    "use": "put into the line what the lock offers",
    "replace": "let another package answer what is named",
    "add": "put into the line what no file shows",
}


def add_arguments(parser: Parser) -> None:
    """Declare the actions and their options."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    for name, summary in _ACTIONS.items():
        action = add_action(actions, name, summary)
        what = "a library (`libGL.so.1`), package or program"
        plugin = "; or plugins by their path (`*/platforms/libqxcb.so`)" if name == "use" else ""
        action.add_argument("names", metavar="NAME", nargs="+", help=what + plugin)
        action.add_argument("--reason", metavar="TEXT", required=True, help="why; it stands in the lock")
        action.add_argument(
            "--distribution", metavar="NAME", default="", help="whose needs (default: of all that have one by the lock)"
        )
        action.add_argument(
            "--target", metavar="ID", action="append", default=[], help="for this target alone; may be repeated"
        )
        if name == "replace":
            action.add_argument("--with", metavar="PACKAGE", dest="package", required=True, help="the other package")
        action.set_defaults(act=_decide)
    listing = add_action(actions, "list", "list what is decided, and what no longer has an effect")
    listing.add_argument("--json", action="store_true", help="print a JSON document")
    listing.set_defaults(act=_list)
    for action in actions.choices.values():
        action.add_argument("--lock", metavar="FILE", default=DEFAULT, help="the lock (default: %(default)s)")
    parser.epilog = (
        "The decisions stand in the table [tool.pip-sysdeps] of the pyproject.toml beside the lock, whose comments and "
        "layout are kept; `lock` follows them.\n\n"
        "Exit status: 0; 2 trouble."
    )


def run(args: argparse.Namespace) -> int:
    """Carry out the chosen action and return 0."""
    args.act(args)
    return 0


def _decide(args: argparse.Namespace) -> None:
    request = PolicyRequest(
        kind=args.action,
        names=tuple(args.names),
        reason=args.reason,
        distribution=args.distribution,
        with_=getattr(args, "package", ""),
        targets=tuple(args.target),
        lock=args.lock,
    )
    done = decide(request)
    for decision in done.decisions:
        args.messages.note(decided(decision))
    for each in done.plugins:
        args.messages.note(chosen(each))
    if done.decisions or done.plugins:
        args.messages.note(f"wrote `{done.path}`: run `pip-sysdeps lock` and commit both")
    else:
        args.messages.note(f"`{done.path}` has decided that already")


def _list(args: argparse.Namespace) -> None:
    found = list_decisions(args.lock)
    output.write(as_json(found) if args.json else as_text(found))
    if not found:
        args.messages.note("nothing is decided in pyproject.toml")
