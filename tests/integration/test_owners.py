"""Owners of files, judged by dpkg itself: dpkg-query, dpkg-divert and update-alternatives run for real."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from builders.debian import SUITES, debian_root, run_in, unavailable
from builders.dpkg import Package, build_deb, database, merge_usr, owner
from pip_sysdeps.system.root import Root

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


LIB = "/usr/lib/x86_64-linux-gnu"
SAME = {"Multi-Arch": "same"}


def spellings(path: str) -> tuple[str, str]:
    """Write a path with and without /usr."""
    bare = path.removeprefix("/usr")
    return bare, f"/usr{bare}"


def libraries_of_cache(printed: str) -> list[str]:
    """Read the paths of `ldconfig --print-cache`."""
    return re.findall(r" => (/.*)$", printed, re.MULTILINE)


def search(dpkg_query: Sequence[str], native: str, paths: Sequence[str]) -> dict[str, set[str]]:
    """Return the owners of each path by dpkg-query; names of the native architecture are unqualified."""
    result = subprocess.run([*dpkg_query, "--search", "--", *paths], capture_output=True, text=True, check=False)
    owners: dict[str, set[str]] = {}
    for line in result.stdout.splitlines():
        packages, _, path = line.rpartition(": ")
        if not packages.startswith(("diversion by ", "local diversion ")):
            owners.setdefault(path, set()).update(each.removesuffix(f":{native}") for each in packages.split(", "))
    return owners


def disagreements(root: Path, libraries: Sequence[str], dpkg_query: Sequence[str]) -> Iterator[str]:
    """Yield each library for which dpkg-query, asked for every spelling, says another thing than we do."""
    packages, inside = database(root), Root(str(root))
    hops = {path: (path, inside.resolve(path) or path) for path in libraries}
    asked = sorted({spelling for both in hops.values() for hop in both for spelling in spellings(hop)})
    judged = search(dpkg_query, packages.architecture, asked)
    for path, (_, real) in hops.items():
        ends = set().union(*(judged.get(spelling, set()) for spelling in spellings(real)))
        expected = ends or set().union(*(judged.get(spelling, set()) for spelling in spellings(path)))
        found = packages.owner(path)
        if ({found.package} if found else set()) != expected:
            yield f"{path}: dpkg-query says {expected}, we say {found}"


def test_every_cached_library_of_this_machine() -> None:
    """Each path of ld.so.cache has the owner that dpkg-query finds by one of its spellings, and only that."""
    ldconfig = shutil.which("ldconfig", path=f"{os.environ.get('PATH', '')}:/sbin:/usr/sbin")
    if not (ldconfig and shutil.which("dpkg-query") and Path("/var/lib/dpkg/status").is_file()):
        pytest.skip("needs a Debian machine with dpkg-query and ldconfig")
    printed = subprocess.run([ldconfig, "--print-cache"], capture_output=True, text=True, check=True).stdout
    libraries = libraries_of_cache(printed)
    assert libraries
    assert list(disagreements(Path("/"), libraries, ["dpkg-query"])) == []


@pytest.mark.debian
@pytest.mark.parametrize("suite", SUITES)
def test_every_cached_library_of_a_debian_root(suite: str) -> None:
    """As above, with the root's own dpkg; and every one of them has an owner."""
    root = debian_root(suite, "build")
    libraries = libraries_of_cache(run_in(root, ["ldconfig", "--print-cache"]).stdout)
    assert len(libraries) > 90
    assert list(disagreements(root, libraries, ["chroot", str(root), "dpkg-query"])) == []
    assert [path for path in libraries if owner(root, path) is None] == []


@pytest.mark.debian
@pytest.mark.parametrize("suite", SUITES)
def test_base_is_in_the_minimal_root(suite: str) -> None:
    """What the status tells of the base holds libc and the shell, and not what a build needs."""
    base = database(debian_root(suite, "build")).base
    assert {"libc6", "dash", "dpkg", "libselinux1", "base-files"} <= base
    assert not {"python3", "gcc", "libpython3-dev", "libexpat1"} & base


class Dpkg:
    """The real dpkg, at work in a small root of its own."""

    def __init__(self, folder: Path) -> None:
        """Make the root with merged /usr and an empty database."""
        self.root = folder / "root"
        self._debs = folder / "debs"
        merge_usr(self.root)
        for name in ("info", "updates", "alternatives"):
            (self.root / "var/lib/dpkg" / name).mkdir(parents=True, exist_ok=True)
        (self.root / "etc/alternatives").mkdir(parents=True)
        (self.root / "var/lib/dpkg/status").touch()

    def install(self, package: Package, contents: dict[str, str]) -> None:
        """Build a .deb of these files and links and install it; ownership by root is not asked for."""
        deb = build_deb(self._debs, package, contents)
        self.run("dpkg", f"--root={self.root}", "--force-unsafe-io", "--force-bad-path", "--install", str(deb))

    def divert(self, path: str, to: str, *by: str) -> None:
        """Divert a path with dpkg-divert, moving the file that lies there."""
        self.run("dpkg-divert", f"--root={self.root}", *by, "--add", "--rename", "--divert", to, path)

    def run(self, *command: str) -> None:
        """Run a command that must succeed."""
        result = subprocess.run(command, capture_output=True, text=True, check=False, env=self._environment())
        assert result.returncode == 0, result.stdout + result.stderr

    def search(self, path: str) -> set[str]:
        """Return what dpkg-query --search prints."""
        native = database(self.root).architecture
        return search(["dpkg-query", f"--root={self.root}"], native, [path]).get(path, set())

    def _environment(self) -> dict[str, str]:
        path = os.environ.get("PATH", "")
        return {**os.environ, "PATH": f"{path}:/usr/local/sbin:/usr/sbin:/sbin", "LC_ALL": "C.UTF-8"}


@pytest.fixture
def dpkg(tmp_path: Path) -> Dpkg:
    """Return a root for the real dpkg, whose database says that it is an amd64 one."""
    for tool in ("dpkg", "dpkg-deb", "dpkg-divert", "update-alternatives"):
        if shutil.which(tool) is None:
            unavailable(f"install {tool}: apt-get install dpkg")
    if os.geteuid() != 0:
        unavailable("needs root: dpkg installs nothing without")
    made = Dpkg(tmp_path)
    made.install(Package(name="dpkg"), {})
    return made


def test_real_diversions(dpkg: Dpkg) -> None:
    """dpkg-divert moves zlib1g's file away, for a package and for the administrator."""
    library, other = f"{LIB}/libz.so.1", f"{LIB}/libx.so.1"
    dpkg.install(Package(name="zlib1g", fields=SAME), {library: "", other: ""})
    dpkg.divert(library, f"{library}.zlib", "--package", "zlib-ng")
    dpkg.divert(other, f"{other}.packaged", "--local")
    dpkg.install(Package(name="zlib-ng"), {library: ""})
    found = {path: owner(dpkg.root, path) for path in (library, f"{library}.zlib", other, f"{other}.packaged")}
    assert found == {
        library: "zlib-ng",
        f"{library}.zlib": "zlib1g",
        other: None,
        f"{other}.packaged": "zlib1g",
    }
    assert dpkg.search(library) == {"zlib-ng", "zlib1g"}, "dpkg-query does not tell them apart: that is why"


def test_real_alternatives(dpkg: Dpkg) -> None:
    """update-alternatives chooses, and chooses again."""
    link, name = f"{LIB}/libblas.so.3", "libblas.so.3-x86_64-linux-gnu"
    tool = ("update-alternatives", "--root", str(dpkg.root), "--log", os.devnull)
    paths = {package: f"{LIB}/{package}/libblas.so.3" for package in ("libblas3", "libopenblas0-pthread")}
    for number, (package, path) in enumerate(paths.items()):
        dpkg.install(Package(name=package, fields={**SAME, "Provides": "libblas.so.3"}), {path: ""})
        dpkg.run(*tool, "--install", link, name, path, str(10 * number))
        assert owner(dpkg.root, link) == package
    dpkg.run(*tool, "--set", name, paths["libblas3"])
    assert owner(dpkg.root, link) == "libblas3"
    assert dpkg.search(link) == set(), "nobody has the link"


def test_a_real_development_package(dpkg: Dpkg) -> None:
    """The link without a version is libfoo-dev's, the library behind it libfoo1's; /lib and /usr/lib are one."""
    dpkg.install(Package(name="libfoo1"), {"/lib/libfoo.so.1.0": "", "/lib/libfoo.so.1": "libfoo.so.1.0"})
    dpkg.install(Package(name="libfoo-dev"), {"/usr/lib/libfoo.so": "/lib/libfoo.so.1"})
    for path in ("/lib/libfoo.so", "/usr/lib/libfoo.so", "/usr/lib/libfoo.so.1", "/usr/lib/libfoo.so.1.0"):
        assert owner(dpkg.root, path) == "libfoo1"
    assert dpkg.search("/usr/lib/libfoo.so") == {"libfoo-dev"}


def test_a_real_foreign_architecture(dpkg: Dpkg) -> None:
    """Two of one name, and a removed package."""
    foreign = "/usr/lib/i386-linux-gnu/libz.so.1"
    dpkg.run("dpkg", f"--root={dpkg.root}", "--add-architecture", "i386")
    dpkg.install(Package(name="zlib1g", fields=SAME), {f"{LIB}/libz.so.1": "", "/usr/share/doc/zlib1g/c": ""})
    dpkg.install(Package(name="zlib1g", architecture="i386", fields=SAME), {foreign: "", "/usr/share/doc/zlib1g/c": ""})
    found = [owner(dpkg.root, path) for path in (f"{LIB}/libz.so.1", foreign, "/usr/share/doc/zlib1g/c")]
    assert found == ["zlib1g", "zlib1g:i386", "zlib1g"]
    assert dpkg.search("/usr/share/doc/zlib1g/c") == {"zlib1g", "zlib1g:i386"}
    dpkg.run("dpkg", f"--root={dpkg.root}", "--remove", "zlib1g:i386")
    assert owner(dpkg.root, foreign) is None


def test_an_unconfigured_package_owns_its_files(dpkg: Dpkg) -> None:
    """Dpkg --unpack is what a broken-off installation leaves behind."""
    deb = build_deb(dpkg.root, Package(name="libfoo1"), {f"{LIB}/libfoo.so.1": ""})
    dpkg.run("dpkg", f"--root={dpkg.root}", "--unpack", str(deb))
    assert "libfoo1" in database(dpkg.root).packages
    assert owner(dpkg.root, f"{LIB}/libfoo.so.1") == "libfoo1"
    assert dpkg.search(f"{LIB}/libfoo.so.1") == {"libfoo1"}
