"""Small dpkg databases in a folder, as dpkg itself would leave them, and real .debs for the real dpkg."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from builders.root import write
from pip_sysdeps.packages.installed import open_packages
from pip_sysdeps.system.root import Root

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from pip_sysdeps.packages.installed import SystemPackages


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """One installed package and its files."""

    name: str
    files: Sequence[str] | None = ()
    """Absolute paths for its file list; None for a package that has lost it."""
    version: str = "1.0"
    architecture: str = "amd64"
    status: str = "install ok installed"
    fields: Mapping[str, str] = field(default_factory=dict)
    """Other fields of the stanza."""

    def stanza(self) -> str:
        """Write the stanza of the status file."""
        fields = {
            "Package": self.name,
            "Status": self.status,
            "Architecture": self.architecture,
            "Version": self.version,
            **self.fields,
            "Description": "made for a test\n A folded line.\n .\n Depends: is text here",
        }
        return "".join(f"{name}: {value}\n" for name, value in fields.items())

    def stem(self) -> str:
        """Name its files in info/ as dpkg does."""
        return f"{self.name}:{self.architecture}" if self.fields.get("Multi-Arch") == "same" else self.name


def write_database(root: Path, *packages: Package, diversions: Sequence[tuple[str, str, str]] = ()) -> None:
    """Write var/lib/dpkg below `root`: status, info/*.list and diversions (from, to, package or ":")."""
    admindir = root / "var/lib/dpkg"
    (admindir / "info").mkdir(parents=True)
    (admindir / "status").write_text("".join(f"{each.stanza()}\n" for each in packages))
    for each in packages:
        if each.files is not None:
            lines = "".join(f"{path}\n" for path in ("/.", *each.files))
            (admindir / "info" / f"{each.stem()}.list").write_text(lines)
    (admindir / "diversions").write_text("".join(f"{line}\n" for entry in diversions for line in entry))


def write_status_d(root: Path, *packages: Package) -> None:
    """Write var/lib/dpkg/status.d below `root`, as distroless images have it: a stanza a file, and md5sums."""
    folder = root / "var/lib/dpkg/status.d"
    folder.mkdir(parents=True)
    for each in packages:
        stanza = "".join(f"{line}\n" for line in each.stanza().splitlines() if not line.startswith("Status:"))
        (folder / each.name).write_text(stanza)
        sums = "".join(f"{'0' * 32}  {path.lstrip('/')}\n" for path in each.files or ())
        (folder / f"{each.name}.md5sums").write_text(sums)


def put(root: Path, path: str, *, link: str = "") -> str:
    """Make a file, or a link with this text, at an absolute path below `root`, and return the path."""
    place = root / path.lstrip("/")
    place.parent.mkdir(parents=True, exist_ok=True)
    if link:
        place.symlink_to(link)
    else:
        place.write_text(f"{path}\n")
    return path


def merge_usr(root: Path) -> None:
    """Make the links of merged /usr: /lib -> usr/lib and so on."""
    for name in ("bin", "lib", "lib64", "sbin"):
        (root / "usr" / name).mkdir(parents=True, exist_ok=True)
        (root / name).symlink_to(f"usr/{name}")


def build_deb(into: Path, package: Package, contents: Mapping[str, str | bytes], preinst: str = "") -> Path:
    """Build a real .deb with dpkg-deb: `contents` has paths and, for links, their text; for files bytes, or nothing."""
    tree = into / f"{package.name}_{package.architecture}"
    control = tree / "DEBIAN"
    control.mkdir(parents=True)
    lines = [line for line in package.stanza().splitlines() if not line.startswith("Status:")]
    (control / "control").write_text("\n".join(["Maintainer: Tests <tests@example.org>", *lines, ""]))
    if preinst:
        (control / "preinst").write_text(f"#!/bin/sh -e\n{preinst}\n")
        (control / "preinst").chmod(0o755)
    for path, content in contents.items():
        if isinstance(content, bytes):
            write(tree / path.lstrip("/"), content)
        else:
            put(tree, path, link=content)
    deb = into / f"{package.name}_{package.architecture}.deb"
    subprocess.run(["dpkg-deb", "--build", "--root-owner-group", str(tree), str(deb)], check=True, capture_output=True)
    return deb


def database(root: Path) -> SystemPackages:
    """Read the database of a root, which must be there."""
    packages = open_packages(Root(str(root)))
    assert packages is not None
    return packages


def owner(root: Path, path: str) -> str | None:
    """Name the owner of a path."""
    found = database(root).owner(path)
    return found.package if found else None
