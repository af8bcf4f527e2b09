"""Small wheels, and what pip's own library makes of them on the disk."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING
from zipfile import ZIP_DEFLATED, ZipFile

from installer import install
from installer.destinations import SchemeDictionaryDestination
from installer.sources import WheelFile

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def build_wheel(
    folder: Path,
    name: str,
    files: Mapping[str, bytes],
    *,
    tag: str = "cp311-abi3-manylinux_2_17_x86_64",
    summary: str = "",
) -> Path:
    """Write `name-1.0-TAG.whl` with these files, METADATA, WHEEL and RECORD, and return its path."""
    info = f"{name}-1.0.dist-info"
    python, abi, platforms = tag.split("-")
    tags = "".join(f"Tag: {each}-{abi}-{platform}\n" for each in python.split(".") for platform in platforms.split("."))
    about = f"Summary: {summary}\n" if summary else ""
    contents = {
        **files,
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n{about}".encode(),
        f"{info}/WHEEL": f"Wheel-Version: 1.0\nRoot-Is-Purelib: false\n{tags}".encode(),
    }
    rows = [f"{path},sha256={_hash(content)},{len(content)}\n" for path, content in contents.items()]
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}-1.0-{tag}.whl"
    with ZipFile(path, "w", ZIP_DEFLATED) as archive:
        for member, content in contents.items():
            archive.writestr(member, content)
        archive.writestr(f"{info}/RECORD", "".join([*rows, f"{info}/RECORD,,\n"]))
    return path


def install_wheels(wheels: Path, environment: Path, python: str = "python3.11") -> None:
    """Install every wheel of a folder into a virtual environment whose interpreter is gone."""
    site = environment / "lib" / python / "site-packages"
    site.mkdir(parents=True)
    (environment / "pyvenv.cfg").write_text(f"home = /nowhere/bin\nversion = {python.removeprefix('python')}.2\n")
    schemes = {"purelib": site, "platlib": site, "scripts": environment / "bin", "data": environment}
    schemes["headers"] = environment / "include"
    destination = SchemeDictionaryDestination(
        {name: str(path) for name, path in schemes.items()}, interpreter="/nowhere/bin/python", script_kind="posix"
    )
    for path in sorted(wheels.glob("*.whl")):
        with WheelFile.open(path) as source:
            install(source, destination, {"INSTALLER": b"pip"})


def _hash(content: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(content).digest()).decode().rstrip("=")
