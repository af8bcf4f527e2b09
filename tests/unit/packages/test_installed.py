"""The system packages of one root."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from builders.packages import Installed, PlainDatabase, system_packages
from builders.root import write
from pip_sysdeps.errors import MalformedError, SysdepsError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from pip_sysdeps.packages.database import InstalledPackage
    from pip_sysdeps.system.root import Root

FILES = ("/usr/lib/python3/dist-packages/foo/a.so", "/usr/share/doc/foo")


def test_the_owner_of_a_distributions_metadata(tmp_path: Path) -> None:
    """Its files are those of the distribution; a file without an owner has none."""
    write(tmp_path / FILES[0].lstrip("/"))
    packages = system_packages("dpkg", PlainDatabase(listed={"python3-foo": FILES}), str(tmp_path))
    assert packages.owner_source_and_files(FILES[0]) == ("dpkg:python3-foo", FILES)
    assert packages.owner_source_and_files("/usr/bin/other") is None
    assert packages.versions == {"python3-foo": "1"}


def read(_root: Root, architecture: str) -> Mapping[str, InstalledPackage]:
    """Return one package."""
    return {"foo": Installed("foo", architecture=architecture)}


def broken(_root: Root, _architecture: str) -> Mapping[str, InstalledPackage]:
    """Fail as for damaged lists."""
    raise MalformedError("bad")


def closed(_root: Root, _architecture: str) -> Mapping[str, InstalledPackage]:
    """Fail as for lists that may not be read."""
    raise SysdepsError("closed")


@pytest.mark.parametrize(
    ("reader", "expected"),
    [(read, {"foo": Installed("foo", architecture="amd64")}), (broken, None), (closed, None), (None, None)],
)
def test_packages_that_may_be_installed(reader: object, expected: object) -> None:
    """For the native architecture; unreadable lists are as good as none."""
    packages = system_packages("dpkg", PlainDatabase())
    family = packages.family._replace(read_candidates=reader)  # type: ignore[arg-type] # one of the above
    assert packages._replace(family=family).candidates() == expected
