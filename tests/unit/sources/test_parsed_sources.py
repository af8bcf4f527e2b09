"""The Python sources of one distribution."""

from __future__ import annotations

import pytest

from pip_sysdeps.sources.parsed_sources import ParsedSources
from pip_sysdeps.sources.source import Source
from pip_sysdeps.sources.steps import StepLimitError


def test_a_source_is_parsed_once() -> None:
    """With its calls, and without: a walk through statements alone takes a fraction of the time."""
    source = Source("pkg/__init__.py", b"import os\nos.getcwd()\n")
    sources = ParsedSources([source])
    module, statements = sources.module(source), sources.module(source, calls=False)
    assert module is sources.module(source)
    assert module is not None
    assert statements is not None
    assert [len(each.sites) for each in (module, statements)] == [1, 0]
    assert [len(each.imported) for each in (module, statements)] == [1, 1]


def test_too_many_bytes() -> None:
    """Together the sources may have a megabyte."""
    large = [Source(f"pkg/m{number}.py", b"x = 1\n" * 100_000) for number in range(2)]
    sources = ParsedSources(large)
    assert sources.module(large[0], calls=False) is not None
    with pytest.raises(StepLimitError):
        sources.module(large[1], calls=False)
