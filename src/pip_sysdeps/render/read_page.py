"""The template, style and script of the HTML report, which ship with the tool."""

from __future__ import annotations

from string import Template
from typing import NamedTuple

from pip_sysdeps.system.shipped import shipped


class Page(NamedTuple):
    """What every report has."""

    template: Template
    """The document, with places for the rest."""
    style: str
    """Its CSS, in ASCII."""
    script: str
    """Its JavaScript, in ASCII."""


def read_page() -> Page:
    """Read the three files."""
    return Page(template=Template(_text("report.html")), style=_text("report.css"), script=_text("report.js"))


def _text(name: str) -> str:
    with open(shipped(name), encoding="ascii") as file:
        return file.read()
