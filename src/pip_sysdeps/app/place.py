"""Find and read the environment of a command."""

from __future__ import annotations

import os
import posixpath
import sys
from typing import TYPE_CHECKING, NamedTuple

from pip_sysdeps.environment.read_environment import environment_of_paths, find_environment
from pip_sysdeps.environment.read_sites import LOCAL_PACKAGES, local_packages
from pip_sysdeps.errors import SysdepsError
from pip_sysdeps.packages.installed import open_packages
from pip_sysdeps.system.root import Root
from pip_sysdeps.system.timings import Stages
from pip_sysdeps.words import format_list

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pip_sysdeps.environment.target_system import TargetSystem
    from pip_sysdeps.model.environment import Environment
    from pip_sysdeps.packages.installed import SystemPackages

_SHOWN = 3
_PATH_OF_A_ROOT = "/usr/local/bin:/usr/bin:/bin"


class Location(NamedTuple):
    """The location of an environment, as the user names it."""

    root: str = "/"
    """The folder of an unpacked image or chroot; all other paths are inside it."""
    python: str | None = None
    """The environment's folder or interpreter; None for the default of `environment.choice`."""
    paths: tuple[str, ...] = ()
    """Folders that pip installed into, instead of an environment."""
    allow_empty: bool = False
    """Whether to accept an environment without distributions, or with installers only."""

    @property
    def is_named(self) -> bool:
        """Return whether the user named the environment."""
        return bool(self.python or self.paths)


class Place(NamedTuple):
    """An environment, its root, and the root's packages."""

    root: Root
    """The root."""
    environment: Environment
    """The environment."""
    packages: SystemPackages | None
    """The root's binary packages; None without a package database, and for another system."""
    target: TargetSystem | None = None
    """The system that the environment is for, if not the root's."""

    def unlisted_message(self, *, has_index: bool) -> str:
        """Return a message about packages without file lists, and what is used instead; empty if there are none."""
        unlisted = sorted(self.packages.unlisted) if self.packages else []
        if not unlisted or self.packages is None:
            return ""
        then = (
            "libraries are looked up in the index"
            if has_index
            else "their libraries count as unowned; `pip-sysdeps index update` makes an index"
        )
        return f"{self.packages.family.manager} has no file lists of {format_list(unlisted, _SHOWN)}: {then}"


def tool_prefix() -> str:
    """Return the virtual environment that this tool is installed in; empty if it is not in one."""
    return sys.prefix if sys.prefix != sys.base_prefix else ""


def read_place(location: Location, stages: Stages | None = None) -> Place:
    """Read the environment of a location; raise SysdepsError as the readers do.

    VIRTUAL_ENV, PATH and the current folder are used only for this machine, not for another root.
    """
    root = Root(location.root)
    here = root.directory == "/"
    environ = dict(os.environ) if here else {"PATH": _PATH_OF_A_ROOT}
    cwd = os.getcwd() if here else "/"
    stages = stages or Stages()
    stages.end("start")
    packages = open_packages(root)
    stages.end(packages.family.database if packages else "package database")
    package_files = None if packages is None else packages.owner_source_and_files
    local = "" if location.is_named else _local_packages(root, environ, cwd)
    if location.paths or local:
        environment = environment_of_paths(
            root,
            location.paths or (local,),
            environ=environ,
            cwd=cwd,
            allow_empty=location.allow_empty,
            package_files=package_files,
        )
    else:
        environment = find_environment(
            root,
            location.python,
            environ=environ,
            cwd=cwd,
            tool_prefix=tool_prefix() if here else "",
            allow_empty=location.allow_empty,
            package_files=package_files,
        )
    stages.end("environment")
    if local:
        environment = environment._replace(found_by=LOCAL_PACKAGES)
    return Place(root=root, environment=environment, packages=packages)


def refuse_empty_database(place: Place) -> None:
    """Raise SysdepsError for a database without packages: no library would have an owner."""
    if place.packages is not None and not place.packages.packages:
        raise SysdepsError(
            f"the {place.packages.family.database} `{place.packages.database.path}` has no packages",
            hint="run it in an image of the release, name an unpacked image with --root, or use --target",
        )


def has_project_environment(environ: Mapping[str, str], cwd: str) -> bool:
    """Return whether the shell or the current folder has an environment of the project."""
    return bool(
        environ.get("VIRTUAL_ENV") or any(os.path.isdir(os.path.join(cwd, name)) for name in (".venv", LOCAL_PACKAGES))
    )


def _local_packages(root: Root, environ: Mapping[str, str], cwd: str) -> str:
    """Return the `__pypackages__` folder (PEP 582) of a project without a virtual environment; empty for none."""
    if environ.get("VIRTUAL_ENV") or root.is_folder(posixpath.join(cwd, ".venv")):
        return ""
    return local_packages(root, cwd)


def read_place_for_target(location: Location, *, target: str | None, wheels: str | None, stages: Stages) -> Place:
    """Read an environment, or a folder of wheels, for another system than the root's.

    `target` is that system's id; None for the root's own. Raise SysdepsError for wheels and distributions that do not
    fit the system.
    """
    from pip_sysdeps.environment.target_system import open_target  # noqa: PLC0415 - the usual lock does without

    system = open_target(target or _target_of_root(location.root), Root(location.root))
    if wheels:
        from pip_sysdeps.environment.read_wheels import environment_of_wheels  # noqa: PLC0415 - as above, installer too

        tree, environment = environment_of_wheels(wheels, system)
        stages.end("environment")
        return Place(root=tree, environment=environment, packages=None, target=system)
    from pip_sysdeps.environment.environment_root import EnvironmentRoot  # noqa: PLC0415 - as above
    from pip_sysdeps.environment.read_wheels import require_compatible  # noqa: PLC0415 - as above
    from pip_sysdeps.environment.target_system import python_for_target  # noqa: PLC0415 - as above

    place = read_place(location, stages)
    interpreter = python_for_target(place.environment, system)
    place = place._replace(environment=place.environment._replace(interpreter=interpreter))
    require_compatible(place.root, place.environment, system)
    environment = place.environment._replace(interpreter=interpreter._replace(path="", prefix=""))
    root = EnvironmentRoot(place.root, environment)
    return Place(root=root, environment=environment, packages=None, target=system)


def _target_of_root(root: str) -> str:
    from pip_sysdeps.packages.platform import read_system  # noqa: PLC0415 - as above
    from pip_sysdeps.packages.registry import example  # noqa: PLC0415 - as above

    system = read_system(Root(root))
    if not (system.distro and system.architecture):
        raise SysdepsError(
            "cannot determine the target: this system has no os-release or no package database",
            hint=f"use --target, such as --target {example()}; `pip-sysdeps index list` prints the known targets",
        )
    return system.id
