"""Which libraries a distribution leaves to another one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from builders.facts import elf
from pip_sysdeps.model.elf import VersionNeed
from pip_sysdeps.model.needs import FromPackage, Missing, Need, When
from pip_sysdeps.needs.split_wheels import omit_sibling_needs

if TYPE_CHECKING:
    from pip_sysdeps.model.elf import ElfFile
    from pip_sysdeps.model.needs import Provider

PACKAGE = FromPackage(package="libqt6pdf6", path="")
LEFT = Missing(
    note="belongs to the project of libQt6Gui.so.6 (Qt_6): another distribution of that project has it",
    sibling="libQt6Gui.so.6",
)


def plugin(**versions: str) -> ElfFile:
    """Return a plugin that asks each library for a symbol version."""
    asked = tuple(VersionNeed(soname=f"{name}.so.6", version=version, weak=False) for name, version in versions.items())
    return elf(*(each.soname for each in asked), version_needs=asked)


def need(soname: str, *by: str, when: When = When.PLUGIN, provider: Provider = PACKAGE) -> Need:
    """Return a need that a package answers, or nothing."""
    return Need(soname=soname, when=when, by=by, provider=provider)


def providers(objects: dict[str, ElfFile], *needs: Need) -> list[object]:
    """Return who is to answer each need."""
    return [each.provider for each in omit_sibling_needs(needs, objects)]


QT = {"/gui.so": elf(soname="libQt6Gui.so.6"), "/pdf.so": plugin(libQt6Gui="Qt_6", libQt6Pdf="Qt_6")}


def test_a_sibling_is_left() -> None:
    """An object asks the same version of a library that is here and of one that is not, and their names are alike."""
    assert providers(QT, need("libQt6Pdf.so.6", "/pdf.so")) == [LEFT]


def test_a_sibling_of_which_no_symbol_is_used_is_left_too() -> None:
    """The linker notes no version for such: the name tells it, once one sibling has shown how they are named."""
    needs = need("libQt6Pdf.so.6", "/pdf.so"), need("libQt6Multimedia.so.6", "/other.so"), need("libGL.so.1", "/pdf.so")
    assert providers(QT, *needs) == [LEFT, LEFT, PACKAGE]
    assert providers(QT, needs[1]) == [PACKAGE]


def test_a_sibling_that_no_package_has_is_left_too() -> None:
    """That the release lacks it is not why: none of its packages would go with what the distribution brings."""
    nowhere = Missing(note="no binary package of debian-bookworm-amd64 has it")
    assert providers(QT, need("libQt6Pdf.so.6", "/pdf.so", provider=nowhere)) == [LEFT]
    oracle = need("libclntsh.so.23.1", "/pdf.so", provider=nowhere)
    assert providers(QT, need("libQt6Pdf.so.6", "/pdf.so"), oracle) == [LEFT, nowhere]


@pytest.mark.parametrize(
    "other",
    [plugin(libQt6Gui="Qt_6", libQt6Pdf="Qt_6.9"), plugin(libssl="OPENSSL_3.0.0", libQt6Pdf="OPENSSL_3.0.0")],
    ids=["another version", "another name"],
)
def test_no_sibling(other: ElfFile) -> None:
    """One sign without the other is not enough."""
    brought = {"/gui.so": elf(soname="libQt6Gui.so.6"), "/ssl.so": elf(soname="libssl.so.6")}
    assert providers({**brought, "/pdf.so": other}, need("libQt6Pdf.so.6", "/pdf.so")) == [PACKAGE]


def test_the_other_library_has_to_be_here() -> None:
    """Where all of a project is left out, its packages are what there is."""
    assert providers({"/pdf.so": QT["/pdf.so"]}, need("libQt6Pdf.so.6", "/pdf.so")) == [PACKAGE]


def test_an_import_keeps_its_package() -> None:
    """An import would fail without the package."""
    assert providers(QT, need("libQt6Pdf.so.6", "/pdf.so", when=When.IMPORT)) == [PACKAGE]
