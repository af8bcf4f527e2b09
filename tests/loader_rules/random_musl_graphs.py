"""Compare our answers with musl's on random graphs: `python tests/loader_rules/random_musl_graphs.py COUNT`.

Prints each graph on which they differ, and how many agreed. `--first` gives the first seed, `--processes` how many at a
time.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[1]))

from builders.ld_musl import ask, differences, make_root, ours, read_config
from builders.musl_graphs import musl_graph
from loader_rules.graph_run import add_arguments, memory_differences, run
from pip_sysdeps.elf.read_objects import Objects
from pip_sysdeps.loader.musl.rules import Musl
from pip_sysdeps.system.root import Root

if TYPE_CHECKING:
    from collections.abc import Iterator


MEMORY = Path("/dev/shm")  # noqa: S108 - a million small files are written; the folder in it is our own


def check_graph(seed: int, folder: Path) -> list[str]:
    """Return where our answers for one graph differ from the loader's, in a root made in `folder`."""
    world = musl_graph(seed)
    root = Path(tempfile.mkdtemp(dir=folder))
    try:
        make_root(world, root, copies=folder)
        found = differences(world, root, ours(world, root), ask(world, root))
        rules = Musl(read_config(world, root))
        return [*found, *memory_differences(world, root, "", Objects(Root(str(root))), rules)]
    finally:
        shutil.rmtree(root)


def check_graphs(seeds: range) -> Iterator[tuple[int, list[str]]]:
    """Yield each seed with its differences; most have none."""
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder:
        for seed in seeds:
            yield seed, check_graph(seed, Path(folder))


def main() -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__)
    add_arguments(parser)
    options = parser.parse_args()
    return run(check_graphs, options)


if __name__ == "__main__":
    sys.exit(main())
