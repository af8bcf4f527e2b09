"""What a lock has and its line leaves out: offered to the person, with what would add it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pip_sysdeps.render.apt import wanted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pip_sysdeps.lockfile import Need, Target

_SHOWN = 6


def offers(target: Target) -> Iterator[str]:
    """Yield a short line for each distribution with packages that are not in the line, then how to add them."""
    inside = {each.package.name for each in wanted(target, base=True)}
    base = {package.name for package in target.package if package.base}
    whens: set[str] = set()
    for distribution in target.distribution:
        outside = [need for need in distribution.needs if need.package and need.package not in inside | base]
        whens |= {need.when for need in outside}
        if outside:
            yield f"not in the line: {distribution.name}: {_grouped(outside)}"
    if whens:
        policy = ", ".join(f'"{when}"' for when in ("default", *sorted(whens)))
        table = "[tool.pip-sysdeps.distribution.NAME] of pyproject.toml"
        yield f"to add them for a distribution: `when = [{policy}]` in {table}"


def _grouped(needs: Iterable[Need]) -> str:
    """Return the packages by the kind of their needs, each once: a plugin's where nothing else needs it."""
    first: dict[str, str] = {}
    for need in sorted(needs, key=lambda need: (need.when == "plugin", need.when)):
        first.setdefault(need.package, need.when)
    kinds: dict[str, list[str]] = {}
    for package, when in first.items():
        kinds.setdefault(when, []).append(package)
    return "; ".join(f"{listed(sorted(names))} ({when})" for when, names in kinds.items())


def listed(names: Sequence[str]) -> str:
    """Return the first names, and how many more there are."""
    more = len(names) - _SHOWN
    return ", ".join(names[:_SHOWN]) + (f" and {more} more" if more > 0 else "")
