"""A small archive of Ubuntu's form in a folder, with made packages, and the sources that name it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from builders.archive import Archive, configure
from builders.root import write

if TYPE_CHECKING:
    from pathlib import Path

STANZA = "Architecture: amd64\nSection: libs\nPriority: optional\nFilename: pool/x.deb\nSize: 1\nSHA256: 0\n\n"
MAIN = (
    f"Package: libglib2.0-0t64\nVersion: 2.80\n{STANZA}"
    f"Package: essential\nVersion: 1\nEssential: yes\nDepends: libc6\n{STANZA}"
    f"Package: libc6\nVersion: 2.39-0ubuntu8\n{STANZA}"
    f"Package: merely-required\nVersion: 1\n{STANZA.replace('optional', 'required')}"
)
COMPONENTS = {
    "main": (MAIN, "usr/lib/x86_64-linux-gnu/libglib-2.0.so.0    libs/libglib2.0-0t64\n"),
    "universe": (
        f"Package: libgl1-of-ubuntu\nVersion: 1\n{STANZA}",
        "usr/lib/x86_64-linux-gnu/libGL.so.1    universe/libs/libgl1-of-ubuntu\n",
    ),
}


def configure_ubuntu(root: Path, archive: Archive) -> None:
    """Configure the archive as a root's source, by a `ubuntu.sources` with two suites and two components."""
    configure(root, archive, "noble")
    (root / "etc/apt/sources.list.d/test.sources").unlink()
    write(
        root / "etc/apt/sources.list.d/ubuntu.sources",
        f"Types: deb\nURIs: {archive.uri}\nSuites: noble\nComponents: main universe\n"
        "Signed-By: /usr/share/keyrings/archive.gpg\n\n"
        f"Types: deb\nURIs: {archive.uri}\nSuites: noble-updates\nComponents: main\n"
        "Signed-By: /usr/share/keyrings/archive.gpg\n",
    )
