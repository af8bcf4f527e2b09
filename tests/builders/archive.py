"""A small signed Debian archive in a folder, as apt reads it through a `file:` source of a root."""

from __future__ import annotations

import atexit
import gzip
import hashlib
import os
import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from builders.debian import unavailable
from builders.root import write

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_FIRST = 1_780_000_000
"""When the first suite was published, in seconds since the epoch; each later one follows a minute after."""

PACKAGES = """\
Package: libfoo1
Architecture: amd64
Version: 1
Multi-Arch: same
Section: libs
Priority: optional
Filename: pool/libfoo1.deb
Size: 1
SHA256: 0

Package: foo-tools
Architecture: all
Version: 1
Section: utils
Priority: required
Filename: pool/foo-tools.deb
Size: 1
SHA256: 0
"""
CONTENTS = "usr/lib/x86_64-linux-gnu/libfoo.so.1    libs/libfoo1\n"
CONTENTS_OF_ALL = "usr/bin/foo    utils/foo-tools\n"


class Key:
    """A key pair of gpg, made once for all tests of a process; what it has signed once is not signed again."""

    def __init__(self, owner: str) -> None:
        self._home = Path(tempfile.mkdtemp())
        atexit.register(self._remove, os.getpid())
        self._gpg("--quick-generate-key", "--passphrase", "", owner, "ed25519", "sign", "never")
        self.public = self._gpg("--export", owner)
        self._signed: dict[str, bytes] = {}

    def clearsign(self, text: str) -> bytes:
        """Return a text with its signature, as InRelease has it."""
        if text not in self._signed:
            self._signed[text] = self._gpg("--clearsign", content=text.encode())
        return self._signed[text]

    def _gpg(self, *words: str, content: bytes = b"") -> bytes:
        command = ["gpg", "--homedir", str(self._home), "--batch", "--quiet", "--yes", "--pinentry-mode", "loopback"]
        done = subprocess.run(
            [*command, *words], check=True, env={**os.environ, "LC_ALL": "C"}, input=content, capture_output=True
        )
        return done.stdout

    def _remove(self, maker: int) -> None:
        """Remove the key, and end the agent that gpg started for it, when the process that made it ends."""
        if os.getpid() == maker:
            subprocess.run(["gpgconf", "--homedir", str(self._home), "--kill", "all"], check=False)
            shutil.rmtree(self._home, ignore_errors=True)


@cache
def key_of(owner: str) -> Key:
    """Return the key of somebody."""
    return Key(owner)


class Archive:
    """An archive with one suite, `stable` with the codename `tested`, and the key that signs it."""

    def __init__(self, folder: Path) -> None:
        for tool in ("apt-get", "gpg"):
            if shutil.which(tool) is None:
                unavailable(f"install {tool}: apt-get install apt gpg")
        self.folder = folder
        self.date = "Sat, 12 Sep 2026 07:55:41 UTC"
        self.contents = b""
        """Instead of the usual Contents of amd64, compressed."""
        self._published = 0
        self._key = key_of("archive@mirror.test")
        self.keyring = write(folder / "archive.gpg", self._key.public)

    @property
    def uri(self) -> str:
        """What a source of the root around the archive names."""
        return f"file:/{self.folder.name}"

    def publish(
        self,
        suite: str = "tested",
        *,
        origin: str = "Debian",
        fields: str = "",
        renamed: tuple[str, str] = ("foo", "foo"),
    ) -> Path:
        """Write the indices of a suite and sign their Release file; return the suite's folder.

        `renamed` replaces a word in all its indices, and `fields` are added to the Release file.
        """
        dist = self.folder / "dists" / suite
        shutil.rmtree(dist, ignore_errors=True)
        (dist / "main" / "binary-amd64").mkdir(parents=True)
        (dist / "main" / "binary-amd64" / "Packages").write_text(PACKAGES.replace(*renamed))
        for name, text in (("amd64", CONTENTS), ("all", CONTENTS_OF_ALL)):
            rows = text.replace(*renamed)
            packed = self.contents if self.contents and name == "amd64" else gzip.compress(rows.encode(), mtime=0)
            (dist / "main" / f"Contents-{name}").write_bytes(gzip.decompress(packed))
            (dist / "main" / f"Contents-{name}.gz").write_bytes(packed)
        fields = f"Architectures: all amd64\n{fields}"
        self._sign(dist, suite, origin=origin, fields=fields, components="main")
        return dist

    def publish_ubuntu(
        self,
        codename: str,
        components: Mapping[str, tuple[str, str]],
        *,
        pocket: str = "",
        contents: bool = True,
        architecture: str = "amd64",
    ) -> Path:
        """Write a suite as Ubuntu's archive has it: one Contents file beside the components; return its folder.

        `components` has the Packages and the Contents of each; a `pocket` (`-updates`) has the release's codename too.
        """
        suite = codename + pocket
        dist = self.folder / "dists" / suite
        shutil.rmtree(dist, ignore_errors=True)
        for name, (packages, _) in components.items():
            (dist / name / f"binary-{architecture}").mkdir(parents=True)
            (dist / name / f"binary-{architecture}" / "Packages").write_text(packages)
        rows = "".join(rows for _, rows in components.values()).encode()
        if contents:
            (dist / f"Contents-{architecture}.gz").write_bytes(gzip.compress(rows, mtime=0))
            (dist / f"Contents-{architecture}").write_bytes(rows)
        fields = f"Version: 24.04\nArchitectures: {architecture}\n" + ("Acquire-By-Hash: no\n" if pocket else "")
        self._sign(dist, suite, origin="Ubuntu", fields=fields, components=" ".join(components), codename=codename)
        return dist

    def publish_flat(self, packages: str) -> Path:
        """Write an archive without suites (`deb URI /`), as vendors have them: no Contents; return its folder."""
        (self.folder / "Packages").write_text(packages)
        digest, size = hashlib.sha256(packages.encode()).hexdigest(), len(packages.encode())
        release = f"Origin: Vendor\nLabel: Vendor\nDate: {self.date}\nSHA256:\n {digest} {size} Packages\n"
        (self.folder / "InRelease").write_bytes(self._key.clearsign(release))
        return self.folder

    def _sign(  # noqa: PLR0913 - the fields of a Release file
        self, dist: Path, suite: str, *, origin: str, fields: str, components: str, codename: str = ""
    ) -> None:
        """Write and sign the Release file of the indices that are in a suite's folder."""
        files = sorted(path for path in dist.rglob("*") if path.is_file())
        hashes = "".join(
            f" {hashlib.sha256(path.read_bytes()).hexdigest()} {path.stat().st_size} {path.relative_to(dist)}\n"
            for path in files
        )
        for path in dist.rglob("Contents-*"):
            if not path.suffix:
                path.unlink()  # named in the Release file alone, as mirrors have it
        release = (
            f"Origin: {origin}\nSuite: {suite if codename else 'stable'}\nCodename: {codename or suite}\n"
            f"Date: {self.date}\nComponents: {components}\n"
            f"No-Support-for-Architecture-all: Packages\n{fields}SHA256:\n{hashes}"
        )
        (dist / "InRelease").write_bytes(self._key.clearsign(release))
        self._published += 1
        moment = _FIRST + 60 * self._published
        os.utime(dist / "InRelease", (moment, moment))  # two within a second are the same for If-Modified-Since


@contextmanager
def published_archive() -> Iterator[Archive]:
    """Return an archive in a folder that apt's own user, _apt, can read, as a mirror's files are."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        made = Archive(Path(folder) / "archive")
        made.publish()
        yield made


def configure(root: Path, archive: Archive, *suites: str) -> None:
    """Configure the archive, with its key, as a root's only apt source; one outside the root is copied into it."""
    inside = root / archive.folder.name
    if inside != archive.folder:
        shutil.copytree(archive.folder / "dists", inside / "dists", dirs_exist_ok=True)
    write(root / "usr/share/keyrings/archive.gpg", archive.keyring.read_bytes())
    write(
        root / "etc/apt/sources.list.d/test.sources",
        f"Types: deb\nURIs: {archive.uri}\nSuites: {' '.join(suites)}\nComponents: main\n"
        "Signed-By: /usr/share/keyrings/archive.gpg\n",
    )
