"""What an environment is made of: the content of a software bill of materials."""

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
    """What an environment is made of."""

    target: Target
    """The environment as the lock has it."""
    distributions: tuple[Distribution, ...]
    """All of them, sorted by name."""
    required: Mapping[str, tuple[str, ...]]
    """A distribution -> the installed ones that it requires."""
    vendored: Mapping[str, tuple[str, ...]]
    """A distribution -> the libraries that it brings, relative to its folder."""
    libraries: Mapping[str, tuple[VendoredLibrary, ...]]
    """A distribution -> what its files are or hold, of those whose documents name nothing."""
    sboms: Mapping[str, tuple[Sbom, ...]]
    """A distribution -> its own documents."""
    installed: Mapping[str, InstalledVersion]
    """What the package database knows about each binary package."""

    def asked(self) -> tuple[Distribution, ...]:
        """Return the distributions that a person asked for, and those that no other requires."""
        required = {name for names in self.required.values() for name in names}
        return tuple(each for each in self.distributions if each.requested or each.name not in required)

    def components(self, name: str) -> tuple[Component, ...]:
        """Return what the documents of a distribution name, once each, without itself."""
        return tuple(components_of(name, self.sboms.get(name, ())))
