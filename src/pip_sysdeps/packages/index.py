"""Soname indices: the shipped one, and those that `index update` writes."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING, NamedTuple

from pip_sysdeps.errors import MalformedError, SysdepsError
from pip_sysdeps.packages.index_file import (
    AMBIGUOUS,
    DEVELOPMENT,
    IndexFile,
    IndexTarget,
    dump_index,
    is_index_id,
    load_index,
)
from pip_sysdeps.packages.platform import read_system
from pip_sysdeps.packages.registry import distro_of, family_in, family_of, family_of_target, is_package_name, sources_of
from pip_sysdeps.system.atomic_write import write_atomically
from pip_sysdeps.system.regular_file import open_without_waiting
from pip_sysdeps.system.shipped import shipped

if TYPE_CHECKING:
    from collections.abc import Container, Mapping

    from pip_sysdeps.model.packages import Platform
    from pip_sysdeps.packages.family import BorrowedNames
    from pip_sysdeps.packages.index_file import Table
    from pip_sysdeps.system.root import Root

_SUFFIX = ".index"
_MAX_BYTES = 64 << 20
_ROOTS = "roots"
"""The folder of indices for other roots."""
OLD_INDEX_KEPT = "the old index, if there is one, is left as it was"
"""The end of a hint after a failed update."""
_SHIPPED = shipped("debian.index")

PROGRAM_FOLDERS = ("usr/bin", "usr/sbin", "bin", "sbin")
"""Root's PATH as packages may fill it: without /usr/local (FHS 3.0, 4.9)."""


class IndexAnswer(NamedTuple):
    """An index's answer for one library or program."""

    name: str
    """The soname (a file name) or program that was found: for a query by stem, the full name."""
    package: str
    """The binary package to install."""
    alternatives: tuple[str, ...] = ()
    """Other packages that have it, the best first."""
    is_development: bool = False
    """Only development packages have it: a file `libfoo.so` of libfoo-dev."""
    is_ambiguous: bool = False
    """Several packages have the library, and the package manager chooses one."""


class SonameIndex:
    """The index of one target: the packages of its release, installed or not."""

    def __init__(
        self,
        file: IndexFile,
        number: int,
        *,
        borrowed: BorrowedNames | None = None,
        target: IndexTarget | None = None,
        refresh: str = "",
    ) -> None:
        """With `borrowed`, answer for another target, with only the names in its package lists.

        `refresh` is the command that downloads the lists.
        """
        self._file = file
        self._number = number
        self._borrowed = borrowed
        self._refresh = refresh
        self.target = target or file.targets[number]
        family = family_of_target(file.targets[number].id)
        self._is_package = family.names.package if family else is_package_name

    @property
    def note(self) -> str:
        """A note about its answers; empty for the target's own index."""
        if self._borrowed is None:
            return ""
        if not self._borrowed.available:
            why = f" ({self._borrowed.skipped[0]})" if self._borrowed.skipped else ""
            return (
                f"there is no index of {self.target.id} and no package list of its sources{why}: "
                f"packages that are not installed are unknown; run `{self._refresh}` for the list, or "
                "`pip-sysdeps index update` for an index"
            )
        return (
            f"there is no index of {self.target.id}: packages that are not installed are named as in "
            f"{self._borrowed.release}, if the sources here have them; `pip-sysdeps index update` makes an exact index"
        )

    @property
    def not_found_note(self) -> str:
        """The note for a library that it does not have."""
        return "" if self._borrowed else f"no binary package of {self.target.id} has it"

    def package_of(self, soname: str) -> IndexAnswer | None:
        """Return the package with a file of this name in the loader's search path, or None."""
        return self._answer(soname, self._file.value("library", soname, self._number))

    def package_to_install(self, soname: str) -> str | None:
        """Return the package to install for a library that a program loads.

        None for a development package, and for a library that `is_ambiguous`.
        """
        answer = self.package_of(soname)
        return None if answer is None or answer.is_development or answer.is_ambiguous else answer.package

    def is_ambiguous(self, soname: str) -> bool:
        """Return whether several packages of the release have the library, and the package manager chooses one."""
        answer = self.package_of(soname)
        return answer is not None and answer.is_ambiguous

    def disabled_repository_note(self, soname: str) -> str:
        """Return a note about a library that only a disabled repository has; empty for others."""
        name = self._file.value("elsewhere", soname, self._number)
        return disabled_repository_note(name) if name and name.isprintable() else ""

    def package_of_stem(self, stem: str) -> IndexAnswer | None:
        """Return what `ctypes.util.find_library(stem)` would find with every package installed: `magic`, `usb-1.0`.

        Of several versions the newest, as ldconfig(8) lists it first; development packages do not count. The packages
        of the other versions are its alternatives.
        """
        answers = [
            answer
            for name, value in self._file.entries_with_prefix("library", f"lib{stem}.so.", self._number)
            if (answer := self._answer(name, value)) is not None and not answer.is_development
        ]
        if not answers:
            plain = self.package_of(f"lib{stem}.so")
            return None if plain is None or plain.is_development else plain
        names = {answer.name for answer in answers}
        answers = [each for each in answers if not _extends_another(each.name, names)]
        newest = max(answers, key=lambda answer: (_version(answer.name), -len(answer.name)))
        shortest = min(
            (answer for answer in answers if answer.package == newest.package), key=lambda answer: len(answer.name)
        )
        others = {name for answer in answers for name in (answer.package, *answer.alternatives)} - {newest.package}
        return IndexAnswer(name=shortest.name, package=newest.package, alternatives=tuple(sorted(others)))

    def package_of_program(self, name: str) -> IndexAnswer | None:
        """Return the package with a program on root's PATH; if no package is the default, all are alternatives."""
        found = self._answer(name, self._file.value("program", name, self._number))
        if found is None or not (found.is_ambiguous and found.alternatives):
            return found
        return IndexAnswer(name=name, package="", alternatives=(found.package, *found.alternatives))

    @property
    def has_files(self) -> bool:
        """Whether it has files: an index of an earlier version does not."""
        return any(True for _ in self._file.entries_with_prefix("file", "", self._number))

    def package_of_file(self, pattern: str) -> IndexAnswer | None:
        """Return the package with a file that matches this pattern of the knowledge file."""
        return self._answer(pattern, self._file.value("file", pattern, self._number))

    def plugins_of(self, package: str) -> tuple[str, ...]:
        """Return the packages that a library's package recommends and that have plugins of that library."""
        found = self._answer(package, self._file.value("plugin", package, self._number))
        return (found.package, *found.alternatives) if found else ()

    @property
    def base(self) -> frozenset[str]:
        """The binary packages that every image of the release has."""
        if self._borrowed is not None:
            return self._borrowed.base
        return frozenset(
            name for name, _ in self._file.entries_with_prefix("base", "", self._number) if self._is_package(name)
        )

    def _answer(self, name: str, value: str | None) -> IndexAnswer | None:
        """Return an answer with valid names that the target has, or None if none is left."""
        packages = tuple(filter(self._is_known, (value or "").lstrip(DEVELOPMENT + AMBIGUOUS).split(",")))
        if value is None or not packages or not name.isprintable():
            return None
        return IndexAnswer(
            name=name,
            package=packages[0],
            alternatives=packages[1:],
            is_development=value.startswith(DEVELOPMENT),
            is_ambiguous=value.startswith(AMBIGUOUS),
        )

    def _is_known(self, package: str) -> bool:
        return bool(self._is_package(package)) and (self._borrowed is None or package in self._borrowed.available)

    def counts(self) -> dict[str, int]:
        """Count the sonames and programs that the index answers for."""
        tables = {"sonames": "library", "programs": "program"}
        return {
            name: sum(1 for _ in self._file.entries_with_prefix(table, "", self._number))
            for name, table in tables.items()
        }


def open_index(target_id: str, root: Root | None = None) -> SonameIndex | None:
    """Return the index for `debian-trixie-arm64`: one that `index update` made, else the shipped one, else None.

    For a root other than `/`, one made from a root with the same package sources and keys comes first. Without any, if
    the root is such a system, the index of the release with the same names is used, with only the names in the root's
    own package lists. Raise MalformedError for a damaged file.
    """
    if not is_index_id(target_id):
        return None
    own = _index_path_of_root(root, target_id) if root is not None and root.directory != "/" else ""
    for path in (*([own] if own else []), index_path(target_id), _SHIPPED):
        found = read_index(path)
        for number, target in enumerate(found.targets if found else ()):
            if found and target.id == target_id:
                return SonameIndex(found, number)
    return _borrowed_index(target_id, root) if root is not None else None


def _borrowed_index(target_id: str, root: Root) -> SonameIndex | None:
    """Return the shipped index of the release with the same package names, if the root has this target."""
    family = family_in(root)
    if family is None or family.sources is None or family.sources.borrow is None:
        return None
    system = read_system(root)
    borrowed = family.sources.borrow(root, system) if system.id == target_id else None
    shipped_index = read_index(_SHIPPED) if borrowed else None
    if borrowed is None or shipped_index is None:
        return None
    ids = [each.id for each in shipped_index.targets if each.id.rpartition("-")[0] == borrowed.release]
    best = f"{borrowed.release}-{system.architecture}"  # else of another architecture: names are mostly the same
    chosen = best if best in ids else next(iter(ids), "")
    number = next((number for number, each in enumerate(shipped_index.targets) if each.id == chosen), None)
    if number is None:
        return None
    refresh = family.sources.refresh
    target = IndexTarget(id=target_id, date="", release=system.release, glibc=borrowed.glibc, python=borrowed.python)
    return SonameIndex(shipped_index, number, borrowed=borrowed, target=target, refresh=refresh)


def is_packaged(table: str, name: str) -> bool:
    """Return whether any release of the shipped index has a `library` to load, or a `program`, of this name."""
    file = read_index(_SHIPPED)
    values = (file.value(table, name, number) for number in range(len(file.targets))) if file else ()
    return any(value is not None and not value.startswith(DEVELOPMENT) for value in values)


def missing_note(platform: Platform) -> str:
    """Return the note for a system without any index; empty if the package manager needs none."""
    family = family_of(platform.package_manager)
    if family is None or family.needs_no_index:
        return ""
    return (
        f"there is no index of {platform.id}: packages that are not installed are unknown; "
        "`pip-sysdeps index update` makes one"
    )


def disabled_repository_note(repository: str) -> str:
    """Return the note about something that only a disabled repository has."""
    return f"only the repository `{repository}`, which is not enabled, has it"


def no_index_error(target_id: str) -> SysdepsError:
    """Return the error for a target without an index, with suggestions."""
    words = set(target_id.lower().split("-"))
    known = [target for path in index_files() if (index := read_index(path)) for target in index.targets]
    meant = dict.fromkeys(each.id for each in known if words <= {*each.id.split("-"), each.release})
    return SysdepsError(
        f"no index for `{target_id}`",
        hint=(f"did you mean {' or '.join(meant)}? " if meant else "")
        + "`pip-sysdeps index list` lists the indices, `pip-sysdeps index update` makes one",
    )


def read_index(path: str) -> IndexFile | None:
    """Read an index file, or return None if it does not exist. Raise MalformedError for a damaged one.

    An unreadable folder counts as missing: containers often run a user with root's HOME.
    """
    try:
        with open_without_waiting(path) as file:
            regular = stat.S_ISREG(os.fstat(file.fileno()).st_mode)
            return load_index(file.read(_MAX_BYTES) if regular else b"")
    except (FileNotFoundError, PermissionError):
        if os.path.lexists(path):
            raise
        return None
    except MalformedError as error:
        raise error.at(path, hint="remove it, or make it again with `pip-sysdeps index update`") from error


def write_index(target: IndexTarget, tables: Mapping[str, Table], key: str = "") -> str:
    """Write the index of a target and return its path; the old one is replaced atomically.

    With a `key`, it is used only for roots with these sources. Raise MalformedError for a name that an index cannot
    hold.
    """
    path = index_path(target.id, key)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    write_atomically(path, dump_index([target], {name: [table] for name, table in tables.items()}))
    return path


def require_writable_folder() -> None:
    """Raise SysdepsError if no index can be written, before anything is downloaded for one."""
    from tempfile import TemporaryFile  # noqa: PLC0415 - slow to import, and only an update needs it

    folder = os.path.dirname(index_path(""))
    try:
        os.makedirs(folder, exist_ok=True)
        with TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise SysdepsError(
            f"cannot write an index to `{folder}`: {error.strerror}",
            hint="set XDG_CACHE_HOME to a folder that you can write",
        ) from error


def index_files() -> tuple[str, ...]:
    """Return the paths of the index files: the shipped one, then those that `index update` wrote."""
    folder = os.path.dirname(index_path(""))
    return _SHIPPED, *(os.path.join(folder, name) for name in _names(folder) if name.endswith(_SUFFIX))


def root_index_files() -> tuple[str, ...]:
    """Return the paths of the index files that `index update --root` wrote for roots with the same package sources."""
    folder = os.path.join(os.path.dirname(index_path("")), _ROOTS)
    inner = [os.path.join(folder, name) for name in _names(folder)]
    return tuple(os.path.join(each, name) for each in inner for name in _names(each) if name.endswith(_SUFFIX))


def _names(folder: str) -> list[str]:
    try:
        return sorted(os.listdir(folder))
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        return []


def _index_path_of_root(root: Root, target_id: str) -> str:
    """Return the path of the index for roots with the same package sources as this one; empty where none was made."""
    name = os.path.basename(index_path(target_id))
    if not any(os.path.basename(path) == name for path in root_index_files()):
        return ""
    try:
        return index_path(target_id, sources_of(root, distro_of(target_id)).key(root))
    except (SysdepsError, OSError):  # sources cannot be read, so no index was made from them
        return ""


def index_path(target_id: str, key: str = "") -> str:
    """Return the path of an index that `index update` makes; with a `key`, for roots with these sources."""
    folders = ("index", *((_ROOTS, key) if key else ()))
    return os.path.join(cache_folder(), *folders, target_id.replace("/", "_") + _SUFFIX)


def cache_folder() -> str:
    """Return this program's folder in the user's cache. Source: XDG Base Directory Specification, cache."""
    chosen = os.environ.get("XDG_CACHE_HOME", "")
    base = chosen if os.path.isabs(chosen) else os.path.join(os.path.expanduser("~"), ".cache")
    return os.path.join(base, "pip-sysdeps")


def _extends_another(name: str, names: Container[str]) -> bool:
    """Return whether another name is the file of a library in more detail: `libx.so.0.32` of `libx.so.0`."""
    while "." in name:
        name = name.rpartition(".")[0]
        if name in names:
            return True
    return False


def _version(soname: str) -> tuple[int, ...]:
    """Return the numbers after `.so.`, to compare versions as ldconfig(8) does."""
    digits = "".join(letter if letter.isdigit() else " " for letter in soname.partition(".so.")[2])
    return tuple(int(number[:9]) for number in digits.split()[:8])
