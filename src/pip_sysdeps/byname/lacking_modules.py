"""Find the standard modules that cannot be imported, because a library of an extension module is missing."""

from __future__ import annotations

import posixpath
import re
from contextlib import suppress
from typing import TYPE_CHECKING

from pip_sysdeps.environment.standard_library import library_folder, library_sources
from pip_sysdeps.sources.read_sources import Sources

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pip_sysdeps.model.environment import Interpreter
    from pip_sysdeps.system.root import Root

_ANY = re.compile(rb"")
_MOST_IMPORTERS = 200
"""Limit on the modules that fail, and on the importers of one extension module; the rest is left out."""
_SCAN = 8
"""Binary logarithm of the bytes that are searched in one step: the standard library takes half of the limit."""


def lacking_modules(
    root: Root, interpreter: Interpreter, lacking: Mapping[str, tuple[str, ...]]
) -> dict[str, frozenset[str]]:
    """Map each standard module that fails without missing libraries to these libraries.

    `lacking` is as in `Scan`. A module fails if it imports the extension module outside any block, or through other
    modules of the standard library: `ssl` imports `_ssl`.
    """
    importers = _importers(root, interpreter) if lacking else {}
    found: dict[str, frozenset[str]] = {}
    for path, sonames in lacking.items():
        pending, seen = {posixpath.basename(path).partition(".")[0]}, set[str]()
        while pending and len(seen) < _MOST_IMPORTERS:
            seen |= set(sorted(pending)[:_MOST_IMPORTERS])
            pending = {name for each in pending for name in importers.get(each, ())} - seen
        if len(found) > _MOST_IMPORTERS:
            break
        found |= {name: found.get(name, frozenset()).union(sonames) for name in seen}
    return found


def _importers(root: Root, interpreter: Interpreter) -> dict[str, set[str]]:
    """Map each module to the standard modules that import it outside any block.

    If the sources are too long, only those of the first ones.
    """
    from pip_sysdeps.sources.module_imports import plain_imports  # noqa: PLC0415 - with ast, a tenth of a small lock
    from pip_sysdeps.sources.steps import StepLimitError, Steps  # noqa: PLC0415 - as above

    folder = root.resolve(library_folder(root, interpreter)) or ""
    importers: dict[str, set[str]] = {}
    steps = Steps()
    with suppress(RecursionError, StepLimitError):
        for source in Sources(root, folder, library_sources(root, folder)):
            steps.take(len(source.text) >> _SCAN)
            for name in plain_imports(source, _ANY, steps):
                importers.setdefault(name, set()).add(source.module)
    return importers
