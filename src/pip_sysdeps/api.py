"""The Python API. `pip_sysdeps` exports these names and imports them on first use."""

from __future__ import annotations

from pip_sysdeps.app.lock import LockRequest, make_target
from pip_sysdeps.app.place import Location
from pip_sysdeps.app.report import scan_whole_environment
from pip_sysdeps.errors import SysdepsError
from pip_sysdeps.lock.build import to_target
from pip_sysdeps.lock.document import Lockfile, Target
from pip_sysdeps.lock.file import DEFAULT
from pip_sysdeps.lock.selection import packages_to_install
from pip_sysdeps.lock.staleness import differences
from pip_sysdeps.lock.text import dumps, loads
from pip_sysdeps.model.scan import Scan

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


def scan_environment(python: str, *, root: str = "/") -> Scan:
    """Scan an environment, and return the needs of each distribution with their providers.

    `python` is an environment's folder or interpreter; inside `root`, an unpacked image or chroot, unless that is "/".
    Nothing of the environment is run. The settings of the project in the current folder apply, as for a command. Raise
    SysdepsError for the errors of `pip-sysdeps lock`.
    """
    return scan_whole_environment(Location(root=root, python=python)).scan


def lock_environment(python: str, *, root: str = "/", lock: str = DEFAULT, name: str = "") -> Target:
    """Return the target that `pip-sysdeps lock` writes for an environment, with the policy applied.

    The pyproject.toml next to `lock` has the policy; `name` is that of a second environment in the same image. Raise
    SysdepsError as `scan_environment` does.
    """
    return make_target(LockRequest(location=Location(root=root, python=python), path=lock, name=name)).target
