"""Render the problems of an environment in an image as text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pip_sysdeps.printing import printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pip_sysdeps.report.problems import Problem

_MAX_FILES = 3


def as_text(problems: Iterable[Problem], dockerfile: Sequence[str], command: str) -> str:
    """Render the problems with their files, then Dockerfile instructions, then a command to install packages."""
    lines = [printable(line) for problem in problems for line in _lines(problem)]
    lines += ["", *dockerfile] if dockerfile else []
    lines += ["", command] if command else []
    return "".join(f"{line}\n" for line in lines)


def _lines(problem: Problem) -> Iterator[str]:
    severity = "error" if problem.error else "warning"
    holder = f"{problem.distribution}: " if problem.distribution else ""
    yield f"{severity}: {holder}{problem.message} [{problem.entry.kind}]"
    if problem.files != (problem.subject,):
        yield from (f"    {file}" for file in problem.files[:_MAX_FILES])
        if len(problem.files) > _MAX_FILES:
            yield f"    and {len(problem.files) - _MAX_FILES} more"
