"""The database of a root, whichever form and place it has."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

import pytest

from builders.root import link, unprivileged_folder, write
from builders.rpm_files import Rpm, bdb, ndb
from pip_sysdeps.errors import MalformedError, SysdepsError
from pip_sysdeps.packages.rpm.read_database import read_architecture, read_database
from pip_sysdeps.system.root import Root

if TYPE_CHECKING:
    from pathlib import Path

A = Rpm(name="a", files=("/usr/lib64/liba.so.1",)).header()


def _sqlite(folder: Path, *headers: bytes) -> bytes:
    connection = sqlite3.connect(folder / "made")
    connection.execute("CREATE TABLE Packages (hnum INTEGER PRIMARY KEY AUTOINCREMENT, blob BLOB NOT NULL)")
    connection.executemany("INSERT INTO Packages (blob) VALUES (?)", [(each,) for each in headers])
    connection.commit()
    connection.close()
    return (folder / "made").read_bytes()


@pytest.mark.parametrize("folder", ["usr/lib/sysimage/rpm", "var/lib/rpm", "usr/share/rpm"])
@pytest.mark.parametrize("name", ["rpmdb.sqlite", "Packages.db", "Packages"])
def test_each_form_is_read_in_each_place(tmp_path: Path, folder: str, name: str) -> None:
    """SQLite, NDB and Berkeley DB give the same package."""
    content = {"rpmdb.sqlite": _sqlite(tmp_path, A), "Packages.db": ndb([A]), "Packages": bdb([A])}[name]
    write(tmp_path / "root" / folder / name, content)
    database = read_database(Root(str(tmp_path / "root")))
    assert database is not None
    assert database.owners("/usr/lib64/liba.so.1") == ("a",)


def test_the_manifest_stands_for_a_database(tmp_path: Path) -> None:
    """An image without a database has a list of its packages."""
    line = "a\t1-1\t0\t0\tv\t(none)\t5\tx86_64\t0\ta.src.rpm\n"
    write(tmp_path / "var/lib/rpmmanifest/container-manifest-2", line)
    database = read_database(Root(str(tmp_path)))
    assert database is not None
    assert database.versions == {"a": "1-1"}


def test_a_root_without_a_database_has_none(tmp_path: Path) -> None:
    """The result is None."""
    assert read_database(Root(str(tmp_path))) is None


def test_a_link_does_not_lead_out_of_the_root(tmp_path: Path) -> None:
    """A database behind a link is that of the root."""
    write(tmp_path / "outside/rpmdb.sqlite", _sqlite(tmp_path, A))
    link(tmp_path / "root/var/lib/rpm", str(tmp_path / "outside"))
    assert read_database(Root(str(tmp_path / "root"))) is None


def test_a_broken_database_says_where(tmp_path: Path) -> None:
    """The error has path and offset, and what to do."""
    write(tmp_path / "var/lib/rpm/Packages.db", ndb([A])[:-1] + b"x")
    with pytest.raises(MalformedError) as error:
        read_database(Root(str(tmp_path)))
    assert str(error.value) == "/var/lib/rpm/Packages.db: offset 4096: invalid blob of package 1"
    assert error.value.hint == "it is damaged: run `rpm --rebuilddb`, or use another root"


def test_a_broken_header_says_which_package(tmp_path: Path) -> None:
    """The error has the package's number and the offset in its header."""
    write(tmp_path / "var/lib/rpm/Packages.db", ndb([A, b"\0" * 8]))
    with pytest.raises(MalformedError) as error:
        read_database(Root(str(tmp_path)))
    assert str(error.value) == ("/var/lib/rpm/Packages.db: package 2: offset 0: 0 entries and 0 bytes are not a header")


def test_a_database_that_cannot_be_read_is_an_error() -> None:
    """A file without read permission is an error."""
    with unprivileged_folder() as folder:
        write(folder / "var/lib/rpm/rpmdb.sqlite").chmod(0)
        with pytest.raises(SysdepsError) as error:
            read_database(Root(str(folder)))
    assert str(error.value) == "cannot read rpm's database `/var/lib/rpm/rpmdb.sqlite`: Permission denied"
    assert error.value.hint == "make it readable, or run as root"


def test_the_architecture_is_that_of_most_packages(tmp_path: Path) -> None:
    """It is read without the rest of the packages."""
    headers = [Rpm(name=name, architecture=name).header() for name in ("noarch", "i686", "x86_64", "x86_64")]
    write(tmp_path / "var/lib/rpm/Packages.db", ndb(headers))
    assert read_architecture(Root(str(tmp_path))) == "x86_64"
    assert read_architecture(Root(str(tmp_path / "var"))) == ""
