"""Escaped text in HTML and SVG."""

from __future__ import annotations

import pytest

from pip_sysdeps.render.markup import code, element, items, text


@pytest.mark.parametrize(
    ("value", "escaped"),
    [
        ("a & <b> \"c\" 'd'", "a &amp; &lt;b&gt; &quot;c&quot; &#x27;d&#x27;"),
        ("ä→", "&#228;&#8594;"),
        ("a\x1b\u202e", "a\\x1b\\u202e"),
        ("##[group]", "#&#35;[group]"),
    ],
)
def test_text_has_no_markup(value: str, escaped: str) -> None:
    """Text is ASCII without markup, and without commands to a terminal or a CI system."""
    assert text(value) == escaped


def test_elements() -> None:
    """Their content is markup already, their attributes are text."""
    assert element("a", "<b>x</b>", "y", class_="one", data_find='"q"') == (
        '<a class="one" data-find="&quot;q&quot;"><b>x</b>y</a>'
    )
    assert items([code("a<"), "b"]) == "<ul><li><code>a&lt;</code></li><li>b</li></ul>"
