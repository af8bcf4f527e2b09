"""Build HTML and SVG with escaped text, because names come from untrusted files."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from pip_sysdeps.printing import printable

if TYPE_CHECKING:
    from collections.abc import Iterable


def text(value: str) -> str:
    """Return escaped ASCII text, without commands of a CI system (`##[`)."""
    escaped = escape(printable(value)).replace("##", "#&#35;")
    return escaped.encode("ascii", "xmlcharrefreplace").decode("ascii")


def element(tag: str, *content: str, **attributes: str) -> str:
    """Return an element with markup as its content; attribute `class_` becomes `class`, `data_find` `data-find`."""
    return f"<{tag}{_format_attributes(attributes)}>{''.join(content)}</{tag}>"


def code(value: str) -> str:
    """Return an element `code` with escaped text."""
    return element("code", text(value))


def items(lines: Iterable[str]) -> str:
    """Return an element `ul` with an item for each line of markup."""
    return element("ul", *(element("li", line) for line in lines))


def _format_attributes(attributes: dict[str, str]) -> str:
    names = {name: name.rstrip("_").replace("_", "-") for name in attributes}
    return "".join(f' {names[name]}="{text(value)}"' for name, value in attributes.items())
