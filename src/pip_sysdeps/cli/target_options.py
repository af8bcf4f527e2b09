"""`--target`, `--wheels` and the options that name an environment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pip_sysdeps.cli.environment_options import add_place_arguments, add_root_argument

if TYPE_CHECKING:
    import argparse


def add_target_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options that name an environment or wheels, and the system to lock for."""
    add_place_arguments(parser).add_argument(
        "--wheels",
        metavar="DIR",
        help="a folder of wheels, as `pip wheel` or `pip download` creates it, instead of an environment",
    )
    add_root_argument(parser)
    parser.add_argument(
        "--target",
        metavar="ID",
        help="lock for this target (an id from `index list`), with packages from its index (default: "
        "this system, with its installed packages)",
    )
