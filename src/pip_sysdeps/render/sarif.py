"""Render the findings of an audit as SARIF 2.1.0 for code scanning; each points to a line of the lock.

Source: OASIS, "Static Analysis Results Interchange Format (SARIF) Version 2.1.0"; docs.github.com, "SARIF support for
code scanning". The same findings give the same bytes and fingerprints.
"""

from __future__ import annotations

import hashlib
import posixpath
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from pip_sysdeps import DOCUMENTATION
from pip_sysdeps.printing import printable
from pip_sysdeps.render.document import as_document
from pip_sysdeps.report.catalogue import Severity
from pip_sysdeps.words import format_list

if TYPE_CHECKING:
    from collections.abc import Callable

    from pip_sysdeps.report.audit import Audit
    from pip_sysdeps.report.catalogue import Entry
    from pip_sysdeps.report.findings import Finding

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_MAX_RESULTS = 25_000
"""GitHub's limit on the results of one run."""
_GITHUB_SEVERITIES = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "recommendation"}
"""GitHub's names of severities, which sort alerts."""
_MESSAGE_SYNTAX = re.compile(r"([\\\[\]])|([{}])")
"""Syntax of links (3.11.6) and placeholders (3.11.5) in a message."""
_TARGET_LINE = re.compile(r"^\[\[target\]\]$")
_NAME_LINE = re.compile(r'^(id|name|file) = "([^"\\]*)"$')


def as_sarif(audit: Audit, short: Callable[[str], str], lock: str, text: str, *, version: str) -> str:
    """Render the findings; `lock` is the path of the lock relative to the project, `text` its content.

    `short` formats a path, `version` is that of this tool. A finding without a line in the lock points to the target's
    first line.
    """
    rules = list(dict.fromkeys(each.entry for each in audit.findings))
    lines = _LockLines(text, audit.target.id)
    results = [
        {
            "ruleId": each.entry.code,
            "ruleIndex": rules.index(each.entry),
            "level": each.entry.severity.value,
            "message": {"text": _message(each)},
            "locations": [_location(lock, lines.line_of(each))],
            "partialFingerprints": {"primaryLocationLineHash": _fingerprint(each, audit.target.id)},
            **({"properties": {"files": [short(file) for file in each.issue.files]}} if each.issue.files else {}),
        }
        for each in audit.findings[:_MAX_RESULTS]
    ]
    tool = {"name": "pip-sysdeps", "version": version, "informationUri": DOCUMENTATION}
    driver = {**tool, "rules": [_rule(each) for each in rules]}
    category = {"id": _category(lock, audit)}
    run = {"tool": {"driver": driver}, "automationDetails": category, "columnKind": "unicodeCodePoints"}
    return as_document({"$schema": _SCHEMA, "version": "2.1.0", "runs": [{**run, "results": results}]})


def _category(lock: str, audit: Audit) -> str:
    """Return the category of the run, which ends with a slash; GitHub accepts one run for each category.

    Every target of every lock in a repository has its own category.
    """
    folder = "" if lock.startswith(("/", "..")) else posixpath.dirname(lock)
    return f"{printable('/'.join(filter(None, ('pip-sysdeps', folder, audit.target.id))))}/"


def _rule(entry: Entry) -> dict[str, Any]:
    address = f"{DOCUMENTATION}checks.html#{entry.code}-{entry.name}".lower()
    return {
        "id": entry.code,
        "name": "".join(word.capitalize() for word in entry.name.split("-")),
        "shortDescription": {"text": entry.summary},
        "fullDescription": {"text": f"{entry.summary}."},
        "helpUri": address,
        "help": {
            "text": f"{entry.summary}: see {address}",
            "markdown": f"{entry.summary}: see [{entry.code} {entry.name}]({address}).",
        },
        "defaultConfiguration": {"level": entry.severity.value},
        "properties": {"problem.severity": _GITHUB_SEVERITIES[entry.severity]},
    }


def _message(finding: Finding) -> str:
    issue = finding.issue
    parts = (issue.distribution, format_list(issue.subjects), issue.message)
    return _MESSAGE_SYNTAX.sub(_escape, printable(": ".join(filter(None, parts))))


def _escape(found: re.Match[str]) -> str:
    return f"\\{found[1]}" if found[1] else 2 * found[2]


def _location(lock: str, line: int) -> dict[str, Any]:
    uri = quote(lock.encode("utf-8", "surrogateescape"))
    return {"physicalLocation": {"artifactLocation": {"uri": uri}, "region": {"startLine": line}}}


def _fingerprint(finding: Finding, target: str) -> str:
    """Return a key of a finding that does not depend on line numbers of the lock."""
    issue = finding.issue
    parts = (target, finding.entry.code, issue.distribution, issue.message, *issue.subjects)
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogateescape")).hexdigest()[:32]


class _LockLines:
    """The line numbers of one target's parts in the lock."""

    def __init__(self, text: str, target: str) -> None:
        self._target = 1
        self._lines: dict[str, list[tuple[int, str]]] = {}
        block, holder = "", ""
        for number, line in enumerate(text.splitlines(), 1):
            name = _NAME_LINE.match(line)
            if _TARGET_LINE.match(line):
                block, holder = "", ""
            elif name and name[1] == "id":
                block = name[2]
                self._target = number if block == target else self._target
            elif name and block == target:
                holder = name[2]
                self._lines[holder] = [(number, line)]
            elif holder:
                self._lines[holder].append((number, line))

    def line_of(self, finding: Finding) -> int:
        """Return the line of a finding's subject, otherwise of its distribution, otherwise of the target."""
        lines = self._lines.get(finding.issue.distribution, [])
        quoted = [f'"{subject}"' for subject in finding.issue.subjects]
        matching = (number for number, line in lines if any(subject in line for subject in quoted))
        return next(matching, lines[0][0] if lines else self._target)
