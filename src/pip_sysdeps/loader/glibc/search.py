"""glibc's search for a needed name: the candidate paths in order, each with its search step.

Source: ld.so(8); glibc elf/dl-load.c, _dl_map_object, fillin_rpath and open_path.
"""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, NamedTuple

from pip_sysdeps.loader.glibc.tokens import expand
from pip_sysdeps.loader.rules import Candidate
from pip_sysdeps.model.loader import SearchStep

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pip_sysdeps.loader.glibc.config import LoaderConfig

_MAX_PATH = 4096
"""Bytes, as Linux has it."""
_MAX_FOLDERS = 1000
"""Limit on the elements of one search path; real ones have a dozen."""


class Folder(NamedTuple):
    """One element of a search path."""

    path: str
    """The directory with a slash at the end, empty for the current one; with `skip_reason`, the element as written."""
    skip_reason: str = ""
    """Why it cannot be searched."""


class SearchPath(NamedTuple):
    """The DT_RPATH or DT_RUNPATH of one object."""

    by: str
    """The object."""
    folders: tuple[Folder, ...]
    """Its directories, each once."""


class SearchContext(NamedTuple):
    """The input of a search besides the name: the search paths of the requester and of the objects that loaded it."""

    rpaths: tuple[SearchPath, ...]
    """Those of the object, of the object that loaded it, and so on, and of the main program."""
    ignored: tuple[str, ...]
    """Objects with a DT_RPATH that is ignored because of a DT_RUNPATH."""
    library_path: tuple[Folder, ...]
    """LD_LIBRARY_PATH."""
    runpath: SearchPath | None
    """That of the object itself only."""
    no_default: bool
    """Whether the object has DF_1_NODEFLIB."""


def folders(elements: Iterable[str], *, origin: str, config: LoaderConfig) -> tuple[Folder, ...]:
    """Return the directories of a search path's elements, each once.

    An empty element is the current directory. An element with a token that has no value is dropped.
    """
    found: dict[Folder, None] = {}
    for number, element in enumerate(elements):
        if number == _MAX_FOLDERS:
            found[Folder("", f"more than {_MAX_FOLDERS} elements")] = None
            break
        found[_folder(element, origin, config)] = None
    return tuple(found)


def search_path(text: str | None, *, by: str, origin: str, config: LoaderConfig) -> SearchPath | None:
    """Return the directories of a DT_RPATH or DT_RUNPATH; None if it is missing or empty."""
    return SearchPath(by, folders(text.split(":"), origin=origin, config=config)) if text else None


def candidates(name: str, context: SearchContext, config: LoaderConfig) -> Iterator[Candidate]:
    """Yield the paths for a needed name, best first.

    `name` has its tokens replaced. The caller uses the first candidate that can be opened and is for this machine.
    """
    if "/" in name:
        yield _direct(name, config)
        return
    for by in context.ignored:
        yield Candidate(SearchStep.RPATH, "", by, "DT_RUNPATH is set")
    for rpath in context.rpaths:
        yield from _folder_candidates(SearchStep.RPATH, rpath.folders, name, rpath.by, config)
    yield from _folder_candidates(SearchStep.LD_LIBRARY_PATH, context.library_path, name, "", config)
    if context.runpath:
        yield from _folder_candidates(SearchStep.RUNPATH, context.runpath.folders, name, context.runpath.by, config)
    yield _cache_candidate(name, context, config)
    if context.no_default:
        yield Candidate(SearchStep.DEFAULT, "", skip_reason="DF_1_NODEFLIB is set")
    else:
        yield from _folder_candidates(SearchStep.DEFAULT, _defaults(config), name, "", config)


def _direct(name: str, config: LoaderConfig) -> Candidate:
    if name.startswith("/"):
        return Candidate(SearchStep.DIRECT, name)
    if config.working_directory is None:
        return Candidate(SearchStep.DIRECT, name, skip_reason="relative to the current directory")
    return Candidate(SearchStep.DIRECT, posixpath.join(config.working_directory, name))


def _cache_candidate(name: str, context: SearchContext, config: LoaderConfig) -> Candidate:
    path = config.cache(name)
    if path is None:
        return Candidate(SearchStep.CACHE, "", skip_reason="no entry")
    if context.no_default and any(path.startswith(f"{folder}/") for folder in config.default_directories):
        return Candidate(SearchStep.CACHE, path, skip_reason="DF_1_NODEFLIB is set")
    return Candidate(SearchStep.CACHE, path)


def _folder_candidates(
    step: SearchStep, where: Iterable[Folder], name: str, by: str, config: LoaderConfig
) -> Iterator[Candidate]:
    for path, skip_reason in where:
        if skip_reason:
            yield Candidate(step, path, by, skip_reason)
            continue
        place = path if path.startswith("/") else posixpath.join(config.working_directory or "/", path)
        for subfolder in config.subfolders:
            yield Candidate(step, f"{place}{subfolder}/{name}", by, subfolder=subfolder)
        yield Candidate(step, place + name, by)


def _defaults(config: LoaderConfig) -> Iterator[Folder]:
    return (Folder(f"{folder}/") for folder in config.default_directories)


def _folder(element: str, origin: str, config: LoaderConfig) -> Folder:
    path = expand(element, origin=origin, lib=config.lib, platform=config.platform)
    if path is None:
        return Folder(element, "the value of $PLATFORM depends on the CPU")
    if len(path) > _MAX_PATH:
        return Folder(f"{path[:60]}...", "longer than a path may be")
    if not path.startswith("/") and config.working_directory is None:
        return Folder(
            element, "relative to the current directory" if element else "an empty element: the current directory"
        )
    return Folder(path.rstrip("/") + "/" if path else "")
