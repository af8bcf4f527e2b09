"""The gate for other programs: allowed calls are made as they stand, all others are refused."""

from __future__ import annotations

import os
import signal
import sys
from typing import TYPE_CHECKING

import pytest

from pip_sysdeps.errors import SysdepsError
from pip_sysdeps.system.programs import (
    APT_GET,
    APT_HELPER,
    GIT,
    PROGRAMS,
    PYTHON,
    Program,
    arguments_of,
    output_lines,
    read_parts,
    run,
    start,
)

if TYPE_CHECKING:
    from collections.abc import Sequence


@pytest.mark.parametrize(
    ("program", "arguments"),
    [
        (APT_GET, ["-c", "/t/apt.conf", "update"]),
        (APT_GET, ["-c", "/t/apt.conf", "indextargets", "--format", "$(URI)\t$(ORIGIN)"]),
        (APT_HELPER, ["cat-file", "/t/state/lists/x_Packages.gz"]),
        (PYTHON, ["-I", "-c", "import sys\nprint(sys.prefix)"]),
    ],
)
def test_an_allowed_call(program: Program, arguments: Sequence[str]) -> None:
    """The command has the program's path, its own options, and the arguments."""
    assert arguments_of(program, arguments, path="/p") == ["/p", *program.options, *arguments]


@pytest.mark.parametrize(
    ("program", "arguments"),
    [
        (APT_GET, ["-c", "/t/apt.conf", "install", "x"]),
        (APT_GET, ["-c", "/t/apt.conf", "update", "-o", "Dir::Bin::methods=/evil"]),
        (APT_GET, ["-c", "relative", "update"]),
        (APT_HELPER, ["download-file", "/x"]),
        (GIT, ["cat-file", "blob", "--batch"]),
        (GIT, ["fetch", "origin"]),
        (PYTHON, ["-c", "pass"]),
        *[(program, []) for program in PROGRAMS],
    ],
)
def test_any_other_call_is_refused(program: Program, arguments: Sequence[str]) -> None:
    """Another word, an option in place of an operand, or another number of arguments is refused."""
    with pytest.raises(SysdepsError, match=f"^{program.name} may not be started as "):
        arguments_of(program, arguments)


def test_a_program_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """The hint says what to do."""
    monkeypatch.setenv("PATH", "/nonexistent")
    with pytest.raises(SysdepsError, match=r"^apt-get is not installed$") as caught:
        arguments_of(APT_GET, ["-c", "/t/apt.conf", "update"])
    assert caught.value.hint == APT_GET.hint


def test_a_program_that_does_not_end_is_killed() -> None:
    """Its caller gets an error of the operating system's kind."""
    with pytest.raises(TimeoutError, match=r"^it did not answer within 0.1 seconds$"):
        run(PYTHON, ["-I", "-c", "import time; time.sleep(60)"], path=sys.executable, timeout=0.1)


@pytest.mark.parametrize(
    ("question", "said", "timeout"),
    [
        ("print(' one \\n\\ntwo')", ("one", "two"), 60),
        ("print('one'); raise SystemExit(1)", (), 60),
        ("while True: print('x' * 1000)", (), 60),
        ("import time; time.sleep(60)", (), 0.3),
        ("import os, time; os.close(1); time.sleep(60)", (), 0.3),
    ],
)
def test_what_a_program_said(question: str, said: tuple[str, ...], timeout: float) -> None:
    """The result is empty if the program fails, does not end, or prints too much."""
    assert output_lines(PYTHON, ["-I", "-c", question], words=[sys.executable], timeout=timeout) == said


def test_a_program_has_no_standard_input() -> None:
    """It cannot ask whoever runs this one."""
    question = "import sys; print(repr(sys.stdin.read()))"
    assert run(PYTHON, ["-I", "-c", question], path=sys.executable).stdout == b"''\n"


def test_what_a_program_says_can_be_read_as_it_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its standard output can be read while it runs."""
    monkeypatch.setattr("shutil.which", lambda _: sys.executable)
    with start(PYTHON, ["-I", "-c", "print('x')"]) as process:
        assert process.stdout is not None
        assert process.stdout.read() == b"x\n"


def test_pieces_end_at_a_carriage_return_too() -> None:
    """As a progress line is drawn; one without an end comes in parts."""
    ours, its = os.pipe()
    with open(ours, "rb") as read, open(its, "wb") as written:
        written.write(b"10%\r20%\r\nend\r" + b"x" * 30)
        written.close()
        pieces = list(read_parts(read, 12))
    assert pieces[:3] == [b"10%", b"20%", b"end"]
    assert b"".join(pieces[3:]) == b"x" * 30
    assert max(map(len, pieces)) <= 24
    assert list(read_parts(None, 12)) == []


def test_an_exception_ends_the_program(monkeypatch: pytest.MonkeyPatch) -> None:
    """An interrupt ends the program instead of waiting for it."""
    monkeypatch.setenv("PATH", os.path.dirname(sys.executable))
    with pytest.raises(SystemExit), start(PYTHON, ("-I", "-c", "import time; time.sleep(100)")) as process:
        raise SystemExit
    assert process.returncode == -signal.SIGTERM
