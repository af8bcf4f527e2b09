"""Dockerfile instructions for problems that no package solves: copy files, extend the search path."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING, NamedTuple, Protocol

from pip_sysdeps.lock.selection import unowned_needs
from pip_sysdeps.packages.registry import family_of
from pip_sysdeps.words import format_list

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from pip_sysdeps.lock.document import Target

BUILD_STAGE = "build"
"""The build stage that files are copied from, as in the README."""
CONFIGURATION = "/etc/ld.so.conf.d/copied.conf"
"""The file with additional folders for ldconfig(8)."""
_PLAIN = re.compile(r"/[A-Za-z0-9/._+~@-]+", re.ASCII)
"""A path that needs no quoting in a Dockerfile and shell; instructions for others are not printed."""


class System(Protocol):
    """The facts that determine the loader's search, of a `Target` or a `Platform`."""

    @property
    def package_manager(self) -> str:
        """Its name in `packages.registry`."""

    @property
    def architecture(self) -> str:
        """In the package manager's words."""

    @property
    def libc(self) -> str:
        """`glibc` or `musl`."""


class Instructions(NamedTuple):
    """Instructions to paste into a Dockerfile."""

    copies: tuple[str, ...] = ()
    """Files to copy from the build stage to the same path."""
    library_path: tuple[str, ...] = ()
    """The folders of LD_LIBRARY_PATH, in their order."""
    configured: tuple[str, ...] = ()
    """Folders to add to ld.so.conf."""
    ldconfig: bool = False
    """Whether ldconfig must run."""

    def lines(self) -> Iterator[str]:
        """Yield the instructions in the required order."""
        yield from (f"COPY --from={BUILD_STAGE} {path} {path}" for path in filter(_PLAIN.fullmatch, self.copies))
        if folders := [each for each in self.library_path if _PLAIN.fullmatch(each)]:
            yield f"ENV LD_LIBRARY_PATH={':'.join(folders)}"
        folders = [each for each in self.configured if _PLAIN.fullmatch(each)]
        if folders:
            yield f"RUN printf '%s\\n' {' '.join(folders)} > {CONFIGURATION} && ldconfig"
        elif self.ldconfig:
            yield "RUN ldconfig"


NOTHING = Instructions()
"""No instructions."""


def join_instructions(parts: Iterable[Instructions]) -> Instructions:
    """Merge several instructions, with each folder and file once."""
    parts = list(parts)
    return Instructions(
        copies=tuple(dict.fromkeys(path for each in parts for path in each.copies)),
        library_path=tuple(dict.fromkeys(path for each in parts for path in each.library_path)),
        configured=tuple(dict.fromkeys(path for each in parts for path in each.configured)),
        ldconfig=any(each.ldconfig for each in parts),
    )


def copy_instructions(
    path: str, system: System, library_path: tuple[str, ...] = (), *, is_library: bool = True
) -> Instructions:
    """Return the instructions to copy a file that no package has; `library_path` is the image's."""
    if not is_library:
        return Instructions(copies=(path,))
    return folder_instructions(posixpath.dirname(path), system, library_path)._replace(copies=(path,))


def folder_instructions(folder: str, system: System, library_path: tuple[str, ...] = ()) -> Instructions:
    """Return the instructions that make the loader search a copied folder."""
    if folder in library_path:
        return Instructions(library_path=library_path)
    if folder in searched_folders(system):
        return Instructions(ldconfig=system.libc == "glibc")
    if system.libc == "glibc":
        return Instructions(configured=(folder,), ldconfig=True)
    return Instructions(library_path=(*library_path, folder))


def searched_folders(system: System) -> frozenset[str]:
    """Return the folders that the loader of a system searches by default."""
    family = family_of(system.package_manager)
    described = family.architectures.get(system.architecture) if family else None
    return frozenset((*described.directories, *described.configured) if described else ())


def same_name_note(package: str) -> str:
    """Return a note that a package has a library of the same name; empty without a package."""
    return f"{package} has a library with this name" if package else ""


def copy_messages(target: Target, when: Collection[str] = ()) -> Iterator[str]:
    """Yield a message for each needed file that no package owns, with the distributions that need it."""
    found: dict[tuple[str, str], set[str]] = {}
    for holder, need in unowned_needs(target, when):
        found.setdefault((need.path, need.note), set()).add(holder)
    for (path, note), names in sorted(found.items()):
        other = f" ({note})" if note else ""
        yield f"no package has {path}, needed by {format_list(sorted(names))}: copy it into the image{other}"


def target_instructions(target: Target, when: Collection[str] = ()) -> Instructions:
    """Return the instructions for the files of a target that no package owns."""
    return join_instructions(
        copy_instructions(need.path, target, target.library_path, is_library=bool(need.soname or need.any_of))
        for _, need in sorted(unowned_needs(target, when), key=lambda each: each[1].path)
    )
