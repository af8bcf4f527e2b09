"""docs/checks.md has a section for every check, and no other: what, why it matters, the cure, and an example."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pip_sysdeps.report.checks import CATALOGUE, Check

TEXT = (Path(__file__).parents[1] / "docs" / "checks.md").read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"^## (SD\d{3} \S+)\n(.*?)(?=^## |\Z)", TEXT, re.MULTILINE | re.DOTALL))


def test_the_catalogue_is_the_documentation() -> None:
    """In the order of the codes, each used once."""
    assert list(SECTIONS) == [f"{each.code} {each.name}" for each in CATALOGUE]
    assert [each.code for each in CATALOGUE] == sorted({each.code for each in CATALOGUE})


@pytest.mark.parametrize("check", CATALOGUE, ids=lambda check: check.code)
def test_each_section_is_whole(check: Check) -> None:
    """With the severity that the code has."""
    section = SECTIONS[f"{check.code} {check.name}"]
    assert re.findall(r"^\*\*(.*?)\.\*\*", section, re.MULTILINE) == ["What", "Why it matters", "Cure", "Example"]
    assert f"everity: {check.severity.value}" in " ".join(section.replace("Severity:\n", "Severity: ").split())
    assert check.summary
