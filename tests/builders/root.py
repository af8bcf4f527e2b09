"""Files, links and folders of a root, and a folder as an ordinary user sees it."""

from __future__ import annotations

import os
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from builders.capabilities import ignore_permissions, obey_permissions

if TYPE_CHECKING:
    from collections.abc import Iterator


def write(path: Path, content: bytes | str = b"") -> Path:
    """Write a file, with the folders above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def link(path: Path, target: str) -> Path:
    """Make a symbolic link, with the folders above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.symlink_to(target)
    return path


@contextmanager
def unprivileged_folder() -> Iterator[Path]:
    """Make a folder, and be a user whom permissions hold, even if the tests run as root."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if os.geteuid() == 0:
            obey_permissions()
        try:
            yield folder
        finally:
            if os.geteuid() == 0:
                ignore_permissions()
            for each in folder.rglob("*"):
                if each.is_dir() and not each.is_symlink():
                    each.chmod(0o700)
