"""Read the repository metadata that a root has downloaded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pip_sysdeps.packages.family import DownloadedMetadata
from pip_sysdeps.packages.rpm.compression import UnreadableFormatError
from pip_sysdeps.packages.rpm.libraries import providers
from pip_sysdeps.packages.rpm.read_database import read_architecture
from pip_sysdeps.packages.rpm.read_repo_files import read_repositories
from pip_sysdeps.packages.rpm.read_repository import FolderStore, find_repositories, is_cache_of, read_repodata

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pip_sysdeps.packages.rpm.read_repository import Repodata
    from pip_sysdeps.packages.rpm.repo_file import Repository
    from pip_sysdeps.packages.rpm.repository import RepositoryPackage
    from pip_sysdeps.system.root import Root


@dataclass(frozen=True, slots=True, kw_only=True)
class Caches:
    """The metadata that package managers have downloaded in a root."""

    enabled: Mapping[str, Repodata]
    """That of enabled repositories, by id; of all if none is configured."""
    others: Mapping[str, Repodata]
    """That of disabled repositories, by id."""
    missing: tuple[str, ...]
    """The enabled repositories without metadata."""


def read_caches(root: Root, repositories: Sequence[Repository]) -> Caches:
    """Read the `repomd.xml` of each cache. Of several caches of one repository, the newest counts.

    Raise MalformedError and SysdepsError for a damaged or unreadable one.
    """
    found: dict[str, Repodata] = {}
    for folder in find_repositories(root):
        name = _repository_of(folder, repositories)
        each = read_repodata(FolderStore(root, folder))
        if name not in found or each.made > found[name].made:
            found[name] = each
    enabled = {each.id for each in repositories if each.enabled} if repositories else set(found)
    return Caches(
        enabled={name: each for name, each in found.items() if name in enabled},
        others={name: each for name, each in found.items() if name not in enabled},
        missing=tuple(sorted(enabled - found.keys())),
    )


def read_metadata(root: Root) -> DownloadedMetadata | None:
    """Return the providers of capabilities by a root's caches; None without readable ones.

    Raise MalformedError and SysdepsError for a damaged one.
    """
    if not find_repositories(root):
        return None
    caches = read_caches(root, read_repositories(root, {}))
    architecture = read_architecture(root)
    read = {name: packages for name, each in caches.enabled.items() if (packages := _packages(each)) is not None}
    if not read:
        return None
    available = providers((each for packages in read.values() for each in packages), architecture)
    disabled: dict[str, str] = {}
    for name, each in caches.others.items():
        for capability in providers(_packages(each) or (), architecture):
            if capability not in available:
                disabled.setdefault(capability, name)
    return DownloadedMetadata(
        providers=available,
        is_complete=not caches.missing and len(read) == len(caches.enabled),
        disabled=disabled,
    )


def _repository_of(folder: str, repositories: Iterable[Repository]) -> str:
    """Return the id of the repository of a cache folder; the folder's own name if no configured one matches."""
    ids = [each.id for each in repositories if is_cache_of(folder, each.id)]
    return max(ids, key=len, default=folder.rpartition("/")[2])


def _packages(repodata: Repodata) -> tuple[RepositoryPackage, ...] | None:
    """Return the packages of a cache; None if they are missing or in an unknown compression format."""
    if not repodata.has_primary:
        return None
    try:
        return tuple(repodata.primary())
    except UnreadableFormatError:
        return None
