"""A lock for another system than this one: `--target` and `--wheels`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pip_sysdeps.cli.environment_options import Place, add_place_arguments, add_root_argument, read_place
from pip_sysdeps.errors import SysdepsError
from pip_sysdeps.system.root import Root

if TYPE_CHECKING:
    import argparse

    from pip_sysdeps.environment.target_system import TargetSystem
    from pip_sysdeps.system.timings import Stages


def add_target_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options that name an environment, or wheels in its place, and the system that it is for."""
    add_place_arguments(parser).add_argument(
        "--wheels",
        metavar="DIR",
        help="a folder of wheels, as pip wheel or pip download leaves it, in place of an environment",
    )
    add_root_argument(parser)
    parser.add_argument(
        "--target",
        metavar="ID",
        help="lock for another release or architecture, an id of `index list`, whose index names the packages "
        "(default: this machine's, with what is installed)",
    )


def read_target(args: argparse.Namespace, stages: Stages) -> tuple[Place, TargetSystem | None]:
    """Return the environment that the options name, and the system that it is for if it is not this one as it is.

    Raise SysdepsError for what does not fit the system.
    """
    if not (args.target or args.wheels):
        return read_place(args, stages), None
    from pip_sysdeps.environment.target_system import open_target  # noqa: PLC0415 - the usual lock does without

    system = open_target(args.target or _own_target(args.root))
    if args.wheels:
        from pip_sysdeps.environment.read_wheels import environment_of_wheels  # noqa: PLC0415 - as above, installer too

        tree, environment = environment_of_wheels(args.wheels, system)
        stages.end("environment")
        return Place(tree, environment, None), system
    from pip_sysdeps.environment.environment_root import EnvironmentRoot  # noqa: PLC0415 - as above
    from pip_sysdeps.environment.read_wheels import refuse_unfitting  # noqa: PLC0415 - as above

    place = read_place(args, stages)
    refuse_unfitting(place.environment, system)
    interpreter = replace(place.environment.interpreter, path="", prefix="")
    environment = replace(place.environment, interpreter=interpreter)
    return Place(EnvironmentRoot(place.root, environment), environment, None), system


def _own_target(root: str) -> str:
    from pip_sysdeps.packages.platform import read_system  # noqa: PLC0415 - as above
    from pip_sysdeps.packages.registry import example  # noqa: PLC0415 - as above

    system = read_system(Root(root))
    if not (system.distro and system.architecture):
        raise SysdepsError(
            "this system has no os-release or no package database: nothing tells the target",
            hint=f"name it: --target {example()}; `pip-sysdeps index list` has those that are known",
        )
    return system.id
