"""Which needs by name are certain: in the line if code fails without them, offered if it goes on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from builders.venv import install
from pip_sysdeps.lock.text import loads
from pip_sysdeps.system.toml import parse_toml

if TYPE_CHECKING:
    from builders.desk import Desk

_FILE = Path(__file__).parents[1] / "data/named_certainty.toml"
CASES: dict[str, Any] = parse_toml(_FILE.read_text(encoding="utf-8"))
SITE = "/here/lib/python3.11/site-packages"


@pytest.mark.parametrize("case", CASES)
def test_what_is_certain(desk: Desk, case: str) -> None:
    """The line has what the code fails without, and nothing else of what it names."""
    texts = dict(CASES[case])
    line, offers, about = texts.pop("line"), texts.pop("offered"), texts.pop("about", "Does things")
    sources = {f"solve/{name}.py": text.encode() for name, text in texts.items()}
    metadata = {"METADATA": f"Name: solve\nVersion: 1.0\nSummary: {about}\n"}
    install(desk.root / SITE.lstrip("/"), "solve", files=sources, metadata=metadata)
    assert desk.run_lock("--path", SITE, "--target", "debian-bookworm-amd64").status == 0
    (target,) = loads(desk.lock.read_text()).target
    found = {need.package for each in target.distribution for need in each.offered}
    assert (sorted(target.installs), sorted(found - {""})) == (line, offers)
