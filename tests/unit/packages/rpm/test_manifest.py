"""Azure Linux's list of packages in images without an rpm database."""

from __future__ import annotations

import pytest

from pip_sysdeps.errors import MalformedError
from pip_sysdeps.packages.rpm.manifest import parse_manifest
from pip_sysdeps.packages.rpm.package import RpmPackage

_LINE = "openssl-libs\t3.3.0-1.azl3\t17\t16\tVendor\t(none)\t5000\tx86_64\t{}\topenssl-3.3.0-1.azl3.src.rpm\n"


@pytest.mark.parametrize(("epoch", "version"), [("0", "3.3.0-1.azl3"), ("1", "1:3.3.0-1.azl3")])
def test_a_line_is_a_package_without_files(epoch: str, version: str) -> None:
    """Each line gives name, version, architecture, size and source; no files are known."""
    assert parse_manifest(_LINE.format(epoch).encode()) == (
        RpmPackage(
            name="openssl-libs",
            version=version,
            architecture="x86_64",
            source_file="openssl-3.3.0-1.azl3.src.rpm",
            size=5000,
        ),
    )


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("a\tb\n", "line 1: 2 fields instead of 10"),
        (_LINE.format("x"), "line 1: not a package"),
        ("\n" + _LINE.format("0").replace("\t3.3.0-1.azl3", "\t3", 1), "line 2: not a package"),
    ],
)
def test_another_line_is_refused(line: str, message: str) -> None:
    """A line without the ten fields is an error that says where."""
    with pytest.raises(MalformedError) as error:
        parse_manifest(line.encode())
    assert str(error.value) == message
