"""Install lines for dnf, microdnf, yum and zypper.

An item is the name of a package or the capability of a library; all four programs install by either. Paths are never
written, because microdnf loads no file lists. Weak dependencies and documentation are skipped.
"""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pip_sysdeps.packages.item_formats import argument, as_lines, as_names
from pip_sysdeps.packages.rpm.capability import capability
from pip_sysdeps.packages.rpm.evr import part_key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from pip_sysdeps.packages.family import Item


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """A program that installs packages, and its commands."""

    name: str
    """Its name on PATH."""
    install: str
    """The command to install, without questions, weak dependencies and documentation."""
    clean: str
    """The command that removes the downloads."""
    refresh: str
    """The command that downloads the metadata of the repositories."""
    pin: str = "-"
    """The separator between a name and its version."""


PROGRAMS: Mapping[str, Program] = {
    each.name: each
    for each in (
        Program(
            name="dnf",
            install="dnf install -y --setopt=install_weak_deps=0 --nodocs",
            clean="dnf clean all",
            refresh="dnf makecache",
        ),
        Program(
            name="microdnf",
            install="microdnf install -y --setopt=install_weak_deps=0 --nodocs",
            clean="microdnf clean all",
            refresh="microdnf makecache",
        ),
        Program(
            name="yum",
            install=(
                "yum install -y --setopt=install_weak_deps=0 --setopt=tsflags=nodocs "
                "--setopt=skip_missing_names_on_install=0"
            ),
            clean="yum clean all",
            refresh="yum makecache",
        ),
        Program(
            name="zypper",
            install="zypper --non-interactive install --no-recommends",
            clean="zypper clean --all",
            refresh="zypper refresh",
            pin="=",
        ),
    )
}
"""By name; the first that a root has is used.

Without the option, yum reports success if it finds one name of several. yum 3 has no weak dependencies and warns
about the option; since RHEL 8, yum is a link to dnf.
"""


def as_satisfy(items: Iterable[Item], program: Program) -> str:
    """Render one item per line, and the capabilities of the symbol versions that it must have."""
    items = tuple(items)
    versions = dict.fromkeys(each for item in items for each in item.capabilities)
    return as_lines(items, program.pin) + "".join(f"{each}\n" for each in versions)


def as_command(names: Iterable[str], program: Program) -> str:
    """Return the shell command that installs packages or capabilities; empty for none."""
    arguments = " ".join(map(shlex.quote, names))
    return f"{program.install} {arguments}" if arguments else ""


def as_dockerfile(items: Sequence[Item], program: Program) -> str:
    """Render a RUN instruction; nothing for no items."""
    if not items:
        return ""
    arguments = "".join(f"        {shlex.quote(argument(each, program.pin))} \\\n" for each in items)
    return f"RUN {program.install} \\\n{arguments} && {program.clean}\n"


def formats(program: Program) -> Mapping[str, Callable[[Sequence[Item]], str]]:
    """Return the renderers for a program by their output format."""
    return {
        "names": lambda items: as_names(items, program.pin),
        "lines": lambda items: as_lines(items, program.pin),
        "satisfy": lambda items: as_satisfy(items, program),
    }


def usage(program: Program) -> str:
    """Return how to use the output of the formats."""
    return (
        "To install the printed names, or the output of --format satisfy, on a system with rpm:\n\n"
        f"  xargs -r -a packages.txt {program.install}\n"
    )


def version_capabilities(soname: str, mark: str, versions: Iterable[str]) -> tuple[str, ...]:
    """Return a capability for each needed symbol version of a library, sorted.

    Of versions that differ only in their number (`GLIBCXX_3.4`, `GLIBCXX_3.4.29`), only the highest is returned: a
    library with it also has the earlier ones.
    """
    highest: dict[str, str] = {}
    for version in versions:
        stem = version.rstrip("0123456789.")
        highest[stem] = max(highest.get(stem, version), version, key=part_key)
    found = (capability(soname, mark, version) for version in highest.values())
    return tuple(sorted(each for each in found if each is not None))
