"""Sources of a distribution: which count, and which module each of them is."""

from __future__ import annotations

import pytest

from pip_sysdeps.sources.source import Source, is_used, module_of


@pytest.mark.parametrize(
    ("path", "module"),
    [
        ("pkg/_fast.cpython-311-x86_64-linux-gnu.so", "pkg._fast"),
        ("pkg/sub/__init__.py", "pkg.sub"),
        ("_fast.abi3.so", "_fast"),
        ("pkg/x.py", "pkg.x"),
    ],
)
def test_the_name_of_a_module(path: str, module: str) -> None:
    """By its path, without what it is built for."""
    assert module_of(path) == module


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/site/pkg/__init__.py", ("pkg", "pkg", True)),
        ("/site/pkg/a.py", ("pkg.a", "pkg", False)),
        ("/site/one.py", ("one", "", True)),
        ("/site/src/pkg/sub/__init__.py", ("pkg.sub", "pkg.sub", False)),
    ],
)
def test_the_module_of_a_source(path: str, expected: tuple[str, str, bool]) -> None:
    """Its full name, the package that its relative imports start from, and whether it is a top-level module."""
    source = Source(path, b"", "/site")
    assert (source.module, source.package, source.is_top) == expected


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
