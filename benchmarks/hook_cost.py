"""Measure what the hook costs an ordinary start of the interpreter, `python -c pass`.

    .venv/bin/python benchmarks/hook_cost.py [--rounds 1500] [--python PYTHON]

CPU time, user and system, of the process alone, as the kernel counts it (wait4(2)). Four environments that differ only
in their site-packages are started one after the other, in another order each round. What the hook costs is the median
of the differences within the rounds: whatever else the machine does meets the starts of one round alike.

    plain      nothing
    comment    the .pth of the hook without its import line
    import     with `import sys` for that line, the least that an import line can say
    hook       the hook

Status 1 if it is more than is promised: 700 microseconds with the machinery of .pth files, of which 100 are for what
our own line does. What Python takes to run any line of a .pth counts as machinery there; `hook - comment` counts it to
the line, and has no limit.
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
"""Microseconds, of the differences that are reported."""
WARM_UP = 20
"""First rounds, which are not counted."""
STEADY = {**os.environ, "PYTHONHASHSEED": "0"}
"""The same hashes at each start are one chance less."""


def main() -> int:
    """Measure, print a table, and return 1 if a limit is passed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=1500, help="starts of each environment (default: %(default)s)")
    parser.add_argument("--python", default=sys.executable, help="the interpreter (default: this one)")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        costs = measure(environments(Path(folder), args.python), args.rounds)
    return report(costs)


def environments(folder: Path, python: str) -> dict[str, str]:
    """Make the environments; return the interpreter of each."""
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
    """Return the CPU time of a start of each environment, in microseconds, by rounds."""
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
    """Print the costs, and the differences with how sure they are; return 1 if one is above its limit."""
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
