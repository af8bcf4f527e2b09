"""Escaped text in HTML and SVG: names come from untrusted files."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from pip_sysdeps.printing import printable

if TYPE_CHECKING:
    from collections.abc import Iterable


def text(value: str) -> str:
    """Return ASCII text without markup, and without commands of a CI system (`##[`)."""
    escaped = escape(printable(value)).replace("##", "#&#35;")
    return escaped.encode("ascii", "xmlcharrefreplace").decode("ascii")


def element(tag: str, *content: str, **attributes: str) -> str:
    """Return an element around markup; `class_` becomes `class`, `data_find` becomes `data-find`; text is escaped."""
    return f"<{tag}{_written(attributes)}>{''.join(content)}</{tag}>"


def code(value: str) -> str:
    """Return text as code."""
    return element("code", text(value))


def items(lines: Iterable[str]) -> str:
    """Return a list of lines of markup."""
    return element("ul", *(element("li", line) for line in lines))


def _written(attributes: dict[str, str]) -> str:
    names = {name: name.rstrip("_").replace("_", "-") for name in attributes}
    return "".join(f' {names[name]}="{text(value)}"' for name, value in attributes.items())
