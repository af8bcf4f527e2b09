"""`tree`: show what leads from each requirement to the binary packages, or back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pip_sysdeps.app.tree import tree
from pip_sysdeps.cli import output
from pip_sysdeps.cli.environment_options import add_environment_arguments, location_of, note_library_path, warn_of_scan
from pip_sysdeps.render.graph import as_dot, as_mermaid
from pip_sysdeps.render.json import tree_document
from pip_sysdeps.render.tree import as_text

if TYPE_CHECKING:
    import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    add_environment_arguments(parser)
    parser.add_argument("--reverse", action="store_true", help="from each binary package up to what asked for it")
    form = parser.add_mutually_exclusive_group()
    form.add_argument(
        "--format",
        choices=("text", "json", "dot", "mermaid"),
        default="text",
        help="default: text; dot is for Graphviz, mermaid for Markdown",
    )
    form.add_argument("--json", action="store_const", const="json", dest="format", help="the same as --format json")
    parser.epilog = "Exit status: 0; 2 trouble."


def run(args: argparse.Namespace) -> int:
    """Print the tree and return 0."""
    note_library_path(args)
    result = tree(location_of(args), reverse=args.reverse, second_process=True)
    warn_of_scan(args, result.scanned)
    if args.format == "json":
        output.write_document(tree_document(result.nodes, target=result.scanned.scan.platform.id))
    elif args.format == "dot":
        output.write(as_dot(result.nodes))
    elif args.format == "mermaid":
        output.write(as_mermaid(result.nodes))
    else:
        output.write(as_text(result.nodes, output.terminal(), folded=True))
    if not result.nodes:
        args.messages.note("nothing here needs a system library")
    return 0
