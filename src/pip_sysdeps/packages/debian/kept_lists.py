"""apt's lists of an earlier `index update`, kept in the cache, so that apt downloads only what has changed since."""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_FOLDER_MODE = 0o755
"""apt downloads as its own user, _apt."""
_RELEASES = ("InRelease", "Release", "Release.gpg")


def restore_lists(kept: str, lists: str) -> None:
    """Copy kept lists into the folder of apt's lists, unless an interrupted run has left that.

    apt verifies the Release files again, and asks the archive whether they have changed.
    """
    if os.path.exists(lists):
        return
    try:
        shutil.copytree(kept, lists)
        os.chmod(lists, _FOLDER_MODE)
    except (OSError, shutil.Error):
        shutil.rmtree(lists, ignore_errors=True)


def keep_lists(lists: str, indices: Iterable[str], kept: str) -> None:
    """Move the Release files and these indices from apt's lists into the cache, in place of what was kept before.

    Nothing is kept if that fails: the next run downloads everything.
    """
    names = {os.path.basename(path) for path in indices}
    folder = os.path.dirname(kept)
    new = ""
    try:
        os.makedirs(folder, exist_ok=True)
        new = tempfile.mkdtemp(prefix="new-", dir=folder)
        for name in sorted(os.listdir(lists)):
            if name in names or name.endswith(_RELEASES):
                shutil.move(os.path.join(lists, name), new)
        shutil.rmtree(kept, ignore_errors=True)
        os.rename(new, kept)
    except (OSError, shutil.Error):
        with suppress(OSError):
            shutil.rmtree(new)
