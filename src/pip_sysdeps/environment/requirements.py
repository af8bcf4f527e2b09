"""Requirement chains: why a distribution is installed, from a requested one on.

Source: packaging.python.org, "Dependency specifiers" (PEP 508) and "Recording installed projects" (REQUESTED).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pip_sysdeps.model.environment import Distribution, Interpreter

_EXTRA = re.compile(r"""\bextra\s*==\s*['"]([^'"]+)['"]|['"]([^'"]+)['"]\s*==\s*extra\b""")
_LONGEST = 8192
"""Limit on the characters of a requirement, and of a marker."""
_MOST_EXTRAS = 100
"""Limit on the extras that one marker names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One distribution in a requirement chain."""

    name: str
    """Its normalized name."""
    requirement: str = ""
    """The Requires-Dist line of the previous distribution that requires it; empty for the first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Required:
    """One requirement of a distribution."""

    name: str
    """The normalized name of the required distribution."""
    requested_extras: frozenset[str]
    """Its requested extras, normalized."""
    text: str
    """The text for messages."""
    always: bool
    """Whether it applies without any extra."""
    extras: frozenset[str]
    """The extras, normalized, under which it also applies."""


Edges = Mapping[str, tuple[Link, ...]]
"""Distribution -> the installed distributions that it requires."""


class _Step(NamedTuple):
    """The last step of a chain to a distribution."""

    link: Link
    """The last link of its chain."""
    before: str
    """The distribution before it; empty for the first."""
    number: int
    """How many links precede it."""


class _LazyChains(Mapping[str, tuple[Link, ...]]):
    """The chain to each distribution, built on access: storing all of them takes quadratic space."""

    def __init__(self, steps: Mapping[str, _Step]) -> None:
        self._steps = steps

    def __getitem__(self, name: str) -> tuple[Link, ...]:
        links = []
        step: _Step | None = self._steps[name]
        while step is not None:
            links.append(step.link)
            step = self._steps[step.before] if step.before else None
        return tuple(reversed(links))

    def __iter__(self) -> Iterator[str]:
        return iter(self._steps)

    def __len__(self) -> int:
        return len(self._steps)


def requirement_chains(
    distributions: Iterable[Distribution], markers: Mapping[str, str]
) -> Mapping[str, tuple[Link, ...]]:
    """Return a shortest chain to each distribution, from a requested one.

    Distributions with REQUESTED are requested. Extras in requirements count as requested. pip does not record the
    extras that the user requested, so requirements of other extras are followed if there is no other chain. A
    distribution without a chain starts its own, first those that no other requires. `markers` is the environment of PEP
    508's markers; invalid requirements are ignored.
    """
    installed = {each.name: each for each in distributions}
    requirements = _requirements(installed, markers)
    extras = _requested_extras(requirements)
    certain = {name: _links(name, each, extras[name]) for name, each in requirements.items()}
    possible = {name: _links(name, each, None) for name, each in requirements.items()}
    required = {link.name for edges in (certain, possible) for links in edges.values() for link in links}
    found: dict[str, _Step] = {}
    requested = {name for name, each in installed.items() if each.requested}
    for starts in (requested, installed.keys() - required, *({name} for name in sorted(installed))):
        if steps := {name: _Step(Link(name=name), "", 0) for name in starts if name not in found}:
            found |= steps
            _walk(possible, found, _walk(certain, found, steps))
    return _LazyChains(found)


def required_distributions(
    distributions: Iterable[Distribution], markers: Mapping[str, str]
) -> Mapping[str, tuple[str, ...]]:
    """Return the installed distributions that each one requires, always or for a requested extra."""
    requirements = _requirements({each.name: each for each in distributions}, markers)
    extras = _requested_extras(requirements)
    return {
        name: tuple(link.name for link in _links(name, each, extras[name]))
        for name, each in sorted(requirements.items())
    }


def applies(text: str, environment: Mapping[str, str]) -> bool:
    """Return whether an environment marker is true, invalid, or cannot be evaluated."""
    try:
        return len(text) > _LONGEST or evaluate_marker(Marker(text), environment) is not False
    except (ValueError, RecursionError):
        return True


def evaluate_marker(marker: Marker, environment: Mapping[str, str]) -> bool | None:
    """Return whether an environment marker is true; None for one that cannot be evaluated.

    Examples: `os_name ~= "x"` does not compare versions, `python_version < "9...9"` has too many digits for int(),
    and packaging looks up a value of `"a" < "b"` as a name.
    """
    try:
        return marker.evaluate(dict(environment))
    except (KeyError, ValueError, RecursionError):
        return None


def _requested_extras(requirements: Mapping[str, tuple[_Required, ...]]) -> Mapping[str, frozenset[str]]:
    """Return the extras of each distribution that others request, directly or through their own extras."""
    by_extra: dict[tuple[str, str], list[_Required]] = {}
    for name, each in requirements.items():
        for requirement in each:
            for extra in ("",) if requirement.always else requirement.extras:
                by_extra.setdefault((name, extra), []).append(requirement)
    pending = [(name, "") for name in requirements]
    reached = set(pending)
    while pending:
        for requirement in by_extra.get(pending.pop(), ()):
            new = {(requirement.name, extra) for extra in requirement.requested_extras} - reached
            reached |= new
            pending += new
    extras: dict[str, set[str]] = {name: set() for name in requirements}
    for name, extra in reached:
        extras[name].add(extra)
    return {name: frozenset(each) for name, each in extras.items()}


def _walk(edges: Edges, found: dict[str, _Step], starts: Iterable[str]) -> list[str]:
    """Continue breadth first from `starts`, the shortest chains first; return these and the newly reached."""
    queue = sorted(starts, key=lambda name: (found[name].number, name))
    for name in queue:
        for link in edges[name]:
            if link.name not in found:
                found[link.name] = _Step(link, name, found[name].number + 1)
                queue.append(link.name)
    return queue


def _links(name: str, requirements: Iterable[_Required], extras: frozenset[str] | None) -> tuple[Link, ...]:
    """Return the distributions that one requires, by name; if `extras` is None, for any of its extras."""
    links: dict[str, Link] = {}
    for each in requirements:
        if each.name != name and (each.always or extras is None or not extras.isdisjoint(each.extras)):
            links.setdefault(each.name, Link(name=each.name, requirement=each.text))
    return tuple(link for _, link in sorted(links.items()))


def _requirements(
    installed: Mapping[str, Distribution], markers: Mapping[str, str]
) -> Mapping[str, tuple[_Required, ...]]:
    """Return the requirements of each distribution that are installed and apply, always or for some extra."""
    return {
        name: tuple(
            each
            for line in dict.fromkeys(distribution.requires)
            if (each := _parse_requirement(line, markers)) is not None
            and each.name in installed
            and (each.always or each.extras)
        )
        for name, distribution in installed.items()
    }


def _parse_requirement(line: str, markers: Mapping[str, str]) -> _Required | None:
    """Parse a Requires-Dist line; None for an invalid one, or if its marker cannot be evaluated."""
    try:
        requirement = Requirement(line) if len(line) <= _LONGEST else None
    except (ValueError, RecursionError):
        return None
    if requirement is None:
        return None
    marker = requirement.marker
    always = marker is None or evaluate_marker(marker, {**markers, "extra": ""})
    if always is None:
        return None
    named = {name for pair in _EXTRA.findall(str(marker)) for name in pair if name} if marker and not always else ()
    return _Required(
        name=canonicalize_name(requirement.name),
        requested_extras=frozenset(map(canonicalize_name, requirement.extras)),
        text=str(requirement),
        always=always,
        extras=frozenset(
            canonicalize_name(name)
            for name in sorted(named)[:_MOST_EXTRAS]
            if marker and evaluate_marker(marker, {**markers, "extra": name})
        ),
    )


def marker_environment(interpreter: Interpreter, machine: str) -> Mapping[str, str]:
    """Return the environment of PEP 508's markers for an interpreter on Linux, without running it.

    `machine` is that of uname(2): `x86_64`.
    """
    version = ".".join(map(str, interpreter.version))
    pypy = interpreter.abi_tag.startswith("pp")
    return {
        "implementation_name": "pypy" if pypy else "cpython",
        "implementation_version": f"{version}.0",
        "os_name": "posix",
        "platform_machine": machine,
        "platform_python_implementation": "PyPy" if pypy else "CPython",
        "platform_release": "",
        "platform_system": "Linux",
        "platform_version": "",
        "python_full_version": f"{version}.0",
        "python_version": version,
        "sys_platform": "linux",
    }
