"""TOML text as plain values."""

from __future__ import annotations

from typing import Any

from pip_sysdeps.errors import MalformedError


def parse_toml(text: str) -> dict[str, Any]:
    """Return the table that a text holds. Raise MalformedError for text that is no TOML."""
    try:
        import tomllib as toml  # type: ignore[import-not-found] # noqa: PLC0415 - Python 3.11 and later: 9 times faster
    except ModuleNotFoundError:
        import tomlkit as toml  # noqa: PLC0415
    try:
        document = toml.loads(text)
    except RecursionError as error:
        raise MalformedError("is nested too deeply") from error
    except ValueError as error:
        raise MalformedError(f"is not TOML: {error}") from error
    table: dict[str, Any] = document.unwrap() if hasattr(document, "unwrap") else document
    return table
