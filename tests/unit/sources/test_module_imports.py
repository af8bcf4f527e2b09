"""Whether importing a distribution imports one of its modules."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pip_sysdeps.sources.module_imports import ModuleImports
from pip_sysdeps.sources.source import Source

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


class Sources:
    """Sources of a distribution, by path; it counts how many were read."""

    def __init__(self, texts: Mapping[str, bytes]) -> None:
        self.texts = texts
        self.read = 0

    def __iter__(self) -> Iterator[Source]:
        """Yield all of them."""
        for path, text in self.texts.items():
            self.read += 1
            yield Source(path, text)

    def reach(self, module: str, *programs: str) -> bool:
        """Return whether a top-level module or a program imports another one."""
        return ModuleImports(self, (3, 11), lambda _: False, programs).is_reached(module)


@pytest.mark.parametrize(
    ("importer", "reached"),
    [(b"import pkg.a\n", True), (b"if x:\n    import pkg.a\n", False), (b"from pkg import other\n", False)],
)
def test_a_module_is_reached_through_others(importer: bytes, reached: bool) -> None:
    """By imports that no block is around: `pkg` imports `pkg.b`, which imports `pkg.a` or not."""
    sources = Sources({"pkg/__init__.py": b"from . import b\n", "pkg/b.py": importer, "pkg/a.py": b""})
    assert sources.reach("pkg.a") is reached


@pytest.mark.parametrize(("program", "reached"), [("pkg.app", True), ("pkg.a", True), ("pkg.other", False)])
def test_a_module_is_reached_from_programs(program: str, *, reached: bool) -> None:
    """By the first module of a program, which no top-level module imports."""
    sources = Sources({"pkg/__init__.py": b"", "pkg/app.py": b"from pkg import a\n", "pkg/a.py": b""})
    assert sources.reach("pkg.a", program) is reached


def test_sources_are_read_once_for_each_step() -> None:
    """However many modules import the one that is looked for: here a thousand that nothing imports."""
    texts = {f"pkg/m{number}.py": b"import pkg.a\n" for number in range(1000)}
    sources = Sources({"pkg/a.py": b"", **texts})
    assert not sources.reach("pkg.a")
    assert sources.read <= 4 * len(sources.texts)


def test_too_many_sources_are_not_read_again_and_again() -> None:
    """The module then does not count as reached."""
    sources = Sources({f"pkg/m{number}.py": b"" for number in range(100_000)})
    assert not sources.reach("pkg.m0")
    assert sources.read < 20_000
