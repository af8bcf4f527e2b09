"""A release image for verification."""

from __future__ import annotations

from dataclasses import replace

import pytest

from builders.facts import distribution, found, load, not_found, scan_of
from builders.locked import locked, need, target
from pip_sysdeps.lock.document import LockedFile
from pip_sysdeps.model.loader import LoadedObject
from pip_sysdeps.model.needs import (
    Confidence,
    DistributionNeeds,
    FromCapability,
    FromHost,
    FromPackage,
    Missing,
    Need,
    Unowned,
    Unreachable,
    When,
)
from pip_sysdeps.report.image import (
    imported_objects,
    index_target,
    must_be_satisfied,
    unsatisfied_needs,
    uses_cpu_folders,
)
from pip_sysdeps.report.image import missing_sonames as names_not_found

M = "/env/site/m.so"
PQ = need("libpq.so.5", "libpq5")
UNOWNED = need("liba.so.1", class_="unowned", path="/opt/liba.so.1")
MAGIC = need("libmagic.so.1", "libmagic1", "dlopen", confidence="medium")
PLUGIN = need("libX11.so.6", "libx11-6", "plugin", plugin="*/b.so")
LOCKED = index_target(
    target(
        locked("one", PQ, UNOWNED, PLUGIN, replace(PLUGIN, soname="libXi.so.6", plugin="*/a.so"), offered=(MAGIC,)),
        unattributed=(LockedFile(file="x/a.so", needs=(PQ,)),),
    )
)


def needed(when: When = When.IMPORT, soname: str = "libnew.so.1", **changes: object) -> Need:
    """Return a need of a library that nothing has."""
    return Need(soname=soname, when=when, by=(M,), provider=Missing())._replace(**changes)  # type: ignore[arg-type]


def test_a_lock_is_indexed_by_holder_and_name() -> None:
    """The image must meet the needs of the line, and those like them that no package answers."""
    plugins = {("one", "libX11.so.6"), ("one", "libXi.so.6")}
    assert LOCKED.in_line == {("one", "libpq.so.5"), ("x/a.so", "libpq.so.5"), *plugins}
    assert LOCKED.expected == LOCKED.in_line | {("one", "liba.so.1")}
    assert LOCKED.needs.keys() == LOCKED.expected | {("one", "libmagic.so.1")}
    assert (LOCKED.package("one", "libpq.so.5"), LOCKED.package("two", "libpq.so.5")) == ("libpq5", "")
    assert (LOCKED.file_to_copy("one", "liba.so.1"), LOCKED.file_to_copy("one", "libpq.so.5")) == (UNOWNED, None)
    assert LOCKED.plugins == {"one": ("*/a.so", "*/b.so")}


@pytest.mark.parametrize(
    ("provider", "is_unmet"),
    [
        (FromPackage(package="libpq5", path=""), True),
        (FromPackage(package="libpq5", path="/lib/libpq.so.5"), False),
        (FromCapability(capability="so:libpq.so.5"), True),
        (Missing(), True),
        (Unreachable(distribution="two", path="/env/site/two/libpq.so.5"), True),
        (Unowned(path="/opt/libpq.so.5"), False),
        (FromHost(note="driver"), False),
    ],
)
def test_unmet_needs(provider: FromPackage | Missing, is_unmet: bool) -> None:
    """A need is unmet if the loader finds no file for it."""
    one = needed(provider=provider)
    scan = scan_of(DistributionNeeds(distribution=distribution("one"), needs=(one,), vendored=(), glibc=""))
    assert [*unsatisfied_needs(scan)] == ([("one", one)] if is_unmet else [])


@pytest.mark.parametrize(
    ("one", "with_lock", "without"),
    [
        (needed(), True, True),
        (needed(soname="libpq.so.5"), True, True),
        (needed(soname="liba.so.1"), True, True),
        (needed(soname="libmagic.so.1"), False, True),
        (needed(optional=True), False, False),
        (needed(soname="libpq.so.5", optional=True), True, False),
        (needed(soname="liba.so.1", optional=True), False, False),
        (needed(When.PLUGIN), False, False),
        (needed(When.PLUGIN, plugin="*/m.so"), True, True),
        (needed(When.DECLARED), True, True),
        (needed(When.DECLARED, confidence=Confidence.MEDIUM), False, False),
        (needed(When.DLOPEN, confidence=Confidence.HIGH), True, True),
        (needed(When.DLOPEN, confidence=Confidence.MEDIUM), False, False),
        (needed(When.DLOPEN, confidence=Confidence.HIGH, provider=Missing(note="no package has it")), False, False),
        (
            needed(When.DLOPEN, confidence=Confidence.HIGH, provider=Missing(note="no package has it", unsure=True)),
            True,
            True,
        ),
        (
            needed(When.EXEC, confidence=Confidence.HIGH, provider=Missing(note="none"), evidence="known: it does"),
            True,
            True,
        ),
        (needed(When.PLUGIN, confidence=Confidence.HIGH, provider=Missing(note="no package has it")), True, True),
        (needed(When.EXEC, confidence=Confidence.HIGH, provider=FromHost(note="driver")), True, True),
    ],
)
def test_needs_that_count(one: Need, with_lock: bool, without: bool) -> None:
    """The lock decides about those that it has, the defaults of the install line about others."""
    assert (must_be_satisfied("one", one, LOCKED), must_be_satisfied("one", one, None)) == (with_lock, without)


def test_objects_of_imports_and_chosen_plugins() -> None:
    """With the root that loads them, and the names that the loader does not find."""
    library = "/lib/liba.so.1"
    first = load(When.IMPORT, {M: (found(library), not_found("libgone.so.1")), library: ()})
    chosen = load(When.PLUGIN, {library: ()})._replace(plugin="*/a.so")
    scan = scan_of(loads=(first, load(When.PLUGIN, {"/env/site/p.so": ()}), chosen))
    assert [*imported_objects(scan)] == [
        (M, first.objects[0]),
        (M, first.objects[1]),
        (library, LoadedObject(path=library, needs=())),
    ]
    assert [*names_not_found(first.objects[0])] == ["libgone.so.1"]


@pytest.mark.parametrize(
    ("process", "loaded", "expected"),
    [
        ("/lib/libc.so.6", M, False),
        ("/lib/glibc-hwcaps/x86-64-v3/libc.so.6", M, True),
        ("/lib/libc.so.6", "/lib/glibc-hwcaps/x86-64-v3/liba.so.1", True),
    ],
)
def test_the_cpu_chooses_libraries(process: str, loaded: str, expected: bool) -> None:
    """Where the interpreter or a root loads one of its folders."""
    scan = scan_of(loads=(load(When.PLUGIN, {M: (), loaded: ()}),))
    assert uses_cpu_folders(scan._replace(process=(LoadedObject(path=process, needs=()),))) is expected
