"""Text in Markdown, as a renderer of GitHub Flavored Markdown shows it."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest
from markdown_it import MarkdownIt

from pip_sysdeps.render.markdown import code, escape

if TYPE_CHECKING:
    from collections.abc import Callable

TEXTS = [
    "libpq5",
    "`",
    "a`b",
    "a``b`",
    "`a`",
    "a|b",
    r"a\|b",
    r"a\\|`b",
    "*a* _b_ ~~c~~ [d](e) <f> #1",
    "&amp;",
    "a_b_c",
    "https://a.test",
    "www.a.test",
    "a@b",
    r"a\b",
]


class Cells(HTMLParser):
    """Gathers the text of a table's cells."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, _: object) -> None:
        """Begin a cell."""
        self.texts += [""] if tag == "td" else []

    def handle_data(self, data: str) -> None:
        """Add to the cell."""
        if self.texts and data != "\n":
            self.texts[-1] += data


@pytest.mark.parametrize("write", [code, escape])
@pytest.mark.parametrize("text", TEXTS)
def test_a_cell_shows_the_text(write: Callable[[str], str], text: str) -> None:
    """The rendered cell has exactly the text."""
    page = MarkdownIt("gfm-like").disable("linkify").render(f"| a | b |\n|---|---|\n| {write(text)} | end |\n")
    cells = Cells()
    cells.feed(page)
    assert cells.texts == [text, "end"]
