"""Small apk databases and indices, as apk-package(5) and apk's own writer have them."""

from __future__ import annotations

import gzip
import hashlib
import io
import posixpath
import tarfile
from base64 import b64encode
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

ALPINE, WOLFI = "lib/apk/db/installed", "usr/lib/apk/db/installed"
"""Where the two have the database."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApkEntry:
    """One package and its files."""

    name: str
    version: str = "1.0-r0"
    architecture: str = "x86_64"
    origin: str = ""
    size: int = 4096
    depends: Sequence[str] = ()
    provides: Sequence[str] = ()
    files: Sequence[str] = ()
    """Absolute paths."""
    install_if: Sequence[str] = ()
    """With which it is installed by itself."""

    def stanza(self) -> str:
        """Write its stanza, without the blank line that ends it."""
        return "\n".join([*self.fields(), *self._files()])

    def fields(self) -> list[str]:
        """Write what an index has too."""
        lines = [
            f"C:Q1{b64encode(hashlib.sha1(self.name.encode()).digest()).decode()}",  # noqa: S324 - as apk has it
            f"P:{self.name}",
            f"V:{self.version}",
            f"A:{self.architecture}",
            f"S:{self.size // 2}",
            f"I:{self.size}",
            "T:made for a test: F:usr/lib is text here",
            "U:https://example.org/",
            "L:MIT",
            f"o:{self.origin or self.name}",
            "m:A Maintainer <a@example.org>",
            "t:1700000000",
            "c:0000000000000000000000000000000000000000",
        ]
        lines += [f"D:{' '.join(self.depends)}"] if self.depends else []
        lines += [f"i:{' '.join(self.install_if)}"] if self.install_if else []
        return lines + ([f"p:{' '.join(self.provides)}"] if self.provides else [])

    def _files(self) -> Iterable[str]:
        for folder, paths in groupby(sorted(self.files, key=posixpath.split), posixpath.dirname):
            yield f"F:{folder[1:]}"
            yield "M:0:0:755"
            for path in paths:
                yield f"R:{posixpath.basename(path)}"
                yield "a:0:0:755"
                yield "Z:Q1AAAAAAAAAAAAAAAAAAAAAAAAAAA="


def apk_database(*packages: ApkEntry) -> bytes:
    """Return an installed database."""
    return "".join(f"{each.stanza()}\n\n" for each in packages).encode("utf-8", "surrogateescape")


def write_apk_database(root: Path, *packages: ApkEntry, place: str = ALPINE) -> None:
    """Write an installed database below `root`."""
    path = root / place
    path.parent.mkdir(parents=True)
    path.write_bytes(apk_database(*packages))


def apk_index(*packages: ApkEntry) -> bytes:
    """Return an APKINDEX.tar.gz: a stream with a signature, and one with the index."""
    text = "".join("".join(f"{line}\n" for line in each.fields()) + "\n" for each in packages)
    signature = _tar({".SIGN.RSA.test.rsa.pub": b"signature"})[:1024]  # cut, so that both are one archive
    return gzip.compress(signature) + gzip.compress(_tar({"DESCRIPTION": b"test", "APKINDEX": text.encode()}))


def _tar(files: dict[str, bytes]) -> bytes:
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return archive.getvalue()
