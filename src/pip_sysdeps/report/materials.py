"""Define the content of an SBOM: distributions, packages and libraries of an environment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pip_sysdeps.report.audit import components_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pip_sysdeps.environment.sbom import Component, Sbom
    from pip_sysdeps.environment.vendored import VendoredLibrary
    from pip_sysdeps.lock.document import Target
    from pip_sysdeps.model.environment import Distribution
    from pip_sysdeps.report.audit import InstalledVersion


@dataclass(frozen=True, slots=True, kw_only=True)
class Materials:
    """The content of an SBOM."""

    target: Target
    """The environment's target in the lock."""
    distributions: tuple[Distribution, ...]
    """All distributions of the environment, sorted by name."""
    required: Mapping[str, tuple[str, ...]]
    """A distribution -> the installed distributions that it requires."""
    vendored: Mapping[str, tuple[str, ...]]
    """A distribution -> the paths of its vendored libraries, relative to its folder."""
    libraries: Mapping[str, tuple[VendoredLibrary, ...]]
    """A distribution without SBOMs -> the libraries that its files are or contain."""
    sboms: Mapping[str, tuple[Sbom, ...]]
    """A distribution -> the SBOMs in its metadata."""
    installed: Mapping[str, InstalledVersion]
    """The installed version of each binary package."""

    def requested(self) -> tuple[Distribution, ...]:
        """Return the requested distributions, and those that no other requires."""
        required = {name for names in self.required.values() for name in names}
        return tuple(each for each in self.distributions if each.requested or each.name not in required)

    def components(self, name: str) -> tuple[Component, ...]:
        """Return each component of a distribution's SBOMs once, without the distribution itself."""
        return tuple(components_of(name, self.sboms.get(name, ())))
