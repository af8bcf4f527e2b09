"""apk's names of architectures. Source: apk-package(5), "arch"; apk-tools src/apk_arch.h."""

from __future__ import annotations

from pip_sysdeps.packages.elf_architecture import ArchitectureNames
from pip_sysdeps.packages.family import Architecture

_BY_HEADER = {
    (3, 32, True): "x86",
    (8, 32, False): "mips",
    (8, 32, True): "mipsel",
    (8, 64, False): "mips64",
    (8, 64, True): "mips64el",
    (20, 32, False): "ppc",
    (21, 64, False): "ppc64",
    (21, 64, True): "ppc64le",
    (22, 64, False): "s390x",
    (62, 64, True): "x86_64",
    (183, 64, True): "aarch64",
    (243, 32, True): "riscv32",
    (243, 64, True): "riscv64",
    (258, 64, True): "loongarch64",
}
"""By `e_machine`, ELF class and whether it is little-endian."""
_DIRECTORIES = ("/lib", "/usr/local/lib", "/usr/lib")
"""musl's default directories. Most systems with apk have musl; those with glibc get the directories from its loader."""


def _architecture(machine: str, musl: str, glibc: str = "") -> Architecture:
    return Architecture(machine, f"ld-musl-{musl}.so.1", _DIRECTORIES, other_loaders={"glibc": glibc} if glibc else {})


ARCHITECTURES = {
    "aarch64": _architecture("aarch64", "aarch64", "ld-linux-aarch64.so.1"),
    "armhf": _architecture("armv6l", "armhf"),
    "armv7": _architecture("armv7l", "armhf"),
    "loongarch64": _architecture("loongarch64", "loongarch64"),
    "ppc64le": _architecture("ppc64le", "powerpc64le"),
    "riscv64": _architecture("riscv64", "riscv64"),
    "s390x": _architecture("s390x", "s390x"),
    "x86": _architecture("i686", "i386"),
    "x86_64": _architecture("x86_64", "x86_64", "ld-linux-x86-64.so.2"),
}
"""Every architecture of Alpine's current releases; Wolfi, which has glibc, has two of them."""
architecture_of = ArchitectureNames(_BY_HEADER, arm_hard_float="armv7", arm_soft_float="armel").name
"""Return apk's name for the architecture of an object; empty if it has none.

An ELF header does not distinguish `armhf` (ARMv6) from `armv7`: with hard floats it is `armv7`, which images are made
for. The database's own architecture takes precedence.
"""
