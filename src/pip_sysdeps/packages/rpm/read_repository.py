"""Reads the metadata of repositories that a root keeps: the caches of dnf, microdnf and zypper."""

from __future__ import annotations

import hashlib
import posixpath
from typing import TYPE_CHECKING

from pip_sysdeps.errors import MalformedError, SysdepsError
from pip_sysdeps.packages.rpm.compression import decompress
from pip_sysdeps.packages.rpm.repository import parse_filelists, parse_primary, parse_repomd

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import TypeVar

    from pip_sysdeps.packages.rpm.repository import Metadata, RepositoryPackage
    from pip_sysdeps.system.root import Root

    _T = TypeVar("_T")

CACHES = ("/var/cache/libdnf5", "/var/cache/dnf", "/var/cache/yum/metadata", "/var/cache/zypp/raw")
"""Each has a folder for each repository: dnf5, dnf 4, microdnf, zypper."""

_REPOMD = "repodata/repomd.xml"
_MAX_REPOMD = 4 << 20
_MAX_FILE = 512 << 20
_MAX_CONTENT = 4 << 30
"""Bytes, packed and unpacked: Fedora's file lists have a tenth of that."""


def find_repositories(root: Root) -> tuple[str, ...]:
    """Return the folders of a root's caches that have the metadata of a repository, in order."""
    folders = (f"{cache}/{name}" for cache in CACHES for name in root.names(cache))
    return tuple(folder for folder in folders if root.is_file(f"{folder}/{_REPOMD}"))


def read_primary(root: Root, folder: str) -> Iterator[RepositoryPackage]:
    """Yield the packages of a repository.

    Raise SysdepsError for metadata that is not there, cannot be read, or is packed in a form that this Python does not
    know, and MalformedError for what breaks its format or differs from its checksum.
    """
    return _parsed(root, folder, "primary", parse_primary)


def read_filelists(root: Root, folder: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield id and paths of each package of a repository; nothing where its cache has no file lists. Raise as above."""
    return _parsed(root, folder, "filelists", parse_filelists) if has_filelists(root, folder) else iter(())


def has_filelists(root: Root, folder: str) -> bool:
    """Return whether the cache of a repository has its file lists: dnf fetches them when it needs them."""
    return _metadata(root, folder, "filelists") is not None


def _parsed(root: Root, folder: str, kind: str, parse: Callable[[Iterable[bytes]], Iterator[_T]]) -> Iterator[_T]:
    found = _metadata(root, folder, kind)
    if found is None:
        raise SysdepsError(
            f"`{folder}` has no {kind} metadata that can be read", hint="run `dnf makecache` or `zypper refresh` there"
        )
    path, metadata = found
    content = _read(root, path, _MAX_FILE)
    try:
        _require_checksum(content, metadata)
        yield from parse(decompress(content, _MAX_CONTENT))
    except MalformedError as error:
        raise error.at(path) from error


def _metadata(root: Root, folder: str, kind: str) -> tuple[str, Metadata] | None:
    """Return path and entry of one kind of metadata that lies in the folder."""
    path = f"{folder}/{_REPOMD}"
    try:
        entries = parse_repomd(_read(root, path, _MAX_REPOMD))
    except MalformedError as error:
        raise error.at(path) from error
    found = ((posixpath.join(folder, each.location), each) for each in entries if each.kind == kind)
    return next((pair for pair in found if root.is_file(pair[0])), None)


def _require_checksum(content: bytes, metadata: Metadata) -> None:
    """Compare the checksum that repomd.xml has; one of an unknown algorithm is not compared."""
    algorithm, _, digest = metadata.checksum.partition(":")
    algorithm = {"sha": "sha1"}.get(algorithm, algorithm)
    if algorithm in {"sha1", "sha224", "sha256", "sha384", "sha512"} and (
        hashlib.new(algorithm, content, usedforsecurity=False).hexdigest() != digest
    ):
        raise MalformedError(f"its {algorithm} is not the one in repomd.xml", where="offset 0")


def _read(root: Root, path: str, limit: int) -> bytes:
    try:
        return root.read(path, limit)
    except OSError as error:
        raise SysdepsError(
            f"cannot read repository metadata `{path}`: {error.strerror}", hint="make it readable, or run as root"
        ) from error
