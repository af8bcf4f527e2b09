"""The content of a `.dist-info` or `.egg-info`: METADATA, WHEEL, direct_url.json."""

from __future__ import annotations

import re
from itertools import accumulate
from math import prod
from typing import TYPE_CHECKING, Any, NamedTuple

from pip_sysdeps.errors import MalformedError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_NAME = re.compile(r"[A-Z0-9]([A-Z0-9._-]*[A-Z0-9])?", re.IGNORECASE | re.ASCII)
_VERSION = re.compile(r"[A-Za-z0-9][A-Za-z0-9.!+_-]{0,199}")
_TAG = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*(-\w+(\.\w+)*){2}", re.ASCII)
"""Three sets of names, the first of interpreters: packaging.tags.parse_tag refuses other forms."""
_MOST_LINES = {"requires-dist": 10_000, "requires-external": 1000}
"""Limits on the lines of a field; the largest known METADATA has 1,500."""
_MOST_TAGS = 10_000
"""Limit on the expanded tags of one WHEEL: `a.b-c.d-e.f` counts as eight."""
_FILE_URL = r"(?s)file:(//(localhost)?)?(?P<path>/[^/?#][^?#]*)([?#].*)?"
_ESCAPED = rb"%([0-9A-Fa-f]{2})"
_MOST_EXTERNAL = 1000


class Metadata(NamedTuple):
    """The fields of METADATA or PKG-INFO that are used."""

    name: str
    """Normalized `Name`."""
    version: str
    """`Version`; empty if it is missing or invalid."""
    requires: tuple[str, ...]
    """`Requires-Dist`, as written."""
    requires_external: tuple[str, ...]
    """`Requires-External`, as written."""


class DirectUrl(NamedTuple):
    """Where a distribution came from, other than an index (PEP 610)."""

    editable: bool
    """`dir_info.editable`."""
    vcs: bool
    """Whether it has `vcs_info`."""
    path: str
    """The local folder or archive of a `file:` URL; empty for another URL."""


def normalize_name(name: str) -> str:
    """Return the normalized form of a distribution's name.

    This is `packaging.utils.canonicalize_name`, whose import takes as long as reading twenty distributions.
    Source: packaging.python.org, "Names and normalization".
    """
    return re.sub(r"[-_.]+", "-", name).lower()


def required_name(line: str) -> str:
    """Return the name at the start of a Requires-Dist line (PEP 508)."""
    return normalize_name(re.split(r"[^A-Za-z0-9._-]", line, maxsplit=1)[0])


def parse_metadata(content: bytes) -> Metadata:
    """Parse the headers of METADATA or PKG-INFO, without the body. Raise MalformedError without a valid `Name`.

    Source: packaging.python.org, "Core metadata specifications".
    """
    fields: dict[str, list[str]] = {}
    for key, value in _headers(content):
        fields.setdefault(key, []).append(value)
    for key, most in _MOST_LINES.items():
        if len(fields.get(key, ())) > most:
            raise MalformedError(f"more than {most} lines `{key.title()}`")
    name = fields.get("name", [""])[0]
    if not _NAME.fullmatch(name):
        raise MalformedError(f"`Name` is missing or invalid: {name[:60]!a}")
    version = fields.get("version", [""])[0]
    return Metadata(
        name=normalize_name(name),
        version=version if _VERSION.fullmatch(version) else "",
        requires=tuple(fields.get("requires-dist", ())),
        requires_external=tuple(fields.get("requires-external", ())),
    )


def parse_folder_name(name: str) -> tuple[str, str]:
    """Return normalized name and version of `foo_bar-1.0.dist-info`, `foo-1.0-py3.11.egg` or `foo.egg-link`.

    Both are empty for another name.
    """
    stem = name.rpartition(".")[0]
    project, _, rest = stem.partition("-")
    version = rest.partition("-py")[0]
    if not _NAME.fullmatch(project):
        return "", ""
    return normalize_name(project), version if _VERSION.fullmatch(version) else ""


def parse_wheel_tags(content: bytes) -> tuple[str, ...]:
    """Return the `Tag` lines of WHEEL, sorted; malformed ones, and those beyond a limit, are left out.

    Source: packaging.python.org, "Binary distribution format".
    """
    tags = sorted({value for key, value in _headers(content) if key == "tag" and _TAG.fullmatch(value)})
    spelled = accumulate(map(tag_count, tags))
    return tuple(tag for tag, count in zip(tags, spelled, strict=True) if count <= _MOST_TAGS)


def tag_count(tag: str) -> int:
    """Return the number of tags in a compressed tag set."""
    return prod(part.count(".") + 1 for part in tag.split("-"))


def parse_direct_url(content: bytes) -> DirectUrl:
    """Parse direct_url.json. Raise MalformedError unless it is a JSON object.

    Source: packaging.python.org, "Recording the Direct URL Origin of installed distributions".
    """
    import json  # noqa: PLC0415 - slow to import, and few distributions have this file

    try:
        document = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise MalformedError("not valid JSON") from error
    if not isinstance(document, dict):
        raise MalformedError("not a JSON object")
    info = document.get("dir_info")
    return DirectUrl(
        editable=isinstance(info, dict) and info.get("editable") is True,
        vcs=isinstance(document.get("vcs_info"), dict),
        path=_local_path(document.get("url")),
    )


def _local_path(url: object) -> str:
    """Return the path of a local `file:` URL (RFC 8089); empty for another URL."""
    match = re.fullmatch(_FILE_URL, url) if isinstance(url, str) else None
    if match is None:
        return ""
    try:
        encoded = match["path"].encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:  # a single surrogate, which JSON can escape
        return ""
    path = re.sub(_ESCAPED, lambda escaped: bytes([int(escaped[1], 16)]), encoded)
    return "" if b"\0" in path else path.decode("utf-8", "surrogateescape")


def _headers(content: bytes) -> Iterator[tuple[str, str]]:
    """Yield each header of an e-mail message (RFC 822) as lower-case key and unfolded value.

    The standard library's parser also parses the body, and takes a hundred times as long.
    """
    key, value = "", ""
    for line in content.decode("utf-8", "surrogateescape").split("\n"):
        if not line.strip():
            break
        if line[0] in " \t":
            value += " " + line.strip()
            continue
        if key:
            yield key, value
        key, _, value = line.partition(":")
        key, value = key.strip().lower(), value.strip()
    if key:
        yield key, value


def external_of_project(document: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the `dependencies` of the table `[external]` of a pyproject.toml, as written (PEP 725).

    Raise MalformedError for too many of them.
    """
    table = document.get("external")
    lines = table.get("dependencies") if isinstance(table, dict) else None
    if isinstance(lines, list) and len(lines) > _MOST_EXTERNAL:
        raise MalformedError(f"has more than {_MOST_EXTERNAL} lines in [external]")
    return tuple(line for line in lines if isinstance(line, str)) if isinstance(lines, list) else ()
