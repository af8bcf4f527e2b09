"""The chains of evidence: from what a person asked for, by distributions and files, to a library and its package."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from pip_sysdeps.model import Found, FromDistribution, FromPackage, Unowned, Unreachable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pip_sysdeps.model import Load, Need, Resolution, Scan


@dataclass(frozen=True, slots=True, kw_only=True)
class Hop:
    """One object of a process, and what became of one name that it needs."""

    file: str
    """The object."""
    answer: Resolution
    """Its needed name, found or not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """Why one need is there."""

    way: tuple[str, ...]
    """Distributions from what was asked for to the one that needs it; empty for a file that no record claims."""
    hops: tuple[Hop, ...]
    """From the root that the process opens itself to the needed name; each hop finds the file of the next."""
    need: Need
    """The need at the end."""


def why(scan: Scan, name: str, ways: Mapping[str, tuple[str, ...]]) -> tuple[Chain, ...]:
    """Return the chains that end at a name, by distribution and soname; nothing if nothing needs it.

    `name` is a binary package, a soname, a distribution or a file: a whole path, or the end of one. `ways` is from
    `requirements.ways`.
    """
    return tuple(
        Chain(way=ways.get(holder, ()) if holder else (), hops=_hops(scan, need, by), need=need)
        for holder, need in scan.needs()
        for by in _files(need, holder, name)
    )


def _files(need: Need, holder: str, name: str) -> tuple[str, ...]:
    """Return the files to show for a need that a name is about: those that the name names, or the first."""
    named = tuple(file for file in need.by if _ends_with(file, name))
    if named:
        return named
    about = name in (need.name, *need.any_of, *_answers(need)) or (holder and holder == canonicalize_name(name))
    return need.by[:1] if about else ()


def _answers(need: Need) -> Iterator[str]:
    """Yield what else a person may call the one who brings it."""
    match need.provider:
        case FromPackage(package=package, path=path):
            yield from (package, path)
        case FromDistribution(path=path) | Unowned(path=path) | Unreachable(path=path):
            yield path
        case _:
            pass


def _ends_with(file: str, name: str) -> bool:
    return file == name or (("/" in name or "." in name) and file.endswith("/" + name.lstrip("/")))


def _hops(scan: Scan, need: Need, by: str) -> tuple[Hop, ...]:
    """Return the shortest way, from any root, to where `by` asks for the need; imports before plugins."""
    found = [hops for load in scan.loads if (hops := _way_in(load, by, need.soname))]
    return min(found, key=len, default=())


def _way_in(load: Load, by: str, soname: str) -> tuple[Hop, ...]:
    """Return the hops of one load, from its root, to a file's needed name."""
    objects = {each.path for each in load.objects}
    ways: dict[str, tuple[Hop, ...]] = {load.root: ()}
    for loaded in load.objects:
        way = ways.get(loaded.path, ())
        passes = _same(loaded.path, by) or any(_same(hop.file, by) for hop in way)
        for answer in loaded.needs:
            hop = Hop(file=loaded.path, answer=answer)
            if passes and answer.soname == soname:
                return (*way, hop)
            if isinstance(answer, Found) and answer.path in objects:
                ways.setdefault(answer.path, (*way, hop))
    return ()


def _same(loaded: str, file: str) -> bool:
    """Tell whether an object was opened as this file: a path with `..` in it is followed as text."""
    return loaded == file or posixpath.normpath(loaded) == file
