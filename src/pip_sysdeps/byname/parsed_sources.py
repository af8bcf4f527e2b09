"""The Python sources of one distribution, parsed once and within a budget."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pip_sysdeps.byname.module import module_name
from pip_sysdeps.byname.platform_conditions import ANY_PYTHON
from pip_sysdeps.byname.steps import StepLimitError, Steps
from pip_sysdeps.system.python_syntax import parse_python

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from pip_sysdeps.byname.module import Module
    from pip_sysdeps.byname.platform_conditions import Version

_MOST_BYTES = 1 << 20
"""Bytes of sources that are parsed for one distribution, with and without calls: more would take seconds."""


class Source(NamedTuple):
    """One Python source of a distribution."""

    path: str
    """Relative to the folder of its distribution, without `src`."""
    text: bytes
    """What is in it."""

    @property
    def is_top(self) -> bool:
        """Return whether it is a top-level package or module, which is what a program imports."""
        return "/" not in self.path.removesuffix("/__init__.py")

    @property
    def module(self) -> str:
        """Return what imports it."""
        return module_of(self.path)

    @property
    def package(self) -> str:
        """Return the package that relative imports start from."""
        return self.path.rpartition("/")[0].replace("/", ".")


class ParsedSources:
    """The sources of a distribution; each is parsed when it is first asked for."""

    def __init__(self, sources: Callable[[], Iterable[Source]]) -> None:
        """Parse none yet; `sources` reads them, each time anew."""
        self.steps = Steps()
        self._sources = sources
        self._left = {True: _MOST_BYTES, False: _MOST_BYTES}
        self._parsed: dict[tuple[str, bool], Module | None] = {}

    def __iter__(self) -> Iterator[Source]:
        """Yield the sources."""
        yield from self._sources()

    def module(self, source: Source, *, calls: bool = True) -> Module | None:
        """Return the tables of a source, perhaps without its calls; None if Python does not parse it.

        Raise StepLimitError if that is too much work.
        """
        key = source.path, calls
        if key not in self._parsed:
            self._left[calls] -= len(source.text)
            if self._left[calls] < 0:
                raise StepLimitError
            self._parsed[key] = parsed(source.path, source.text, "", self.steps, expressions=calls)
        return self._parsed[key]


def module_of(path: str) -> str:
    """Return the dotted name of a module by its path: `pkg._fast` of `pkg/_fast.cpython-311-x86_64-linux-gnu.so`."""
    folder, _, name = path.removesuffix("/__init__.py").rpartition("/")
    return ".".join(filter(None, (*folder.split("/"), name.partition(".")[0])))


def parsed(  # noqa: PLR0913 - as of `parsed_module`
    path: str, text: bytes, base: str, steps: Steps, python: Version = ANY_PYTHON, *, expressions: bool = True
) -> Module | None:
    """Return the tables of a source in the distribution's folder `base`; None if Python does not parse it.

    Raise StepLimitError if that takes more than `steps`.
    """
    from pip_sysdeps.byname.statements import parsed_module  # noqa: PLC0415 - most imports are found without it

    tree = parse_python(text)
    try:
        if tree is not None:
            return parsed_module(path, module_name(path, base), tree, steps, python, expressions=expressions)
    except RecursionError:
        pass
    return None
