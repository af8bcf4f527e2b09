"""`audit`: report needed binary packages, vendored libraries and problems."""

from __future__ import annotations

from argparse import ArgumentTypeError
from typing import TYPE_CHECKING, NamedTuple

from pip_sysdeps import __version__
from pip_sysdeps.app.audit import AuditRequest, audit, audit_of_lock, unknown_code_message
from pip_sysdeps.cli import output
from pip_sysdeps.cli.environment_options import add_environment_arguments, location_of, note_variables, warn_of_scan
from pip_sysdeps.cli.report_options import environment_or_lock, warn_of_lock
from pip_sysdeps.errors import SysdepsError
from pip_sysdeps.lock.file import DEFAULT
from pip_sysdeps.render.html import audit_as_html
from pip_sysdeps.render.json import audit_document
from pip_sysdeps.render.markdown import audit_as_markdown
from pip_sysdeps.render.read_page import read_page
from pip_sysdeps.render.sarif import as_sarif
from pip_sysdeps.render.table import as_table
from pip_sysdeps.report.audit import Scope
from pip_sysdeps.report.catalogue import Severity
from pip_sysdeps.report.findings import LOCK_CODES, selects_checks

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from pip_sysdeps.report.audit import Audit


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    add_environment_arguments(parser)
    parser.add_argument("--lock", metavar="FILE", help=f"the lock to compare with (default: {DEFAULT}, if it exists)")
    parser.add_argument(
        "--target",
        metavar="ID",
        help="the target to report on: the environment of --python or --path, otherwise the lock alone "
        "(default: this system's)",
    )
    parser.add_argument("--name", default="", help="name of the environment, as in `lock --name`")
    parser.add_argument(
        "--select",
        metavar="CODE[,CODE...]",
        type=_codes,
        help="run only these checks: a code (`SD001`) or a prefix (`SD00`)",
    )
    parser.add_argument(
        "--ignore",
        metavar="CODE[,CODE...]",
        type=_codes,
        help="ignore these findings; `SD010:shapely` for one distribution",
    )
    parser.add_argument(
        "--all",
        action="store_true",
        help="also list packages outside the install line, base packages, and the needs of each distribution",
    )
    parser.add_argument("--strict", action="store_true", help="exit with 1 for findings of any severity")
    form = parser.add_mutually_exclusive_group()
    form.add_argument(
        "--format", choices=("table", "markdown", "html", "sarif", "json"), default="table", help="default: table"
    )
    form.add_argument("--json", action="store_const", const="json", dest="format", help="the same as --format json")
    parser.epilog = (
        "Without --select and --ignore, [tool.pip-sysdeps.audit] in pyproject.toml applies.\n"
        "Exit status: 0 no errors; 1 findings of severity error (--strict: of any); 2 error."
    )


def run(args: argparse.Namespace) -> int:
    """Print the report; return 1 if it has findings that fail the run."""
    request = AuditRequest(
        location=location_of(args),
        lock=args.lock,
        target=args.target,
        name=args.name,
        select=args.select,
        ignore=args.ignore,
    )
    if args.target and not request.location.is_named:
        _refuse_name(args)
        args.messages.note(
            f"the answer is from `{args.lock or DEFAULT}` only, which is checked for {' to '.join(LOCK_CODES)}: "
            "--python or --path checks an environment"
        )
        result = _report_lock(args, request)
    else:
        path = args.lock or DEFAULT
        result = environment_or_lock(
            args, path, lambda: _report_environment(args, request), lambda: _report_lock(args, request)
        )
    scope = Scope.ALL if args.all else Scope.FINDINGS if args.select else Scope.LINE
    found, short = result.audit, result.short
    if args.format == "json":
        output.write_document(audit_document(found))
    elif args.format == "markdown":
        output.write(audit_as_markdown(found, short, scope))
    elif args.format == "sarif":
        output.write_document(as_sarif(found, short, result.lock, result.lock_text, version=__version__))
    elif args.format == "html":
        output.write(audit_as_html(found, short, read_page()))
    else:
        output.write(as_table(found, output.terminal(), short, scope))
    return int(any(args.strict or each.entry.severity is Severity.ERROR for each in found.findings))


def _refuse_name(args: argparse.Namespace) -> None:
    """Raise SysdepsError if the name of an environment and a target of the lock are given."""
    if args.name:
        raise SysdepsError(
            "--target reports on the lock alone, and `--name` is part of the target's id",
            hint=f"use --target {args.target}-{args.name}, or name the environment with --python or --path",
        )


class _Report(NamedTuple):
    """A report with what its output formats need."""

    audit: Audit
    short: Callable[[str], str]
    lock: str
    lock_text: str


def _report_environment(args: argparse.Namespace, request: AuditRequest) -> _Report:
    note_variables(args)
    result = audit(request, second_process=True)
    warn_of_scan(args, result.scanned)
    for each in result.unusable:
        args.messages.warning(f"skipped `{each.path}`: {each.reason}")
    return _Report(result.audit, result.scanned.scan.environment.short, result.lock, result.lock_text)


def _report_lock(args: argparse.Namespace, request: AuditRequest) -> _Report:
    result = audit_of_lock(request, args.target)
    warn_of_lock(args, result.lock, result.warning, result.audit.target)
    return _Report(result.audit, str, result.lock, result.lock_text)


def _codes(text: str) -> tuple[str, ...]:
    codes = tuple(text.split(","))
    if unknown := [code for code in codes if not selects_checks(code)]:
        raise ArgumentTypeError(unknown_code_message(unknown[0]))
    return codes
