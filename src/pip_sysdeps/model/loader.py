"""The results of the dynamic loader: resolutions and loaded objects."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

from pip_sysdeps.model.needs import When


class SearchStep(Enum):
    """The step of ld.so(8) that found an object."""

    LOADED = "already loaded"
    RPATH = "DT_RPATH"
    LD_LIBRARY_PATH = "LD_LIBRARY_PATH"
    RUNPATH = "DT_RUNPATH"
    CACHE = "ld.so.cache"
    DEFAULT = "default directory"
    DIRECT = "path as written"


class Tried(NamedTuple):
    """One path, or one whole step, that the loader rejects; a named tuple, because each missing library has ten."""

    step: SearchStep
    """The step of the search."""
    path: str
    """The candidate's path; empty if the whole step is skipped."""
    reason: str
    """Why: `no such file`, `wrong ELF class`, `DT_RUNPATH is set`, ..."""
    by: str = ""
    """The object whose DT_RPATH or DT_RUNPATH gave the path."""


class Found(NamedTuple):
    """A DT_NEEDED name that the loader finds."""

    soname: str
    """The needed name as written."""
    path: str
    """The path that the loader opens, without following links."""
    step: SearchStep
    """How it was found."""
    by: str = ""
    """The object whose DT_RPATH or DT_RUNPATH named the directory."""


class NotFound(NamedTuple):
    """A DT_NEEDED name that the loader does not find, with every path considered, in order."""

    soname: str
    """The needed name as written."""
    tried: tuple[Tried, ...]
    """Each path considered."""
    fatal: str = ""
    """The error that stopped the search, at the last of `tried` (`file too short`, `invalid ELF header`); empty if none
    did."""


Resolution = Found | NotFound


class LoadedObject(NamedTuple):
    """One object of a process, with the resolution of each needed name."""

    path: str
    """The path under which the loader opened it: `$ORIGIN` is its directory."""
    needs: tuple[Resolution, ...]
    """In the order of DT_NEEDED."""


class Load(NamedTuple):
    """One root, and the objects that it adds to a new process."""

    root: str
    """The file of the environment."""
    when: When
    """`IMPORT` or `PLUGIN`."""
    objects: tuple[LoadedObject, ...]
    """The root first, then what it loads, breadth first."""
    plugin: str = ""
    """The pattern that chose the root; empty unless `when` is `PLUGIN`."""

    @property
    def is_mandatory(self) -> bool:
        """Whether an import opens the root, or the root is a chosen plugin."""
        return self.when is When.IMPORT or bool(self.plugin)
