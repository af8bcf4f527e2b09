"""`export`: write what an environment is made of, binary packages included, as a software bill of materials."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pip_sysdeps.app.export import export
from pip_sysdeps.cli import output
from pip_sysdeps.cli.environment_options import add_environment_arguments, location_of, note_variables, warn_of_scan
from pip_sysdeps.lock.file import replace_report
from pip_sysdeps.render.cyclonedx import as_cyclonedx

if TYPE_CHECKING:
    import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    add_environment_arguments(parser)
    parser.add_argument("--format", choices=("cyclonedx",), required=True, help="CycloneDX 1.6, as JSON")
    parser.add_argument("--name", default="", help="as `lock --name`: a second environment of the same image")
    parser.add_argument("-o", "--output", metavar="FILE", help="write it there instead of to stdout (`-`)")
    parser.epilog = "Exit status: 0; 2 trouble."


def run(args: argparse.Namespace) -> int:
    """Write the document and return 0."""
    note_variables(args)
    result = export(location_of(args), name=args.name, second_process=True)
    warn_of_scan(args, result.scanned)
    for each in result.unusable:
        args.messages.warning(f"`{each.path}` is left out: {each.reason}")
    text = as_cyclonedx(result.materials)
    if args.output and args.output != "-":
        replace_report(args.output, text)
        args.messages.note(f"wrote `{args.output}`")
    else:
        output.write_document(text)
    return 0
