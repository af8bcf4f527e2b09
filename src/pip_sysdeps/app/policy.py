"""Write policy entries into pyproject.toml, and list them."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from pip_sysdeps.app.project import find_project, read_project, read_project_text
from pip_sysdeps.byname.knowledge import ObjectsKind
from pip_sysdeps.byname.read_knowledge import known_of
from pip_sysdeps.environment.metadata import normalize_name
from pip_sysdeps.errors import MalformedError, SysdepsError
from pip_sysdeps.lock.decision import Decision, ListedDecision, add_entry, entries_of
from pip_sysdeps.lock.document import LockedNeed
from pip_sysdeps.lock.file import DEFAULT, read_lock, read_text, replace_report
from pip_sysdeps.lock.plugin_decision import PluginDecision, add_plugins
from pip_sysdeps.lock.project import Project, Replacement, parse_project
from pip_sysdeps.needs.plugins import DEFAULT as DEFAULT_PLUGINS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from pip_sysdeps.lock.document import Lockfile, Target, Unresolved
    from pip_sysdeps.lock.project import Entry

_LIBRARY = re.compile(r"\.so(?:\.|$)")
"""Matches the name of a library, but not of a package."""
_KEYS = {"ignore": "ignore", "use": "add", "replace": "replace", "add": "add"}
"""Command -> the key of its entries."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyRequest:
    """A change of the policy."""

    kind: str
    """`ignore`, `use`, `replace` or `add`."""
    names: tuple[str, ...]
    """Libraries, packages or programs in the lock; for `use` also plugins, as paths with `*`."""
    reason: str
    """Why."""
    distribution: str = ""
    """The distribution; empty for every distribution with these needs in the lock."""
    with_: str = ""
    """For `replace`: the other package."""
    targets: tuple[str, ...] = ()
    """Ids of its targets; empty for all."""
    lock: str = DEFAULT
    """The lock; pyproject.toml is searched beside it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyChange:
    """The entries that were written."""

    path: str
    """The pyproject.toml."""
    decisions: tuple[Decision, ...]
    """The new entries; none if all existed before."""
    plugins: tuple[PluginDecision, ...] = ()
    """The newly chosen plugins."""


def decide(request: PolicyRequest) -> PolicyChange:
    """Write one entry per distribution and kind of name into pyproject.toml, creating it if necessary.

    Raise SysdepsError for a name that no distribution of the lock needs, unless one is given, and for a table that
    cannot be edited; MalformedError for a file that cannot be read; OSError.
    """
    requested, requested_plugins = tuple(_decisions(request)), _requested_plugins(request)
    path = find_project(request.lock)
    text = read_project_text(path) if path else ""
    path = path or os.path.join(os.path.dirname(request.lock), "pyproject.toml")
    try:
        project = parse_project(text)
        decisions = tuple(_new_decisions(requested, project))
        plugins = tuple(_new_plugins(request.reason, requested_plugins, project))
        for decision in decisions:
            text = add_entry(text, decision)
        for each in plugins:
            text = add_plugins(text, each)
    except MalformedError as error:
        raise error.at(path, hint="correct it, and run the command again") from error
    if decisions or plugins:
        replace_report(path, text)
    return PolicyChange(path=path, decisions=decisions, plugins=plugins)


def _is_pattern(name: str) -> bool:
    """Return whether a name is a pattern of plugin paths."""
    return "/" in name or "*" in name


def _requested_plugins(request: PolicyRequest) -> Mapping[str, Sequence[str]]:
    """Return the requested plugin patterns by distribution."""
    patterns = tuple(dict.fromkeys(filter(_is_pattern, request.names))) if request.kind == "use" else ()
    if patterns and request.targets:
        raise SysdepsError(
            "--target does not apply to plugins, which are chosen for every target", hint="leave out --target"
        )
    found: dict[str, list[str]] = {}
    for pattern in patterns:
        for holder in _holders_of_plugins(request, pattern):
            found.setdefault(holder, []).append(pattern)
    return dict(sorted(found.items()))


def _new_plugins(reason: str, requested: Mapping[str, Sequence[str]], project: Project) -> Iterator[PluginDecision]:
    """Yield the patterns that are not chosen yet, grouped by distribution."""
    for holder, patterns in requested.items():
        new = tuple(each for each in patterns if each not in project.plugins.get(holder, ()))
        known = any(each.kind is ObjectsKind.PLUGINS for each in known_of(holder))
        if new:
            yield PluginDecision(distribution=holder, patterns=new, reason=reason, keeps_default=known)


def _holders_of_plugins(request: PolicyRequest, pattern: str) -> list[str]:
    """Return the distributions of a plugin pattern: the given one, or those that offer it in the lock."""
    if request.distribution:
        return [normalize_name(request.distribution)]
    lock = read_lock(request.lock) if read_text(request.lock) else None
    targets = lock.target if lock else ()
    every = (each for target in targets for each in target.distribution)
    found = {
        each.name
        for each in every
        if any(fnmatchcase(file, pattern) for need in each.offered if need.when == "plugin" for file in need.by)
    }
    if not found:
        raise SysdepsError(
            f"no distribution of `{request.lock}` has a plugin `{pattern}`",
            hint="use --distribution NAME: a lock lists at most three files per need",
        )
    return sorted(found)


def _decisions(request: PolicyRequest) -> Iterator[Decision]:
    """Yield the requested decisions, with all names of a distribution in one entry."""
    found: dict[tuple[str, bool], list[str]] = {}
    for name in dict.fromkeys(request.names):
        if request.kind == "use" and _is_pattern(name):
            continue
        for holder, called in _holders(request, name):
            found.setdefault((holder, bool(_LIBRARY.search(called))), []).append(called)
    for (holder, are_libraries), names in sorted(found.items()):
        unique = tuple(dict.fromkeys(names))
        yield Decision(
            kind=_KEYS[request.kind],
            distribution=holder,
            sonames=unique if are_libraries else (),
            packages=() if are_libraries else unique,
            with_=request.with_,
            reason=request.reason,
            targets=request.targets,
        )


def _holders(request: PolicyRequest, name: str) -> Iterable[tuple[str, str]]:
    """Return the distributions that need a name, each with the name for its entry: the package, for a program."""
    if request.kind == "add" and not request.distribution:
        raise SysdepsError(f"no distribution given for `{name}`", hint="name it with --distribution")
    text = read_text(request.lock)
    lock = read_lock(request.lock) if text else None
    given = normalize_name(request.distribution)
    found = dict.fromkeys(
        (holder, _name_in_entry(need, name))
        for target in _targets(request, lock)
        for holder, need in _needs(target, offered=request.kind == "use")
        if _is_about(need, name) and given in {"", holder}
    )
    if not found and given and request.kind != "use":
        return [(given, name)]
    if not found:
        what = "offers" if request.kind == "use" else "needs"
        raise SysdepsError(
            f"no distribution of `{request.lock}` {what} `{name}`",
            hint="use `policy add` for a need that no file states; `pip-sysdeps audit --all` lists known needs"
            if request.kind == "use"
            else "name the distribution with --distribution; `pip-sysdeps audit --all` lists known needs",
        )
    return found


def _targets(request: PolicyRequest, lock: Lockfile | None) -> Iterator[Target]:
    for target in lock.target if lock else ():
        if target.id in request.targets or not request.targets:
            yield target


def _needs(target: Target, *, offered: bool) -> Iterator[tuple[str, LockedNeed | Unresolved]]:
    for each in target.distribution:
        yield from ((each.name, need) for need in (each.offered if offered else each.all_needs()))
    yield from ((each.distribution, each) for each in target.unresolved if each.distribution and not offered)


def _is_about(need: LockedNeed | Unresolved, name: str) -> bool:
    return name in {need.soname, *need.any_of, need.program, _provider_package(need)}


def _name_in_entry(need: LockedNeed | Unresolved, name: str) -> str:
    return _provider_package(need) or name if name == need.program else name


def _provider_package(need: LockedNeed | Unresolved) -> str:
    return need.package if isinstance(need, LockedNeed) else ""


def _new_decisions(decisions: Iterable[Decision], project: Project) -> Iterator[Decision]:
    """Yield the decisions, reduced to their new names."""
    policies = {each.name: each for each in project.distribution}
    for decision in decisions:
        policy = policies.get(decision.distribution)
        known = {
            entry.soname or entry.package
            for kind, entry in (entries_of(policy) if policy else ())
            if kind == decision.kind and entry.targets in {(), decision.targets}
        }
        sonames = tuple(name for name in decision.sonames if name not in known)
        packages = tuple(name for name in decision.packages if name not in known)
        if sonames or packages:
            yield Decision(
                kind=decision.kind,
                distribution=decision.distribution,
                sonames=sonames,
                packages=packages,
                with_=decision.with_,
                reason=decision.reason,
                targets=decision.targets,
            )


def list_decisions(lock: str = DEFAULT) -> tuple[ListedDecision, ...]:
    """Return the entries in the order of pyproject.toml. Raise SysdepsError and OSError as the readers do."""
    project = read_project(lock)
    locked = read_lock(lock) if read_text(lock) else None
    policies = None if locked is None else _policy_needs(locked)
    listed = []
    for policy in project.distribution:
        places: dict[str, list[Entry]] = {}
        kinds = {}
        for kind, entry in entries_of(policy):
            places.setdefault(entry.where, []).append(entry)
            kinds[entry.where] = kind
        listed += [_listed_decision(policy.name, kinds[where], entries, policies) for where, entries in places.items()]
        if policy.plugins != (DEFAULT_PLUGINS,):
            listed.append(_listed_plugins(policy.name, policy.plugins, locked))
    return tuple(listed)


def _listed_plugins(name: str, patterns: tuple[str, ...], lock: Lockfile | None) -> ListedDecision:
    decision = Decision(kind="plugins", distribution=name, patterns=patterns, reason="")
    chosen = (
        {need.plugin for target in lock.target for holder, need in target.needs() if holder == name} if lock else set()
    )
    effective = bool(chosen - {""}) is bool(patterns)
    return ListedDecision(decision=decision, effective=None if lock is None else effective)


def _listed_decision(
    name: str, kind: str, entries: list[Entry], locked: Mapping[tuple[str, str], set[str]] | None
) -> ListedDecision:
    first = entries[0]
    decision = Decision(
        kind=kind,
        distribution=name,
        sonames=tuple(each.soname for each in entries if each.soname),
        packages=tuple(each.package for each in entries if each.package),
        with_=first.with_ if isinstance(first, Replacement) else "",
        reason=first.reason,
        targets=first.targets,
    )
    return ListedDecision(decision=decision, effective=None if locked is None else _is_effective(decision, locked))


def _policy_needs(lock: Lockfile) -> Mapping[tuple[str, str], set[str]]:
    """Return the ids of the targets with a policy need, by distribution and reason."""
    found: dict[tuple[str, str], set[str]] = {}
    for target in lock.target:
        for holder, need in target.needs():
            if need.policy:
                found.setdefault((holder, need.note), set()).add(target.id)
    return found


def _is_effective(decision: Decision, locked: Mapping[tuple[str, str], set[str]]) -> bool:
    """Return whether a target has a policy need with this reason; `locked` is from `_policy_needs`."""
    targets = locked.get((decision.distribution, decision.reason), set())
    return bool(targets & {*decision.targets} if decision.targets else targets)
