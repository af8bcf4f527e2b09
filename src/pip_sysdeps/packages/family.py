"""Package managers: one `Family` value holds everything that differs between them."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from pip_sysdeps.errors import SysdepsError

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
    """Its name in uname(2), platform tags of wheels, and `platform.machine()`."""
    loader: str
    """File name of the dynamic loader of its programs."""
    directories: tuple[str, ...]
    """The loader's default directories, used if the root has no loader to read them from."""
    configured: tuple[str, ...] = ()
    """Directories that the system's default ld.so.conf adds."""
    other_loaders: Mapping[str, str] = MappingProxyType({})
    """The loader of distributions with another C library, by its name: `glibc`."""


class NameRules(NamedTuple):
    """Valid names in a lock and on a command line. Each must match the whole text."""

    package: Callable[[str], object]
    """Whether a text is a package name."""
    version: Callable[[str], object]
    """Whether a text is a package version."""
    capability: Callable[[str], object]
    """Whether a text is a capability that the package manager can install; never true if it has none."""
    words: str
    """What a package name is called in messages: `binary package name (Debian Policy 5.6.1)`."""
    version_words: str
    """What a version is called in messages."""


class Item(NamedTuple):
    """One entry of an install line."""

    name: str
    """Package name, or a capability."""
    minimum: str = ""
    """The minimum version; empty for any."""
    version: str = ""
    """The exact version to install; empty for any."""
    capabilities: tuple[str, ...] = ()
    """Capabilities that it must provide, such as symbol versions, if the package manager has those."""


class Floors(NamedTuple):
    """The minimum versions of packages, and unreadable files."""

    floors: Mapping[str, Floor]
    """Package -> its minimum version."""
    skipped: tuple[Skipped, ...] = ()
    """Files that could not be read."""


class FloorQuery(NamedTuple):
    """The objects and libraries to compute version floors for."""

    loaded: Iterable[LoadedObject]
    """All loaded objects."""
    subjects: Container[str | None]
    """The objects to consider, by their real path."""
    libraries: Mapping[str, str]
    """The package of each library to consider, by the path under which the loader opens it."""


class IndexRequest(NamedTuple):
    """The index to write."""

    distro: str
    """`ID` of os-release(5)."""
    codename: str
    """The release that the sources are for."""
    suite: str
    """Another release of the same archives; empty for the configured one."""
    architecture: str
    """The architecture."""
    shared: bool = False
    """Whether the index of another root may be used everywhere, not only for roots with the same sources."""

    def require_known(self, architectures: Collection[str]) -> None:
        """Raise SysdepsError for an unknown release, or an architecture that is not one of these."""
        if not (self.distro and self.codename and self.architecture):
            raise unknown_release_error()
        if self.architecture not in architectures:
            raise SysdepsError(f"unknown architecture `{self.architecture}`", hint=f"one of {', '.join(architectures)}")


def unknown_release_error() -> SysdepsError:
    """Return the error for a system of which the release cannot be determined."""
    return SysdepsError(
        "cannot determine the release: this system has no os-release or no package database",
        hint="run it on a system of the release, or name an unpacked image with --root",
    )


class IndexUpdate(NamedTuple):
    """The result of `index update`."""

    target: IndexTarget
    """Its target."""
    path: str
    """Its file."""
    complaints: tuple[str, ...]
    """Messages about sources and indices that it lacks."""


class BorrowedNames(NamedTuple):
    """Package names of another release, for a system without an index of its own."""

    release: str
    """The release that has the names, as a target id without the architecture: `debian-trixie`."""
    available: frozenset[str]
    """The packages in the system's own lists; other names do not count."""
    base: frozenset[str]
    """The packages of every image of the system."""
    glibc: str = ""
    """The version of glibc in its lists: `2.39`; empty without lists."""
    python: str = ""
    """The version of its own Python: `3.12`; empty without lists."""
    skipped: tuple[str, ...] = ()
    """Messages about lists that were left out."""


class AvailableVersions(NamedTuple):
    """The packages of the configured sources, by the package manager's own lists."""

    versions: Mapping[str, Sequence[str]]
    """The versions of each package, in any source."""
    released: Mapping[str, Sequence[str]]
    """Those that are installed by default, so without backports."""


class DownloadedMetadata(NamedTuple):
    """The repository metadata that a root has downloaded."""

    providers: Mapping[str, Sequence[str]]
    """Capability -> the packages that provide it; none if it is provided, but not by the name of a package."""
    is_complete: bool = True
    """Whether every enabled repository has downloaded metadata."""
    disabled: Mapping[str, str] = MappingProxyType({})
    """Capability -> the disabled repository that has it."""

    def lacks(self, capability: str) -> bool:
        """Return whether it is certain that no installable package provides a capability."""
        return capability not in self.providers and (self.is_complete or capability in self.disabled)


class Sources(NamedTuple):
    """Operations on a package manager's configured sources."""

    key: Callable[[Root], str]
    """Return a hash of a root's sources and keys."""
    update: Callable[[Root, IndexRequest, Collection[str]], IndexUpdate]
    """Download and write an index, for a root, a request, and patterns of files."""
    borrow: Callable[[Root, Platform], BorrowedNames | None] | None = None
    """Return the names of another release for a system without an index; None if there are none."""
    available: Callable[[Root, str], AvailableVersions | None] | None = None
    """Return the package versions of a root's sources for an architecture; None without complete lists."""
    refresh: str = ""
    """The command that downloads the lists of the sources, for messages."""


def _split_at_colon(name: str) -> tuple[str, str]:
    package, _, architecture = name.partition(":")
    return package, architecture


def _no_capability(_soname: str, _kind: ElfFile) -> str:
    return ""


def _no_program_capability(_name: str) -> str:
    return ""


def _no_base_libraries(_distro: str) -> Mapping[str, str]:
    return {}


def _without_epoch(version: str) -> tuple[str, str]:
    return "", version


class Family(NamedTuple):
    """One package manager."""

    manager: str
    """`dpkg`, `rpm`, `apk`: the word of a lock's `package-manager`."""
    installer: str
    """The program that installs packages, for messages."""
    systems: str
    """The systems with it, for messages: `Debian, Ubuntu or another system with apt`."""
    example: str
    """A target id of the family, for messages."""
    database: str
    """The name of its database in messages: `dpkg status`."""
    architectures: Mapping[str, Architecture]
    """Every architecture by the family's name for it."""
    open: Callable[[Root], PackageDatabase | None]
    """Return the database of a root, None if it has none. Raise SysdepsError or MalformedError for a broken one."""
    read_architecture: Callable[[Root], str]
    """Return the native architecture of a root without reading all of its database; empty without a database."""
    architecture: Callable[[ElfFile], str]
    """Return the family's name for the architecture of an object; empty if it has none."""
    names: NameRules
    """Rules for names and versions."""
    version_key: Callable[[str], Any]
    """Return a key that orders versions as the package manager does."""
    is_development: Callable[[str], bool]
    """Return whether a package is a development package, by its name."""
    floors: Callable[[Root, PackageDatabase, Objects, FloorQuery], Floors] | None
    """Find the minimum versions; None if the family does not record them."""
    snapshot: Callable[[Root], str] | None
    """Return the date of the archive snapshot that a root's sources name; None if the family has none."""
    formats: Mapping[str, Callable[[Sequence[Item]], str]]
    """Output format -> renderer of an install line: `names`, `lines`, and those of the family."""
    dockerfile: Callable[[Sequence[Item], str], str]
    """Render a Dockerfile instruction; with the date of a snapshot, from that snapshot."""
    command: Callable[[Sequence[str]], str]
    """Return the shell command that installs packages; empty for none."""
    usage: str
    """How to use the formats, for `--help`."""
    purl: str
    """The package URL type: `deb`."""
    sources: Sources | None = None
    """Its configured sources; None if no index can be made from them."""
    library_capability: Callable[[str, ElfFile], str] = _no_capability
    """Return the capability of a soname for objects of a kind, if no package is known; empty for none."""
    program_capability: Callable[[str], str] = _no_program_capability
    """Return the capability of a program, if no package is known; empty for none, and for base programs."""
    base_libraries: Callable[[str], Mapping[str, str]] = _no_base_libraries
    """Return the libraries of every image of a distribution (its `ID`), for a target without an index: soname ->
    package."""
    read_metadata: Callable[[Root], DownloadedMetadata | None] | None = None
    """Read the repository metadata that a root has downloaded; None if it has none."""
    symbol_capabilities: Callable[[str, ElfFile, Iterable[str]], tuple[str, ...]] | None = None
    """Return the capabilities of these symbol versions of a soname; None if packages provide none."""
    read_candidates: Callable[[Root, str], Mapping[str, InstalledPackage] | None] | None = None
    """Return the candidate of each package for an architecture, from a root's downloaded lists.

    The candidate is the version that would be installed. Of packages that provide the same, the preferred comes first.
    None without lists.
    """
    variants: Mapping[str, Family] = MappingProxyType({})
    """The same family with each installer, the best first; empty if there is only one."""
    split_name: Callable[[str], tuple[str, str]] = _split_at_colon
    """Split the key of an installed package into name and architecture, which is empty for the native one."""
    split_epoch: Callable[[str], tuple[str, str]] = _without_epoch
    """Split a version into its epoch, empty for none, and the rest; the epoch is a qualifier of its package URL."""

    @property
    def needs_no_index(self) -> bool:
        """Whether the package manager finds a library's package by itself."""
        return self.library_capability is not _no_capability
