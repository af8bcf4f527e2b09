"""The options of a report about an environment or a lock, and the choice between the two."""

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


def add_lock_arguments(parser: argparse.ArgumentParser, *, other_systems: bool = False) -> None:
    """Declare the options that name an environment, or a lock to read instead.

    With `other_systems`, `--target` may also be another system that an environment is for.
    """
    add_place_arguments(parser).add_argument(
        "--lock",
        metavar="FILE",
        nargs="?",
        const=DEFAULT,
        help=f"answer from this lock ({DEFAULT} if no FILE is given), as without an environment",
    )
    add_root_argument(parser)
    also = ", or with --python or --path another release" if other_systems else ""
    parser.add_argument(
        "--target",
        metavar="ID",
        help=f"the target of the lock{also} (default: this machine's release and architecture)",
    )


def refuse_target(args: argparse.Namespace, *, environment: bool = False) -> None:
    """Raise SysdepsError for `--target` without `--lock`; with `environment`, only if none is named either."""
    if not args.target or args.lock or (environment and location_of(args).is_named):
        return
    if environment:
        raise SysdepsError(
            "--target requires --lock, --path or --python", hint="add one of them, or leave out --target"
        )
    raise SysdepsError("--target requires --lock", hint="add --lock, or ask about the environment without --target")


def environment_or_lock(
    args: argparse.Namespace, path: str, environment: Callable[[], _Answer], lock: Callable[[], _OfLock]
) -> _Answer | _OfLock:
    """Return the report of the environment or, if none was named or found, of the lock, and print a note about it.

    Raise NoEnvironmentError if there is no lock either.
    """
    try:
        return environment()
    except NoEnvironmentError as error:
        if location_of(args).is_named or read_text(path) is None:
            raise
        args.messages.note(f"{error}: the answer is from `{path}` only")
    return lock()


def warn_of_lock(args: argparse.Namespace, path: str, warning: str, target: Target) -> None:
    """Print the warnings about a lock and its target."""
    if warning:
        args.messages.warning(f"`{path}`: {warning}")
    if target.relevant_note:
        args.messages.warning(target.relevant_note)
