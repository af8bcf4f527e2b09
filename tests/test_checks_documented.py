"""docs/checks.md has a section for every finding, and no other: what, why it matters, the cure, and an example."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from pip_sysdeps.report.catalogue import CATALOGUE, Entry
from pip_sysdeps.report.findings import CHECKS

TEXT = (Path(__file__).parents[1] / "docs" / "checks.md").read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"^## (SD\d{3} \S+)\n(.*?)(?=^## |\Z)", TEXT, re.MULTILINE | re.DOTALL))


def test_the_catalogue_is_the_documentation() -> None:
    """In the order of the codes, each used once."""
    assert list(SECTIONS) == [f"{each.code} {each.name}" for each in CATALOGUE]
    assert [each.code for each in CATALOGUE] == sorted({each.code for each in CATALOGUE})


@pytest.mark.parametrize("entry", CATALOGUE, ids=lambda entry: entry.code)
def test_each_section_is_whole(entry: Entry) -> None:
    """With the severity that the code has."""
    section = SECTIONS[f"{entry.code} {entry.name}"]
    assert re.findall(r"^\*\*(.*?)\.\*\*", section, re.MULTILINE) == ["What", "Why it matters", "Cure", "Example"]
    assert f"everity: {entry.severity.value}" in " ".join(section.replace("Severity:\n", "Severity: ").split())
    assert entry.summary


def test_verify_documents_its_kinds() -> None:
    """docs/verify.md and the JSON Schema have each kind of `verify`, with the codes of the catalogue."""
    folder = Path(__file__).parents[1] / "docs"
    codes: dict[str, list[str]] = {}
    for entry in CATALOGUE:
        if entry.kind:
            codes.setdefault(entry.kind, []).append(entry.code)
    rows = re.findall(
        r"^\| `([a-z-]+)` \| ([^|]+) \|", (folder / "verify.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert {kind: re.findall(r"SD\d{3}", cell) for kind, cell in rows} == codes
    problem = json.loads((folder / "schemas/verify.schema.json").read_text(encoding="utf-8"))["$defs"]["problem"]
    assert sorted(problem["properties"]["kind"]["enum"]) == sorted(codes)
    assert problem["properties"]["code"]["enum"] == sorted(code for some in codes.values() for code in some)


def test_audit_and_verify_report_the_whole_catalogue() -> None:
    """Every entry is that of a check of `audit`, of a kind of `verify`, or of both."""
    audited = {check.entry for check in CHECKS}
    assert [entry.code for entry in CATALOGUE if not entry.kind and entry not in audited] == []
