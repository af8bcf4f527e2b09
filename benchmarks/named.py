"""Measure recall and precision of needs by name, for the source scan alone and with the knowledge file.

    python benchmarks/named.py [--use] [NAME ...]

The distributions of tests/integration/named/cases.toml are locked in a root of Debian 12. Recall is the share of the
packages needed by real uses that are in the install line; precision is the share of the line's packages that some use
needs. Needs that ELF files state do not count. With `--use`, each use is tried before and after installing the line. It
runs as root; the first run installs all distributions, which takes half an hour.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from builders.debian import debian_root
from builders.named import SUITE, Case, cases, installed, named_packages, overlay, tried


@dataclass(frozen=True)
class Score:
    """The result of one kind of search for one case."""

    found: int
    needed: int
    right: int
    named: int

    @classmethod
    def of(cls, case: Case, packages: frozenset[str]) -> Score:
        """Compare the packages of a line with a case."""
        right = packages & (case.needs | case.also)
        return cls(len(packages & case.needs), len(case.needs), len(right), len(packages))

    def text(self) -> str:
        """Return recall and precision."""
        precision = f"{self.right / self.named:4.0%}" if self.named else "   -"
        return f"{self.found / self.needed:4.0%} {precision}"


def main() -> int:
    """Print a row for each case, then the totals."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--use", action="store_true", help="install the line and try the use before and after")
    arguments = parser.parse_args()
    sys.stdout.write(
        f"{'':28} scan alone  with knowledge\n{'distribution':28} rec. prec.  rec. prec.  use, wrong packages\n"
    )
    sums: dict[str, list[tuple[Score, Score]]] = {}
    for case in cases():
        if not arguments.names or case.name in arguments.names:
            scores, words = row(case, use=arguments.use)
            sums.setdefault(case.kind, []).append(scores)
            sys.stdout.write(f"{case.name:28} {scores[0].text()}  {scores[1].text()}  {words}\n")
            sys.stdout.flush()
    for kind, pairs in sums.items():
        both = [total([pair[column] for pair in pairs]) for column in (0, 1)]
        sys.stdout.write(f"{f'all {len(pairs)}, {kind}':28} {both[0].text()}  {both[1].text()}\n")
    return 0


def row(case: Case, *, use: bool) -> tuple[tuple[Score, Score], str]:
    """Return the scores without and with knowledge, and remarks."""
    with overlay(debian_root(SUITE, "release"), distributions=installed(case)) as root:
        alone = named_packages(root, knowledge=False)
        full = named_packages(root)
    words = [" ".join(sorted(f"+{name}" for name in full - case.needs - case.also))]
    if use:
        outcome = tried(case)
        words.insert(0, f"FAILS after: {outcome.after}" if outcome.after else "passes after")
        words.insert(0, "fails before" if outcome.before else "PASSES before")
    return (Score.of(case, alone), Score.of(case, full)), ", ".join(filter(None, words))


def total(scores: list[Score]) -> Score:
    """Return the sum of scores."""
    return Score(
        found=sum(each.found for each in scores),
        needed=sum(each.needed for each in scores),
        right=sum(each.right for each in scores),
        named=sum(each.named for each in scores),
    )


if __name__ == "__main__":
    sys.exit(main())
