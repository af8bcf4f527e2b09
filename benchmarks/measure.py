"""Run whole processes, interleaved, and measure the medians of their times and memory."""

from __future__ import annotations

import os
import re
import statistics
import subprocess
import tempfile
import time
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

_STAGE = re.compile(r" *([0-9.]+) ms  (.*)")


class Time(NamedTuple):
    """Time and memory of one run."""

    wall: float
    """Elapsed seconds."""
    processor: float
    """Processor seconds of the process and its children."""
    memory: float
    """Maximum memory in MB; of several processes, that of the largest."""


class Command(NamedTuple):
    """A command with its input and limits."""

    argv: list[str]
    stdin: str = ""
    processors: int = 0
    """The number of processors that it may use; 0 for all."""
    may_fail: bool = False
    """Whether to ignore its exit status."""


def run(command: Command) -> Time:
    """Run a command once."""
    return _run(command)[0]


def stages(command: Command) -> dict[str, float]:
    """Run a `lock -vv` once, and return the milliseconds of each stage; "start" includes the start of Python."""
    took, output = _run(command)
    found = {match[2]: float(match[1]) for line in output.splitlines() if (match := _STAGE.fullmatch(line))}
    whole = took.wall * 1000
    return {**found, "start": found["start"] + whole - found["all"], "all": whole}


def interleaved(commands: Mapping[str, Command], rounds: int) -> dict[str, Time]:
    """Run all commands once to warm up, then `rounds` times in turn; return the medians of each."""
    runs: dict[str, list[Time]] = {name: [] for name in commands}
    for number in range(rounds + 1):
        for name, command in commands.items():
            took = run(command)
            runs[name] += [took] if number else []
    return {name: Time(*map(statistics.median, zip(*times, strict=True))) for name, times in runs.items()}


def extrapolated(few: Command, more: Command, counts: tuple[int, int], total: int) -> Time:
    """Extrapolate the time of a command for all files linearly from its times for few and for more files."""
    one, other = run(few), run(more)
    steps = (total - counts[0]) / max(counts[1] - counts[0], 1)
    return Time(
        one.wall + steps * (other.wall - one.wall),
        one.processor + steps * (other.processor - one.processor),
        other.memory,
    )


def _run(command: Command) -> tuple[Time, str]:
    with tempfile.TemporaryFile("w+") as stdin, tempfile.TemporaryFile("w+") as stderr:
        stdin.write(command.stdin)
        stdin.seek(0)
        all_processors = os.sched_getaffinity(0)
        if command.processors:
            os.sched_setaffinity(0, sorted(all_processors)[: command.processors])
        started = time.perf_counter()
        process = subprocess.Popen(command.argv, stdin=stdin, stdout=subprocess.DEVNULL, stderr=stderr, cwd="/")
        os.sched_setaffinity(0, all_processors)
        _, status, used = os.wait4(process.pid, 0)
        took = Time(time.perf_counter() - started, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)
        stderr.seek(0)
        output = stderr.read()
        if status and not command.may_fail:
            raise SystemExit(f"`{' '.join(command.argv)[:300]}` failed: {output[-2000:]}")
        return took, output
