"""How much of what distributions need by name is found: recall and precision, of the source scan and with knowledge.

    python benchmarks/named.py [--use] [NAME ...]

The distributions are those of tests/integration/named/cases.toml, locked in a release root of Debian 12. Recall is the
share of the packages that a real use takes which are in the line, precision the share of the line's packages that some
use takes; what ELF files state does not count. With `--use` the line is installed and the use tried before and after.
As root; the first run installs all distributions, half an hour.
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
    """What one way of looking finds of what a case takes."""

    found: int
    needed: int
    right: int
    named: int

    @classmethod
    def of(cls, case: Case, packages: frozenset[str]) -> Score:
        """Hold the named packages of a line against a case."""
        right = packages & (case.needs | case.also)
        return cls(len(packages & case.needs), len(case.needs), len(right), len(packages))

    def text(self) -> str:
        """Return recall and precision."""
        precision = f"{self.right / self.named:4.0%}" if self.named else "   -"
        return f"{self.found / self.needed:4.0%} {precision}"


def main() -> int:
    """Print a row for each case, then the sums."""
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
        both = [total([pair[way] for pair in pairs]) for way in (0, 1)]
        sys.stdout.write(f"{f'all {len(pairs)}, {kind}':28} {both[0].text()}  {both[1].text()}\n")
    return 0


def row(case: Case, *, use: bool) -> tuple[tuple[Score, Score], str]:
    """Return the scores of both ways, and what else is to be said."""
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
    """Add scores."""
    return Score(
        found=sum(each.found for each in scores),
        needed=sum(each.needed for each in scores),
        right=sum(each.right for each in scores),
        named=sum(each.named for each in scores),
    )


if __name__ == "__main__":
    sys.exit(main())
