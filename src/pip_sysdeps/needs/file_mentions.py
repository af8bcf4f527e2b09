"""Find the files of distributions that their own Python sources name."""

from __future__ import annotations

import posixpath
from collections import defaultdict
from functools import cache
from typing import TYPE_CHECKING

from pip_sysdeps.sources.steps import StepLimitError, Steps
from pip_sysdeps.sources.string_literals import beginnings, imported, mentioned
from pip_sysdeps.system.python_syntax import STANDARD_MODULES, count_marks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from pip_sysdeps.model.environment import Distribution
    from pip_sysdeps.system.root import Root

_MAX_SOURCE = 4 << 20
"""Maximum bytes of a source that are searched: longer ones are tables, and start with their code."""


def named_files(
    root: Root, site_dirs: Iterable[str], distributions: Mapping[str, Distribution], paths: Iterable[str]
) -> frozenset[str]:
    """Return the paths that a Python source of their own distribution names.

    `distributions` has the distribution of each path. Sources that cannot be read, or import modules that are missing
    here, do not count: Open3D's source for PyTorch operators imports torch first.
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
    """Return a predicate for top-level modules that exist in a site directory or an editable project."""
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
    steps = Steps()
    for file in distribution.files:
        if rest and file.endswith(".py"):
            source = _read(root, file)
            names = mentioned(source, frozenset(rest), begun)
            if names and _can_parse(source, steps) and all(map(is_there, imported(source))):
                found |= names
                rest -= names
    return {path for path in paths if posixpath.basename(path) in found}


def _can_parse(source: bytes, steps: Steps) -> bool:
    """Return whether parsing a source is within the work that the sources of a distribution may cause."""
    try:
        steps.take(count_marks(source))
    except StepLimitError:
        return False
    return True


def _read(root: Root, file: str) -> bytes:
    try:
        return root.read_resolved(file, _MAX_SOURCE)
    except OSError:
        return b""
