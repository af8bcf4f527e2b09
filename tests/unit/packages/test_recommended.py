"""Packages with plugins, by what is installed, where no index tells them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from builders.dpkg import Package, database, write_database
from pip_sysdeps.packages.recommended import plugin_packages

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
