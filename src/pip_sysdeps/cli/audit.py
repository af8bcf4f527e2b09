"""`audit`: report which binary package which distribution needs, what is vendored, and what is wrong."""

from __future__ import annotations

from argparse import ArgumentTypeError
from typing import TYPE_CHECKING

from pip_sysdeps.app.audit import installed_packages, read_evidence, sboms_of
from pip_sysdeps.app.project import read_project, target_of
from pip_sysdeps.cli import output
from pip_sysdeps.cli.environment_options import add_environment_arguments
from pip_sysdeps.cli.report_options import read_report
from pip_sysdeps.errors import SysdepsError
from pip_sysdeps.lock.file import DEFAULT, read_lock, read_text
from pip_sysdeps.lock.staleness import differences
from pip_sysdeps.render.json import audit_document
from pip_sysdeps.render.markdown import audit_as_markdown
from pip_sysdeps.render.table import as_table
from pip_sysdeps.report.audit import report
from pip_sysdeps.report.checks import CATALOGUE, Severity, findings, named

if TYPE_CHECKING:
    import argparse

    from pip_sysdeps.cli.report_options import Report
    from pip_sysdeps.lock.document import Target
    from pip_sysdeps.lock.project import AuditPolicy, Project
    from pip_sysdeps.report.audit import Audit


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    add_environment_arguments(parser)
    parser.add_argument(
        "--lock", metavar="FILE", help=f"the lock to hold the environment to (default: {DEFAULT}, if it is there)"
    )
    parser.add_argument("--name", default="", help="as `lock --name`: a second environment of the same image")
    parser.add_argument(
        "--select", metavar="CODE[,CODE...]", type=_codes, help="run these checks alone: `SD001`, or `SD00` for several"
    )
    parser.add_argument(
        "--ignore",
        metavar="CODE[,CODE...]",
        type=_codes,
        help="leave these findings out; `SD010:shapely` only those of one distribution",
    )
    parser.add_argument("--strict", action="store_true", help="status 1 for findings of any severity")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--format", choices=("table", "markdown", "json"), default="table", help="default: table")
    form.add_argument("--json", action="store_const", const="json", dest="format", help="the same as --format json")
    parser.epilog = (
        "Without --select and --ignore, pyproject.toml's [tool.pip-sysdeps.audit] decides.\n"
        "docs/checks.md explains each code.\n\n"
        "Exit status: 0; 1 for findings of severity error (--strict: of any); 2 trouble."
    )


def run(args: argparse.Namespace) -> int:
    """Print the report; return 1 if something is found that counts."""
    scanned = read_report(args)
    audit = _audit(args, scanned, read_project(args.lock or DEFAULT))
    if args.format == "json":
        output.write_document(audit_document(audit))
    elif args.format == "markdown":
        output.write(audit_as_markdown(audit, scanned.scan.environment.short))
    else:
        output.write(as_table(audit, output.terminal(), scanned.scan.environment.short))
    return int(any(args.strict or each.check.severity is Severity.ERROR for each in audit.findings))


def _audit(args: argparse.Namespace, scanned: Report, project: Project) -> Audit:
    _refuse_unknown(project.audit)
    target = target_of(scanned.scan, project, scanned.place.root, name=args.name).target
    settled = [(holder, need.name) for holder, need in target.needs() if need.policy]
    evidence = read_evidence(scanned.place.root, scanned.scan, settled=settled, changes=_changes(args, target))
    sboms, unusable = sboms_of(scanned.place.root, scanned.scan)
    for each in unusable:
        args.messages.warning(f"`{each.path}` is left out: {each.reason}")
    return report(
        evidence,
        target,
        findings(
            evidence,
            select=project.audit.select if args.select is None else args.select,
            ignore=project.audit.ignore if args.ignore is None else args.ignore,
        ),
        installed=installed_packages(scanned.place.packages),
        components={name: tuple(each for sbom in found for each in sbom.components) for name, found in sboms.items()},
    )


def _refuse_unknown(policy: AuditPolicy) -> None:
    """Raise SysdepsError for a code of pyproject.toml that is none: it would silently select or ignore nothing."""
    if unknown := [code for code in (*policy.select, *policy.ignore) if not named(code)]:
        raise SysdepsError(
            f"pyproject.toml: tool.pip-sysdeps.audit: {_none_of(unknown[0])}", hint="docs/checks.md explains each code"
        )


def _changes(args: argparse.Namespace, target: Target) -> tuple[str, ...]:
    """Say in what the lock is stale; nothing where there is no lock, unless one was named."""
    path = args.lock or DEFAULT
    if args.lock is None and read_text(path) is None:
        return ()
    locked = read_lock(path).find(target.id)
    if locked is None:
        return (f"`{path}` has no target {target.id}",)
    return differences(locked, target)


def _codes(text: str) -> tuple[str, ...]:
    codes = tuple(text.split(","))
    if unknown := [code for code in codes if not named(code)]:
        raise ArgumentTypeError(_none_of(unknown[0]))
    return codes


def _none_of(code: str) -> str:
    return f"`{code}` is none of {', '.join(each.code for each in CATALOGUE)}"
