"""Derivatives of Debian and Ubuntu, with their os-release(5): the target, the names, and the line on the system."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pytest

from builders.elf import Elf
from builders.mounts import run_in_bare_system
from builders.root import write
from builders.small_debian import SITE
from pip_sysdeps.lock.text import loads

if TYPE_CHECKING:
    from builders.desk import Desk

LISTS = "var/lib/apt/lists"
START = "deb.example_dists_main"
NAMES = ("libgl1", "libglib2.0-0", "libglib2.0-0t64")
"""What the system's own lists have: both names of GLib, so that the mapped release alone decides."""


class System(NamedTuple):
    """A system, and what is expected of it."""

    release: str
    """Its os-release."""
    target: str
    """The id of its target."""
    names: str
    """The release whose names it has; empty where its target has an index, or nothing is known."""
    line: str
    """The install line."""
    version_file: str = ""
    """Its /etc/debian_version."""


SYSTEMS = {
    "Linux Mint 22.1": System(
        'NAME="Linux Mint"\nVERSION="22.1 (Xia)"\nID=linuxmint\nID_LIKE="ubuntu debian"\n'
        'PRETTY_NAME="Linux Mint 22.1"\nVERSION_ID="22.1"\nHOME_URL="https://www.linuxmint.com/"\nVERSION_CODENAME=xia\nUBUNTU_CODENAME=noble\n',
        "ubuntu-noble-amd64",
        "debian-trixie",
        "libgl1 libglib2.0-0t64 libpq5",
        "trixie/sid",
    ),
    "Linux Mint 21.3": System(
        'NAME="Linux Mint"\nVERSION="21.3 (Virginia)"\nID=linuxmint\nID_LIKE="ubuntu debian"\n'
        'PRETTY_NAME="Linux Mint 21.3"\nVERSION_ID="21.3"\nVERSION_CODENAME=virginia\nUBUNTU_CODENAME=jammy\n',
        "ubuntu-jammy-amd64",
        "debian-bookworm",
        "libgl1 libglib2.0-0 libpq5",
        "bookworm/sid",
    ),
    "LMDE 6": System(
        'PRETTY_NAME="LMDE 6 (faye)"\nNAME="LMDE"\nVERSION_ID="6"\nVERSION="6 (faye)"\nVERSION_CODENAME=faye\n'
        'ID=linuxmint\nHOME_URL="https://www.linuxmint.com/"\nID_LIKE=debian\nDEBIAN_CODENAME=bookworm\n',
        "debian-bookworm-amd64",
        "",
        "libgl1 libglib2.0-0 libpq5",
        "12.5",
    ),
    "Pop!_OS 22.04": System(
        'NAME="Pop!_OS"\nVERSION="22.04 LTS"\nID=pop\nID_LIKE="ubuntu debian"\nPRETTY_NAME="Pop!_OS 22.04 LTS"\n'
        'VERSION_ID="22.04"\nHOME_URL="https://pop.system76.com"\nVERSION_CODENAME=jammy\nUBUNTU_CODENAME=jammy\n'
        "LOGO=distributor-logo-pop-os\n",
        "ubuntu-jammy-amd64",
        "debian-bookworm",
        "libgl1 libglib2.0-0 libpq5",
        "bookworm/sid",
    ),
    "elementary OS 8": System(
        'NAME="elementary OS"\nVERSION="8"\nID=elementary\nID_LIKE="ubuntu debian"\nPRETTY_NAME="elementary OS 8"\n'
        'LOGO=distributor-logo\nVERSION_ID="8"\nHOME_URL="https://elementary.io/"\nVERSION_CODENAME=circe\n'
        "UBUNTU_CODENAME=noble\n",
        "ubuntu-noble-amd64",
        "debian-trixie",
        "libgl1 libglib2.0-0t64 libpq5",
        "trixie/sid",
    ),
    "Raspberry Pi OS, 64 bits": System(
        'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nNAME="Debian GNU/Linux"\nVERSION_ID="12"\n'
        'VERSION="12 (bookworm)"\nVERSION_CODENAME=bookworm\nID=debian\nHOME_URL="https://www.debian.org/"\n',
        "debian-bookworm-amd64",
        "",
        "libgl1 libglib2.0-0 libpq5",
        "12.11",
    ),
    "Raspberry Pi OS, 32 bits": System(
        'PRETTY_NAME="Raspbian GNU/Linux 12 (bookworm)"\nNAME="Raspbian GNU/Linux"\nVERSION_ID="12"\n'
        'VERSION="12 (bookworm)"\nVERSION_CODENAME=bookworm\nID=raspbian\nID_LIKE=debian\n'
        'HOME_URL="http://www.raspbian.org/"\n',
        "raspbian-bookworm-amd64",
        "debian-bookworm",
        "libgl1 libglib2.0-0 libpq5",
        "12.11",
    ),
    "Devuan 5": System(
        'PRETTY_NAME="Devuan GNU/Linux 5 (daedalus)"\nNAME="Devuan GNU/Linux"\nVERSION_ID="5"\nVERSION="5 (daedalus)"\n'
        'VERSION_CODENAME="daedalus"\nID=devuan\nID_LIKE=debian\nHOME_URL="https://www.devuan.org/"\n',
        "devuan-daedalus-amd64",
        "debian-bookworm",
        "libgl1 libglib2.0-0 libpq5",
        "12.0",
    ),
    "Devuan 6": System(
        'PRETTY_NAME="Devuan GNU/Linux 6 (excalibur)"\nNAME="Devuan GNU/Linux"\nVERSION_ID="6"\n'
        'VERSION="6 (excalibur)"\nVERSION_CODENAME="excalibur"\nID=devuan\nID_LIKE=debian\n',
        "devuan-excalibur-amd64",
        "debian-trixie",
        "libgl1 libglib2.0-0t64 libpq5",
        "13.0",
    ),
    "Kali": System(
        'PRETTY_NAME="Kali GNU/Linux Rolling"\nNAME="Kali GNU/Linux"\nVERSION_ID="2026.3"\nVERSION="2026.3"\n'
        'VERSION_CODENAME=kali-rolling\nID=kali\nID_LIKE=debian\nHOME_URL="https://www.kali.org/"\n',
        "kali-kali-rolling-amd64",
        "",
        "libpq5",
        "kali-rolling",
    ),
    "another, by debian_version": System(
        'PRETTY_NAME="Made here 3"\nNAME="Made here"\nVERSION_ID="3"\nID=made-here\nID_LIKE=debian\n',
        "made-here-3-amd64",
        "debian-trixie",
        "libgl1 libglib2.0-0t64 libpq5",
        "13.1",
    ),
}


@pytest.fixture
def system(desk: Desk, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> System:
    """Make the small system that one, with a module that needs libGL and GLib, which only its lists have."""
    made = SYSTEMS[request.param]
    monkeypatch.setenv("XDG_CACHE_HOME", str(desk.lock.parent / "cache"))
    write(desk.root / "etc/os-release", made.release)
    write(desk.root / "etc/debian_version", f"{made.version_file}\n")
    write(desk.root / LISTS / f"{START}_InRelease", "Origin: Somebody\n")
    write(desk.root / LISTS / f"{START}_binary-amd64_Packages", "".join(f"Package: {n}\nVersion: 1\n\n" for n in NAMES))
    module = next((desk.root / SITE.lstrip("/")).glob("psycopg2/_psycopg*.so"))
    needed = ("libpq.so.5", "libGL.so.1", "libglib-2.0.so.0", "libc.so.6")
    module.write_bytes(Elf(needed=needed, defined=("PyInit__psycopg",)).build())
    return made


@pytest.mark.parametrize("system", SYSTEMS, indirect=True)
def test_a_derivative(system: System, desk: Desk) -> None:
    """Its target, whose names it has, what is said of that, and what `apt-line` prints where it is the system."""
    said = desk.run_lock().err
    (target,) = loads(desk.lock.read_text()).target
    assert target.id == system.target
    borrowed = f"are named as in {system.names}, if the sources here have them"
    assert (borrowed in said, borrowed in target.note) == (bool(system.names), bool(system.names))
    unknown = system.target.startswith("kali")
    assert (f"there is no index of {system.target}: packages that are not installed are unknown" in said) == unknown

    line = run_in_bare_system(desk.root, desk.lock.parent, ["-m", "pip_sysdeps", "apt-line"])
    assert (line.returncode, line.stdout.split()) == (0, system.line.split()), line.stderr
