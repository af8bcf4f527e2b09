"""A root for the reports: a small Debian 12 with an environment in which everything is found that `audit` looks for.

It is the work of our own ELF writer and of plain files; nothing in it runs.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from builders.dpkg import Package
from builders.elf import Elf
from builders.root import write
from builders.system import LIB, LOADER, make_system, write_library
from builders.venv import install

if TYPE_CHECKING:
    from pathlib import Path

ODD_RUNPATH = "$ORIGIN/../odd:::lib:/home/build/lib:/tmp/odd"
VERSIONS = {
    "libc6": ("GLIBC_2.2.5", "GLIBC_2.17", "GLIBC_2.28", "GLIBC_2.36"),
    "zlib1g": ("ZLIB_1.2",),
}

LIBRARIES = {
    "libc6": "libc.so.6",
    "libgcc-s1": "libgcc_s.so.1",
    "libgomp1": "libgomp.so.1",
    "libpq5": "libpq.so.5",
    "zlib1g": "libz.so.1",
}

PQ_SYMBOLS = """libpq.so.5 libpq5 #MINVER#
 PQconnectdb@Base 0
 PQsetTraceFlags@Base 14~beta2
"""

APT_LIST = "".join(
    f"Package: {name}\nVersion: {version}\n\n"
    for name, version in {
        "dpkg": "1",
        "libc6": "1.0-1",
        "libgcc-s1": "2.0-1",
        "libpq5": "3.9-1",
        "zlib1g": "5.0-2",
    }.items()
)
"""No source has libgomp1, which is installed, and the release has an older libpq5."""

SBOM = {
    "bomFormat": "CycloneDX",
    "specVersion": "1.4",
    "version": 1,
    "metadata": {
        "component": {"type": "library", "bom-ref": "pkg:pypi/imaging@2.0", "name": "imaging", "version": "2.0"},
        "tools": [{"name": "auditwheel", "version": "6.8.2"}],
    },
    "components": [
        {"type": "library", "bom-ref": "pkg:pypi/imaging@2.0", "name": "imaging", "version": "2.0"},
        {
            "type": "library",
            "bom-ref": "pkg:rpm/almalinux/libtiff@4.4.0-12.el9#0123",
            "name": "libtiff",
            "version": "4.4.0-12.el9",
            "purl": "pkg:rpm/almalinux/libtiff@4.4.0-12.el9",
        },
    ],
    "dependencies": [
        {"ref": "pkg:pypi/imaging@2.0", "dependsOn": ["pkg:rpm/almalinux/libtiff@4.4.0-12.el9#0123"]},
        {"ref": "pkg:rpm/almalinux/libtiff@4.4.0-12.el9#0123"},
    ],
}
"""As auditwheel writes it."""


def reported_root(root: Path) -> Path:
    """Write the root into a folder; return it."""
    site = _make_system(root)
    _install_sound(site)
    _install_troubled(site)
    return root


def _make_system(root: Path) -> Path:
    """Make the system with its libraries, each in a package of its own; give the environment's site-packages."""
    packages = [
        Package(
            name=name,
            files=(f"/{LIB}/{soname}", *([LOADER] if name == "libc6" else [])),
            version=f"{number}.0-1",
            fields={
                "Installed-Size": str(100 * len(name)),
                "Multi-Arch": "same",
                **({"Essential": "yes"} if name == "libc6" else {}),
            },
        )
        for number, (name, soname) in enumerate(LIBRARIES.items(), 1)
    ]
    libc = Elf(soname="libc.so.6", version_definitions=VERSIONS["libc6"])
    program = Elf(interpreter=LOADER, needed=("libc.so.6",), version_needs=(("libc.so.6", ("GLIBC_2.36",)),))
    site = make_system(root, *packages, libc=libc, program=program)
    for name, soname in LIBRARIES.items():
        if name != "libc6":
            elf = Elf(soname=soname, needed=("libc.so.6",), version_definitions=VERSIONS.get(name, ()))
            write_library(root, f"/{LIB}/{soname}", elf)
    write(root / "var/lib/dpkg/info/libpq5:amd64.symbols", PQ_SYMBOLS)
    write(root / "var/lib/apt/lists/archive.test_dists_bookworm_InRelease", "Origin: Debian\nCodename: bookworm\n")
    write(root / "var/lib/apt/lists/archive.test_dists_bookworm_main_binary-amd64_Packages", APT_LIST)
    write(root / "usr/local/lib/libown.so", Elf(soname="libown.so", needed=("libz.so.1", "libc.so.6")).build())
    write(root / "etc/ld.so.conf", f"/usr/local/lib\n/{LIB}\n")
    return site


def _install_sound(site: Path) -> None:
    """Install what a good environment has: a project, a wheel with a library of its own, one built here."""
    needs_imaging = "imaging[fast] >=2; python_version >= '3.9'"
    install(site, "webapp", requires=[needs_imaging, "psycopg2", "six"], metadata={"REQUESTED": ""})
    install(site, "six")
    install(site, "psycopg2", "2.9", tags=("cp311-cp311-linux_x86_64",), files={
        "psycopg2/_psycopg.cpython-311-x86_64-linux-gnu.so": Elf(
            needed=("libpq.so.5", "libc.so.6"), undefined=("PQconnectdb", "PQsetTraceFlags")
        ).build(),
    })  # fmt: skip
    install(site, "imaging", "2.0", tags=("cp311-abi3-manylinux_2_28_x86_64",), requires=["threads; extra == 'fast'"],
        metadata={"sboms/auditwheel.cdx.json": json.dumps(SBOM)}, files={
        "imaging/_imaging.abi3.so": Elf(
            needed=("libtiff-0123abcd.so.6.0.2", "libc.so.6"), runpath="$ORIGIN/../imaging.libs",
            version_needs=(("libc.so.6", ("GLIBC_2.28",)),),
        ).build(),
        "imaging.libs/libtiff-0123abcd.so.6.0.2": Elf(
            soname="libtiff-0123abcd.so.6.0.2", needed=("libgcc_s.so.1", "libc.so.6"),
            version_needs=(("libgcc_s.so.1", ("GCC_3.0",)),),
        ).build(),
        "imaging/qt/plugin.so": Elf(needed=("libnowhere.so.3", "libc.so.6")).build(),
    })  # fmt: skip
    install(site, "threads", "3.0", tags=("cp311-cp311-manylinux_2_17_x86_64",), files={
        "threads/_t.abi3.so": Elf(
            needed=("libgomp-0badcafe.so.1.0.0", "libc.so.6"), rpath="$ORIGIN/../threads.libs",
        ).build(),
        "threads.libs/libgomp-0badcafe.so.1.0.0": Elf(
            soname="libgomp-0badcafe.so.1.0.0", needed=("libc.so.6",)
        ).build(),
    })  # fmt: skip


def _install_troubled(site: Path) -> None:
    """Install a wheel for each thing that `audit` finds."""
    install(site, "trees", "4.7.0", tags=("py3-none-manylinux_2_17_x86_64",), files={
        "trees/_trees.abi3.so": Elf(
            needed=("libgomp.so.1", "libz.so.1", "libc.so.6"), version_needs=(("libc.so.6", ("GLIBC_2.28",)),),
        ).build(),
    })  # fmt: skip
    install(site, "gone", files={
        "gone/_gone.abi3.so": Elf(needed=("libgone.so.7", "libc.so.6")).build(),
        "gone/_own.abi3.so": Elf(needed=("libown.so", "libc.so.6")).build(),
        "gone/_far.abi3.so": Elf(needed=("libfar.so.12", "libc.so.6")).build(),
    })  # fmt: skip
    far = {"../../libfar.so.12": Elf(soname="libfar.so.12", needed=("libc.so.6",)).build()}
    opens = {"far/host.py": b"import subprocess\nsubprocess.run([open('/etc/far').read()])\n"}
    install(site, "far", "12.0", files={**far, **opens})
    shared = Elf(needed=("libc.so.6",), soname="one").build()
    install(site, "twice", files={"shared/_s.abi3.so": shared})
    install(site, "twice-headless", files={"shared/_s.abi3.so": shared})
    install(site, "odd", files={
        "odd/_rpath.abi3.so": Elf(needed=("libc.so.6",), runpath=ODD_RUNPATH).build(),
        "odd/_stack.abi3.so": Elf(needed=("libc.so.6",), executable_stack=True).build(),
        "odd/_text.abi3.so": Elf(needed=("libc.so.6",), textrel=True).build(),
        "odd/_arm.abi3.so": Elf(needed=("libc.so.6",), machine=183).build(),
        "odd/_musl.abi3.so": Elf(needed=("libc.musl-x86_64.so.1",)).build(),
        "odd/_new.abi3.so": Elf(needed=("libc.so.6",), version_needs=(("libc.so.6", ("GLIBC_2.99",)),)).build(),
        "odd/_zip.abi3.so": Elf(
            needed=("libz.so.1", "libc.so.6"), version_needs=(("libz.so.1", ("ZLIB_9.0",)),)
        ).build(),
    })  # fmt: skip
    install(site, "cut", files={"cut/_cut.abi3.so": Elf(needed=("libc.so.6",)).build()})
    (site / "cut/_cut.abi3.so").unlink()
    (site.parents[3] / "tmp").mkdir(exist_ok=True)


def world_writable(root: Path) -> None:
    """Return the root the /tmp that every system has."""
    folder = root / "tmp"
    folder.mkdir(exist_ok=True)
    folder.chmod(0o1777)
