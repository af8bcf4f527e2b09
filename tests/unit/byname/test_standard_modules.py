"""Modules of the standard library that a release has apart from its Python."""

from __future__ import annotations

import pytest

from pip_sysdeps.byname.about import About
from pip_sysdeps.byname.standard_modules import imported, imports, of_interpreter, of_release
from pip_sysdeps.model.needs import Confidence

ABOUT = About(text="Name: pkg", sources=3)


@pytest.mark.parametrize(
    ("source", "names"),
    [
        (b"import tkinter\n", {"tkinter"}),
        (b"x = 1\nfrom tkinter import ttk\n", {"tkinter"}),
        (b"import dbm.gnu as g\n", {"dbm.gnu"}),
        (b"import venvs\n", set()),
        (b"try:\n    import tkinter\nexcept ImportError:\n    pass\n", set()),
        (b"def f():\n    import tkinter\n", set()),
    ],
    ids=["import", "from", "a submodule", "another name", "tried", "in a function"],
)
def test_what_a_source_imports(source: bytes, names: set[str]) -> None:
    """An import counts at the top of a module, where nothing catches its failure."""
    assert imports(source) == names


def test_how_sure_an_import_is() -> None:
    """What importing the distribution runs is sure, or what its title speaks of; another module is one feature."""
    source = b"import tkinter\n"
    paths = ("/site/pkg/__init__.py", "/site/one.py", "/site/pkg/gui.py")
    found = [next(imported(path, source, "/site", ABOUT)).confidence for path in paths]
    assert found == [Confidence.HIGH, Confidence.HIGH, Confidence.MEDIUM]
    titled = About(text="Name: pkg\nSummary: Widgets for tkinter", sources=3)
    assert next(imported(paths[2], source, "/site", titled)).confidence is Confidence.HIGH


def test_what_an_import_takes() -> None:
    """A file of the release for its own Python; for another one the libraries of the extension module."""
    found = list(imported("/site/pkg/__init__.py", b"import tkinter\n", "/site", ABOUT))
    (own,) = of_release(found)
    assert own.names == ("/usr/lib/python3*/tkinter/__init__.py",)
    others = of_interpreter(found, {"_tkinter": ("libtk8.6.so", "libtcl8.6.so")})
    assert [each.names for each in others] == [("libtk8.6.so",), ("libtcl8.6.so",)]


def test_the_order_of_imports() -> None:
    """It is the same in each run, as one of several imports is the evidence of a need."""
    source = b"".join(b"import %s\n" % name for name in (b"venv", b"tkinter", b"ensurepip", b"distutils.core"))
    names = [each.module.name for each in imported("/e/a.py", source, "/e", About(text="", sources=1))]
    assert names == ["distutils.core", "ensurepip", "tkinter", "venv"]
