"""Read Python sources."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from pip_sysdeps.model.environment import Skipped, Verdict
from pip_sysdeps.sources.source import Source, is_used, relative

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pip_sysdeps.system.root import Root

LONGEST_SOURCE = 1 << 24
"""Maximum bytes of a source that are read."""
_MOST_KEPT = 1 << 23
"""Maximum bytes of sources kept in memory: most are searched several times."""


class Sources:
    """The Python sources among some files, such as those of a distribution: those used on Linux, without tests."""

    def __init__(self, root: Root, base: str, files: Iterable[str]) -> None:
        """Read nothing yet. Only sources among `files` are read; modules are named relative to the folder `base`."""
        self._root = root
        self._base = base
        self._files = files
        self._left = _MOST_KEPT
        self._texts: dict[str, bytes] = {}
        self.unreadable: dict[str, Skipped] = {}
        """Notes about sources that cannot be read, by path."""

    @cached_property
    def paths(self) -> tuple[str, ...]:
        """Paths of the sources, top-level ones first: most modules are imported there."""
        used = [path for path in self._files if path[-3:] == ".py" and is_used(relative(path, self._base))]
        return tuple(sorted(used, key=lambda path: (path.count("/"), path)))

    def __len__(self) -> int:
        """Return the number of sources."""
        return len(self.paths)

    def __iter__(self) -> Iterator[Source]:
        """Yield the sources that can be read and are not empty."""
        for path in self.paths:
            if text := self._text(path):
                yield Source(path, text, self._base)

    def _text(self, path: str) -> bytes:
        if path in self._texts:
            return self._texts[path]
        text = b""
        try:
            text = self._root.read_resolved(path, LONGEST_SOURCE)
        except OSError as error:
            self.unreadable[path] = Skipped(path=path, verdict=Verdict.UNREADABLE, reason=str(error.strerror))
        self._left -= len(text)
        if self._left > 0:
            self._texts[path] = text
        return text
