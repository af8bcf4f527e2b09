"""The packages of a minimal system with apk."""

from __future__ import annotations

import pytest

from pip_sysdeps.errors import MalformedError
from pip_sysdeps.packages.apk.names import is_installed_name
from pip_sysdeps.packages.apk.read_base import Base, parse_base
from pip_sysdeps.packages.registry import distributions
from pip_sysdeps.system.shipped import shipped


def test_the_shipped_table() -> None:
    """It has distributions with apk, and names that apk can have."""
    with open(shipped("apk_base.txt"), encoding="utf-8") as file:
        table = parse_base(file.read())
    assert {distributions()[name].manager for name in table} == {"apk"}
    names = {name for base in table.values() for name in (*base.packages, *base.libraries.values())}
    assert [name for name in sorted(names) if not is_installed_name(name)] == []


def test_a_library_with_its_package() -> None:
    """It stands among the packages."""
    assert parse_base("a\tb libz.so.1=zlib c") == {"a": Base(("b", "c"), {"libz.so.1": "zlib"})}


@pytest.mark.parametrize("line", ["alpine", "alpine\t", "a\tb\na\tc"])
def test_lines_of_another_form(line: str) -> None:
    """They are errors with the line: the file is written by hand."""
    with pytest.raises(MalformedError):
        parse_base(line)
