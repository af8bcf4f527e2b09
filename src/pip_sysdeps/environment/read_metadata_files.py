"""Read small metadata files of an environment, with limits for the whole environment.

Hard links can give a file many names: a few hundred bytes of an image can be a thousand RECORDs. Each direct_url.json
may name the same project.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from pip_sysdeps.environment.read_sdist import SdistBudget, read_from_sdist
from pip_sysdeps.errors import MalformedError, SysdepsError
from pip_sysdeps.model.environment import Skipped, Verdict

if TYPE_CHECKING:
    from pip_sysdeps.system.root import Root

_SMALL = 1 << 12
"""Up to this size in bytes, repeated reads of a file are not limited."""
_MOST_READS = 2
"""Limit on reads of one larger file; the metadata of an editable project may be in two places."""
MAX_EDITABLE_FILES = 200_000
"""Limit on the files of all editable projects; shared ones count for each distribution."""


class MetadataFiles:
    """Reads the metadata of one environment within limits."""

    def __init__(self, root: Root) -> None:
        self.root = root
        """The root."""
        self.editable_left = MAX_EDITABLE_FILES
        """Files of editable projects that may still be read."""
        self.external: dict[str, tuple[str, ...]] = {}
        """Project or sdist -> its external dependencies, because several distributions may come from one."""
        self._reads: Counter[tuple[int, int]] = Counter()
        self._sdists = SdistBudget()

    def read(self, path: str, limit: int, notes: list[Skipped]) -> bytes | None:
        """Return the bytes of a file; None if it does not exist, and with a note if it cannot be read.

        Raise SysdepsError for a file that many distributions share through links.
        """
        try:
            content = self.root.read(path, limit)
        except FileNotFoundError:
            return None
        except OSError as error:
            notes.append(Skipped(path=path, verdict=Verdict.UNREADABLE, reason=error.strerror or "cannot be read"))
            return None
        if len(content) > _SMALL:
            self._count(path)
        return content

    def read_from_sdist(self, path: str, name: str, limit: int, notes: list[Skipped]) -> bytes | None:
        """Return a file in the top folder of an sdist; None without it, and with a note if it cannot be read."""
        try:
            return read_from_sdist(self.root, path, name, limit, self._sdists)
        except OSError as error:
            notes.append(Skipped(path=path, verdict=Verdict.UNREADABLE, reason=error.strerror or "cannot be read"))
        except MalformedError as error:
            notes.append(Skipped(path=path, verdict=Verdict.MALFORMED, reason=str(error)))
        return None

    def _count(self, path: str) -> None:
        identity = self.root.identity(path)
        if identity is None:
            return
        self._reads[identity] += 1
        if self._reads[identity] > _MOST_READS:
            raise SysdepsError(
                f"`{self.root.display_path(path)}` is shared by several distributions through links",
                hint="recreate the environment: each distribution has its own metadata",
            )
