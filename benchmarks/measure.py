"""Whole processes, run in turn and measured: medians of what each took."""

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
    """What one run took."""

    wall: float
    """Seconds."""
    processor: float
    """Seconds, of all processors and of its own processes."""
    memory: float
    """Most memory in MB; of several processes, that of the largest."""


class Command(NamedTuple):
    """A command, and how it is run."""

    argv: list[str]
    stdin: str = ""
    processors: int = 0
    """How many it may use; 0: all there are."""
    may_fail: bool = False
    """Its exit status says something else."""


def run(command: Command) -> Time:
    """Run a command once."""
    return _run(command)[0]


def stages(command: Command) -> dict[str, float]:
    """Run a `lock -vv` once, and return the milliseconds of each stage; "start" has what lies before the first, too."""
    took, said = _run(command)
    found = {match[2]: float(match[1]) for line in said.splitlines() if (match := _STAGE.fullmatch(line))}
    whole = took.wall * 1000
    return {**found, "start": found["start"] + whole - found["all"], "all": whole}


def interleaved(commands: Mapping[str, Command], rounds: int) -> dict[str, Time]:
    """Run all commands once for nothing, then in turn, again and again; return the medians of each."""
    runs: dict[str, list[Time]] = {name: [] for name in commands}
    for number in range(rounds + 1):
        for name, command in commands.items():
            took = run(command)
            runs[name] += [took] if number else []
    return {name: Time(*map(statistics.median, zip(*times, strict=True))) for name, times in runs.items()}


def extrapolated(few: Command, more: Command, counts: tuple[int, int], all_of_them: int) -> Time:
    """Return what a command would take for all files, by what it takes for few and for more: a straight line."""
    one, other = run(few), run(more)
    steps = (all_of_them - counts[0]) / max(counts[1] - counts[0], 1)
    return Time(
        one.wall + steps * (other.wall - one.wall),
        one.processor + steps * (other.processor - one.processor),
        other.memory,
    )


def _run(command: Command) -> tuple[Time, str]:
    with tempfile.TemporaryFile("w+") as stdin, tempfile.TemporaryFile("w+") as stderr:
        stdin.write(command.stdin)
        stdin.seek(0)
        everywhere = os.sched_getaffinity(0)
        if command.processors:
            os.sched_setaffinity(0, sorted(everywhere)[: command.processors])
        started = time.perf_counter()
        process = subprocess.Popen(command.argv, stdin=stdin, stdout=subprocess.DEVNULL, stderr=stderr, cwd="/")
        os.sched_setaffinity(0, everywhere)
        _, status, used = os.wait4(process.pid, 0)
        took = Time(time.perf_counter() - started, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)
        stderr.seek(0)
        said = stderr.read()
        if status and not command.may_fail:
            raise SystemExit(f"`{' '.join(command.argv)[:300]}` failed: {said[-2000:]}")
        return took, said
