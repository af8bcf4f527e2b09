"""A Python source of a distribution, and its module."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

_NOT_SHIPPED = re.compile(
    r"(?:^|/)(?:tests?|testing|docs?|examples?|benchmarks?|conftest\.py|setup\.py|test_[^/]*|[^/]*_test\.py"
    r"|[^/]*\.(?:dist|egg)-info|_build(?:_[^/]*)?(?:\.py)?|_?version(?:ing|eer)?\.py)(?:/|$)"
)
"""Tests, documentation, metadata, and sources that build or release the distribution."""
_FOREIGN_FOLDER = re.compile(
    r"(?:^|[/_.])_?(?:(?:win|win32|mac|cocoa|quartz|android|ios|cygwin|solaris|hpux"
    r"|(?:ps|ms)?(?:windows|nt|macos|macosx|osx|(?:free|net|open)?bsd|aix|sunos))(?=$|[/_.])|darwin)",
    re.IGNORECASE,
)
"""A part of a path that names another system; psutil spells it `_psbsd`."""


class Source(NamedTuple):
    """A source and its text."""

    path: str
    """As in `Distribution.files`."""
    text: bytes
    """Its content."""
    base: str = ""
    """The folder of its distribution."""

    @property
    def module(self) -> str:
        """The full name of the module."""
        return module_of(relative(self.path, self.base))

    @property
    def package(self) -> str:
        """The package that relative imports start from."""
        return relative(self.path, self.base).rpartition("/")[0].replace("/", ".")

    @property
    def is_top(self) -> bool:
        """Whether it is a top-level package or module."""
        return "." not in self.module


def relative(path: str, base: str) -> str:
    """Return a path relative to its distribution's folder, without a leading `src/`."""
    return path.removeprefix(base.rstrip("/") + "/").removeprefix("src/")


def module_of(path: str) -> str:
    """Return a module's full name by its path: `pkg._fast` for `pkg/_fast.cpython-311-x86_64-linux-gnu.so`."""
    folder, _, name = path.removesuffix("/__init__.py").rpartition("/")
    return ".".join(filter(None, (*folder.split("/"), name.partition(".")[0])))


def any_of(texts: Iterable[str]) -> bytes:
    """Return a regular expression for any of some texts in a source."""
    return b"(?:" + b"|".join(re.escape(text.encode("utf-8", "surrogateescape")) for text in sorted(texts)) + b")"


def is_used(path: str) -> bool:
    """Return whether a file, by its path in the distribution, is a source that it uses on Linux."""
    name = path.removesuffix(".py")
    return name != path and not _NOT_SHIPPED.search(path) and not _FOREIGN_FOLDER.search(name)
