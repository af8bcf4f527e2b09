"""Rewrite the apt sources of a root, so that apt reads only signed indices from it.

A root may be hostile, and apt uses the part of a URI before ":" as the name of a program
(docs/decisions/0060-apt-sources-of-a-root.md). So only known forms are written: http and https archives, copies of
archives inside the root, and copies of keys. Everything else is left out with a message.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import IO, TYPE_CHECKING

from pip_sysdeps.errors import MalformedError, SysdepsError
from pip_sysdeps.packages.debian.apt_sources import (
    AptSource,
    dump_source,
    parse_mirrors,
    parse_source_list,
    parse_sources,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pip_sysdeps.system.root import Root

_MAX_SOURCES = 1 << 22
"""Bytes of one file of sources, of a list of mirrors, or of a keyring."""
_MOST_FILES = 1000
"""Limit on source files, and on keyrings."""
_MOST_ARCHIVES = 1000
"""Limit on suites of archives: each costs at least one request."""
_MAX_ARCHIVE = 1 << 32
"""Bytes of the indices that are copied out of a root."""
_CHUNK = 1 << 20
_MAX_SHOWN = 200
"""Characters of a URI in a message."""
_FILE_MODE, _FOLDER_MODE = 0o644, 0o755
"""apt downloads as its own user, _apt."""
_TRUSTED = "/etc/apt/trusted.gpg.d"

_HOST = r"[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\]"
_WEB_URI = re.compile(
    rf"https?://(?:[A-Za-z0-9._~%:+-]+@)?(?:{_HOST})(?::[0-9]{{1,5}})?(?:/[A-Za-z0-9._~%+:@=,;!*()/-]*)?"
)
"""RFC 3986 without the characters that apt or a shell might take for something else."""
_LOCAL_URI = re.compile(r"(file|copy|mirror\+file):(?://(?=/))?(/(?!/)[^\s%?#\[\]]*)")
_SUITE_OR_COMPONENT = re.compile(r"(?!.*(?:^|/)\.\.(?:/|$))[A-Za-z0-9._+~/:-]+")
"""A suite or component: a relative path without `..`."""
_FINGERPRINT = re.compile(r"[0-9A-Fa-f]{16,64}!?")
_ARMOUR = b"-----BEGIN PGP"

_HINT = (
    "for another root or suite, only archives on http, https or in a folder of the root are used, with keys in the root"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenSources:
    """The sources that were written for apt; empty if apt uses the machine's own."""

    path: str = ""
    """The file, in the deb822 style."""
    keys: str = ""
    """The folder with copies of the keys that apt trusts for every archive."""
    skipped: tuple[str, ...] = ()
    """Messages about what was left out."""
    copies: tuple[tuple[str, str], ...] = ()
    """The URI of each copied archive, and that in the root's sources."""


def read_sources(root: Root) -> tuple[AptSource, ...]:
    """Read every apt source of a root. Raise MalformedError for a file that is not in its format."""
    sources: list[AptSource] = []
    for path in _source_files(root):
        parse = parse_sources if path.endswith(".sources") else parse_source_list
        try:
            sources += parse(root.read(path, _MAX_SOURCES).decode("utf-8", "surrogateescape"))
        except MalformedError as error:
            raise error.at(path) from error
    if sum(len(source.uris) * len(source.suites) for source in sources) > _MOST_ARCHIVES:
        raise SysdepsError(f"the root has more than {_MOST_ARCHIVES} apt sources", hint="remove the unused ones")
    return tuple(sources)


def sources_key(root: Root) -> str:
    """Return a hash of a root's sources and keys.

    Two roots with the same hash trust the same archives.
    """
    sources = read_sources(root)
    named = {word for source in sources for word in _words(source.signed_by) if word.startswith("/")}
    mirrors = {match[2] for source in sources for uri in source.uris if (match := _LOCAL_URI.fullmatch(uri))}
    digest = sha256()
    for path in (*_source_files(root), *_trusted_files(root), *sorted(named | mirrors)):
        content = root.read(path, _MAX_SOURCES) if root.is_file(path) else b""
        digest.update(f"{path}\0{len(content)}\0".encode("utf-8", "surrogateescape") + content)
    return digest.hexdigest()


def write_sources(root: Root, sources: Sequence[AptSource], folder: str, architecture: str) -> WrittenSources:
    """Write the sources of a root, their keys and copies of its archives to `folder`.

    Raise SysdepsError if no source is left, with the first reason, or if a keyring cannot be read.
    """
    copier = _Copier(root, folder)
    writer = _Writer(copier, architecture)
    written = [dump_source(made) for source in sources if (made := writer.filter_source(source)) is not None]
    if not written:
        raise SysdepsError(f"apt can use none of the sources: {writer.skipped[0]}", hint=_HINT)
    for path in _trusted_files(root):
        copier.copy_key(path, "trusted")
    text = "\n".join(written).encode()
    return WrittenSources(
        path=copier.write_file("written.sources", text),
        keys=copier.make_folder("trusted"),
        skipped=tuple(writer.skipped),
        copies=tuple(writer.copies),
    )


class _Writer:
    """Converts a root's sources to those that apt may use."""

    def __init__(self, copier: _Copier, architecture: str) -> None:
        self._copier = copier
        self._architecture = architecture
        self.skipped: list[str] = []
        """Messages about what was left out."""
        self.copies: list[tuple[str, str]] = []
        """The URI of each copied archive, and that in the root's sources."""

    def filter_source(self, source: AptSource) -> AptSource | None:
        """Return the allowed part of a source, or None."""
        suites = tuple(each.replace("$(ARCH)", self._architecture) for each in source.suites)
        bad = next((each for each in (*suites, *source.components) if not _SUITE_OR_COMPONENT.fullmatch(each)), None)
        signed_by = self._copy_signed_by(source.signed_by)
        if bad is not None or signed_by is None:
            what = f"suite or component {bad[:60]!a}" if bad is not None else f"Signed-By {source.signed_by[:60]!a}"
            self._skip(source.uris[0], f"bad {what}")
            return None
        safe = replace(source, suites=suites, signed_by=signed_by)
        uris = tuple(uri for each in source.uris if (uri := self._allowed_uri(each, safe)))
        if uris and source.ignored:
            self.skipped.append(f"ignored {', '.join(source.ignored)} of the apt source {_redact(source.uris[0])}")
        return replace(safe, uris=uris) if uris else None

    def _allowed_uri(self, uri: str, source: AptSource) -> str:
        """Return the URI that apt may use instead; empty if it is refused."""
        if _WEB_URI.fullmatch(uri):
            return uri
        local = _LOCAL_URI.fullmatch(uri)
        if local is None:
            self._skip(uri, "it is neither an http or https URL nor a folder of the root")
            return ""
        if local[1] == "mirror+file":
            mirror = next(filter(_WEB_URI.fullmatch, parse_mirrors(self._copier.read_text(local[2]))), "")
            if not mirror:
                self._skip(uri, "its list has no mirror with http or https")
            return mirror
        copy = f"file:{self._copier.copy_archive(local[2], source, self._architecture)}"
        self.copies.append((copy, uri))
        return copy

    def _skip(self, uri: str, reason: str) -> None:
        self.skipped.append(f"skipped the apt source {_redact(uri)}: {reason}")

    def _copy_signed_by(self, value: str) -> str | None:
        """Copy the keys of a Signed-By; return the new value, or None for an unknown form."""
        if _ARMOUR.decode() in value:
            lines = (line.strip() for line in value.split("\n"))
            key = "\n".join("" if line == "." else line for line in lines).strip() + "\n"
            return self._copier.write_key(key.encode("utf-8", "surrogateescape"), "keys")
        words = _words(value)
        if not all(word.startswith("/") or _FINGERPRINT.fullmatch(word) for word in words):
            return None
        return ", ".join(self._copier.copy_key(word, "keys") if word.startswith("/") else word for word in words)


class _Copier:
    """Copies files of a root into a temporary folder, under new names, readable for apt's user."""

    def __init__(self, root: Root, folder: str) -> None:
        if not re.fullmatch(r"[A-Za-z0-9._~+/-]+", folder):
            raise SysdepsError(
                f"apt cannot read sources in {folder!a}", hint="set TMPDIR to a folder with a plain name"
            )
        self._root = root
        self._folder = folder
        self._number = 0
        self._left = _MAX_ARCHIVE

    def make_folder(self, name: str) -> str:
        """Return a subfolder, created if it is missing."""
        path = os.path.join(self._folder, name)
        _make_folder(path)
        return path

    def write_file(self, name: str, content: bytes) -> str:
        """Write a file and return its path."""
        path = os.path.join(self._folder, name)
        with open(path, "wb") as file:
            os.fchmod(file.fileno(), _FILE_MODE)
            file.write(content)
        return path

    def copy_key(self, keyring: str, folder: str) -> str:
        """Copy a keyring of the root; return the copy's path. Raise SysdepsError if it cannot be read."""
        try:
            return self.write_key(self._root.read(keyring, _MAX_SOURCES), folder)
        except OSError as error:
            message = f"the keyring `{keyring}` of an apt source cannot be read: {error.strerror}"
            raise SysdepsError(message) from error

    def write_key(self, content: bytes, folder: str) -> str:
        """Write a key and return its path; apt recognizes the format by the ending of the name."""
        self._number += 1
        self.make_folder(folder)
        ending = "asc" if content.lstrip().startswith(_ARMOUR) else "gpg"
        return self.write_file(f"{folder}/{self._number}.{ending}", content)

    def read_text(self, path: str) -> str:
        """Return the text of a list of mirrors; empty if it cannot be read."""
        try:
            return self._root.read(path, _MAX_SOURCES).decode("utf-8", "surrogateescape")
        except OSError:
            return ""

    def copy_archive(self, base: str, source: AptSource, architecture: str) -> str:
        """Copy the files that apt requests from an archive of the root; return the copy's folder."""
        self._number += 1
        into = self.make_folder(f"archives/{self._number}")
        for path in archive_files(self._root, base, source, architecture):
            self._copy_file(f"{base}/{path}", os.path.join(into, path))
        return into

    def _copy_file(self, path: str, target: str) -> None:
        _make_folder(os.path.dirname(target))
        with os.fdopen(self._root.open(path), "rb") as source, open(target, "wb") as file:
            os.fchmod(file.fileno(), _FILE_MODE)
            self._copy_bytes(source, file)

    def _copy_bytes(self, source: IO[bytes], target: IO[bytes]) -> None:
        while piece := source.read(_CHUNK):
            self._left -= len(piece)
            if self._left < 0:
                raise SysdepsError(f"the root's own archives have more than {_MAX_ARCHIVE} bytes of indices")
            target.write(piece)


def _make_folder(path: str) -> None:
    """Create a folder that every user may read, whatever the umask, and its missing parents."""
    if not os.path.isdir(path):
        _make_folder(os.path.dirname(path))
        os.mkdir(path)
        os.chmod(path, _FOLDER_MODE)


def archive_files(root: Root, base: str, source: AptSource, architecture: str) -> Iterator[str]:
    """Yield the files that apt requests from an archive in a root, relative to its folder.

    Source: wiki.debian.org/DebianRepository/Format.
    """
    contents = (f"Contents-{architecture}", "Contents-all")
    for suite in source.suites:
        dist = suite.strip("/") or "." if suite.endswith("/") else f"dists/{suite}"
        parts = {
            dist: ("InRelease", "Release", "Packages", *contents),
            **{f"{dist}/{component}": contents for component in source.components},
            **{f"{dist}/{component}/binary-{architecture}": ("Packages",) for component in source.components},
        }
        for folder, starts in parts.items():
            names = (name for name in root.names(f"{base}/{folder}") if name.partition(".")[0] in starts)
            yield from (f"{folder}/{name}" for name in names if root.is_file(f"{base}/{folder}/{name}"))


def _source_files(root: Root) -> tuple[str, ...]:
    folder = "/etc/apt/sources.list.d"
    names = [name for name in root.names(folder) if name.endswith((".list", ".sources"))]
    paths = ["/etc/apt/sources.list", *(f"{folder}/{name}" for name in names)]
    return _check_count([path for path in paths if root.is_file(path)])


def _trusted_files(root: Root) -> tuple[str, ...]:
    names = [name for name in root.names(_TRUSTED) if name.endswith((".gpg", ".asc"))]
    paths = ["/etc/apt/trusted.gpg", *(f"{_TRUSTED}/{name}" for name in names)]
    return _check_count([path for path in paths if root.is_file(path)])


def _check_count(paths: Sequence[str]) -> tuple[str, ...]:
    """Return the paths. Raise SysdepsError for too many."""
    if len(paths) > _MOST_FILES:
        raise SysdepsError(f"`{os.path.dirname(paths[-1])}` of the root has more than {_MOST_FILES} files")
    return tuple(paths)


def _redact(uri: str) -> str:
    """Return a URI for messages: shortened, without user and password."""
    return ascii(re.sub(r"//[^/@]*@", "//", uri[:_MAX_SHOWN]))


def _words(signed_by: str) -> list[str]:
    """Return the files and fingerprints of a Signed-By; none for an embedded key."""
    return [] if _ARMOUR.decode() in signed_by else signed_by.replace(",", " ").split()
