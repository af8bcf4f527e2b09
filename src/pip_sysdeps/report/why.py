"""Find the chains of evidence from requested distributions, by files, to a library and its package."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from pip_sysdeps.model.environment import Verdict
from pip_sysdeps.model.loader import Found
from pip_sysdeps.model.needs import FromCapability, FromDistribution, FromPackage, Need, Unowned, Unreachable, When

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from pip_sysdeps.environment.requirements import Link
    from pip_sysdeps.lock import document as lockfile
    from pip_sysdeps.model.loader import Load, Resolution
    from pip_sysdeps.model.scan import Scan


@dataclass(frozen=True, slots=True, kw_only=True)
class Hop:
    """One object of a process, and one name that it needs."""

    file: str
    """The object."""
    resolution: Resolution
    """The result of the loader's search for the needed name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """The evidence for one need."""

    requirement_chain: tuple[Link, ...]
    """Distributions from a requested one to the one with the need; empty for a file that no RECORD lists."""
    hops: tuple[Hop, ...]
    """The hops from the root that the process opens to the needed name; each finds the file of the next."""
    need: Need
    """The need at the end."""


def why(scan: Scan, name: str, requirement_chains: Mapping[str, tuple[Link, ...]]) -> tuple[Chain, ...]:
    """Return the chains that end at a name, by distribution and soname; empty if nothing needs it.

    `name` is a binary package, a soname, a distribution or a file: a whole path, or the end of one. For a library that
    only its own distribution needs, return the chains by which it is loaded. `requirement_chains` is from
    `requirements.requirement_chains`.
    """
    imported = imported_files(scan)
    chains = tuple(
        Chain(
            requirement_chain=requirement_chains.get(holder, ()) if holder else (),
            hops=_shortest_hops(scan, need, by),
            need=need,
        )
        for holder, need in scan.needs()
        for by in _matching_files(need, holder, name, imported)
    )
    return chains or tuple(_vendored_chains(scan, name, requirement_chains))


def imported_files(scan: Scan) -> frozenset[str]:
    """Return the files that imports, programs and chosen plugins load, without `..` in their paths."""
    loads = (load for load in scan.loads if load.is_mandatory)
    return frozenset(posixpath.normpath(each.path) for load in loads for each in load.objects)


def file_to_show(need: Need, imported: Collection[str]) -> tuple[str, ...]:
    """Return one example of a need's files: preferably one that an import loads, otherwise the first."""
    return tuple(sorted(need.by, key=lambda file: file not in imported)[:1])


def unknown_names(scan: Scan, distribution: str) -> Iterator[str]:
    """Yield a message for each source of a distribution that uses an unknown name, or that is too large to search."""
    holders = scan.environment.holders()
    for skipped in scan.skipped:
        if holders.get(skipped.path) == canonicalize_name(distribution):
            match skipped.verdict:
                case Verdict.UNKNOWN_NAME:
                    yield f"{skipped.path}: {skipped.reason}, so it is unknown which"
                case Verdict.TOO_LONG:
                    yield f"{skipped.path}: {skipped.reason}"


def accepted_names(scan: Scan) -> frozenset[str]:
    """Return all names that `why` accepts, except files."""
    return frozenset(
        name
        for holder, need in scan.needs()
        for name in (holder, need.name, *need.any_of, *_provider_names(need))
        if name and not name.startswith("/")
    )


def accepted_paths(scan: Scan) -> Iterator[str]:
    """Yield the whole paths that `why` accepts: files that have needs, and files that satisfy them."""
    for _, need in scan.needs():
        yield from (each for each in (*need.by, *_provider_names(need)) if each.startswith("/"))


def paths_of_soname(scan: Scan, soname: str) -> frozenset[str]:
    """Return the files that were found for a soname, for any object that needs it."""
    return frozenset(answer.path for _, _, answer in _resolved_names(scan) if answer.soname == soname)


def _vendored_chains(scan: Scan, name: str, requirement_chains: Mapping[str, tuple[Link, ...]]) -> Iterator[Chain]:
    """Yield one chain for each distribution that loads a file of this name from the environment."""
    holders = scan.environment.holders()
    seen: set[tuple[str, str]] = set()
    for load, file, answer in _resolved_names(scan):
        path, user = posixpath.normpath(answer.path), holders.get(file, "")
        if path in holders and (answer.soname == name or _ends_with(path, name)) and (user, path) not in seen:
            seen.add((user, path))
            provider = FromDistribution(distribution=holders[path], path=path, by_loader=True)
            need = Need(soname=answer.soname, when=load.when, by=(file,), provider=provider)
            yield Chain(
                requirement_chain=requirement_chains.get(user, ()),
                hops=_path_from_root(load, file, answer.soname),
                need=need,
            )


def _resolved_names(scan: Scan) -> Iterator[tuple[Load, str, Found]]:
    """Yield every needed name that was found, with its load and file."""
    for load in scan.loads:
        for loaded in load.objects:
            file = posixpath.normpath(loaded.path)
            yield from ((load, file, answer) for answer in loaded.needs if isinstance(answer, Found))


def _matching_files(need: Need, holder: str, name: str, imported: Collection[str]) -> tuple[str, ...]:
    """Return the files to show for a need: those that match the name, or one example."""
    matching = tuple(file for file in need.by if _ends_with(file, name))
    if matching:
        return matching
    matches = name in (need.name, *need.any_of, *_provider_names(need)) or (
        holder and holder == canonicalize_name(name)
    )
    return file_to_show(need, imported) if matches else ()


def _provider_names(need: Need) -> Iterator[str]:
    """Yield the names and paths of a need's provider."""
    match need.provider:
        case FromPackage(package=package, path=path):
            yield from (package, path)
        case FromCapability(capability=capability):
            yield capability
        case FromDistribution(path=path) | Unowned(path=path) | Unreachable(path=path):
            yield path
        case _:
            pass


def _ends_with(file: str, name: str) -> bool:
    return file == name or (("/" in name or "." in name) and file.endswith("/" + name.lstrip("/")))


def _shortest_hops(scan: Scan, need: Need, by: str) -> tuple[Hop, ...]:
    """Return the shortest chain from a root to a need of `by`: imports, then chosen plugins, then others."""
    found = [(load, hops) for load in scan.loads if (hops := _path_from_root(load, by, need.soname))]
    return min(found, key=lambda each: (*_rank(each[0]), len(each[1])), default=(None, ()))[1]


def _rank(load: Load) -> tuple[bool, bool]:
    return load.when is not When.IMPORT, not load.is_mandatory


def _path_from_root(load: Load, by: str, soname: str) -> tuple[Hop, ...]:
    """Return the hops of one load, from its root to a file's needed name."""
    objects = {each.path for each in load.objects}
    hops_to: dict[str, tuple[Hop, ...]] = {load.root: ()}
    for loaded in load.objects:
        hops = hops_to.get(loaded.path, ())
        is_on_path = _is_same_object(loaded.path, by) or any(_is_same_object(hop.file, by) for hop in hops)
        for answer in loaded.needs:
            hop = Hop(file=loaded.path, resolution=answer)
            if is_on_path and answer.soname == soname:
                return (*hops, hop)
            if isinstance(answer, Found) and answer.path in objects:
                hops_to.setdefault(answer.path, (*hops, hop))
    return ()


def _is_same_object(loaded: str, file: str) -> bool:
    """Return whether an object was opened as this file; a path with `..` is followed as text."""
    return loaded == file or posixpath.normpath(loaded) == file


# ------------------------------------------------------------------------------------------------------- from a lock


@dataclass(frozen=True, slots=True, kw_only=True)
class LockedChain:
    """The evidence for one need in a lock."""

    holder: str
    """The distribution or file that has the need; empty for an unresolved need of a file."""
    distribution: lockfile.LockedDistribution | None
    """The distribution; None for a file that no RECORD lists."""
    need: lockfile.LockedNeed | lockfile.Unresolved
    """The need, with the files that have it."""
    package: lockfile.LockedPackage | None
    """The binary package that provides it; None if there is none."""


def why_locked(target: lockfile.Target, name: str) -> tuple[LockedChain, ...]:
    """Return the chains of a lock's target that end at a name, as `why` does for an environment."""
    return tuple(each for each in locked_chains(target) if _is_about(each.need, each.holder, name))


def locked_chains(target: lockfile.Target) -> tuple[LockedChain, ...]:
    """Return the chains of every need of a lock's target."""
    packages = {each.name: each for each in target.entries()}
    known = {each.name: each for each in target.distribution}
    return tuple(
        LockedChain(
            holder=holder,
            distribution=known.get(holder),
            need=need,
            package=packages.get(getattr(need, "installed", "")),
        )
        for holder, need in _locked_needs(target)
    )


def accepted_names_of_lock(target: lockfile.Target) -> frozenset[str]:
    """Return all names that `why` accepts for a lock, except files."""
    return frozenset(name for holder, need in _locked_needs(target) for name in _names(need, holder))


def _locked_needs(target: lockfile.Target) -> Iterator[tuple[str, lockfile.LockedNeed | lockfile.Unresolved]]:
    yield from target.needs()
    yield from ((each.distribution, each) for each in target.unresolved)


def _names(need: lockfile.LockedNeed | lockfile.Unresolved, holder: str) -> set[str]:
    return {need.soname, *need.any_of, need.program, need.file, getattr(need, "installed", ""), holder} - {""}


def _is_about(need: lockfile.LockedNeed | lockfile.Unresolved, holder: str, name: str) -> bool:
    matches = name in _names(need, holder) or canonicalize_name(name) == holder
    return matches or any(_ends_with(file, name) for file in need.by)
