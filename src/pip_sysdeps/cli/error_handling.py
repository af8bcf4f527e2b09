"""Convert exceptions to one error line and an exit status. Only this module catches every exception."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from pip_sysdeps.cli.messages import drop
from pip_sysdeps.errors import SysdepsError, system_hint

if TYPE_CHECKING:
    from collections.abc import Callable

    from pip_sysdeps.cli.messages import Messages

EXIT_ERROR = 2
"""The exit status of an error."""
DEBUG = "PIP_SYSDEPS_DEBUG"
"""The environment variable that adds the traceback of an unexpected error, if it is not empty."""
_LONGEST = 200
"""Limit on the characters of an unexpected error's message."""


def attempt(action: Callable[[], int], messages: Messages) -> int:
    """Return the exit status of an action; if it raises, print one error line and return EXIT_ERROR."""
    try:
        return action()
    except SystemExit as parsed:  # --help, --version, or a usage error that is already printed
        return parsed.code if isinstance(parsed.code, int) else EXIT_ERROR
    except SysdepsError as error:
        messages.error(str(error), hint=error.hint)
    except ImportError as error:
        messages.error(f"this installation of pip-sysdeps is incomplete: {error}", hint="install it again")
        _show_traceback(error, messages)
    except KeyboardInterrupt:
        messages.error("interrupted", hint="the lock was not changed: run it again")
    except BrokenPipeError:
        drop(sys.stdout)
    except OSError as error:
        text, hint = _system_error_message(error)
        messages.error(text, hint=hint)
        drop(sys.stdout)
    except MemoryError as error:
        messages.error("out of memory", hint="run it with more memory, or report the input as a bug")
        _show_traceback(error, messages)
    except Exception as error:  # noqa: BLE001 - its status must differ from that of a finding
        messages.error(
            f"internal error: {type(error).__name__}: {str(error)[:_LONGEST]}",
            hint=f"report this as a bug in pip-sysdeps, with the output of a run with {DEBUG}=1",
        )
        _show_traceback(error, messages)
    return EXIT_ERROR


def _system_error_message(error: OSError) -> tuple[str, str]:
    """Return the message and the hint of a failed system call."""
    if isinstance(error, FileNotFoundError) and error.filename is None:  # of getcwd(2)
        return "the current folder no longer exists", "change to another folder"
    place = f"`{os.fsdecode(error.filename)}`: " if isinstance(error.filename, str | bytes) else ""
    return f"{place}{error.strerror or error}", system_hint(error)


def _show_traceback(error: Exception, messages: Messages) -> None:
    """Print the traceback with -vv, or if the environment variable is set."""
    if messages.level < 2 and not os.environ.get(DEBUG):
        return
    import traceback  # noqa: PLC0415 - for debugging only

    for line in "".join(traceback.format_exception(error)).splitlines():
        messages.debug(line)
