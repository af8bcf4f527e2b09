"""Which environment a command is about: the options that say it, and the reading of it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from pip_sysdeps.environment.read_environment import environment_of_paths, find_environment
from pip_sysdeps.packages.registry import open_packages
from pip_sysdeps.system.root import Root
from pip_sysdeps.system.timings import Stages

if TYPE_CHECKING:
    import argparse

    from pip_sysdeps.model.environment import Environment
    from pip_sysdeps.packages.installed import SystemPackages


class Place(NamedTuple):
    """An environment, the root it lies in, and that root's packages."""

    root: Root
    environment: Environment
    packages: SystemPackages | None


def add_environment_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options that `read_place` reads."""
    add_place_arguments(parser)
    add_root_argument(parser)


def add_place_arguments(parser: argparse.ArgumentParser) -> argparse._MutuallyExclusiveGroup:
    """Declare the options that name an environment; return their group, for others in their place."""
    where = parser.add_mutually_exclusive_group()
    add_python_argument(where)
    where.add_argument(
        "--path",
        metavar="DIR",
        action="append",
        help="a folder that pip filled with --prefix, --target or --user, or /usr/local without an environment; "
        "may be repeated",
    )
    return where


def add_root_argument(parser: argparse.ArgumentParser) -> None:
    """Declare the option that names the root."""
    parser.add_argument(
        "--root",
        metavar="DIR",
        default="/",
        help="an unpacked image or chroot: all other paths are inside it, and nothing outside is read",
    )


def add_python_argument(parser: argparse._ActionsContainer) -> None:
    """Declare the option that names an environment."""
    parser.add_argument(
        "--python",
        metavar="ENV",
        help="an environment's folder or interpreter (default: $VIRTUAL_ENV, then .venv, then python3 on PATH)",
    )


def tell_library_path(args: argparse.Namespace) -> None:
    """Say that the shell's LD_LIBRARY_PATH is not followed."""
    if os.environ.get("LD_LIBRARY_PATH"):
        args.messages.note("LD_LIBRARY_PATH is set, and ignored: the release image will not have it")


def tell_fallback(args: argparse.Namespace, environment: Environment) -> None:
    """Say that an interpreter's own prefix is looked at, which somebody in the wrong folder does not mean."""
    if not (args.python or args.path) and environment.prefix == environment.interpreter.prefix:
        args.messages.note(
            f"this is about `{environment.prefix}`, which is no virtual environment: --python names another"
        )


def read_place(args: argparse.Namespace, stages: Stages | None = None) -> Place:
    """Read the environment that the options name; raise SysdepsError as the readers do.

    The shell's VIRTUAL_ENV, PATH and folder say something about this machine only, not about another root.
    """
    root = Root(args.root)
    here = root.directory == "/"
    environ = dict(os.environ) if here else {"PATH": "/usr/local/bin:/usr/bin:/bin"}
    cwd = os.getcwd() if here else "/"
    stages = stages or Stages()
    stages.end("start")
    packages = open_packages(root)
    stages.end(packages.family.database if packages else "package database")
    package_files = None if packages is None else packages.owned_with
    if args.path:
        environment = environment_of_paths(root, args.path, environ=environ, cwd=cwd, package_files=package_files)
    else:
        environment = find_environment(root, args.python, environ=environ, cwd=cwd, package_files=package_files)
    stages.end("environment")
    return Place(root, environment, packages)
