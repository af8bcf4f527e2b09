"""How to repair a library that no package has, or that the loader does not find."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from pip_sysdeps.lock.instructions import copy_instructions
from pip_sysdeps.model.needs import Unreachable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pip_sysdeps.lock.document import Target
    from pip_sysdeps.lock.instructions import System
    from pip_sysdeps.model.scan import Scan


def to_reach(path: str) -> str:
    """Return how a program of the image finds a library of the environment outside the search path."""
    folder = posixpath.dirname(path)
    return (
        f'`library-path = ["{folder}"]` in pyproject.toml with `ENV LD_LIBRARY_PATH={folder}` in the image reaches it'
    )


def to_copy(path: str, system: System, library_path: tuple[str, ...] = (), *, is_library: bool = True) -> str:
    """Return the instructions to copy a file that no package has, in one line."""
    instructions = copy_instructions(path, system, library_path, is_library=is_library)
    return " and ".join(f"`{line}`" for line in instructions.lines())


def import_repairs(scan: Scan, target: Target) -> Iterator[str]:
    """Yield how to repair each library that an import needs and the loader does not find."""
    unresolved = {(each.name, each.distribution) for each in target.unresolved}
    unreached: dict[str, Unreachable] = {}
    for holder, need in scan.needs():
        if isinstance(need.provider, Unreachable) and (need.name, holder) in unresolved:
            unreached.setdefault(need.name, need.provider)
    for name, provider in unreached.items():
        other = (
            f"; or `pip-sysdeps policy replace {name} --with {provider.package} --reason TEXT`"
            if provider.package
            else ""
        )
        yield f"{name}: {to_reach(provider.path)}{other}"
