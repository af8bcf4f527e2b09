"""`tree`: show the path from each requirement to its binary packages, or back."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pip_sysdeps.app.tree import tree_of_environment, tree_of_lock
from pip_sysdeps.cli import output
from pip_sysdeps.cli.environment_options import location_of, note_variables, warn_of_scan
from pip_sysdeps.cli.report_options import add_lock_arguments, environment_or_lock, refuse_target, warn_of_lock
from pip_sysdeps.lock.file import DEFAULT
from pip_sysdeps.render.graph import as_dot, as_mermaid
from pip_sysdeps.render.json import tree_document
from pip_sysdeps.render.tree import as_text

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from pip_sysdeps.report.trees import Node


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    add_lock_arguments(parser)
    parser.add_argument("--reverse", action="store_true", help="start at the binary packages")
    form = parser.add_mutually_exclusive_group()
    form.add_argument(
        "--format",
        choices=("text", "json", "dot", "mermaid"),
        default="text",
        help="default: text; dot is for Graphviz, mermaid for Markdown",
    )
    form.add_argument("--json", action="store_const", const="json", dest="format", help="the same as --format json")
    parser.epilog = "Exit status: 0; 2 error."


def run(args: argparse.Namespace) -> int:
    """Print the tree and return 0."""
    refuse_target(args)
    nodes, target, source = _read_lock_tree(args) if args.lock else _read_tree(args)
    if args.format == "json":
        output.write_document(tree_document(nodes, target=target, source=source))
    elif args.format == "dot":
        output.write(as_dot(nodes))
    elif args.format == "mermaid":
        output.write(as_mermaid(nodes))
    else:
        output.write(as_text(nodes, output.terminal(), folded=True))
    if not nodes:
        args.messages.note("no distribution needs a system library")
    return 0


class _Tree(NamedTuple):
    """A tree and its subject."""

    nodes: Sequence[Node]
    target: str
    source: str


def _read_tree(args: argparse.Namespace) -> _Tree:
    return environment_or_lock(args, DEFAULT, lambda: _read_environment_tree(args), lambda: _read_lock_tree(args))


def _read_environment_tree(args: argparse.Namespace) -> _Tree:
    note_variables(args)
    result = tree_of_environment(location_of(args), reverse=args.reverse, second_process=True)
    warn_of_scan(args, result.scanned)
    return _Tree(result.nodes, result.scanned.scan.platform.id, "environment")


def _read_lock_tree(args: argparse.Namespace) -> _Tree:
    path = args.lock or DEFAULT
    result = tree_of_lock(path, reverse=args.reverse, target=args.target, root=args.root)
    warn_of_lock(args, path, result.warning, result.target)
    return _Tree(result.nodes, result.target.id, "lock")
