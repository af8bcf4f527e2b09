# ruff: noqa: INP001 - a script, no package
"""Run commands on small inputs that are made to cost much: known bad shapes of each format, alone and together.

    python fuzz/bombs.py                   every shape by itself
    python fuzz/bombs.py record-rows       only these
    python fuzz/bombs.py --pairs 50        and so many random sets of shapes in one root
    python fuzz/bombs.py --seed 7          other sets

Each command runs in a child of its own, whose processor time and memory are measured. One that ends with a traceback,
is killed, or takes more than MOST_SECONDS or MOST_MEMORY is printed, and makes the status 1. The shapes are in
tests/builders/bombs.py: every input is smaller than 1 MB.
"""

from __future__ import annotations

import argparse
import compileall
import random
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent / "tests"), str(HERE.parent / "src")]

from builders.bombs import SHAPES, Cost, measured  # noqa: E402 - found by the path above

MOST_SECONDS = 2.0
MOST_MEMORY = 300 << 20
LARGEST_SET = 4


def main() -> int:
    """Measure the shapes of the command line."""
    parser = argparse.ArgumentParser(description="Measure commands on hostile inputs.")
    parser.add_argument("shapes", nargs="*", metavar="SHAPE", help=f"of {', '.join(SHAPES)} (default: all)")
    parser.add_argument("--pairs", type=int, default=0, help="random sets of shapes to try besides")
    parser.add_argument("--seed", type=int, default=0, help="of the random sets (default: %(default)s)")
    options = parser.parse_args()
    compileall.compile_dir(HERE.parent / "src", quiet=1)  # as it is where the tool is installed
    chance = random.Random(options.seed)  # noqa: S311 - a choice of inputs, no secrets
    names = options.shapes or list(SHAPES)
    sets = [[name] for name in names]
    in_roots = [name for name in names if SHAPES[name]().in_root]
    sets += [chance.sample(in_roots, min(LARGEST_SET, len(in_roots))) for _ in range(options.pairs)]
    return max([_try(each) for each in sets], default=0)


def _try(names: list[str]) -> int:
    status = 0
    with tempfile.TemporaryDirectory() as folder:
        for command, cost in measured(Path(folder), names, limit=20.0):
            fault = _fault(cost)
            status = max(status, bool(fault))
            sys.stdout.write(f"{'+'.join(names)}: {command}: {cost.seconds:.2f} s, {cost.memory >> 20} MB{fault}\n")
            sys.stdout.flush()
    return status


def _fault(cost: Cost) -> str:
    """Return what is wrong with a run, or nothing."""
    if cost.status not in {0, 1, 2} or "Traceback" in cost.errors:
        return f"  FAILED with status {cost.status}: {cost.errors[-300:]}"
    if cost.seconds > MOST_SECONDS:
        return f"  SLOW, more than {MOST_SECONDS} s"
    return f"  LARGE, more than {MOST_MEMORY >> 20} MB" if cost.memory > MOST_MEMORY else ""


if __name__ == "__main__":
    sys.exit(main())
