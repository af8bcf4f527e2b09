"""Validate a lock without an environment: its form, and whether it matches the project."""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING

from pip_sysdeps.lock.text import dumps
from pip_sysdeps.printing import printable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pip_sysdeps.lock.document import Lockfile
    from pip_sysdeps.lock.project import Project


def find_faults(lock: Lockfile, text: str, project: Project) -> Iterator[str]:
    """Yield messages about the faults of a lock and its text.

    The form of another version's lock is not checked.
    """
    if not (lock.warning() or lock.is_old):
        yield from _format_faults(text, dumps(lock))
    yield from _unneeded_packages(lock)
    yield from _project_faults(lock, project)


def _format_faults(text: str, written: str) -> Iterator[str]:
    """Yield the first line that differs from the output of `lock`, as after an edit or a merge."""
    pairs = enumerate(zip_longest(text.splitlines(), written.splitlines()), 1)
    number, expected = next(((number, expected) for number, (line, expected) in pairs if line != expected), (0, None))
    if expected is not None:
        yield f"line {number} differs; `pip-sysdeps lock` writes: {printable(expected) or 'nothing'}"
    elif number:
        yield f"line {number} is unexpected"
    elif text != written:
        yield "its line ends are not those that `pip-sysdeps lock` writes"


def _unneeded_packages(lock: Lockfile) -> Iterator[str]:
    for target in lock.target:
        needed = {need.package for _, need in target.needs()}
        unneeded = [package.name for package in target.package if package.name not in needed]
        yield from (f"{target.id}: package {name} is not needed" for name in unneeded)


def _project_faults(lock: Lockfile, project: Project) -> Iterator[str]:
    """Yield the differences between pyproject.toml and the lock: targets and `when`."""
    locked = {target.id for target in lock.target}
    yield from (
        f"pyproject.toml lists the target {name}, which is not locked" for name in project.targets if name not in locked
    )
    for target in lock.target:
        if project.targets and target.id not in project.targets:
            yield f"{target.id} is locked, but not in the targets of pyproject.toml"
        if target.when != project.when:
            yield f"{target.id}: `when` differs from pyproject.toml"
