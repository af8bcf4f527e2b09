"""Python sources of distributions, searched for the names of files."""

from __future__ import annotations

import posixpath
from collections import defaultdict
from typing import TYPE_CHECKING

from pip_sysdeps.mentions import beginnings, mentioned

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pip_sysdeps.host.root import Root
    from pip_sysdeps.model import Distribution

_MAX_SOURCE = 4 << 20
"""More is read of no source: one that long is a table, and its head has what it opens."""


def named_files(root: Root, distributions: Mapping[str, Distribution], paths: Iterable[str]) -> frozenset[str]:
    """Return those of the paths that a Python source of their own distribution names.

    `distributions` has the distribution of each claimed path. A source that cannot be read names nothing.
    """
    wanted: defaultdict[str, set[str]] = defaultdict(set)
    for path in paths:
        if path in distributions:
            wanted[distributions[path].name].add(path)
    return frozenset(
        path for group in wanted.values() for path in _named_by(root, distributions[min(group)], frozenset(group))
    )


def _named_by(root: Root, distribution: Distribution, paths: frozenset[str]) -> set[str]:
    rest = {posixpath.basename(path) for path in paths}
    begun = beginnings(rest)
    found: set[str] = set()
    for file in distribution.files:
        if rest and file.endswith(".py"):
            names = mentioned(_read(root, file), frozenset(rest), begun)
            found |= names
            rest -= names
    return {path for path in paths if posixpath.basename(path) in found}


def _read(root: Root, file: str) -> bytes:
    try:
        return root.read_resolved(file, _MAX_SOURCE)
    except OSError:
        return b""
