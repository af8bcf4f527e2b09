"""What a test reads from an HTML report without a browser."""

from __future__ import annotations

from html.parser import HTMLParser

VOID = {"meta", "link", "input"}


class Outline(HTMLParser):
    """Notes the elements of a page, their attributes and their text, and holds every one to be closed in its turn."""

    def __init__(self, page: str) -> None:
        """Read a page."""
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.words = ""
        self.feed(page)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open an element."""
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Close the one that was opened last."""
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Note text."""
        if self.open[-1:] not in (["script"], ["style"]):
            self.words += data

    def values(self, tag: str, attribute: str) -> list[str]:
        """Return an attribute of all elements of a kind."""
        return [attributes[attribute] for name, attributes in self.elements if name == tag and attribute in attributes]
