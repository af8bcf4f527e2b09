"""What packages cost that are not installed yet, by the lists that apt has downloaded."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from builders.root import write
from builders.schemas import check_schema
from builders.small_debian import LOCK
from builders.system import LIB, VENV

if TYPE_CHECKING:
    from pathlib import Path

    from builders.desk import Desk

LIST = """\
Package: dpkg
Version: 1

Package: libpq5
Version: 15.14-0+deb12u1
Installed-Size: 1000
Depends: libc6 (>= 2.34), libldap-2.5-0 (>= 2.5.4)

Package: libldap-2.5-0
Version: 2.5.13
Installed-Size: 500
Depends: libc6
"""
FOLDER = "var/lib/apt/lists"
NAME = "archive.test_dists_bookworm_main_binary-amd64_Packages"


@pytest.fixture
def without_libpq(desk: Desk) -> Desk:
    """Return a root without libpq5, whose apt has a list with it."""
    for path in (desk.root / LIB).glob("libpq*"):
        path.unlink()
    status = desk.root / "var/lib/dpkg/status"
    stanzas = status.read_text().split("\n\n")
    status.write_text("\n\n".join(each for each in stanzas if "Package: libpq5\n" not in each))
    write(desk.root / FOLDER / NAME, LIST)
    return desk


def audit(desk: Desk, *options: str) -> str:
    """Run `audit`; return what it prints."""
    return desk.run("audit", "--root", str(desk.root), "--python", VENV, *options).out


def test_a_package_that_is_not_installed(without_libpq: Desk) -> None:
    """It has its size and what it pulls in by the lists; the C library is there."""
    document = json.loads(audit(without_libpq, "--json"))
    check_schema("audit", document)
    (package,) = (each for each in document["packages"] if each["name"] == "libpq5")
    assert (package["version"], package["installed_size"]) == (None, None)
    assert package["candidate"] == {"version": "15.14-0+deb12u1", "installed_size": 1000}
    assert package["adds"] == document["adds"] == {"packages": ["libldap-2.5-0", "libpq5"], "size": 1500}
    (distribution,) = document["distributions"]
    assert distribution["cost"] == distribution["saved"] == package["adds"]


def test_the_table_shows_both_sizes(without_libpq: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Alone and with what it pulls in; and what the distribution costs."""
    monkeypatch.setenv("COLUMNS", "120")
    lines = [line.strip() for line in audit(without_libpq, "--all").splitlines()]
    assert "package  version        size    adds                  when    needed by" in lines
    assert "libpq5   not installed  1.0 MB  1.5 MB in 2 packages  import  psycopg2 2.9.9" in lines
    assert "costs   1.5 MB in 2 packages, all of it for this distribution alone" in lines


def test_without_lists_nothing_is_claimed(without_libpq: Desk) -> None:
    """Without lists, sizes are left out."""
    (without_libpq.root / FOLDER / NAME).unlink()
    document = json.loads(audit(without_libpq, "--json"))
    assert {(each["candidate"], each["adds"]) for each in document["packages"] if each["name"] == "libpq5"} == {
        (None, None)
    }
    assert document["adds"] is None


def test_a_pull_request_says_what_a_package_adds(without_libpq: Desk, tmp_path: Path) -> None:
    """Of two locks, where the system available is that of the target; what goes has a minus."""
    old, new = tmp_path / "old.lock", tmp_path / "new.lock"
    old.write_text(LOCK[: LOCK.index("[[target]]")])
    new.write_text(LOCK)
    where = ("--root", str(without_libpq.root), "--format", "markdown")
    found = without_libpq.run("diff", str(old), str(new), *where).out
    assert "\n+libpq5 (+1.5 MB with 2 packages), for psycopg2\n" in found
    empty = LOCK.replace('    { soname = "libpq.so.5"', '    # { soname = "libpq.so.5"')
    old.write_text(empty.replace('    "libpq5",\n', ""))
    assert (
        "\n-libpq5 (-1.5 MB with 2 packages), was for psycopg2: psycopg2 2.9.9 no longer needs libpq.so.5\n"
        in without_libpq.run("diff", str(new), str(old), *where).out
    )
    other = ("--root", str(tmp_path), "--format", "markdown")
    assert (
        "\n+libpq5, for psycopg2: psycopg2 2.9.9 needs libpq.so.5\n"
        in without_libpq.run("diff", str(old), str(new), *other).out
    )
