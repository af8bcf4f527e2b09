"""What the commands that report on an environment have in common: its scan, or a target of a lock."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pip_sysdeps.app.project import read_project
from pip_sysdeps.app.scan import scan
from pip_sysdeps.cli.environment_options import (
    add_place_arguments,
    add_root_argument,
    read_place,
    tell_fallback,
    tell_library_path,
)
from pip_sysdeps.environment.requirements import marker_environment, ways
from pip_sysdeps.loader.process import Conditions
from pip_sysdeps.lock.file import DEFAULT, read_lock
from pip_sysdeps.lock.target_choice import named_target, own_target
from pip_sysdeps.needs.completeness import refuse_gaps, told_gaps
from pip_sysdeps.packages.platform import read_system
from pip_sysdeps.system.root import Root

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping

    from pip_sysdeps.cli.environment_options import Place
    from pip_sysdeps.environment.requirements import Link
    from pip_sysdeps.lock.document import Target
    from pip_sysdeps.model.scan import Scan


class Report(NamedTuple):
    """An environment, scanned."""

    place: Place
    scan: Scan

    @property
    def markers(self) -> Mapping[str, str]:
        """Return the environment of PEP 508's markers."""
        return marker_environment(self.scan.environment.interpreter, self.scan.platform.machine)

    @property
    def ways(self) -> Mapping[str, tuple[Link, ...]]:
        """Return the way to each distribution."""
        return ways(self.scan.environment.distributions, self.markers)

    @property
    def versions(self) -> Mapping[str, str]:
        """Return the version of each installed binary package."""
        return self.place.packages.versions if self.place.packages else {}


def add_lock_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options that name an environment, or a lock to answer from in its place."""
    add_place_arguments(parser).add_argument(
        "--lock", metavar="FILE", nargs="?", const=DEFAULT, help=f"answer from a lock alone (default: {DEFAULT})"
    )
    add_root_argument(parser)
    parser.add_argument(
        "--target", metavar="ID", help="the target of the lock (default: this machine's release and architecture)"
    )


def read_report(args: argparse.Namespace, *, whole: bool = False) -> Report:
    """Scan the environment that the options name; raise SysdepsError as its readers do.

    What nobody may look into is warned about; with `whole` it is an error, as for `lock`.
    """
    tell_library_path(args)
    project = read_project(getattr(args, "lock", None) or DEFAULT)
    place = read_place(args)
    tell_fallback(args, place.environment)
    conditions = Conditions(library_path=project.library_path)
    found = scan(place.root, place.environment, place.packages, conditions=conditions, second_process=True)
    if whole:
        refuse_gaps(found, place.root.shown)
    message, hint = told_gaps(found, place.root.shown)
    if message:
        args.messages.warning(f"{message}: what it needs is left out; {hint}")
    return Report(place, found)


def read_target(args: argparse.Namespace) -> Target:
    """Return the target of the lock that the options name; raise SysdepsError, OSError, MalformedLock."""
    path = args.lock or DEFAULT
    lock = read_lock(path)
    if lock.warning():
        args.messages.warning(f"`{path}`: {lock.warning()}")
    if args.target:
        return named_target(lock, args.target)
    return lock.target[0] if len(lock.target) == 1 else own_target(lock, read_system(Root()))
