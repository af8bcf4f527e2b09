"""Python sources of distributions, searched for the names of files."""

from __future__ import annotations

import posixpath
from collections import defaultdict
from functools import cache
from typing import TYPE_CHECKING

from pip_sysdeps.byname.string_literals import beginnings, imported, mentioned
from pip_sysdeps.system.python_syntax import STANDARD_MODULES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from pip_sysdeps.model.environment import Distribution
    from pip_sysdeps.system.root import Root

_MAX_SOURCE = 4 << 20
"""More is read of no source: one that long is a table, and its head has what it opens."""


def named_files(
    root: Root, site_dirs: Iterable[str], distributions: Mapping[str, Distribution], paths: Iterable[str]
) -> frozenset[str]:
    """Return those of the paths that a Python source of their own distribution names.

    `distributions` has the distribution of each claimed path. A source that cannot be read names nothing, nor does one
    that cannot be imported here: Open3D's operators for PyTorch are opened by one that imports torch first.
    """
    is_there = _importable(root, site_dirs, distributions)
    wanted: defaultdict[str, set[str]] = defaultdict(set)
    for path in paths:
        if path in distributions:
            wanted[distributions[path].name].add(path)
    return frozenset(
        path
        for group in wanted.values()
        for path in _named_by(root, distributions[min(group)], frozenset(group), is_there)
    )


def _importable(root: Root, site_dirs: Iterable[str], files: Iterable[str]) -> Callable[[str], bool]:
    """Return what tells whether a top-level module may be there: in a site directory, or in a project elsewhere."""
    sites = tuple(f"{folder}/" for folder in site_dirs)
    names = cache(lambda: {name.partition(".")[0] for folder in sites for name in root.names(folder)})
    elsewhere = cache(lambda: [file for file in files if not file.startswith(sites)])

    @cache
    def is_there(module: str) -> bool:
        parts = (f"/{module}/", f"/{module}.")
        return (
            module in STANDARD_MODULES
            or module in names()
            or any(part in file for file in elsewhere() for part in parts)
        )

    return is_there


def _named_by(
    root: Root, distribution: Distribution, paths: frozenset[str], is_there: Callable[[str], bool]
) -> set[str]:
    rest = {posixpath.basename(path) for path in paths}
    begun = beginnings(rest)
    found: set[str] = set()
    for file in distribution.files:
        if rest and file.endswith(".py"):
            source = _read(root, file)
            names = mentioned(source, frozenset(rest), begun)
            if names and all(map(is_there, imported(source))):
                found |= names
                rest -= names
    return {path for path in paths if posixpath.basename(path) in found}


def _read(root: Root, file: str) -> bytes:
    try:
        return root.read_resolved(file, _MAX_SOURCE)
    except OSError:
        return b""
