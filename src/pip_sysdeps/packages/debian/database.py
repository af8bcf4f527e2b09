"""dpkg's database of a root: its binary packages, and the owners of files.

`dpkg-query --search` also names packages that only divert a file; here diversions are applied. A distroless image has
one file per package in `status.d` instead of `status`, and md5sums instead of file lists.
"""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeVar

from pip_sysdeps.errors import MalformedError, unreadable
from pip_sysdeps.model.environment import Skipped, Verdict
from pip_sysdeps.packages.database import native_architecture
from pip_sysdeps.packages.debian.database_path import ADMINDIR, STATUS, STATUS_D
from pip_sysdeps.packages.debian.dpkg_files import parse_diversions, parse_list, parse_md5sums, parse_status
from pip_sysdeps.packages.debian.read_architecture import MAX_STATUS

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

    from pip_sysdeps.packages.debian.dpkg_files import Diversion, PackageStatus
    from pip_sysdeps.system.root import Root

_T = TypeVar("_T")

_INFO = f"{ADMINDIR}/info"
_MAX_LISTS = 1 << 30
_SMALL_LIST = 1 << 16
_MOST_SEARCHED = 2 << 30
"""Limit on the bytes that are searched, over all folders; a large system has 30 MB of lists."""


class DpkgDatabase:
    """The binary packages of a root and their files."""

    def __init__(
        self,
        root: Root,
        *,
        packages: Iterable[PackageStatus],
        diversions: Iterable[Diversion] = (),
        status_d: bool = False,
    ) -> None:
        """Index the packages; the file lists are read with the first query for an owner.

        With `status_d`, the database has one file per stanza, as distroless images do.
        """
        self._root = root
        self._status_d = status_d
        self.path = STATUS_D if status_d else STATUS
        self.architecture = _architecture(packages := tuple(packages))
        self.packages: Mapping[str, PackageStatus] = MappingProxyType({self._key(each): each for each in packages})
        self._diverted = {each.diverted: each for each in diversions}
        self._diverted_to = {each.to: each for each in self._diverted.values()}
        self._unknown: list[Skipped] = []
        self._unlisted: list[str] = []
        self._folders: dict[bytes, Mapping[bytes, Sequence[str]]] = {}
        self._left = _MOST_SEARCHED

    def owners(self, path: str) -> Sequence[str]:
        """Return the packages that have a file of this name on the disk, with diversions applied.

        Of several owners (Multi-Arch: same), the native architecture comes first, then by name. A diverted name belongs
        to the diverting package; its new name belongs to the other packages. Source: dpkg-divert(1).
        """
        return sorted(self._owners(path), key=lambda each: (":" in each, each))

    def files(self, package: str) -> Sequence[str]:
        """Return every path that a package lists."""
        return tuple(name.decode("utf-8", "surrogateescape") for name in parse_list(self._lists.get(package, b"")))

    def recommends(self, package: str) -> Sequence[str]:
        """Return the names of `Recommends`. Source: Debian Policy 7.2."""
        return self.packages[package].recommends

    def control_file(self, package: str, name: str) -> str | None:
        """Return the path of a package's `symbols`, `shlibs` or similar file; None if it has none."""
        names = (f"{stem}.{name}" for stem in stems(self.packages[package]))
        return next((path for each in names if self._root.is_file(path := f"{_INFO}/{each}")), None)

    @property
    def skipped(self) -> tuple[Skipped, ...]:
        """Packages with unknown files: they may own any file that no other package lists."""
        _ = self._lists
        return tuple(self._unknown)

    @property
    def unlisted(self) -> frozenset[str]:
        """Packages without a file list; some images remove the lists to save space."""
        _ = self._lists
        return frozenset(self._unlisted)

    @cached_property
    def base(self) -> frozenset[str]:
        """The packages of a minimal system, as far as the status shows them; for systems without an index.

        Essential packages and apt with all their dependencies; of alternatives, the first installed one. Other packages
        of priority required are not in every image of a derivative.
        """
        pending = [key for key, each in self.packages.items() if each.essential or each.name == "apt"]
        found: set[str] = set()
        while pending:
            key = pending.pop()
            if key not in found:
                found.add(key)
                pending += self._dependencies(self.packages[key])
        return frozenset(found)

    def _dependencies(self, package: PackageStatus) -> Iterator[str]:
        for group in dict.fromkeys(package.requires):
            chosen = next((name for name in group if name in self.packages), None)
            if chosen is not None:
                yield chosen
                continue
            providers = {each for name in group for each in self._providers.get(name, ())[:2]}
            if len(providers) == 1:
                yield from providers

    @cached_property
    def _providers(self) -> Mapping[str, tuple[str, ...]]:
        """The providers of each virtual package."""
        providers: defaultdict[str, dict[str, None]] = defaultdict(dict)
        for key, package in self.packages.items():
            for name in package.provides:
                providers[name][key] = None
        return {name: tuple(keys) for name, keys in providers.items()}

    def _owners(self, path: str) -> Iterable[str]:
        diversion = self._diverted.get(path)
        if diversion is not None:
            return [key for key in self._packages_listing(path) if self.packages[key].name == diversion.package]
        owners = list(self._packages_listing(path))
        moved = self._diverted_to.get(path)
        if moved is not None:
            owners += (
                key for key in self._packages_listing(moved.diverted) if self.packages[key].name != moved.package
            )
        return owners

    def _packages_listing(self, name: str) -> Sequence[str]:
        """Return the packages whose file lists have the name."""
        path = name.encode("utf-8", "surrogateescape")
        if self._left < 0:
            return self._all_owners.get(path, ())
        folder = path.rpartition(b"/")[0].removeprefix(b"/usr")
        if folder not in self._folders:
            self._folders[folder] = self._owners_in(folder)
        return self._folders[folder].get(path, ())

    def _owners_in(self, folder: bytes) -> Mapping[bytes, Sequence[str]]:
        """Return the packages of each path in a folder, and in `/usr` with that folder.

        All lists have a hundred thousand paths, most of them documentation: only queried folders are parsed, in both
        spellings at once, with `find`, which is faster than a regular expression.
        """
        self._left -= sum(map(len, self._lists.values()))
        owners: dict[bytes, list[str]] = {}
        folders = {folder, b"/usr" + folder}
        part = folder + b"/"
        for key, text in self._lists.items():
            at = text.find(part)
            while at >= 0:
                end = text.find(b"\n", at)
                path = text[text.rfind(b"\n", 0, at) + 1 : end if end >= 0 else None]
                before, _, base = path.rpartition(b"/")
                if base and before in folders:
                    owners.setdefault(path, []).append(key)
                at = text.find(part, end) if end >= 0 else end
        return owners

    @cached_property
    def _all_owners(self) -> Mapping[bytes, Sequence[str]]:
        """The packages of every path, which is faster for queries about many folders."""
        owners: dict[bytes, list[str]] = {}
        for key, text in self._lists.items():
            for path in text.split(b"\n"):
                owners.setdefault(path, []).append(key)
        return owners

    @cached_property
    def _lists(self) -> Mapping[str, bytes]:
        """The file list of each package that has one; packages without are added to `skipped`."""
        return dict(self._file_lists())

    def _file_lists(self) -> Iterator[tuple[str, bytes]]:
        folder = STATUS_D if self._status_d else _INFO
        real, present, budget = self._root.resolve(folder), set(self._root.names(folder)), _MAX_LISTS
        seen: set[tuple[int, int] | None] = set()
        for key, package in self.packages.items():
            name = next((name for name in _list_names(package) if name in present), None)
            if name is None:
                self._note(f"{folder}/{key}.list", f"the package `{key}` has no file list")
                self._unlisted.append(key)
                continue
            try:
                content = self._root.read_resolved(f"{real}/{name}", budget + 1)
            except OSError as error:
                self._note(f"{folder}/{name}", error.strerror or "cannot be read")
                continue
            if len(content) > budget:
                self._note(f"{folder}/{name}", "the file lists are too large")
                continue
            budget -= len(content)
            if len(content) > _SMALL_LIST:
                identity = self._root.identity(f"{folder}/{name}")
                if identity in seen:
                    self._note(f"{folder}/{name}", "the file list is that of another package")
                    continue
                seen.add(identity)
            if name.endswith(".md5sums"):
                content = b"\n".join(parse_md5sums(content))
            yield key, content

    def _note(self, path: str, reason: str) -> None:
        self._unknown.append(Skipped(path=path, verdict=Verdict.UNREADABLE, reason=reason))

    def _key(self, package: PackageStatus) -> str:
        foreign = package.architecture not in {self.architecture, "all", ""}
        return f"{package.name}:{package.architecture}" if foreign else package.name


def read_database(root: Root) -> DpkgDatabase | None:
    """Read the status of a root's packages; None if it has no dpkg database.

    Raise SysdepsError for a database that cannot be read, and MalformedError for an invalid one.
    """
    if root.is_file(STATUS):
        packages = _parse(root, STATUS, parse_status)
        return DpkgDatabase(root, packages=packages, diversions=_diversions(root))
    files = [name for name in root.names(STATUS_D) if not name.endswith(".md5sums")]
    if files:
        packages = tuple(each for name in files for each in _parse(root, f"{STATUS_D}/{name}", parse_status))
        return DpkgDatabase(root, packages=packages, status_d=True)
    return None


def _architecture(packages: Collection[PackageStatus]) -> str:
    """Return the architecture of a system: that of the package dpkg, else of most packages; empty if unknown."""
    of_dpkg = next((each.architecture for each in packages if each.name == "dpkg"), "")
    return of_dpkg or native_architecture(each.architecture for each in packages)


def _diversions(root: Root) -> tuple[Diversion, ...]:
    path = f"{ADMINDIR}/diversions"
    return _parse(root, path, parse_diversions) if root.is_file(path) else ()


def _parse(root: Root, path: str, parser: Callable[[bytes], tuple[_T, ...]]) -> tuple[_T, ...]:
    try:
        return parser(root.read(path, MAX_STATUS))
    except MalformedError as error:
        hint = "it is damaged: restore it (dpkg keeps `status-old`), or use another root"
        raise MalformedError(error.reason, where=f"{path}: {error.where}", hint=hint) from error
    except OSError as error:
        raise unreadable(f"dpkg's database `{path}`", error) from error


def stems(package: PackageStatus) -> tuple[str, str]:
    """Return the possible file names of a package in the database, dpkg's own choice first."""
    qualified = f"{package.name}:{package.architecture}"
    return (qualified, package.name) if package.multi_arch == "same" else (package.name, qualified)


def _list_names(package: PackageStatus) -> Iterator[str]:
    """Yield the names that a package's file list may have, best first: md5sums lack links and configuration."""
    for suffix in ("list", "md5sums"):
        yield from (f"{stem}.{suffix}" for stem in stems(package))
