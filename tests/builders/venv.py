"""Small Python environments: an interpreter, a virtual environment, an installed distribution, each one call.

Everything is written below a folder that a test takes as its `Root`; links are therefore absolute inside that root.
"""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING

from builders.root import link, write

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

ELF = b"\x7fELF"
"""As much of an ELF file as telling one apart takes."""


def make_interpreter(root: Path, prefix: str = "/usr/local", name: str = "python3.11", *, lib: str = "lib") -> Path:
    """Make an interpreter: a program, `python3` as a link to it, and the standard library's landmark."""
    folder = root / prefix.lstrip("/")
    write(folder / "bin" / name, ELF)
    link(folder / "bin" / ("pypy3" if name.startswith("pypy") else "python3"), name)
    write(folder / lib / name / "os.py")
    return folder


def make_venv(  # noqa: PLR0913 - each is a thing that real environments differ in
    root: Path,
    prefix: str = "/opt/venv",
    name: str = "python3.11",
    *,
    home: str = "/usr/local/bin",
    config: str | None = None,
    system_site_packages: bool = False,
) -> Path:
    """Make a virtual environment as `python3 -m venv` does, and return its site-packages."""
    folder = root / prefix.lstrip("/")
    version = name.removeprefix("python").removeprefix("pypy").rstrip("t")
    flag = str(system_site_packages).lower()
    written = f"home = {home}\ninclude-system-site-packages = {flag}\nversion = {version}.4\n"
    write(folder / "pyvenv.cfg", written if config is None else config)
    link(folder / "bin" / "python3", f"{home}/{name}")
    link(folder / "bin" / "python", "python3")
    link(folder / "lib64", "lib")
    site = folder / "lib" / name / "site-packages"
    site.mkdir(parents=True)
    return site


def install(  # noqa: PLR0913 - as above
    site: Path,
    name: str,
    version: str = "1.0",
    *,
    files: Mapping[str, bytes] | None = None,
    metadata: Mapping[str, bytes | str] | None = None,
    requires: Sequence[str] = (),
    record: bytes | str | None = None,
    tags: Sequence[str] = ("py3-none-any",),
) -> Path:
    """Install a distribution with a correct RECORD (or the one given), and return its .dist-info.

    `files` are relative to `site`; `metadata` are further files of the .dist-info.
    """
    info = site / f"{name.replace('-', '_')}-{version}.dist-info"
    headers = [
        f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        *(f"Requires-Dist: {r}\n" for r in requires),
    ]
    write(info / "METADATA", "".join(headers) + "\nName: not a header\n")
    write(info / "WHEEL", "Wheel-Version: 1.0\nTag: " + "\nTag: ".join(tags) + "\n")
    for file, content in (metadata or {}).items():
        write(info / file, content)
    for file, content in (files or {}).items():
        write(site / file, content)
    write(info / "RECORD", record_of(files or {}, info.name) if record is None else record)
    return info


def record_of(files: Mapping[str, bytes], info: str) -> str:
    """Return the RECORD that pip writes for these files."""
    rows = [f"{file},sha256={digest(content)},{len(content)}\r\n" for file, content in files.items()]
    return "".join([*rows, f"{info}/METADATA,,\r\n", f"{info}/WHEEL,,\r\n", f"{info}/RECORD,,\r\n"])


def digest(content: bytes) -> str:
    """Return a file's hash as RECORD has it."""
    return base64.urlsafe_b64encode(hashlib.sha256(content).digest()).decode().rstrip("=")
