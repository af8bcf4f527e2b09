"""Further calls of dlopen(3) in one process, each of which leaves there what it loads, as the judges make them.

The tool itself asks about each object in a process of its own (`open_object`): in which order a program imports what,
nobody knows.
"""

# What happens to a process that goes on is for the loader's own private parts to say.
# ruff: noqa: SLF001

from __future__ import annotations

from typing import TYPE_CHECKING

from pip_sysdeps.loader.resolve import _Load
from pip_sysdeps.model.loader import Found, NotFound

if TYPE_CHECKING:
    from pip_sysdeps.loader.resolve import Process
    from pip_sysdeps.loader.rules import AnyRules, LinkMap, Lookup
    from pip_sysdeps.model.loader import LoadedObject, Resolution


def open_and_keep(
    process: Process, path: str, caller: str, lookup: Lookup, rules: AnyRules
) -> tuple[LoadedObject, ...]:
    """Do as `open_object`, and leave what was loaded in the process, unless a need was not found: then dlopen fails.

    A failed dlopen leaves only further names of the objects that were loaded before: those under which it had found
    them until it failed.
    """
    load = _Remembering(process, lookup, rules)
    objects = load.open(path, caller)
    if any(isinstance(answer, NotFound) for each in objects for answer in each.needs):
        load.keep_names()
    else:
        load.keep(objects)
    return objects


class _Remembering(_Load):
    """Remembers what was found under another name, before anything was not found."""

    def __init__(self, process: Process, lookup: Lookup, rules: AnyRules) -> None:
        super().__init__(process, lookup, rules)
        self._failed = False
        self._renamed: list[tuple[str, str]] = []

    def find(self, soname: str, requester: LinkMap | None) -> tuple[Resolution, LinkMap | None]:
        answer, loaded = super().find(soname, requester)
        self._failed = self._failed or isinstance(answer, NotFound)
        return answer, loaded

    def _load_new(self, soname: str, name: str, requester: LinkMap | None) -> tuple[Resolution, LinkMap | None]:
        answer, loaded = super()._load_new(soname, name, requester)
        if loaded is None and isinstance(answer, Found) and not self._failed:
            self._renamed.append((name, answer.path))
        return answer, loaded

    def keep_names(self) -> None:
        """Keep the names that objects of the process were found under."""
        for name, path in self._renamed:
            known = self._process._maps.get(path)
            if known is not None:
                self._process._names.add(known, self._rules.loaded_names(name, known.path, known.elf))
