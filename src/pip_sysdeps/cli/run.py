"""`run`: run an installer, then update the lock."""

from __future__ import annotations

import contextlib
import os
import resource
import signal
import sys
from typing import TYPE_CHECKING

from pip_sysdeps.cli.environment_options import add_environment_arguments, add_replace_argument, location_of
from pip_sysdeps.cli.error_handling import attempt
from pip_sysdeps.errors import SysdepsError
from pip_sysdeps.lock.file import DEFAULT
from pip_sysdeps.system.programs import start_command

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable
    from types import FrameType

NOT_RUNNABLE, NOT_FOUND = 126, 127
"""Exit statuses, as in env(1), timeout(1) and shells."""
FORWARDED = (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGTERM, signal.SIGUSR1, signal.SIGUSR2)
"""Signals that are passed on to the command."""
_SET_BY_PYTHON = (signal.SIGPIPE, signal.SIGXFSZ)
"""Signals that Python ignores; the command gets their default actions."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    add_environment_arguments(parser)
    parser.add_argument("-o", "--output", metavar="FILE", default=DEFAULT, help="the lock (default: %(default)s)")
    parser.add_argument("--name", default="", help="name of a second environment in the same image")
    parser.add_argument("--strict", action="store_true", help="if CMD succeeds, exit as `pip-sysdeps lock` would")
    add_replace_argument(parser)
    parser.add_argument("cmd", nargs="...", metavar="CMD", help="the installer with its arguments")
    parser.usage = f"{parser.prog} [OPTIONS] -- CMD [ARGUMENT ...]"
    parser.epilog = (
        "If CMD is poetry, pipenv, hatch, pdm or uv, it is asked for its environment afterwards, unless an option "
        "names one.\n\n"
        "Exit status: that of CMD, even if a signal ended it; with --strict, if that is 0, that of `lock`; 126 or "
        "127 if CMD cannot be run."
    )


def run(args: argparse.Namespace) -> int:
    """Run the command, lock if it succeeded, and return its exit status."""
    command = args.cmd[1:] if args.cmd[:1] == ["--"] else args.cmd
    if not command:
        raise SysdepsError("no command to run", hint="`pip-sysdeps run -- pip install -r requirements.txt`")
    ended: list[int] = []

    def run_and_lock() -> int:
        """Record the command's status first, because a pending signal may interrupt the rest."""
        try:
            run_command(command, ended.append)
        except OSError as error:
            args.messages.error(f"cannot run `{command[0]}`: {error.strerror}")
            return NOT_FOUND if isinstance(error, FileNotFoundError) else NOT_RUNNABLE
        return _relock(args, command) if ended == [0] else 0

    locked = attempt(run_and_lock, args.messages)
    if not ended:
        return locked
    (status,) = ended
    if status < 0:
        return _end_with_signal(-status)
    return status or (locked if args.strict else 0)


def _relock(args: argparse.Namespace, command: list[str]) -> int:
    """Update the lock and print what changed; return the exit status."""
    # Imported here, so that the command starts at once.

    from pip_sysdeps.app.installers import environment_of_command  # noqa: PLC0415
    from pip_sysdeps.app.lock import LockRequest  # noqa: PLC0415
    from pip_sysdeps.app.place import has_project_environment  # noqa: PLC0415
    from pip_sysdeps.app.relock import RelockStatus, relock  # noqa: PLC0415

    location = location_of(args)
    answer = None if location.is_named or location.root != "/" else environment_of_command(command, os.environ)
    if answer is not None and answer.location is None and not has_project_environment(os.environ, os.getcwd()):
        name = os.path.basename(args.output)
        reason = f"`{answer.source}` printed no environment (select one with --python or --path)"
        args.messages.note(f"pip-sysdeps: {name} not updated: {reason}")
        return RelockStatus.FAILED.value
    if answer is not None and answer.location is not None:
        found = answer.location
        args.messages.note(f"using the environment `{found.python or found.paths[0]}` ({answer.source})")
        location = found._replace(allow_empty=location.allow_empty)
    request = LockRequest(location=location, path=args.output, name=args.name, replace=args.replace)
    done = relock(request, extend=True)
    for mismatch in done.mismatches:
        args.messages.warning(mismatch)
    if done.line:
        args.messages.note(done.line)
    return done.status.value


def run_command(command: list[str], ended: Callable[[int], object]) -> None:
    """Run a command, and append its exit status, or the negative number of a signal, to `ended`.

    It shares the standard streams and the process group, so signals of the terminal (Ctrl-C) reach it directly.
    Signals from other processes are forwarded. `si_code` distinguishes the two: it is positive if the kernel
    sent the signal. Source: sigaction(2).
    """
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)  # if our parent ignored it, waitpid(2) would return no exit status
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {*FORWARDED, signal.SIGCHLD})
    try:
        sys.stdout.flush()
        child = start_command(command, blocked=mask, default=_SET_BY_PYTHON)
        ended(_wait_for(child))
        _take_one_interrupt()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)


def _wait_for(child: int) -> int:
    while True:
        received = signal.sigwaitinfo({*FORWARDED, signal.SIGCHLD})
        if received.si_signo != signal.SIGCHLD:
            if received.si_code <= 0:
                os.kill(child, received.si_signo)  # not reaped yet, so the process id is still valid
            continue
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status)


def _take_one_interrupt() -> None:
    """Stop the lock at the first Ctrl-C, and ignore a second one while the message is printed."""

    def interrupt(number: int, _: FrameType | None) -> None:
        signal.signal(number, signal.SIG_IGN)
        raise KeyboardInterrupt

    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, interrupt)


def _end_with_signal(number: int) -> int:
    """End this process with the signal that ended the command, as the caller's shell expects, without a core file.

    If the kernel blocks it (PID 1 of a container), return the status that a shell would return.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
    with contextlib.suppress(OSError):  # SIGKILL has no disposition
        signal.signal(number, signal.SIG_DFL)
    os.kill(os.getpid(), number)
    return 128 + number
