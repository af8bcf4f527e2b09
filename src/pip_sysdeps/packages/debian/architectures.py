"""Debian's architectures: their names, machines, loaders and directories.

Source: dpkg-architecture(1), `DEB_HOST_MULTIARCH` and the tables behind it; the directories are those of Debian's glibc
(`ld.so --help` on each architecture), and what libc.conf and its like in /etc/ld.so.conf.d add.
"""

from __future__ import annotations

from pip_sysdeps.packages.elf_architecture import ArchitectureNames
from pip_sysdeps.packages.family import Architecture

_BY_HEADER = {
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
"""By `e_machine`, ELF class and whether it is little-endian."""


def _architecture(machine: str, triplet: str, loader: str) -> Architecture:
    return Architecture(
        machine,
        loader,
        (f"/lib/{triplet}", f"/usr/lib/{triplet}", "/lib", "/usr/lib"),
        ("/usr/local/lib", f"/usr/local/lib/{triplet}"),
    )


ARCHITECTURES = {
    "amd64": _architecture("x86_64", "x86_64-linux-gnu", "ld-linux-x86-64.so.2"),
    "arm64": _architecture("aarch64", "aarch64-linux-gnu", "ld-linux-aarch64.so.1"),
    "armel": _architecture("armel", "arm-linux-gnueabi", "ld-linux.so.3"),
    "armhf": _architecture("armv7l", "arm-linux-gnueabihf", "ld-linux-armhf.so.3"),
    "i386": _architecture("i686", "i386-linux-gnu", "ld-linux.so.2"),
    "loong64": _architecture("loongarch64", "loongarch64-linux-gnu", "ld-linux-loongarch-lp64d.so.1"),
    "mips64el": _architecture("mips64", "mips64el-linux-gnuabi64", "ld.so.1"),
    "ppc64el": _architecture("ppc64le", "powerpc64le-linux-gnu", "ld64.so.2"),
    "riscv64": _architecture("riscv64", "riscv64-linux-gnu", "ld-linux-riscv64-lp64d.so.1"),
    "s390x": _architecture("s390x", "s390x-linux-gnu", "ld64.so.1"),
}
"""Every architecture with a port in a current release."""

architecture_of = ArchitectureNames(_BY_HEADER, arm_hard_float="armhf", arm_soft_float="armel").name
"""Return Debian's name for the architecture that an object was made for; empty for one that Debian lacks."""
