"""Explain why one of two targets has a package that the other does not have, as messages.

A need requires the package on one side. The reason is what the other side has for the same name: another provider,
a policy decision, a base package, a need outside the install line, or nothing.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from pip_sysdeps.lock.document import LockedDistribution

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pip_sysdeps.lock.document import LockedFile, LockedNeed, Target


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """A target with indexes for fast lookup."""

    target: Target
    """The target."""
    holders: Mapping[str, LockedDistribution | LockedFile]
    """Its distributions by name, and its files that no RECORD lists."""
    needs: Mapping[tuple[str, str], Sequence[tuple[int, LockedNeed]]]
    """Holder and needed name -> the needs of that name, numbered in the target's order."""
    base: frozenset[str]
    """The packages that every image of the release has."""
    unresolved: frozenset[tuple[str, str]]
    """The unresolved needs, as pairs of name and distribution."""


def index_side(target: Target) -> Side:
    """Return a target with its indexes."""
    needs: defaultdict[tuple[str, str], list[tuple[int, LockedNeed]]] = defaultdict(list)
    for number, (holder, need) in enumerate(target.needs()):
        for name in _names(need):
            needs[holder, name].append((number, need))
    return Side(
        target=target,
        holders={each.file: each for each in target.unattributed} | {each.name: each for each in target.distribution},
        needs=needs,
        base=target.base,
        unresolved=frozenset((each.name, each.distribution) for each in target.unresolved),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Sides:
    """The two sides: one with a package, one without it."""

    with_package: Side
    """The target that has the package."""
    without_package: Side | None
    """The target that does not have it; None if there is no other target."""
    is_added: bool
    """Whether the newer side has the package."""
    installed: Mapping[str, str] | None = None
    """Distribution -> version on the newer side; None for a lock, which does not list all of them."""


class _Reason(NamedTuple):
    """A reason with the need that it explains; needs with the same reason share a message."""

    text: str
    name: str = ""
    holder: str = ""


def reasons(package: str, needs: Iterable[tuple[str, LockedNeed]], sides: Sides) -> tuple[str, ...]:
    """Return the reasons why only one side has a package, as sorted messages."""
    holders: dict[tuple[str, str], list[str]] = {}
    for holder, need in needs:
        reason = _reason(package, holder, need, sides)
        holders.setdefault((reason.text, reason.name), []).append(reason.holder)
    return tuple(sorted(_message(text, name, each) for (text, name), each in holders.items()))


def _message(text: str, name: str, holders: Iterable[str]) -> str:
    return f"{text} ({name} of {', '.join(dict.fromkeys(holders))})" if name else text


def _reason(package: str, holder: str, need: LockedNeed, sides: Sides) -> _Reason:
    """Return the reason why a need requires the package on only one side."""
    holder_with = sides.with_package.holders.get(holder)
    holder_without = sides.without_package.holders.get(holder) if sides.without_package else None
    if sides.without_package is None or holder_without is None:
        return _Reason(_absent_holder_reason(holder_with, holder, need, sides))
    other_need = _matching_need(holder, need, sides.without_package)
    reason = (
        _policy_reason(need, other_need, sides)
        or _plugin_reason(need, other_need, sides)
        or _provider_reason(package, other_need, sides)
        or _base_reason(package, sides)
        or (None if other_need else _unresolved_reason(holder, need, sides))
    )
    if reason:
        return _Reason(reason, need.name, holder)
    changed = _version_reason(holder_with, holder_without, sides)
    if other_need is None:
        return _Reason(changed or _need_reason(holder_with, holder, need, sides))
    strength = _strength_reason(need, other_need, sides)
    if strength and changed:
        return _Reason(f"{changed}: {strength}", need.name, holder)
    when = "" if strength else _when_reason(holder_with, holder_without, sides)
    return _Reason(strength or when or changed or _need_reason(holder_with, holder, need, sides), need.name, holder)


def _names(need: LockedNeed) -> set[str]:
    return {need.soname, *need.any_of, need.program, need.file} - {""}


def _matching_need(holder: str, need: LockedNeed, side: Side) -> LockedNeed | None:
    """Return the other side's need of the same thing, preferably one that the policy decides."""
    same = [each for name in sorted(_names(need)) for each in side.needs.get((holder, name), ())]
    found = min(same, key=lambda each: (not each[1].policy, each[1].when != need.when, each[0]), default=None)
    return found[1] if found else None


# ---------------------------------------------------------------------------------------------- what the other side has


def _policy_reason(need: LockedNeed, other_need: LockedNeed | None, sides: Sides) -> str:
    """Return the reason if only one side has a decision of the policy."""
    if other_need is not None and other_need.policy and other_need.class_:
        return _policy_message("ignores it", other_need.note, now=not sides.is_added)
    if other_need is not None and other_need.policy and other_need.installed != need.installed:
        return _policy_message(f"replaces it with {other_need.installed}", other_need.note, now=not sides.is_added)
    if need.policy and other_need is not None and not other_need.policy and other_need.installed != need.installed:
        replaced = (
            f"replaces {other_need.installed} with it" if other_need.installed else "uses it for an unresolved need"
        )
        return _policy_message(replaced, need.note, now=sides.is_added)
    if need.policy and not (other_need is not None and other_need.policy):
        return _policy_message("adds it", need.note, now=sides.is_added)
    return ""


def _plugin_reason(need: LockedNeed, other_need: LockedNeed | None, sides: Sides) -> str:
    """Return the reason if the plugin is chosen on only one side."""
    if not need.plugin or other_need is None or other_need.is_mandatory:
        return ""
    return f"the plugin {need.plugin} is {'chosen' if sides.is_added else 'no longer chosen'}"


def _policy_message(does: str, reason: str, *, now: bool) -> str:
    if not now:
        verb, _, rest = does.partition(" ")
        return f"the policy no longer {verb} {rest}"
    return f"the policy {does}{f': {reason}' if reason else ''}"


def _provider_reason(package: str, other_need: LockedNeed | None, sides: Sides) -> str:
    """Return the reason if the other side has another provider."""
    if other_need is None or other_need.installed == package:
        return ""
    if other_need.installed:
        return f"it {'replaces' if sides.is_added else 'is replaced by'} {other_need.installed}"
    match other_need.class_:
        case "unowned":
            return (
                f"{other_need.path}, which no package owns, {'was found before' if sides.is_added else 'is found now'}"
            )
        case "distribution" if other_need.distribution:
            provider = other_need.distribution
        case "host":
            provider = "the host"
        case _:
            provider = "something else"
    return f"{provider} {'no longer provides' if sides.is_added else 'provides'} it"


def _base_reason(package: str, sides: Sides) -> str:
    """Return the reason if it is a base package on one side."""
    if sides.without_package is None or package not in sides.without_package.base or package in sides.with_package.base:
        return ""
    if sides.without_package.target.id != sides.with_package.target.id:
        return f"every image of {sides.without_package.target.id} has it"
    return f"every image {'no longer has' if sides.is_added else 'has'} it"


def _unresolved_reason(holder: str, need: LockedNeed, sides: Sides) -> str:
    """Return the reason if the need is unresolved on the other side."""
    if sides.without_package is None:
        return ""
    owner = holder if isinstance(sides.without_package.holders.get(holder), LockedDistribution) else ""
    if (need.name, owner) not in sides.without_package.unresolved:
        return ""
    return "nothing had it" if sides.is_added else "nothing has it"


def _strength_reason(need: LockedNeed, other_need: LockedNeed, sides: Sides) -> str:
    """Return the reason if the other side has the need with another kind or confidence."""
    old, new = (other_need, need) if sides.is_added else (need, other_need)
    if old.when != new.when:
        return f"it is needed for {_format_use(new)}, was for {_format_use(old)}"
    if old.confidence != new.confidence:
        return f"the confidence that it is needed is {new.confidence or 'full'}, was {old.confidence or 'full'}"
    return ""


def _format_use(need: LockedNeed) -> str:
    return {"import": "an import", "plugin": "a plugin"}.get(need.when, need.when)


def _when_reason(with_entry: object, without_entry: object, sides: Sides) -> str:
    """Return the reason if the policy selects other kinds of needs."""
    with_package = getattr(with_entry, "when", ()) or sides.with_package.target.when
    without_package = getattr(without_entry, "when", ()) or (
        sides.without_package.target.when if sides.without_package else ()
    )
    if with_package == without_package:
        return ""
    old, new = (without_package, with_package) if sides.is_added else (with_package, without_package)
    return f"`when` is {_format_when(new)}, was {_format_when(old)}"


def _format_when(when: tuple[str, ...]) -> str:
    return ", ".join(when) or "default"


# ----------------------------------------------------------------------------------------------------- who has the need


def _absent_holder_reason(
    locked: LockedDistribution | LockedFile | None, holder: str, need: LockedNeed, sides: Sides
) -> str:
    """Return the reason if one side does not have the distribution, or none of its needs."""
    version = getattr(locked, "version", "")
    if not sides.is_added and sides.installed and holder in sides.installed:
        now = sides.installed[holder]
        return (
            _version_change(holder, version, now)
            if now != version
            else f"{display_name(locked, holder)} no longer needs {need.name}"
        )
    return f"{display_name(locked, holder)} was {'added' if sides.is_added else 'removed'}"


def _version_reason(having_it: object, lacking_it: object, sides: Sides) -> str:
    """Return the reason if the distribution has another version or wheel."""
    old, new = (lacking_it, having_it) if sides.is_added else (having_it, lacking_it)
    name, versions = getattr(new, "name", ""), [getattr(each, "version", "") for each in (old, new)]
    if versions[0] != versions[1]:
        return _version_change(name, *versions)
    for key in ("wheel", "source"):
        old_value, new_value = (getattr(each, key, "") for each in (old, new))
        if old_value != new_value:
            label, absent = f"{name} {versions[1]}".rstrip(), f"without {key}"
            return f"{label} is {new_value or absent}, was {old_value or absent}"
    return ""


def _version_change(name: str, old: str, new: str) -> str:
    return f"{name} changed from {old or 'an editable install'} to {new or 'an editable install'}"


def _need_reason(locked: LockedDistribution | LockedFile | None, holder: str, need: LockedNeed, sides: Sides) -> str:
    """Return the reason if the same distribution has the need on only one side."""
    if sides.without_package is not None and sides.without_package.target.id != sides.with_package.target.id:
        return f"{display_name(locked, holder)} does not need {need.name} on {sides.without_package.target.id}"
    return f"{display_name(locked, holder)} {'needs' if sides.is_added else 'no longer needs'} {need.name}"


def display_name(each: object, holder: str = "") -> str:
    """Return a distribution's name and version, or the name of a file that no RECORD lists."""
    return f"{getattr(each, 'name', holder)} {getattr(each, 'version', '')}".rstrip()
