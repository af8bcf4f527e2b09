"""Serialize the JSON documents that the tool prints."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from pip_sysdeps.printing import json_without_log_commands, printable

if TYPE_CHECKING:
    from collections.abc import Mapping


def as_document(document: Mapping[str, Any]) -> str:
    """Return a JSON document in which every string is printable, because names come from untrusted files."""
    text = json.dumps(_printable(document), indent=2, ensure_ascii=False)
    return f"{json_without_log_commands(text)}\n"


def _printable(value: Any) -> Any:  # noqa: ANN401 - whatever JSON can be
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, dict):
        return {printable(key): _printable(each) for key, each in value.items()}
    return [_printable(each) for each in value] if isinstance(value, list) else value
