"""Making an index from whatever apt sources a machine or a root has configured."""

from __future__ import annotations

import os
import tempfile
from typing import TYPE_CHECKING

from pip_sysdeps.architectures import TRIPLETS
from pip_sysdeps.errors import MalformedError, SysdepsError
from pip_sysdeps.formats.apt_sources import AptSource, dump_source, parse_source_list, parse_sources
from pip_sysdeps.formats.soname_index import IndexTarget, dump_index
from pip_sysdeps.host.apt import Apt, has_sources
from pip_sysdeps.host.archive import default_alternatives, read_archive
from pip_sysdeps.host.atomic_write import write_atomically
from pip_sysdeps.host.index import made_index
from pip_sysdeps.values import dataclass, replace

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pip_sysdeps.formats.soname_index import Table
    from pip_sysdeps.host.apt import AptIndex
    from pip_sysdeps.host.root import Root

_MAX_SOURCES = 1 << 22
_TRUSTED = "/etc/apt/trusted.gpg.d"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which index to make."""

    distro: str
    """`ID` of os-release(5)."""
    codename: str
    """The release that the sources are for."""
    suite: str
    """Another release to ask the same archives for; empty for the configured one."""
    architecture: str
    """Of which architecture."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Updated:
    """The index that was made."""

    target: IndexTarget
    """What it answers for."""
    path: str
    """Where it lies."""
    complaints: tuple[str, ...]
    """What apt said about indices that it could not get: their packages are missing in the index."""


def update_index(root: Root, wanted: Wanted, *, quiet: bool) -> Updated:
    """Download the indices of the configured sources, and write the index of one release and architecture.

    Raise SysdepsError, with the old index left as it was, when apt or sources are missing, or when no Contents index of
    the release's own archive could be downloaded and verified.
    """
    if not (wanted.distro and wanted.codename and wanted.architecture):
        raise SysdepsError(
            "this system has no os-release or no dpkg database: nothing tells what the index is to be of",
            hint="run it where the release's apt sources are, or name an unpacked root of it with --root",
        )
    if wanted.architecture not in TRIPLETS:
        raise SysdepsError(f"architecture `{wanted.architecture}` is not known", hint=f"one of {', '.join(TRIPLETS)}")
    with tempfile.TemporaryDirectory(prefix="pip-sysdeps-") as folder:
        os.chmod(folder, 0o755)  # noqa: S103 - apt downloads as its own user, _apt
        apt = Apt(folder=folder, architecture=wanted.architecture, settings=_source_settings(root, wanted, folder))
        complaints = apt.update(quiet=quiet)
        indices = tuple(index for index in apt.indices() if index.automatic)
        own = [index for index in indices if index.kind == "Contents" and index.origin.lower() == wanted.distro]
        if not own:
            raise SysdepsError(*_nothing(complaints, wanted), hint="the old index, if there is one, is left as it was")
        tables = read_archive(indices, wanted.architecture, default_alternatives(), wanted.distro)
    target = IndexTarget(
        id=_target_id(own, wanted),
        date=tables.date,
        release=tables.release,
        glibc=tables.glibc,
        python=tables.python,
    )
    return Updated(target=target, path=write_index(target, tables.tables), complaints=complaints)


def write_index(target: IndexTarget, tables: Mapping[str, Table]) -> str:
    """Write the index of a target to where it is looked for; return that path. The old one stays until it is whole."""
    path = made_index(target.id)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    write_atomically(path, dump_index([target], {name: [table] for name, table in tables.items()}))
    return path


def _source_settings(root: Root, wanted: Wanted, folder: str) -> tuple[tuple[str, str], ...]:
    """Return the settings with which apt uses the right sources.

    The machine's own configuration is used as it is. The sources of another root, or for another suite, are written out
    anew, with the root's keyrings; the root's other apt configuration, which may name programs to run, is not read.
    """
    if root.directory == "/" and not wanted.suite:
        if not has_sources():
            raise _no_sources("apt has no sources")
        return ()
    sources = read_sources(root)
    if wanted.suite:
        found = (replace(source, suites=(wanted.suite,)) for source in sources if wanted.codename in source.suites)
        sources = tuple(found)
    if not sources:
        raise _no_sources(f"no apt source names `{wanted.codename}`" if wanted.suite else "the root has no apt sources")
    keys = os.path.join(folder, "keys")
    os.mkdir(keys)
    written = os.path.join(folder, "written.sources")
    with open(written, "w", encoding="utf-8", errors="surrogateescape") as file:
        file.write("\n".join(dump_source(_with_keyrings(source, root, folder)) for source in sources))
    for path in ("/etc/apt/trusted.gpg", *(f"{_TRUSTED}/{name}" for name in root.names(_TRUSTED))):
        if root.is_file(path):
            _copy(root, path, keys)
    return (
        ("Dir::Etc::sourcelist", written),
        ("Dir::Etc::sourceparts", "-"),
        ("Dir::Etc::trusted", f"{keys}/trusted.gpg"),
        ("Dir::Etc::trustedparts", keys),
    )


def read_sources(root: Root) -> tuple[AptSource, ...]:
    """Read every apt source of a root. Raise MalformedError for a file that is not in its format."""
    folder = "/etc/apt/sources.list.d"
    paths = ["/etc/apt/sources.list", *(f"{folder}/{name}" for name in root.names(folder))]
    sources: list[AptSource] = []
    for path in paths:
        parse = parse_sources if path.endswith(".sources") else parse_source_list if path.endswith(".list") else None
        if parse is not None and root.is_file(path):
            text = root.read(path, _MAX_SOURCES).decode("utf-8", "surrogateescape")
            try:
                sources += parse(text)
            except MalformedError as error:
                raise error.at(path) from error
    return tuple(sources)


def _with_keyrings(source: AptSource, root: Root, folder: str) -> AptSource:
    """Name copies of a root's keyrings; fingerprints and whole keys stay as they are."""
    return replace(
        source,
        options=tuple(
            (name, ", ".join(_copy(root, key, folder) for key in value.replace(",", " ").split()))
            if name == "Signed-By" and value.startswith("/")
            else (name, value)
            for name, value in source.options
        ),
    )


def _copy(root: Root, keyring: str, folder: str) -> str:
    """Copy a keyring to where apt's own user can read it, and return the copy's path."""
    target = os.path.join(folder, os.path.basename(keyring))
    try:
        content = root.read(keyring, _MAX_SOURCES)
    except OSError as error:
        raise SysdepsError(f"the keyring `{keyring}` of an apt source cannot be read: {error.strerror}") from error
    with open(target, "wb") as file:
        file.write(content)
    return target


def _no_sources(message: str) -> SysdepsError:
    return SysdepsError(message, hint="sources.list(5) says how to configure them")


def _nothing(complaints: tuple[str, ...], wanted: Wanted) -> tuple[str]:
    """Say why there is nothing to make an index of."""
    release = wanted.suite or wanted.codename
    said = f": {complaints[0]}" if complaints else ""
    return (f"apt could not get and verify a Contents index of {wanted.distro} {release} {wanted.architecture}{said}",)


def _target_id(own: list[AptIndex], wanted: Wanted) -> str:
    """Return the target's id as the lock has it, by the codename that the Release file itself gives."""
    codenames = {index.codename for index in own}
    codename = wanted.codename if not wanted.suite else next(iter(codenames)) if len(codenames) == 1 else wanted.suite
    return f"{wanted.distro}-{codename or wanted.suite}-{wanted.architecture}"
