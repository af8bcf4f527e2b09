#!/usr/bin/env python3
"""Build the environments that the benchmarks measure, outside the checkout, and print where they are.

    python3 benchmarks/environment.py [--python python3.11]

The first build of the large one takes ten minutes and 4 GB. It should have the CPU build of PyTorch: if pip would
install another, configure its index first (`pip config set global.extra-index-url ...`).
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path

LARGE = Path(__file__).with_name("requirements.txt").read_text(encoding="utf-8")
SMALL = "psycopg2\n"
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser() / "pip-sysdeps-benchmarks"


def build(folder: Path, requirements: str = LARGE, python: str = "python3.11") -> Path:
    """Build an environment unless it exists and is complete; return its folder."""
    done = folder / "requirements.txt"
    if not done.exists() or done.read_text(encoding="utf-8") != requirements:
        subprocess.run([python, "-m", "venv", "--clear", str(folder)], check=True)
        pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "--disable-pip-version-check", "--quiet"]
        wanted = folder / "wanted.txt"
        wanted.write_text(requirements, encoding="utf-8")
        subprocess.run([*pip, "--prefer-binary", "-r", str(wanted)], check=True, stdout=sys.stderr)
        wanted.rename(done)
    return folder


def main() -> None:
    """Build the environments and print their folders."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--python", default="python3.11", help="the interpreter (default: %(default)s)")
    python = parser.parse_args().python
    for name, requirements in (("large", LARGE), ("small", SMALL)):
        sys.stdout.write(f"{build(CACHE / name, requirements, python)}\n")


if __name__ == "__main__":
    main()
