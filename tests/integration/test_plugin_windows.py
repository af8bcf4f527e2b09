"""Toolkits in a release root of Debian 12: the default line opens a window, which nothing less does."""

from __future__ import annotations

import pytest

from builders.debian import debian_root
from builders.named import PLACE, SUITE, install_line, line_of, overlay, package_lists
from builders.windows import PYQT5, PYQT6, PYSIDE6, Toolkit, display, installed_toolkit, window

MISSING = "cannot open shared object file"
"""What the loader says."""


@pytest.mark.debian
@pytest.mark.network
@pytest.mark.parametrize(
    "toolkit",
    [
        pytest.param(PYQT6, id="pyqt6"),
        pytest.param(PYSIDE6, id="pyside6", marks=pytest.mark.exhaustive),
        pytest.param(PYQT5, id="pyqt5", marks=pytest.mark.exhaustive),
    ],
)
def test_the_default_line_opens_a_window(toolkit: Toolkit) -> None:
    """On a display, and offscreen; without the platform plugin's packages Qt finds no display that it can use."""
    here = {"PYTHONPATH": f"/{PLACE}", "QT_DEBUG_PLUGINS": "1"}
    with (
        overlay(package_lists(), debian_root(SUITE), distributions=installed_toolkit(toolkit)) as root,
        display(SUITE) as number,
    ):
        policy = root / PLACE / "pyproject.toml"
        policy.write_text(f"[tool.pip-sysdeps.distribution.{toolkit.holder}]\nplugins = []\n")
        without = line_of(root)
        policy.unlink()
        line = line_of(root)
        assert {"libxcb-icccm4", "libxcb-keysyms1", "libxkbcommon-x11-0"} <= {*line} - {*without}
        assert {*without} <= {*line}
        assert len(line) - len(without) <= 20

        install_line(root, without)
        refused = window(root, toolkit.package, "xcb", DISPLAY=number, **here)
        assert MISSING in refused
        install_line(root, line)
        assert window(root, toolkit.package, "xcb", DISPLAY=number, **here) == "xcb True True"
        assert window(root, toolkit.package, "offscreen", **here) == "offscreen True True"
