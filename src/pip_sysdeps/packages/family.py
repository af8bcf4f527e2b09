"""What differs from one package manager to another, as one value each."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Container, Iterable, Mapping, Sequence

    from pip_sysdeps.elf.read_objects import Objects
    from pip_sysdeps.model.elf import ElfFile
    from pip_sysdeps.model.environment import Skipped
    from pip_sysdeps.model.loader import LoadedObject
    from pip_sysdeps.model.packages import Floor, Platform
    from pip_sysdeps.packages.database import InstalledPackage, PackageDatabase
    from pip_sysdeps.packages.index_file import IndexTarget
    from pip_sysdeps.system.root import Root


class Architecture(NamedTuple):
    """One architecture of a package manager."""

    machine: str
    """What uname(2) calls it: the platform tags of wheels and `platform.machine()` use this word."""
    loader: str
    """File name of the dynamic loader of its programs."""
    directories: tuple[str, ...]
    """The loader's default directories, where no root is at hand to state them."""
    configured: tuple[str, ...] = ()
    """What the system's ld.so.conf adds to them as it comes."""
    other_loaders: Mapping[str, str] = MappingProxyType({})
    """The loader of distributions with another C library, by its name: `glibc`."""


class NameRules(NamedTuple):
    """What a lock may hold, and what may reach a command line. Each is a whole-match test."""

    package: Callable[[str], object]
    """Whether a text is a package name."""
    version: Callable[[str], object]
    """Whether a text is a package version."""
    capability: Callable[[str], object]
    """Whether a text is a capability that the package manager installs by; never true if it does not."""
    words: str
    """What a package name is, for messages: `binary package name (Debian Policy 5.6.1)`."""
    version_words: str
    """What a version is, for messages."""


class Item(NamedTuple):
    """One entry of an install line."""

    name: str
    """Package name, or a capability."""
    minimum: str = ""
    """The least version that is enough; empty if any is."""
    version: str = ""
    """The exact version to install; empty if any is meant."""
    capabilities: tuple[str, ...] = ()
    """What is needed of it besides, such as symbol versions of its libraries, where the package manager knows these."""


class Floors(NamedTuple):
    """The least versions of packages, and what could not be read to find them."""

    floors: Mapping[str, Floor]
    """Package -> its least version."""
    skipped: tuple[Skipped, ...] = ()
    """Files that could not be read."""


class FloorQuestion(NamedTuple):
    """Which objects use which libraries."""

    loaded: Iterable[LoadedObject]
    """All loaded objects."""
    subjects: Container[str | None]
    """The objects that count, by their real path."""
    libraries: Mapping[str, str]
    """Package of each library that counts, by the path under which the loader opens it."""


class IndexRequest(NamedTuple):
    """Which index to make."""

    distro: str
    """`ID` of os-release(5)."""
    codename: str
    """The release that the sources are for."""
    suite: str
    """Another release to ask the same archives for; empty for the configured one."""
    architecture: str
    """Of which architecture."""
    shared: bool = False
    """The index of another root is to answer everywhere, not only for roots with the same sources."""


class Updated(NamedTuple):
    """The index that was made."""

    target: IndexTarget
    """What it answers for."""
    path: str
    """Where it lies."""
    complaints: tuple[str, ...]
    """In words, which sources were left out and which indices could not be had: their packages are missing."""


class Borrowed(NamedTuple):
    """Package names of another release, for a system that has no index of its own."""

    release: str
    """Whose index has the names, as a target id without the architecture: `debian-trixie`."""
    available: frozenset[str]
    """The packages that the system's own lists have: other names do not count."""
    base: frozenset[str]
    """The packages that every image of the system has."""
    glibc: str = ""
    """The version of glibc that its lists have: `2.39`; empty without lists."""
    python: str = ""
    """The version of its own Python: `3.12`; empty likewise."""
    skipped: tuple[str, ...] = ()
    """In words, which lists were left out."""


class Available(NamedTuple):
    """The packages that the configured sources have, by the package manager's own lists."""

    versions: Mapping[str, Sequence[str]]
    """The versions of each package, in any source."""
    released: Mapping[str, Sequence[str]]
    """Those that are installed without being asked for: without backports."""


class Offered(NamedTuple):
    """What the repository metadata that a root has downloaded says."""

    providers: Mapping[str, Sequence[str]]
    """Capability -> the packages that provide it; none where it is there, but by no package's name alone."""
    whole: bool = True
    """Whether there is metadata of every repository that packages are installed from."""
    elsewhere: Mapping[str, str] = MappingProxyType({})
    """Capability -> the repository that has it, of those that are not enabled."""

    def lacks(self, capability: str) -> bool:
        """Return whether no package that can be installed provides a capability: nothing may be missing here."""
        return capability not in self.providers and (self.whole or capability in self.elsewhere)


class Sources(NamedTuple):
    """What a package manager's configured sources answer."""

    key: Callable[[Root], str]
    """Return what tells a root's sources and keys from those of other roots."""
    update: Callable[[Root, IndexRequest, Collection[str], bool], Updated]
    """Download and write an index: of which root, what, with which patterns of files, and whether to be quiet."""
    borrow: Callable[[Root, Platform], Borrowed | None] | None = None
    """Return the names of another release that a system without an index may use; None if there are none."""
    available: Callable[[Root, str], Available | None] | None = None
    """Return what the sources of a root have for an architecture; None if its lists are not there, or not whole."""
    refresh: str = ""
    """The command that downloads the lists of the sources, for messages."""


def _split_at_colon(name: str) -> tuple[str, str]:
    package, _, architecture = name.partition(":")
    return package, architecture


def _no_capability(_soname: str, _kind: ElfFile) -> str:
    return ""


def _no_program_capability(_name: str) -> str:
    return ""


def _without_epoch(version: str) -> tuple[str, str]:
    return "", version


class Family(NamedTuple):
    """One package manager."""

    manager: str
    """`dpkg`, `rpm`, `apk`: the word of a lock's `package-manager`."""
    installer: str
    """The program that installs packages, for messages."""
    systems: str
    """The systems that have it, for messages: `Debian, Ubuntu or another system with apt`."""
    example: str
    """A target id of the family, for messages."""
    database: str
    """What its database is called in messages: `dpkg status`."""
    architectures: Mapping[str, Architecture]
    """Every architecture by the family's word."""
    open: Callable[[Root], PackageDatabase | None]
    """Return the database of a root, None if it has none. Raise SysdepsError or MalformedError for a broken one."""
    read_architecture: Callable[[Root], str]
    """Return the native architecture of a root without reading all of its database; empty without a database."""
    architecture: Callable[[ElfFile], str]
    """Return the family's word for the architecture of an object; empty if it has none."""
    names: NameRules
    """What names and versions are."""
    version_key: Callable[[str], Any]
    """Return a key that orders versions as the package manager does."""
    is_development: Callable[[str], bool]
    """Whether a package, by its name, is for compiling only."""
    floors: Callable[[Root, PackageDatabase, Objects, FloorQuestion], Floors] | None
    """Find the least versions; None if the family does not record them."""
    snapshot: Callable[[Root], str] | None
    """Return the date of the archive snapshot that a root's sources name; None if the family has none."""
    formats: Mapping[str, Callable[[Sequence[Item]], str]]
    """Output format -> renderer of an install line: `names`, `lines`, and those of the family."""
    dockerfile: Callable[[Sequence[Item], str], str]
    """Render a Dockerfile instruction; with the date of a snapshot, from that snapshot."""
    command: Callable[[Sequence[str]], str]
    """Return the shell command that installs packages; empty for none."""
    usage: str
    """How to use the output of the formats, for `--help`."""
    purl: str
    """The package URL type: `deb`."""
    sources: Sources | None = None
    """What its configured sources answer; None where no index can be made of them."""
    library_capability: Callable[[str, ElfFile], str] = _no_capability
    """Return what installs the library of a soname for objects of a kind, where no package is known; empty for none."""
    program_capability: Callable[[str], str] = _no_program_capability
    """Return what installs a program, where no package is known; empty for none, and for a program of every image."""
    read_offered: Callable[[Root], Offered | None] | None = None
    """Read the repository metadata that a root has downloaded; None if it has none."""
    symbol_capabilities: Callable[[str, ElfFile, Iterable[str]], tuple[str, ...]] | None = None
    """Return what a package provides that has these symbol versions of a soname; None if none provides such a thing."""
    read_listed: Callable[[Root, str], Mapping[str, InstalledPackage] | None] | None = None
    """Read which packages may be installed in a root of an architecture, by the lists that it has downloaded.

    In the version that would be installed; of packages that provide the same, the preferred one first. None where there
    are no lists.
    """
    variants: Mapping[str, Family] = MappingProxyType({})
    """The same family for each program that may install, the best first; empty where there is one only."""
    split_name: Callable[[str], tuple[str, str]] = _split_at_colon
    """Split the key of an installed package into its name and its architecture, which is empty for the native one."""
    split_epoch: Callable[[str], tuple[str, str]] = _without_epoch
    """Split a version into the epoch that its package URL has as a qualifier, empty for none, and the rest."""

    @property
    def needs_no_index(self) -> bool:
        """Whether the package manager finds a library's package by itself."""
        return self.library_capability is not _no_capability
