"""Why a distribution is installed: the way to it from what a person asked for.

Source: packaging.python.org, "Dependency specifiers" (PEP 508) and "Recording installed projects" (REQUESTED).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pip_sysdeps.model import Distribution, Interpreter

_EXTRA = re.compile(r"""\bextra\s*==\s*['"]([^'"]+)['"]""")

Edges = Mapping[str, tuple[str, ...]]
"""A distribution -> the installed ones that it requires."""


def ways(distributions: Iterable[Distribution], markers: Mapping[str, str]) -> Mapping[str, tuple[str, ...]]:
    """Return for each distribution one shortest way to it, first what was asked for and last itself.

    Asked for is what has REQUESTED. pip does not record which extras were asked for, so requirements of extras are
    followed where no others lead. What is not reached so begins a way of its own: first what nobody requires.
    `markers` is the environment of PEP 508's markers; a requirement that does not parse leads nowhere.
    """
    installed = {each.name: each for each in distributions}
    always = {name: tuple(_required(each, installed, markers, extras=False)) for name, each in installed.items()}
    extras = {name: tuple(_required(each, installed, markers, extras=True)) for name, each in installed.items()}
    required = {name for edges in (always, extras) for names in edges.values() for name in names}
    found: dict[str, tuple[str, ...]] = {}
    asked = {name for name, each in installed.items() if each.requested}
    for starts in (asked, installed.keys() - required, *({name} for name in sorted(installed))):
        if begun := {name: (name,) for name in starts if name not in found}:
            found |= begun
            _walk(always, found)
            _walk(extras, found)
    return found


def _walk(edges: Edges, found: dict[str, tuple[str, ...]]) -> None:
    """Go on breadth first from all that has a way, the shortest ways first."""
    queue = sorted(found, key=lambda name: (len(found[name]), name))
    for name in queue:
        for onward in edges[name]:
            if onward not in found:
                found[onward] = (*found[name], onward)
                queue.append(onward)


def _required(
    distribution: Distribution, installed: Mapping[str, Distribution], markers: Mapping[str, str], *, extras: bool
) -> Iterator[str]:
    """Yield the installed distributions that one requires, sorted: always, or under any of its extras too."""
    wanted = {
        name
        for requirement in map(_parsed, distribution.requires)
        if requirement is not None
        and (name := canonicalize_name(requirement.name)) in installed
        and _holds(requirement, markers, extras=extras)
    }
    yield from sorted(wanted)


def _parsed(text: str) -> Requirement | None:
    try:
        return Requirement(text)
    except InvalidRequirement:
        return None


def _holds(requirement: Requirement, markers: Mapping[str, str], *, extras: bool) -> bool:
    if requirement.marker is None:
        return True
    asked = ["", *(_EXTRA.findall(str(requirement.marker)) if extras else ())]
    return any(requirement.marker.evaluate({**markers, "extra": extra}) for extra in asked)


def marker_environment(interpreter: Interpreter, machine: str) -> Mapping[str, str]:
    """Return the environment of PEP 508's markers for an interpreter on Linux that is not run.

    `machine` is what uname(2) says there: `x86_64`.
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
