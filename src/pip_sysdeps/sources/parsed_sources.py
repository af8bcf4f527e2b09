"""Parse the sources of one distribution, once and within a limit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pip_sysdeps.sources.platform_conditions import ANY_PYTHON
from pip_sysdeps.sources.steps import StepLimitError, Steps
from pip_sysdeps.system.python_syntax import parse_python

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pip_sysdeps.sources.module import Module
    from pip_sysdeps.sources.platform_conditions import Version
    from pip_sysdeps.sources.source import Source

_MOST_BYTES = 1 << 20
"""Bytes of sources to parse for one distribution, with and without calls; more would take seconds."""


class ParsedSources:
    """The sources of a distribution, parsed on first use."""

    def __init__(self, sources: Iterable[Source]) -> None:
        """Parse none yet; the sources are iterated several times."""
        self.steps = Steps()
        self._sources = sources
        self._left = {True: _MOST_BYTES, False: _MOST_BYTES}
        self._parsed: dict[tuple[str, bool], Module | None] = {}

    def __iter__(self) -> Iterator[Source]:
        """Yield the sources."""
        yield from self._sources

    def module(self, source: Source, *, calls: bool = True) -> Module | None:
        """Return the tables of a source, perhaps without its calls; None if it cannot be parsed.

        Raise StepLimitError if that takes too much work.
        """
        key = source.path, calls
        if key not in self._parsed:
            self._left[calls] -= len(source.text)
            if self._left[calls] < 0:
                raise StepLimitError
            self._parsed[key] = parsed(source, self.steps, expressions=calls)
        return self._parsed[key]


def parsed(source: Source, steps: Steps, python: Version = ANY_PYTHON, *, expressions: bool = True) -> Module | None:
    """Return the tables of a source; None if it cannot be parsed.

    Raise StepLimitError if that takes more than `steps`.
    """
    from pip_sysdeps.sources.statements import parsed_module  # noqa: PLC0415 - most imports are found without it

    tree = parse_python(source.text)
    try:
        return parsed_module(source, tree, steps, python, expressions=expressions) if tree else None
    except RecursionError:
        return None
