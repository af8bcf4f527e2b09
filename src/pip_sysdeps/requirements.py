"""Why a distribution is installed: the way to it from what a person asked for.

Source: packaging.python.org, "Dependency specifiers" (PEP 508) and "Recording installed projects" (REQUESTED).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from pip_sysdeps.architectures import machine_of
from pip_sysdeps.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pip_sysdeps.model import Distribution, Interpreter

_EXTRA = re.compile(r"""\bextra\s*==\s*['"]([^'"]+)['"]""")


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One distribution on the way to another."""

    name: str
    """Its normalized name."""
    requirement: str = ""
    """The Requires-Dist line by which the one before it asks for it; empty for the first."""


Edges = Mapping[str, tuple[Link, ...]]
"""A distribution -> the installed ones that it requires."""


def ways(distributions: Iterable[Distribution], markers: Mapping[str, str]) -> Mapping[str, tuple[Link, ...]]:
    """Return for each distribution one shortest way to it, first what was asked for and last itself.

    Asked for is what has REQUESTED. Extras that one distribution asks of another count as asked for. pip does not
    record which extras a person asked for, so requirements of other extras are followed where nothing else leads. What
    is not reached so begins a way of its own: first what nobody requires. `markers` is the environment of PEP 508's
    markers; a requirement that does not parse leads nowhere.
    """
    installed = {each.name: each for each in distributions}
    asked_extras = _asked_extras(installed, markers)
    certain = {name: tuple(_links(each, installed, markers, asked_extras[name])) for name, each in installed.items()}
    possible = {name: tuple(_links(each, installed, markers, None)) for name, each in installed.items()}
    required = {link.name for edges in (certain, possible) for links in edges.values() for link in links}
    found: dict[str, tuple[Link, ...]] = {}
    asked = {name for name, each in installed.items() if each.requested}
    for starts in (asked, installed.keys() - required, *({name} for name in sorted(installed))):
        if begun := {name: (Link(name=name),) for name in starts if name not in found}:
            found |= begun
            _walk(certain, found)
            _walk(possible, found)
    return found


def required(distributions: Iterable[Distribution], markers: Mapping[str, str]) -> Mapping[str, tuple[str, ...]]:
    """Return the installed distributions that each one requires: always, and for extras that another one asks for."""
    installed = {each.name: each for each in distributions}
    extras = _asked_extras(installed, markers)
    return {
        name: tuple(link.name for link in _links(each, installed, markers, extras[name]))
        for name, each in sorted(installed.items())
    }


def _asked_extras(installed: Mapping[str, Distribution], markers: Mapping[str, str]) -> Mapping[str, frozenset[str]]:
    """Return the extras of each distribution that others ask for, directly or by way of extras of their own."""
    asked: dict[str, frozenset[str]] = dict.fromkeys(installed, frozenset())
    pending = sorted(installed)
    while pending:
        name = pending.pop()
        for requirement in _requirements(installed[name], markers, asked[name]):
            other = canonicalize_name(requirement.name)
            if other in installed and not requirement.extras <= asked[other]:
                asked[other] |= requirement.extras
                pending.append(other)
    return asked


def _walk(edges: Edges, found: dict[str, tuple[Link, ...]]) -> None:
    """Go on breadth first from all that has a way, the shortest ways first."""
    queue = sorted(found, key=lambda name: (len(found[name]), name))
    for name in queue:
        for onward in edges[name]:
            if onward.name not in found:
                found[onward.name] = (*found[name], onward)
                queue.append(onward.name)


def _links(
    distribution: Distribution,
    installed: Mapping[str, Distribution],
    markers: Mapping[str, str],
    extras: frozenset[str] | None,
) -> Iterator[Link]:
    """Yield the installed distributions that one requires, by name; with no `extras` given, under any of its extras."""
    links: dict[str, Link] = {}
    for requirement in _requirements(distribution, markers, extras):
        name = canonicalize_name(requirement.name)
        if name in installed and name != distribution.name:
            links.setdefault(name, Link(name=name, requirement=str(requirement)))
    yield from (link for _, link in sorted(links.items()))


def _requirements(
    distribution: Distribution, markers: Mapping[str, str], extras: frozenset[str] | None
) -> Iterator[Requirement]:
    """Yield the requirements that hold under some extras; with None, under any of those that they name."""
    for requirement in filter(None, map(_parsed, distribution.requires)):
        named = _EXTRA.findall(str(requirement.marker)) if extras is None else extras
        if requirement.marker is None or any(
            requirement.marker.evaluate({**markers, "extra": extra}) for extra in ("", *named)
        ):
            yield requirement


def _parsed(text: str) -> Requirement | None:
    try:
        return Requirement(text)
    except InvalidRequirement:
        return None


def marker_environment(interpreter: Interpreter, architecture: str) -> Mapping[str, str]:
    """Return the environment of PEP 508's markers for an interpreter on Linux that is not run.

    `architecture` is in Debian's words: `amd64`.
    """
    version = ".".join(map(str, interpreter.version))
    pypy = interpreter.abi_tag.startswith("pp")
    return {
        "implementation_name": "pypy" if pypy else "cpython",
        "implementation_version": f"{version}.0",
        "os_name": "posix",
        "platform_machine": machine_of(architecture),
        "platform_python_implementation": "PyPy" if pypy else "CPython",
        "platform_release": "",
        "platform_system": "Linux",
        "platform_version": "",
        "python_full_version": f"{version}.0",
        "python_version": version,
        "sys_platform": "linux",
    }
