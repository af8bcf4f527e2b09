"""Read the archive snapshot that a root's apt sources name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pip_sysdeps.packages.debian.snapshot import snapshot_date

if TYPE_CHECKING:
    from pip_sysdeps.system.root import Root

_LIST = "/etc/apt/sources.list"
_PARTS = "/etc/apt/sources.list.d"
_MAX_SOURCES = 1 << 20


def read_snapshot(root: Root) -> str:
    """Return the date, `20240812T000000Z`, or an empty string. Raise SysdepsError for sources that cannot be read."""
    parts = (f"{_PARTS}/{name}" for name in root.names(_PARTS) if name.endswith((".list", ".sources")))
    texts = (_read(root, path) for path in (_LIST, *parts) if root.is_file(path))
    return snapshot_date("\n".join(texts))


def _read(root: Root, path: str) -> str:
    return root.read_required(path, _MAX_SOURCES, "apt's sources").decode("utf-8", "surrogateescape")
