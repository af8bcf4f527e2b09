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


def faults(lock: Lockfile, text: str, project: Project) -> Iterator[str]:
    """Yield messages about what is wrong with a lock that was read from a text.

    The form of another version's lock is not checked.
    """
    if not (lock.warning() or lock.is_old):
        yield from _of_form(text, dumps(lock))
    yield from _unneeded_packages(lock)
    yield from _of_project(lock, project)


def _of_form(text: str, written: str) -> Iterator[str]:
    """Yield the first line that differs from what `lock` writes: after an edit or a merge."""
    pairs = enumerate(zip_longest(text.splitlines(), written.splitlines()), 1)
    number, wanted = next(((number, wanted) for number, (line, wanted) in pairs if line != wanted), (0, None))
    if wanted is not None:
        yield f"line {number} differs; `pip-sysdeps lock` writes: {printable(wanted) or 'nothing'}"
    elif number:
        yield f"line {number} is unexpected"
    elif text != written:
        yield "its line ends are not those that `pip-sysdeps lock` writes"


def _unneeded_packages(lock: Lockfile) -> Iterator[str]:
    for target in lock.target:
        needed = {need.package for _, need in target.needs()}
        unneeded = [package.name for package in target.package if package.name not in needed]
        yield from (f"{target.id}: package {name} is not needed" for name in unneeded)


def _of_project(lock: Lockfile, project: Project) -> Iterator[str]:
    """Yield the differences between pyproject.toml and the lock: targets and `when`."""
    have = {target.id for target in lock.target}
    yield from (
        f"pyproject.toml lists the target {name}, which is not locked" for name in project.targets if name not in have
    )
    for target in lock.target:
        if project.targets and target.id not in project.targets:
            yield f"{target.id} is locked, but not in the targets of pyproject.toml"
        if target.when != project.when:
            yield f"{target.id}: `when` differs from pyproject.toml"
