"""The package for Python code: what `pip_sysdeps` itself exports, imported when first asked for."""

from __future__ import annotations

import os

from pip_sysdeps.app.scan import scan
from pip_sysdeps.environment.read_environment import find_environment
from pip_sysdeps.errors import SysdepsError
from pip_sysdeps.lock.build import to_target
from pip_sysdeps.lock.document import Lockfile, Target
from pip_sysdeps.lock.selection import wanted
from pip_sysdeps.lock.staleness import differences
from pip_sysdeps.lock.text import dumps, loads
from pip_sysdeps.model.scan import Scan
from pip_sysdeps.needs.completeness import refuse_gaps
from pip_sysdeps.packages.registry import open_packages
from pip_sysdeps.system.root import Root

__all__ = [
    "Lockfile",
    "Scan",
    "SysdepsError",
    "Target",
    "differences",
    "dumps",
    "loads",
    "scan_environment",
    "to_target",
    "wanted",
]


def scan_environment(python: str, *, root: str = "/") -> Scan:
    """Return what every distribution of an environment needs, and from whom; nothing of the environment is run.

    `python` is an environment's folder or interpreter; inside `root`, an unpacked image or chroot, unless that is "/".
    Raise SysdepsError where `pip-sysdeps lock` ends with an error.
    """
    inside = Root(root)
    packages = open_packages(inside)
    environment = find_environment(
        inside,
        python,
        environ={},
        cwd=os.getcwd() if inside.directory == "/" else "/",
        package_files=None if packages is None else packages.owned_with,
    )
    found = scan(inside, environment, packages)
    refuse_gaps(found, inside.shown)
    return found
