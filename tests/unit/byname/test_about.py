"""What a distribution says of itself."""

from __future__ import annotations

import pytest

from pip_sysdeps.byname.about import About


@pytest.mark.parametrize(
    ("name", "word", "mentioned"),
    [
        ("py-espeak-ng", "espeak-ng", True),
        ("py-espeak-ng", "py", True),
        ("vapory for POV-Ray", "povray", True),
        ("pytest-redis-server-x", "redis-server", True),
        ("py-espeak-ng", "py-ng", False),
        ("a-b-c-d-e-f-g", "c-d", False),
    ],
)
def test_a_compound_mentions_what_is_inside(name: str, word: str, *, mentioned: bool) -> None:
    """A wrapper is often called after its program, with something before or behind; a sentence of hyphens is none."""
    assert About(text=f"Name: {name}\n\n", sources=3).mentions(word, in_title=True) is mentioned
