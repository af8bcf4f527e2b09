"""Needs that nothing answers, or that nothing can install."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pip_sysdeps.model.needs import Missing, Unowned, Unreachable, When
from pip_sysdeps.report.evidence import Trouble, trouble_of_need

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pip_sysdeps.report.evidence import Evidence


def unresolved_import(evidence: Evidence) -> Iterator[Trouble]:
    """Yield a library that an import needs, and that nothing has."""
    for holder, need in evidence.undecided():
        if isinstance(need.provider, Missing) and need.when is When.IMPORT:
            yield trouble_of_need(holder, need, _answer(need.provider))


def unresolved_other(evidence: Evidence) -> Iterator[Trouble]:
    """Yield something that a plugin or a call by name needs, and that nothing has."""
    for holder, need in evidence.undecided():
        if isinstance(need.provider, Missing | Unreachable) and need.when is not When.IMPORT:
            yield trouble_of_need(holder, need, f"{_answer(need.provider)} ({need.when.value})")


def unowned_library(evidence: Evidence) -> Iterator[Trouble]:
    """Yield a system library that no binary package owns: it must be copied into the image by hand."""
    for holder, need in evidence.undecided():
        if isinstance(need.provider, Unowned):
            yield trouble_of_need(holder, need, f"no binary package owns {need.provider.path}")


def unreachable_library(evidence: Evidence) -> Iterator[Trouble]:
    """Yield a library that an import needs lies in the environment, where the loader does not search."""
    for holder, need in evidence.undecided():
        if isinstance(need.provider, Unreachable) and need.when is When.IMPORT:
            yield trouble_of_need(holder, need, _answer(need.provider))


def _answer(provider: Missing | Unreachable) -> str:
    if isinstance(provider, Unreachable):
        holder = provider.distribution or "the environment"
        return f"found in {provider.path} of {holder}, where the loader does not search"
    return provider.note or "not found"
