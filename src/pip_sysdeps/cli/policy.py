"""`policy`: edit and list the policy in pyproject.toml."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pip_sysdeps.app.policy import PolicyRequest, decide, list_decisions
from pip_sysdeps.cli import output
from pip_sysdeps.cli.parser import add_action
from pip_sysdeps.lock.file import DEFAULT
from pip_sysdeps.render.policy import as_json, as_text, decision_sentence, plugin_sentence

if TYPE_CHECKING:
    import argparse

    from pip_sysdeps.cli.parser import Parser

_ACTIONS = {
    "ignore": "install nothing for these needs",
    "use": "add offered needs to the install line",
    "replace": "answer these needs with another package",
    "add": "add a need that pip-sysdeps cannot find",
}


def add_arguments(parser: Parser) -> None:
    """Declare the actions and their options."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    for name, summary in _ACTIONS.items():
        action = add_action(actions, name, summary)
        what = "a library (`libGL.so.1`), package or program"
        plugin = "; or plugins by their path (`*/platforms/libqxcb.so`)" if name == "use" else ""
        action.add_argument("names", metavar="NAME", nargs="+", help=what + plugin)
        action.add_argument("--reason", metavar="TEXT", required=True, help="the reason, which the lock records")
        action.add_argument(
            "--distribution",
            metavar="NAME",
            default="",
            help="only for this distribution (default: all that need NAME in the lock)",
        )
        action.add_argument(
            "--target", metavar="ID", action="append", default=[], help="only for this target; may be repeated"
        )
        if name == "replace":
            action.add_argument(
                "--with", metavar="PACKAGE", dest="package", required=True, help="the package that answers instead"
            )
        action.set_defaults(act=_decide)
    listing = add_action(actions, "list", "list all decisions, and mark those without effect")
    listing.add_argument("--json", action="store_true", help="print a JSON document")
    listing.set_defaults(act=_list)
    for action in actions.choices.values():
        action.add_argument(
            "--lock",
            metavar="FILE",
            default=DEFAULT,
            help="the lock; the pyproject.toml in its folder is edited (default: %(default)s)",
        )
    parser.epilog = (
        "Decisions are stored in the table [tool.pip-sysdeps] of the pyproject.toml beside the lock; its comments and "
        "layout are kept. Run `lock` to apply them.\n\n"
        "Exit status: 0; 2 error."
    )


def run(args: argparse.Namespace) -> int:
    """Run the chosen action and return 0."""
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
        args.messages.note(decision_sentence(decision))
    for each in done.plugins:
        args.messages.note(plugin_sentence(each))
    if done.decisions or done.plugins:
        args.messages.note(f"wrote `{done.path}`: run `pip-sysdeps lock` and commit both")
    else:
        args.messages.note(f"`{done.path}` already has this decision")


def _list(args: argparse.Namespace) -> None:
    found = list_decisions(args.lock)
    output.write(as_json(found) if args.json else as_text(found))
    if not found:
        args.messages.note("pyproject.toml has no decisions")
