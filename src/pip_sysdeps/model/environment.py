"""A Python environment: its interpreter, its distributions, and the files of each."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple


class RecordKind(Enum):
    """The source of a distribution's files, best first."""

    RECORD = "RECORD"
    """`*.dist-info/RECORD` (packaging.python.org, "Recording installed projects")."""
    INSTALLED_FILES = "installed-files.txt"
    """`*.egg-info/installed-files.txt`, written by `setup.py install --record`."""
    EDITABLE = "editable"
    """The files are in a project's own folder, by its `.egg-link`, `.pth` or `direct_url.json`."""
    SYSTEM_PACKAGE = "system package"
    """The file list of the system package that owns the distribution."""
    EGG = "egg"
    """The folder of an unzipped `.egg`."""
    NONE = "none"
    """None: only the metadata itself is known to belong to the distribution."""


class Distribution(NamedTuple):
    """One installed distribution and its files."""

    name: str
    """Normalized name (packaging.utils.canonicalize_name)."""
    version: str
    """METADATA `Version`; empty if it is absent."""
    metadata_path: str
    """The `.dist-info` or `.egg-info` folder (or egg-info file)."""
    base: str
    """The folder that `by` paths are relative to: the one that holds `metadata_path`, or an editable's project."""
    record: RecordKind
    """The source of `files`."""
    files: tuple[str, ...]
    """Existing files of its record, resolved inside the root and sorted; each belongs to one distribution."""
    missing_objects: tuple[str, ...] = ()
    """Shared objects of its record that do not exist; sorted."""
    missing_project: str = ""
    """The folder of an editable install's project, if it does not exist."""
    tags: tuple[str, ...] = ()
    """WHEEL `Tag` lines, sorted; empty without a wheel."""
    source: str = ""
    """`local`, `editable`, `vcs`, `MANAGER:PACKAGE` for a system package's, or empty for a distribution of an index."""
    requested: bool = False
    """Whether REQUESTED exists, because the user requested it (PEP 376)."""
    requires: tuple[str, ...] = ()
    """METADATA `Requires-Dist` lines as written."""
    requires_external: tuple[str, ...] = ()
    """METADATA `Requires-External` lines as written."""
    external: tuple[str, ...] = ()
    """`dependencies` of `[external]` in the pyproject.toml that it was installed from, if available (PEP 725)."""


class Verdict(Enum):
    """Why something was skipped."""

    UNREADABLE = "unreadable"
    MALFORMED = "malformed"
    TOO_LONG = "too-long"
    """Python source that is not searched for names: it is too long, or its distribution's search reached a limit."""
    UNKNOWN_NAME = "unknown-name"
    """Python source that opens or runs something by a name that is computed at run time."""
    FOREIGN_ARCHITECTURE = "foreign-architecture"
    FOREIGN_LIBC = "foreign-libc"
    NOT_RUNTIME = "not-runtime"
    """A relocatable object (ET_REL), core file or detached debug file: no process loads it."""
    OUTSIDE = "outside"
    """A row of a record whose path is outside the root."""
    OVERLAP = "overlap"
    """A file that two distributions claim."""
    SHADOWED = "shadowed"
    """A distribution that another one of the same name, earlier on the path, hides."""
    RECORD = "record"
    """A row or a whole record that could not be parsed."""
    ALTERNATIVE = "alternative"
    """A build for another release of a library, if another build fits."""

    @property
    def is_foreign(self) -> bool:
        """Whether it is for another machine or C library than the process."""
        return self in (Verdict.FOREIGN_ARCHITECTURE, Verdict.FOREIGN_LIBC)


class Skipped(NamedTuple):
    """Something that was skipped or could not be read: shown and counted, never dropped."""

    path: str
    """The file or folder."""
    verdict: Verdict
    """Why, as a stable word."""
    reason: str
    """Why, for messages: one line without a full stop."""


class Interpreter(NamedTuple):
    """The Python of an environment, known without running it."""

    path: str
    """The real path of the program, as in /proc/self/exe (`/usr/bin/python3.11`); empty if none was found."""
    prefix: str
    """`sys.base_prefix`: `/usr`, `/usr/local`, ..."""
    version: tuple[int, int]
    """Major and minor version."""
    abi_tag: str
    """`cp311`, `cp313t`, `pp310`."""
    is_assumed: bool = False
    """Whether nothing in the folders of `--path` shows a version, so that it is the Python on PATH."""


class Environment(NamedTuple):
    """A Python environment: its site directories, distributions, and files that no RECORD lists."""

    prefix: str
    """`sys.prefix`: the venv, or the interpreter's own prefix, or the first `--path`."""
    site_dirs: tuple[str, ...]
    """Folders with distributions, in the order of `sys.path`."""
    interpreter: Interpreter
    """Its interpreter."""
    distributions: tuple[Distribution, ...]
    """Sorted by name; one of each name."""
    unclaimed: tuple[str, ...]
    """Possible ELF files of the site directories and a venv's own prefix that no RECORD lists; sorted."""
    skipped: tuple[Skipped, ...]
    """Files that could not be read, rows outside the root, overlaps, shadowed distributions."""
    mismatches: tuple[str, ...] = ()
    """Messages about a Python that differs from the one that the environment or a distribution was made for."""
    path_code: tuple[str, ...] = ()
    """`.pth` files with code that adds unknown folders to `sys.path`."""
    found_by: str = ""
    """How it was found, if the user did not name it: `VIRTUAL_ENV`, `.venv`, `python3 on PATH`."""
    others: tuple[str, ...] = ()
    """Names of the current folder's virtual environments, if the environment was found elsewhere."""

    def holders(self) -> dict[str, str]:
        """Return the distribution of each file that a RECORD lists."""
        return {file: each.name for each in self.distributions for file in each.files}

    def short(self, path: str) -> str:
        """Return a path relative to its site directory, for messages."""
        folders = (f"{folder}/" for folder in self.site_dirs)
        return next((path[len(folder) :] for folder in folders if path.startswith(folder)), path)
