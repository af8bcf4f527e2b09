"""Make an index from the configured apt sources of a machine or root."""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import contextmanager, suppress
from dataclasses import replace
from hashlib import sha256
from typing import TYPE_CHECKING

from pip_sysdeps.errors import MalformedError, SysdepsError
from pip_sysdeps.packages.debian.apt import Apt, has_sources
from pip_sysdeps.packages.debian.architectures import ARCHITECTURES
from pip_sysdeps.packages.debian.archive import default_alternatives, read_archive
from pip_sysdeps.packages.debian.kept_lists import keep_lists, restore_lists
from pip_sysdeps.packages.debian.ports import for_architecture, parse_ports
from pip_sysdeps.packages.debian.read_apt_sources import WrittenSources, read_sources, sources_key, write_sources
from pip_sysdeps.packages.debian.read_architecture import read_architecture
from pip_sysdeps.packages.family import IndexUpdate
from pip_sysdeps.packages.index import OLD_INDEX_KEPT, cache_folder, write_index
from pip_sysdeps.packages.index_file import IndexTarget
from pip_sysdeps.printing import printable
from pip_sysdeps.system.shipped import read_shipped

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from pip_sysdeps.packages.debian.apt import AptIndex
    from pip_sysdeps.packages.debian.ports import Port
    from pip_sysdeps.packages.family import IndexRequest
    from pip_sysdeps.system.root import Root

_MIN_SPACE = 1 << 20
"""Bytes that any download needs."""
_FOLDER_MODE = 0o755
"""apt downloads as its own user, _apt."""
_UNSIGNED_OPTIONS = ("AllowInsecureRepositories", "AllowWeakRepositories", "AllowDowngradeToInsecureRepositories")
"""apt.conf(5) options that accept unsigned archives."""


def update_index(root: Root, request: IndexRequest, files: Collection[str]) -> IndexUpdate:
    """Download the indices of the configured sources, and write the index of one release and architecture.

    `files` has the patterns of files to index. Raise SysdepsError, with the old index unchanged, if apt or its sources
    are missing. It is also raised if no Contents or no Packages index of the release's own archive could be downloaded
    and verified.
    """
    request.require_known(ARCHITECTURES)
    with tempfile.TemporaryDirectory(prefix="pip-sysdeps-") as folder, _downloads(root, request) as state:
        os.chmod(folder, _FOLDER_MODE)
        apt, written = _apt(root, request, folder, state)
        kept_lists = _kept_lists_folder(request) if root.directory == "/" else ""
        if kept_lists:
            restore_lists(kept_lists, apt.lists)
        complaints = _with_original_uris(apt.update(), written.copies)
        indices = tuple(index for index in apt.indices() if index.automatic)
        own_indices = [index for index in indices if index.origin.lower() == request.distro]
        _require_indices(own_indices, complaints, request, state)
        with _with_location():
            tables = read_archive(indices, request.architecture, default_alternatives(), files, request.distro)
        if kept_lists:
            keep_lists(apt.lists, (index.path for index in indices), kept_lists)
    target = IndexTarget(
        id=_target_id(own_indices, request),
        date=tables.date,
        release=tables.release,
        glibc=tables.glibc,
        python=tables.python,
    )
    key = "" if root.directory == "/" or request.shared else sources_key(root)
    with _with_location():
        path = write_index(target, tables.tables, key)
    return IndexUpdate(target=target, path=path, complaints=(*written.skipped, *complaints))


def _require_indices(
    own_indices: Sequence[AptIndex], complaints: tuple[str, ...], request: IndexRequest, state: str
) -> None:
    """Raise SysdepsError if there is no Contents or no Packages index of the release's own archive."""
    for kind in ("Contents", "Packages"):
        if all(_is_pocket(index, request) for index in own_indices if index.kind == kind):
            _require_space(state)
            raise SysdepsError(_missing_index_message(kind, complaints, request), hint=OLD_INDEX_KEPT)


def _kept_lists_folder(request: IndexRequest) -> str:
    """Return the folder that keeps the lists of this machine's sources for the next update."""
    name = f"{request.suite or request.codename}-{request.architecture}"
    return os.path.join(cache_folder(), "apt", name.replace("/", "_"))


@contextmanager
def _downloads(root: Root, request: IndexRequest) -> Iterator[str]:
    """Yield the folder for apt's downloads. It is kept after an interruption, so that the next run continues.

    A new folder is used if another run has locked it, or another user owns it.
    """
    named = f"{root.directory}\0{request.suite}\0{request.architecture}"
    digest = sha256(named.encode("utf-8", "surrogateescape")).hexdigest()[:16]
    path = os.path.join(tempfile.gettempdir(), f"pip-sysdeps-{os.geteuid()}-{digest}")
    descriptor = _locked_folder(path)
    if descriptor is None:
        path = tempfile.mkdtemp(prefix="pip-sysdeps-")
    os.chmod(path, _FOLDER_MODE)
    try:
        yield path
    except BaseException as error:
        if descriptor is None or not isinstance(error, KeyboardInterrupt):
            shutil.rmtree(path, ignore_errors=True)
        raise
    else:
        shutil.rmtree(path, ignore_errors=True)
    finally:
        if descriptor is not None:
            os.close(descriptor)


def _locked_folder(path: str) -> int | None:
    """Return a descriptor that locks a folder, created now or owned by this user; None if that fails.

    Source: flock(2). Only the owner may write into the folder.
    """
    try:
        with suppress(FileExistsError):
            os.mkdir(path, _FOLDER_MODE)
        descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError:
        return None
    status = os.fstat(descriptor)
    try:
        import fcntl  # noqa: PLC0415 - Windows has none, and makes no index

        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        return None
    if status.st_uid == os.geteuid() and not status.st_mode & 0o022:
        return descriptor
    os.close(descriptor)
    return None


@contextmanager
def _with_location() -> Iterator[None]:
    """Add the location to errors about an archive's content."""
    try:
        yield
    except MalformedError as error:
        raise error.at("the archive's indices", hint=OLD_INDEX_KEPT) from error


def _apt(root: Root, request: IndexRequest, folder: str, state: str) -> tuple[Apt, WrittenSources]:
    """Return apt with its sources, and the sources that were rewritten for it.

    The machine's own configuration is used unchanged. The sources of another root or suite are rewritten (see
    `read_apt_sources`); the root's other apt configuration, which may name programs to run, is not read.
    """
    uses_own_sources = root.directory == "/" and not request.suite
    if uses_own_sources and not has_sources():
        raise _no_sources("apt has no sources")
    unchanged = uses_own_sources and not _is_in_other_archives(root, request.architecture)
    written = WrittenSources() if unchanged else _rewrite_sources(root, request, folder)
    settings = () if unchanged else _settings(written)
    return Apt(folder=folder, state=state, architecture=request.architecture, settings=settings), written


def _rewrite_sources(root: Root, request: IndexRequest, folder: str) -> WrittenSources:
    """Rewrite the sources of another root, suite or architecture."""
    sources = tuple(for_architecture(each, request.architecture, _ports()) for each in read_sources(root))
    sources = tuple(each for each in sources if not each.architectures or request.architecture in each.architectures)
    if request.suite:
        found = (replace(source, suites=(request.suite,)) for source in sources if request.codename in source.suites)
        sources = tuple(found)
    if not sources:
        raise _no_sources(
            f"no apt source names `{request.codename}`" if request.suite else "the root has no apt sources"
        )
    return write_sources(root, sources, folder, request.architecture)


def _settings(written: WrittenSources) -> tuple[tuple[str, str], ...]:
    """Return apt's settings for rewritten sources."""
    return (
        ("Dir::Etc::sourcelist", written.path),
        ("Dir::Etc::sourceparts", "-"),
        ("Dir::Etc::trusted", f"{written.keys}/none.gpg"),
        ("Dir::Etc::trustedparts", written.keys),
        *((f"Acquire::{name}", "false") for name in _UNSIGNED_OPTIONS),
    )


def _with_original_uris(complaints: Iterable[str], copies: Sequence[tuple[str, str]]) -> tuple[str, ...]:
    """Return apt's complaints with the URIs of the root's sources instead of those of copied archives."""
    return tuple(_with_original_uri(line, copies) for line in complaints)


def _with_original_uri(line: str, copies: Sequence[tuple[str, str]]) -> str:
    for copy, uri in copies:
        line = line.replace(f"{copy}/", f"{printable(uri.rstrip('/'))}/").replace(f"{copy} ", f"{printable(uri)} ")
    return line


def _is_in_other_archives(root: Root, architecture: str) -> bool:
    """Return whether an architecture is served by other archives than this machine's sources."""
    if architecture == read_architecture(root):
        return False
    sources = read_sources(root)
    return any(for_architecture(each, architecture, _ports()) != each for each in sources)


def _ports() -> tuple[Port, ...]:
    return parse_ports(read_shipped("ports.txt"))


def _no_sources(message: str) -> SysdepsError:
    return SysdepsError(message, hint="sources.list(5) says how to configure them")


def _is_pocket(index: AptIndex, request: IndexRequest) -> bool:
    """Return whether an index belongs to a suite that adds to a release: `noble-updates`, `bookworm-security`.

    A suite that the user names does not.
    """
    start = f"{request.codename}-"
    return not request.suite and (index.suite.startswith(start) or index.codename.startswith(start))


def _require_space(folder: str) -> None:
    """Raise SysdepsError if the disk is full, which apt does not always report."""
    if shutil.disk_usage(folder).free < _MIN_SPACE:
        raise SysdepsError(
            f"no space left in `{tempfile.gettempdir()}`, where apt downloads to",
            hint=f"set TMPDIR to a folder with more room; {OLD_INDEX_KEPT}",
        )


def _missing_index_message(kind: str, complaints: tuple[str, ...], request: IndexRequest) -> str:
    """Return the error for missing indices of a kind."""
    release = request.suite or request.codename
    reason = f": {complaints[0]}" if complaints else ""
    index = f"a {kind} index of {request.distro} {release} {request.architecture}"
    return f"apt could not download and verify {index}{reason}"


def _target_id(own_indices: Iterable[AptIndex], request: IndexRequest) -> str:
    """Return the target's id as in the lock, by the codename of the Release file."""
    codenames = {index.codename for index in own_indices}
    codename = (
        request.codename if not request.suite else next(iter(codenames)) if len(codenames) == 1 else request.suite
    )
    return f"{request.distro}-{codename or request.suite}-{request.architecture}"
