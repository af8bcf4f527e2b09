"""The order of versions, held against rpm's own."""

from __future__ import annotations

import random
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from builders.debian import unavailable
from builders.root import write
from pip_sysdeps.packages.rpm.evr import part_key, version_key

if TYPE_CHECKING:
    from pathlib import Path

_PAIRS = [
    ("1.0", "2.0"),
    ("2.0", "2.0.1"),
    ("2.0.1", "2.0.1a"),
    ("5.5p1", "5.5p10"),
    ("10xyz", "10.1xyz"),
    ("xyz.4", "8"),
    ("6.0", "6.0.rc1"),
    ("10a2", "10b2"),
    ("1.0a", "1.0aa"),
    ("10.0001", "10.0039"),
    ("20101121", "20101122"),
    ("1.0~rc1", "1.0"),
    ("1.0~rc1~git123", "1.0~rc1"),
    ("1.0", "1.0^"),
    ("1.0", "1.0^git1"),
    ("1.0^git1", "1.01"),
    ("1.0^20160101", "1.0.1"),
    ("1.0^20160101^git1", "1.0^20160102"),
    ("1.0~rc1", "1.0~rc1^git1"),
    ("1.0^git1~pre", "1.0^git1"),
]
"""Lesser and greater, from rpm's `tests/rpmvercmp.at`."""


@pytest.mark.parametrize(("lesser", "greater"), _PAIRS)
def test_parts_are_in_order(lesser: str, greater: str) -> None:
    """Numbers, letters, tildes and carets sort as rpm's own tests have it."""
    assert part_key(lesser) < part_key(greater)


@pytest.mark.parametrize(("one", "other"), [("2_0", "2.0"), ("a+", "a_"), ("10.0001", "10.1"), ("+", "_"), ("1.", "1")])
def test_parts_are_equal(one: str, other: str) -> None:
    """Separators and leading zeros make no difference."""
    assert part_key(one) == part_key(other)


@pytest.mark.parametrize(
    ("lesser", "greater"),
    [
        ("2.0-1", "1:1.0-1"),
        ("1.0-1.fc40", "1.0-2.fc40"),
        ("0:1.0-9", "1.0-10"),
        ("1.0-1.el9_2", "1.0-1.el9_10"),
        ("1.0", "1.0-~"),
    ],
)
def test_versions_are_in_order(lesser: str, greater: str) -> None:
    """The epoch counts first, then the version, then the release."""
    assert version_key(lesser) < version_key(greater)


def test_digits_without_end_are_compared() -> None:
    """A number of ten thousand digits is compared as any."""
    assert part_key("9" * 10_000) < part_key("1" + "0" * 10_000)


def test_rpm_has_the_same_order(tmp_path: Path) -> None:
    """rpm, asked about random pairs, gives the same answers."""
    if shutil.which("rpm") is None:
        unavailable("install rpm: apt-get install rpm")
    chance = random.Random(22)  # noqa: S311 - the pairs are to be the same in each run
    words = ["".join(chance.choices("019a b~^.+", k=chance.randint(1, 6))) for _ in range(800)]
    words = [word.replace(" ", "Z") for word in words]
    words += [f"{chance.choice(['', '0:', '1:'])}{one}{chance.choice(['', '-'])}{one[::-1]}" for one in words]
    pairs = list(zip(words[::2], words[1::2], strict=True))
    script = write(
        tmp_path / "pairs", "".join(f'print(rpm.vercmp("{one}", "{other}") .. " ")\n' for one, other in pairs)
    )
    answer = subprocess.run(
        ["rpm", "--eval", f'%{{lua: dofile("{script}")}}'], capture_output=True, text=True, check=True
    )
    keys = [(version_key(one), version_key(other)) for one, other in pairs]
    assert list(map(int, answer.stdout.split())) == [(one > other) - (one < other) for one, other in keys]
