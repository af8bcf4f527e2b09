"""The options of a report that a lock alone can answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pip_sysdeps.cli.environment_options import add_place_arguments, add_root_argument
from pip_sysdeps.lock.file import DEFAULT

if TYPE_CHECKING:
    import argparse


def add_lock_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options that name an environment, or a lock to answer from in its place."""
    add_place_arguments(parser).add_argument(
        "--lock", metavar="FILE", nargs="?", const=DEFAULT, help=f"answer from a lock alone (default: {DEFAULT})"
    )
    add_root_argument(parser)
    parser.add_argument(
        "--target", metavar="ID", help="the target of the lock (default: this machine's release and architecture)"
    )
