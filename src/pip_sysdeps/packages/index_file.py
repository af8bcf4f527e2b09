"""The file format of a soname index: soname, program or base package -> binary packages, for several targets.

The file is the magic line; the length of the header, four bytes, little-endian; the header, JSON through zlib; then the
blocks. A table is a sorted list of lines, `key field ...`, in blocks that are compressed separately. The header has
the first key and the length of each block, so a lookup inflates one block. A field is the value that every target
has, or `mask:value` with the targets as the bits of a hexadecimal number. Releases and architectures mostly agree, so
one file for all of them is hardly larger than one for two.
"""

from __future__ import annotations

import json
import re
import zlib
from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING, Any, NamedTuple

from pip_sysdeps.errors import MalformedError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

Table = dict[str, str]
"""The table of one target: key -> value, without white space and ":"."""

DEVELOPMENT = "~"
"""Prefix of a library's value if only development packages have it (the link `libfoo.so`)."""
AMBIGUOUS = "|"
"""Prefix of the packages of a name that several packages have, none of them the default."""

_MAGIC = b"pip-sysdeps index 1\n"
_BLOCK = 1 << 16
"""Bytes before compression: larger ones hardly save anything, smaller ones cost a tenth."""
_MAX_INFLATED = 1 << 22
"""Bytes that one block or header may inflate to."""
_WORD = re.compile(r"[^\s:]+")
"""A key or a value: white space and ":" are separators."""
_ID = re.compile(r"[a-z0-9][a-z0-9._+-]{0,199}")
_MINOR_VERSION = re.compile(r"(?:[0-9]+:)?([0-9]+\.[0-9]+)")
"""An epoch and the first two numbers."""
_MAX_FACT = 100
"""Characters of a date or version."""


class IndexTarget(NamedTuple):
    """One system that an index is for."""

    id: str
    """As in the lock: `debian-trixie-arm64`."""
    date: str
    """`Date` of the archive's Release file, as it is written there."""
    release: str = ""
    """`VERSION_ID` of the release's os-release; empty for one that has none yet (Debian testing)."""
    glibc: str = ""
    """Version of its glibc: `2.41`; empty where the archive does not have it."""
    python: str = ""
    """Version of its own Python: `3.13`; empty likewise."""


def minor_version(version: str) -> str:
    """Return the first two numbers of a package's version: `2.41` of `2.41-12+deb13u1`; empty for another form."""
    match = _MINOR_VERSION.match(version)
    return match[1] if match else ""


class _Block(NamedTuple):
    first: str
    start: int
    size: int


class IndexFile:
    """An index in memory; only its header is read at first."""

    def __init__(self, targets: tuple[IndexTarget, ...], blob: bytes, tables: Mapping[str, tuple[_Block, ...]]) -> None:
        self.targets = targets
        """The targets."""
        self._blob = blob
        self._tables = tables
        self._inflated: dict[int, list[bytes]] = {}

    def value(self, table: str, key: str, target: int) -> str | None:
        """Return the value of a key in a table, for the target with that number, or None.

        Raise MalformedError for a damaged block.
        """
        blocks = self._tables.get(table, ())
        number = bisect_right(blocks, key, key=lambda block: block.first) - 1
        if number < 0 or not key:
            return None
        lines = self._lines(blocks[number])
        place = bisect_left(lines, key, key=_key)
        return _value(lines[place], target) if place < len(lines) and _key(lines[place]) == key else None

    def entries_with_prefix(self, table: str, prefix: str, target: int) -> Iterator[tuple[str, str]]:
        """Yield each key of the target that starts with the prefix, with its value, sorted.

        Raise MalformedError for a damaged block.
        """
        blocks = self._tables.get(table, ())
        number = max(bisect_right(blocks, prefix, key=lambda block: block.first) - 1, 0)
        for block in blocks[number:]:
            if block.first > prefix and not block.first.startswith(prefix):
                return
            for line in self._lines(block):
                key = _key(line)
                value = _value(line, target) if key.startswith(prefix) else None
                if value is not None:
                    yield key, value

    def _lines(self, block: _Block) -> list[bytes]:
        """Inflate a block, once; it begins and ends with a newline."""
        if block.start not in self._inflated:
            text = _inflate(self._blob[block.start : block.start + block.size])
            self._inflated[block.start] = text[1:-1].split(b"\n")
        return self._inflated[block.start]


def _key(line: bytes) -> str:
    return line.partition(b" ")[0].decode("utf-8", "surrogateescape")


def is_index_id(text: str) -> bool:
    """Return whether a target id is valid in an index, and safe as a file name."""
    return _ID.fullmatch(text) is not None


def load_index(blob: bytes) -> IndexFile:
    """Read an index's header. Raise MalformedError for another kind of file, or a damaged one."""
    start = len(_MAGIC) + 4
    if not blob.startswith(_MAGIC) or len(blob) < start:
        raise MalformedError("not a soname index of this version", where="offset 0")
    end = start + int.from_bytes(blob[start - 4 : start], "little")
    try:
        header: Any = json.loads(_inflate(blob[start:end]))
        targets = tuple(map(_target, header["targets"]))
        tables, position = {}, end
        for name, listed in header["tables"].items():
            blocks = []
            for first, size in listed:
                blocks.append(_Block(first=str(first), start=position, size=int(size)))
                position += blocks[-1].size
            tables[str(name)] = tuple(blocks)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError) as error:
        raise MalformedError("the header of the soname index is damaged", where=f"offset {start}") from error
    if position != len(blob):
        raise MalformedError(f"{len(blob)} bytes instead of {position}", where=f"offset {end}")
    return IndexFile(targets, blob, tables)


def dump_index(targets: Sequence[IndexTarget], tables: Mapping[str, Sequence[Table]]) -> bytes:
    """Return the bytes of an index of several targets; each table has one part per target, in their order.

    The same input gives the same bytes (with the same zlib). Raise MalformedError for input that `load_index` refuses:
    a key or value with white space or ":", an invalid target id, a table that is too large.
    """
    packed = {
        name: [_pack(lines) for lines in _split_into_blocks(_merge(parts))] for name, parts in sorted(tables.items())
    }
    header = {
        "targets": [target._asdict() for target in targets],
        "tables": {name: [[first, len(block)] for first, block in blocks] for name, blocks in packed.items()},
    }
    for target in targets:
        _require_valid(target)
    head = _deflate(json.dumps(header, separators=(",", ":")).encode())
    body = b"".join(block for blocks in packed.values() for _, block in blocks)
    return _MAGIC + len(head).to_bytes(4, "little") + head + body


def _target(item: Mapping[str, object]) -> IndexTarget:
    later = {name: str(item.get(name, "")) for name in ("release", "glibc", "python")}
    target = IndexTarget(id=str(item["id"]), date=str(item["date"]), **later)
    _require_valid(target)
    return target


def _require_valid(target: IndexTarget) -> None:
    """Raise MalformedError unless a target has a valid id, and short printable facts."""
    if not is_index_id(target.id):
        raise MalformedError(f"{target.id[:_MAX_FACT]!a} is not the id of a target", where="targets")
    for name, value in target._asdict().items():
        if not value.isprintable() or (name != "id" and len(value) > _MAX_FACT):
            raise MalformedError(f"the {name} of {target.id} is {value[:_MAX_FACT]!a}", where="targets")


def _value(line: bytes, target: int) -> str | None:
    """Return a line's value for one target."""
    for item in line.split(b" ")[1:]:
        mask, colon, value = item.rpartition(b":")
        try:
            applies = not colon or int(mask, 16) >> target & 1
        except ValueError as error:
            raise MalformedError("a line of the soname index is damaged", where=repr(line[:60])) from error
        if applies:
            return value.decode("utf-8", "surrogateescape")
    return None


def _merge(parts: Sequence[Table]) -> Iterator[tuple[str, str]]:
    """Yield each key with its fields for all the targets, sorted."""
    everywhere = (1 << len(parts)) - 1
    for key in sorted(set().union(*parts)):
        _require_word(key)
        masks: dict[str, int] = {}
        for number, part in enumerate(parts):
            if key in part:
                _require_word(part[key])
                masks[part[key]] = masks.get(part[key], 0) | 1 << number
        yield key, " ".join(value if mask == everywhere else f"{mask:x}:{value}" for value, mask in masks.items())


def _require_word(text: str) -> None:
    if not _WORD.fullmatch(text):
        raise MalformedError(f"a soname index cannot hold {text[:_MAX_FACT]!a}")


def _split_into_blocks(entries: Iterator[tuple[str, str]]) -> Iterator[list[tuple[str, str]]]:
    """Cut a table's entries into blocks."""
    block: list[tuple[str, str]] = []
    size = 0
    for key, values in entries:
        block.append((key, values))
        size += len(key) + len(values) + 2
        if size >= _BLOCK:
            yield block
            block, size = [], 0
    if block:
        yield block


def _pack(block: list[tuple[str, str]]) -> tuple[str, bytes]:
    """Return a block's first key and its compressed lines."""
    lines = "".join(f"\n{key} {fields}" for key, fields in block) + "\n"
    return block[0][0], _deflate(lines.encode("utf-8", "surrogateescape"))


def _deflate(content: bytes) -> bytes:
    if len(content) > _MAX_INFLATED:
        raise MalformedError("a soname index cannot hold so much in one block")
    return zlib.compress(content, 9)


def _inflate(packed: bytes) -> bytes:
    """Inflate, bounded."""
    inflater = zlib.decompressobj()
    try:
        text = inflater.decompress(packed, _MAX_INFLATED)
    except zlib.error as error:
        raise MalformedError("the soname index is damaged") from error
    if not inflater.eof:
        raise MalformedError("the soname index is cut off, or a block inflates without end")
    return text
