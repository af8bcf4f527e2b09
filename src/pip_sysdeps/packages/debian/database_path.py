"""Where dpkg's database is in a root."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pip_sysdeps.system.root import Root

ADMINDIR = "/var/lib/dpkg"
STATUS = f"{ADMINDIR}/status"
STATUS_D = f"{ADMINDIR}/status.d"
"""A distroless image has one file per package here instead of `status`."""


def find_database(root: Root) -> str | None:
    """Return the path of a root's dpkg status, or of its folder with a file per package; None if it has neither."""
    if root.is_file(STATUS):
        return STATUS
    return STATUS_D if root.names(STATUS_D) else None
