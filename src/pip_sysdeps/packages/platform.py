"""What system a root is: distribution, release, architecture, C library."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pip_sysdeps.errors import SysdepsError
from pip_sysdeps.model.packages import Platform
from pip_sysdeps.system.os_release import parse_os_release

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pip_sysdeps.model.elf import ElfFile
    from pip_sysdeps.packages.debian.database import PackageDatabase
    from pip_sysdeps.system.root import Root

_OS_RELEASE = ("/etc/os-release", "/usr/lib/os-release")
_MAX_OS_RELEASE = 1 << 20
_ARCHITECTURES = {
    (3, 32, True): "i386",
    (8, 32, False): "mips",
    (8, 32, True): "mipsel",
    (8, 64, True): "mips64el",
    (20, 32, False): "powerpc",
    (21, 64, False): "ppc64",
    (21, 64, True): "ppc64el",
    (22, 64, False): "s390x",
    (62, 32, True): "x32",
    (62, 64, True): "amd64",
    (183, 64, True): "arm64",
    (243, 64, True): "riscv64",
    (258, 64, True): "loong64",
}
"""Debian's name by `e_machine`, ELF class and whether it is little-endian. Source: dpkg-architecture(1) tables."""
_EM_ARM, _EF_ARM_ABI_FLOAT_HARD = 40, 0x400


def read_platform(root: Root, packages: PackageDatabase | None, program: ElfFile | None) -> Platform:
    """Say what system a root is; what it does not tell is empty.

    `program` is the interpreter, or any object of the kind that is to run: it tells the C library, and the architecture
    where dpkg does not. Raise SysdepsError for an os-release that is there and cannot be read.
    """
    release = _os_release(root)
    return Platform(
        distro=release.get("ID", ""),
        codename=release.get("VERSION_CODENAME", ""),
        release=release.get("VERSION_ID", ""),
        architecture=(packages.architecture if packages else "") or (debian_architecture(program) if program else ""),
        package_manager="dpkg" if packages else "",
        libc=program.libc if program else "",
    )


def debian_architecture(elf: ElfFile) -> str:
    """Return Debian's name for the architecture that an object was made for; empty for one that Debian lacks."""
    if elf.machine == _EM_ARM and elf.little_endian:
        return "armhf" if elf.header_flags & _EF_ARM_ABI_FLOAT_HARD else "armel"
    return _ARCHITECTURES.get((elf.machine, elf.elf_class, elf.little_endian), "")


def _os_release(root: Root) -> Mapping[str, str]:
    path = next((path for path in _OS_RELEASE if root.is_file(path)), None)
    if path is None:
        return {}
    try:
        return parse_os_release(root.read(path, _MAX_OS_RELEASE))
    except OSError as error:
        raise SysdepsError(
            f"cannot read `{path}`: {error.strerror}", hint="make it readable, or run as root"
        ) from error
