"""Modules of the standard library that a release has apart from its Python."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pip_sysdeps.byname.about import About
from pip_sysdeps.byname.read_modules import split_modules
from pip_sysdeps.byname.standard_modules import (
    Imported,
    imported,
    is_module,
    may_import,
    may_run,
    of_interpreter,
    of_release,
    run,
)
from pip_sysdeps.model.needs import Confidence, Reference, ReferenceKind, When
from pip_sysdeps.sources.module_imports import ModuleImports
from pip_sysdeps.sources.source import Source

if TYPE_CHECKING:
    from collections.abc import Mapping

MODULES = frozenset(split_modules())
ABOUT = About(text="Name: pkg", sources=3)


def found(texts: Mapping[str, str], about: About = ABOUT, python: tuple[int, ...] = (3, 11)) -> list[Imported]:
    """Return what the sources of a distribution import, by their names without `.py`; `one` is installed, too."""
    sources = [Source(f"/site/{name}.py", text.encode(), "/site") for name, text in texts.items()]
    modules = ModuleImports(sources, python, {"one", "pkg"}.__contains__)
    return list(imported((each for each in sources if may_import(each.text, MODULES)), modules, about, MODULES))


def names(text: str, python: tuple[int, ...] = (3, 11)) -> list[str]:
    """Return what the source of a top-level module surely imports."""
    return [each.module for each in found({"one": text}, python=python)]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (b"import tkinter", True),
        (b"x = 1\nfrom tkinter import ttk", True),
        (b"import dbm.gnu as g", True),
        (b"import os, tkinter", True),
        (b"import os.path as p, sys, tkinter.ttk as t", True),
        (b"import os, \\\n    tkinter", True),
        (b"import os, venvs", False),
        (b"from dbm import gnu", True),
        (b"if x:\n\timport tkinter", True),
        (b"import venvs", False),
        (b"from distutils.version import Version", True),
        (b"from a import tkinters", False),
    ],
)
def test_what_a_source_may_import(source: bytes, expected: bool) -> None:
    """A search of the bytes finds an import from the top-level package of such a module anywhere in a source."""
    assert may_import(source, MODULES) is expected


TK = "import tkinter"
ELSEWHERE = {
    "a function": f"def f():\n    {TK}\n",
    "tried": f"try:\n    {TK}\nexcept ImportError:\n    tkinter = None\n",
    "suppressed": f"import contextlib\nwith contextlib.suppress(ImportError):\n    {TK}\n",
    "a condition": f"import os\nif 'DISPLAY' in os.environ:\n    {TK}\n",
    "another module does": f"try:\n    import one\nexcept ImportError:\n    {TK}\n",
    "another system": f"import sys\nif sys.platform == 'win32':\n    {TK}\n",
    "an older Python": f"import sys\nif sys.version_info < (3, 11):\n    {TK}\n",
    "Python 2": f"import sys\nif sys.version_info[0] == 2:\n    {TK}\n",
    "a later Python": f"import sys\nif sys.version_info[:2] > (3, 11):\n    {TK}\n",
    "six": f"import six\nif six.PY2:\n    {TK}\n",
}
SURE = {
    "at the top": f"x = 1\n{TK}\n",
    "after another module": "import os, tkinter\n",
    "after a release": f"import sys\nif sys.version_info >= (3, 11):\n    {TK}\n",
    "this release": f"import sys\nif sys.version_info[:2] == (3, 11):\n    {TK}\n",
    "a variable": f"import sys\nPY3 = sys.version_info.major >= 3\nif PY3:\n    {TK}\nelse:\n    import Tkinter\n",
    "not Python 2": f"from six import PY2\nif not PY2:\n    {TK}\n",
    "this system": f"import os\nif os.name == 'posix':\n    {TK}\n",
    "a module of Python 2 first": f"try:\n    import Tkinter\nexcept ImportError:\n    {TK}\n",
    "a module of Python 2 last": f"try:\n    {TK}\nexcept ImportError:\n    import Tkinter\n",
    "another error": f"try:\n    {TK}\nexcept ImportError as error:\n    raise RuntimeError from error\n",
    "the program ends": f"import sys\ntry:\n    {TK}\nexcept ImportError:\n    sys.exit('no tk')\n",
    "only other errors": f"try:\n    {TK}\nexcept ValueError:\n    pass\n",
    "a class": f"class A:\n    {TK}\n",
}


@pytest.mark.parametrize("case", ELSEWHERE)
def test_an_import_that_may_not_run_or_fail(case: str) -> None:
    """It does not count: the module works without it."""
    assert names(ELSEWHERE[case]) == []


@pytest.mark.parametrize("case", SURE)
def test_an_import_that_surely_runs(case: str) -> None:
    """It counts whatever leads to it: importing the module fails without it."""
    assert names(SURE[case]) == ["tkinter"]


def test_the_version_of_python_decides() -> None:
    """The same source takes the module with one Python and not with another."""
    source = "import sys\nif sys.version_info < (3, 12):\n    import distutils.util\n"
    assert (names(source, (3, 11)), names(source, (3, 13))) == (["distutils.util"], [])


def test_how_sure_an_import_is() -> None:
    """What importing the distribution runs is sure, or what its title speaks of; another module is one feature."""
    assert [each.confidence.value for each in found({"pkg/__init__": TK})] == ["high"]
    assert [each.confidence.value for each in found({"pkg/gui": TK})] == ["medium"]
    titled = About(text="Name: pkg\nSummary: Widgets for tkinter", sources=3)
    assert [each.confidence.value for each in found({"pkg/gui": TK}, titled)] == ["high"]


@pytest.mark.parametrize(
    ("top", "confidence"),
    [
        ("from . import gui", Confidence.HIGH),
        ("from .between import *", Confidence.HIGH),
        ("import pkg.gui as g", Confidence.HIGH),
        ("try:\n    from . import gui\nexcept ImportError:\n    pass", Confidence.MEDIUM),
        ("def f():\n    from . import gui", Confidence.MEDIUM),
    ],
)
def test_an_import_through_other_modules(top: str, confidence: Confidence) -> None:
    """It is as sure as the imports that lead from the distribution's top to its module."""
    texts = {"pkg/__init__": top, "pkg/between": "from .gui import W", "pkg/gui": TK}
    assert [(each.path, each.confidence) for each in found(texts)] == [("/site/pkg/gui.py", confidence)]


def test_modules_that_import_each_other() -> None:
    """A circle of imports ends."""
    texts = {"pkg/a": f"{TK}\nfrom . import b", "pkg/b": "from . import a"}
    assert [each.confidence for each in found(texts)] == [Confidence.MEDIUM]


def test_what_an_import_takes() -> None:
    """A file of the release for its own Python; for another one the libraries of the extension module."""
    every = found({"one": TK})
    (own,) = of_release(every, lambda module: module.file)
    assert own.names == ("/usr/lib/python3*/tkinter/__init__.py",)
    others = of_interpreter(every, {"tkinter": ("libtk8.6.so", "libtcl8.6.so")}.__getitem__)
    assert [each.names for each in others] == [("libtk8.6.so",), ("libtcl8.6.so",)]


def test_imports_of_many_sources() -> None:
    """They are one reference for each library, because each is looked up."""
    every = found({"one": TK, "pkg/__init__": TK, "pkg/gui": "import tkinter, turtle"})
    libraries = of_interpreter(every, lambda _: ("libtk8.6.so",))
    assert [(each.confidence.value, each.by) for each in libraries] == [
        ("high", ("/site/one.py", "/site/pkg/__init__.py")),
        ("medium", ("/site/pkg/gui.py",)),
    ]


def test_the_order_of_imports() -> None:
    """It is the same in each run, as one of several imports is the evidence of a need."""
    source = "".join(f"import {name}\n" for name in ("venv", "tkinter", "ensurepip", "distutils.core"))
    assert names(source) == ["distutils.core", "ensurepip", "tkinter", "venv"]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (b'run([sys.executable, "-m", "venv", p])', True),
        (b"run([python, '-Im', 'ensurepip'])", True),
        (b"os.system('python3 -m venv x')", True),
        (b'run([sys.executable, "-m", "venvs"])', False),
        (b'run([sys.executable, "-m", "pip"])', False),
    ],
)
def test_what_a_source_may_run(source: bytes, *, expected: bool) -> None:
    """A search of the bytes finds such a module after Python's option."""
    assert may_run(source, MODULES) is expected


def run_of(*names: str) -> Reference:
    """Return a reference to a program that certain code runs."""
    return Reference(
        kind=ReferenceKind.PROGRAM,
        names=names,
        when=When.EXEC,
        by=("/site/one.py",),
        evidence="run(...)",
        confidence=Confidence.HIGH,
    )


def confidences(reference: Reference, text: str = "Name: pkg\n") -> list[Confidence]:
    """Return the confidence of each module that a reference runs, for a description."""
    return [each.confidence for each in run([reference], About(text=text, sources=3), MODULES)]


def test_how_sure_a_run_is() -> None:
    """As sure as another program: the title or an import decides, and what may not run needs a mention."""
    venv = run_of("-mvenv")
    assert confidences(venv) == [Confidence.MEDIUM]
    assert confidences(venv, "Name: pkg\nSummary: Makes a venv\n") == [Confidence.HIGH]
    assert confidences(venv._replace(required=True)) == [Confidence.HIGH]
    assert confidences(venv._replace(unsure=True)) == []
    assert confidences(venv._replace(unsure=True), "Name: pkg\n\nIt makes a venv.") == [Confidence.MEDIUM]


def test_which_runs_are_of_modules() -> None:
    """A module that the release does not split off, or a choice of several programs, gives no need."""
    found = [is_module(run_of(*names)) for names in (("-mvenv",), ("virtualenv", "-mvenv"), ("dot",))]
    assert found == [True, True, False]
    assert confidences(run_of("-mpip")) == []
    assert confidences(run_of("-mvenv", "virtualenv")) == []
