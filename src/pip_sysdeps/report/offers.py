"""Format the needs outside the install line, and hints how to add them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pip_sysdeps.lock.selection import packages_to_install
from pip_sysdeps.model.needs import When
from pip_sysdeps.words import format_count, format_list

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from pip_sysdeps.lock.document import LockedNeed, Target, Unresolved

MAX_OFFERS = 8
"""Limit on the listed lines with needs outside the install line."""


def offers(
    target: Target, before: Target | None = None, most: int = MAX_OFFERS, *, is_other_system: bool = False
) -> Iterator[str]:
    """Yield a line for each distribution or file with needs outside the install line, then how to add them.

    Lines that the old lock already gave are omitted. After `most` lines, the rest is only counted.
    """
    old_lines = _offer_lines(before) if before else []
    new = [line for line in _offer_lines(target) if line not in old_lines]
    yield from new[:most]
    if len(new) > most:
        yield f"not in the install line: needs of {format_count(len(new) - most, 'other distribution')}: -v lists them"
    if new:
        yield how_to_add(target, is_other_system=is_other_system)


def _offer_lines(target: Target) -> list[str]:
    return [
        f"not in the install line: {name}: {_format_by_kind(needs)}"
        for name, needs in _needs_outside_line(target).items()
    ]


def how_to_add(target: Target, *, is_other_system: bool = False) -> str:
    """Return a hint how to add needs to the install line; empty if it has all of them.

    With `is_other_system`, the target may not be that of this system.
    """
    outside = _needs_outside_line(target)
    if not outside:
        return ""
    whens = ("default", *sorted({need.when for needs in outside.values() for need in needs}))
    plugins = (
        "`pip-sysdeps policy use '*/PLUGIN.so' --reason TEXT` adds all needs of a plugin, "
        if When.PLUGIN.value in whens
        else ""
    )
    chosen = f" --target {target.id}" if is_other_system else ""
    return (
        f"`pip-sysdeps policy use NAME --reason TEXT` adds one, {plugins}"
        "`pip-sysdeps policy ignore NAME --reason TEXT` rejects it; "
        f"`pip-sysdeps install-line{chosen} --when {','.join(whens)}` prints all of them"
    )


def unresolved_imports(target: Target) -> Iterator[str]:
    """Yield a line for each unresolved need of an import or a chosen plugin."""
    for each in target.unresolved:
        if each.is_mandatory:
            yield f"unresolved: {each.name}, which {_holder(each)} needs{f': {each.note}' if each.note else ''}"


def unresolved_others(target: Target, before: Target | None = None) -> Iterator[str]:
    """Yield all other unresolved needs that are new in the lock: one line, and one for each note with a command."""
    others = _unresolved_others(target) - (_unresolved_others(before) if before else set())
    for note in sorted({note for note, _, _ in others}):
        by_holder: dict[str, list[str]] = {}
        for _, holder, name in sorted(each for each in others if each[0] == note):
            by_holder.setdefault(holder, []).append(name)
        groups = [f"{format_list(names)} ({holder})" for holder, names in by_holder.items()]
        yield f"unresolved, but not needed by any import: {format_list(groups)}{f': {note}' if note else ''}"


def _unresolved_others(target: Target) -> set[tuple[str, str, str]]:
    """Return the other unresolved needs: the note if it has a command, the holder, and the name."""
    others = (each for each in target.unresolved if not each.is_mandatory)
    return {(each.note if "`" in each.note else "", _holder(each), each.name) for each in others}


def packaged_distributions(target: Target, before: Target | None = None) -> Iterator[str]:
    """Yield one line for distributions that are system packages: the install line has only their needs.

    Those of the old lock are omitted.
    """
    old_names = _system_packaged(before) if before else []
    if new := [each for each in _system_packaged(target) if each not in old_names]:
        names = format_list(new)
        add = command_to_add(["PACKAGE"], "NAME")
        yield f"not in the install line, but distributions come from them: {names}; {add} adds one"


def command_to_add(packages: Iterable[str], distribution: str) -> str:
    """Return the command that adds packages to the install line as needs of a distribution."""
    return f"`pip-sysdeps policy add {' '.join(packages)} --distribution {distribution} --reason TEXT`"


def _system_packaged(target: Target) -> list[str]:
    line = {each.package.name for each in packages_to_install(target, base=True)}
    prefix = f"{target.package_manager}:"
    sources = {each.name: each.source.removeprefix(prefix) for each in target.distribution if prefix in each.source}
    return [f"{package} ({name})" for name, package in sources.items() if package not in line]


def plugins_left_out(
    target: Target, recommended: Mapping[str, tuple[str, ...]], before: Target | None = None
) -> Iterator[str]:
    """Yield one line for each package of the line that lacks packages with plugins or data of its library.

    `recommended` maps a package to these packages. Omit those in the line or in every image, and packages
    that were in the line before.
    """
    old_packages = {each.package.name for each in packages_to_install(before, base=True)} if before else set()
    holders = {each.package.name: each.by[0] for each in packages_to_install(target, base=True)}
    for name, plugins in omitted_plugins(target, recommended).items():
        if name not in old_packages:
            add = command_to_add(plugins, holders[name])
            yield f"not in the install line: {format_list(plugins)} with plugins or data for {name}: {add}"


def omitted_plugins(target: Target, recommended: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """Return the packages with plugins or data that the line omits, by the package that recommends them."""
    line = {each.package.name for each in packages_to_install(target, base=True)}
    available = line | set(target.base)
    found = {name: tuple(each for each in recommended.get(name, ()) if each not in available) for name in sorted(line)}
    return {name: plugins for name, plugins in found.items() if plugins}


def _holder(unresolved: Unresolved) -> str:
    return unresolved.distribution or ", ".join(unresolved.by)


def _needs_outside_line(target: Target) -> dict[str, list[LockedNeed]]:
    """Return the needs of each distribution or file whose packages are outside the install line."""
    available = {each.package.name for each in packages_to_install(target, base=True)}
    available |= target.base
    holders = [(each.name, each.all_needs()) for each in target.distribution]
    holders += [(each.file, each.all_needs()) for each in target.unattributed]
    all_needs = {
        name: [need for need in needs if need.installed and need.installed not in available] for name, needs in holders
    }
    return {name: needs for name, needs in all_needs.items() if needs}


def _format_by_kind(needs: Iterable[LockedNeed]) -> str:
    """Format packages by the kind of their needs; each once, as a plugin's only if there is no other kind."""
    kind_of_package: dict[str, str] = {}
    for need in sorted(needs, key=lambda need: (need.when == "plugin", need.when)):
        kind_of_package.setdefault(need.installed, need.when)
    packages_of_kind: dict[str, list[str]] = {}
    for package, when in kind_of_package.items():
        packages_of_kind.setdefault(when, []).append(package)
    return "; ".join(f"{format_list(sorted(names))} ({when})" for when, names in packages_of_kind.items())
