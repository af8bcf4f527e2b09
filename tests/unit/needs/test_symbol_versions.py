"""Symbol versions that a library does not define."""

from __future__ import annotations

import pytest

from builders.facts import elf, found, not_found
from pip_sysdeps.model.elf import VersionNeed
from pip_sysdeps.model.loader import LoadedObject, Resolution
from pip_sysdeps.needs.symbol_versions import VersionGap, version_gaps

FILE, LIBC = "/env/m.abi3.so", "/lib/libc.so.6"
DEFINED = {LIBC: frozenset({"GLIBC_2.2.5", "GLIBC_2.34"}), "/base/libc.so.6": frozenset[str]()}


def gaps(version: str, *, weak: bool = False, answer: Resolution | None = None) -> list[tuple[str, bool]]:
    """Return the gaps of an object that needs one version of a libc with GLIBC_2.2.5 and GLIBC_2.34."""
    need = VersionNeed(soname="libc.so.6", version=version, weak=weak)
    found_gaps = version_gaps(
        [LoadedObject(path=FILE, needs=(answer or found(LIBC),))] * 2,
        facts=lambda path: elf(version_needs=(need,)) if path == FILE else None,
        defined=DEFINED.get,
    )
    return [(gap.version, gap.weak) for gap in found_gaps]


@pytest.mark.parametrize(("version", "expected"), [("GLIBC_2.34", []), ("GLIBC_2.38", [("GLIBC_2.38", False)])])
def test_a_version_is_defined_or_not(version: str, expected: list[tuple[str, bool]]) -> None:
    """A gap is reported once, however often the object is loaded."""
    assert gaps(version) == expected


def test_a_weak_reference_is_a_warning() -> None:
    """VER_FLG_WEAK: the loader continues."""
    assert gaps("GLIBC_2.38", weak=True) == [("GLIBC_2.38", True)]


def test_a_library_without_versions_is_a_warning() -> None:
    """The loader says "no version information available" and continues."""
    assert gaps("GLIBC_2.38", answer=found("/opt/libc.so.6")) == [("GLIBC_2.38", True)]


def test_a_library_with_a_base_version_alone_is_none_without_versions() -> None:
    """It has a DT_VERDEF: the loader stops."""
    assert gaps("GLIBC_2.38", answer=found("/base/libc.so.6")) == [("GLIBC_2.38", False)]


def test_a_library_that_is_not_found_has_no_versions() -> None:
    """That it is missing is reported elsewhere."""
    assert gaps("GLIBC_2.38", answer=not_found("libc.so.6")) == []


def test_the_whole_value() -> None:
    """A gap names file, library, version and the file that was found for it."""
    need = VersionNeed(soname="libc.so.6", version="GLIBC_2.38", weak=False)
    assert version_gaps(
        [LoadedObject(path=FILE, needs=(found(LIBC),))],
        facts=lambda _path: elf(version_needs=(need,)),
        defined=lambda _path: frozenset({"GLIBC_2.2.5"}),
    ) == (VersionGap(file=FILE, soname="libc.so.6", version="GLIBC_2.38", provider=LIBC, weak=False),)


def test_a_library_is_asked_once() -> None:
    """A library is read once, however many of its versions are needed."""
    asked: list[str] = []

    def defined(path: str) -> frozenset[str]:
        asked.append(path)
        return frozenset()

    needs = tuple(VersionNeed(soname="libc.so.6", version=f"A_{number}", weak=False) for number in range(3))
    objects = [LoadedObject(path=FILE, needs=(found(LIBC),))] * 2
    assert len(version_gaps(objects, facts=lambda _path: elf(version_needs=needs), defined=defined)) == 3
    assert asked == [LIBC]
