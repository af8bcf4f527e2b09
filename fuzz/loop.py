# ruff: noqa: INP001 - scripts, no package
"""Mutate inputs for a while: a fuzzer without a build step, for where atheris cannot be installed.

An input that gives an outcome not seen before joins the pool that is mutated; the corpus folder keeps it.
"""

from __future__ import annotations

import hashlib
import random
import resource
import sys
import time
import traceback
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

NUMBERS = (0, 1, 2, 3, 4, 7, 8, 16, 0x7F, 0x80, 0xFF, 0x7FFF, 0xFFFF, 2**31 - 1, 2**32 - 1, 2**63 - 1, 2**63, 2**64 - 1)
MOST_SECONDS = 1.0
MOST_MEMORY = 100 << 20
LONGEST = 8192


def mutate(content: bytes, other: bytes, chance: random.Random) -> bytes:
    """Return the input changed in a few places: bytes, numbers, cuts, pieces of itself and of another input."""
    changed = bytearray(content)
    for _ in range(chance.choice((1, 1, 1, 2, 3, 8))):
        place = chance.randrange(len(changed) + 1)
        match chance.randrange(6):
            case 0:
                changed[place : place + 1] = bytes([chance.randrange(256)])
            case 1 | 2:
                width = chance.choice((1, 2, 4, 8))
                number = chance.choice(NUMBERS) & (256**width - 1)
                place -= place % width
                changed[place : place + width] = number.to_bytes(width, chance.choice(("little", "big")))
            case 3:
                width, start = chance.choice((4, 8, 16, 24)), chance.randrange(len(changed) + 1)
                changed[place : place + width] = changed[start : start + width]
            case 4:
                start = chance.randrange(len(other) + 1)
                changed[place : place + 64] = other[start : start + 64]
            case _:
                del changed[place : place + chance.choice((1, 8, 64, LONGEST))]
    return bytes(changed[:LONGEST])


def fuzz(  # noqa: PLR0913, PLR0917 - what is fuzzed, and how
    check: Callable[[bytes], Sequence[str]],
    seeds: Sequence[bytes],
    corpus: Path,
    seconds: float,
    seed: int,
    generate: Callable[[int], bytes] | None = None,
) -> int:
    """Put mutated inputs to `check` for some seconds of processor time; keep one that fails or costs too much.

    Return 1 if there was such a one, else 0.
    `check` returns the kinds of its outcomes, and raises for a bug. With `generate` every fourth input is one that it
    makes from a number: it keeps the format's grammar, and is longer than a mutation. The memory that making it takes
    is not counted.
    """
    chance = random.Random(seed)  # noqa: S311 - mutations, no secrets
    pool = [*seeds, *(path.read_bytes() for path in sorted(corpus.glob("*")))]
    seen = {outcome for content in pool for outcome in enumerate(check(content))}
    most, runs, begun = _memory() + MOST_MEMORY, 0, time.process_time()
    while time.process_time() < begun + seconds:
        if generate is not None and runs % 4 == 0:
            before = _memory()
            content = generate(chance.getrandbits(32))
            most += _memory() - before
        else:
            content = mutate(chance.choice(pool), chance.choice(pool), chance)
        started = time.process_time()
        try:
            outcomes = set(enumerate(check(content)))
        except BaseException:  # noqa: BLE001 - whatever it is, it is what we look for
            traceback.print_exc()
            return _keep(corpus, content, "failed")
        if time.process_time() - started > MOST_SECONDS:
            return _keep(corpus, content, f"took more than {MOST_SECONDS} s")
        if _memory() > most:
            return _keep(corpus, content, f"took more than {MOST_MEMORY} bytes")
        runs += 1
        if not outcomes <= seen:
            seen |= outcomes
            if len(content) <= LONGEST:
                pool.append(content)
                _keep(corpus, content, "is new")
    took = f"{time.process_time() - begun:.0f} s of processor time"
    sys.stdout.write(f"{runs} inputs in {took}, {len(seen)} kinds of outcome, {len(pool)} in the pool, seed {seed}\n")
    return 0


def _memory() -> int:
    """Return the most memory that this process had, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def _keep(corpus: Path, content: bytes, why: str) -> int:
    path = corpus / hashlib.sha256(content).hexdigest()[:16]
    path.write_bytes(content)
    sys.stdout.write(f"{path}: {why}\n")
    return 1
