"""Chosen plugins."""

from __future__ import annotations

import pytest

from pip_sysdeps.model.plugins import PluginChoice


@pytest.mark.parametrize(("why", "by"), [("", "the project's policy"), ("it opens windows", "known: it opens windows")])
def test_who_chose_a_plugin(why: str, by: str) -> None:
    """A plugin is chosen by the knowledge file, with its reason, or by the project."""
    assert PluginChoice(distribution="qt", pattern="*/a.so", why=why).by == by
