"""Install lines for apk."""

from __future__ import annotations

from pip_sysdeps.packages.apk.install import FORMATS, as_command, as_dockerfile
from pip_sysdeps.packages.family import Item

ITEMS = (Item("libpq", "", "17.5-r0"), Item("so:libjpeg.so.8"), Item("cmd:pdftotext"))


def test_formats() -> None:
    """Names, capabilities and versions on one line, or one a line."""
    assert {name: render(ITEMS) for name, render in FORMATS.items()} == {
        "names": "libpq=17.5-r0 so:libjpeg.so.8 cmd:pdftotext\n",
        "lines": "libpq=17.5-r0\nso:libjpeg.so.8\ncmd:pdftotext\n",
    }


def test_dockerfile() -> None:
    """One instruction, which leaves no cache behind."""
    assert as_dockerfile(ITEMS[:2]) == (
        "RUN apk add --no-cache \\\n        libpq=17.5-r0 \\\n        so:libjpeg.so.8\n"
    )


def test_command() -> None:
    """The command is the one that `verify` prints."""
    assert as_command(["libpq", "so:libjpeg.so.8"]) == "apk add --no-cache libpq so:libjpeg.so.8"


def test_nothing_to_install() -> None:
    """No items give no text: `apk add` without names would do other things."""
    assert [*(render(()) for render in FORMATS.values()), as_dockerfile(()), as_command(())] == ["", "", "", ""]
