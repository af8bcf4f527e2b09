"""`tools/make_modules.py`, on a small Contents index."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import Any

import pytest

TOOLS = Path(__file__).parents[1] / "tools"
CONTENTS = b"""\
usr/lib/python3.11/distutils/__init__.py python/libpython3.11-stdlib
usr/lib/python3.11/distutils/core.py python/python3-distutils
usr/lib/python3.11/distutils/_msvccompiler.py python/python3-distutils
usr/lib/python3.11/distutils/version.py python/libpython3.11-stdlib
usr/lib/python3.11/ensurepip/__init__.py python/python3.11-venv
usr/lib/python3.11/lib-dynload/_bz2.cpython-311-x86_64-linux-gnu.so python/libpython3.11-stdlib
usr/lib/python3.11/lib-dynload/_bz2.cpython-311d-x86_64-linux-gnu.so debug/libpython3.11-dbg
usr/lib/python3.11/lib-dynload/_tkinter.cpython-311-x86_64-linux-gnu.so python/python3-tk
usr/lib/python3.11/lib-dynload/amp.so science/python3-amp
usr/lib/python3.11/patool.py utils/patool
usr/lib/python3.11/tkinter/__init__.py python/python3-tk
usr/lib/python3.11/tkinter/ttk.py python/python3-tk
usr/lib/python3.11/turtle.py python/libpython3.11-stdlib
usr/lib/python3.11/venv/__init__.py python/libpython3.11-stdlib
usr/lib/python3.12/json/__init__.py python/libpython3.12-stdlib
"""
IMPORTS = {"tkinter": {"_tkinter"}, "turtle": {"tkinter"}, "tkinter.ttk": {"tkinter"}, "venv": {"os"}, "json": {"re"}}
FOLDER = "/usr/lib/python3*"


@pytest.fixture
def tool(monkeypatch: pytest.MonkeyPatch) -> Any:  # noqa: ANN401 - a script that is not a module of a package
    """Import the script, which imports the one beside it."""
    monkeypatch.syspath_prepend(str(TOOLS))
    spec = importlib.util.spec_from_file_location("make_modules", TOOLS / "make_modules.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "make_modules", module)
    spec.loader.exec_module(module)
    return module


def test_modules_that_lie_apart_and_what_imports_them(tool: Any) -> None:  # noqa: ANN401 - as above
    """Whole packages, modules of a split one, extensions, and what cannot be imported without; no other package."""
    rows = tool.split_rows(CONTENTS.splitlines(keepends=True), "3.11", frozenset({"python3", "libpython3.11-stdlib"}))
    found = tool.with_importers(rows, {name: frozenset(names) for name, names in IMPORTS.items()})
    assert [tuple(row) for row in found] == [
        ("_tkinter", f"{FOLDER}/lib-dynload/_tkinter.*.so", "_tkinter", "-"),
        ("distutils._msvccompiler", f"{FOLDER}/distutils/core.py", "-", "_distutils_hack"),
        ("distutils.core", f"{FOLDER}/distutils/core.py", "-", "_distutils_hack"),
        ("ensurepip", f"{FOLDER}/ensurepip/__init__.py", "-", "-"),
        ("tkinter", f"{FOLDER}/tkinter/__init__.py", "_tkinter", "-"),
        ("turtle", f"{FOLDER}/tkinter/__init__.py", "_tkinter", "-"),
        ("venv", f"{FOLDER}/ensurepip/__init__.py", "-", "-"),
    ]
