"""pip-sysdeps: which system libraries an environment's distributions need, and the binary packages that have them.

target = to_target(scan_environment(".venv"))
print([each.package.name for each in wanted(target)])
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
        scan_environment,
        to_target,
        wanted,
    )

__version__ = "0.1.0"
DOCUMENTATION = "https://pip-sysdeps.readthedocs.io/"
"""Where the documentation is read; a page has its file's name with .html (pyproject.toml has the same address)."""
__all__ = [
    "Lockfile",
    "Scan",
    "SysdepsError",
    "Target",
    "differences",
    "dumps",
    "loads",
    "lock_environment",
    "scan_environment",
    "to_target",
    "wanted",
]


def __getattr__(name: str) -> object:
    """Import a public name when it is first asked for (PEP 562): a command starts without what it does not need."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from pip_sysdeps import api  # noqa: PLC0415

    return getattr(api, name)
