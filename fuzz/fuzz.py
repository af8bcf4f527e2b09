# ruff: noqa: INP001, S603 - a script, no package, which runs itself
"""Fuzz the parsers: any bytes are values or an error of ours, nothing else, at a bounded cost.

    python fuzz/fuzz.py 60                     mutate for a minute of processor time, shared among all parsers
    python fuzz/fuzz.py 60 elf record          only these
    python fuzz/fuzz.py 60 --seed 7            other mutations
    python fuzz/fuzz.py 60 elf --coverage      guided by coverage, with atheris

The parsers are in tests/builders/parsers.py. What shows something new is kept in fuzz/corpus, which the test suite
replays.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent / "tests"), str(HERE.parent / "src")]

from loop import MOST_SECONDS, fuzz  # noqa: E402 - found by the path above

from builders.parsers import PARSERS  # noqa: E402
from builders.structures import GENERATORS, structured  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable


def main() -> int:
    """Fuzz for the seconds of the command line."""
    parser = argparse.ArgumentParser(description="Fuzz the parsers.")
    parser.add_argument("seconds", type=float)
    parser.add_argument("parsers", nargs="*", metavar="PARSER", help=f"of {', '.join(PARSERS)} (default: all)")
    parser.add_argument("--seed", type=int, default=0, help="of the mutations (default: %(default)s)")
    parser.add_argument("--coverage", action="store_true", help="let atheris guide the mutations")
    options = parser.parse_args()
    names = options.parsers or list(PARSERS)
    seconds = options.seconds / len(names)
    if options.coverage and len(names) == 1:
        return guided(names[0], seconds)
    if options.coverage:  # atheris ends its process
        command = [sys.executable, __file__, "--coverage", str(seconds)]
        return max(subprocess.run([*command, name], check=False).returncode for name in names)
    return max(plain(name, seconds, options.seed) for name in names)


def plain(name: str, seconds: float, seed: int) -> int:
    """Mutate and generate without guidance, and measure each input's time and memory."""
    sys.stdout.write(f"{name}: ")
    generate = partial(structured, name) if name in GENERATORS else None
    return fuzz(PARSERS[name].check, PARSERS[name].seeds, corpus(name), seconds, seed, generate)


def guided(name: str, seconds: float) -> int:
    """Let atheris mutate, with its bounds on time and memory; what covers new code is in the corpus afterwards."""
    import atheris  # type: ignore[import-untyped] # noqa: PLC0415 - it has no wheel for every interpreter

    folder = corpus(name)
    for number, content in enumerate(PARSERS[name].seeds):
        (folder / f"seed-{number}").write_bytes(content)
    atheris.instrument_all()
    arguments = ["-max_len=4096", "-timeout=20", "-rss_limit_mb=400", f"-artifact_prefix={folder}/"]
    atheris.Setup([sys.argv[0], str(folder), f"-max_total_time={int(seconds)}", *arguments], timed(PARSERS[name].check))
    atheris.Fuzz()
    return 0


def timed(check: Callable[[bytes], object]) -> Callable[[bytes], None]:
    """Hold a check to a second of this process: libFuzzer's own clock counts what others do on the machine, too."""

    def run(content: bytes) -> None:
        started = time.process_time()
        check(content)
        if time.process_time() - started > MOST_SECONDS:
            raise TimeoutError(f"took more than {MOST_SECONDS} s")

    return run


def corpus(name: str) -> Path:
    """Return the folder of a parser's corpus."""
    folder = HERE / "corpus" / name
    folder.mkdir(parents=True, exist_ok=True)
    return folder


if __name__ == "__main__":
    sys.exit(main())
