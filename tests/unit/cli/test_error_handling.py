"""Every exception is one error line and status 2."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest

from pip_sysdeps.cli.error_handling import DEBUG, attempt
from pip_sysdeps.cli.messages import Messages
from pip_sysdeps.errors import SysdepsError

if TYPE_CHECKING:
    from typing import NoReturn

UNEXPECTED = [
    TypeError("a"),
    KeyError("a"),
    RecursionError("a"),
    UnicodeEncodeError("utf-8", "\ud800", 0, 1, "surrogates not allowed"),
    ValueError("a\nb ##[error]c"),
    AssertionError(),
]


def said_of(error: BaseException, level: int = 0) -> tuple[int, list[str]]:
    """Return the status of an action that raises an error, and the lines about it."""
    stream = io.StringIO()
    messages = Messages(stream, {"NO_COLOR": "1"})
    messages.level = level

    def action() -> NoReturn:
        raise error

    return attempt(action, messages), stream.getvalue().splitlines()


@pytest.mark.parametrize("error", UNEXPECTED, ids=lambda error: type(error).__name__)
def test_an_unexpected_exception(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    """The message asks for a bug report."""
    monkeypatch.delenv(DEBUG, raising=False)
    status, (line, hint) = said_of(error)
    assert status == 2
    assert line.startswith(f"error: internal error: {type(error).__name__}: ")
    assert "##[" not in line
    assert hint == "hint: report this as a bug in pip-sysdeps, with the output of a run with PIP_SYSDEPS_DEBUG=1"


@pytest.mark.parametrize(
    ("error", "lines"),
    [
        (SysdepsError("a", hint="b"), ["error: a", "hint: b"]),
        (FileNotFoundError(2, "No such file", "a"), ["error: `a`: No such file", "hint: create the folder first, or"]),
        (
            FileNotFoundError(2, "No such file"),
            ["error: the current folder no longer exists", "hint: change to another folder"],
        ),
        (KeyboardInterrupt(), ["error: interrupted", "hint: the lock was not changed: run it again"]),
        (MemoryError(), ["error: out of memory", "hint: run it with more memory"]),
        (BrokenPipeError(), []),
    ],
    ids=lambda value: type(value).__name__,
)
def test_an_expected_exception(error: BaseException, lines: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """The message says what happened and what to do; a closed pipe is silent."""
    monkeypatch.delenv(DEBUG, raising=False)
    monkeypatch.setattr("sys.stdout", io.StringIO())  # what is left in it is dropped
    status, said = said_of(error)
    assert status == 2
    assert [line.startswith(begin) for line, begin in zip(said, lines, strict=True)] == [True] * len(lines)


@pytest.mark.parametrize(("level", "debug"), [(2, ""), (0, "1")])
def test_a_traceback_on_demand(level: int, debug: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """-vv or an environment variable adds the traceback."""
    monkeypatch.setenv(DEBUG, debug)
    status, lines = said_of(TypeError("a"), level)
    assert (status, lines[2], lines[-1]) == (2, "Traceback (most recent call last):", "TypeError: a")
