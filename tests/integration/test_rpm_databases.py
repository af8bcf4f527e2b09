"""Compare rpm's databases with what rpm itself reads, in a root of several hundred packages.

Debian 12's rpm writes SQLite and reads Berkeley DB, which db5.3_load makes here from the same headers. Its own format
(NDB) is judged by a file that a newer rpm wrote: `tests/unit/packages/rpm/test_ndb_of_rpm.py`.
"""

from __future__ import annotations

import subprocess
from collections import defaultdict
from typing import TYPE_CHECKING

import pytest

from builders.debian import made_once, require_root_and
from builders.rpm import DBPATH, install_small_packages, load_bdb, query, rpm_repository, rpm_root
from pip_sysdeps.packages.installed import open_packages
from pip_sysdeps.packages.rpm.read_database import read_database
from pip_sysdeps.packages.rpm.sqlite import parse_sqlite
from pip_sysdeps.system.root import Root

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from pip_sysdeps.packages.rpm.database import RpmDatabase

pytestmark = [pytest.mark.debian, pytest.mark.exhaustive]

BDB = "/var/lib/rpm-bdb"
_INSTALLED = {"0", "3"}


@pytest.fixture(scope="module")
def root() -> Path:
    """Return a root with every package of the repository and three hundred small ones; nobody may change it."""
    require_root_and("db5.3-util:db5.3_load")
    repository = rpm_repository()
    with made_once(f"rpm-everything-{repository.name.rpartition('-')[2]}") as (made, unfinished):
        if unfinished is not None:
            rpm_root(unfinished, ["*"], options=["--setopt=tsflags=nodocs"])
            install_small_packages(unfinished, 300)
            content = (unfinished / DBPATH.lstrip("/") / "rpmdb.sqlite").read_bytes()
            load_bdb(unfinished / BDB.lstrip("/") / "Packages", dict(parse_sqlite(content)))
    return made


@pytest.fixture(scope="module", params=["sqlite", "bdb"])
def backend(request: pytest.FixtureRequest, root: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """Return the root with one database, and the path where rpm finds it."""
    if request.param == "sqlite":
        return root, DBPATH
    place = tmp_path_factory.mktemp("bdb")
    (place / "var/lib").mkdir(parents=True)
    (place / "var/lib/rpm").symlink_to(BDB)
    subprocess.run(["cp", "-a", str(root / BDB.lstrip("/")), str(place / "var/lib")], check=True)
    return place, BDB


@pytest.fixture(scope="module")
def database(backend: tuple[Path, str]) -> RpmDatabase:
    """Return the database as it is read here."""
    found = read_database(Root(str(backend[0])))
    assert found is not None
    return found


def _rows(backend: tuple[Path, str], form: str) -> list[list[str]]:
    """Return the lines of an rpm query for every package."""
    place, dbpath = backend
    return [line.split("\t") for line in query(place, "--all", f"--queryformat={form}", dbpath=dbpath).splitlines()]


def test_names_and_versions_are_those_of_rpm(backend: tuple[Path, str], database: RpmDatabase) -> None:
    """Every package with version, architecture, size and source."""
    rows = _rows(backend, "%{NAME}\\t%{EPOCHNUM}\\t%{VERSION}-%{RELEASE}\\t%{ARCH}\\t%{LONGSIZE}\\t%{SOURCERPM}\\n")
    expected = {
        name: (f"{epoch}:{version}" if epoch != "0" else version, architecture, int(size), source)
        for name, epoch, version, architecture, size, source in rows
    }
    assert len(expected) > 500
    assert {
        name: (each.version, each.architecture, each.size, each.source_file) for name, each in database.packages.items()
    } == expected


def test_files_and_owners_are_those_of_rpm(backend: tuple[Path, str], database: RpmDatabase) -> None:
    """Every path that rpm has installed has the same owners; an omitted path has none."""
    owners: Mapping[str, set[str]] = defaultdict(set)
    left_out = set()
    for path, state, name in _rows(backend, "[%{FILENAMES}\\t%{FILESTATES}\\t%{=NAME}\\n]"):
        if state in _INSTALLED:
            owners[path].add(name)
        else:
            left_out.add(path)
    assert len(owners) > 10_000
    assert {path: set(database.owners(path)) for path in owners} == owners
    assert not any(database.owners(path) for path in left_out - owners.keys())
    ours = {path for name in database.packages for path in database.files(name)}
    assert ours == set(owners)


def test_dependencies_are_those_of_rpm(backend: tuple[Path, str], database: RpmDatabase) -> None:
    """What each package provides and requires, as rpm prints it."""
    form = "[%{=NAME}\\tprovides\\t%{PROVIDENEVRS}\\n][%{=NAME}\\trequires\\t%{REQUIRENEVRS}\\n]"
    found = [[name, "provides", str(each)] for name, package in database.packages.items() for each in package.provided]
    found += [[name, "requires", str(each)] for name, package in database.packages.items() for each in package.required]
    assert sorted(found) == sorted(_rows(backend, form))


def test_the_owner_of_every_library_is_that_of_rpm(root: Path) -> None:
    """`rpm -qf` of every library on the disk says the same."""
    database = read_database(Root(str(root)))
    assert database is not None
    folder = "/usr/lib/x86_64-linux-gnu"
    paths = [f"{folder}/{path.name}" for path in sorted((root / folder.lstrip("/")).glob("*.so*"))]
    assert len(paths) > 200
    answers = query(root, "--file", "--queryformat=%{NAME}\\n", *paths).splitlines()
    assert [database.owners(path)[0] for path in paths] == answers


def test_the_owner_through_links_is_that_of_rpm(root: Path) -> None:
    """A path through a linked folder (merged /usr), and a link in it, have the owner that rpm has for the target."""
    packages = open_packages(Root(str(root)))
    assert packages is not None
    folder = root / "usr/lib/x86_64-linux-gnu"
    links = sorted(path for path in folder.glob("*.so*") if path.is_symlink() and path.exists())
    ends = {path.name: f"/{path.resolve().relative_to(root)}" for path in links if path.resolve().is_relative_to(root)}
    assert len(ends) > 100
    answers = query(root, "--file", "--queryformat=%{NAME}\\n", *ends.values()).splitlines()
    expected = dict(zip(ends, answers, strict=True))
    for start in ("/lib/x86_64-linux-gnu", "/usr/lib/x86_64-linux-gnu"):
        found = {name: packages.owner(f"{start}/{name}") for name in ends}
        assert {name: owner.package if owner else None for name, owner in found.items()} == expected


def test_the_base_is_what_the_shell_requires(root: Path) -> None:
    """The shell and the C library are in every image; a compiler and Python are not."""
    database = read_database(Root(str(root)))
    assert database is not None
    base = database.base
    assert {*database.providers("/bin/sh"), *database.providers("libc.so.6()(64bit)")} <= base
    assert not base & {"gcc", "python3", "libpq5"}
