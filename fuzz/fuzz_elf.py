# ruff: noqa: INP001 - a script, no package
"""Fuzz the ELF readers: any bytes are values or MalformedElf, nothing else, at a bounded cost.

    python fuzz/fuzz_elf.py 60          mutate for a minute (with atheris, if it is installed, guided by coverage)
    python fuzz/fuzz_elf.py 60 --seed 7

What shows something new is kept in corpus/elf; the test suite replays it.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent / "tests"), str(HERE.parent / "src")]

from loop import fuzz  # noqa: E402

from builders.elf import Elf  # noqa: E402 - found by the path above
from builders.elf_memory import outcomes  # noqa: E402

CORPUS = HERE / "corpus" / "elf"


def check(content: bytes) -> tuple[str, ...]:
    """Put every question to the bytes behind the magic, without which nothing is asked."""
    return outcomes(b"\x7fELF" + content[4:])


def seeds() -> list[bytes]:
    """Return a good file of each class and encoding, and one with its dynamic section elsewhere."""
    full = {
        "interpreter": "/lib/ld.so",
        "soname": "liba.so.1",
        "needed": ("libc.so.6", "libb.so"),
        "rpath": "/r",
        "runpath": "$ORIGIN",
        "version_needs": (("libc.so.6", ("GLIBC_2.34", "GLIBC_2.4?")), ("libb.so", ("B_1",))),
        "version_definitions": ("A_1", "A_2"),
        "undefined": ("malloc@GLIBC_2.34", "b@B_1"),
        "defined": ("PyInit_a@A_1", "f@A_2"),
        "notes": (("FDO", 0x407C0C0A, b'[{"soname": ["libz.so.1"]}]'),),
    }
    encodings = [(64, True), (64, False), (32, True), (32, False)]
    files = [Elf(elf_class=bits, little_endian=little, **full) for bits, little in encodings]  # type: ignore[arg-type]
    files += [Elf(segments=2, needed=("libc.so.6",), sysv_hash=False), Elf(dynamic=False)]
    return [file.build() for file in files]


def main() -> int:
    """Fuzz for the seconds of the command line."""
    parser = argparse.ArgumentParser(description="Fuzz the ELF readers.")
    parser.add_argument("seconds", type=int)
    parser.add_argument("--seed", type=int, default=0, help="of the mutations (default: %(default)s)")
    options = parser.parse_args()
    CORPUS.mkdir(parents=True, exist_ok=True)
    try:
        import atheris  # type: ignore[import-untyped]  # noqa: PLC0415 - optional: it has no wheel for every interpreter
    except ImportError:
        return fuzz(check, seeds(), CORPUS, options.seconds, options.seed)
    for number, content in enumerate(seeds()):
        (CORPUS / f"seed-{number}").write_bytes(content)
    atheris.instrument_all()
    atheris.Setup(
        [sys.argv[0], str(CORPUS), f"-max_total_time={options.seconds}", "-max_len=8192", "-timeout=1"], check
    )
    atheris.Fuzz()
    return 0


if __name__ == "__main__":
    sys.exit(main())
