"""Read a folder of wheels, as from `pip download` or `pip wheel`, as the environment that they would form."""

from __future__ import annotations

import os
import posixpath
import warnings
from configparser import Error as ConfigParserError
from csv import Error as CsvError
from typing import TYPE_CHECKING, BinaryIO
from zipfile import ZipExtFile, ZipFile, ZipInfo

from installer import install
from installer.destinations import WheelDestination
from installer.exceptions import InstallerError
from installer.records import InvalidRecordEntry, RecordEntry
from installer.sources import WheelFile
from installer.utils import Scheme, construct_record_file
from packaging.tags import parse_tag
from packaging.utils import InvalidWheelFilename, canonicalize_name, parse_wheel_filename

from pip_sysdeps.elf.read_newer_glibc import newer_glibc
from pip_sysdeps.elf.read_objects import Objects
from pip_sysdeps.environment.metadata import tag_count
from pip_sysdeps.environment.read_environment import environment_of_paths, has_only_tools
from pip_sysdeps.environment.wheel_tags import python_of_tags, supported_tags
from pip_sysdeps.environment.wheel_tree import DATA_ERRNOS, WHEEL_ERRORS, Member, WheelTree
from pip_sysdeps.errors import NoEnvironmentError, SysdepsError
from pip_sysdeps.system.progress import track
from pip_sysdeps.system.regular_file import open_regular
from pip_sysdeps.words import format_list

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from installer.scripts import ScriptSection
    from packaging.tags import Tag

    from pip_sysdeps.elf.read_newer_glibc import NewerGlibc
    from pip_sysdeps.environment.target_system import TargetSystem
    from pip_sysdeps.model.environment import Distribution, Environment
    from pip_sysdeps.system.root import Root

_PREFIX = "/environment"
"""The environment's path in the tree; it does not appear in the lock."""
_SOURCES = (".tar.gz", ".zip", ".tar.bz2", ".tar.xz", ".tgz")
"""File name endings of source distributions, current and old."""
_MAX_MEMBERS = 1_000_000
_MAX_DIST_INFO = {"RECORD": 16 << 20, "METADATA": 4 << 20, "entry_points.txt": 256 << 10, "WHEEL": 1 << 16}
"""Limit on the bytes of files that installer reads as a whole."""
_MAX_OTHER = 64 << 20
"""Limit on the bytes of any other file of a .dist-info."""
_LINE_ENDS = [end.encode() for end in "\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029"]
"""Line ends of str.splitlines, with which installer reads RECORD."""
_SPARE_ROWS = 1000
"""Limit on the rows of a RECORD beyond the number of files."""
_MOST_TAGS = 1000
"""Limit on the tags in the name of one wheel."""
_UNUSABLE = (
    *WHEEL_ERRORS, InstallerError, InvalidWheelFilename, InvalidRecordEntry, ConfigParserError, CsvError, KeyError,
    AssertionError,
)  # fmt: skip
"""Exceptions of zipfile and installer for an invalid wheel."""


class ScanningDestination(WheelDestination):
    """installer's destination: a tree that records the wheel of each file."""

    def __init__(self, tree: WheelTree, archive: ZipFile, python: str) -> None:
        """`python` is the folder in lib: `python3.11`."""
        self._tree = tree
        self._archive = archive
        site = f"{_PREFIX}/lib/{python}/site-packages"
        self._folders: Mapping[str, str] = {
            "purelib": site,
            "platlib": site,
            "scripts": f"{_PREFIX}/bin",
            "headers": f"{_PREFIX}/include/site/{python}",
            "data": _PREFIX,
        }

    def write_script(self, name: str, module: str, attr: str, section: ScriptSection) -> RecordEntry:  # noqa: ARG002
        """Record the script of an entry point, which has no needs and is not created."""
        return RecordEntry(name, None, None)

    def write_file(
        self,
        scheme: Scheme,
        path: str | os.PathLike[str],
        stream: BinaryIO,
        is_executable: bool,  # noqa: ARG002 - the kind of a file is read from its contents
    ) -> RecordEntry:
        """Record the member of a file, or its content if it is not from the wheel."""
        name = os.fspath(path)
        content: Member | bytes
        if isinstance(stream, ZipExtFile):
            member = self._archive.getinfo(stream.name)
            content = Member(archive=self._archive, name=member.filename, size=member.file_size)
        else:
            content = stream.read()
        self._tree.add(self._place(scheme, name), content)
        return RecordEntry(name, None, None)

    def finalize_installation(
        self, scheme: Scheme, record_file_path: str, records: Iterable[tuple[Scheme, RecordEntry]]
    ) -> None:
        """Write the RECORD into the tree."""
        start = self._folders[scheme]

        def prefix(other: Scheme) -> str | None:
            folder = self._folders[other]
            return None if folder == start else posixpath.relpath(folder, start) + "/"

        with construct_record_file(records, prefix) as record:
            self._tree.add(f"{start}/{record_file_path}", record.read())

    def _place(self, scheme: str, path: str) -> str:
        folder = self._folders[scheme]
        place = posixpath.normpath(f"{folder}/{path}")
        if not place.startswith(f"{folder}/"):
            raise ValueError(f"`{path}` leaves the environment")
        return place


def environment_of_wheels(folder: str, system: TargetSystem) -> tuple[WheelTree, Environment]:
    """Return the environment that the wheels of a folder would form on a system, and its tree.

    Nothing is installed or run. Raise SysdepsError for a folder without wheels, with two of one distribution, with one
    that does not fit the system, or with one that cannot be read.
    """
    wheels = {path: _tags_of(path) for path in _wheels_in(folder)}
    abi_tag = _abi_tag(wheels, system)
    _require_compatible_wheels(wheels, abi_tag, system)
    tree = WheelTree({_PREFIX: folder})
    python = f"{'pypy' if abi_tag.startswith('pp') else 'python'}{abi_tag[2]}.{abi_tag[3:]}"
    for path in track(wheels, "reading wheels"):
        _install_wheel(tree, path, python)
    environment = environment_of_paths(tree, [_PREFIX], environ={"PATH": ""}, allow_empty=True)
    if has_only_tools(environment.distributions):
        raise NoEnvironmentError(
            f"`{folder}` has only wheels of {format_list([each.name for each in environment.distributions])}",
            hint=f"add the wheels of the project: `pip wheel -r requirements.txt -w {folder}`",
        )
    names = {_parse_wheel_name(os.path.basename(path))[0]: os.path.basename(path) for path in wheels}
    _require_compatible(tree, environment, names, abi_tag, system)
    return tree, environment


def _wheels_in(folder: str) -> Sequence[str]:
    try:
        every = sorted(os.listdir(folder))
    except OSError as error:
        raise SysdepsError(
            f"`{folder}`: {error.strerror}", hint="name the folder that `pip download` or `pip wheel` filled"
        ) from error
    names = [name for name in every if name.endswith(".whl")]
    _refuse_sources([name for name in every if name.endswith(_SOURCES)], names, folder)
    _refuse_subfolders([name for name in every if os.path.isdir(os.path.join(folder, name))], names, folder)
    if not names:
        raise SysdepsError(
            f"no wheels in `{folder}`", hint="fill it with `pip wheel -r requirements.txt -w DIR`, or `pip download`"
        )
    first: dict[str, str] = {}
    for name in names:
        other = first.setdefault(_parse_wheel_name(name)[0], name)
        if other != name:
            raise SysdepsError(
                f"two wheels of one distribution: `{other}` and `{name}`",
                hint="keep only the one that will be installed",
            )
    return [os.path.join(folder, name) for name in names]


def _refuse_sources(sources: Sequence[str], wheels: Sequence[str], folder: str) -> None:
    """Raise SysdepsError for a source distribution without a wheel."""
    built = {_name_and_version(name) for name in wheels}
    for name in sources:
        if _name_and_version(name) not in built:
            raise SysdepsError(
                f"`{name}` is not a wheel: its needs are unknown until it is built",
                hint=f"build it (it may need development packages): `pip wheel --no-deps -w {folder} {folder}/{name}`",
            )


def _refuse_subfolders(subfolders: Sequence[str], wheels: Sequence[str], folder: str) -> None:
    """Raise SysdepsError for a distribution that is only in a subfolder, which pip's `--find-links` does not search."""
    known = {_name_and_version(name) for name in wheels}
    for subfolder in subfolders:
        for name in sorted(os.listdir(os.path.join(folder, subfolder))):
            if name.endswith((".whl", *_SOURCES)) and _name_and_version(name) not in known:
                inner = os.path.join(folder, subfolder)
                raise SysdepsError(
                    f"`{os.path.join(inner, name)}` is in a subfolder, which neither pip nor this command searches",
                    hint=f"move it into `{folder}`" if wheels else f"name the folder with the wheels: --wheels {inner}",
                )


def _name_and_version(file: str) -> tuple[str, str]:
    """Return the distribution and version in the name of a wheel or sdist.

    Source: packaging.python.org, "Source distribution format" and "Binary distribution format"; older source
    distributions have `-` in the name too.
    """
    if file.endswith(".whl"):
        name, _, rest = file.partition("-")
        return canonicalize_name(name), rest.partition("-")[0]
    stem = next(file.removesuffix(end) for end in _SOURCES if file.endswith(end))
    name, _, version = stem.rpartition("-")
    return canonicalize_name(name), version


def _tags_of(path: str) -> frozenset[Tag]:
    return _parse_wheel_name(os.path.basename(path))[1]


def _parse_wheel_name(name: str) -> tuple[str, frozenset[Tag]]:
    if tag_count("-".join(name.removesuffix(".whl").split("-")[-3:])) > _MOST_TAGS:
        raise SysdepsError(f"the name `{name}` has more than {_MOST_TAGS} tags", hint="build it again")
    try:
        distribution, _, _, tags = parse_wheel_filename(name)
    except InvalidWheelFilename as error:
        raise SysdepsError(f"`{name}` is not a valid wheel name: {error}", hint="download or build it again") from error
    return distribution, tags


def _abi_tag(wheels: Mapping[str, frozenset[Tag]], system: TargetSystem) -> str:
    """Return the ABI tag of the wheels' Python; if no wheel requires one, of the release's own."""
    wheel_by_abi: dict[str, str] = {}
    for path, tags in wheels.items():
        for abi_tag in python_of_tags(tags):
            wheel_by_abi.setdefault(abi_tag, os.path.basename(path))
    if len(wheel_by_abi) > 1:
        names = " and ".join(f"`{wheel_by_abi[abi_tag]}` is for {abi_tag}" for abi_tag in sorted(wheel_by_abi))
        raise SysdepsError(f"the wheels are for several Pythons: {names}", hint="keep the wheels of one Python")
    return next(iter(wheel_by_abi), "") or system.default_python()


def _require_compatible_wheels(wheels: Mapping[str, frozenset[Tag]], abi_tag: str, system: TargetSystem) -> None:
    """Raise SysdepsError for a wheel for another machine or Python; its glibc is checked later, with its files."""
    supported = supported_tags(abi_tag, system.platform.machine, "", libc=system.platform.libc)
    for path, tags in wheels.items():
        if not tags & supported:
            raise _incompatible_error(os.path.basename(path), tags, abi_tag, system)


def require_compatible(root: Root, environment: Environment, system: TargetSystem) -> None:
    """Raise SysdepsError if an installed wheel does not fit another system.

    For a wheel that needs a newer glibc, the error has the file and symbol, if known, and the other such wheels.
    """
    abi_tag = environment.interpreter.abi_tag
    names = {each.name: f"{each.name} {each.version}" for each in environment.distributions}
    _require_compatible(root, environment, names, abi_tag, system)


def _require_compatible(
    root: Root, environment: Environment, names: Mapping[str, str], abi_tag: str, system: TargetSystem
) -> None:
    """Raise SysdepsError for a wheel that does not fit; `names` are shown in the message, by distribution."""
    supported = supported_tags(abi_tag, system.platform.machine, system.glibc, libc=system.platform.libc)
    tags = {each.name: _all_tags(each) for each in environment.distributions}
    incompatible = [each for each in environment.distributions if tags[each.name] and not tags[each.name] & supported]
    if not incompatible:
        return
    objects = Objects(root)
    words = {
        each.name: _newer_glibc_note(newer_glibc(objects, each.files, system.glibc), environment)
        for each in incompatible
    }
    first, *rest = [each.name for each in incompatible]
    others = [f"`{names[each]}`{words[each]}" for each in rest]
    more = words[first] + (f"; neither do{'' if len(others) > 1 else 'es'} {format_list(others)}" if others else "")
    raise _incompatible_error(names[first], tags[first], abi_tag, system, more)


def _all_tags(distribution: Distribution) -> frozenset[Tag]:
    return frozenset(tag for text in distribution.tags for tag in parse_tag(text))


def _newer_glibc_note(newer: NewerGlibc | None, environment: Environment) -> str:
    """Return the file and symbol that need a newer glibc, for messages."""
    return f" ({environment.short(newer.file)} needs {newer.symbol})" if newer else ""


def _incompatible_error(
    name: str, tags: Iterable[Tag], abi_tag: str, system: TargetSystem, more: str = ""
) -> SysdepsError:
    """Return the error for a wheel that does not fit a system, with its tags and more details."""
    libc = f" with glibc {system.glibc}" if system.glibc else " with musl" if system.platform.libc == "musl" else ""
    return SysdepsError(
        f"`{name}` does not fit {system.platform.id}: its tag is {', '.join(sorted(map(str, tags)))}, "
        f"but the target is {abi_tag} on {system.platform.machine}{libc}{more}",
        hint="download it for the target: `pip download --platform TAG --only-binary :all:`, or use another --target",
    )


def _install_wheel(tree: WheelTree, path: str, python: str) -> None:
    """Write a wheel into the tree with installer."""
    name = os.path.basename(path)
    try:
        open_regular(path).close()  # a pipe or a device is refused
        archive = ZipFile(path)  # stays open: the tree reads from it
        _refuse_bombs(archive)
        tree.allow(os.path.getsize(path))
        destination = ScanningDestination(tree, archive, python)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # byte code in a wheel is irrelevant
            install(WheelFile(archive), destination, additional_metadata={"INSTALLER": b"pip-sysdeps"})
    except (*_UNUSABLE, OSError) as error:
        if isinstance(error, OSError) and error.errno not in DATA_ERRNOS:
            raise  # an I/O error, not an invalid wheel
        raise SysdepsError(
            f"`{name}` is not a usable wheel: {_reason(error)}", hint="download or build it again"
        ) from error


def _refuse_bombs(archive: ZipFile) -> None:
    members = archive.infolist()
    if len(members) > _MAX_MEMBERS:
        raise ValueError(f"more than {_MAX_MEMBERS} files")
    for member in members:
        limit = _MAX_DIST_INFO.get(posixpath.basename(member.filename), _MAX_OTHER)
        if ".dist-info/" in member.filename and member.file_size > limit:
            raise ValueError(f"`{member.filename}` is larger than {limit} bytes")
        if member.filename.endswith(".dist-info/RECORD"):
            _refuse_rows(archive, member)


def _refuse_rows(archive: ZipFile, record: ZipInfo) -> None:
    """Raise ValueError for a RECORD with many more rows than files, because installer keeps all rows in memory."""
    text = archive.read(record)
    rows = sum(map(text.count, _LINE_ENDS)) - text.count(b"\r\n")
    if rows > len(archive.namelist()) + _SPARE_ROWS:
        raise ValueError(f"`{record.filename}` has {rows} rows, and there are {len(archive.namelist())} files")


def _reason(error: Exception) -> str:
    """Return the reason of an error; installer's own errors have the wheel as their first argument."""
    if isinstance(error, AssertionError):
        return "its entry points cannot be read"
    if isinstance(error, RecursionError):
        return "its paths are too deep"
    texts = [text for source, text in [error.args] if isinstance(source, WheelFile)] if len(error.args) == 2 else []
    return "".join(map(str, texts)) or getattr(error, "strerror", None) or str(error) or type(error).__name__
