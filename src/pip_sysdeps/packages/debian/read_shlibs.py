"""Read the dependencies of a library's users, from installed packages and the administrator's overrides.

Source: dpkg-shlibdeps(1), "Symbols files" and "Shlibs files": the places that exist outside a package build.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from pip_sysdeps.model.environment import Skipped, Verdict
from pip_sysdeps.packages.debian.database import stems
from pip_sysdeps.packages.debian.floors import Library
from pip_sysdeps.packages.debian.shlibs_file import parse_shlibs
from pip_sysdeps.packages.debian.symbols_file import parse_symbols
from pip_sysdeps.packages.debian.version import version_key
from pip_sysdeps.system.method_cache import method_cache

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pip_sysdeps.packages.debian.database import DpkgDatabase
    from pip_sysdeps.packages.debian.symbols_file import LibrarySymbols
    from pip_sysdeps.system.root import Root

_OVERRIDES = "/etc/dpkg"
_MAX_FILE = 64 << 20


class Shlibs:
    """The symbols and shlibs files of a root; each is read once."""

    def __init__(self, root: Root, packages: DpkgDatabase) -> None:
        self._root = root
        self._packages = packages
        self._read = method_cache(self._contents)
        self._known = method_cache(self._library)
        self.skipped: list[Skipped] = []
        """Files that cannot be read; the versions of their libraries are unknown."""

    @cached_property
    def every_reference_counts(self) -> bool:
        """Whether the release's dpkg-shlibdeps counts a version reference as a symbol, as since dpkg 1.22."""
        dpkg = self._packages.packages.get("dpkg")
        return dpkg is not None and version_key(dpkg.version) >= version_key("1.22")

    def library(self, soname: str, package: str, *, public: bool = True) -> Library:
        """Return the dependencies that a package states for users of its library, by the needed name.

        A library that is not `public`, without DT_SONAME, is searched in symbols files only, as dpkg-shlibdeps does.
        """
        return self._known(soname, package, public)

    def _library(self, soname: str, package: str, public: bool) -> Library:
        symbols = self._symbols(soname, package)
        shlibs = self._dependencies(soname, package) if public and symbols is None else None
        return Library(soname=soname, symbols=symbols, shlibs=shlibs)

    def _symbols(self, soname: str, package: str) -> LibrarySymbols | None:
        """Return the entry of the first file that has one."""
        entries = (parse_symbols(self._read(path), soname) for path in self._symbols_files(package))
        return next((entry for entry in entries if entry is not None), None)

    def _symbols_files(self, package: str) -> Iterator[str]:
        for stem in stems(self._packages.packages[package]):
            yield f"{_OVERRIDES}/symbols/{stem}.symbols.{self._packages.architecture}"
            yield f"{_OVERRIDES}/symbols/{stem}.symbols"
        control_file = self._packages.control_file(package, "symbols")
        if control_file:
            yield control_file

    def _dependencies(self, soname: str, package: str) -> str | None:
        """Return the dependencies from the first file that lists the library."""
        control_file = self._packages.control_file(package, "shlibs")
        files = (f"{_OVERRIDES}/shlibs.override", control_file, f"{_OVERRIDES}/shlibs.default")
        answers = (parse_shlibs(self._read(path), soname) for path in files if path)
        return next((answer for answer in answers if answer is not None), None)

    def _contents(self, path: str) -> bytes:
        try:
            return self._root.read(path, _MAX_FILE)
        except (FileNotFoundError, NotADirectoryError):
            return b""
        except OSError as error:
            reason = error.strerror or "cannot be read"
            self.skipped.append(Skipped(path=path, verdict=Verdict.UNREADABLE, reason=reason))
            return b""
