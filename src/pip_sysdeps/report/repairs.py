"""Format hints to repair a library that no package has, or that the loader does not find."""

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


def reach_hint(path: str) -> str:
    """Return a hint how to make the loader find a library of the environment outside its search path."""
    folder = posixpath.dirname(path)
    return (
        f'`library-path = ["{folder}"]` in pyproject.toml with `ENV LD_LIBRARY_PATH={folder}` in the image reaches it'
    )


def copy_hint(path: str, system: System, library_path: tuple[str, ...] = (), *, is_library: bool = True) -> str:
    """Return the instructions in one line to copy a file that no package has."""
    instructions = copy_instructions(path, system, library_path, is_library=is_library)
    return " and ".join(f"`{line}`" for line in instructions.lines())


def import_repairs(scan: Scan, target: Target) -> Iterator[str]:
    """Yield a hint for each library that an import needs and that is outside the loader's search path."""
    unresolved = {(each.name, each.distribution) for each in target.unresolved}
    unreachable: dict[str, Unreachable] = {}
    for holder, need in scan.needs():
        if isinstance(need.provider, Unreachable) and (need.name, holder) in unresolved:
            unreachable.setdefault(need.name, need.provider)
    for name, provider in unreachable.items():
        alternative = (
            f"; or `pip-sysdeps policy replace {name} --with {provider.package} --reason TEXT`"
            if provider.package
            else ""
        )
        yield f"{name}: {reach_hint(provider.path)}{alternative}"
