"""The part of the commands for random graphs that both C libraries share."""

from __future__ import annotations

import time
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from typing import TYPE_CHECKING

from pip_sysdeps.loader.resolve import Memory, open_object, start
from pip_sysdeps.system.root import Root

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from builders.world import World
    from pip_sysdeps.elf.read_objects import Objects
    from pip_sysdeps.loader.rules import AnyRules

    Disagreement = tuple[int, list[str]]
    CheckGraphs = Callable[[range], Iterator[Disagreement]]

_CHUNK = 250
"""Graphs that one process checks at a time."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add how many graphs to check, from which seed, in how many processes."""
    parser.add_argument("count", type=int)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--processes", type=int, default=2)


def run(check_graphs: CheckGraphs, options: argparse.Namespace) -> int:
    """Check the graphs, print each disagreement and the counts, and return whether there was one."""
    last = options.first + options.count
    parts = [range(first, min(first + _CHUNK, last)) for first in range(options.first, last, _CHUNK)]
    begin, done, bad = time.monotonic(), 0, 0
    with ProcessPoolExecutor(options.processes) as pool:
        for part, found in zip(parts, pool.map(partial(disagreements, check_graphs), parts), strict=True):
            done, bad = done + len(part), bad + len(found)
            for seed, lines in found:
                print(f"seed {seed}:", *lines, sep="\n    ", flush=True)  # noqa: T201 - a command
    print(f"{done} graphs from seed {options.first}, {bad} disagreements, {time.monotonic() - begin:.0f} s")  # noqa: T201
    return int(bool(bad))


def disagreements(check_graphs: CheckGraphs, seeds: range) -> list[Disagreement]:
    """Return the seeds of the graphs on which our code and the loader differ, with the differences."""
    return [(seed, found) for seed, found in check_graphs(seeds) if found]


def memory_differences(world: World, root: Path, program: str, objects: Objects, rules: AnyRules) -> Iterator[str]:
    """Yield where a memory of earlier searches changes an answer: `lock` opens all its objects with one memory."""
    memory = Memory()
    process = start(Root(str(root)).resolve(world.program) or "", objects.open, rules, memory)
    for path in sorted(world.objects):
        known = open_object(process, path, program, objects.open, rules, memory)
        if known != open_object(process, path, program, objects.open, rules):
            yield f"with a memory we say {known}"
