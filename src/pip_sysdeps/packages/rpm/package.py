"""An installed rpm package: its identity, dependencies and files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from pip_sysdeps.errors import MalformedError
from pip_sysdeps.packages.rpm import header as tags
from pip_sysdeps.packages.rpm.header import parse_header
from pip_sysdeps.packages.rpm.names import is_printable_ascii, source_package

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pip_sysdeps.packages.rpm.header import Header

LESS, GREATER, EQUAL = 0x2, 0x4, 0x8
"""Bits of a dependency's flags. Source: rpm's `include/rpm/rpmds.h`, RPMSENSE_*."""

NOARCH = "noarch"
"""The architecture of a package that fits every machine."""

_LONGEST_SHOWN = 60
_INSTALLED = frozenset({0, 3})
"""States of a file that is on the disk: NORMAL and NETSHARED. Source: rpm's `lib/rpmfi_internal.hh`."""


class Dependency(NamedTuple):
    """One capability that a package provides or requires; a named tuple, because a database has a hundred thousand."""

    name: str
    """`libpq.so.5()(64bit)`, `glibc`, `/bin/sh`, `(a if b)`, ..."""
    flags: int = 0
    """The comparison: LESS, GREATER and EQUAL. Other bits are its purpose."""
    version: str = ""
    """The version compared with, as `[epoch:]version[-release]`; empty without one."""

    def __str__(self) -> str:
        """Return it as `rpm -q --provides` prints it."""
        sign = "".join(each for bit, each in ((LESS, "<"), (GREATER, ">"), (EQUAL, "=")) if self.flags & bit)
        return f"{self.name} {sign} {self.version}" if sign and self.version else self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class FileList:
    """The files of a package. rpm stores folders and names separately."""

    folders: tuple[str, ...] = ()
    """DIRNAMES: each ends with "/"."""
    names: tuple[str, ...] = ()
    """BASENAMES."""
    folder_of: tuple[int, ...] = ()
    """DIRINDEXES: the folder of each name."""
    states: tuple[int, ...] = ()
    """FILESTATES: the state of each name; empty if the package has none."""

    def paths(self) -> Iterator[str]:
        """Yield the path of each file and folder that is installed."""
        return (f"{self.folders[folder]}{name}" for folder, name in self._installed())

    def names_in(self, folder: str) -> frozenset[str]:
        """Return the names that are installed in a folder, which ends with "/"."""
        numbers = {number for number, each in enumerate(self.folders) if each == folder}
        return frozenset(name for number, name in self._installed() if number in numbers)

    def _installed(self) -> Iterable[tuple[int, str]]:
        pairs = zip(self.folder_of, self.names, strict=True)
        if not self.states:
            return pairs
        return (pair for pair, state in zip(pairs, self.states, strict=True) if state in _INSTALLED)


@dataclass(frozen=True, slots=True, kw_only=True)
class RpmPackage:
    """One installed package."""

    name: str
    """NAME."""
    version: str
    """`[epoch:]version-release`; an epoch of 0 is left out."""
    architecture: str
    """ARCH: `x86_64`, `noarch`; empty for other entries, such as an imported key."""
    source_file: str = ""
    """SOURCERPM: the file name of the source package (`zlib-1.3.1-2.fc42.src.rpm`); empty if unknown."""
    size: int = 0
    """SIZE or LONGSIZE: bytes of all files."""
    provided: tuple[Dependency, ...] = ()
    """Its provides, in the package's order."""
    required: tuple[Dependency, ...] = ()
    """Its requires, in the package's order."""
    recommends: tuple[str, ...] = ()
    """RECOMMENDNAME: recommended names and capabilities, including rich dependencies."""
    supplements: tuple[str, ...] = ()
    """SUPPLEMENTNAME: the reverse of a recommendation, including rich dependencies."""
    files: FileList | None = None
    """Its files; None if the database has no file lists."""

    @property
    def source(self) -> str:
        """The name of its source package; its own if unknown."""
        return source_package(self.source_file)[0] or self.name

    @property
    def provides(self) -> tuple[str, ...]:
        """The capabilities that it provides, without versions, in the package's order."""
        return tuple([each.name for each in self.provided])

    @property
    def requires(self) -> tuple[tuple[str, ...], ...]:
        """The capabilities that it requires, each a group of its own.

        A rich dependency, `(a if b)`, is skipped: its effect depends on other packages.
        """
        return tuple([(each.name,) for each in self.required if not each.name.startswith("(")])


def parse_package(content: bytes) -> RpmPackage:
    """Parse the header of an installed package.

    Raise MalformedError, with the offset in the header, for a header that rpm refuses, an invalid name or version, and
    arrays of different lengths.
    """
    header = parse_header(content)
    name, version, release = header.text(tags.NAME), header.text(tags.VERSION), header.text(tags.RELEASE)
    architecture = header.text(tags.ARCH)
    if not all(map(is_printable_ascii, (name, version, release, architecture or NOARCH))):
        stated = ", ".join(repr(each[:_LONGEST_SHOWN]) for each in (name, version, release, architecture))
        raise MalformedError(
            f"invalid name, version, release or architecture: {stated}",
            where="offset 0",
            hint="rpmbuild cannot create this package: remove it, or use another root",
        )
    return RpmPackage(
        name=name,
        version=evr(header.number(tags.EPOCH) or 0, version, release),
        architecture=architecture,
        source_file=header.text(tags.SOURCERPM).replace("(none)", ""),
        size=header.number(tags.LONGSIZE) or header.number(tags.SIZE) or 0,
        provided=_dependencies(header, tags.PROVIDENAME, tags.PROVIDEFLAGS, tags.PROVIDEVERSION),
        required=_dependencies(header, tags.REQUIRENAME, tags.REQUIREFLAGS, tags.REQUIREVERSION),
        recommends=header.texts(tags.RECOMMENDNAME),
        supplements=header.texts(tags.SUPPLEMENTNAME),
        files=_files(header),
    )


def evr(epoch: int, version: str, release: str) -> str:
    """Return the full version of a package in one string."""
    return f"{epoch}:{version}-{release}" if epoch else f"{version}-{release}"


def _dependencies(header: Header, name: int, flags: int, version: int) -> tuple[Dependency, ...]:
    names = header.texts(name)
    numbers = header.numbers(flags) or (0,) * len(names)
    versions = header.texts(version) or ("",) * len(names)
    if not len(names) == len(numbers) == len(versions):
        raise MalformedError(f"tags {name}, {flags} and {version} differ in length", where="offset 0")
    return tuple(map(Dependency, names, numbers, versions))


def _files(header: Header) -> FileList:
    folders, names = header.texts(tags.DIRNAMES), header.texts(tags.BASENAMES)
    indexes, states = header.numbers(tags.DIRINDEXES), header.numbers(tags.FILESTATES)
    if len(indexes) != len(names) or (states and len(states) != len(names)):
        message = f"{len(names)} file names, {len(indexes)} folder numbers and {len(states)} states"
        raise MalformedError(message, where="offset 0")
    if indexes and max(indexes) >= len(folders):
        raise MalformedError(f"folder {max(indexes)} of {len(folders)}", where="offset 0")
    return FileList(folders=folders, names=names, folder_of=indexes, states=states)
