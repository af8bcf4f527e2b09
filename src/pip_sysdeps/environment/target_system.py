"""A system that is not this machine: what its index says of it, for a lock that is made elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pip_sysdeps.errors import SysdepsError
from pip_sysdeps.loader.registry import program_of
from pip_sysdeps.model.packages import Platform
from pip_sysdeps.packages.index import SonameIndex, no_index, open_index
from pip_sysdeps.packages.registry import distro_of, family_of_target

if TYPE_CHECKING:
    from pip_sysdeps.model.elf import ElfFile


if TYPE_CHECKING:
    from pip_sysdeps.system.root import Root


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetSystem:
    """A release on an architecture, with all its packages and none of them installed."""

    platform: Platform
    """What it is."""
    program: ElfFile
    """What stands for its Python: a program for its machine that nothing is known of but the dynamic loader."""
    index: SonameIndex
    """Who has which library."""

    @property
    def libc(self) -> str:
        """Name the package that has the dynamic loader."""
        return self.index.installable((self.program.interpreter or "").rpartition("/")[2]) or ""

    def has_glibc(self, version: str) -> bool:
        """Tell whether its glibc is of a version or newer; where either is not known, nothing speaks against it."""
        own = self.index.target.glibc
        return not (own and version) or _numbers(own) >= _numbers(version)

    def own_python(self) -> str:
        """Return the ABI tag of the release's own Python: `cp313`. Raise SysdepsError if it is not known."""
        version = self.index.target.python
        if not version:
            raise SysdepsError(
                f"nothing tells for which Python this is, and the index does not tell that of {self.platform.id}",
                hint="put a wheel for one version of Python (cp312-...) beside the others, or run "
                "`pip-sysdeps index update`",
            )
        return "cp" + version.replace(".", "")


def open_target(target_id: str, root: Root) -> TargetSystem:
    """Return the system that a target's id names, which may be that of a root.

    Raise SysdepsError if there is no index for it.
    """
    index = open_index(target_id, root)
    distro = distro_of(target_id)
    codename, _, architecture = target_id[len(distro) + 1 :].rpartition("-")
    family = family_of_target(target_id)
    described = family.architectures.get(architecture) if family else None
    program = program_of(described.loader) if described else None
    if index is None or family is None or described is None or program is None:
        raise no_index(target_id)
    release = index.target.release
    platform = Platform(
        distro=distro,
        codename="" if codename == release else codename,
        release=release,
        release_name=codename,
        architecture=architecture,
        machine=described.machine,
        package_manager=family.manager,
        libc=program.libc,
    )
    return TargetSystem(platform=platform, program=program, index=index)


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))
