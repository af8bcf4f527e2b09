"""Read the SBOMs of installed wheels (PEP 770), with limits for the whole environment.

A file that several distributions share through hard links is parsed once, but counted each time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pip_sysdeps.environment.sbom import Sbom, parse_sbom
from pip_sysdeps.errors import MalformedError
from pip_sysdeps.model.environment import Skipped, Verdict

if TYPE_CHECKING:
    from pip_sysdeps.model.environment import Distribution
    from pip_sysdeps.system.root import Root

_MAX_BYTES = 32 << 20
MAX_ALL_BYTES = 32 << 20
"""Limit on the bytes of all SBOMs of an environment."""
MAX_ALL_COMPONENTS = 60_000
"""Limit on their components; shared ones count for each distribution."""
MAX_ALL_EDGES = 300_000
"""Limit on their references in dependencies; shared ones count for each distribution."""


class SbomFiles:
    """Reads the SBOMs of one environment within limits."""

    def __init__(self, root: Root) -> None:
        self._root = root
        self._parsed: dict[tuple[int, int], Sbom] = {}
        self._bytes_left = MAX_ALL_BYTES
        self._components_left = MAX_ALL_COMPONENTS
        self._edges_left = MAX_ALL_EDGES

    def read(self, distribution: Distribution, skipped: list[Skipped]) -> tuple[Sbom, ...]:
        """Return the SBOMs of one distribution, by name; unusable ones and those beyond a limit go to `skipped`."""
        folder = f"{distribution.metadata_path}/sboms"
        found = []
        for name in self._root.names(folder):
            if not name.endswith(".json"):
                continue
            path = f"{folder}/{name}"
            try:
                found.append(self._read(path))
            except OSError as error:
                skipped.append(
                    Skipped(path=path, verdict=Verdict.UNREADABLE, reason=error.strerror or "cannot be read")
                )
            except MalformedError as error:
                skipped.append(Skipped(path=path, verdict=Verdict.MALFORMED, reason=str(error)))
        return tuple(found)

    def _read(self, path: str) -> Sbom:
        """Return one SBOM. Raise MalformedError also for one that exceeds a limit of the environment."""
        content = self._root.read(path, _MAX_BYTES)
        if len(content) > self._bytes_left:
            raise MalformedError(f"the SBOMs of this environment have more than {MAX_ALL_BYTES >> 20} MB")
        sbom = self._parse(path, content)
        if len(sbom.components) > self._components_left:
            raise MalformedError(f"the SBOMs of this environment have more than {MAX_ALL_COMPONENTS} components")
        if sbom.edges > self._edges_left:
            raise MalformedError(f"the SBOMs of this environment have more than {MAX_ALL_EDGES} dependencies")
        self._bytes_left -= len(content)
        self._edges_left -= sbom.edges
        self._components_left -= len(sbom.components)
        return sbom

    def _parse(self, path: str, content: bytes) -> Sbom:
        identity = self._root.identity(path)
        if identity is None:
            return parse_sbom(content)
        if identity not in self._parsed:
            self._parsed[identity] = parse_sbom(content)
        return self._parsed[identity]
