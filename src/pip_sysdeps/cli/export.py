"""`export`: write an SBOM of an environment with its binary packages."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from pip_sysdeps.app.export import export
from pip_sysdeps.cli import output
from pip_sysdeps.cli.environment_options import add_environment_arguments, location_of, note_variables, warn_of_scan
from pip_sysdeps.errors import SysdepsError
from pip_sysdeps.lock.file import replace_report
from pip_sysdeps.printing import printable
from pip_sysdeps.render.cyclonedx import as_cyclonedx
from pip_sysdeps.render.spdx import as_spdx

if TYPE_CHECKING:
    import argparse


_MOST_DIGITS = 12
_LATEST = 253_402_300_799
"""The last second of the year 9999."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    add_environment_arguments(parser)
    parser.add_argument(
        "--format", choices=("cyclonedx", "spdx"), required=True, help="CycloneDX 1.6 or SPDX 2.3, as JSON"
    )
    parser.add_argument("--name", default="", help="name of the environment, as in `lock --name`")
    parser.add_argument("-o", "--output", metavar="FILE", help="write to this file (default: `-`, stdout)")
    parser.epilog = "Exit status: 0; 2 error."


def run(args: argparse.Namespace) -> int:
    """Write the document and return 0."""
    note_variables(args)
    result = export(location_of(args), name=args.name, second_process=True)
    warn_of_scan(args, result.scanned)
    for each in result.unusable:
        args.messages.warning(f"skipped `{each.path}`: {each.reason}")
    text = as_cyclonedx(result.materials) if args.format == "cyclonedx" else as_spdx(result.materials, _creation_time())
    if args.output and args.output != "-":
        replace_report(args.output, text)
        args.messages.note(f"wrote `{args.output}`")
    else:
        output.write_document(text)
    return 0


def _creation_time() -> int:
    """Return the creation time of the document: SOURCE_DATE_EPOCH, or the beginning of 1970.

    A fixed time makes the output reproducible. Source: reproducible-builds.org, "SOURCE_DATE_EPOCH". Raise SysdepsError
    if the variable is not a number of seconds.
    """
    text = os.environ.get("SOURCE_DATE_EPOCH") or "0"
    if not (text.isascii() and text.isdigit() and int(text[: _MOST_DIGITS + 1]) <= _LATEST):
        raise SysdepsError(
            f"SOURCE_DATE_EPOCH is not a number of seconds since 1970: `{printable(text[:40])}`",
            hint="set it to one, as of `date +%s`, or unset it",
        )
    return int(text)
