"""Findings in the table, and in the formats that show them alike."""

from __future__ import annotations

import pytest

from builders.locked import target
from pip_sysdeps.render.markdown import audit_as_markdown
from pip_sysdeps.render.sarif import as_sarif
from pip_sysdeps.render.table import as_table
from pip_sysdeps.render.terminal import Terminal
from pip_sysdeps.report.audit import Audit
from pip_sysdeps.report.catalogue import UNRESOLVED_OTHER
from pip_sysdeps.report.evidence import Issue
from pip_sysdeps.report.findings import Finding

LIBRARIES = tuple(f"lib{letter}.so.1" for letter in "abcdefgh")
EXIT_ERROR = Issue(message="not found", subjects=LIBRARIES, distribution="one", files=())
AUDIT = Audit(
    target=target(),
    packages=(),
    distributions=(),
    findings=(Finding(entry=UNRESOLVED_OTHER, issue=EXIT_ERROR),),
)
TEXTS = {
    "table": as_table(AUDIT, Terminal(width=200), str),
    "markdown": audit_as_markdown(AUDIT, str),
    "sarif": as_sarif(AUDIT, str, "sysdeps.lock", "", version="1"),
}


@pytest.mark.parametrize("name", TEXTS)
def test_a_long_list_of_libraries_is_folded(name: str) -> None:
    """Six are named, and the others are counted."""
    assert f"{LIBRARIES[5]} and 2 more: not found" in TEXTS[name].replace("`", "")
