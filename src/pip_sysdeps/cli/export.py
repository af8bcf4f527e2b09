"""`export`: write what an environment is made of, binary packages included, as a software bill of materials."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pip_sysdeps.app.audit import installed_packages, read_evidence, sboms_of
from pip_sysdeps.app.project import read_project, target_of
from pip_sysdeps.cli import output
from pip_sysdeps.cli.environment_options import add_environment_arguments
from pip_sysdeps.cli.report_options import read_report
from pip_sysdeps.environment.requirements import required
from pip_sysdeps.lock.file import DEFAULT, replace_report
from pip_sysdeps.render.cyclonedx import Materials, as_cyclonedx
from pip_sysdeps.report.audit import vendored

if TYPE_CHECKING:
    import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    add_environment_arguments(parser)
    parser.add_argument("--format", choices=("cyclonedx",), required=True, help="CycloneDX 1.6, as JSON")
    parser.add_argument("--name", default="", help="as `lock --name`: a second environment of the same image")
    parser.add_argument("-o", "--output", metavar="FILE", help="write it there instead of to stdout")
    parser.epilog = "Exit status: 0; 2 trouble."


def run(args: argparse.Namespace) -> int:
    """Write the document and return 0."""
    report = read_report(args)
    sboms, unusable = sboms_of(report.place.root, report.scan)
    for each in unusable:
        args.messages.warning(f"`{each.path}` is left out: {each.reason}")
    evidence = read_evidence(report.place.root, report.scan)
    text = as_cyclonedx(
        Materials(
            target=target_of(report.scan, read_project(DEFAULT), report.place.root, name=args.name).target,
            distributions=report.scan.environment.distributions,
            required=required(report.scan.environment.distributions, report.markers),
            vendored={each.distribution.name: vendored(each, evidence) for each in report.scan.distributions},
            sboms=sboms,
            installed=installed_packages(report.place.packages),
        )
    )
    if args.output:
        replace_report(args.output, text)
        args.messages.note(f"wrote `{args.output}`")
    else:
        output.write_document(text)
    return 0
