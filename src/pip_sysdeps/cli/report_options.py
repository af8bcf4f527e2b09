"""The options of a report that a lock alone can answer, and which of the two answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from pip_sysdeps.cli.environment_options import add_place_arguments, add_root_argument, location_of
from pip_sysdeps.errors import NoEnvironmentError, SysdepsError
from pip_sysdeps.lock.file import DEFAULT, read_text

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from pip_sysdeps.lock.document import Target

_Answer = TypeVar("_Answer")
_OfLock = TypeVar("_OfLock")


def add_lock_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options that name an environment, or a lock to answer from in its place."""
    add_place_arguments(parser).add_argument(
        "--lock",
        metavar="FILE",
        nargs="?",
        const=DEFAULT,
        help=f"answer from a lock (default: {DEFAULT}); this is the default if there is no environment",
    )
    add_root_argument(parser)
    add_target_argument(parser)


def add_target_argument(parser: argparse.ArgumentParser) -> None:
    """Declare the option that names a target of the lock."""
    parser.add_argument(
        "--target", metavar="ID", help="the target of the lock (default: this machine's release and architecture)"
    )


def refuse_target(args: argparse.Namespace) -> None:
    """Raise SysdepsError for a target where an environment is asked."""
    if args.target and not args.lock:
        raise SysdepsError("--target requires --lock", hint="add --lock, or ask about the environment without --target")


def or_from_lock(
    args: argparse.Namespace, path: str, environment: Callable[[], _Answer], lock: Callable[[], _OfLock]
) -> _Answer | _OfLock:
    """Return what the environment answers or, where nobody named one and there is none, the lock; say that.

    Raise NoEnvironmentError where there is no lock either.
    """
    try:
        return environment()
    except NoEnvironmentError as error:
        if location_of(args).is_named or read_text(path) is None:
            raise
        args.messages.note(f"{error}: this is from `{path}` alone")
    return lock()


def warn_of_lock(args: argparse.Namespace, path: str, warning: str, target: Target) -> None:
    """Warn of what is to be said of a lock itself, and of what is not known of its target."""
    if warning:
        args.messages.warning(f"`{path}`: {warning}")
    if target.relevant_note:
        args.messages.warning(target.relevant_note)
