"""musl's search for a needed name: the candidate paths in order, each with its search step.

Source: musl ldso/dynlink.c, load_library, path_open, fixup_rpath and decode_dyn.
"""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING, NamedTuple

from pip_sysdeps.loader.musl.config import split_path
from pip_sysdeps.loader.rules import Candidate
from pip_sysdeps.model.loader import SearchStep

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pip_sysdeps.loader.musl.config import MuslConfig
    from pip_sysdeps.model.elf import ElfFile

MAX_NAME = 255
"""NAME_MAX: a longer name is not searched for."""
_MAX_PATH = 511
"""The loader's buffer of 2 * NAME_MAX + 2 bytes, without its NUL: a longer path is not tried."""
_MAX_ELEMENTS = 1000
"""Limit on the elements of one search path; real ones have a dozen."""
_ORIGIN = r"\$(?:ORIGIN|\{ORIGIN\})"


class SearchPath(NamedTuple):
    """The search path of one object: its DT_RUNPATH, else its DT_RPATH."""

    step: SearchStep
    """RUNPATH or RPATH, which the loader treats alike."""
    by: str
    """The object."""
    directories: tuple[str, ...]
    """Its elements, `$ORIGIN` replaced."""
    ignored_reason: str = ""
    """Why the loader ignores the whole path."""


def search_path(elf: ElfFile, path: str, *, found_by: SearchStep | None, relative: str = "") -> SearchPath | None:
    """Return the search path of an object that was opened at `path`; None if it has none.

    `found_by` is the search step that found it, None for the program; `relative` is the path as the loader opened it,
    if that was relative. `$ORIGIN` is the part before the last slash of the opened path: empty for `/libx.so`, although
    a search in the directory `/` opens `//libx.so`.

    A DT_RUNPATH, even an empty one, replaces a DT_RPATH (decode_dyn). Only `$ORIGIN` and `${ORIGIN}` are known,
    also at the beginning of a longer word; any other `$` invalidates the whole path (fixup_rpath).
    """
    step, text = (SearchStep.RPATH, elf.rpath) if elf.runpath is None else (SearchStep.RUNPATH, elf.runpath)
    if not text:
        return None
    if "$" in text and found_by is None and _length(path) > _MAX_PATH:
        return SearchPath(step, path, (), f"`$ORIGIN` is longer than {_MAX_PATH} bytes")
    if re.search(r"\$(?!ORIGIN|\{ORIGIN\})", text):
        return SearchPath(step, path, (), "only `$ORIGIN` is known to musl: the whole path is ignored")
    origin = (relative or path).rpartition("/")[0] or ("" if found_by in {None, SearchStep.DIRECT} else "/")
    return SearchPath(step, path, split_path(re.sub(_ORIGIN, lambda _: origin, text)))


def candidates(name: str, paths: tuple[SearchPath, ...], config: MuslConfig) -> Iterator[Candidate]:
    """Yield the paths for a needed name, best first; the first file that opens ends the search.

    `paths` has the search paths of the requester, of the object that needed it, and so on.
    """
    if "/" in name:
        yield _direct(name, config)
        return
    yield from _directory_candidates(SearchStep.LD_LIBRARY_PATH, config.library_path, name, "", config)
    for path in paths:
        if path.ignored_reason:
            yield Candidate(path.step, "", path.by, path.ignored_reason)
        yield from _directory_candidates(path.step, path.directories, name, path.by, config)
    if not config.directories:
        yield Candidate(SearchStep.DEFAULT, "", skip_reason=f"`{config.path_file}` names no directory")
    yield from _directory_candidates(SearchStep.DEFAULT, config.directories, name, "", config)


def _direct(name: str, config: MuslConfig) -> Candidate:
    if name.startswith("/"):
        return Candidate(SearchStep.DIRECT, name)
    if config.working_directory is None:
        return Candidate(SearchStep.DIRECT, name, skip_reason="relative to the current directory")
    return Candidate(SearchStep.DIRECT, posixpath.join(config.working_directory, name), relative=name)


def _directory_candidates(
    step: SearchStep, directories: tuple[str, ...], name: str, by: str, config: MuslConfig
) -> Iterator[Candidate]:
    for directory in directories[:_MAX_ELEMENTS]:
        if _length(f"{directory}/{name}") > _MAX_PATH:
            yield Candidate(step, f"{directory[:60]}...", by, f"longer than {_MAX_PATH} bytes")
        elif directory.startswith("/"):
            yield Candidate(step, _merge_slashes(f"{directory}/{name}"), by)
        elif config.working_directory is None:
            yield Candidate(step, directory, by, "relative to the current directory")
        else:
            relative = f"{directory}/{name}"
            yield Candidate(step, _merge_slashes(f"{config.working_directory}/{relative}"), by, relative=relative)
    if len(directories) > _MAX_ELEMENTS:
        yield Candidate(step, "", by, f"more than {_MAX_ELEMENTS} elements")


def _merge_slashes(path: str) -> str:
    return re.sub("/+", "/", path) if "//" in path else path


def _length(path: str) -> int:
    return len(path.encode("utf-8", "surrogateescape"))
