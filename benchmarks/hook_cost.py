"""Measure what the hook costs an ordinary start of the interpreter, `python -c pass`.

    .venv/bin/python benchmarks/hook_cost.py [--rounds 1500] [--python PYTHON]

It measures the CPU time of the process, user and system (wait4(2)). Four environments that differ only in their
site-packages are started one after the other, in random order in each round. The cost is the median of the differences
within rounds, so that other load affects all starts of a round alike.

    plain      nothing
    comment    the .pth of the hook without its import line
    import     with `import sys` as the import line, the cheapest possible one
    hook       the hook

The exit status is 1 above the promised limits: 700 microseconds including the handling of .pth files, of which 100 are
for our line. The time in which Python runs any line of a .pth counts as handling; `hook - comment` includes it and has
no limit.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from pip_sysdeps.hook.enable import PTH_NAME, PTH_TEXT, enable, settings_for
from pip_sysdeps.hook.site import query_interpreter

NAMES = ("plain", "comment", "import", "hook")
LIMITS = {("hook", "plain"): 700, ("hook", "comment"): None, ("hook", "import"): 100}
"""The reported differences -> their limits in microseconds."""
WARM_UP = 20
"""The number of first rounds, which are not counted."""
STEADY = {**os.environ, "PYTHONHASHSEED": "0"}
"""Fixed hashes reduce the noise."""


def main() -> int:
    """Measure, print a table, and return 1 if a limit is exceeded."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=1500, help="starts of each environment (default: %(default)s)")
    parser.add_argument("--python", default=sys.executable, help="the interpreter (default: this one)")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        costs = measure(environments(Path(folder), args.python), args.rounds)
    return report(costs)


def environments(folder: Path, python: str) -> dict[str, str]:
    """Create the environments; return the interpreter of each."""
    made = {name: folder / name for name in NAMES}
    for path in made.values():
        subprocess.run([python, "-m", "venv", "--without-pip", path], check=True)
    sites = {name: query_interpreter(str(path)) for name, path in made.items()}
    comments = "".join(line for line in PTH_TEXT.splitlines(keepends=True) if line.startswith("#"))
    Path(sites["comment"].purelib, PTH_NAME).write_text(comments, encoding="ascii")
    Path(sites["import"].purelib, PTH_NAME).write_text(f"{comments}import sys\n", encoding="ascii")
    enable(sites["hook"], settings_for(str(folder)))
    return {name: site.python for name, site in sites.items()}


def measure(pythons: dict[str, str], rounds: int) -> list[dict[str, float]]:
    """Return the CPU time of a start of each environment in microseconds, for each round."""
    measured = []
    for number in range(rounds + WARM_UP):
        order = random.sample(sorted(pythons), len(pythons))
        costs = {name: cpu_time([pythons[name], "-c", "pass"]) for name in order}
        if number >= WARM_UP:
            measured.append(costs)
    return measured


def cpu_time(command: list[str]) -> float:
    """Run a command; return its CPU time in microseconds."""
    _, status, usage = os.wait4(os.posix_spawn(command[0], command, STEADY), 0)
    if status:
        raise SystemExit(f"{command} ended with {status}")
    return (usage.ru_utime + usage.ru_stime) * 1e6


def report(rounds: list[dict[str, float]]) -> int:
    """Print the costs, and the differences with their confidence intervals; return 1 if one is above its limit."""
    for name in NAMES:
        print(f"{name:16}{statistics.median(costs[name] for costs in rounds):8.0f} us")
    above = False
    for (more, less), limit in LIMITS.items():
        low, cost, high = median_of([costs[more] - costs[less] for costs in rounds])
        print(f"{f'{more} - {less}':16}{cost:8.0f} us   (95 %: {low:.0f} to {high:.0f}; limit {limit or 'none'})")
        above |= limit is not None and cost > limit
    return int(above)


def median_of(values: list[float], samples: int = 400) -> tuple[float, float, float]:
    """Return the median between the bounds in which 95 % of the medians lie if the values are drawn anew."""
    medians = sorted(statistics.median(random.choices(values, k=len(values))) for _ in range(samples))
    return medians[samples // 40], statistics.median(values), medians[-samples // 40 - 1]


if __name__ == "__main__":
    sys.exit(main())
