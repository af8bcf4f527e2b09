"""Needs and their names."""

from __future__ import annotations

import pytest

from pip_sysdeps.model.needs import Missing, Need, When


@pytest.mark.parametrize(
    ("names", "name"),
    [
        ({"soname": "liba.so.1"}, "liba.so.1"),
        ({"any_of": ("liba.so.1", "liba.so")}, "liba.so.1 or liba.so"),
        ({"program": "gs"}, "gs"),
        ({"file": "/etc/x"}, "/etc/x"),
    ],
)
def test_the_name_of_a_need(names: dict[str, str], name: str) -> None:
    """A need of any kind has a name."""
    assert Need(**names, when=When.IMPORT, by=(), provider=Missing()).name == name  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("when", "plugin", "expected"),
    [(When.IMPORT, "", True), (When.PLUGIN, "*/a.so", True), (When.PLUGIN, "", False), (When.DECLARED, "", False)],
)
def test_a_demanded_need(when: When, plugin: str, expected: bool) -> None:
    """Of an import or a chosen plugin."""
    need = Need(soname="liba.so.1", when=when, plugin=plugin, by=(), provider=Missing())
    assert need.is_mandatory is expected
