"""Cause faults: kill a child process at its nth access to a folder or while it writes, or make calls fail."""

from __future__ import annotations

import os
import resource
import signal
import sys
from typing import TYPE_CHECKING

import pytest

from builders.capabilities import read_everything

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

_TOUCHES = {"open", "os.rename", "os.remove", "os.chmod", "os.chown", "os.link", "os.mkdir", "os.truncate"}
"""Audit events of what changes a folder, opening for reading among them. Source: docs.python.org, "Audit events"."""

_MOST_STEPS = 60


def crashes(folder: Path, action: Callable[[], object]) -> Iterator[int]:
    """Run something killed at its first touch of a folder, then at its second, ... until it comes to its end."""
    for number in range(1, _MOST_STEPS):
        status = killed_at(number, str(folder), action)
        yield status
        if status != -signal.SIGKILL:
            return
    pytest.fail("it never came to its end")


def in_child(action: Callable[[], object]) -> int:
    """Run something in a child; return its status as a shell has it: 0, 1 for an exception, -9 when it was killed."""
    child = os.fork()
    if child == 0:
        status = 1
        sys.dont_write_bytecode = True  # what a fault cuts off, Python would take for a compiled module
        try:
            nowhere = os.open(os.devnull, os.O_RDWR)
            os.dup2(nowhere, 1)
            os.dup2(nowhere, 2)
            action()
            status = 0
        finally:
            os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def killed_at(number: int, folder: str, action: Callable[[], object]) -> int:
    """Run something in a child that is killed just before the nth thing that it does to files in a folder.

    What is done to open files afterwards counts, too.
    """

    def begin() -> None:
        count = 0

        def hook(event: str, arguments: tuple[object, ...]) -> None:
            nonlocal count
            open_already = count and isinstance(arguments[0], int)
            if event in _TOUCHES and (open_already or str(arguments[0]).startswith(folder)):
                count += 1
                if count == number:
                    os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(hook)
        action()

    return in_child(begin)


def failing_at_open(folder: str, fault: Callable[[], object], action: Callable[[], object]) -> int:
    """Run something in a child to which a fault comes just before it first opens a file in a folder to write."""

    def begin() -> None:
        come = False

        def hook(event: str, arguments: tuple[object, ...]) -> None:
            nonlocal come
            if event == "open" and not come and str(arguments[0]).startswith(folder) and _writes(arguments[2]):
                come = True
                fault()

        sys.addaudithook(hook)
        action()

    return in_child(begin)


def _writes(flags: object) -> bool:
    return isinstance(flags, int) and bool(flags & (os.O_WRONLY | os.O_RDWR))


def no_more_bytes(size: int) -> None:
    """Limit the size of files (RLIMIT_FSIZE): the kernel ends the process that writes more."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)


def too_large() -> None:
    """Make write(2) fail with EFBIG after ten bytes; Python ignores the signal."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (10, 10))


def no_more_descriptors() -> None:
    """Make open(2) fail with EMFILE."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))


def not_permitted() -> None:
    """Make open(2) fail with EACCES: root becomes a user who owns nothing here and may read."""
    os.seteuid(65534)
    read_everything()


def refuse(monkeypatch: pytest.MonkeyPatch, call: str) -> None:
    """Make a function of `os` fail, as at a limit on open files or processes."""

    def fail() -> int:
        raise OSError("no more of them")

    monkeypatch.setattr(os, call, fail)
