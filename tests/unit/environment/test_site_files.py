"""pyvenv.cfg, .pth, .egg-link and the finders of editable installs."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pip_sysdeps.environment.site_files import VenvConfig, parse_egg_link, parse_finder, parse_pth, parse_venv_config
from pip_sysdeps.errors import MalformedError


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "home = /usr/bin\ninclude-system-site-packages = false\nversion = 3.11.2\n",
            VenvConfig(home="/usr/bin", version=(3, 11), system_site_packages=False),
        ),
        (
            "HOME=/a b/bin\nversion_info = 3.13.0.final.0\ninclude-system-site-packages = TRUE",
            VenvConfig(home="/a b/bin", version=(3, 13), system_site_packages=True),
        ),
        ("home = /b\nversion = three\n", VenvConfig(home="/b", version=None, system_site_packages=False)),
    ],
)
def test_venv_config(text: str, expected: VenvConfig) -> None:
    """venv, virtualenv and uv write different keys for the version."""
    assert parse_venv_config(text.encode()) == expected


@pytest.mark.parametrize("content", [b"", b"version = 3.11\n", b"home =\n", b"home = bin\n", b"\xff\xfe\x00"])
def test_venv_config_without_home(content: bytes) -> None:
    """Python takes no folder for a virtual environment without it."""
    with pytest.raises(MalformedError, match="`home` is missing or no absolute path"):
        parse_venv_config(content)


def test_pth() -> None:
    """Lines that are paths are kept; comments and lines that Python would run are not."""
    content = b"# x\n\nimport os; os.system('x')\nimport\tx\n/src/app\n../other \nimports/are/fine\na\0b\n"
    assert parse_pth(content) == ("/src/app", "../other", "imports/are/fine")


@pytest.mark.parametrize(
    ("content", "folder"), [(b"/src/app\n.", "/src/app"), (b"/src/a b\n../", "/src/a b"), (b"src\n.", ""), (b"", "")]
)
def test_egg_link(content: bytes, folder: str) -> None:
    """The first line is the project's folder."""
    assert parse_egg_link(content) == folder


def test_finder() -> None:
    """The paths that setuptools' finder maps modules to are read from its text."""
    text = b"""
import sys
MAPPING: dict[str, str] = {'app': '/src/app', 'one': '/src/one'}
NAMESPACES: dict[str, list[str]] = {'ns': ['/src/ns']}
raise SystemExit("run")
"""
    assert parse_finder(text) == ("/src/app", "/src/one", "/src/ns")


@pytest.mark.parametrize("content", [b"(", b"a\0b", b"-" * 100_000 + b"1", b"(" * 5000])
def test_finder_malformed(content: bytes) -> None:
    """What is no Python, or nested to break a parser, is malformed."""
    with pytest.raises(MalformedError, match="not valid Python"):
        parse_finder(content)


@given(st.binary(max_size=200))
def test_any_bytes(content: bytes) -> None:
    """None of the parsers fails in another way."""
    parse_pth(content)
    parse_egg_link(content)
    with suppress(MalformedError):
        parse_venv_config(content)
    with suppress(MalformedError):
        parse_finder(content)


def test_finder_does_not_warn() -> None:
    """What the compiler thinks of somebody else's escapes is not ours to print (warnings are errors here)."""
    assert parse_finder(b"'/src/\\d'") == ("/src/\\d",)
