"""Packages with plugins, by what is installed, where no index tells them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from builders.dpkg import Package, database, write_database
from pip_sysdeps.packages.index import open_index
from pip_sysdeps.packages.recommended import optional_packages, plugin_packages

if TYPE_CHECKING:
    from pathlib import Path

LIB = "/usr/lib/x86_64-linux-gnu"


def test_recommended_packages_with_plugins_of_a_library(tmp_path: Path) -> None:
    """One that is installed, and has shared objects in a folder of the library's name; an unknown package has none."""
    write_database(
        tmp_path,
        Package(
            name="libsasl2-2", files=(f"{LIB}/libsasl2.so.2",), fields={"Recommends": "libsasl2-modules (>= 2), x"}
        ),
        Package(name="libsasl2-modules", files=(f"{LIB}/sasl2/libplain.so",)),
        Package(name="x", files=("/usr/share/doc/x/README",)),
        Package(name="libaspell15", files=(f"{LIB}/libaspell.so.15",), fields={"Recommends": "aspell-en | aspell-de"}),
        Package(name="aspell-en", files=("/usr/share/aspell/en.cwl.gz",)),
    )
    installed = database(tmp_path)
    assert installed.database.recommends("libsasl2-2") == ("libsasl2-modules", "x")
    assert plugin_packages("libsasl2-2", None, installed) == ("libsasl2-modules",)
    assert plugin_packages("libaspell15", None, installed) == ("aspell-en",)
    assert plugin_packages("nothing", None, installed) == ()


def test_plugins_for_a_line(tmp_path: Path) -> None:
    """Those of its packages, and those that direct dependencies recommend; each once, and none further away."""
    write_database(
        tmp_path,
        Package(name="libsasl2-2", files=(f"{LIB}/libsasl2.so.2",), fields={"Recommends": "libsasl2-modules"}),
        Package(name="libsasl2-modules", files=(f"{LIB}/sasl2/libplain.so",)),
        Package(name="libldap-2.5-0", files=(f"{LIB}/libldap-2.5.so.0",), fields={"Depends": "libsasl2-2, libc6"}),
        Package(name="libcurl4", files=(f"{LIB}/libcurl.so.4",), fields={"Depends": "libldap-2.5-0"}),
    )
    installed = database(tmp_path)
    assert optional_packages({"libldap-2.5-0"}, None, installed) == {"libldap-2.5-0": ("libsasl2-modules",)}
    assert optional_packages({"libldap-2.5-0", "libsasl2-2"}, None, installed) == {"libsasl2-2": ("libsasl2-modules",)}
    assert optional_packages({"libcurl4", "nothing"}, None, installed) == {}


def test_plugins_that_a_dependency_suggests(tmp_path: Path) -> None:
    """They are those of a line that has the dependency itself, and no others."""
    write_database(
        tmp_path,
        Package(name="libportaudio2", fields={"Depends": "libjack-jackd2-0"}),
        Package(name="libjack-jackd2-0", files=(f"{LIB}/libjack.so.0",), fields={"Suggests": "jackd2"}),
    )
    installed, index = database(tmp_path), open_index("debian-bookworm-amd64")
    assert optional_packages({"libportaudio2"}, index, installed) == {}
    assert optional_packages({"libjack-jackd2-0"}, index, installed) == {"libjack-jackd2-0": ("jackd2",)}
