"""The packages of a root's configured sources, from the lists that its apt downloaded and verified."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import tempfile
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import IO, TYPE_CHECKING, Any

from pip_sysdeps.errors import SysdepsError
from pip_sysdeps.packages.debian.apt_lists import ReleaseFacts, listed_packages, package_lists, release_facts
from pip_sysdeps.packages.debian.version import version_key
from pip_sysdeps.packages.family import AvailableVersions
from pip_sysdeps.printing import printable
from pip_sysdeps.system.programs import APT_HELPER, start
from pip_sysdeps.system.progress import track

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from pip_sysdeps.packages.debian.apt_lists import ListedPackage, ListName
    from pip_sysdeps.system.root import Root

LISTS = "/var/lib/apt/lists"
_MAX_RELEASE = 1 << 24
_MAX_LIST = 256 << 20
"""Bytes of one list as stored; that of Ubuntu's universe has about 20 MB."""
_MAX_INFLATED = 1 << 30
"""Bytes of one list, decompressed."""
_MAX_RATIO = 24
"""Highest ratio of unpacked to packed size, beyond one block; lists of archives reach 6."""
_BLOCK = 1 << 20
_DECOMPRESSORS: Mapping[str, Any] = {".gz": gzip.open, ".xz": lzma.open, ".lzma": lzma.open, ".bz2": bz2.open}
"""Formats of the standard library; apt's helper decompresses the others."""


@dataclass(frozen=True, kw_only=True)
class AptList:
    """One list of packages."""

    file: str
    """Its name in apt's folder."""
    release: ReleaseFacts
    """The fields of its Release file."""
    signed: bool
    """Whether apt had a signature to verify."""
    packages: Mapping[str, tuple[ListedPackage, ...]]
    """Each package by name, in all its versions."""

    @cached_property
    def versions(self) -> Mapping[str, tuple[str, ...]]:
        """The versions of each package."""
        return {name: tuple([each.version for each in same]) for name, same in self.packages.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class AptLists:
    """All lists of a root for one architecture."""

    lists: tuple[AptList, ...]
    """Those that could be read."""
    skipped: tuple[str, ...]
    """Messages about those that could not be read."""


@lru_cache(maxsize=2)
def read_apt_lists(root: Root, architecture: str) -> AptLists:
    """Read apt's package lists for one architecture, once per root."""
    names = root.names(LISTS)
    found, skipped = [], []
    for each in track(tuple(package_lists(names, architecture)), "reading apt's lists"):
        signed = bool(each.release) and (f"{each.release}InRelease" in names or f"{each.release}Release.gpg" in names)
        try:
            packages = listed_packages(_blocks(root, each))
        except (OSError, EOFError, lzma.LZMAError, SysdepsError) as error:
            skipped.append(f"`{printable(each.file)}` cannot be read: {_reason(error)}")
            continue
        found.append(AptList(file=each.file, release=_release(root, each), signed=signed, packages=packages))
    return AptLists(lists=tuple(found), skipped=tuple(skipped))


def available_versions(root: Root, architecture: str) -> AvailableVersions | None:
    """Return the packages of a root's configured sources; None if its lists are missing or one cannot be read.

    Lists without dpkg are incomplete: removed from the image, or partly downloaded.
    """
    lists = read_apt_lists(root, architecture)
    every, released = (
        _merge_versions(lists.lists),
        _merge_versions(each for each in lists.lists if each.release.automatic),
    )
    if lists.skipped or "dpkg" not in every:
        return None
    return AvailableVersions(versions=every, released=released)


def candidate_packages(root: Root, architecture: str) -> Mapping[str, ListedPackage] | None:
    """Return the version that apt would install of each package: the newest of a list that apt uses by default.

    Packages that provide the same are in apt's order of preference. None as for `available_versions`. Pins are not
    known.
    """
    if available_versions(root, architecture) is None:
        return None
    found: dict[str, ListedPackage] = {}
    for each in read_apt_lists(root, architecture).lists:
        for name, versions in each.packages.items() if each.release.automatic else ():
            versions_so_far = (*versions, found[name]) if name in found else versions
            found[name] = (
                max(versions_so_far, key=lambda one: version_key(one.version))
                if versions_so_far[1:]
                else versions_so_far[0]
            )
    return dict(sorted(found.items(), key=lambda pair: (pair[1].rank, pair[0])))


def _merge_versions(lists: Iterable[AptList]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for each in lists:
        for name, versions in each.versions.items():
            found[name] = (*found.get(name, ()), *versions)
    return found


def _reason(error: Exception) -> str:
    return (error.strerror if isinstance(error, OSError) else "") or str(error) or "it is cut off"


def _release(root: Root, listed: ListName) -> ReleaseFacts:
    for name in ("InRelease", "Release") if listed.release else ():
        path = f"{LISTS}/{listed.release}{name}"
        if root.is_file(path):
            return release_facts(root.read(path, _MAX_RELEASE))
    return ReleaseFacts()


def _blocks(root: Root, list_name: ListName) -> Iterator[bytes]:
    """Yield a list, decompressed, in blocks of whole lines.

    Raise OSError, EOFError, LZMAError or SysdepsError for a damaged one.
    """
    content = root.read(f"{LISTS}/{list_name.file}", _MAX_LIST + 1)
    if len(content) > _MAX_LIST:
        raise SysdepsError(f"it is larger than {_MAX_LIST} bytes")
    if not list_name.suffix:
        return _whole_lines(io.BytesIO(content))
    if list_name.suffix in _DECOMPRESSORS:
        return _whole_lines(_DECOMPRESSORS[list_name.suffix](io.BytesIO(content)), _max_inflated_size(content))
    return _decompress_with_apt(content, list_name.suffix)


def _max_inflated_size(content: bytes) -> int:
    """Return how many bytes a compressed list may unpack to."""
    return min(_MAX_INFLATED, len(content) * _MAX_RATIO + _BLOCK)


def _whole_lines(stream: IO[bytes], limit: int = _MAX_INFLATED) -> Iterator[bytes]:
    left, rest = limit, b""
    while block := stream.read(_BLOCK):
        left -= len(block)
        if left < 0 or len(rest) > _BLOCK:
            raise SysdepsError(f"it is larger than {limit} bytes, or has an endless line")
        lines, end, tail = block.rpartition(b"\n")
        if end:
            yield rest + lines
        rest = tail if end else rest + tail
    if rest:
        yield rest


def _decompress_with_apt(content: bytes, suffix: str) -> Iterator[bytes]:
    """Yield blocks decompressed by apt's helper, from a copy, because another root's file may be a link."""
    with tempfile.TemporaryDirectory(prefix="pip-sysdeps-") as folder:
        path = os.path.join(folder, f"list{suffix}")
        with open(path, "wb") as file:
            file.write(content)
        with start(APT_HELPER, ["cat-file", path]) as process:
            if process.stdout is not None:
                yield from _whole_lines(process.stdout, _max_inflated_size(content))
        if process.returncode:
            raise SysdepsError("it is damaged")
