"""Check for objects that make their process less secure."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from pip_sysdeps.elf.kinds import is_program
from pip_sysdeps.report.evidence import Issue, name_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pip_sysdeps.model.elf import ElfFile
    from pip_sysdeps.report.evidence import Evidence

_DF_TEXTREL = 0x4
_FIRST_WITHOUT_EXECUTABLE_STACKS = (2, 41)
"""glibc 2.41's NEWS: dlopen no longer makes the stack executable for a library that asks for it."""


def executable_stack(evidence: Evidence) -> Iterator[Issue]:
    """Yield an object that requests an executable stack, with a glibc that allows it."""
    if evidence.glibc is None or evidence.glibc < _FIRST_WITHOUT_EXECUTABLE_STACKS:
        yield from _object_issues(
            evidence, _wants_executable_stack, "requests an executable stack, which glibc refuses since 2.41"
        )


def executable_stack_refused(evidence: Evidence) -> Iterator[Issue]:
    """Yield an object that requests an executable stack, which this glibc refuses."""
    if evidence.glibc is not None and evidence.glibc >= _FIRST_WITHOUT_EXECUTABLE_STACKS:
        yield from _object_issues(
            evidence, _wants_executable_stack, "requests an executable stack, which this glibc refuses"
        )


def text_relocations(evidence: Evidence) -> Iterator[Issue]:
    """Yield an object with text relocations: its pages are not shared, and hardened systems refuse it."""
    yield from _object_issues(evidence, lambda elf: bool(elf.flags & _DF_TEXTREL), "has text relocations (DT_TEXTREL)")


def _wants_executable_stack(elf: ElfFile) -> bool:
    """Return whether loading an object makes the stack executable, as it does without a PT_GNU_STACK."""
    return elf.dynamic and not is_program(elf) and elf.executable_stack is not False


def _object_issues(evidence: Evidence, is_bad: Callable[[ElfFile], bool], message: str) -> Iterator[Issue]:
    for distribution, file, elf in evidence.own_objects():
        if is_bad(elf):
            yield Issue(
                subjects=(posixpath.basename(file),), message=message, distribution=name_of(distribution), files=(file,)
            )
