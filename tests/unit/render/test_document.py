"""JSON documents."""

from __future__ import annotations

import json

from pip_sysdeps.render.document import as_document


def test_every_string_is_printable() -> None:
    """Keys are escaped too, and a CI system finds no command; other values are unchanged."""
    text = as_document({"a\x1b": ["ä\u202e", {"b": "##[group]"}, 1, True, None]})
    assert text.isascii() is False
    assert "##[" not in text
    assert text.endswith("}\n")
    assert json.loads(text) == {"a\\x1b": ["ä\\u202e", {"b": "##[group]"}, 1, True, None]}
