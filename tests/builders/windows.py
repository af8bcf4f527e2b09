"""Toolkits that open a window in a root, on a display of their own or without one."""

from __future__ import annotations

import subprocess
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from builders.debian import debian_root, in_root, made_once, run_in
from builders.named import PLACE, SUITE, overlay, package_lists

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_WINDOW = """
from {package}.QtWidgets import QApplication, QLabel
app = QApplication([])
label = QLabel("libGL.so.1")
label.show()
app.processEvents()
print(app.platformName(), label.isVisible(), label.grab().width() > 0)
"""
"""Opens a window with the platform plugin that QT_QPA_PLATFORM names; Qt aborts without one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Toolkit:
    """A binding of Qt."""

    package: str
    """What is imported."""
    requirements: tuple[str, ...]
    """As on pip's command line."""
    holder: str
    """Normalized name of the distribution that has the platform plugins."""


PYQT5 = Toolkit(package="PyQt5", requirements=("PyQt5==5.15.11", "PyQt5-Qt5==5.15.19"), holder="pyqt5-qt5")
PYQT6 = Toolkit(package="PyQt6", requirements=("PyQt6==6.11.0", "PyQt6-Qt6==6.11.2"), holder="pyqt6-qt6")
PYSIDE6 = Toolkit(package="PySide6", requirements=("PySide6-Essentials==6.12.0",), holder="pyside6-essentials")


def installed_toolkit(toolkit: Toolkit) -> Path:
    """Return the folder with a toolkit, installed once by the Python of the release."""
    with made_once(f"{SUITE}-window-{'-'.join(toolkit.requirements)}") as (folder, unfinished):
        if unfinished is not None:
            with overlay(package_lists(), debian_root(SUITE, "build", ["python3-pip"])) as root:
                pip = ["python3", "-m", "pip", "install", "--quiet", "--no-compile", "--target", f"/{PLACE}"]
                run_in(root, [*pip, *toolkit.requirements])
                subprocess.run(["cp", "-a", f"{root}/{PLACE}/.", str(unfinished)], check=True)
    return folder


@contextmanager
def display(suite: str) -> Iterator[str]:
    """Return the name of a display: that of an X server in a root of its own, with which no library comes."""
    root = debian_root(suite, "release", ("xvfb",))
    script = "mount -t tmpfs tmpfs /tmp && exec Xvfb -displayfd 1 -ac -listen tcp -nolisten unix -nolisten local"
    command = in_root(root, ["sh", "-c", script])
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        assert server.stdout is not None
        try:
            yield f"127.0.0.1:{server.stdout.readline().strip()}"
        finally:
            server.terminate()


def window(root: Path, package: str, platform: str, *, python: str = "python3", **variables: str) -> str:
    """Open a window in a root; return what it says of itself, or why there is none."""
    env = {"QT_QPA_PLATFORM": platform, **variables}
    run = run_in(root, [python, "-c", _WINDOW.format(package=package)], check=False, env=env)
    return run.stdout.strip() if run.returncode == 0 else run.stderr
