"""shlibs files, one library at a time."""

from __future__ import annotations

import pytest

from pip_sysdeps.packages.debian.shlibs_file import parse_shlibs

FILE = b"""# libcrunch 1 commented-out
libcrunch 1 libcrunch1 (>= 1.2-1)
libcrunch 1 second-line
udeb: libcrunch 1 libcrunch1-udeb
libtyped 2 libtyped2
deb: libtyped 2 libtyped2 (>= 3), libextra
libjvm-private 17 openjdk-17-jre-headless | openjdk-17-jre
libdb 5.3 libdb5.3 (>= 5.3.28)
libempty 1
nonsense
\xff\xfe
"""


@pytest.mark.parametrize(
    ("soname", "dependencies"),
    [
        ("libcrunch.so.1", "libcrunch1 (>= 1.2-1)"),
        ("libtyped.so.2", "libtyped2 (>= 3), libextra"),
        ("libdb-5.3.so", "libdb5.3 (>= 5.3.28)"),
        ("libjvm-private.so.17", "openjdk-17-jre-headless | openjdk-17-jre"),
        ("libempty.so.1", ""),
        ("libcrunch.so.2", None),
        ("libcrunch.so", None),
        ("libcrunch", None),
        ("", None),
    ],
)
def test_dependencies_of_a_library(soname: str, dependencies: str | None) -> None:
    """Both forms of a soname; the type deb counts before none, and of two lines the first."""
    assert parse_shlibs(FILE, soname) == dependencies
