"""What to install: the packages of a target's needs that the policy puts in the line, in apt's forms."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pip_sysdeps.render.words import listed

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

    from pip_sysdeps.lock.document import Need, Package, Target

SCHEMA = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """One binary package of the line."""

    package: Package
    """Its entry in the target; with a `version` only if that is to be installed."""
    when: tuple[str, ...]
    """When it is needed; sorted."""
    by: tuple[str, ...]
    """The distributions, or files without one, that need it; sorted."""


def is_in_line(need: Need, when: Collection[str] = ()) -> bool:
    """Tell whether a need reaches the line for which `when` has the words of `apt-line --when`.

    By default: what an import needs; of what the code opens and runs by name, and of what somebody declares, that which
    is of high confidence.
    """
    sure = need.confidence == "high" or (need.when == "declared" and not need.confidence)
    default = need.when == "import" or (need.when in {"dlopen", "exec", "declared"} and sure)
    return need.when in when or (default and (not when or "default" in when))


def needs_in_line(target: Target, when: Collection[str] = ()) -> Iterator[tuple[str, Need]]:
    """Yield each need that reaches the line with who has it.

    `when` replaces what the project wants for a distribution, and that what it wants for all. Needs of a class (host,
    unowned, distribution, ignored, or one of a later version) have no package, and are never among them.
    """
    return ((holder, need) for holder, need in _reaching(target, when) if need.package)


def _reaching(target: Target, when: Collection[str]) -> Iterator[tuple[str, Need]]:
    wishes = {each.name: when or each.when for each in target.distribution}
    for holder, need in target.needs():
        if is_in_line(need, wishes.get(holder) or when or target.when):
            yield holder, need


def unowned(target: Target, when: Collection[str] = ()) -> Iterator[str]:
    """Say of each file that no package owns, and that would be in the line if one did, who needs it."""
    holders: dict[str, set[str]] = {}
    for holder, need in _reaching(target, when):
        if need.class_ == "unowned":
            holders.setdefault(need.path, set()).add(holder)
    for path, names in sorted(holders.items()):
        yield f"no package has {path}, needed by {listed(sorted(names))}: copy it into the image"


def wanted(target: Target, *, when: Collection[str] = (), base: bool = False, pin: bool = False) -> tuple[Wanted, ...]:
    """Return the packages to install, by name; `base` adds what every image of the release has.

    With `pin` they keep the versions that the lock has.
    """
    needs: dict[str, list[tuple[str, Need]]] = {}
    for holder, need in needs_in_line(target, when):
        needs.setdefault(need.package, []).append((holder, need))
    return tuple(
        Wanted(
            package=package if pin else replace(package, version=""),
            when=tuple(sorted({need.when for _, need in needs[package.name]})),
            by=tuple(sorted({holder for holder, _ in needs[package.name]})),
        )
        for package in sorted(target.package, key=lambda each: each.name)
        if package.name in needs and (base or not package.base)
    )


def as_names(packages: Sequence[Wanted]) -> str:
    """Render one line for xargs(1)."""
    return " ".join(map(_argument, packages)) + "\n" if packages else ""


def as_lines(packages: Iterable[Wanted]) -> str:
    """Render one name a line."""
    return "".join(f"{_argument(each)}\n" for each in packages)


def as_satisfy(packages: Iterable[Wanted]) -> str:
    """Render one dependency a line, for xargs(1) and `apt-get satisfy` (Debian Policy 7.1)."""
    return "".join(f"{each.package.name}{_bound(each.package)}\n" for each in packages)


def as_dockerfile(packages: Sequence[Wanted], snapshot: str = "") -> str:
    """Render a RUN instruction; none for no packages.

    With the date of a snapshot, apt's sources are first changed to the archive as it was then, as far as they name a
    snapshot themselves: in use, or in a comment in front of the live archive, as the official images have it.
    """
    if not packages:
        return ""
    names = "".join(f"        {_argument(each)} \\\n" for each in packages)
    update = "apt-get update"
    if snapshot:
        update = _SNAPSHOT.replace("@DATE@", snapshot) + " && apt-get update -o Acquire::Check-Valid-Until=false"
    return (
        f"RUN {update} \\\n"
        " && apt-get install -y --no-install-recommends -o APT::Cmd::Pattern-Only=true \\\n"
        f"{names}"
        " && rm -rf /var/lib/apt/lists/*\n"
    )


def _argument(wanted: Wanted) -> str:
    return f"{wanted.package.name}={wanted.package.version}" if wanted.package.version else wanted.package.name


def _bound(package: Package) -> str:
    if package.version:
        return f" (= {package.version})"
    return f" (>= {package.min})" if package.min else ""


_SNAPSHOT = r"""find /etc/apt -regex '.*\.\(list\|sources\)' -exec sed -i -E \
        -e '/^# (deb .+|[^ ]+)\/[0-9]{8}T[0-9]{6}Z/{N;s,^# (deb .*)\n.*,\1,;s,^# (.*)\n.*,URIs: \1,}' \
        -e 's,[0-9]{8}T[0-9]{6}Z,@DATE@,' {} + \
"""
"""A comment with a date takes the place of the entry or the URIs in the line below it; then each date is the lock's."""

FORMATS: Mapping[str, Callable[[Sequence[Wanted]], str]] = {
    "names": as_names,
    "lines": as_lines,
    "satisfy": as_satisfy,
    "dockerfile": as_dockerfile,
}


def as_json(target: Target, packages: Iterable[Wanted]) -> str:
    """Render the line as a document of schema 1."""
    document = {
        "schema": SCHEMA,
        "target": target.id,
        "packages": [
            {
                "name": each.package.name,
                **({"min": each.package.min} if each.package.min else {}),
                **({"version": each.package.version} if each.package.version else {}),
                "base": each.package.base,
                "when": list(each.when),
                "by": list(each.by),
            }
            for each in packages
        ],
    }
    from pip_sysdeps.render.document import as_document  # noqa: PLC0415 - slow to import for a line of names

    return as_document(document)
