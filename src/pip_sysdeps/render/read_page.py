"""Read the template, style and script of the HTML report, which ship with the tool."""

from __future__ import annotations

from string import Template
from typing import NamedTuple

from pip_sysdeps.system.shipped import shipped


class Page(NamedTuple):
    """The constant parts of the report."""

    template: Template
    """The HTML document with placeholders."""
    style: str
    """The CSS, in ASCII."""
    script: str
    """The JavaScript, in ASCII."""


def read_page() -> Page:
    """Read the three files of the report."""
    return Page(template=Template(_text("report.html")), style=_text("report.css"), script=_text("report.js"))


def _text(name: str) -> str:
    with open(shipped(name), encoding="ascii") as file:
        return file.read()
