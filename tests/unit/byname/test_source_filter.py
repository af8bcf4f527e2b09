"""Which sources are searched at all."""

from __future__ import annotations

import pytest

from pip_sysdeps.byname.source_filter import fails_on_linux, is_used


@pytest.mark.parametrize(
    ("path", "used"),
    [
        ("pkg/a.py", True),
        ("pkg/tests/a.py", False),
        ("pkg-1.0.dist-info/licenses/AUTHORS.py", False),
        ("pkg.egg-info/a.py", False),
        ("pkg/_build_parser.py", False),
        ("pkg/version.py", False),
        ("pkg/versions.py", True),
        ("pkg/test_a.py", False),
        ("pkg/_win/a.py", False),
        ("pkg/libs/darwin/a.py", False),
        ("pkg/backends/macOS/a.py", False),
        ("pkg/_darwinkeyboard.py", False),
        ("pkg/_psaix.py", False),
        ("pkg/_psbsd.py", False),
        ("pkg/mswindows.py", False),
        ("pkg/sunos/a.py", False),
        ("pkg/maix.py", True),
        ("pkg/window.py", True),
        ("pkg/a.pyi", False),
    ],
)
def test_which_sources_count(path: str, *, used: bool) -> None:
    """Tests, examples and what is for another system take no part in the use on Linux."""
    assert is_used(path) is used


@pytest.mark.parametrize(
    ("source", "fails"),
    [
        (b"import ctypes\nk = ctypes.windll.kernel32", True),
        (b"from ctypes import WINFUNCTYPE, byref", True),
        (b"import winreg", True),
        (b"import win32api as api", True),
        (b"try:\n    import winreg\nexcept ImportError:\n    pass", False),
        (b"def f():\n    return ctypes.windll.kernel32", False),
        (b"import ctypes, window", False),
    ],
)
def test_what_only_windows_imports(source: bytes, fails: bool) -> None:
    """A source that needs a module or a loader of Windows at its top never runs on Linux."""
    assert fails_on_linux(source) is fails
