"""A root with only the files of an environment, for a lock for another target."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from pip_sysdeps.system.root import Root

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pip_sysdeps.model.environment import Environment


class EnvironmentRoot(Root):
    """A root in which only the files of an environment exist, by all of their paths."""

    def __init__(self, root: Root, environment: Environment) -> None:
        super().__init__(root.directory, disk=root.disk)
        self._visible = {"/"}
        for file in _files(root, environment):
            while file not in self._visible:
                self._visible.add(file)
                file = posixpath.dirname(file)  # noqa: PLW2901 - up to a folder that is there already

    def follow(self, path: str) -> str | None:
        """Return the path with every link followed, or None outside the environment."""
        real = super().follow(path)
        return real if real in self._visible else None

    def names(self, folder: str) -> list[str]:
        """Return the names in a folder that belong to the environment, sorted."""
        return [name for name in super().names(folder) if self.resolve(posixpath.join(folder, name)) is not None]


def _files(root: Root, environment: Environment) -> Iterator[str]:
    """Yield every file of an environment, resolved."""
    yield from environment.unclaimed
    for distribution in environment.distributions:
        yield from distribution.files
        metadata = distribution.metadata_path
        yield from (f"{metadata}/{name}" for name in root.names(metadata))
        yield metadata
