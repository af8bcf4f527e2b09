"""`pip-sysdeps tree`, as a person calls it."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from builders.schemas import check_schema

if TYPE_CHECKING:
    from collections.abc import Callable

    from builders.command import Result

GOLDEN = Path(__file__).parents[1] / "golden" / "tree"


@pytest.mark.parametrize("width", [80, 120])
@pytest.mark.parametrize("options", [[], ["--reverse"]], ids=["forward", "reverse"])
def test_text(
    run: Callable[..., Result], same_as_committed: Callable[[Path, str], None], options: list[str], width: int
) -> None:
    """A library and its package share a line."""
    result = run("tree", *options, width=width)
    assert result.status == 0
    same_as_committed(GOLDEN / f"{'reverse' if options else 'forward'}.{width}.txt", result.out)
    assert all(len(line) <= width for line in result.out.splitlines())


@pytest.mark.parametrize("options", [[], ["--reverse"]], ids=["forward", "reverse"])
def test_json(run: Callable[..., Result], options: list[str]) -> None:
    """By the published schema."""
    document = json.loads(run("tree", "--json", *options).out)
    check_schema("tree", document)
    assert [each["kind"] for each in document["tree"]] == sorted(each["kind"] for each in document["tree"])


def test_an_encoding_without_lines(run: Callable[..., Result], monkeypatch: pytest.MonkeyPatch) -> None:
    """Is drawn in ASCII."""
    monkeypatch.setattr(type(sys.stdout), "encoding", "ascii", raising=False)
    result = run("tree")
    assert result.out.isascii()
    assert "`-- libpq.so.5: import -> libpq5\n" in result.out
