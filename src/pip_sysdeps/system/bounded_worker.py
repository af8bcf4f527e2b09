"""Run work on hostile input in a separate process with limits on processor time and memory."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING, NoReturn, TypeVar

from pip_sysdeps.system.fork_worker import exit_with_parent

if TYPE_CHECKING:
    from collections.abc import Callable

_R = TypeVar("_R")

_SECONDS = 10
"""Limit on the processor time of one call."""
_MEMORY = 1 << 30
"""Limit on the address space in bytes that a call may add."""
_NO_MEMORY = 3
"""Exit status of a process that ran out of memory."""


class LostError(Exception):
    """The process reached a limit, or was killed."""


def bounded(work: Callable[[], _R], *, fork: bool) -> _R:
    """Return the result of `work`, computed with `fork` in a fork with limits: RLIMIT_CPU and RLIMIT_AS.

    The result must be picklable. Raise LostError if the process reaches a limit or is killed. Without `fork`, or if no
    process can be started, the work is done in this process. It is also repeated here if it fails in the fork, to raise
    the error. Source: setrlimit(2).
    """
    pipe = _start(work) if fork and hasattr(os, "fork") else None
    if pipe is None:
        return work()
    identifier, read_end = pipe
    status = None
    try:
        with open(read_end, "rb") as stream:
            content = stream.read()
        status = os.waitstatus_to_exitcode(os.waitpid(identifier, 0)[1])
    finally:
        if status is None:
            _kill(identifier)
    if status < 0 or status == _NO_MEMORY:
        raise LostError
    if status:
        return work()
    import pickle  # noqa: PLC0415 - slow, and few environments need it

    result: _R = pickle.loads(content)  # noqa: S301 - our own fork wrote it
    return result


def _start(work: Callable[[], object]) -> tuple[int, int] | None:
    pipes: tuple[int, ...] = ()
    try:
        pipes = os.pipe()
        identifier = os.fork()
    except OSError:  # no more files or processes, or no memory for one
        for descriptor in pipes:
            os.close(descriptor)
        return None
    read_end, write_end = pipes
    if identifier == 0:
        _work_and_exit(work, write_end)
    os.close(write_end)
    return identifier, read_end


def _kill(identifier: int) -> None:
    from signal import SIGKILL  # noqa: PLC0415 - only after an interrupt

    os.kill(identifier, SIGKILL)
    os.waitpid(identifier, 0)


def _work_and_exit(work: Callable[[], object], write_end: int) -> NoReturn:
    """Write the result; exit without this process's cleanup."""
    status = 1
    try:
        import pickle  # noqa: PLC0415 - as above

        exit_with_parent(os.getppid())
        _set_limits()
        content = pickle.dumps(work(), pickle.HIGHEST_PROTOCOL)
        with open(write_end, "wb") as pipe:
            pipe.write(content)
        status = 0
    except MemoryError:
        status = _NO_MEMORY
    finally:
        os._exit(status)  # without a traceback: the parent does the work again and raises the error


def _set_limits() -> None:
    import resource  # noqa: PLC0415 - not on every system

    for kind, maximum in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_CPU, _SECONDS),
        (resource.RLIMIT_AS, _address_space() + _MEMORY),
    ):
        _, hard = resource.getrlimit(kind)
        limit = maximum if hard == resource.RLIM_INFINITY else min(maximum, hard)
        with suppress(OSError, ValueError):  # not every system has each of them
            resource.setrlimit(kind, (limit, hard))


def _address_space() -> int:
    """Return the address space of this process in bytes; without /proc, a generous estimate."""
    try:
        with open("/proc/self/statm", "rb") as file:
            pages = int(file.read().split()[0])
    except OSError:
        return 4 << 30
    return pages * os.sysconf("SC_PAGE_SIZE")
