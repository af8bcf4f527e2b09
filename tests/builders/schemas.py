"""The published JSON Schemas, as judges of what commands print."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema

SCHEMAS = Path(__file__).parents[2] / "docs" / "schemas"


def check_schema(name: str, document: object) -> None:
    """Fail unless a document is what `docs/schemas/NAME.schema.json` says, and the schema is one itself."""
    schema = json.loads((SCHEMAS / f"{name}.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(document, schema, cls=jsonschema.Draft202012Validator)
