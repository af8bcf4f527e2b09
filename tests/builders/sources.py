"""What small Python sources name."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from pip_sysdeps.byname.source_filter import is_runner, opens
from pip_sysdeps.byname.source_references import Others, named_by
from pip_sysdeps.sources.source import Source

if TYPE_CHECKING:
    from collections.abc import Container, Iterator

    from pip_sysdeps.byname.source_filter import Wanted
    from pip_sysdeps.model.needs import Reference

BASE = "/env/site"


def named(*sources: str, **more: str) -> tuple[Reference, ...]:
    """Return what the modules `pkg/__init__.py`, `pkg/m1.py`, ... name; `more` has others by name."""
    files = {("__init__" if number == 0 else f"m{number}"): text for number, text in enumerate(sources)} | more
    every = [source(f"pkg/{name}.py", textwrap.dedent(text)) for name, text in files.items()]

    def calling(wanted: Wanted, known: Container[str]) -> Iterator[Source]:
        more = (each for each in every if each.path not in known)
        return (each for each in more if wanted.is_opened_in(each.text) or wanted.is_named_in(each.text))

    return named_by([each for each in every if opens(each.text) or is_runner(each.text)], Others(calling)).references


def source(path: str, text: str) -> Source:
    """Return a source of a distribution by its path there."""
    return Source(f"{BASE}/{path}", text.encode(), BASE)


def brief(found: tuple[Reference, ...]) -> list[tuple[str, str, list[str]]]:
    """Return confidence, kind and names of references."""
    return [(each.confidence.value, each.kind.value, list(each.names)) for each in found]
