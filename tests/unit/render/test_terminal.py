"""Text in the width and the colours of a terminal."""

from __future__ import annotations

from pip_sysdeps.render.terminal import Role, Span, Terminal, plain

ROWS = [(plain("libgl1"), plain("1.6.0-1"), plain("opencv-python, open3d, pygame"))]
HEAD = ("package", "version", "needed by")


def test_a_table_wraps_its_last_column() -> None:
    """The last column is wrapped beside the others if there is room."""
    assert Terminal(width=50).table(HEAD, ROWS * 2) == (
        "package  version  needed by\n"
        "libgl1   1.6.0-1  opencv-python, open3d, pygame\n"
        "libgl1   1.6.0-1  opencv-python, open3d, pygame\n"
    )
    assert Terminal(width=48).table(HEAD, [(*ROWS[0][:2], plain("opencv-python, open3d, pygame, av"))], "") == (
        "package  version  needed by\nlibgl1   1.6.0-1  opencv-python, open3d, pygame,\n                  av\n"
    )


def test_a_narrow_table_has_its_last_column_below() -> None:
    """No line is wider than the terminal."""
    assert Terminal(width=30).table(HEAD, ROWS, "  ") == (
        "  package  version\n"
        "      needed by\n"
        "  libgl1   1.6.0-1\n"
        "      opencv-python, open3d,\n"
        "      pygame\n"
    )  # fmt: skip


def test_colour_does_not_count_as_width() -> None:
    """And a word that is longer than a line stands alone."""
    spans = [Span("a", Role.BAD), Span(" bb "), Span("/a/path/that/is/long", Role.SONAME), Span(" c")]
    assert Terminal(width=6).flow(spans, "> ", "  ") == "> a bb\n  /a/path/that/is/long\n  c\n"
    coloured = Terminal(width=6, colour=True).flow(spans, "> ", "  ")
    assert coloured == "> \x1b[31;1ma\x1b[0m bb\n  \x1b[36m/a/path/that/is/long\x1b[0m\n  c\n"


def test_control_characters_are_shown() -> None:
    """They are escaped."""
    assert Terminal(width=80, colour=True).flow([Span("\x1b[2J\u202e")]) == "\\x1b[2J\\u202e\n"
