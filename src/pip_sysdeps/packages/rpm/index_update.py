"""Write an index from the repositories of a root."""

from __future__ import annotations

from collections import ChainMap
from dataclasses import dataclass
from datetime import datetime, timezone
from email.utils import format_datetime
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from pip_sysdeps.errors import MalformedError, SysdepsError
from pip_sysdeps.packages.family import IndexUpdate
from pip_sysdeps.packages.index import OLD_INDEX_KEPT, write_index
from pip_sysdeps.packages.index_file import IndexTarget
from pip_sysdeps.packages.platform import release_name
from pip_sysdeps.packages.rpm.architectures import ARCHITECTURES, capability_mark
from pip_sysdeps.packages.rpm.compression import UnreadableFormatError
from pip_sysdeps.packages.rpm.libraries import (
    base_set,
    installable_packages,
    library_table,
    newest_packages,
    packages_of_libraries,
    program_table,
    version_of,
)
from pip_sysdeps.packages.rpm.read_database import read_architecture, read_database
from pip_sysdeps.packages.rpm.read_metadata import Caches, read_caches
from pip_sysdeps.packages.rpm.read_repo_files import read_repositories, read_variables, sources_key
from pip_sysdeps.packages.rpm.read_repository import (
    FolderStore,
    ServerStore,
    read_metalink,
    read_mirrorlist,
    read_repodata,
)
from pip_sysdeps.printing import printable
from pip_sysdeps.system.progress import track

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pip_sysdeps.packages.family import IndexRequest
    from pip_sysdeps.packages.index_file import Table
    from pip_sysdeps.packages.rpm.read_repository import Repodata, Store
    from pip_sysdeps.packages.rpm.repo_file import Repository
    from pip_sysdeps.packages.rpm.repository import RepositoryPackage
    from pip_sysdeps.system.root import Root

_PYTHON = "python3"


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """The content of a repository."""

    packages: tuple[RepositoryPackage, ...]
    """Its packages."""
    files: Mapping[str, tuple[str, ...]]
    """Paths by the id of a package; empty without file lists."""
    made: int
    """The date of its metadata, in seconds since 1970; 0 if unknown."""


def update_index(root: Root, request: IndexRequest) -> IndexUpdate:
    """Read the metadata of each enabled repository, and write the index of one release and architecture.

    Metadata that the package manager has downloaded comes first; the rest is read from the repositories. Raise
    SysdepsError and MalformedError, with the old index unchanged, for damaged metadata, and if no repository can be
    read.
    """
    request.require_known(ARCHITECTURES)
    try:
        found, others, complaints = _read(root, request)
        target, tables = index_of(found, others, request)
        key = "" if root.directory == "/" or request.shared else sources_key(root)
        path = write_index(target, tables, key)
    except MalformedError as error:
        hint = "; ".join(filter(None, (error.hint, OLD_INDEX_KEPT)))
        raise MalformedError(error.reason, where=error.where, hint=hint) from error
    return IndexUpdate(target=target, path=path, complaints=complaints)


def index_of(
    found: Sequence[Contents], others: Mapping[str, Contents], request: IndexRequest
) -> tuple[IndexTarget, dict[str, Table]]:
    """Return the index of repositories; `others` are the disabled ones, by id."""
    architecture = request.architecture
    described, mark = ARCHITECTURES[architecture], capability_mark(architecture)
    every = installable_packages((package for each in found for package in each.packages), architecture)
    packages = newest_packages(every, architecture)
    files = ChainMap(*(dict(each.files) for each in found))
    libraries = packages_of_libraries(packages, mark, described.directories, files)
    older = packages_of_libraries(every, mark, described.directories, files)
    tables = {
        "library": library_table(libraries, older),
        "program": program_table(packages),
        "base": dict.fromkeys(base_set(packages), "1"),
        "elsewhere": _disabled_libraries(others, older, architecture),
    }
    release = release_name(request.distro, "", request.suite or request.codename)
    target = IndexTarget(
        id=f"{request.distro}-{release}-{architecture}",
        date=_date(max((each.made for each in found), default=0)),
        release=release,
        glibc=version_of(f"{described.loader}(){mark}" if mark else described.loader, packages),
        python=version_of(f"/usr/bin/{_PYTHON}", packages),
    )
    return target, tables


def _disabled_libraries(others: Mapping[str, Contents], known: Mapping[str, object], architecture: str) -> Table:
    """Return the table soname -> disabled repository, for sonames that no enabled repository has."""
    table: Table = {}
    directories, mark = ARCHITECTURES[architecture].directories, capability_mark(architecture)
    for name, each in sorted(others.items()):
        for soname in packages_of_libraries(
            installable_packages(each.packages, architecture), mark, directories, each.files
        ):
            if soname not in known:
                table.setdefault(soname, name.replace(":", "%3A"))
    return table


def _read(root: Root, request: IndexRequest) -> tuple[list[Contents], dict[str, Contents], tuple[str, ...]]:
    """Return the content of enabled repositories, that of others by id, and messages about unreadable ones."""
    repositories = read_repositories(root, _variables(root, request))
    is_native = not request.suite and request.architecture == read_architecture(root)
    caches = read_caches(root, repositories) if is_native else Caches(enabled={}, others={}, missing=())
    enabled = [each for each in repositories if each.enabled]
    found: list[Contents] = []
    complaints: list[str] = []
    cached = dict(caches.enabled)
    for each in track(enabled, "reading repositories"):
        got = _contents_or_reason(root, each, cached.pop(each.id, None))
        if isinstance(got, Contents):
            found.append(got)
        else:
            complaints.append(f"the repository `{printable(each.id)}` is left out: {got}")
    found += [_contents(each) for each in cached.values() if each.has_primary]
    if not found:
        raise _no_repository_error(complaints, configured=bool(enabled))
    others = {name: _contents(each) for name, each in caches.others.items() if each.has_primary}
    return found, others, tuple(complaints)


def _variables(root: Root, request: IndexRequest) -> Mapping[str, str]:
    release, architecture = request.codename, request.architecture
    return read_variables(root, read_database(root), release=release, architecture=architecture, suite=request.suite)


def _contents_or_reason(root: Root, repository: Repository, cached: Repodata | None) -> Contents | SysdepsError:
    """Return the content of a repository, or why it cannot be read. Raise MalformedError for damaged metadata."""
    try:
        return _contents_of(root, repository, cached)
    except MalformedError:
        raise
    except SysdepsError as error:
        return error


def _contents_of(root: Root, repository: Repository, cached: Repodata | None) -> Contents:
    """Return the content of a repository, from its cache if that can be read.

    Raise SysdepsError if it cannot be read.
    """
    if cached is not None and cached.has_primary:
        try:
            return _contents(cached)
        except UnreadableFormatError:
            if repository.signed or repository.certificate:
                raise
    return _contents(read_repodata(_store(root, repository)))


def _contents(repodata: Repodata) -> Contents:
    packages = tuple(repodata.primary())
    return Contents(packages=packages, files=dict(repodata.filelists()), made=repodata.made)


def _store(root: Root, repository: Repository) -> Store:
    """Return the store of a repository's metadata. Raise SysdepsError if it must not be read from there."""
    local = next((path for url in repository.base if (path := _local_path(url))), None)
    if local:
        return FolderStore(root, local)
    if repository.signed:
        raise SysdepsError("its metadata must be signed, and only the package manager can verify that")
    if repository.certificate:
        raise SysdepsError("it requires a client certificate, which only the package manager uses")
    if repository.unverified:
        raise SysdepsError("`sslverify` is off, so its server's certificate would not be verified")
    if "$" in "".join((*repository.base, repository.mirrorlist, repository.metalink)):
        raise SysdepsError("its URL has an unknown variable")
    if repository.metalink:
        return read_metalink(repository.metalink)
    if repository.base:
        return ServerStore(repository.base)
    return ServerStore(read_mirrorlist(repository.mirrorlist))


def _local_path(url: str) -> str:
    """Return the folder that a `file:` URL or a path names; empty for any other URL."""
    if url.startswith("/"):
        return url
    parts = urlsplit(url)
    return unquote(parts.path) if parts.scheme == "file" and parts.netloc in {"", "localhost"} else ""


def _no_repository_error(complaints: Sequence[str], *, configured: bool) -> SysdepsError:
    if not configured:
        return SysdepsError("no repository is enabled", hint="dnf.conf(5) and zypper(8) say how to configure one")
    return SysdepsError(
        f"no repository could be read: {complaints[0]}",
        hint=f"run `dnf makecache` or `zypper refresh`, and again; {OLD_INDEX_KEPT}",
    )


def _date(seconds: int) -> str:
    """Return a time in the form of a Release file; empty for none."""
    return (
        format_datetime(datetime.fromtimestamp(seconds, tz=timezone.utc), usegmt=False) if 0 < seconds < 1 << 36 else ""
    )
