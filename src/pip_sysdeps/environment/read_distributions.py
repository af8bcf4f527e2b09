"""Read the distributions of one site directory, and the files that each of them claims."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeAlias

from pip_sysdeps.environment.claims import Claim
from pip_sysdeps.environment.metadata import (
    DirectUrl,
    Metadata,
    external_of_project,
    parse_direct_url,
    parse_folder_name,
    parse_metadata,
    parse_wheel_tags,
)
from pip_sysdeps.environment.read_editable import EditableProject, find_project, is_editable_record, project_in
from pip_sysdeps.environment.read_sites import Site, metadata_names
from pip_sysdeps.environment.record import Row, parse_installed_files, parse_record
from pip_sysdeps.environment.site_files import parse_egg_link
from pip_sysdeps.errors import MalformedError
from pip_sysdeps.model.environment import Distribution, RecordKind, Skipped, Verdict
from pip_sysdeps.system.progress import track
from pip_sysdeps.system.toml import parse_toml
from pip_sysdeps.system.tree import inside, join, walk

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pip_sysdeps.environment.read_metadata_files import MetadataFiles

Owned: TypeAlias = tuple[str, Sequence[str]]
"""The `source` for a binary package, and the paths that it owns."""

PackageFiles: TypeAlias = Callable[[str], Owned | None]
"""Returns the binary package that owns the metadata at a path; None if none does."""

_MAX_RECORD = 1 << 24
"""Limit for 150,000 rows: five times the largest known record."""
_MAX_METADATA = 1 << 22
_MAX_SMALL = 1 << 20
_MAX_NOTES = 10
"""Limit on notes about rows of one RECORD outside the environment."""


class _Files:
    """The files of one distribution, filled by `_find_files`."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.kind = RecordKind.NONE
        self.rows: dict[str, Row] = {}
        self.notes: list[Skipped] = []
        self.walked: frozenset[str] = frozenset()
        self.missing_project = ""


def read_claims(reader: MetadataFiles, site: Site, package_files: PackageFiles | None) -> Iterator[Claim]:
    """Yield each distribution of a site directory with the paths that it claims, sorted by metadata folder.

    A folder that was already read under another name gives only a note. Raise SysdepsError for a file that is
    hard-linked into the metadata of many distributions.
    """
    root = reader.root
    read: dict[tuple[int, int], str] = {}
    for name in track(tuple(metadata_names(root, site.folder)), "reading distributions"):
        path = f"{site.folder}/{name}"
        try:
            identity = root.identity(path)
            first = path if identity is None else read.setdefault(identity, path)
            yield (
                _read_claim(reader, site, path, package_files) if first == path else _duplicate_claim(site, path, first)
            )
        except PermissionError as error:
            yield _unreadable_claim(site, path, error.strerror)


def _read_claim(reader: MetadataFiles, site: Site, path: str, package_files: PackageFiles | None) -> Claim:
    files = _Files(site.folder)
    metadata = _read_metadata(reader, path, files.notes)
    direct = _read_direct_url(reader, path, files.notes)
    tags = parse_wheel_tags(reader.read(f"{path}/WHEEL", _MAX_SMALL, files.notes) or b"")
    owned = package_files(path) if package_files else None
    _find_files(reader, site, path, files, direct, owned)
    distribution = Distribution(
        name=metadata.name,
        version=metadata.version,
        metadata_path=path,
        base=files.base,
        record=files.kind,
        files=(),
        tags=tags,
        source=_source(files.kind, direct, tags, owned),
        requested=reader.root.is_file(f"{path}/REQUESTED"),
        requires=metadata.requires,
        requires_external=metadata.requires_external,
        external=_external(reader, files, direct),
        missing_project=files.missing_project,
    )
    return Claim(distribution=distribution, rows=files.rows, notes=tuple(files.notes), walked=files.walked)


def _duplicate_claim(site: Site, path: str, first: str) -> Claim:
    """Return only a note, for a link to metadata that was already read."""
    claim = _unreadable_claim(site, path, None)
    note = Skipped(path=path, verdict=Verdict.SHADOWED, reason=f"is the same as {first}")
    return claim._replace(distribution=claim.distribution._replace(name=""), notes=(note,))


def _unreadable_claim(site: Site, path: str, reason: str | None) -> Claim:
    """Return a distribution with the facts of its folder's name."""
    name, version = parse_folder_name(posixpath.basename(path))
    distribution = Distribution(
        name=name, version=version, metadata_path=path, base=site.folder, record=RecordKind.NONE, files=()
    )
    note = Skipped(path=path, verdict=Verdict.UNREADABLE, reason=str(reason))
    return Claim(distribution=distribution, rows={}, notes=(note,))


def _source(kind: RecordKind, direct: DirectUrl | None, tags: tuple[str, ...], owned: Owned | None) -> str:
    if kind is RecordKind.EDITABLE:
        return "editable"
    if direct is not None and direct.vcs:
        return "vcs"
    if owned is not None:
        return owned[0]
    return "local" if any(map(_is_of_one_machine, tags)) else ""


def _is_of_one_machine(tag: str) -> bool:
    """Return whether a wheel with this tag was built locally.

    Package indexes refuse `linux_*`. However, some projects upload `py3-none-linux_*` wheels under another file name,
    so these do not count.
    """
    python, abi, platform = tag.rsplit("-", 2)
    return platform.startswith("linux_") and (python, abi) != ("py3", "none")


# --------------------------------------------------------------------------------------------- the sources of files


def _find_files(  # noqa: PLR0913, PLR0917 - what a distribution's folder said, and where to put the answer
    reader: MetadataFiles, site: Site, path: str, files: _Files, direct: DirectUrl | None, owned: Owned | None
) -> None:
    """Find the files of a distribution, in the first available source.

    RECORD or installed-files.txt comes first, with the project of an editable install. Then come the project of an
    .egg-link, the folder of an .egg, and the file list of the binary package that owns the metadata. The last one is
    the project in a folder that a `.pth` file adds.
    """
    _claim_record(reader, site, path, files)
    if (direct is not None and direct.editable) or is_editable_record(files.rows, site.folder):
        _claim_project(files, find_project(reader, site.folder, files.rows, direct.path if direct else "", files.notes))
    elif path.endswith(".egg-link"):
        folder = _linked_folder(reader, path, files.notes)
        _claim_project(files, project_in(reader, folder, files.notes) if folder else None)
    elif files.kind is RecordKind.NONE and path.endswith(".egg") and reader.root.is_folder(path):
        tree = walk(reader.root, path)
        _claim_paths(files, RecordKind.EGG, tree.files)
        files.base = path
        files.notes += tree.skipped
    elif files.kind is RecordKind.NONE and owned is not None:
        _claim_paths(files, RecordKind.SYSTEM_PACKAGE, owned[1])
    elif files.kind is RecordKind.NONE and site.added and path.endswith(".egg-info"):
        _claim_project(files, project_in(reader, site.folder, files.notes))
    if files.kind is RecordKind.NONE:
        files.notes.append(Skipped(path=path, verdict=Verdict.RECORD, reason="it has no list of files"))


def _claim_record(reader: MetadataFiles, site: Site, path: str, files: _Files) -> None:
    content = reader.read(f"{path}/RECORD", _MAX_RECORD, files.notes)
    if content is not None:
        record = parse_record(content)
        files.notes += (Skipped(path=f"{path}/RECORD", verdict=Verdict.RECORD, reason=note) for note in record.notes)
        _claim_rows(files, site, site.folder, record.rows)
        files.kind = RecordKind.RECORD if record.rows else RecordKind.NONE
    if files.kind is RecordKind.NONE:
        content = reader.read(f"{path}/installed-files.txt", _MAX_RECORD, files.notes)
        if content:
            _claim_rows(files, site, path, ((line, "", "") for line in parse_installed_files(content)))
            files.kind = RecordKind.INSTALLED_FILES


def _claim_rows(files: _Files, site: Site, base: str, rows: Iterable[Row]) -> None:
    """Resolve the rows of a record against their folder; byte code is skipped."""
    outside: list[str] = []
    for row in rows:
        path = row[0]
        if path.endswith(".pyc"):
            continue
        if path[0] not in "./" and "/." not in path and "//" not in path:
            files.rows[f"{base}/{path}"] = row
            continue
        # With `pip install --target`, RECORD has `../../bin`, but the scripts are in the folder's own `bin`.
        moved = site.flat and path.startswith("../../")
        place = join(site.folder, path[6:]) if moved else join(base, path)
        if inside(place, site.top):
            files.rows[place] = row
        else:
            outside.append(place)
    reason = f"a row of {base} leaves {site.top}"
    files.notes += (Skipped(path=place, verdict=Verdict.OUTSIDE, reason=reason) for place in outside[:_MAX_NOTES])
    if len(outside) > _MAX_NOTES:
        reason = f"{len(outside) - _MAX_NOTES} more rows leave {site.top}"
        files.notes.append(Skipped(path=base, verdict=Verdict.OUTSIDE, reason=reason))


def _claim_project(files: _Files, project: EditableProject | None) -> None:
    if project is not None:
        _claim_paths(files, RecordKind.EDITABLE, project.files)
        files.walked = project.files
        files.base = project.folder
        files.missing_project = "" if project.exists else project.folder


def _claim_paths(files: _Files, kind: RecordKind, paths: Iterable[str]) -> None:
    files.kind = kind
    files.rows.update((path, (path, "", "")) for path in paths)


# ------------------------------------------------------------------------------------------------ the small files


def _external(reader: MetadataFiles, files: _Files, direct: DirectUrl | None) -> tuple[str, ...]:
    """Return the external dependencies in the pyproject.toml of a local project or sdist (PEP 725)."""
    origin = files.base if files.kind is RecordKind.EDITABLE else direct.path if direct else ""
    if origin and origin not in reader.external:
        reader.external[origin] = _external_of(reader, origin, files.notes)
    return reader.external.get(origin, ())


def _external_of(reader: MetadataFiles, origin: str, notes: list[Skipped]) -> tuple[str, ...]:
    content = _pyproject(reader, origin, notes)
    if content is None or b"[external" not in content:
        return ()
    try:
        return external_of_project(parse_toml(content.decode("utf-8", "replace")))
    except MalformedError as error:
        notes.append(Skipped(path=origin, verdict=Verdict.MALFORMED, reason=f"pyproject.toml {error}"))
        return ()


def _pyproject(reader: MetadataFiles, origin: str, notes: list[Skipped]) -> bytes | None:
    """Return the content of the pyproject.toml of a folder or an sdist; None if it no longer exists."""
    if reader.root.is_file(origin):
        return reader.read_from_sdist(origin, "pyproject.toml", _MAX_SMALL, notes)
    return reader.read(f"{origin}/pyproject.toml", _MAX_SMALL, notes)


def _read_metadata(reader: MetadataFiles, path: str, notes: list[Skipped]) -> Metadata:
    """Return the metadata; without a readable file, that in the folder's name, as Python does for an egg."""
    content = None
    if path.endswith(".egg-link"):
        name = posixpath.basename(path).replace(".egg-link", ".egg-info/PKG-INFO")
        content = reader.read(f"{_linked_folder(reader, path, notes)}/{name}", _MAX_METADATA, notes)
    elif reader.root.is_folder(path):
        names = ("METADATA", "PKG-INFO", "EGG-INFO/PKG-INFO")
        contents = (reader.read(f"{path}/{name}", _MAX_METADATA, notes) for name in names)
        content = next((each for each in contents if each is not None), None)
    elif path.endswith(".egg-info"):
        content = reader.read(path, _MAX_METADATA, notes)
    try:
        if content is not None:
            return parse_metadata(content)
    except MalformedError as error:
        notes.append(Skipped(path=path, verdict=Verdict.MALFORMED, reason=str(error)))
    name, version = parse_folder_name(posixpath.basename(path))
    if not name:
        notes.append(Skipped(path=path, verdict=Verdict.MALFORMED, reason="it has no distribution name"))
    return Metadata(name=name, version=version, requires=(), requires_external=())


def _linked_folder(reader: MetadataFiles, path: str, notes: list[Skipped]) -> str:
    """Return the project's folder that an .egg-link names; empty if it names none."""
    return parse_egg_link(reader.read(path, _MAX_SMALL, notes) or b"")


def _read_direct_url(reader: MetadataFiles, path: str, notes: list[Skipped]) -> DirectUrl | None:
    content = reader.read(f"{path}/direct_url.json", _MAX_SMALL, notes)
    if content is None:
        return None
    try:
        return parse_direct_url(content)
    except MalformedError as error:
        notes.append(Skipped(path=f"{path}/direct_url.json", verdict=Verdict.MALFORMED, reason=str(error)))
        return None
