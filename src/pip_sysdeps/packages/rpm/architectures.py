"""rpm's architectures: their names, their loaders, and the default library directories of their glibc.

Sources: rpm's `rpmrc.in` for the names; glibc's `shlib-versions` for the loaders, and its `sysdeps/unix/sysv/linux/*/
configure` for the directories: 64-bit libraries lie in `lib64`, beside 32-bit ones in `lib`.
"""

from __future__ import annotations

from pip_sysdeps.packages.elf_architecture import ArchitectureNames
from pip_sysdeps.packages.family import Architecture

_LIB, _LIB64 = ("/lib", "/usr/lib"), ("/lib64", "/usr/lib64")
_BY_HEADER = {
    (3, 32, True): "i686",
    (21, 64, False): "ppc64",
    (21, 64, True): "ppc64le",
    (22, 64, False): "s390x",
    (62, 64, True): "x86_64",
    (183, 64, True): "aarch64",
    (243, 64, True): "riscv64",
    (258, 64, True): "loongarch64",
}
"""By `e_machine`, ELF class and whether it is little-endian."""

ARCHITECTURES = {
    "aarch64": Architecture("aarch64", "ld-linux-aarch64.so.1", _LIB64),
    "armv7hl": Architecture("armv7l", "ld-linux-armhf.so.3", _LIB),
    "i686": Architecture("i686", "ld-linux.so.2", _LIB),
    "loongarch64": Architecture("loongarch64", "ld-linux-loongarch-lp64d.so.1", _LIB64),
    "ppc64le": Architecture("ppc64le", "ld64.so.2", _LIB64),
    "riscv64": Architecture("riscv64", "ld-linux-riscv64-lp64d.so.1", ("/lib64/lp64d", "/usr/lib64/lp64d")),
    "s390x": Architecture("s390x", "ld64.so.1", _LIB64),
    "x86_64": Architecture("x86_64", "ld-linux-x86-64.so.2", _LIB64),
}
"""Every architecture with a port in a current release of a distribution."""

architecture_of = ArchitectureNames(_BY_HEADER, arm_hard_float="armv7hl").name
"""Return rpm's name for the architecture that an object was made for; empty for one that rpm lacks."""


def base_architecture(architecture: str) -> str:
    """Return `$basearch` of an architecture. Source: dnf.conf(5), "Variables"; dnf's `rpm/__init__.py`."""
    return {"i686": "i386", "armv7hl": "armhfp"}.get(architecture, architecture)


def capability_mark(architecture: str) -> str:
    """Return the mark that the capabilities of an architecture's libraries have: `(64bit)` or nothing."""
    described = ARCHITECTURES.get(architecture)
    return "(64bit)" if described and described.directories[0].startswith("/lib64") else ""
