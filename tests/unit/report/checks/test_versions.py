"""Versions of glibc and of symbols."""

from __future__ import annotations

from dataclasses import replace

import pytest

from builders.evidence import SITE, evidence, troubles
from builders.facts import distribution, elf, scan_of
from pip_sysdeps.model.elf import VersionNeed
from pip_sysdeps.model.needs import Confidence, DistributionNeeds, FromHost, FromPackage, Missing, Need, When
from pip_sysdeps.needs.symbol_versions import VersionGap
from pip_sysdeps.report.evidence import Evidence, Issue

M = f"{SITE}one/m.so"
PQ = Need(soname="libpq.so.5", when=When.IMPORT, by=(M,), provider=FromPackage(package="libpq5", path=""))


@pytest.mark.parametrize(
    ("version", "expected"),
    [("GLIBC_2.28", []), ("GLIBC_2.29", ["GLIBC_2.29"]), ("GLIBC_PRIVATE", ["GLIBC_PRIVATE"]),
     ("GLIBC_ABI_DT_RELR", ["GLIBC_ABI_DT_RELR"]), ("GCC_3.0", [])],
)  # fmt: skip
def test_glibc_beyond_the_tag(version: str, expected: list[str]) -> None:
    """The tag is manylinux_2_28; what is not a number never is promised, but for what came with 2.36."""
    need = VersionNeed(soname="libc.so.6", version=version, weak=False)
    subject = evidence({f"{SITE}one/m.so": elf("libc.so.6", version_needs=(need,))})
    assert [subject for each in troubles("SD015", subject) for subject in each.subjects] == expected


def test_what_is_left_to_another_distribution_is_not_asked_of_the_system() -> None:
    """A wheel may leave libraries to its sibling: that breaks no promise of its tag."""
    needs = [
        Need(soname="libQt6Pdf.so.6", when=When.PLUGIN, by=("m.so",), provider=Missing(sibling="libQt6Gui.so.6")),
        Need(soname="libclntsh.so.23.1", when=When.PLUGIN, by=("m.so",), provider=Missing()),
    ]
    one = DistributionNeeds(distribution=distribution("one", "m.so"), needs=tuple(needs), vendored=(), glibc="")
    subject = Evidence(scan=scan_of(one), glibc=(2, 36))
    assert [each.subjects for each in troubles("SD017", subject)] == [("libclntsh.so.23.1",)]


def gap(version: str, file: str = M, *, weak: bool = False) -> VersionGap:
    """Return a version that a library lacks."""
    return VersionGap(file=file, soname="liba.so.1", version=version, provider="/lib/liba.so.1", weak=weak)


def test_versions_that_a_library_lacks() -> None:
    """Versions of glibc are a finding of their own; weak ones and those of the system's objects are none."""
    gaps = (gap("GLIBC_2.38", "/env/link.so"), gap("A_2"), gap("A_3", weak=True), gap("A_4", "/lib/libb.so.1"))
    subject = replace(evidence({M: elf("liba.so.1")}), gaps=gaps)
    subject = replace(subject, scan=subject.scan._replace(real={"/env/link.so": M}))
    newer = Issue(message="needed, but this system has 2.36", subjects=("GLIBC_2.38",), distribution="one", files=(M,))
    assert troubles("SD016", subject) == [newer]
    assert troubles("SD016", replace(subject, glibc=None)) == [replace(newer, message="needed")]
    assert troubles("SD019", subject) == [
        Issue(message="needed, but not in /lib/liba.so.1", subjects=("A_2",), distribution="one", files=(M,))
    ]


@pytest.mark.parametrize(
    ("need", "tags", "is_found"),
    [
        (PQ, ("cp311-cp311-manylinux_2_17_x86_64",), True),
        (PQ, ("cp311-cp311-linux_x86_64",), False),
        (PQ._replace(confidence=Confidence.HIGH), ("cp311-cp311-manylinux_2_17_x86_64",), False),
        (PQ._replace(soname="libX11.so.6"), ("cp311-cp311-manylinux_2_17_x86_64",), False),
        (PQ._replace(soname="", program="gs"), ("cp311-cp311-manylinux_2_17_x86_64",), False),
        (PQ._replace(provider=FromHost(note="driver")), ("cp311-cp311-manylinux_2_17_x86_64",), False),
    ],
)
def test_a_library_that_the_tag_does_not_allow(need: Need, tags: tuple[str, ...], is_found: bool) -> None:
    """One of the system, that an ELF file needs; a wheel without a manylinux tag promises nothing."""
    one = DistributionNeeds(distribution=distribution("one", M, tags=tags), needs=(need,), vendored=(), glibc="")
    message = "taken from the system, which manylinux_2_17 does not allow"
    expected = [Issue(message=message, subjects=("libpq.so.5",), distribution="one", files=(M,))]
    assert troubles("SD017", Evidence(scan=scan_of(one))) == (expected if is_found else [])
