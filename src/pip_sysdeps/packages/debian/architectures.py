"""What others call the architectures that have names of Debian's own."""

from __future__ import annotations

TRIPLETS = {
    "amd64": "x86_64-linux-gnu",
    "arm64": "aarch64-linux-gnu",
    "armel": "arm-linux-gnueabi",
    "armhf": "arm-linux-gnueabihf",
    "i386": "i386-linux-gnu",
    "loong64": "loongarch64-linux-gnu",
    "mips64el": "mips64el-linux-gnuabi64",
    "ppc64el": "powerpc64le-linux-gnu",
    "riscv64": "riscv64-linux-gnu",
    "s390x": "s390x-linux-gnu",
}
"""Architecture -> multiarch tuple. Source: dpkg-architecture(1), `DEB_HOST_MULTIARCH`."""

_MACHINES = {
    "amd64": "x86_64",
    "arm64": "aarch64",
    "armhf": "armv7l",
    "i386": "i686",
    "loong64": "loongarch64",
    "mips64el": "mips64",
    "ppc64el": "ppc64le",
}


def machine_of(architecture: str) -> str:
    """Return what uname(2) calls an architecture, and with it `platform.machine()` and the platform tags of wheels."""
    return _MACHINES.get(architecture, architecture)
