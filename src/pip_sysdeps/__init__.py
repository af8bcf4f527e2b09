"""pip-sysdeps: find the system libraries that an environment's distributions need, and their binary packages.

target = to_target(scan_environment(".venv"))
print([each.package.name for each in packages_to_install(target)])
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pip_sysdeps.api import (
        Lockfile,
        Scan,
        SysdepsError,
        Target,
        differences,
        dumps,
        loads,
        lock_environment,
        packages_to_install,
        scan_environment,
        to_target,
    )

__version__ = "0.1.0"
DOCUMENTATION = "https://pip-sysdeps.readthedocs.io/"
"""The address of the documentation, as in pyproject.toml. A page is its file's name with .html."""
__all__ = [
    "Lockfile",
    "Scan",
    "SysdepsError",
    "Target",
    "differences",
    "dumps",
    "loads",
    "lock_environment",
    "packages_to_install",
    "scan_environment",
    "to_target",
]


def __getattr__(name: str) -> object:
    """Import a public name on first use (PEP 562), so that a command starts without unneeded imports."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from pip_sysdeps import api  # noqa: PLC0415

    return getattr(api, name)
