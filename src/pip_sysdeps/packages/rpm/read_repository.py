"""Read the metadata of repositories from the caches of dnf, microdnf and zypper, a folder, or a server.

A repository's `repomd.xml` has the checksums of its other files, which are verified. Its own checksum is in a
metalink. Without a metalink, it is trusted in a cache, where the package manager has verified it, in a folder
of the root, and by https. No signature is verified here.
"""

from __future__ import annotations

import hashlib
import posixpath
import re
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from pip_sysdeps.errors import MalformedError, SysdepsError
from pip_sysdeps.packages.rpm.compression import decompress
from pip_sysdeps.packages.rpm.repo_file import parse_mirrorlist
from pip_sysdeps.packages.rpm.repository import parse_filelists, parse_metalink, parse_primary, parse_repomd
from pip_sysdeps.packages.unpacked import unpacked_limit
from pip_sysdeps.printing import printable
from pip_sysdeps.system.download import DownloadError, download

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from typing import TypeVar

    from pip_sysdeps.packages.rpm.repository import Metadata, RepositoryPackage
    from pip_sysdeps.system.root import Root

    _T = TypeVar("_T")

CACHES = ("/var/cache/libdnf5", "/var/cache/dnf", "/var/cache/yum/metadata", "/var/cache/zypp/raw")
"""Each has a folder for each repository: dnf5, dnf 4, microdnf, zypper."""

REPOMD = "repodata/repomd.xml"
_MAX_REPOMD = 4 << 20
_MAX_FILE = 512 << 20
_MAX_CONTENT = 4 << 30
"""Limits in bytes, packed and unpacked; Fedora's file lists have a tenth of that."""
_SPARE_ELEMENTS = 100_000
"""XML elements that a file may have in addition to one per byte of its packed size; createrepo_c writes one per three
to six bytes."""
_MOST_MIRRORS = 3
"""Limit on the mirrors that are tried."""
_HASHES = ("sha256", "sha384", "sha512")
"""Hash algorithms that are trusted."""
_OLD_HASHES = ("sha1", "sha224")
"""Hash algorithms that only detect damage."""
_REFRESH_HINT = "run `dnf makecache --refresh` or `zypper refresh --force`"
_SUFFIX = r"-(?:[0-9a-f]{16}|[A-Za-z0-9._]*-[a-z0-9_]+)"
"""The suffix of a cache folder after the repository's id: a hash for dnf, release and architecture for microdnf."""


class Store(Protocol):
    """The place of a repository's files."""

    @property
    def place(self) -> str:
        """The folder or URL, for messages."""

    @property
    def hint(self) -> str:
        """The hint for damaged metadata; empty if there is none."""

    def has(self, location: str) -> bool:
        """Return whether a file of `repomd.xml` may be read."""

    def repomd(self) -> bytes:
        """Return the content of `repomd.xml`. Raise SysdepsError."""

    def read(self, location: str) -> bytes:
        """Return the content of another file. Raise SysdepsError."""


@dataclass(frozen=True, slots=True)
class FolderStore:
    """A folder of a root: a cache, or the repository itself."""

    root: Root
    """The root."""
    place: str
    """The folder."""

    @property
    def hint(self) -> str:
        """The commands that download a cache anew."""
        return _REFRESH_HINT if self.place.startswith(CACHES) else ""

    def has(self, location: str) -> bool:
        """Return whether the file exists: dnf downloads file lists on demand."""
        return self.root.is_file(posixpath.join(self.place, location))

    def repomd(self) -> bytes:
        """Return the content of `repomd.xml`."""
        return self.root.read_required(f"{self.place}/{REPOMD}", _MAX_REPOMD, "repository metadata")

    def read(self, location: str) -> bytes:
        """Return the content of another file."""
        return self.root.read_required(posixpath.join(self.place, location), _MAX_FILE, "repository metadata")


@dataclass(frozen=True, slots=True)
class ServerStore:
    """The servers of one repository."""

    bases: Sequence[str]
    """URLs of the repository, the preferred one first; at least one."""
    checksums: frozenset[str] = frozenset()
    """The checksums of `repomd.xml` in the metalink; empty without one."""

    @property
    def place(self) -> str:
        """The first URL."""
        return self.bases[0]

    @property
    def hint(self) -> str:
        """Always empty: a later download may be complete."""
        return ""

    def has(self, location: str) -> bool:  # noqa: ARG002 - what repomd.xml names is there
        """Return True: the server has every file of `repomd.xml`."""
        return True

    def repomd(self) -> bytes:
        """Return `repomd.xml`, by https or verified by the metalink."""
        content = self._download_from_mirrors(REPOMD, _MAX_REPOMD, plain=bool(self.checksums))
        if self.checksums and not any(_has_checksum(content, each) for each in self.checksums):
            raise MalformedError("its checksum is not in the metalink", where="offset 0")
        return content

    def read(self, location: str) -> bytes:
        """Return the content of another file, whose checksum is in `repomd.xml`."""
        return self._download_from_mirrors(location, _MAX_FILE, plain=True)

    def _download_from_mirrors(self, location: str, limit: int, *, plain: bool) -> bytes:
        urls = [f"{base.rstrip('/')}/{location}" for base in self.bases[:_MOST_MIRRORS]]
        for url in urls[:-1]:
            with suppress(DownloadError):
                return download(url, limit, plain=plain)
        return download(urls[-1], limit, plain=plain)


@dataclass(frozen=True, slots=True)
class Repodata:
    """The metadata of one repository."""

    store: Store
    """Its place."""
    entries: tuple[Metadata, ...]
    """The files in its `repomd.xml`."""

    @property
    def made(self) -> int:
        """When it was made, in seconds since 1970; 0 if unknown."""
        return max((each.made for each in self.entries), default=0)

    @property
    def has_primary(self) -> bool:
        """Whether its packages can be read."""
        return self._entry("primary") is not None

    @property
    def has_filelists(self) -> bool:
        """Whether its file lists can be read."""
        return self._entry("filelists") is not None

    def primary(self) -> Iterator[RepositoryPackage]:
        """Yield the packages.

        Raise SysdepsError for metadata that is missing, unreadable or in an unsupported compression format, and
        MalformedError for invalid metadata or a wrong checksum.
        """
        return self._parse_entry("primary", parse_primary)

    def filelists(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Yield id and paths of each package; nothing without file lists. Raise as `primary`."""
        return self._parse_entry("filelists", parse_filelists) if self.has_filelists else iter(())

    def _parse_entry(self, kind: str, parse: Callable[[Iterable[bytes], int], Iterator[_T]]) -> Iterator[_T]:
        entry = self._entry(kind)
        if entry is None:
            raise SysdepsError(
                f"`{self.store.place}` has no {kind} metadata that can be read",
                hint="run `dnf makecache` or `zypper refresh` there",
            )
        content = self.store.read(entry.location)
        try:
            _require_checksum(content, entry, strict=isinstance(self.store, ServerStore))
            pieces = decompress(content, unpacked_limit(len(content), _MAX_CONTENT))
            yield from parse(pieces, len(content) + _SPARE_ELEMENTS)
        except MalformedError as error:
            raise error.at(posixpath.join(self.store.place, entry.location), hint=self.store.hint) from error

    def _entry(self, kind: str) -> Metadata | None:
        return next((each for each in self.entries if each.kind == kind and self.store.has(each.location)), None)


def find_repositories(root: Root) -> tuple[str, ...]:
    """Return the folders of a root's caches with the metadata of a repository, in order."""
    folders = (f"{cache}/{name}" for cache in CACHES for name in root.names(cache))
    return tuple(folder for folder in folders if root.is_file(f"{folder}/{REPOMD}"))


def is_cache_of(folder: str, repository: str) -> bool:
    """Return whether a cache folder belongs to a repository, by its name.

    Source: dnf's `repo.py`, libdnf5's `get_unique_id`; libdnf's `dnf-context.cpp`; zypper's is the alias.
    """
    name = posixpath.basename(folder)
    return name == repository or re.fullmatch(re.escape(repository) + _SUFFIX, name) is not None


def read_repodata(store: Store) -> Repodata:
    """Read `repomd.xml`. Raise SysdepsError, and MalformedError for another document or checksum."""
    try:
        return Repodata(store, parse_repomd(store.repomd()))
    except MalformedError as error:
        raise error.at(posixpath.join(store.place, REPOMD), hint=store.hint) from error


def read_metalink(url: str) -> ServerStore:
    """Fetch a metalink by https.

    Raise DownloadError if it cannot be fetched, or has no checksum or URL, and MalformedError for another document.
    """
    try:
        found = parse_metalink(download(url, _MAX_REPOMD))
    except MalformedError as error:
        raise error.at(url) from error
    sure = frozenset(each for each in found.checksums if each.partition(":")[0] in _HASHES)
    bases = [each[: -len(REPOMD)] for each in found.urls if each.endswith(f"/{REPOMD}")]
    if not (sure and bases):
        raise DownloadError(f"`{printable(url)}` has no URL or no SHA-2 checksum of repomd.xml")
    return ServerStore(sorted(bases, key=lambda each: not each.startswith("https:")), sure)


def read_mirrorlist(url: str) -> tuple[str, ...]:
    """Fetch a list of mirrors by https, and return its https mirrors. Raise DownloadError."""
    urls = [each for each in parse_mirrorlist(download(url, _MAX_REPOMD)) if each.startswith("https:")]
    if not urls:
        raise DownloadError(f"`{printable(url)}` has no https mirror")
    return tuple(urls)


def _require_checksum(content: bytes, metadata: Metadata, *, strict: bool) -> None:
    """Verify the checksum in repomd.xml. With `strict`, require a trusted algorithm."""
    algorithm = {"sha": "sha1"}.get(metadata.checksum.partition(":")[0], metadata.checksum.partition(":")[0])
    if algorithm not in _HASHES and (strict or algorithm not in _OLD_HASHES):
        if strict:
            raise MalformedError("repomd.xml has no SHA-2 checksum for it", where="offset 0")
        return
    if not _has_checksum(content, f"{algorithm}:{metadata.checksum.partition(':')[2]}"):
        raise MalformedError(f"its {algorithm} differs from repomd.xml", where="offset 0")


def _has_checksum(content: bytes, checksum: str) -> bool:
    algorithm, _, digest = checksum.partition(":")
    return hashlib.new(algorithm, content, usedforsecurity=False).hexdigest() == digest.lower()
