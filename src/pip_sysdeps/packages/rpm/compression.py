"""Decompress repository metadata in pieces: gzip, bzip2, xz, and zstd if Python supports it."""

from __future__ import annotations

import importlib
import zlib
from typing import TYPE_CHECKING, Protocol

from pip_sysdeps.errors import MalformedError, SysdepsError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import ModuleType


class UnreadableFormatError(SysdepsError):
    """A format that this Python has no module for."""


_CHUNK = 1 << 20
_MOST_STREAMS = 10_000
"""Limit on streams; a parallel compressor writes one for each block."""
_MAGIC = {b"\x1f\x8b": "gzip", b"BZh": "bz2", b"\xfd7zXZ\0": "lzma", b"\x28\xb5\x2f\xfd": "zstd"}
"""The format by the first bytes."""
_CLASSES = {"bz2": "BZ2Decompressor", "lzma": "LZMADecompressor", "zstd": "ZstdDecompressor"}
_ERRORS = {"bz2": "", "lzma": "LZMAError", "zstd": "ZstdError"}
_HINTS = {"zstd": "run pip-sysdeps with Python 3.14 or later, or install `backports.zstd` beside it"}
_MODULES = {"bz2": ("bz2",), "lzma": ("lzma",), "zstd": ("compression.zstd", "backports.zstd")}
"""Python modules for each format, of which the first available is used; the second one for zstd is its backport (PEP
784)."""


class _Decompressor(Protocol):
    """The common interface of the standard library's decompressors."""

    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int = -1) -> bytes: ...


class _Gzip:
    """zlib's decompressor with the interface of the others."""

    def __init__(self) -> None:
        self._inner = zlib.decompressobj(wbits=31)

    @property
    def needs_input(self) -> bool:
        return not self._inner.unconsumed_tail

    @property
    def eof(self) -> bool:
        return self._inner.eof

    @property
    def unused_data(self) -> bytes:
        return self._inner.unused_data

    def decompress(self, data: bytes, max_length: int = -1) -> bytes:
        return self._inner.decompress(self._inner.unconsumed_tail + data, max(max_length, 0))


def decompress(content: bytes, limit: int) -> Iterator[bytes]:
    """Yield the decompressed content of a file in pieces, at most `limit` bytes in total.

    An unknown format is not changed.

    Raise MalformedError for damaged or too much data, and UnreadableFormatError if Python has no module for it.
    """
    name = next((name for magic, name in _MAGIC.items() if content.startswith(magic)), "")
    if not name:
        yield content
        return
    make, error = _decompressor(name)
    total = streams = 0
    while content:
        streams += 1
        if streams > _MOST_STREAMS:
            raise MalformedError(f"more than {_MOST_STREAMS} {name} streams", where=f"offset {total} of the content")
        decompressor = make()
        while not decompressor.eof:
            try:
                piece = decompressor.decompress(content, _CHUNK)
            except error as fault:
                raise MalformedError(f"damaged {name} data", where=f"offset {total} of the content") from fault
            content = b""
            if not piece and decompressor.needs_input and not decompressor.eof:
                raise MalformedError(f"truncated {name} data", where=f"offset {total} of the content")
            total += len(piece)
            if total > limit:
                raise MalformedError(f"more than {limit} bytes of content", where=f"offset {limit} of the content")
            yield piece
        content = decompressor.unused_data


def _decompressor(name: str) -> tuple[Callable[[], _Decompressor], type[Exception]]:
    if name == "gzip":
        return _Gzip, zlib.error
    module = next((found for each in _MODULES[name] if (found := _import_or_none(each))), None)
    if module is None:
        modules = " or ".join(f"`{each}`" for each in _MODULES[name])
        raise UnreadableFormatError(
            f"this Python cannot read {name} data: it has no module {modules}", hint=_HINTS.get(name, "")
        )
    make: Callable[[], _Decompressor] = getattr(module, _CLASSES[name])
    return make, getattr(module, _ERRORS[name]) if _ERRORS[name] else OSError


def _import_or_none(name: str) -> ModuleType | None:
    try:
        return importlib.import_module(name)
    except ImportError:
        return None
