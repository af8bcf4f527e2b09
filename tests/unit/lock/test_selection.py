"""The packages to install for a target's needs."""

from __future__ import annotations

from dataclasses import replace

import pytest

from builders.locked import locked, need, target
from pip_sysdeps.lock.document import LockedBase, LockedFile, LockedNeed, LockedPackage
from pip_sysdeps.lock.selection import (
    PackageToInstall,
    is_in_line,
    needs_in_line,
    needs_to_install,
    needs_to_meet,
    packages_to_install,
    unowned_needs,
)
from pip_sysdeps.packages.family import Item

PQ = need("libpq.so.5", "libpq5")
PLUGIN = need("libX11.so.6", "libx11-6", "plugin")
CALL = need("libmagic.so.1", "libmagic1", "dlopen", confidence="medium")
COPIED = need("liba.so.1", class_="unowned", path="/opt/liba.so.1")
LEFT = need("libb.so.1", class_="distribution", distribution="two")
HOST = need("libcuda.so.1", class_="host")


@pytest.mark.parametrize(
    ("when", "plugin", "confidence", "words"),
    [
        ("import", "", "", {"", "default", "import"}),
        ("plugin", "", "", {"plugin"}),
        ("plugin", "*/a.so", "", {"", "default", "plugin"}),
        ("import", "", "low", {"", "default", "import"}),
        ("dlopen", "", "high", {"", "default", "dlopen"}),
        ("dlopen", "", "medium", {"dlopen"}),
        ("exec", "", "high", {"", "default", "exec"}),
        ("declared", "", "", {"", "default", "declared"}),
        ("declared", "", "medium", {"declared"}),
        ("exec", "", "", {"exec"}),
        ("later", "", "high", {"later"}),
        ("later", "*/a.so", "", {"later"}),
    ],
)
def test_words_that_select_a_need(when: str, plugin: str, confidence: str, words: set[str]) -> None:
    """Its own `when`; without words, or with `default`, imports, chosen plugins and what is certain."""
    one = LockedNeed(soname="liba.so.1", when=when, plugin=plugin, confidence=confidence)
    every = ("", "default", "import", "plugin", "dlopen", "exec", "declared", "later")
    assert {word for word in every if is_in_line(one, (word,) if word else ())} == words


def test_the_words_of_a_distribution_replace_those_of_the_target() -> None:
    """Those of the command line replace both; a file that no RECORD lists has the target's."""
    one, two = locked("one", PQ, PLUGIN, CALL, when=("plugin",)), locked("two", PQ, PLUGIN, CALL)
    found = target(one, two, when=("dlopen",), unattributed=(LockedFile(file="x.so", needs=(PLUGIN,)),))
    assert [*needs_in_line(found)] == [("one", PLUGIN), ("two", CALL)]
    assert [*needs_in_line(found, ("plugin", "dlopen"))] == [
        ("one", PLUGIN),
        ("one", CALL),
        ("two", PLUGIN),
        ("two", CALL),
        ("x.so", PLUGIN),
    ]


def test_needs_by_their_answer() -> None:
    """A package is installed, a file is copied, a distribution is there; the host brings the rest."""
    base = (LockedBase(package="libc6", sonames=("libm.so.6",)),)
    capability = need("libz.so.1", capability="so:libz.so.1")
    found = target(locked("one", PQ, COPIED, LEFT, HOST, capability, PLUGIN, base=base))
    (libm,) = base[0].needs()
    assert [*needs_in_line(found)] == [("one", PQ), ("one", capability), ("one", libm)]
    assert [*needs_to_install(found)] == [("one", PQ), ("one", capability)]
    assert [*needs_to_meet(found)] == [("one", each) for each in (PQ, COPIED, LEFT, capability, libm)]
    assert [*unowned_needs(found)] == [("one", COPIED)]
    assert [*unowned_needs(found, ("plugin",))] == []


def test_packages_of_the_line() -> None:
    """By name, each with when and by whom it is needed; versions count only for pins."""
    entry = LockedPackage(name="libpq5", min="10", version="15", provides=("libpq.so.5(A)",))
    capability = need("libz.so.1", capability="so:libz.so.1")
    base = (LockedBase(package="libc6", sonames=("libm.so.6",)),)
    found = target(
        locked("two", capability, PQ),
        locked("one", replace(PQ, when="declared"), base=base),
        package=(entry, LockedPackage(name="libc6", base=True)),
    )
    pq = PackageToInstall(package=replace(entry, version=""), when=("declared", "import"), by=("one", "two"))
    z = PackageToInstall(package=LockedPackage(name="so:libz.so.1"), when=("import",), by=("two",))
    libc = PackageToInstall(package=LockedPackage(name="libc6", base=True), when=("import",), by=("one",))
    assert packages_to_install(found) == (pq, z)
    assert packages_to_install(found, base=True) == (libc, pq, z)
    assert packages_to_install(found, when=("declared",), pin=True) == (
        PackageToInstall(package=entry, when=("declared",), by=("one",)),
    )
    assert packages_to_install(found, pin=True)[0].item == Item(
        name="libpq5", minimum="10", version="15", capabilities=("libpq.so.5(A)",)
    )
