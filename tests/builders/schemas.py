"""The published JSON Schemas, as judges of what commands print."""

from __future__ import annotations

import json
import sys
from functools import cache
from pathlib import Path
from typing import Any

SCHEMAS = Path(__file__).parents[2] / "docs" / "schemas"

sys.modules["rfc3987_syntax"] = None  # type: ignore[assignment]
"""jsonschema loads it to check IRIs, which builds grammars for seconds; no document here has an IRI."""


def check_schema(name: str, document: object) -> None:
    """Fail unless a document is what `docs/schemas/NAME.schema.json` says, and the schema is one itself."""
    _validator(name).validate(document)


@cache
def _validator(name: str) -> Any:  # noqa: ANN401 - jsonschema has no types
    """Return what validates by a schema, which is checked once."""
    import jsonschema

    schema = json.loads((SCHEMAS / f"{name}.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)
