"""The options that name an environment, and what is to be said of it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from pip_sysdeps.app.place import Location

if TYPE_CHECKING:
    import argparse

    from pip_sysdeps.app.place import Place
    from pip_sysdeps.app.report import ScannedEnvironment


def add_environment_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options that `location_of` reads."""
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


def location_of(args: argparse.Namespace) -> Location:
    """Return the environment that the options name."""
    return Location(root=args.root, python=args.python, paths=tuple(args.path or ()))


def note_library_path(args: argparse.Namespace) -> None:
    """Note that the shell's LD_LIBRARY_PATH is not followed."""
    if os.environ.get("LD_LIBRARY_PATH"):
        args.messages.note("LD_LIBRARY_PATH is set, and ignored: the release image will not have it")


def note_fallback(args: argparse.Namespace, place: Place) -> None:
    """Note that an interpreter's own prefix is looked at, which somebody in the wrong folder does not mean."""
    if not (args.python or args.path) and place.is_outside_an_environment:
        args.messages.note(
            f"this is about `{place.environment.prefix}`, which is no virtual environment: --python names another"
        )


def warn_of_scan(args: argparse.Namespace, scanned: ScannedEnvironment) -> None:
    """Say which environment was scanned if that is not clear, and warn of what could not be looked at."""
    note_fallback(args, scanned.place)
    if scanned.warning:
        args.messages.warning(scanned.warning)
