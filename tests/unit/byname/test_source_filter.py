"""Which sources are searched at all."""

from __future__ import annotations

import pytest

from pip_sysdeps.byname.source_filter import fails_on_linux


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
