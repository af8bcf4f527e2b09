"""Names that a lock may hold and a command line receive."""

from __future__ import annotations

import pytest

from pip_sysdeps.packages.apk.names import (
    cmd_capability,
    is_capability,
    is_development,
    is_installed_name,
    is_package_name,
    so_capability,
)


@pytest.mark.parametrize("name", ["libpq", "gtk+3.0", "py3-yaml", "7zip", "so:libstdc++.so.6", "cmd:pdftotext", "a_b"])
def test_requirements(name: str) -> None:
    """Packages and capabilities."""
    assert is_package_name(name) or is_capability(name)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "-v",
        "--root",
        "!a",
        "a=1",
        "a>1",
        "a~1",
        "a@edge",
        "a b",
        "./a.apk",
        "/srv/a.apk",
        ".build-deps",
        "a\n",
        "so:",
        "so:-x",
        "so:/lib/x.so",
        "pc:zlib",
        "cmd:[",
        "a" * 256,
    ],
)
def test_what_is_no_requirement(name: str) -> None:
    """Options, versions, tags, paths, virtual packages and shell words."""
    assert not is_package_name(name)
    assert not is_capability(name)


def test_virtual_packages() -> None:
    """They can be installed, and are no package of a repository."""
    assert is_installed_name(".build-deps")
    assert not is_package_name(".build-deps")


@pytest.mark.parametrize(
    ("soname", "capability"),
    [
        ("libpq.so.5", "so:libpq.so.5"),
        ("libstdc++.so.6", "so:libstdc++.so.6"),
        ("libfoo", None),
        ("/lib/libx.so", None),
        ("libx.so;rm", None),
        ("-x.so", None),
    ],
)
def test_capability_of_a_library(soname: str, capability: str | None) -> None:
    """A name that is unsafe on a command line has none."""
    assert so_capability(soname) == capability


def test_capability_of_a_program() -> None:
    """A name that is unsafe on a command line has none."""
    assert (cmd_capability("pdftotext"), cmd_capability("["), cmd_capability("a b")) == ("cmd:pdftotext", None, None)


def test_development_packages() -> None:
    """By the end of their names."""
    assert [is_development(name) for name in ("libpq-dev", "zlib-static", "libpq", "developer")] == [
        True,
        True,
        False,
        False,
    ]
