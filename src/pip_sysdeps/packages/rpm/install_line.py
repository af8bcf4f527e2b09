"""What to install, in the forms of dnf, microdnf, yum and zypper.

A requirement is the name of a package or the capability of a library; all four install by either. Paths are never
written: microdnf loads no file lists. Weak dependencies and documentation are left out.
"""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pip_sysdeps.packages.rpm.capability import capability
from pip_sysdeps.packages.rpm.evr import part_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """One package, or one library whose package is not known."""

    name: str
    """The name of a package, or a capability."""
    version: str = ""
    """The version to install, of a package whose version is pinned."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manager:
    """A program that installs packages, and how it is called."""

    program: str
    """Its name on PATH."""
    install: str
    """The command to install, without questions, weak dependencies and documentation."""
    clean: str
    """The command that removes what the installation has downloaded."""
    pin: str
    """What stands between a name and its version."""


MANAGERS: Mapping[str, Manager] = {
    each.program: each
    for each in (
        Manager(
            program="dnf",
            install="dnf install -y --setopt=install_weak_deps=0 --nodocs",
            clean="dnf clean all",
            pin="-",
        ),
        Manager(
            program="microdnf",
            install="microdnf install -y --setopt=install_weak_deps=0 --nodocs",
            clean="microdnf clean all",
            pin="-",
        ),
        Manager(
            program="yum",
            install="yum install -y --setopt=tsflags=nodocs --setopt=skip_missing_names_on_install=0",
            clean="yum clean all",
            pin="-",
        ),
        Manager(
            program="zypper",
            install="zypper --non-interactive install --no-recommends",
            clean="zypper clean --all",
            pin="=",
        ),
    )
}
"""By program. yum takes an installation for done when one name of several is found, unless told otherwise."""


def as_names(requirements: Sequence[Requirement], manager: Manager) -> str:
    """Render one line for xargs(1)."""
    return " ".join(_argument(each, manager) for each in requirements) + "\n" if requirements else ""


def as_lines(requirements: Iterable[Requirement], manager: Manager) -> str:
    """Render one requirement a line."""
    return "".join(f"{_argument(each, manager)}\n" for each in requirements)


def as_command(requirements: Sequence[Requirement], manager: Manager) -> str:
    """Render the command that installs them, for a shell; nothing for no requirements."""
    arguments = " ".join(shlex.quote(_argument(each, manager)) for each in requirements)
    return f"{manager.install} {arguments}\n" if requirements else ""


def as_dockerfile(requirements: Sequence[Requirement], manager: Manager) -> str:
    """Render a RUN instruction; nothing for no requirements."""
    if not requirements:
        return ""
    arguments = "".join(f"        {shlex.quote(_argument(each, manager))} \\\n" for each in requirements)
    return f"RUN {manager.install} \\\n{arguments} && {manager.clean}\n"


def as_satisfy(requirements: Iterable[Requirement], capabilities: Iterable[str], manager: Manager) -> str:
    """Render one requirement a line, with the capabilities of the symbol versions that are used."""
    return as_lines((*requirements, *(Requirement(name=each) for each in sorted(set(capabilities)))), manager)


def version_capabilities(soname: str, mark: str, versions: Iterable[str]) -> tuple[str, ...]:
    """Return a capability for each symbol version that is needed of a library, sorted.

    Of versions that differ only in their number (`GLIBCXX_3.4`, `GLIBCXX_3.4.29`) the highest stands for all: a library
    that has it has those before it.
    """
    highest: dict[str, str] = {}
    for version in versions:
        stem = version.rstrip("0123456789.")
        highest[stem] = max(highest.get(stem, version), version, key=part_key)
    found = (capability(soname, mark, version) for version in highest.values())
    return tuple(sorted(each for each in found if each is not None))


def _argument(requirement: Requirement, manager: Manager) -> str:
    return f"{requirement.name}{manager.pin}{requirement.version}" if requirement.version else requirement.name
