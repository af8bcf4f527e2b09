"""What a lock has and its line leaves out: offered to the person, with what would add it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pip_sysdeps.render.apt import is_in_line, wanted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pip_sysdeps.lockfile import Distribution, Need, Target

_SHOWN = 8


def offers(target: Target) -> Iterator[str]:
    """Yield a line for each distribution with packages that are not in the line, then how to have them there."""
    inside = {each.package.name for each in wanted(target, base=True)}
    base = {package.name for package in target.package if package.base}
    whens: set[str] = set()
    for distribution in target.distribution:
        outside = [need for need in _outside(distribution) if need.package not in inside | base]
        plugins = sorted({need.package for need in outside if need.when == "plugin"})
        if plugins:
            yield f"{distribution.name}: not in the line, since only plugins need them: {listed(plugins)}"
        named = [need for need in outside if need.confidence and need.package not in plugins]
        if named:
            yield f"{distribution.name}: not in the line, since it may go without: {listed(_described(named))}"
            whens |= {need.when for need in named}
    if whens:
        yield f"`pip-sysdeps apt-line --when {','.join(['import', 'declared', *sorted(whens)])}` has these too"


def listed(names: Sequence[str]) -> str:
    """Return the first names, and how many more there are."""
    more = len(names) - _SHOWN
    return ", ".join(names[:_SHOWN]) + (f" and {more} more" if more > 0 else "")


def _outside(distribution: Distribution) -> Iterator[Need]:
    return (need for need in distribution.needs if need.package and not is_in_line(need))


def _described(needs: Iterable[Need]) -> list[str]:
    """Return each package once, with what it has and how sure the need is."""
    first: dict[str, Need] = {}
    for need in needs:
        first.setdefault(need.package, need)
    return [f"{name} ({need.name}, {need.when}, {need.confidence})" for name, need in sorted(first.items())]
