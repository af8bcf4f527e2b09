"""The standard's own library as the judge of an SPDX document."""

from __future__ import annotations

import json
from typing import Any


def check_spdx(text: str) -> dict[str, Any]:
    """Fail unless a text is a valid SPDX 2.3 document, whose package URLs are some, and which has no odd one out."""
    from packageurl import PackageURL
    from spdx_tools.spdx.parser.jsonlikedict.json_like_dict_parser import JsonLikeDictParser
    from spdx_tools.spdx.validation.document_validator import validate_full_spdx_document

    document: dict[str, Any] = json.loads(text)
    parsed = JsonLikeDictParser().parse(document)  # type: ignore[no-untyped-call]
    problems = validate_full_spdx_document(parsed)
    assert problems == [], [each.validation_message for each in problems]
    for package in document["packages"]:
        for each in package.get("externalRefs", ()):
            PackageURL.from_string(each["referenceLocator"])
    return document
