"""Check for wrong folders in the search paths of objects."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from pip_sysdeps.report.evidence import Issue, name_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from pip_sysdeps.model.elf import ElfFile
    from pip_sysdeps.report.evidence import Evidence

_SYSTEM_FOLDERS = ("/lib", "/lib64", "/usr/lib", "/usr/lib64")


def relative_search_path(evidence: Evidence) -> Iterator[Issue]:
    """Yield an empty or relative element of DT_RPATH or DT_RUNPATH, which means the current directory."""
    yield from _element_issues(
        evidence,
        lambda element: not element.startswith(("/", "$ORIGIN", "${ORIGIN}")),
        "relative to the current directory: whoever can write there controls what is loaded",
    )


def build_host_search_path(evidence: Evidence) -> Iterator[Issue]:
    """Yield an absolute element of DT_RPATH or DT_RUNPATH: a folder of the build machine."""
    prefix = evidence.scan.environment.prefix
    writable = {folder for folders in evidence.folders.values() for folder in folders}
    yield from _element_issues(
        evidence,
        lambda element: (
            element.startswith("/")
            and not element.startswith((f"{prefix}/", *(f"{folder}/" for folder in _SYSTEM_FOLDERS)))
            and element.rstrip("/") not in (prefix, *_SYSTEM_FOLDERS)
            and posixpath.normpath(element) not in writable
        ),
        "a folder of the build machine; if it exists here, its libraries are loaded first",
    )


def world_writable_search_path(evidence: Evidence) -> Iterator[Issue]:
    """Yield a folder of a search path that everybody can write to."""
    for distribution, file, _ in evidence.own_objects():
        for folder in evidence.folders.get(file, ()):
            message = "everybody can put a library there, which is then loaded"
            yield Issue(subjects=(folder,), message=message, distribution=name_of(distribution), files=(file,))


def _element_issues(evidence: Evidence, is_bad: Callable[[str], bool], message: str) -> Iterator[Issue]:
    """Yield the bad elements of the search paths that are used."""
    for distribution, file, elf in evidence.own_objects():
        for element in filter(is_bad, search_path_elements(elf)):
            subject = element or "empty element"
            yield Issue(subjects=(subject,), message=message, distribution=name_of(distribution), files=(file,))


def search_path_elements(elf: ElfFile) -> Iterable[str]:
    """Return the elements of DT_RUNPATH, or of DT_RPATH without it; an empty string has none.

    Source: ld.so(8); glibc elf/dl-load.c, decompose_rpath.
    """
    text = elf.rpath if elf.runpath is None else elf.runpath
    return text.split(":") if text else ()
