"""One rule of musl's loader, one case, two judges: our code, and the real loader on objects that musl-gcc links."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import tomlkit

from builders.ld_musl import MUSL, ask, differences, linked_for_musl, make_root, ours, without_judge
from builders.ld_so import told
from builders.world import World, materialize, place, written

if TYPE_CHECKING:
    from collections.abc import Mapping

    from builders.ld_so import Answers
    from builders.world import Spec

CASES = sorted((Path(__file__).parent / "musl").glob("*/case.toml"))
TEXTS = ("rule", "source", "libc", "expect", "dlopens")
"""What a case says beside its world."""


def read_case(path: Path) -> tuple[World, Mapping[str, Any]]:
    """Return the world of a case and all that the case says."""
    case = tomlkit.parse(path.read_text(encoding="utf-8")).unwrap()
    assert case["libc"] == "musl"
    fields: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in case.items()}
    return World(**{name: fields[name] for name in fields if name not in TEXTS}), case


def all_told(rounds: tuple[Answers, ...]) -> dict[str, dict[str, Any]]:
    """Return every object that was loaded, with its answers as a case spells them."""
    objects = [each for answers in rounds for each in without_judge(answers.objects)]
    return {each.path: {answer.soname: told(answer) for answer in each.needs} for each in objects}


def opened(rounds: tuple[Answers, ...]) -> list[str | list[str]]:
    """Return the answer for what was given to each dlopen."""
    return [told(answers.asked) for answers in rounds if answers.asked is not None]


def without_judges_library(spec: Spec) -> bytes:
    """Return an object for our code alone."""
    return written({"interpreter": MUSL, **spec} if spec.get("program") else spec)


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.parent.name)
def test_our_code(path: Path, tmp_path: Path) -> None:
    """Our code gives the answers of the case."""
    world, case = read_case(path)
    materialize(world, tmp_path, without_judges_library)
    place(tmp_path, MUSL).write_bytes(written({"defined": ["__libc_start_main", "stdin"]}))
    answers = ours(world, tmp_path)
    assert all_told(answers) == case["expect"]
    assert opened(answers) == case.get("dlopens", [])


@pytest.mark.toolchain
@pytest.mark.parametrize("path", CASES, ids=lambda path: path.parent.name)
def test_the_real_loader(path: Path, tmp_path: Path) -> None:
    """The loader loads the same objects and misses the same names."""
    world, case = read_case(path)
    make_root(world, tmp_path, linked_for_musl)
    answers = ours(world, tmp_path)
    assert all_told(answers) == case["expect"]
    assert differences(world, tmp_path, answers, ask(world, tmp_path)) == []
