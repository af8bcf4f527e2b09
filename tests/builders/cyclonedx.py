"""The field's own library as the judge of a CycloneDX document."""

from __future__ import annotations

import json
from typing import Any

import builders.schemas  # noqa: F401 - jsonschema, which the library loads, loads faster after it


def check_cyclonedx(text: str) -> dict[str, Any]:
    """Fail unless a text is CycloneDX 1.6 whose references all lead somewhere and whose package URLs are some."""
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator
    from packageurl import PackageURL

    problem = JsonStrictValidator(SchemaVersion.V1_6).validate_str(text)
    assert problem is None, str(problem)
    document: dict[str, Any] = json.loads(text)
    references = [document["metadata"]["component"]["bom-ref"]]
    pending = list(document["components"])
    while pending:
        component = pending.pop()
        references.append(component["bom-ref"])
        if "purl" in component:
            PackageURL.from_string(component["purl"])
        pending += component.get("components", [])
    assert len(references) == len(set(references))
    named = {each["ref"] for each in document["dependencies"]}
    named |= {name for each in document["dependencies"] for name in each.get("dependsOn", [])}
    assert named == set(references)
    return document
