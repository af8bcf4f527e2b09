"""Whether importing a distribution imports one of its modules."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pip_sysdeps.byname.module_imports import ModuleImports

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


class Sources:
    """Sources of a distribution by path; it counts how many were read."""

    def __init__(self, texts: Mapping[str, bytes]) -> None:
        self.texts = texts
        self.read = 0

    def __call__(self) -> Iterator[tuple[str, bytes]]:
        """Yield all of them."""
        for each in self.texts.items():
            self.read += 1
            yield each

    def reach(self, path: str) -> bool:
        """Return whether a top-level module imports that of a path."""
        return ModuleImports("/s", (3, 11), self, lambda _: False).is_reached(path)


@pytest.mark.parametrize(
    ("importer", "reached"),
    [(b"import pkg.a\n", True), (b"if x:\n    import pkg.a\n", False), (b"from pkg import other\n", False)],
)
def test_a_module_is_reached_through_others(importer: bytes, reached: bool) -> None:
    """By imports that no block is around: `pkg` imports `pkg.b`, which imports `pkg.a` or not."""
    sources = Sources({"/s/pkg/__init__.py": b"from . import b\n", "/s/pkg/b.py": importer, "/s/pkg/a.py": b""})
    assert sources.reach("/s/pkg/a.py") is reached


def test_sources_are_read_once_for_each_step() -> None:
    """However many modules import the one that is looked for: here a thousand that nothing imports."""
    texts = {f"/s/pkg/m{number}.py": b"import pkg.a\n" for number in range(1000)}
    sources = Sources({"/s/pkg/a.py": b"", **texts})
    assert not sources.reach("/s/pkg/a.py")
    assert sources.read <= 4 * len(sources.texts)


def test_too_many_sources_are_not_read_again_and_again() -> None:
    """The module then does not count as reached."""
    sources = Sources({f"/s/pkg/m{number}.py": b"" for number in range(100_000)})
    assert not sources.reach("/s/pkg/m0.py")
    assert sources.read < 20_000
