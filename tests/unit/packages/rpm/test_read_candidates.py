"""What the repositories in the caches of a root have to install."""

from __future__ import annotations

import gzip
import hashlib
from typing import TYPE_CHECKING

from builders.root import write
from pip_sysdeps.packages.closure import Closures, Cost
from pip_sysdeps.packages.rpm.read_candidates import read_candidates
from pip_sysdeps.system.root import Root

if TYPE_CHECKING:
    from pathlib import Path

NAMESPACES = 'xmlns="http://linux.duke.edu/metadata/common" xmlns:rpm="http://linux.duke.edu/metadata/rpm"'


def _package(name: str, size: int, *, requires: str = "", provides: str = "", version: str = "1") -> str:
    relations = "".join(
        f"<rpm:{kind}>{''.join(f'<rpm:entry name={each!r}/>' for each in names.split())}</rpm:{kind}>"
        for kind, names in (("provides", provides), ("requires", requires))
    )
    return (
        f'<package type="rpm"><name>{name}</name><arch>x86_64</arch><version epoch="0" ver="{version}" rel="1"/>'
        f'<size package="1" installed="{size << 20}"/><format><rpm:sourcerpm>{name}-src-1-1.src.rpm</rpm:sourcerpm>'
        f"{relations}</format></package>"
    )


def _root(root: Path, *packages: str) -> Root:
    primary = gzip.compress(f"<metadata {NAMESPACES}>{''.join(packages)}</metadata>".encode(), mtime=0)
    folder = root / "var/cache/dnf/fedora-0123/repodata"
    write(folder / "primary.xml.gz", primary)
    write(
        folder / "repomd.xml",
        '<repomd xmlns="http://linux.duke.edu/metadata/repo"><data type="primary">'
        f'<checksum type="sha256">{hashlib.sha256(primary).hexdigest()}</checksum>'
        '<location href="repodata/primary.xml.gz"/></data></repomd>',
    )
    return Root(str(root))


def test_the_closure_of_available_packages(tmp_path: Path) -> None:
    """In the newest version, by capabilities; of two providers the one of the shorter name."""
    root = _root(
        tmp_path,
        _package("gl", 3, requires="libx.so.1()(64bit) (a if b)"),
        _package("gl", 9, version="0"),
        _package("x-minimal", 1, provides="libx.so.1()(64bit)"),
        _package("x", 2, provides="libx.so.1()(64bit)"),
    )
    listed = read_candidates(root, "x86_64")
    assert listed is not None
    assert (listed["gl"].version, listed["gl"].architecture, listed["gl"].source) == ("1-1", "x86_64", "gl-src")
    assert Closures({}, (), lambda: listed).cost(["gl"]) == Cost(packages=("gl", "x"), size=5 << 10)


def test_a_root_without_metadata(tmp_path: Path) -> None:
    """Without metadata, packages that are not installed are unknown."""
    assert read_candidates(Root(str(tmp_path)), "x86_64") is None
