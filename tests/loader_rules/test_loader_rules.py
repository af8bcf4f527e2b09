"""One rule of the loader, one case, two judges: our code, and the real dynamic loader of Debian 12 and 13."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import tomlkit

from builders.ld_so import ask, differences, make_root, ours, release, told
from builders.world import LOADER, World, linked, materialize, place, written

if TYPE_CHECKING:
    from collections.abc import Mapping

    from builders.ld_so import Answers, Release

HERE = Path(__file__).parent
CASES = sorted(HERE.glob("*/case.toml"))
TEXTS = ("rule", "source", "glibc", "made", "expect")
"""What a case says beside its world."""
PLATFORM = "PLATFORM-OF-THE-CPU"
"""Stands in a case for what `$PLATFORM` gives."""


def read_case(path: Path, platform: str = PLATFORM) -> tuple[World, Mapping[str, Any]]:
    """Return the world of a case and all that the case says, for a CPU."""
    case = tomlkit.parse(path.read_text(encoding="utf-8").replace(PLATFORM, platform)).unwrap()
    fields: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in case.items()}
    return World(platform=platform, **{name: fields[name] for name in fields if name not in TEXTS}), case


def holds(rule: str, version: tuple[int, int]) -> bool:
    """Return whether a rule (`<=2.36`, `>=2.37`, or nothing) holds for a version of glibc."""
    match = re.fullmatch(r"([<>])=2\.([0-9]+)", rule)
    if match is None:
        assert not rule
        return True
    return version <= (2, int(match[2])) if match[1] == "<" else version >= (2, int(match[2]))


def all_told(rounds: tuple[Answers, ...]) -> dict[str, dict[str, Any]]:
    """Return every object that was loaded, with its answers as a case spells them."""
    objects = [each for answers in rounds for each in answers.objects]
    return {each.path: {answer.soname: told(answer) for answer in each.needs} for each in objects}


def before_ldconfig(expect: Mapping[str, Any], made: Mapping[str, str]) -> dict[str, Any]:
    """Return the answers with the file in place of each link to it that ldconfig will make."""
    targets = {link: f"{link.rpartition('/')[0]}/{target}" for link, target in made.items()}

    def real(answer: str) -> str:
        path = answer.rpartition(" ")[2]
        return answer.removesuffix(path) + targets.get(path, path)

    return {
        targets.get(asker, asker): {
            name: real(answer) if isinstance(answer, str) else answer for name, answer in needs.items()
        }
        for asker, needs in expect.items()
    }


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.parent.name)
def test_our_code(path: Path, tmp_path: Path) -> None:
    """Our code gives the answers of the case."""
    world, case = read_case(path)
    materialize(world, tmp_path)
    place(tmp_path, LOADER).write_bytes(written({"soname": "ld-linux-x86-64.so.2"}))
    for gone in world.stale.values():
        place(tmp_path, gone).unlink()
    answers = all_told(ours(world, tmp_path, "fresh" if world.ldconfig else "as-is"))
    assert answers == before_ldconfig(case["expect"], case.get("made", {}))


def judge(path: Path, root: Path, glibc: Release) -> None:
    """Compare our answers, and those of the case, with the real loader's steps."""
    world, case = read_case(path, glibc.platform)
    if not holds(case.get("glibc", ""), glibc.version):
        pytest.skip(f"the rule is for glibc {case['glibc']}, this is 2.{glibc.version[1]}")
    make_root(world, root, glibc, linked)
    assert {link: str(place(root, link).readlink()) for link in case.get("made", {})} == case.get("made", {})
    answers = ours(world, root, "as-is")
    assert all_told(answers) == case["expect"]
    assert differences(world, root, answers, ask(world, root)) == []


@pytest.mark.toolchain
@pytest.mark.parametrize("path", CASES, ids=lambda path: path.parent.name)
def test_the_real_loader(path: Path, tmp_path: Path) -> None:
    """This machine's loader takes the same steps, on objects that gcc links."""
    judge(path, tmp_path, release())


@pytest.mark.debian
@pytest.mark.parametrize("suite", ["bookworm", "trixie"])
@pytest.mark.parametrize("path", CASES, ids=lambda path: path.parent.name)
def test_the_loader_of_debian(path: Path, suite: str, tmp_path: Path) -> None:
    """So do the loaders of Debian 12 and 13, with their own ldconfig."""
    from builders.debian import debian_root

    judge(path, tmp_path, release(debian_root(suite)))
