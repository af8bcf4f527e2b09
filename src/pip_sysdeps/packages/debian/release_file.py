"""Parse a Release or InRelease file of an archive. Source: Debian's "RepositoryFormat"."""

from __future__ import annotations


def parse_release(content: bytes) -> dict[str, str]:
    """Return the fields by name; of a field with several lines, only the first."""
    lines = content.decode("utf-8", "replace").split("\n")
    return {name: value.strip() for name, _, value in (line.partition(":") for line in lines if line[:1].isalpha())}
