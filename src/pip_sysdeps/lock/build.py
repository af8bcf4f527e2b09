"""Build a target of the lock from a scan."""

from __future__ import annotations

import posixpath
import re
from dataclasses import replace
from typing import TYPE_CHECKING, TypedDict

from pip_sysdeps.errors import SysdepsError
from pip_sysdeps.lock.arrangement import arrange
from pip_sysdeps.lock.document import (
    LockedDistribution,
    LockedFile,
    LockedNeed,
    LockedPackage,
    Target,
    Unresolved,
    is_target_id,
    is_word,
)
from pip_sysdeps.lock.evidence import evidence
from pip_sysdeps.lock.instructions import same_name_note
from pip_sysdeps.model.needs import (
    FromCapability,
    FromDistribution,
    FromHost,
    FromPackage,
    Missing,
    Unowned,
    Unreachable,
)
from pip_sysdeps.packages.registry import families, family_of
from pip_sysdeps.printing import printable
from pip_sysdeps.words import format_list

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from pip_sysdeps.model import needs
    from pip_sysdeps.model.needs import DistributionNeeds
    from pip_sysdeps.model.packages import Platform
    from pip_sysdeps.model.scan import Scan

_LONGEST_SHOWN = 60
_MUSL_TAG = re.compile(r"-musllinux_([0-9]{1,4}_[0-9]{1,4})_", re.ASCII)
_WHEEL_TAG = re.compile(r"([A-Za-z0-9_.]+)-([A-Za-z0-9_.]+)-([A-Za-z0-9_.]+)", re.ASCII)


class _Name(TypedDict):
    """The fields with the name of a need, which `LockedNeed` and `Unresolved` share."""

    soname: str
    any_of: tuple[str, ...]
    program: str
    file: str


def to_target(scan: Scan, *, name: str = "", library_path: Sequence[str] = ()) -> Target:
    """Return the lock's target for a scan, without a policy. Raise SysdepsError as `unsorted_target`."""
    return arrange(unsorted_target(scan, name=name, library_path=library_path))


def unsorted_target(scan: Scan, *, name: str = "", library_path: Sequence[str] = ()) -> Target:
    """Return a target for a scan, with all needs in one array; `lock.arrangement` sorts them into the three arrays.

    `name` is for a second environment in the same image; `library_path` is the project's. Raise
    SysdepsError for a name that is not valid in an id, and for a system with an unknown package manager, release or
    architecture.
    """
    platform = _require_known_system(scan.platform)
    target_id = _target_id(platform, name)
    bases = {each.distribution.name: each.distribution.base for each in scan.distributions}
    unresolved = tuple(_unresolved_needs(scan, bases))
    with_unresolved = {each.distribution for each in unresolved}
    repaired = repaired_libraries(scan)
    unattributed = [_locked_file(each, scan.environment.prefix, repaired) for each in scan.unattributed]
    glibc, glibc_by = newest_glibc(scan)
    musl, musl_by = newest_musl(scan) if platform.libc == "musl" else ("", "")
    target = Target(
        id=target_id,
        distro=platform.distro,
        release=platform.release,
        architecture=platform.architecture,
        package_manager=platform.package_manager,
        libc=platform.libc,
        python=scan.environment.interpreter.abi_tag,
        needs_glibc=glibc,
        needs_glibc_by=glibc_by,
        needs_musl=musl,
        needs_musl_by=musl_by,
        library_path=tuple(library_path),
        note=scan.note,
        distribution=tuple(
            each for each in distributions(scan).values() if each.needs or each.vendored or each.name in with_unresolved
        ),
        unattributed=tuple(each for each in unattributed if each.needs),
        unresolved=unresolved,
    )
    packages = {need.package for _, need in target.needs() if need.package}
    return replace(target, package=tuple(_package(name, scan) for name in packages))


def _target_id(platform: Platform, name: str) -> str:
    """Return the id of a system's target, with the name of a second environment; raise SysdepsError if invalid."""
    target_id = "-".join(filter(None, (platform.id, name)))
    if name and not is_target_id(target_id):
        raise SysdepsError(f"`{name}` is not valid in a target id", hint="use lower-case letters, digits and . _ + -")
    _refuse_invalid_system(platform, target_id)
    return target_id


def pin_versions(target: Target, installed: Mapping[str, str], snapshot: str) -> Target:
    """Return the target with the installed version of each package outside the base, and the snapshot's date.

    A package that is not installed, or has a version that is invalid in a lock, gets none.
    """
    family = family_of(target.package_manager)
    is_version = family.names.version if family else str
    versions = {name: version for name, version in installed.items() if is_version(version)}
    packages = (each if each.base else replace(each, version=versions.get(each.name, "")) for each in target.package)
    return replace(target, package=tuple(packages), snapshot=snapshot)


def _require_known_system(platform: Platform) -> Platform:
    if not platform.package_manager:
        raise SysdepsError(
            f"no package database found: supported are {format_list([family.manager for family in families()])}",
            hint="run it in an image of the release, name an unpacked image with --root, or use --target",
        )
    if not (platform.distro and platform.architecture and platform.libc):
        raise SysdepsError(
            "cannot determine the release or architecture of this system",
            hint="check that os-release(5) has ID and VERSION_ID and the package database is whole, or use --target",
        )
    return platform


def _refuse_invalid_system(platform: Platform, target_id: str) -> None:
    """Raise SysdepsError for a system whose id, distribution, release or architecture is not valid in a target."""
    values = {"id": target_id, "distribution": platform.distro, "architecture": platform.architecture}
    values |= {"release": platform.release} if platform.release else {}
    for what, text in values.items():
        if not (is_target_id(text) if what == "id" else is_word(text)):
            raise SysdepsError(
                f"os-release and the package database give `{printable(text[:_LONGEST_SHOWN])}`, which is not a valid "
                f"target {what}",
                hint="ID, VERSION_CODENAME and VERSION_ID have lower-case letters, digits and . _ - (os-release(5))",
            )


def _package(name: str, scan: Scan) -> LockedPackage:
    floor = scan.floors.get(name)
    return LockedPackage(
        name=name, base=name in scan.base, min=floor.version if floor else "", provides=scan.provides.get(name, ())
    )


def distributions(scan: Scan) -> dict[str, LockedDistribution]:
    """Return every distribution of a scan by name, including those that the lock omits."""
    repaired = repaired_libraries(scan)
    return {each.distribution.name: _distribution(each, repaired) for each in scan.distributions}


def repaired_libraries(scan: Scan) -> frozenset[str]:
    """Return the objects whose file name is their SONAME, as tools that repair wheels set it."""
    return frozenset(path for path, facts in scan.objects.items() if facts.soname == posixpath.basename(path))


def _distribution(found: DistributionNeeds, repaired: Collection[str]) -> LockedDistribution:
    distribution = found.distribution
    return LockedDistribution(
        name=distribution.name,
        version="" if distribution.source == "editable" else _without_spaces(distribution.version),
        wheel=compress_tags(distribution.tags),
        source=distribution.source,
        vendored=tuple(map(printable, found.vendored)),
        needs=tuple(_needs(found.needs, distribution.base, repaired)),
    )


def _locked_file(found: needs.Unattributed, prefix: str, repaired: Collection[str]) -> LockedFile:
    return LockedFile(
        file=printable(posixpath.relpath(found.file, prefix)), needs=tuple(_needs(found.needs, prefix, repaired))
    )


def _needs(needs: Iterable[needs.Need], base: str, repaired: Collection[str]) -> Iterator[LockedNeed]:
    """Yield the resolved needs, except libraries that the loader finds in another distribution."""
    for need in needs:
        if isinstance(need.provider, Missing | Unreachable):
            continue
        by, more = evidence(need.by, base, repaired)
        locked = LockedNeed(
            **_name_fields(need),
            when=need.when.value,
            plugin=printable(need.plugin),
            by=by,
            by_more=more,
            confidence=need.confidence.value if need.confidence else "",
            optional=need.optional,
            note=printable(need.note),
        )
        match need.provider:
            case FromPackage(package=package):
                yield replace(locked, package=package)
            case FromCapability(capability=capability, checked=checked):
                yield replace(locked, capability=capability, unchecked=not checked)
            case FromHost(note=note):
                yield replace(locked, class_="host", note=printable(note))
            case Unowned(path=path, package=package):
                note = same_name_note(package) if package else locked.note
                yield replace(locked, class_="unowned", path=printable(path), note=note)
            case FromDistribution(distribution="", by_loader=False):
                yield replace(locked, class_="distribution", note="a file that no RECORD lists loads it first")
            case FromDistribution(distribution=distribution, by_loader=False):
                yield replace(locked, class_="distribution", distribution=distribution)


def _name_fields(need: needs.Need) -> _Name:
    return {
        "soname": _without_spaces(need.soname),
        "any_of": tuple(map(_without_spaces, need.any_of)),
        "program": printable(need.program),
        "file": printable(need.file),
    }


def _unresolved_needs(scan: Scan, bases: Mapping[str, str]) -> Iterator[Unresolved]:
    prefix, repaired = scan.environment.prefix, repaired_libraries(scan)
    found = [(each.distribution.name, each.distribution.base, each.needs) for each in scan.distributions]
    found += [("", prefix, each.needs) for each in scan.unattributed]
    for distribution, base, needs in found:
        for need in (each for each in needs if not each.optional):
            match need.provider:
                case Missing(note=text):
                    note = printable(text)
                case Unreachable(distribution=holder, path=path, package=package):
                    place = printable(posixpath.relpath(path, bases.get(holder, prefix)))
                    note = f"{holder or 'the environment'} has {place}, where the loader does not look"
                    note += f"; {same_name_note(package)}" if package else ""
                case _:
                    continue
            by, more = evidence(need.by, base, repaired)
            yield Unresolved(
                **_name_fields(need),
                when=need.when.value,
                plugin=printable(need.plugin),
                distribution=distribution,
                by=by,
                by_more=more,
                note=note,
            )


def compress_tags(tags: Iterable[str]) -> str:
    """Return a wheel's tags as one compressed tag set, with each part sorted.

    Source: packaging.python.org, "Compressed tag sets".
    """
    matches = [match.groups() for match in map(_WHEEL_TAG.fullmatch, tags) if match]
    columns = zip(*matches, strict=True)
    return "-".join(".".join(sorted({part for parts in column for part in parts.split(".")})) for column in columns)


def newest_glibc(scan: Scan) -> tuple[str, str]:
    """Return the newest needed glibc version, and the first distribution (or file) that needs it."""
    versions = [(each.glibc, each.distribution.name) for each in scan.distributions if each.glibc]
    versions += [
        (each.glibc, printable(posixpath.relpath(each.file, scan.environment.prefix)))
        for each in scan.unattributed
        if each.glibc
    ]
    return _newest(versions)


def newest_musl(scan: Scan) -> tuple[str, str]:
    """Return the newest musl version that a wheel is built for, and its first distribution.

    musl has no symbol versions, so only the platform tag shows it: `musllinux_1_2_x86_64` (PEP 656). A wheel with
    several tags counts with the lowest.
    """
    found = []
    for each in scan.distributions:
        versions = [match[1].replace("_", ".") for match in map(_MUSL_TAG.search, each.distribution.tags) if match]
        if versions:
            found.append((min(versions, key=_numbers), each.distribution.name))
    return _newest(found)


def _newest(versions: Iterable[tuple[str, str]]) -> tuple[str, str]:
    """Return the first pair with the newest version."""
    return max(versions, key=lambda pair: _numbers(pair[0]), default=("", ""))


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))


def _without_spaces(text: str) -> str:
    """Return printable text without white space, for names and versions that come from untrusted files."""
    return "".join(f"\\x{ord(letter):02x}" if letter == " " else letter for letter in printable(text))
