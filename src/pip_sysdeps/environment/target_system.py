"""Another system than this machine's, from its index, for a lock with `--target`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from packaging.tags import parse_tag

from pip_sysdeps.environment.read_interpreter import parse_python_name
from pip_sysdeps.environment.wheel_tags import python_of_tags
from pip_sysdeps.errors import SysdepsError
from pip_sysdeps.loader.glibc.libraries import is_glibc_library
from pip_sysdeps.loader.registry import program_of
from pip_sysdeps.model.environment import Interpreter
from pip_sysdeps.model.packages import Platform
from pip_sysdeps.packages.index import SonameIndex, no_index_error, open_index
from pip_sysdeps.packages.registry import distributions, distro_of, family_of_target
from pip_sysdeps.packages.releases import glibc_releases

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pip_sysdeps.model.elf import ElfFile
    from pip_sysdeps.model.environment import Environment
    from pip_sysdeps.packages.family import Family
    from pip_sysdeps.packages.registry import LinuxDistribution
    from pip_sysdeps.system.root import Root


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetSystem:
    """A release on an architecture, with none of its packages installed."""

    platform: Platform
    """The system."""
    program: ElfFile
    """A substitute for its Python: a program for its machine, with its dynamic loader."""
    index: SonameIndex | None
    """Its index; None if the package manager needs none."""
    glibc: str
    """The version of its glibc; empty if unknown."""
    base_libraries: Mapping[str, str]
    """Libraries of its base packages, if it has no index: soname -> package."""

    @property
    def base(self) -> frozenset[str]:
        """The packages of a minimal system."""
        return self.index.base if self.index else frozenset(self.base_libraries.values())

    @property
    def libc(self) -> str:
        """The package with the dynamic loader; without an index, the C library's name."""
        loader = (self.program.interpreter or "").rpartition("/")[2]
        return self.package_to_install(loader) or ""

    def package_to_install(self, soname: str) -> str | None:
        """Return the package to install for a library.

        For a library of the C library without a package, this is the C library's name.
        """
        package = self.index.package_to_install(soname) if self.index else None
        is_loader = self.program.interpreter is not None and self.program.interpreter.endswith(f"/{soname}")
        is_libc_library = is_loader or (self.platform.libc == "glibc" and is_glibc_library(soname))
        return package or (self.platform.libc if is_libc_library else self.base_libraries.get(soname))

    def default_python(self) -> str:
        """Return the ABI tag of the release's own Python: `cp313`. Raise SysdepsError if unknown."""
        if self.index is None or not self.index.target.python:
            reason = "its index does not have it" if self.index else "it has no index"
            update_hint = ", or run `pip-sysdeps index update`" if self.index else ""
            raise SysdepsError(
                f"cannot determine the Python version of {self.platform.id}: no wheel is for one version, and {reason}",
                hint=f"add a wheel for one version of Python (cp312-...){update_hint}",
            )
        return "cp" + self.index.target.python.replace(".", "")


def python_for_target(environment: Environment, system: TargetSystem) -> Interpreter:
    """Return the Python of an environment on another system.

    If nothing in the environment's folders shows a version, it is the one that the wheels require; without any, the
    system's own, if known.
    """
    interpreter = environment.interpreter
    if not interpreter.is_assumed:
        return interpreter
    wheels = (
        python_of_tags(tag for text in each.tags for tag in parse_tag(text)) for each in environment.distributions
    )
    required = frozenset[str]().union(*wheels)
    default = system.index.target.python if system.index else ""
    name = f"python{default}"
    if len(required) == 1:
        (abi_tag,) = required
        name = f"{'pypy' if abi_tag.startswith('pp') else 'python'}{abi_tag[2]}.{abi_tag[3:]}"
    python = parse_python_name(name)
    return Interpreter(path="", prefix="", version=python.version, abi_tag=python.abi_tag) if python else interpreter


def open_target(target_id: str, root: Root) -> TargetSystem:
    """Return the system of a target id, which may be that of a root.

    Raise SysdepsError without an index for it, unless its package manager installs libraries without one.
    """
    index = open_index(target_id, root)
    distro = distro_of(target_id)
    codename, _, architecture = target_id[len(distro) + 1 :].rpartition("-")
    family, distribution = family_of_target(target_id), distributions().get(distro)
    if family is None or distribution is None:
        raise no_index_error(target_id)
    if family.needs_no_index:
        _require_target(target_id, family, distribution, codename)
    described = family.architectures.get(architecture)
    program = program_of(described.other_loaders.get(distribution.libc, described.loader)) if described else None
    if described is None or program is None:
        raise no_index_error(target_id)
    if index is None and not family.library_capability(described.loader, program):
        raise no_index_error(target_id)
    release = index.target.release if index else codename
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
    glibc = (index.target.glibc if index else "") or glibc_releases().get(f"{distro}-{codename}", "")
    libraries = {} if index else family.base_libraries(distro)
    return TargetSystem(platform=platform, program=program, index=index, glibc=glibc, base_libraries=libraries)


def _require_target(target_id: str, family: Family, known: LinuxDistribution, release: str) -> None:
    """Raise SysdepsError for an id without its release, with an unexpected release, or with an unknown architecture."""
    architecture = target_id.rpartition("-")[2]
    distro = target_id.removesuffix(f"-{architecture}").removesuffix(f"-{release}")
    if architecture not in family.architectures:
        words = ", ".join(sorted(family.architectures))
        raise SysdepsError(
            f"`{target_id}` names no architecture of {family.manager}", hint=f"the last word is one of {words}"
        )
    if known.parts == 0 and release:
        raise SysdepsError(
            f"`{target_id}` names a release, and {distro} has none", hint=f"name it `{distro}-{architecture}`"
        )
    if known.parts != 0 and not release:
        raise SysdepsError(f"`{target_id}` names no release", hint=f"name it as in `{family.example}`")
