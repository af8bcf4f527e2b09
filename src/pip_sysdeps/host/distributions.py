"""The distributions of one site directory, and the files that each of them claims."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from pip_sysdeps.errors import MalformedError
from pip_sysdeps.formats.metadata import (
    DirectUrl,
    Metadata,
    parse_direct_url,
    parse_folder_name,
    parse_metadata,
    parse_wheel_tags,
)
from pip_sysdeps.formats.record import Row, parse_installed_files, parse_record
from pip_sysdeps.formats.site import parse_egg_link, parse_finder, parse_pth
from pip_sysdeps.host.tree import Tree, inside, join, walk
from pip_sysdeps.model import Distribution, RecordKind, Skipped, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from pip_sysdeps.host.root import Root

PackageFiles: TypeAlias = "Callable[[str], tuple[str, tuple[str, ...]] | None]"
"""Given the path of a distribution's metadata: the binary package that owns it and all paths that this package owns."""

_MAX_RECORD = 1 << 24
"""150,000 rows: five times the largest known."""
_MAX_METADATA = 1 << 22
_MAX_SMALL = 1 << 20

_SUFFIXES = (".dist-info", ".egg-info", ".egg-link", ".egg")

_NOT_SOURCE = frozenset({"node_modules", "build", "dist", "site-packages"})
"""Folders of a project that Python does not import from: other languages, what a build leaves, other environments.
Neither are those that begin with a dot (.git, .tox, .venv)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """One folder with distributions."""

    folder: str
    """The folder, resolved."""
    top: str
    """What rows of a record must not leave: the environment's prefix."""
    flat: bool = False
    """`pip install --target` filled it: scripts lie in its own `bin`, and RECORD says `../../bin`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One distribution with what its record says."""

    distribution: Distribution
    """Its `files` are empty yet."""
    rows: dict[str, Row]
    """Normalized path -> the row that claims it."""
    notes: tuple[Skipped, ...]
    """What was odd."""


@dataclass(slots=True)
class _Files:
    """What a rung of the ladder gives."""

    kind: RecordKind
    rows: dict[str, Row] = field(default_factory=dict)
    notes: list[Skipped] = field(default_factory=list)
    base: str = ""


def metadata_names(root: Root, folder: str) -> list[str]:
    """Return the names in a folder that stand for a distribution, sorted."""
    return [name for name in root.names(folder) if name.endswith(_SUFFIXES) and not name.startswith(("~", "."))]


def read_claims(root: Root, site: Site, package_files: PackageFiles | None) -> Iterator[Claim]:
    """Yield each distribution of a site directory with the paths that it claims, by name of its metadata.

    The ladder: RECORD, installed-files.txt, the project of an editable install, the folder of an egg, the file list of
    the binary package that owns the metadata; else nothing but the metadata itself.
    """
    for name in metadata_names(root, site.folder):
        yield _read_claim(root, site, f"{site.folder}/{name}", package_files)


def _read_claim(root: Root, site: Site, path: str, package_files: PackageFiles | None) -> Claim:
    notes: list[Skipped] = []
    metadata = _read_metadata(root, path, notes)
    direct = _read_direct_url(root, path, notes)
    tags = parse_wheel_tags(_read(root, f"{path}/WHEEL", _MAX_SMALL, notes) or b"")
    owned = package_files(path) if package_files else None
    files = _read_files(root, site, path, direct, owned)
    if files.kind is RecordKind.NONE:
        notes.append(Skipped(path=path, verdict=Verdict.RECORD, reason="Nothing says which files belong to it"))
    distribution = Distribution(
        name=metadata.name,
        version=metadata.version,
        metadata_path=path,
        base=files.base or site.folder,
        record=files.kind,
        files=(),
        tags=tags,
        source=_source(files.kind, direct, tags, owned),
        requested=root.is_file(f"{path}/REQUESTED"),
        requires=metadata.requires,
    )
    return Claim(distribution=distribution, rows=files.rows, notes=(*notes, *files.notes))


def _source(
    kind: RecordKind, direct: DirectUrl | None, tags: tuple[str, ...], owned: tuple[str, tuple[str, ...]] | None
) -> str:
    if kind is RecordKind.EDITABLE:
        return "editable"
    if direct is not None and direct.vcs:
        return "vcs"
    if owned is not None:
        return f"dpkg:{owned[0]}"
    return "local" if any(tag.rpartition("-")[2].startswith("linux_") for tag in tags) else ""


def _read_metadata(root: Root, path: str, notes: list[Skipped]) -> Metadata:
    """Read the metadata; what cannot be read is taken from the folder's name."""
    if path.endswith(".egg-link"):
        content = None
    elif root.is_folder(path):
        names = ("METADATA", "PKG-INFO", "EGG-INFO/PKG-INFO")
        contents = (_read(root, f"{path}/{name}", _MAX_METADATA, notes) for name in names)
        content = next((each for each in contents if each is not None), None)
    else:
        content = _read(root, path, _MAX_METADATA, notes)
    try:
        if content is not None:
            return parse_metadata(content)
        reason = "" if path.endswith((".egg-link", ".egg")) else "It has no METADATA"
    except MalformedError as error:
        reason = str(error)
    if reason:
        notes.append(Skipped(path=path, verdict=Verdict.MALFORMED, reason=reason))
    name, version = parse_folder_name(posixpath.basename(path))
    return Metadata(name=name, version=version, requires=(), requires_external=())


def _read_direct_url(root: Root, path: str, notes: list[Skipped]) -> DirectUrl | None:
    content = _read(root, f"{path}/direct_url.json", _MAX_SMALL, notes)
    if content is None:
        return None
    try:
        return parse_direct_url(content)
    except MalformedError as error:
        notes.append(Skipped(path=f"{path}/direct_url.json", verdict=Verdict.MALFORMED, reason=str(error)))
        return None


def _read_files(
    root: Root, site: Site, path: str, direct: DirectUrl | None, owned: tuple[str, tuple[str, ...]] | None
) -> _Files:
    files = _Files(RecordKind.NONE)
    record = _read(root, f"{path}/RECORD", _MAX_RECORD, files.notes)
    installed = None if record else _read(root, f"{path}/installed-files.txt", _MAX_RECORD, files.notes)
    if record is not None:
        parsed = parse_record(record)
        files.notes += (Skipped(path=f"{path}/RECORD", verdict=Verdict.RECORD, reason=note) for note in parsed.notes)
        _claim_rows(files, site, site.folder, parsed.rows)
        files.kind = RecordKind.RECORD if parsed.rows else RecordKind.NONE
    elif installed is not None:
        _claim_rows(files, site, path, ((line, "", "") for line in parse_installed_files(installed)))
        files.kind = RecordKind.INSTALLED_FILES
    project = _project_of(root, site, path, direct, files)
    if project:
        _claim_project(root, files, project)
    if files.kind is RecordKind.NONE and path.endswith(".egg") and root.is_folder(path):
        _claim_tree(files, walk(root, path))
        files.kind, files.base = RecordKind.EGG, path
    if files.kind is RecordKind.NONE and owned is not None:
        files.rows.update((each, (each, "", "")) for each in owned[1])
        files.kind = RecordKind.DPKG
    return files


def _claim_rows(files: _Files, site: Site, base: str, rows: Iterable[Row]) -> None:
    """Resolve the rows of a record against the folder that they are relative to."""
    for row in rows:
        path = row[0]
        if path.endswith(".pyc"):
            continue
        if path[0] not in "./" and "/." not in path and "//" not in path:
            files.rows[f"{base}/{path}"] = row
            continue
        flat = site.flat and path.startswith("../../")
        place = join(site.folder, path[6:]) if flat else join(base, path)
        if inside(place, site.top):
            files.rows[place] = row
        else:
            files.notes.append(Skipped(path=place, verdict=Verdict.OUTSIDE, reason=f"The row leaves {site.top}"))


def _project_of(
    root: Root, site: Site, path: str, direct: DirectUrl | None, files: _Files
) -> tuple[str, tuple[str, ...]] | None:
    """Return the project folder of an editable install and the folders or files that hold its modules."""
    if path.endswith(".egg-link"):
        folder = parse_egg_link(_read(root, path, _MAX_SMALL, files.notes) or b"")
        return (folder, (folder,)) if folder else None
    finders = [place for place in files.rows if _may_say_project(place) and posixpath.dirname(place) == site.folder]
    if not (direct is not None and direct.editable) and not any("__editable__" in place for place in finders):
        return None
    named = [each for place in finders for each in _named_paths(root, place, files.notes)]
    places = tuple(each for each in dict.fromkeys(join(site.folder, name) for name in named) if root.resolve(each))
    folder = (direct.folder if direct else "") or next(iter(places), "")
    return (folder, places or (folder,)) if folder else None


def _may_say_project(path: str) -> bool:
    """Tell whether a file beside the .dist-info may say where the modules of an editable install lie."""
    return path.endswith(".pth") or ("editable" in path and path.endswith(".py"))


def _named_paths(root: Root, path: str, notes: list[Skipped]) -> tuple[str, ...]:
    content = _read(root, path, _MAX_SMALL, notes) or b""
    if path.endswith(".pth"):
        return parse_pth(content)
    try:
        return parse_finder(content)
    except MalformedError as error:
        notes.append(Skipped(path=path, verdict=Verdict.MALFORMED, reason=str(error)))
        return ()


def _claim_project(root: Root, files: _Files, project: tuple[str, tuple[str, ...]]) -> None:
    """Claim what an editable install imports from its project: the modules' own folders, without the rest."""
    folder, places = project
    files.kind, files.base = RecordKind.EDITABLE, root.resolve(folder) or folder
    for place in places:
        resolved = root.resolve(place)
        if resolved is None:
            files.notes.append(Skipped(path=place, verdict=Verdict.UNREADABLE, reason="The project is not there"))
        elif root.is_file(resolved):
            files.rows[resolved] = (resolved, "", "")
        elif resolved != "/":
            _claim_tree(files, walk(root, resolved, enter=lambda parent, name: _is_source(root, parent, name)))


def _is_source(root: Root, parent: str, name: str) -> bool:
    return not (
        name in _NOT_SOURCE
        or name.startswith(".")
        or name.endswith((".egg-info", ".dist-info"))
        or root.is_file(f"{parent}/{name}/pyvenv.cfg")
    )


def _claim_tree(files: _Files, tree: Tree) -> None:
    files.rows.update((path, (path, "", "")) for path in tree.files)
    files.notes += tree.skipped


def _read(root: Root, path: str, limit: int, notes: list[Skipped]) -> bytes | None:
    """Read a small file; None if it is not there, and a note if it cannot be read."""
    try:
        return root.read(path, limit)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        reason = (error.strerror or "cannot be read") if isinstance(error.strerror, str) else "cannot be read"
        notes.append(Skipped(path=path, verdict=Verdict.UNREADABLE, reason=reason))
        return None
