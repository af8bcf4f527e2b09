"""`tree`: show what leads from each requirement to the binary packages, or back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pip_sysdeps.cli import output
from pip_sysdeps.cli.environment_options import add_environment_arguments
from pip_sysdeps.cli.report_options import read_report
from pip_sysdeps.render.json import tree_document
from pip_sysdeps.render.tree import as_text
from pip_sysdeps.report.trees import needs_tree, packages_tree

if TYPE_CHECKING:
    import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    add_environment_arguments(parser)
    parser.add_argument("--reverse", action="store_true", help="from each binary package up to what asked for it")
    parser.add_argument("--json", action="store_true", help="print a JSON document")
    parser.epilog = "Exit status: 0; 2 trouble."


def run(args: argparse.Namespace) -> int:
    """Print the tree and return 0."""
    report = read_report(args)
    nodes = (packages_tree if args.reverse else needs_tree)(report.scan, report.ways)
    if args.json:
        output.write_document(tree_document(nodes, target=report.scan.platform.id))
    else:
        output.write(as_text(nodes, output.terminal(), folded=True))
    if not nodes:
        args.messages.note("nothing here needs a system library")
    return 0
