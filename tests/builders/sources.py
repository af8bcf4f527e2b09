"""What small Python sources name."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from pip_sysdeps.byname.source_filter import opens, runs
from pip_sysdeps.byname.sources import Others, named_by

if TYPE_CHECKING:
    from collections.abc import Container, Mapping

    from pip_sysdeps.byname.source_filter import Wanted
    from pip_sysdeps.model.needs import Reference

BASE = "/env/site"


def named(*sources: str, **more: str) -> tuple[Reference, ...]:
    """Return what the modules `pkg/__init__.py`, `pkg/m1.py`, ... name; `more` has others by name."""
    files = {("__init__" if number == 0 else f"m{number}"): text for number, text in enumerate(sources)} | more
    texts = {f"{BASE}/pkg/{name}.py": textwrap.dedent(text).encode() for name, text in files.items()}
    gated = {path: text for path, text in texts.items() if opens(text) or runs(text)}

    def calling(wanted: Wanted, known: Container[str]) -> Mapping[str, bytes]:
        more = ((path, text) for path, text in texts.items() if path not in known)
        return {path: text for path, text in more if wanted.is_opened_in(text) or wanted.is_named_in(text)}

    return named_by(gated, Others(calling), BASE).references


def brief(found: tuple[Reference, ...]) -> list[tuple[str, str, list[str]]]:
    """Return confidence, kind and names of references."""
    return [(each.confidence.value, each.kind.value, list(each.names)) for each in found]
