"""From a scan to the lock: one target's block, its place among the others, and what has changed since."""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from typing import TYPE_CHECKING, TypeAlias, TypedDict, TypeVar

from pip_sysdeps.errors import MalformedLock, SysdepsError
from pip_sysdeps.lockfile import (
    Distribution,
    Need,
    Package,
    Target,
    Unattributed,
    Unresolved,
    block,
    has_conflict,
    header,
    is_package_version,
    join,
    loads,
    ordered,
    printable,
    split,
)
from pip_sysdeps.model import FromDistribution, FromHost, FromPackage, Missing, Unowned, Unreachable
from pip_sysdeps.values import fields, replace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from pip_sysdeps import model

_MOST_BY = 3
_WHEEL_TAG = re.compile(r"([A-Za-z0-9_.]+)-([A-Za-z0-9_.]+)-([A-Za-z0-9_.]+)", re.ASCII)
_MARKER = re.compile(r"(<{7}|\|{7}|={7}|>{7})(?: .*)?\r?\n?")
_NOT_COMPARED = {"min", "version", "snapshot"}
"""What the build machine or the day decides, not the environment; a distribution's version has words of its own."""

_Part = TypeVar("_Part")
_Key = TypeVar("_Key", bound="str | tuple[str, ...]")
_Pairs: TypeAlias = "list[tuple[_Key, _Part | None, _Part | None]]"
_Document = TypeVar("_Document", Target, Distribution, Need, Unresolved, Package)


class _Name(TypedDict):
    """What is needed, as `Need` and `Unresolved` name it."""

    soname: str
    any_of: tuple[str, ...]
    program: str
    file: str


# --------------------------------------------------------------------------------------------------- a scan as a target


def to_target(scan: model.Scan, *, name: str = "", library_path: Sequence[str] = ()) -> Target:
    """Return the block of the lock that a scan stands for.

    `name` tells a second environment of the same image from the first; `library_path` is the project's. Raise
    SysdepsError for a system without a known package manager, release or architecture.
    """
    platform = _known(scan.platform)
    bases = {each.distribution.name: each.distribution.base for each in scan.distributions}
    unresolved = tuple(_unresolved(scan, bases))
    troubled = {each.distribution for each in unresolved}
    unattributed = [_unattributed(each, scan.environment.prefix) for each in scan.unattributed]
    glibc, glibc_by = newest_glibc(scan)
    target = Target(
        id="-".join(filter(None, (platform.id, name))),
        distro=platform.distro,
        release=platform.release,
        architecture=platform.architecture,
        package_manager=platform.package_manager,
        libc=platform.libc,
        python=scan.environment.interpreter.abi_tag,
        needs_glibc=glibc,
        needs_glibc_by=glibc_by,
        library_path=tuple(library_path),
        distribution=tuple(
            each for each in distributions(scan).values() if each.needs or each.vendored or each.name in troubled
        ),
        unattributed=tuple(each for each in unattributed if each.needs),
        unresolved=unresolved,
    )
    packages = {need.package for _, need in target.needs() if need.package}
    return ordered(replace(target, package=tuple(_package(name, scan) for name in packages)))


def pinned(target: Target, installed: Mapping[str, str], snapshot: str) -> Target:
    """Return the target with the installed version of each package that not every image has, and the snapshot's date.

    A package that is not installed, or whose version no lock may hold, stays without one.
    """
    versions = {name: version for name, version in installed.items() if is_package_version(version)}
    packages = (each if each.base else replace(each, version=versions.get(each.name, "")) for each in target.package)
    return replace(target, package=tuple(packages), snapshot=snapshot)


def _known(platform: model.Platform) -> model.Platform:
    if not platform.package_manager:
        raise SysdepsError(
            "no dpkg database here: this is not Debian, Ubuntu or another system with apt",
            hint="run it in an image of the release, or name an unpacked one with --root",
        )
    if not (platform.distro and platform.architecture and platform.libc):
        raise SysdepsError(
            "cannot tell the release or architecture of this system", hint="os-release(5) and dpkg's status name them"
        )
    return platform


def _package(name: str, scan: model.Scan) -> Package:
    floor = scan.floors.get(name)
    return Package(name=name, base=name in scan.base, min=floor.version if floor else "")


def distributions(scan: model.Scan) -> dict[str, Distribution]:
    """Return every distribution of a scan by name, those too that the lock leaves out."""
    return {each.distribution.name: _distribution(each) for each in scan.distributions}


def _distribution(found: model.DistributionNeeds) -> Distribution:
    distribution = found.distribution
    return Distribution(
        name=distribution.name,
        version="" if distribution.source == "editable" else _token(distribution.version),
        wheel=compressed(distribution.tags),
        source=distribution.source,
        vendored=tuple(map(printable, found.vendored)),
        needs=tuple(_needs(found.needs, distribution.base)),
    )


def _unattributed(found: model.Unattributed, prefix: str) -> Unattributed:
    return Unattributed(file=printable(posixpath.relpath(found.file, prefix)), needs=tuple(_needs(found.needs, prefix)))


def _needs(needs: Iterable[model.Need], base: str) -> Iterator[Need]:
    """Yield the needs that somebody answers, but not those that the loader answers inside the environment."""
    for need in needs:
        by, more = _evidence(need.by, base)
        known = Need(
            **_named(need),
            when=need.when.value,
            by=by,
            by_more=more,
            evidence=printable(need.evidence),
            confidence=need.confidence.value if need.confidence else "",
        )
        match need.provider:
            case FromPackage(package=package):
                yield replace(known, package=package)
            case FromHost(note=note):
                yield replace(known, class_="host", note=printable(note))
            case Unowned(path=path):
                yield replace(known, class_="unowned", path=printable(path))
            case FromDistribution(distribution="", by_loader=False):
                yield replace(known, class_="distribution", note="a file that no record claims loads it first")
            case FromDistribution(distribution=distribution, by_loader=False):
                yield replace(known, class_="distribution", distribution=distribution)


def _named(need: model.Need) -> _Name:
    return {
        "soname": _token(need.soname),
        "any_of": tuple(map(_token, need.any_of)),
        "program": printable(need.program),
        "file": printable(need.file),
    }


def _unresolved(scan: model.Scan, bases: Mapping[str, str]) -> Iterator[Unresolved]:
    prefix = scan.environment.prefix
    found = [(each.distribution.name, each.distribution.base, each.needs) for each in scan.distributions]
    found += [("", prefix, each.needs) for each in scan.unattributed]
    for distribution, base, needs in found:
        for need in needs:
            match need.provider:
                case Missing(note=text):
                    note = printable(text)
                case Unreachable(distribution=holder, path=path):
                    place = printable(posixpath.relpath(path, bases.get(holder, prefix)))
                    note = f"{holder or 'the environment'} has {place}, where the loader does not look"
                case _:
                    continue
            by, more = _evidence(need.by, base)
            yield Unresolved(
                **_named(need),
                when=need.when.value,
                distribution=distribution,
                by=by,
                by_more=more,
                note=note,
            )


def _evidence(files: Iterable[str], base: str) -> tuple[tuple[str, ...], int]:
    """Return the first files relative to a folder, and how many more there are."""
    relative = sorted(printable(posixpath.relpath(file, base)) for file in files)
    return tuple(relative[:_MOST_BY]), max(0, len(relative) - _MOST_BY)


def compressed(tags: Iterable[str]) -> str:
    """Return a wheel's tags as one, each part sorted (packaging.python.org, "Compressed tag sets")."""
    matches = [match.groups() for match in map(_WHEEL_TAG.fullmatch, tags) if match]
    columns = zip(*matches, strict=True)
    return "-".join(".".join(sorted({part for parts in column for part in parts.split(".")})) for column in columns)


def newest_glibc(scan: model.Scan) -> tuple[str, str]:
    """Return the newest glibc version that is needed, and who first needs it: distributions before files."""
    asked = [(each.glibc, each.distribution.name) for each in scan.distributions if each.glibc]
    asked += [
        (each.glibc, printable(posixpath.relpath(each.file, scan.environment.prefix)))
        for each in scan.unattributed
        if each.glibc
    ]
    return max(asked, key=lambda pair: tuple(map(int, pair[0].split("."))), default=("", ""))


def _token(text: str) -> str:
    """Return printable text without white space, for names and versions that come from untrusted files."""
    return "".join(f"\\x{ord(letter):02x}" if letter == " " else letter for letter in printable(text))


# -------------------------------------------------------------------------------------------------------- other targets


def merge(old: str, target: Target, *, add_target: bool, listed: Sequence[str] = ()) -> str:
    """Return the lock with this target's block in it, and every other target's block byte for byte as it was.

    `old` is the lock as it stands, or nothing; it may have git conflict markers, and then the other targets are taken
    where both sides agree or one side alone has them. `listed` has the targets that the project wants, if it says so.
    Raise SysdepsError for a target that is new to the lock, unless it is the first, listed, or `add_target`; for others
    on which the sides differ; MalformedLock as `loads` does.
    """
    sides = [split(side) for side in sides_of(old)] if old.strip() else []
    others = _agreed([blocks for _, blocks in sides], target.id)
    new = not any(target.id in blocks for _, blocks in sides)
    if new and listed and target.id not in listed and not add_target:
        raise SysdepsError(
            f"the project's targets are {_listed(listed)}, not {target.id}",
            hint="list it in `targets` of [tool.pip-sysdeps], or add it with --add-target",
        )
    if new and others and target.id not in listed and not add_target:
        raise SysdepsError(
            f"the lock has no target {target.id}, but {_listed(sorted(others))}",
            hint="add it with --add-target, or run this where the lock was made",
        )
    head = next((head for head, _ in sides if loads(head).warning()), header())
    return join(head, [text for _, text in sorted({**others, target.id: block(target)}.items())])


def sides_of(text: str) -> tuple[str, ...]:
    """Return a text as it is, or, where git left conflict markers, as each side has it.

    Raise MalformedLock for markers that do not pair.
    """
    if not has_conflict(text):
        return (text,)
    ours: list[str] = []
    theirs: list[str] = []
    into: tuple[list[str], ...] = (ours, theirs)
    following = {"": "<", "<": "|=", "|": "=", "=": ">"}
    state = ""
    for number, line in enumerate(text.splitlines(keepends=True), 1):
        marker = _MARKER.fullmatch(line)
        if marker is None:
            for side in into:
                side.append(line)
            continue
        if marker[1][0] not in following[state]:
            raise MalformedLock("a git conflict marker without its pair", where=f"line {number}")
        state = marker[1][0] if marker[1][0] != ">" else ""
        into = {"<": (ours,), "|": (), "=": (theirs,), "": (ours, theirs)}[state]
    if state:
        raise MalformedLock("a git conflict without its end", where="last line")
    return "".join(ours), "".join(theirs)


def _agreed(sides: Sequence[Mapping[str, str]], own: str) -> dict[str, str]:
    """Return the blocks of every target but our own."""
    others: dict[str, set[str]] = {}
    for blocks in sides:
        for name, text in blocks.items():
            others.setdefault(name, set()).add(text.rstrip("\r\n"))
    others.pop(own, None)
    undecided = sorted(name for name, texts in others.items() if len(texts) > 1)
    if undecided:
        raise SysdepsError(
            f"the two sides of the git conflict differ in {_listed(undecided)}, which this environment does not decide",
            hint="take one side by hand (`git checkout --ours sysdeps.lock`), then lock where each target belongs",
        )
    return {name: texts.pop() for name, texts in others.items()}


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names)


# --------------------------------------------------------------------------------------------------------- what changed


def differences(locked: Target, found: Target) -> tuple[str, ...]:
    """Say in words in what two states of a target differ; `min`, `version` and `snapshot` do not count.

    Nothing is said exactly if `lock` would write the same block again, those keys aside.
    """
    return tuple(_differences(ordered(locked), ordered(found)))


def _differences(locked: Target, found: Target) -> Iterator[str]:
    yield from _of_keys("", locked, found)
    for name, old, new in _pairs(locked.distribution, found.distribution, lambda each: each.name):
        yield from _of_distribution(name, old, new)
    for file, before, after in _pairs(locked.unattributed, found.unattributed, lambda each: each.file):
        if before is None or after is None:
            yield f"{file} is in no record and not locked" if after else f"{file} is locked, and is gone or in a record"
        yield from _of_needs(file, before.needs if before else (), after.needs if after else ())
    for (name, by, *_), was, now in _pairs(locked.unresolved, found.unresolved, _key_of_unresolved):
        yield from _of_part(f"{name} of {by or 'the environment'}", was, now, "unresolved")
    for name, first, second in _pairs(locked.package, found.package, lambda each: each.name):
        yield from _of_part(name, first, second, "needed")


def _of_distribution(name: str, locked: Distribution | None, found: Distribution | None) -> Iterator[str]:
    if locked is None or found is None:
        yield (
            f"{_called(locked)} is locked, and is not installed or needs nothing"
            if locked
            else f"{_called(found)} is installed and not locked"
        )
    elif locked.version != found.version:
        yield f"{_called(locked)} is locked, {found.version or 'an editable one'} is installed"
    else:
        yield from _of_keys(f"{name}: ", locked, found)
    if found is not None:
        yield from _of_needs(name, locked.needs if locked else (), found.needs)


def _of_needs(holder: str, locked: Iterable[Need], found: Iterable[Need]) -> Iterator[str]:
    for (name, *_), old, new in _pairs(locked, found, _key_of_need):
        answer = old or new
        brought = f" ({answer.package or answer.class_})" if answer else ""
        yield from _of_part(f"{name}{brought} of {holder}", old, new, "needed")


def _of_part(what: str, locked: _Document | None, found: _Document | None, word: str) -> Iterator[str]:
    if locked is None:
        yield f"{what} is {word} and not locked"
    elif found is None:
        yield f"{what} is locked and no longer {word}"
    else:
        yield from _of_keys(f"{what}: ", locked, found)


def _of_keys(where: str, locked: _Document, found: _Document) -> Iterator[str]:
    """Compare the plain keys of two documents."""
    for each in fields(locked):
        old, new = getattr(locked, each.name), getattr(found, each.name)
        if old != new and "of" not in each.metadata and each.name not in _NOT_COMPARED:
            yield f"{where}{each.name.rstrip('_').replace('_', '-')} {_shown(old)} is locked, {_shown(new)} is found"


def _pairs(locked: Iterable[_Part], found: Iterable[_Part], key: Callable[[_Part], _Key]) -> _Pairs[_Key, _Part]:
    """Return what two states have under each key, in the keys' order; of several under one key, each with its like."""
    old, new = _keyed(locked, key), _keyed(found, key)
    return [(name, old.get((name, number)), new.get((name, number))) for name, number in sorted({*old, *new})]


def _keyed(parts: Iterable[_Part], key: Callable[[_Part], _Key]) -> dict[tuple[_Key, int], _Part]:
    """Return each part under its key and its number among those with that key."""
    counts: Counter[_Key] = Counter()
    keyed = {}
    for part in parts:
        name = key(part)
        keyed[name, counts[name]] = part
        counts[name] += 1
    return keyed


def _key_of_need(need: Need) -> tuple[str, ...]:
    return (need.name, need.package, need.class_, need.path, need.distribution)


def _key_of_unresolved(unresolved: Unresolved) -> tuple[str, ...]:
    """Tell the unresolved needs of one target apart; those of unclaimed files by the file."""
    return (unresolved.name, unresolved.distribution, *(() if unresolved.distribution else unresolved.by))


def _called(distribution: Distribution | None) -> str:
    return " ".join(filter(None, (distribution.name, distribution.version))) if distribution else ""


def _shown(value: str | tuple[str, ...] | bool) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return (", ".join(value) if isinstance(value, tuple) else str(value)) or "nothing"
