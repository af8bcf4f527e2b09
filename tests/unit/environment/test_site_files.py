"""pyvenv.cfg, .pth, .egg-link and the finders of editable installs."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pip_sysdeps.environment.site_files import (
    VenvConfig,
    changes_path,
    parse_egg_link,
    parse_finder,
    parse_pth,
    parse_pth_code,
    parse_scripts,
    parse_venv_config,
)
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
    with pytest.raises(MalformedError, match="`home` is missing or not an absolute path"):
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


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"\xef\xbb\xbfimport a\n/x\nimport\tb; c  \n#import d\nimportant\n", ("import a", "import\tb; c")),
        (b"", ()),
    ],
)
def test_lines_that_python_runs(content: bytes, code: tuple[str, ...]) -> None:
    """Those that begin with `import` and white space."""
    assert parse_pth_code(content) == code


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("import sys; sys.path.insert(0, '/x')", True),
        ("import site; site.addsitedir('/x')", True),
        ("import sys; p = sys . path", True),
        ("import sys; sys.__plen = len(sys.path)", False),
        ("import sys; sys.pathological()", False),
        ("import a", False),
    ],
)
def test_code_that_changes_the_path(code: str, expected: bool) -> None:
    """By its words; what easy_install wrote around its own lines only sorts them."""
    assert changes_path(code) is expected


def test_programs_of_entry_points() -> None:
    """Of both sections for programs, with what they call; comments and other sections have none."""
    content = b"""\
[console_scripts]
one = a:main
# two = a:main
; three = a:main
four=a:main [extra]
[other]
five = a:main
[ gui_scripts ]
six = a:main
no
"""
    assert parse_scripts(content) == {"one": "a:main", "four": "a:main [extra]", "six": "a:main"}


@pytest.mark.parametrize(
    ("line", "version", "extends"),
    [
        ("version = 3.12.1", (3, 12), ""),
        ("version_info = 3.11\nversion = 3.12", (3, 11), ""),
        ("version = 3", None, ""),
        ("version = 3.x", None, ""),
        ("version = 3.1234", None, ""),
        ("extends-environment = /env", None, "/env"),
        ("extends-environment = env", None, ""),
    ],
)
def test_what_a_venv_may_say(line: str, version: tuple[int, int] | None, extends: str) -> None:
    """A version has two numbers, an overlay an absolute path; others do not count."""
    found = parse_venv_config(f"home = /usr/bin\n{line}\n".encode())
    assert (found.version, found.extends) == (version, extends)


def test_paths_with_a_null_byte_do_not_count() -> None:
    """No file has such a name."""
    with pytest.raises(MalformedError):
        parse_venv_config(b"home = /usr/bin\0\n")
    assert parse_egg_link(b"/work\0") == ""
    assert parse_finder(b"a = '/work\\0'; b = '/work'") == ("/work",)
