"""Compare our answers with the real loader's on random graphs: `python tests/loader_rules/random_graphs.py COUNT`.

Prints each graph on which they differ, and how many agreed. `--first` gives the first seed, `--processes` how many at a
time, `--glibc` a root whose loader and ldconfig are asked instead of this machine's.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[1]))

from builders.graphs import graph
from builders.ld_so import ask, differences, fill_root, ours, read_config, release, run_ldconfig
from builders.world import written
from loader_rules.graph_run import add_arguments, memory_differences, run
from pip_sysdeps.elf.read_objects import Objects
from pip_sysdeps.loader.glibc.rules import Glibc
from pip_sysdeps.system.root import Root

if TYPE_CHECKING:
    from collections.abc import Iterator

    from builders.ld_so import Release
    from builders.world import World

MEMORY = Path("/dev/shm")  # noqa: S108 - a million small files are written; the folder in it is our own


def check_graph(seed: int, glibc: Release, folder: Path) -> list[str]:
    """Return where our answers for one graph differ from the loader's, in a root made in `folder`."""
    world = replace(graph(seed), platform=glibc.platform)
    root = Path(tempfile.mkdtemp(dir=folder))
    try:
        return list(_check(world, root, glibc))
    finally:
        shutil.rmtree(root)


def _check(world: World, root: Path, glibc: Release) -> Iterator[str]:
    fill_root(world, root, glibc, written)
    names = sorted({name for spec in world.objects.values() for name in spec["needed"] if "/" not in name})
    before, links = _cached(world, root, names), _links(root)
    if world.ldconfig:
        run_ldconfig(root, glibc)
    answers = ours(world, root, "as-is")
    yield from differences(world, root, answers, ask(world, root))
    inside = Root(str(root))
    program = inside.resolve(world.program) or ""
    rules = Glibc(read_config(world, program, inside, "as-is"))
    yield from memory_differences(world, root, program, Objects(inside), rules)
    if not world.ldconfig or not links.items() <= _links(root).items():
        return  # No cache, or one that leads through links that ldconfig changed: another run would write another.
    for one, other in zip(answers[0].objects, ours(world, root, "fresh")[0].objects, strict=False):
        if one != other:
            yield f"with the cache we say {one}, with a fresh one {other}"
            break
    after = _cached(world, root, names)
    if before != after:
        yield f"a fresh cache has {before} before and {after} after ldconfig"


def _cached(world: World, root: Path, names: list[str]) -> dict[str, tuple[int, int] | None]:
    """Return the file that a fresh cache gives for each name: not its path, for ldconfig makes links."""
    inside = Root(str(root))
    config = read_config(world, "/app/prog", inside, "fresh")
    return {name: inside.identity(config.cache(name) or "/none/") for name in names}


def _links(root: Path) -> dict[str, str]:
    """Return every symbolic link below the root."""
    paths = [os.path.join(folder, name) for folder, folders, names in os.walk(root) for name in (*folders, *names)]
    return {path: os.readlink(path) for path in paths if os.path.islink(path)}


def check_graphs(seeds: range, glibc: Release) -> Iterator[tuple[int, list[str]]]:
    """Yield each seed with its differences; most have none."""
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder:
        for seed in seeds:
            yield seed, check_graph(seed, glibc, Path(folder))


def main() -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__)
    add_arguments(parser)
    parser.add_argument("--glibc", type=Path, default=Path("/"))
    options = parser.parse_args()
    return run(partial(check_graphs, glibc=release(options.glibc)), options)


if __name__ == "__main__":
    sys.exit(main())
