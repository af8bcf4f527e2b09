"""Find the project of an editable install and its modules, by the files that the installer wrote."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, NamedTuple

from pip_sysdeps.environment.read_metadata_files import MAX_EDITABLE_FILES
from pip_sysdeps.environment.site_files import parse_finder, parse_pth
from pip_sysdeps.errors import MalformedError
from pip_sysdeps.model.environment import Skipped, Verdict
from pip_sysdeps.system.tree import join, walk

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pip_sysdeps.environment.read_metadata_files import MetadataFiles
    from pip_sysdeps.system.root import Root

_MAX_FINDER = 1 << 20

_NOT_SOURCE = frozenset({"node_modules", "build", "dist", "site-packages"})
"""Folders of a project that Python does not import from: other languages, build results, other environments.

Hidden folders (.git, .tox, .venv), metadata, and other virtual environments are left out too. A folder that the
installer names (meson-python imports from `build/cp311`) always counts.
"""


class EditableProject(NamedTuple):
    """The source tree of an editable install."""

    folder: str
    """The project's own folder, resolved where it exists."""
    files: frozenset[str]
    """The files of its modules, resolved."""
    exists: bool = True
    """Whether the folder exists."""


def find_project(
    reader: MetadataFiles, site: str, claimed: Iterable[str], folder: str, notes: list[Skipped]
) -> EditableProject | None:
    """Return the project by the files of an editable install in a site directory; None if none names a folder.

    `claimed` has the files of its record, `folder` that of direct_url.json, or is empty; `notes` collects unreadable
    files. Folders that are imported are in the files next to the .dist-info: lines of `.pth` files, and paths in an
    import finder or loader (setuptools, meson-python, scikit-build-core, hatchling, ...). Without them, the whole
    project is imported. Source: PEP 660.
    """
    root = reader.root
    records = [path for path in claimed if _may_name_project(path) and posixpath.dirname(path) == site]
    named_paths = [join(site, each) for path in records for each in _named_paths(root, path, notes)]
    imported = {place: None for path in named_paths if (place := root.resolve(path)) and place not in {"/", site}}
    home = (root.resolve(folder) or folder) if folder else next(iter(imported), "")
    return _project(reader, home, list(imported) or [home], notes) if home else None


def project_in(reader: MetadataFiles, folder: str, notes: list[Skipped]) -> EditableProject:
    """Return a whole folder as the project, such as that of an .egg-link of `setup.py develop`."""
    return _project(reader, reader.root.resolve(folder) or folder, [folder], notes)


def is_editable_record(claimed: Iterable[str], site: str) -> bool:
    """Return whether a record is that of an editable install, by setuptools' file names."""
    return any(path.startswith(f"{site}/__editable__") for path in claimed)


def _may_name_project(path: str) -> bool:
    return path.endswith(".pth") or ("editable" in path and path.endswith(".py"))


def _named_paths(root: Root, path: str, notes: list[Skipped]) -> tuple[str, ...]:
    try:
        content = root.read(path, _MAX_FINDER)
        return parse_pth(content) if path.endswith(".pth") else parse_finder(content)
    except FileNotFoundError:
        return ()
    except OSError as error:
        notes.append(Skipped(path=path, verdict=Verdict.UNREADABLE, reason=str(error.strerror)))
    except MalformedError as error:
        notes.append(Skipped(path=path, verdict=Verdict.MALFORMED, reason=str(error)))
    return ()


def _project(reader: MetadataFiles, folder: str, imported: list[str], notes: list[Skipped]) -> EditableProject:
    root = reader.root
    files: set[str] = set()
    for place in imported:
        resolved = root.resolve(place)
        if resolved is None:
            notes.append(Skipped(path=place, verdict=Verdict.RECORD, reason="the project does not exist"))
        elif resolved == "/":
            notes.append(
                Skipped(
                    path=place, verdict=Verdict.OUTSIDE, reason="the project's folder is `/`, which is not searched"
                )
            )
        elif root.is_file(resolved):
            files.add(resolved)
        elif reader.editable_left <= 0:
            reason = f"the editable projects have more than {MAX_EDITABLE_FILES} files"
            notes.append(Skipped(path=place, verdict=Verdict.UNREADABLE, reason=reason))
        else:
            tree = walk(root, resolved, enter=_is_source, limit=MAX_EDITABLE_FILES)
            reader.editable_left -= len(tree.files) + 1
            files |= tree.files
            notes += tree.skipped
    return EditableProject(folder=folder, files=frozenset(files), exists=root.resolve(folder) is not None)


def _is_source(name: str) -> bool:
    return name not in _NOT_SOURCE and not name.startswith(".") and not name.endswith((".egg-info", ".dist-info"))
