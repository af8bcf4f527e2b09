"""Hold our answers against musl's on random graphs: `python tests/loader_rules/random_musl_graphs.py COUNT`.

Prints each graph on which they differ, and how many agreed. `--first` gives the first seed, `--processes` how many at a
time.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[1]))

from builders.ld_musl import ask, differences, make_root, ours, read_config
from builders.musl_graphs import musl_graph
from pip_sysdeps.elf.read_objects import Objects
from pip_sysdeps.loader.musl.rules import Musl
from pip_sysdeps.loader.resolve import Memory, open_object, start
from pip_sysdeps.system.root import Root

if TYPE_CHECKING:
    from collections.abc import Iterator

    from builders.world import World

MEMORY = Path("/dev/shm")  # noqa: S108 - a million small files are written; the folder in it is our own


def check_graph(seed: int, folder: Path) -> list[str]:
    """Return where our answers for one graph differ from the loader's, in a root made in `folder`."""
    world = musl_graph(seed)
    root = Path(tempfile.mkdtemp(dir=folder))
    try:
        make_root(world, root, copies=folder)
        found = differences(world, root, ours(world, root), ask(world, root))
        return [*found, *_forgetful(world, root)]
    finally:
        shutil.rmtree(root)


def _forgetful(world: World, root: Path) -> Iterator[str]:
    """Return where a memory of earlier searches changes an answer: `lock` opens its thousand objects with one."""
    inside = Root(str(root))
    lookup, rules, memory = Objects(inside).open, Musl(read_config(world, root)), Memory()
    process = start(inside.resolve(world.program) or "", lookup, rules, memory)
    for path in sorted(world.objects):
        known = open_object(process, path, "", lookup, rules, memory)
        if known != open_object(process, path, "", lookup, rules):
            yield f"with a memory we say {known}"


def check_graphs(seeds: range) -> Iterator[tuple[int, list[str]]]:
    """Yield each seed with its differences, nothing for most."""
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder:
        for seed in seeds:
            yield seed, check_graph(seed, Path(folder))


def _check_all(seeds: range) -> tuple[int, list[tuple[int, list[str]]]]:
    return len(seeds), [(seed, found) for seed, found in check_graphs(seeds) if found]


def main() -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", type=int)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--processes", type=int, default=2)
    options = parser.parse_args()
    last = options.first + options.count
    parts = [range(first, min(first + 250, last)) for first in range(options.first, last, 250)]
    begin, done, bad = time.monotonic(), 0, 0
    with ProcessPoolExecutor(options.processes) as pool:
        for count, found in pool.map(_check_all, parts):
            done, bad = done + count, bad + len(found)
            for seed, lines in found:
                print(f"seed {seed}:", *lines, sep="\n    ", flush=True)  # noqa: T201 - a command
    print(f"{done} graphs from seed {options.first}, {bad} disagreements, {time.monotonic() - begin:.0f} s")  # noqa: T201
    return bool(bad)


if __name__ == "__main__":
    sys.exit(main())
