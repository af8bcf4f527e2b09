"""What an environment is made of: the content of a software bill of materials."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pip_sysdeps.environment.sbom import Sbom
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
    sboms: Mapping[str, tuple[Sbom, ...]]
    """A distribution -> its own documents."""
    installed: Mapping[str, InstalledVersion]
    """What the package database knows about each binary package."""
