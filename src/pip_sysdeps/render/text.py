"""Render differences as lines for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pip_sysdeps.render.table import cost, size
from pip_sysdeps.render.terminal import Role, Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pip_sysdeps.render.terminal import Terminal
    from pip_sysdeps.report.diff import DistributionChange, PackageChange, TargetDiff

SIGNS = {"added": "+", "removed": "-", "changed": "~"}
_ROLES = {"added": Role.GOOD, "removed": Role.BAD, "changed": Role.DOUBTFUL}
_INDENT = "  "
_MAX_REASONS = 4
"""Limit on the reasons that are shown."""


def diff_as_text(found: Iterable[TargetDiff], terminal: Terminal) -> str:
    """Render the changes of each target with the reasons: first of the install line, then others."""
    return "\n".join(_target(each, terminal) for each in found)


def reason_text(change: PackageChange) -> str:
    """Format why a package was added or removed, or how it changed."""
    reasons = listed_reasons(change.because)
    return reasons if change.change == "changed" or not reasons else f"because {reasons}"


def listed_reasons(reasons: Sequence[str]) -> str:
    """Join reasons; of many, only the first are listed."""
    more = len(reasons) - _MAX_REASONS
    return " and ".join((*reasons[:_MAX_REASONS], *([f"{more} more"] if more > 0 else [])))


def name_and_size(change: PackageChange) -> str:
    """Format a package's name with the size that it adds or frees, with its dependencies.

    `libgl1 (+92 MB with 31 packages)`.
    """
    if change.adds is None or not change.adds.size:
        return change.name
    has_dependencies = len(change.adds.packages) > 1
    added = cost(change.adds, "with") if has_dependencies else size(change.adds.size)
    return f"{change.name} ({SIGNS[change.change]}{added})"


def versions(change: DistributionChange, arrow: str = "->") -> str:
    """Format a distribution's versions: `1.0`, or `1.0 -> 2.0`."""
    old, new = change.old or "editable", change.new or "editable"
    return {"added": new, "removed": old, "changed": f"{old} {arrow} {new}"}[change.change]


def title(found: TargetDiff) -> str:
    """Format a target's id, with a remark if only one side has it."""
    return found.id if found.change == "changed" else f"{found.id} (the target was {found.change})"


def _target(found: TargetDiff, terminal: Terminal) -> str:
    lines = [terminal.heading(title(found))]
    for heading, rows in _sections(found):
        if rows:
            lines.append(terminal.flow([Span(heading, Role.DIM)], _INDENT))
            lines += [terminal.flow(spans, f"{_INDENT * 2}", _INDENT * 4) for spans in rows]
    return "".join(lines)


def _sections(found: TargetDiff) -> Iterator[tuple[str, list[list[Span]]]]:
    """Yield the headings, each with its lines."""
    yield "to install", [_package(each) for each in found.packages if each.in_line]
    yield "not in the install line", [_package(each) for each in found.packages if not each.in_line]
    yield (
        "distributions",
        [
            [_sign(each.change), Span(each.name, Role.DISTRIBUTION), Span(f" {versions(each)}")]
            for each in found.distributions
        ],
    )
    yield (
        "unresolved",
        [
            [
                _sign(each.change),
                Span(each.name, Role.SONAME),
                Span(f" of {each.distribution or 'no record'} ({each.when})"),
            ]
            for each in found.unresolved
        ],
    )
    yield (
        "keys",
        [
            [_sign("changed"), Span(f"{each.key} {each.old or 'nothing'} -> {each.new or 'nothing'}")]
            for each in found.keys
        ],
    )


def _package(change: PackageChange) -> list[Span]:
    rest = name_and_size(change).removeprefix(change.name)
    return [_sign(change.change), Span(change.name, Role.PACKAGE), Span(f"{rest} {reason_text(change)}")]


def _sign(change: str) -> Span:
    return Span(f"{SIGNS[change]} ", _ROLES[change])
