"""Ubuntu's other architectures: real packages of arm64 in an archive of ports, which apt reaches by its proxy."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, NamedTuple

import pytest

from builders.dpkg import Package, write_database
from builders.elf import Elf
from builders.http_server import Served, served_folder
from builders.root import write
from builders.ubuntu import CODENAME, OS_RELEASE, ports_archive
from builders.wheels import build_wheel
from pip_sysdeps.lock.text import loads

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = [pytest.mark.debian, pytest.mark.network]

TARGET = f"ubuntu-{CODENAME}-arm64"
KEYRING = "usr/share/keyrings/ubuntu-archive-keyring.gpg"
SOURCES = """\
Types: deb
URIs: http://archive.ubuntu.com/ubuntu/
Suites: noble noble-updates noble-backports
Components: main universe restricted multiverse
Signed-By: /usr/share/keyrings/ubuntu-archive-keyring.gpg

Types: deb
URIs: http://security.ubuntu.com/ubuntu/
Suites: noble-security
Components: main universe restricted multiverse
Signed-By: /usr/share/keyrings/ubuntu-archive-keyring.gpg
"""
"""`ubuntu.sources` of 24.04 on amd64, without its comments."""
NEEDED = {
    "libglib-2.0.so.0": "libglib2.0-0t64",
    "libharfbuzz-subset.so.0": "libharfbuzz-subset0",
    "libmagic.so.1": "libmagic1t64",
    "libpq.so.5": "libpq5",
}


class Machine(NamedTuple):
    """A machine of amd64 that reaches every server by one proxy."""

    root: Path
    """An image of Ubuntu on amd64."""
    proxy: Served
    """The proxy, which knows the archive of ports alone."""
    environ: dict[str, str]
    """The variables of its commands."""

    def run(self, *argv: str) -> str:
        """Run pip-sysdeps; return its standard output."""
        command = [sys.executable, "-m", "pip_sysdeps", *argv]
        done = subprocess.run(command, env=self.environ, cwd=self.root, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def servers(self) -> set[str]:
        """Return the servers that sent something."""
        return {path.split("/")[2] for path in self.proxy.sent}


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    """Serve the archive as `http://ports.ubuntu.com`, which only a proxy can."""
    archive = ports_archive()
    host = tmp_path / "served/http:/ports.ubuntu.com"
    host.mkdir(parents=True)
    (host / "ubuntu-ports").symlink_to(archive / "ubuntu-ports")
    root = tmp_path / "root"
    write(root / "etc/os-release", OS_RELEASE)
    write(root / KEYRING, (archive / "ubuntu-ports/archive.gpg").read_bytes())
    write(root / "etc/apt/sources.list.d/ubuntu.sources", SOURCES)
    write_database(root, Package(name="dpkg"))
    with served_folder(tmp_path / "served") as proxy:
        (tmp_path / "apt.conf").write_text(f'Acquire::http::Proxy "{proxy.uri}";\n')
        settings = {"APT_CONFIG": str(tmp_path / "apt.conf"), "XDG_CACHE_HOME": str(tmp_path / "cache")}
        yield Machine(root, proxy, {**os.environ, **settings})


def lock(machine: Machine, folder: Path) -> tuple[str, ...]:
    """Lock a wheel for arm64 that needs these libraries; return the install line."""
    module = Elf(needed=(*NEEDED, "libc.so.6"), defined=("PyInit__core",), machine=183).build()
    build_wheel(folder / "wheels", "one", {"one/_core.so": module}, tag="cp313-cp313-manylinux_2_17_aarch64")
    machine.run("lock", "--wheels", str(folder / "wheels"), "--target", TARGET, "-o", str(folder / "sysdeps.lock"))
    (target,) = loads((folder / "sysdeps.lock").read_text()).target
    assert (target.id, target.note, target.unresolved) == (TARGET, "", ())
    return target.installs


def test_an_index_of_arm64(machine: Machine, tmp_path: Path) -> None:
    """From the sources of an image of amd64; then a lock for arm64 has Ubuntu's own names."""
    machine.run("index", "update", "--root", str(machine.root), "--shared", "--architecture", "arm64")
    assert machine.servers() == {"ports.ubuntu.com"}
    assert lock(machine, tmp_path) == tuple(sorted(NEEDED.values()))
    shown = json.loads(machine.run("index", "show", TARGET, "--json"))
    assert (shown["release"], shown["glibc"], shown["python"]) == ("24.04", "2.41", "3.13")
    assert {"apt", "base-files", "dpkg", "libc6"} <= set(shown["base"])


@pytest.mark.exhaustive
def test_another_release(machine: Machine, tmp_path: Path) -> None:
    """From the sources of 22.04, by `--suite`."""
    for path in ("etc/os-release", "etc/apt/sources.list.d/ubuntu.sources"):
        old = (machine.root / path).read_text()
        write(machine.root / path, old.replace("noble", "jammy").replace("24.04", "22.04"))
    machine.run(
        "index", "update", "--root", str(machine.root), "--shared", "--suite", CODENAME, "--architecture", "arm64"
    )
    assert machine.servers() == {"ports.ubuntu.com"}
    assert lock(machine, tmp_path) == tuple(sorted(NEEDED.values()))
