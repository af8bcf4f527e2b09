"""A root with an environment of many distributions, to see how reports look then."""

from __future__ import annotations

from typing import TYPE_CHECKING

from builders.dpkg import Package
from builders.elf import Elf
from builders.system import LIB, LOADER, make_system, write_library
from builders.venv import install

if TYPE_CHECKING:
    from pathlib import Path

LIBRARIES = {
    "libcairo2": ("libcairo.so.2", 9),
    "libgdk-pixbuf-2.0-0": ("libgdk_pixbuf-2.0.so.0", 31),
    "libgl1": ("libGL.so.1", 31),
    "libmariadb3": ("libmariadb.so.3", 0),
    "libpq5": ("libpq.so.5", 1),
    "libxml2": ("libxml2.so.2", 3),
}
"""Each package with its library, and how many others it pulls in."""
_TEXT = b"\0OpenSSL 3.0.15 3 Sep 2024\0"


def crowded_root(root: Path, count: int) -> Path:
    """Make a root with so many distributions: of ten five need libraries, two bring one, one needs what is missing."""
    packages = [_package("libc6", 13_000, files=(LOADER, f"/{LIB}/libc.so.6"), Essential="yes")]
    for name, (soname, others) in LIBRARIES.items():
        pulled = [f"{name}-part{number}" for number in range(others)]
        packages += [_package(each, 2_900, Depends="libc6") for each in pulled]
        packages.append(_package(name, 1_100, files=(f"/{LIB}/{soname}",), Depends=", ".join(["libc6", *pulled])))
    libc, program = Elf(soname="libc.so.6"), Elf(interpreter=LOADER, needed=("libc.so.6",))
    site = make_system(root, *packages, libc=libc, program=program)
    for soname, _ in LIBRARIES.values():
        write_library(root, f"/{LIB}/{soname}", Elf(soname=soname, needed=("libc.so.6",)))
    names = [f"distribution-with-a-name-{number:03}" for number in range(count - 1)]
    install(site, "webapp", requires=names[::7], metadata={"REQUESTED": ""})
    for number, name in enumerate(names):
        install(site, name, f"{number}.0", requires=names[number + 1 : number + 3], files=_files(number))
    return root


def _package(name: str, size: int, *, files: tuple[str, ...] = (), **fields: str) -> Package:
    return Package(name=name, version="1.2.3-4+deb12u5", files=files, fields={"Installed-Size": str(size), **fields})


def _files(number: int) -> dict[str, bytes]:
    """Return the files of a distribution."""
    module, sonames = f"m{number}", [soname for soname, _ in LIBRARIES.values()]
    needs = (sonames[number % len(sonames)], sonames[number // 2 % len(sonames)])
    match number % 10:
        case 0 | 2 | 4 | 6 | 8:
            return {f"{module}/_m.abi3.so": Elf(needed=(*dict.fromkeys(needs), "libc.so.6")).build()}
        case 1 | 5:
            name = f"libssl-{number:08x}.so.3"
            loads = Elf(needed=(name, "libc.so.6"), runpath=f"$ORIGIN/../{module}.libs")
            own = Elf(soname=name, needed=("libc.so.6",), code=_TEXT)
            return {f"{module}/_m.abi3.so": loads.build(), f"{module}.libs/{name}": own.build()}
        case 3:
            return {f"{module}/_m.abi3.so": Elf(needed=(f"libgone{number}.so.1", "libc.so.6")).build()}
        case _:
            return {}
