"""Faults for real: a child of this process is killed at the nth thing that it does to a folder, or while it writes."""

from __future__ import annotations

import os
import resource
import signal
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_TOUCHES = {"open", "os.rename", "os.remove", "os.chmod", "os.chown", "os.link", "os.mkdir", "os.truncate"}
"""Audit events of what changes a folder, opening for reading among them. Source: docs.python.org, "Audit events"."""


def in_child(action: Callable[[], object]) -> int:
    """Run something in a child; return its status as a shell has it: 0, 1 for an exception, -9 when it was killed."""
    child = os.fork()
    if child == 0:
        status = 1
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


def killed_after(size: int, action: Callable[[], object]) -> int:
    """Run something in a child whom the kernel ends when it writes more than some bytes to a file."""

    def begin() -> None:
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
        signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
        action()

    return in_child(begin)
