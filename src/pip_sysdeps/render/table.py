"""Render an audit as aligned tables for a terminal."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from pip_sysdeps.environment.vendored import Certainty
from pip_sysdeps.render.terminal import Role, Span, join_spans, plain
from pip_sysdeps.report.audit import PackageState, Scope
from pip_sysdeps.report.catalogue import Severity
from pip_sysdeps.words import format_count, format_list

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Iterator, Sequence

    from pip_sysdeps.environment.vendored import VendoredLibrary
    from pip_sysdeps.packages.closure import Cost
    from pip_sysdeps.render.terminal import Cell, Terminal
    from pip_sysdeps.report.audit import Audit, DistributionRow, PackageRow
    from pip_sysdeps.report.findings import Finding

_SEVERITY = {Severity.ERROR: Role.BAD, Severity.WARNING: Role.DOUBTFUL, Severity.NOTE: Role.SONAME}
_INDENT = "  "
_MAX_NAMES = 12
"""Limit on the names of a list that are shown."""
_MAX_FILES = 2
HEADINGS = {
    PackageState.INSTALL: "To install",
    PackageState.OFFER: "Not in the install line",
    PackageState.BASE: "Part of every image of the release",
}
"""The headings of the packages, in their order."""
STATES = {Scope.FINDINGS: (), Scope.LINE: (PackageState.INSTALL,), Scope.ALL: tuple(HEADINGS)}
"""The states of the packages that a report shows, by its scope."""


def as_table(audit: Audit, terminal: Terminal, short: Callable[[str], str], scope: Scope = Scope.LINE) -> str:
    """Render the report: findings, install line, with `Scope.ALL` also the inventory. `short` formats a path."""
    return "\n".join(
        filter(
            None,
            (
                _findings(audit.findings, terminal, short),
                *_package_tables(audit, terminal, STATES[scope]),
                _distributions(audit, terminal) if scope is Scope.ALL else "",
                terminal.flow(_summary(audit, scope)),
            ),
        )
    )


def size(kibibytes: int) -> str:
    """Format an installed size in decimal units as package managers do: `324 kB`, `1.4 MB`, `92 MB`; empty for 0."""
    kilobytes = kibibytes * 1.024
    if round(kilobytes) < 1000:
        return f"{max(1, round(kilobytes))} kB" if kibibytes else ""
    megabytes = kilobytes / 1000
    return f"{megabytes:.1f} MB" if megabytes < 9.95 else f"{megabytes:.0f} MB"


def cost(found: Cost | None, word: str = "in") -> str:
    """Format the cost of an installation, such as `92 MB in 31 packages`; empty without packages, or if unknown."""
    if found is None or not found.packages:
        return ""
    packages = format_count(len(found.packages), "package")
    return f"{size(found.size)} {word} {packages}" if found.size else packages


def libraries(row: DistributionRow) -> list[str]:
    """Format the libraries that a distribution's files are or contain: `openssl 3.0.15`, `zlib 1.3.1 (medium)`.

    Each library once, with the highest confidence of its files; those without a version last.
    """
    highest = {
        (each.name, each.version): each.confidence for each in sorted(row.libraries, key=_uncertainty, reverse=True)
    }
    return [
        f"{name} {version}".rstrip() + (f" ({confidence.value})" if confidence is not Certainty.HIGH else "")
        for (name, version), confidence in sorted(highest.items(), key=lambda pair: (not pair[0][1], pair[0]))
    ]


def _uncertainty(library: VendoredLibrary) -> int:
    return list(Certainty).index(library.confidence)


def savings_text(row: DistributionRow) -> str:
    """Format how much smaller the image is without a distribution."""
    if row.saved == row.cost:
        return "all of it for this distribution alone"
    return f"{cost(row.saved) or 'nothing'} less without it"


def with_dependencies(row: PackageRow) -> str:
    """Format the size and number of a package with its dependencies; empty without dependencies."""
    return cost(row.adds) if row.adds is not None and len(row.adds.packages) > 1 else ""


def severity_counts(findings: Iterable[Finding]) -> str:
    """Format the number of findings of each severity."""
    number = Counter(each.entry.severity for each in findings)
    words = [format_count(number[each], each.value) for each in Severity if number[each]]
    return ", ".join(words) or "no findings"


def _package_tables(audit: Audit, terminal: Terminal, states: Iterable[PackageState]) -> Iterator[str]:
    for state in states:
        heading = HEADINGS[state]
        if rows := audit.in_state(state):
            text = terminal.heading(f"{heading} ({len(rows)})")
            hint = audit.how_to_add if state is PackageState.OFFER else ""
            note = terminal.flow([Span(hint)], _INDENT, _INDENT) if hint else ""
            yield text + _package_table(rows, terminal) + note


def _package_table(rows: Sequence[PackageRow], terminal: Terminal) -> str:
    """Return the table without empty columns."""
    head = ("package", "version", "size", "adds", "when", "needed by")
    lines = [_package(row) for row in rows]
    kept = [column for column in range(len(head)) if column != 3 or any(line[column] != plain("") for line in lines)]
    return terminal.table(
        [head[column] for column in kept], [[line[column] for column in kept] for line in lines], _INDENT
    )


def _package(row: PackageRow) -> tuple[Cell, ...]:
    holders = dict.fromkeys((use.distribution, use.version) for use in row.uses)
    users = [Span(f"{name} {version}".rstrip()) for name, version in holders]
    return (
        (Span(row.package.name, Role.PACKAGE),),
        plain(row.version),
        plain(size(row.size)),
        plain(with_dependencies(row)),
        plain(needed_when(row)),
        join_spans(_limit(users)),
    )


def needed_when(row: PackageRow) -> str:
    """Format when a package is needed, with a confidence below high."""
    unsure = {"medium", "low"}
    words = {f"{use.when} ({use.confidence})" if use.confidence in unsure else use.when for use in row.uses}
    return ", ".join(sorted(words))


def _distributions(audit: Audit, terminal: Terminal) -> str:
    if not audit.distributions:
        return ""
    lines = [terminal.heading(f"Distributions with needs or libraries of their own ({len(audit.distributions)})")]
    outside = {row.package.name for row in audit.in_state(PackageState.OFFER)}
    for row in audit.distributions:
        lines.append(terminal.flow([Span(row.name, Role.DISTRIBUTION), Span(f" {row.version}")], _INDENT))
        lines += [terminal.flow(spans, 2 * _INDENT + label, " " * 12) for label, spans in _facts(row, outside)]
    return "".join(lines)


def _facts(row: DistributionRow, outside: Container[str]) -> Iterator[tuple[str, Cell]]:
    packages = dict.fromkeys(need.installed for need in row.needs if need.installed)
    others = [f"{need.name} ({need.distribution or need.class_})" for need in row.needs if not need.installed]
    needed = [Span(name, Role.PACKAGE) for name in packages if name not in outside]
    offered = [Span(name, Role.PACKAGE) for name in packages if name in outside]
    if needed or others:
        yield "needs   ", join_spans(_limit([*needed, *map(Span, others)]))
    if offered:
        yield "may use ", join_spans(_limit(offered))
    if costs := cost(row.cost):
        yield "costs   ", plain(f"{costs}, {savings_text(row)}")
    if row.vendored:
        names = [Span(name.rpartition("/")[2], Role.SONAME) for name in row.vendored]
        yield "vendors ", join_spans(_limit(names))
    if row.components:
        named = [Span(f"{each.name} {each.version}".rstrip()) for each in row.components]
        yield "sbom    ", join_spans(_limit(named))
    if row.libraries:
        yield "found   ", join_spans(_limit([Span(each) for each in libraries(row)]))


def _findings(found: Sequence[Finding], terminal: Terminal, short: Callable[[str], str]) -> str:
    if not found:
        return ""
    lines = [terminal.heading(f"Findings ({len(found)})")]
    last_code = ""
    for each in found:
        if each.entry.code != last_code:
            last_code = each.entry.code
            label = Span(each.entry.severity.value, _SEVERITY[each.entry.severity])
            title = Span(f" {each.entry.code} {each.entry.name}", Role.HEADING)
            lines.append(terminal.flow([label, title, Span(f": {each.entry.summary}", Role.DIM)], _INDENT, 2 * _INDENT))
        lines.append(terminal.flow(_finding(each, short), 2 * _INDENT, 3 * _INDENT))
    return "".join(lines)


def _finding(finding: Finding, short: Callable[[str], str]) -> Iterator[Span]:
    issue = finding.issue
    if issue.distribution:
        yield Span(issue.distribution, Role.DISTRIBUTION)
        yield Span(": ")
    if issue.subjects:
        yield Span(format_list(issue.subjects), Role.SONAME)
        yield Span(": ")
    yield Span(issue.message)
    if issue.files:
        yield Span(f" ({format_list([short(file) for file in issue.files], _MAX_FILES)})", Role.DIM)


def line_summary(audit: Audit) -> str:
    """Format the number of packages in the install line, with their installed size if known."""
    has_dependencies = audit.adds is not None and audit.adds.size > audit.size
    total = f"; {size(audit.adds.size)} with dependencies" if audit.adds is not None and has_dependencies else ""
    size_note = f" ({size(audit.size)}{total})" if audit.size else ""
    return f"{format_count(len(audit.in_state(PackageState.INSTALL)), 'package')} to install{size_note}"


def _summary(audit: Audit, scope: Scope) -> Iterator[Span]:
    """Yield the counts; packages outside the install line with the option that lists them."""
    offered = len(audit.in_state(PackageState.OFFER))
    how = "" if scope is Scope.ALL else f" (--all lists {'it' if offered == 1 else 'them'})"
    outside = f"{offered} not in the install line{how}, " if offered else ""
    worst_severity = audit.findings[0].entry.severity if audit.findings else None
    yield Span(f"{audit.target.id}: {line_summary(audit)}, {outside}")
    yield Span(severity_counts(audit.findings), _SEVERITY[worst_severity] if worst_severity else Role.PACKAGE)


def _limit(spans: Sequence[Span]) -> list[Span]:
    more = len(spans) - _MAX_NAMES
    return [*spans[:_MAX_NAMES], *([Span(f"and {more} more", Role.DIM)] if more > 0 else [])]
