"""What a lock has and its line leaves out: offered to the person, with what would add it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pip_sysdeps.render.apt import wanted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pip_sysdeps.lockfile import Need, Target

_SHOWN = 8


def offers(target: Target) -> Iterator[str]:
    """Yield a line for each distribution with packages that are not in the line, with the policy that adds them."""
    inside = {each.package.name for each in wanted(target, base=True)}
    base = {package.name for package in target.package if package.base}
    for distribution in target.distribution:
        outside = [need for need in distribution.needs if need.package and need.package not in inside | base]
        plugins = [need for need in outside if need.when == "plugin"]
        names = sorted({need.package for need in plugins})
        named = [need for need in outside if need.when != "plugin" and need.package not in names]
        for why, packages, needs in (
            ("since only plugins need them", names, plugins),
            ("since it may go without", _described(named), named),
        ):
            if packages:
                policy = _policy(distribution.name, needs)
                yield f"{distribution.name}: not in the line, {why}: {listed(packages)}; {policy}"


def _policy(name: str, needs: Iterable[Need]) -> str:
    whens = ", ".join(f'"{when}"' for when in ("default", *sorted({need.when for need in needs})))
    return f"`when = [{whens}]` in [tool.pip-sysdeps.distribution.{name}] of pyproject.toml adds them"


def listed(names: Sequence[str]) -> str:
    """Return the first names, and how many more there are."""
    more = len(names) - _SHOWN
    return ", ".join(names[:_SHOWN]) + (f" and {more} more" if more > 0 else "")


def _described(needs: Iterable[Need]) -> list[str]:
    """Return each package once, with what it has and how sure the need is."""
    first: dict[str, Need] = {}
    for need in needs:
        first.setdefault(need.package, need)
    return [
        f"{name} ({', '.join(filter(None, (need.name, need.when, need.confidence)))})"
        for name, need in sorted(first.items())
    ]
