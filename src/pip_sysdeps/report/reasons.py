"""Reasons why one of two targets has a package that the other lacks, as messages.

A need puts the package on one side. What the other side has for the same needed name is the reason: another answer, the
policy, a base package, a need outside the install line, or nothing.
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
    """Holder and a name that a need has -> the needs of that name, numbered in the target's order."""
    base: frozenset[str]
    """The packages that every image of the release has."""
    unresolved: frozenset[tuple[str, str]]
    """Name and distribution of each unresolved need."""


def side_of(target: Target) -> Side:
    """Index a target."""
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
    """The side with a package, and the side without it."""

    having: Side
    """The target with it."""
    lacking: Side | None
    """The other one; None if there is no such target."""
    is_added: bool
    """Whether the package is new: the later side has it."""
    installed: Mapping[str, str] | None = None
    """The version of every distribution of the later side; None for a lock, which omits some."""


class _Reason(NamedTuple):
    """A reason and its need: needs with the same reason share a message."""

    text: str
    name: str = ""
    holder: str = ""


def reasons(package: str, needs: Iterable[tuple[str, LockedNeed]], sides: Sides) -> tuple[str, ...]:
    """Return why one side has a package that the other lacks; sorted."""
    holders: dict[tuple[str, str], list[str]] = {}
    for holder, need in needs:
        reason = _reason(package, holder, need, sides)
        holders.setdefault((reason.text, reason.name), []).append(reason.holder)
    return tuple(sorted(_message(text, name, each) for (text, name), each in holders.items()))


def _message(text: str, name: str, holders: Iterable[str]) -> str:
    return f"{text} ({name} of {', '.join(dict.fromkeys(holders))})" if name else text


def _reason(package: str, holder: str, need: LockedNeed, sides: Sides) -> _Reason:
    """Return why one need puts the package only on its side."""
    mine, theirs = sides.having.holders.get(holder), sides.lacking.holders.get(holder) if sides.lacking else None
    if sides.lacking is None or theirs is None:
        return _Reason(_of_absent_holder(mine, holder, need, sides))
    answer = _answer(holder, need, sides.lacking)
    reason = (
        _of_policy(need, answer, sides)
        or _of_plugin(need, answer, sides)
        or _of_answer(package, answer, sides)
        or _of_base(package, sides)
        or (None if answer else _of_unresolved(holder, need, sides))
    )
    if reason:
        return _Reason(reason, need.name, holder)
    changed = _of_version(mine, theirs, sides)
    if answer is None:
        return _Reason(changed or _of_need(mine, holder, need, sides))
    strength = _of_strength(need, answer, sides)
    if strength and changed:
        return _Reason(f"{changed}: {strength}", need.name, holder)
    when = "" if strength else _of_when(mine, theirs, sides)
    return _Reason(strength or when or changed or _of_need(mine, holder, need, sides), need.name, holder)


def _names(need: LockedNeed) -> set[str]:
    return {need.soname, *need.any_of, need.program, need.file} - {""}


def _answer(holder: str, need: LockedNeed, side: Side) -> LockedNeed | None:
    """Return the other side's need of the same thing, preferably one that the policy decides."""
    same = [each for name in sorted(_names(need)) for each in side.needs.get((holder, name), ())]
    found = min(same, key=lambda each: (not each[1].policy, each[1].when != need.when, each[0]), default=None)
    return found[1] if found else None


# ---------------------------------------------------------------------------------------------- what the other side has


def _of_policy(need: LockedNeed, answer: LockedNeed | None, sides: Sides) -> str:
    """Return the policy's decision that exists only on one side."""
    if answer is not None and answer.policy and answer.class_:
        return _by_policy("ignores it", answer.note, now=not sides.is_added)
    if answer is not None and answer.policy and answer.installed != need.installed:
        return _by_policy(f"replaces it with {answer.installed}", answer.note, now=not sides.is_added)
    if need.policy and answer is not None and not answer.policy and answer.installed != need.installed:
        replaced = f"replaces {answer.installed} with it" if answer.installed else "uses it for an unresolved need"
        return _by_policy(replaced, need.note, now=sides.is_added)
    if need.policy and not (answer is not None and answer.policy):
        return _by_policy("adds it", need.note, now=sides.is_added)
    return ""


def _of_plugin(need: LockedNeed, answer: LockedNeed | None, sides: Sides) -> str:
    """Return that the plugin with the need is chosen on only one side."""
    if not need.plugin or answer is None or answer.is_mandatory:
        return ""
    return f"the plugin {need.plugin} is {'chosen' if sides.is_added else 'no longer chosen'}"


def _by_policy(does: str, reason: str, *, now: bool) -> str:
    if not now:
        verb, _, rest = does.partition(" ")
        return f"the policy no longer {verb} {rest}"
    return f"the policy {does}{f': {reason}' if reason else ''}"


def _of_answer(package: str, answer: LockedNeed | None, sides: Sides) -> str:
    """Return the other side's answer."""
    if answer is None or answer.installed == package:
        return ""
    if answer.installed:
        return f"it {'replaces' if sides.is_added else 'is replaced by'} {answer.installed}"
    match answer.class_:
        case "unowned":
            return f"{answer.path}, which no package owns, {'was found before' if sides.is_added else 'is found now'}"
        case "distribution" if answer.distribution:
            brought = answer.distribution
        case "host":
            brought = "the host"
        case _:
            brought = "something else"
    return f"{brought} {'no longer provides' if sides.is_added else 'provides'} it"


def _of_base(package: str, sides: Sides) -> str:
    """Return that every image of one side has the package."""
    if sides.lacking is None or package not in sides.lacking.base or package in sides.having.base:
        return ""
    if sides.lacking.target.id != sides.having.target.id:
        return f"every image of {sides.lacking.target.id} has it"
    return f"every image {'no longer has' if sides.is_added else 'has'} it"


def _of_unresolved(holder: str, need: LockedNeed, sides: Sides) -> str:
    """Return that nothing answers the need on the other side."""
    if sides.lacking is None:
        return ""
    owner = holder if isinstance(sides.lacking.holders.get(holder), LockedDistribution) else ""
    if (need.name, owner) not in sides.lacking.unresolved:
        return ""
    return "nothing had it" if sides.is_added else "nothing has it"


def _of_strength(need: LockedNeed, answer: LockedNeed, sides: Sides) -> str:
    """Return that the need is of another kind or confidence on the other side."""
    old, new = (answer, need) if sides.is_added else (need, answer)
    if old.when != new.when:
        return f"it is needed for {_use(new)}, was for {_use(old)}"
    if old.confidence != new.confidence:
        return f"the confidence that it is needed is {new.confidence or 'full'}, was {old.confidence or 'full'}"
    return ""


def _use(need: LockedNeed) -> str:
    return {"import": "an import", "plugin": "a plugin"}.get(need.when, need.when)


def _of_when(mine: object, theirs: object, sides: Sides) -> str:
    """Return that the policy selects other needs."""
    having = getattr(mine, "when", ()) or sides.having.target.when
    lacking = getattr(theirs, "when", ()) or (sides.lacking.target.when if sides.lacking else ())
    if having == lacking:
        return ""
    old, new = (lacking, having) if sides.is_added else (having, lacking)
    return f"`when` is {_shown(new)}, was {_shown(old)}"


def _shown(when: tuple[str, ...]) -> str:
    return ", ".join(when) or "default"


# ----------------------------------------------------------------------------------------------------- who has the need


def _of_absent_holder(mine: LockedDistribution | LockedFile | None, holder: str, need: LockedNeed, sides: Sides) -> str:
    """Return that one side does not have the distribution, or none of its needs."""
    version = getattr(mine, "version", "")
    if not sides.is_added and sides.installed and holder in sides.installed:
        now = sides.installed[holder]
        return (
            _went(holder, version, now)
            if now != version
            else f"{display_name(mine, holder)} no longer needs {need.name}"
        )
    return f"{display_name(mine, holder)} was {'added' if sides.is_added else 'removed'}"


def _of_version(mine: object, theirs: object, sides: Sides) -> str:
    """Return that the distribution has another version or wheel."""
    old, new = (theirs, mine) if sides.is_added else (mine, theirs)
    name, versions = getattr(new, "name", ""), [getattr(each, "version", "") for each in (old, new)]
    if versions[0] != versions[1]:
        return _went(name, *versions)
    for key in ("wheel", "source"):
        was, now = (getattr(each, key, "") for each in (old, new))
        if was != now:
            return f"{f'{name} {versions[1]}'.rstrip()} is {now or f'without {key}'}, was {was or f'without {key}'}"
    return ""


def _went(name: str, old: str, new: str) -> str:
    return f"{name} changed from {old or 'an editable install'} to {new or 'an editable install'}"


def _of_need(mine: LockedDistribution | LockedFile | None, holder: str, need: LockedNeed, sides: Sides) -> str:
    """Return that the same distribution has the need on only one side."""
    if sides.lacking is not None and sides.lacking.target.id != sides.having.target.id:
        return f"{display_name(mine, holder)} does not need {need.name} on {sides.lacking.target.id}"
    return f"{display_name(mine, holder)} {'needs' if sides.is_added else 'no longer needs'} {need.name}"


def display_name(each: object, holder: str = "") -> str:
    """Return a distribution's name and version, or the name of a file that no RECORD lists."""
    return f"{getattr(each, 'name', holder)} {getattr(each, 'version', '')}".rstrip()
