"""What packages of apk cost, held against a second reading of the same files by awk(1)."""

from __future__ import annotations

import random
import subprocess
from typing import TYPE_CHECKING

import pytest

from builders.apk import ApkEntry, apk_index
from builders.root import write
from builders.small_alpine import PACKAGES, small_alpine
from pip_sysdeps.packages.closure import Closures
from pip_sysdeps.packages.installed import open_packages
from pip_sysdeps.system.root import Root

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

JUDGE = r"""
BEGIN { RS = ""; FS = "\n" }
{
    name = ""
    for (i = 1; i <= NF; i++) {
        key = substr($i, 1, 2); value = substr($i, 3)
        if (key == "P:") { name = value; owner[name] = name }
        if (key == "I:") size[name] = value
        if (key == "D:") needs[name] = value
        if (key == "p:") { n = split(value, words, " "); for (j = 1; j <= n; j++) owner[bare(words[j])] = name }
    }
}
function bare(word) { sub(/[<>=~].*/, "", word); return word }
function reach(name,    words, n, j) {
    if (name == "" || name in found) return
    found[name] = 1
    n = split(needs[name], words, " ")
    for (j = 1; j <= n; j++) if (words[j] !~ /^!/) reach(owner[bare(words[j])])
}
END {
    m = split(base, wanted, " "); for (i = 1; i <= m; i++) reach(wanted[i])
    for (name in found) had[name] = 1
    m = split(names, wanted, " "); for (i = 1; i <= m; i++) reach(wanted[i])
    for (name in found) if (!(name in had)) { total += size[name]; print name }
    print "=" int(total / 1024)
}
"""
"""Prints the packages that `names` pull in and those of `base` do not, and their installed size in KiB."""


def judged(stanzas: str, names: Iterable[str], base: Iterable[str]) -> tuple[list[str], int]:
    """Return the packages and their size."""
    command = ["awk", "-v", f"names={' '.join(names)}", "-v", f"base={' '.join(base)}", JUDGE]
    *packages, total = subprocess.run(command, input=stanzas, capture_output=True, text=True, check=True).stdout.split()
    return sorted(packages), int(total[1:])


def stanzas(packages: Iterable[ApkEntry]) -> str:
    """Return the text of an index."""
    return "\n\n".join("\n".join(each.fields()) for each in packages)


def random_packages(seed: int) -> list[ApkEntry]:
    """Return sixty packages, each with a library, that need each other by soname, program and name, in circles too."""
    draw = random.Random(seed)  # noqa: S311 - no secret
    numbers = range(60)

    def need(number: int) -> str:
        return draw.choice([f"so:lib{number}.so.1", f"pkg{number}", f"pkg{number}>=1.0", f"cmd:tool{number}"])

    return [
        ApkEntry(
            name=f"pkg{number}",
            size=draw.randrange(1 << 24),
            depends=[
                *(need(draw.choice(numbers)) for _ in range(draw.randrange(3))),
                *["!pkg99"][: number % 2],
                "musl",
            ],
            provides=[f"so:lib{number}.so.1=1.{number}", f"cmd:tool{number}=1.0-r0"],
        )
        for number in numbers
    ]


@pytest.mark.parametrize("seed", range(5))
def test_packages_of_an_index(tmp_path: Path, seed: int) -> None:
    """Beside what is installed, and where nothing is."""
    made = random_packages(seed)
    root = small_alpine(tmp_path / "root")
    released = [*made, *(each for each in PACKAGES if not each.name.startswith("."))]
    write(root / "var/cache/apk/APKINDEX.0a1b2c3d.tar.gz", apk_index(*released))
    packages = open_packages(Root(str(root)))
    assert packages is not None
    installed = [each.name for each in PACKAGES]
    for closures, base in (
        (Closures(packages.packages, packages.packages, packages.candidates), installed),
        (Closures({}, (), packages.candidates), []),
    ):
        for names in (["pkg0"], ["pkg7", "pkg23"], ["pkg41", "pkg42", "pkg43"]):
            cost = closures.cost(names)
            assert cost is not None
            assert (list(cost.packages), cost.size) == judged(stanzas((*made, *PACKAGES)), names, base)


def test_installed_packages(tmp_path: Path) -> None:
    """What the base does not have; Python's own library is base by `.python-rundeps`."""
    root = small_alpine(tmp_path / "root")
    packages = open_packages(Root(str(root)))
    assert packages is not None
    closures = Closures(packages.packages, packages.base)
    for names in (["libpq"], ["libpq", "python3"]):
        cost = closures.cost(names)
        assert cost is not None
        found = judged(stanzas(PACKAGES), names, sorted(packages.base))
        assert (list(cost.packages), cost.size) == found
        assert found[0] == [*names[:1], "musl", *names[1:]]
