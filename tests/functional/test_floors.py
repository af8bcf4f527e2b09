"""`min` in the lock: the minimum version with every symbol used, of packages that are installed and not base."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from builders.dpkg import Package
from builders.elf import Elf
from builders.release import LIBPQ5, PSYCOPG, SYMBOLS, make_release
from builders.root import write
from builders.system import LIB
from pip_sysdeps.cli import main
from pip_sysdeps.lock.document import LockedPackage
from pip_sysdeps.lock.text import loads

if TYPE_CHECKING:
    from pathlib import Path


def locked(root: Path) -> dict[str, LockedPackage]:
    """Lock the root's environment; give the packages by name."""
    lock = root / "sysdeps.lock"
    assert main(["lock", "--root", str(root), "--python", "/opt/venv", "-o", str(lock)]) == 0
    (target,) = loads(lock.read_text()).target
    return {package.name: package for package in target.package}


def test_min_is_raised_by_the_symbols_used(tmp_path: Path) -> None:
    """PQping came in 10~~, PQpipeline is not used."""
    make_release(tmp_path)
    assert locked(tmp_path) == {"libpq5": LockedPackage(name="libpq5", min="10~~")}


@pytest.mark.parametrize(
    ("dpkg", "undefined", "least"),
    [
        ("1.21.22", "PQping@PQ_5", "10~~"),
        ("1.22.6", "PQping@PQ_5", "15.14"),
        ("1.21.22", "PQother", "15.14"),
    ],
)
def test_a_version_reference_counts_as_the_release_has_it(
    tmp_path: Path, dpkg: str, undefined: str, least: str
) -> None:
    """Before dpkg 1.22 the symbol says all, where one of the version is used."""
    symbols = {"libpq5": "libpq.so.5 libpq5 #MINVER#\n PQ_5@PQ_5 15.14\n PQexec@PQ_5 9~\n PQping@PQ_5 10~~\n"}
    needs = (("libpq.so.5", ("PQ_5",)),)
    user = Elf(needed=PSYCOPG.needed, defined=PSYCOPG.defined, undefined=(undefined,), version_needs=needs)
    make_release(tmp_path, packages=[Package(name="dpkg", version=dpkg)], symbols=symbols, psycopg=user)
    assert locked(tmp_path)["libpq5"].min == least


def test_a_package_that_is_not_installed_has_none(tmp_path: Path) -> None:
    """Its symbols file lies inside the .deb."""
    make_release(tmp_path)
    (tmp_path / LIB / "libpq.so.5").unlink()
    assert locked(tmp_path) == {"libpq5": LockedPackage(name="libpq5")}


def test_a_base_package_has_none(tmp_path: Path) -> None:
    """It is not in the line, and costs the reading of no symbol."""
    zlib = Package(name="zlib1g", files=(f"/{LIB}/libz.so.1",))
    symbols = {"zlib1g": "libz.so.1 zlib1g #MINVER#\n deflate@Base 1\n"}
    psycopg = Elf(needed=("libz.so.1",), defined=("PyInit__psycopg",), undefined=("deflate",))
    make_release(tmp_path, packages=[zlib], symbols=symbols, psycopg=psycopg)
    write(tmp_path / LIB / "libz.so.1", Elf(soname="libz.so.1").build())
    assert locked(tmp_path) == {"zlib1g": LockedPackage(name="zlib1g", base=True)}


def test_what_an_unowned_library_uses_counts(tmp_path: Path) -> None:
    """It is in the release image too, by somebody's hand; the interpreter and packaged libraries do not count."""
    vendor = Elf(soname="libvendor.so.1", needed=("libpq.so.5",), undefined=("PQpipeline",))
    make_release(tmp_path, psycopg=Elf(needed=("libvendor.so.1",), defined=("PyInit__psycopg",)))
    write(tmp_path / "usr/local/lib/libvendor.so.1", vendor.build())
    write(tmp_path / "etc/ld.so.conf", "/usr/local/lib\n")
    assert locked(tmp_path) == {"libpq5": LockedPackage(name="libpq5", min="14~~")}


def test_what_a_packaged_library_uses_does_not_count(tmp_path: Path) -> None:
    """Its own package depends on what it needs."""
    other = Package(name="libother1", files=(f"/{LIB}/libother.so.1",))
    make_release(tmp_path, packages=[other], psycopg=_with_needed("libother.so.1", *PSYCOPG.needed))
    user = Elf(soname="libother.so.1", needed=("libpq.so.5",), undefined=("PQpipeline",))
    write(tmp_path / LIB / "libother.so.1", user.build())
    assert locked(tmp_path)["libpq5"].min == "10~~"


def _with_needed(*needed: str) -> Elf:
    return Elf(needed=needed, defined=PSYCOPG.defined, undefined=("PQping",))


def test_a_hostile_version_is_no_floor(tmp_path: Path) -> None:
    """An invalid version is dropped, and the lock is written."""
    make_release(tmp_path, symbols={"libpq5": "libpq.so.5 libpq5 #MINVER#\n PQexec@Base $(reboot)\n"})
    assert locked(tmp_path)["libpq5"].min == ""


def test_another_min_is_no_difference(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What the build machine has installed does not make a lock stale."""
    make_release(tmp_path)
    locked(tmp_path)
    (tmp_path / "var/lib/dpkg/info/libpq5.symbols").write_text(SYMBOLS["libpq5"].replace("10~~", "12~~"))
    lock = str(tmp_path / "sysdeps.lock")
    assert main(["lock", "--check", "--root", str(tmp_path), "--python", "/opt/venv", "-o", lock]) == 0
    assert "is current" in capsys.readouterr().err


@pytest.mark.parametrize("broken", ["symbols", "extension"])
def test_what_cannot_be_read_gives_no_version(tmp_path: Path, broken: str) -> None:
    """A symbols file that is a folder, or an object whose symbols lead out of it: a lock is written anyway."""
    if broken == "symbols":
        make_release(tmp_path, symbols={})
        (tmp_path / "etc/dpkg/symbols/libpq5.symbols").mkdir(parents=True)
        assert locked(tmp_path)["libpq5"].min == ""
    else:
        make_release(tmp_path, psycopg=Elf(needed=PSYCOPG.needed, extra_dynamic=((4, 1 << 40),), sysv_hash=False))
        assert locked(tmp_path)["libpq5"].min == "9~"


def test_the_packages_own_shlibs_count_without_symbols(tmp_path: Path) -> None:
    """The order is that of dpkg-shlibdeps."""
    make_release(tmp_path, symbols={})
    write(tmp_path / f"var/lib/dpkg/info/{LIBPQ5.name}.shlibs", "libpq 5 libpq5 (>= 15.3)\n")
    assert locked(tmp_path)["libpq5"].min == "15.3"
