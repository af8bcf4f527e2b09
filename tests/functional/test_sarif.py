"""`pip-sysdeps audit --format sarif`: what code scanning takes, at the lines of the lock."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import jsonschema

from pip_sysdeps import DOCUMENTATION, __version__

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from builders.command import Result

TEXT = {
    "type": "object",
    "properties": {"text": {"type": "string", "minLength": 1}},
    "required": ["text"],
    "additionalProperties": False,
}
LEVEL = {"enum": ["none", "note", "warning", "error"]}


def closed(required: dict[str, Any], **optional: object) -> dict[str, Any]:
    """Return the schema of an object that has these properties and no others."""
    return {
        "type": "object",
        "properties": {**required, **optional},
        "required": list(required),
        "additionalProperties": False,
    }


RULE = closed(
    {
        "id": {"pattern": "^SD[0-9]{3}$"},
        "name": {"type": "string"},
        "shortDescription": TEXT,
        "fullDescription": TEXT,
        "helpUri": {"type": "string", "format": "uri", "pattern": "^https://"},
        "help": closed({"text": {"type": "string"}, "markdown": {"type": "string"}}),
        "defaultConfiguration": closed({"level": LEVEL}),
        "properties": closed({"problem.severity": {"enum": ["error", "warning", "recommendation"]}}),
    }
)
LOCATION = closed(
    {
        "physicalLocation": closed(
            {
                "artifactLocation": closed({"uri": {"type": "string", "pattern": "^[^/:]"}}),
                "region": closed({"startLine": {"type": "integer", "minimum": 1}}),
            }
        )
    }
)
RESULT = closed(
    {
        "ruleId": {"type": "string"},
        "ruleIndex": {"type": "integer", "minimum": 0},
        "level": LEVEL,
        "message": TEXT,
        "locations": {"type": "array", "items": LOCATION, "minItems": 1},
        "partialFingerprints": closed({"primaryLocationLineHash": {"type": "string", "minLength": 1}}),
    },
    properties={"type": "object"},
)
RUN = closed(
    {
        "tool": closed(
            {
                "driver": closed(
                    {
                        "name": {"const": "pip-sysdeps"},
                        "version": {"const": __version__},
                        "informationUri": {"const": DOCUMENTATION},
                        "rules": {"type": "array", "items": RULE},
                    }
                )
            }
        ),
        "automationDetails": closed({"id": {"type": "string", "pattern": "/$"}}),
        "columnKind": {"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
        "results": {"type": "array", "items": RESULT},
    }
)
SCHEMA = closed(
    {
        "$schema": {"type": "string"},
        "version": {"const": "2.1.0"},
        "runs": {"type": "array", "items": RUN, "minItems": 1},
    }
)
"""What this tool uses of SARIF 2.1.0, with what GitHub asks for besides."""


def sarif(run: Callable[..., Result]) -> dict[str, Any]:
    """Run the command, hold what it prints to the schema, and return its only run."""
    document = json.loads(run("audit", "--format", "sarif").out)
    jsonschema.validate(document, SCHEMA)
    (found,) = document["runs"]
    assert isinstance(found, dict)
    return found


def test_it_has_every_finding(run: Callable[..., Result]) -> None:
    """Each finding of the JSON is a result with its rule."""
    found, document = sarif(run), json.loads(run("audit", "--json").out)
    told = [(each["ruleId"], each["level"]) for each in found["results"]]
    assert told == [(each["code"], each["severity"]) for each in document["findings"]]
    rules = [each["id"] for each in found["tool"]["driver"]["rules"]]
    assert [rules[each["ruleIndex"]] for each in found["results"]] == [code for code, _ in told]
    fingerprints = [each["partialFingerprints"]["primaryLocationLineHash"] for each in found["results"]]
    assert len(fingerprints) == len(set(fingerprints))


def test_a_finding_stands_at_its_line_of_the_lock(run: Callable[..., Result], tmp_path: Path) -> None:
    """That of the library where the lock has it, else of the distribution; of two targets in the right one."""
    before = sarif(run)
    run("lock")
    lock = tmp_path / "sysdeps.lock"
    head, target = re.split(r"(?=\[\[target\]\])", lock.read_text(), maxsplit=1)
    lock.write_text(head + target.replace('"debian-bookworm-amd64"', '"a-debian-amd64"', 1) + "\n" + target)
    lines = lock.read_text().splitlines()
    half = lines.index('id = "debian-bookworm-amd64"')
    found = sarif(run)["results"]
    at = [(each, each["locations"][0]["physicalLocation"]) for each in found]
    assert {place["artifactLocation"]["uri"] for _, place in at} == {"sysdeps.lock"}
    rows = {each["ruleId"]: place["region"]["startLine"] - 1 for each, place in at}
    assert all(row >= half for row in rows.values())
    assert lines[rows["SD016"]] == 'name = "odd"'
    fingerprints = [{each["partialFingerprints"]["primaryLocationLineHash"] for each in one} for one in
                    (before["results"], found)]  # fmt: skip
    assert fingerprints[0] <= fingerprints[1], "they stay when the lock's lines move"


def test_each_lock_and_target_has_its_category(run: Callable[..., Result], tmp_path: Path) -> None:
    """GitHub refuses two runs of one category, and replaces the alerts of an earlier one."""
    assert sarif(run)["automationDetails"]["id"] == "pip-sysdeps/debian-bookworm-amd64/"
    (tmp_path / "services/api").mkdir(parents=True)
    where = ("--lock", "services/api/sysdeps.lock")
    run("lock", "-o", where[1])
    document = json.loads(run("audit", "--format", "sarif", *where).out)
    category = document["runs"][0]["automationDetails"]["id"]
    assert category == "pip-sysdeps/services/api/debian-bookworm-amd64/"


def test_without_a_lock_it_stands_at_the_first_line(run: Callable[..., Result]) -> None:
    """GitHub refuses a result without a location."""
    places = [each["locations"][0]["physicalLocation"]["region"]["startLine"] for each in sarif(run)["results"]]
    assert set(places) == {1}
