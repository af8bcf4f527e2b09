"""Render reports as GitHub Flavored Markdown, for a pull request or a wiki."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pip_sysdeps.printing import printable
from pip_sysdeps.render.table import (
    HEADINGS,
    STATES,
    libraries,
    line_summary,
    needed_when,
    severity_counts,
    size,
    with_dependencies,
)
from pip_sysdeps.render.text import SIGNS, listed_reasons, name_and_size, title, versions
from pip_sysdeps.report.audit import PackageState, Scope
from pip_sysdeps.words import format_list

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from pip_sysdeps.environment.sbom import Component
    from pip_sysdeps.report.audit import Audit, PackageRow
    from pip_sysdeps.report.diff import PackageChange, TargetDiff
    from pip_sysdeps.report.findings import Finding

_MAX_FILES = 3
_CHANGE_WORDS = {"added": "Added", "removed": "Removed", "changed": "Changed"}
_MARKUP = re.compile(r"([\\`*\[\]<>|#~&]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])|:(?=//)|(?<=www)\.)")
"""Characters that may begin markup or a link (extension `autolink` of GitHub Flavored Markdown)."""


def audit_as_markdown(audit: Audit, short: Callable[[str], str], scope: Scope = Scope.LINE) -> str:
    """Render the report with the sections of the table; `short` formats a path."""
    summary = f"{severity_counts(audit.findings).capitalize()}; {line_summary(audit)}."
    parts = [f"## System libraries of {escape(audit.target.id)}\n\n{summary}\n"]
    if audit.findings:
        parts.append("### Findings\n\n" + "".join(_finding(each, short) for each in audit.findings))
    for state in STATES[scope]:
        heading, rows = HEADINGS[state], audit.in_state(state)
        hint = audit.how_to_add if state is PackageState.OFFER else ""
        parts += [f"### {heading}\n\n{_packages(rows)}" + (f"\n{hint}\n" if hint else "")] if rows else []
    vendoring = [row for row in audit.distributions if row.vendored or row.components or row.libraries]
    if vendoring and scope is Scope.ALL:
        lines = (
            (
                f"{row.name} {row.version}",
                ", ".join(map(code, row.vendored)),
                _components(row.components) or ", ".join(map(escape, libraries(row))),
            )
            for row in vendoring
        )
        parts.append(
            "### Vendored libraries\n\n"
            + _table(("Distribution", "Libraries", "Listed in its SBOM, or found in its files"), lines)
        )
    return "\n".join(parts)


def diff_as_markdown(found: Sequence[TargetDiff]) -> str:
    """Render the differences as a pull request comment: packages as a diff, other changes as lists."""
    if not found:
        return "No system library changed.\n"
    return "\n".join(_target_diff(each) for each in found)


def _target_diff(found: TargetDiff) -> str:
    parts = [f"### System libraries: {escape(title(found))}\n"]
    if not any(each.in_line for each in found.packages):
        parts.append("The install line does not change.\n")
    for heading, in_line in (("Changes in the install line:\n\n", True), ("Not in the install line:\n\n", False)):
        lines = "".join(
            f"{SIGNS[each.change].replace('~', '!')}{printable(_package_change(each))}\n"
            for each in found.packages
            if each.in_line is in_line
        )
        if lines:
            parts.append(f"{heading}```diff\n{lines}```\n")
    rows = [
        f"{_CHANGE_WORDS[each.change]} {code(each.name)} {escape(versions(each, '→'))}" for each in found.distributions
    ]
    for each in found.unresolved:
        holder = escape(each.distribution or "no record")
        rows.append(f"{_CHANGE_WORDS[each.change]} unresolved {code(each.name)} of {holder} ({each.when})")
    rows += [
        f"{code(each.key)}: {escape(each.old or 'nothing')} → {escape(each.new or 'nothing')}" for each in found.keys
    ]
    if rows:
        parts.append("".join(f"- {row}\n" for row in rows))
    return "\n".join(parts)


def _package_change(change: PackageChange) -> str:
    """Format a change as one line, such as `libgl1 (+92 MB with 31 packages), for opencv-python`."""
    preposition = {"added": "for", "removed": "was for", "changed": "for"}[change.change]
    holders = f", {preposition} {', '.join(change.holders)}" if change.holders else ""
    details = f": {listed_reasons(change.details)}" if change.details else ""
    return f"{name_and_size(change)}{holders}{details}"


def escape(text: str) -> str:
    """Return text without markup, links or mentions."""
    return _MARKUP.sub(r"\\\1", printable(text)).replace("@", "@<!-- -->")


def code(text: str) -> str:
    """Return text as a code span, or escaped if it has a bar, which would end a table cell.

    Source: CommonMark, "Code spans"; GitHub Flavored Markdown, "Tables (extension)".
    """
    if "|" in text:
        return escape(text)
    mark = "`" * (1 + max(map(len, re.findall("`+", text)), default=0))
    space = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{mark}{space}{printable(text)}{space}{mark}"


def _packages(rows: Iterable[PackageRow]) -> str:
    lines = (
        (
            code(row.package.name),
            escape(row.version),
            size(row.size),
            with_dependencies(row),
            needed_when(row),
            ", ".join(dict.fromkeys(escape(f"{use.distribution} {use.version}".rstrip()) for use in row.uses)),
        )
        for row in rows
    )
    return _table_without_empty("Adds", [("Package", "Version", "Size", "Adds", "When", "Needed by"), *lines])


def _table_without_empty(name: str, lines: Sequence[Sequence[str]]) -> str:
    """Return a table, without the named column if that is empty."""
    column = lines[0].index(name)
    if not any(line[column] for line in lines[1:]):
        lines = [(*line[:column], *line[column + 1 :]) for line in lines]
    return _table(lines[0], lines[1:])


def _components(components: Sequence[Component]) -> str:
    return ", ".join(escape(f"{each.name} {each.version}".rstrip()) for each in components)


def _finding(finding: Finding, short: Callable[[str], str]) -> str:
    issue, entry = finding.issue, finding.entry
    holder = f" **{escape(issue.distribution)}**:" if issue.distribution else ""
    files = f" ({format_list([code(short(file)) for file in issue.files], _MAX_FILES)})" if issue.files else ""
    subjects = f" {format_list([*map(code, issue.subjects)])}:" if issue.subjects else ""
    return f"- {entry.severity.value} {entry.code} {entry.name}:{holder}{subjects} {escape(issue.message)}{files}\n"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines: Iterator[Sequence[str]] = iter((head, ["---"] * len(head), *rows))
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)
