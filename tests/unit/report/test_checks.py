"""The checks' finer points; what each finds is in tests/functional/test_audit.py."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from builders.facts import distribution, elf, found, load, scan_of
from pip_sysdeps.model.elf import VersionNeed
from pip_sysdeps.model.needs import DistributionNeeds, FromPackage, Missing, Need, When
from pip_sysdeps.packages.family import Available
from pip_sysdeps.report.checks.copies import library_name
from pip_sysdeps.report.checks.search_paths import search_path_elements
from pip_sysdeps.report.evidence import Evidence, Trouble
from pip_sysdeps.report.findings import CHECKS, findings, selects_checks

if TYPE_CHECKING:
    from pip_sysdeps.model.elf import ElfFile
    from pip_sysdeps.model.loader import Load

SITE = "/env/site/"


def evidence(objects: dict[str, ElfFile], *loads: Load, glibc: tuple[int, int] | None = (2, 36)) -> Evidence:
    """Return an environment in which each folder of the site directory is a distribution with these objects."""
    names = sorted({path.removeprefix(SITE).partition("/")[0] for path in objects if path.startswith(SITE)})
    owned = [
        DistributionNeeds(
            distribution=distribution(name, *(path for path in objects if path.startswith(f"{SITE}{name}/"))),
            needs=(),
            vendored=(),
            glibc="",
        )
        for name in names
    ]
    return Evidence(scan=replace(scan_of(*owned, loads=loads), objects=objects), glibc=glibc)


def troubles(code: str, subject: Evidence) -> list[Trouble]:
    """Return what one check finds."""
    return [each.trouble for each in findings(subject, select=[code])]


@pytest.mark.parametrize(
    ("soname", "name"),
    [
        ("libgomp-a34b3233.so.1.0.0", "libgomp.so.1"),
        ("libgfortran-040039e1-0352e75f.so.5.0.0", "libgfortran.so.5"),
        ("libgomp.so.1", "libgomp.so.1"),
        ("libX11-xcb.so.1", "libX11-xcb.so.1"),
        ("libscipy_openblas64_-32a4b2a6.so", "libscipy_openblas64_.so"),
        ("_module.abi3.so", ""),
        ("", ""),
    ],
)
def test_the_name_of_a_library(soname: str, name: str) -> None:
    """With its major version, without auditwheel's hash."""
    assert library_name(soname) == name


def test_copies_under_one_soname_serve_each_other() -> None:
    """And that is reported, since it is another trouble than two states."""
    one, two = f"{SITE}one/liba.so.1", f"{SITE}two/liba.so.1"
    objects = {
        f"{SITE}one/m.so": elf("liba.so.1"),
        one: elf(soname="liba.so.1"),
        f"{SITE}two/m.so": elf("liba.so.1"),
        two: elf(soname="liba.so.1"),
    }
    loads = [
        load(When.IMPORT, {f"{SITE}one/m.so": (found(one),), one: ()}),
        load(When.IMPORT, {f"{SITE}two/m.so": (found(two),), two: ()}),
    ]
    (trouble,) = troubles("SD006", evidence(objects, *loads))
    assert trouble.message == "2 copies (one, two), all with one SONAME: the first one loaded is used by all"
    assert trouble.files == (one, two)
    assert troubles("SD006", evidence(objects, loads[0])) == []


def test_a_program_is_a_process_of_its_own() -> None:
    """What it loads does not meet what Python loads."""
    one, two = f"{SITE}one/liba.so.1", f"{SITE}two/liba.so.1"
    program = elf("liba.so.1", interpreter="/lib64/ld-linux-x86-64.so.2")
    objects = {
        f"{SITE}one/m.so": elf("liba.so.1"),
        one: elf(soname="liba.so.1"),
        f"{SITE}two/tool": program,
        two: elf(soname="liba.so.1"),
    }
    loads = [
        load(When.IMPORT, {f"{SITE}one/m.so": (found(one),), one: ()}),
        load(When.IMPORT, {f"{SITE}two/tool": (found(two),), two: ()}),
    ]
    assert troubles("SD006", evidence(objects, *loads)) == []


@pytest.mark.parametrize(("glibc", "codes"), [((2, 36), {"SD012"}), ((2, 41), {"SD013"}), (None, {"SD012"})])
@pytest.mark.parametrize("stack", [True, None])
def test_an_executable_stack_depends_on_glibc(
    glibc: tuple[int, int] | None, codes: set[str], stack: bool | None
) -> None:
    """An object without the header counts as one that asks for it."""
    subject = evidence({f"{SITE}one/m.so": elf(executable_stack=stack)}, glibc=glibc)
    assert {each.entry.code for each in findings(subject, select=["SD012", "SD013"])} == codes


def test_a_sound_stack() -> None:
    """Or a program, whose own stack it is."""
    program = elf(executable_stack=None, interpreter="/lib64/ld-linux-x86-64.so.2")
    assert findings(evidence({f"{SITE}one/m.so": elf(), f"{SITE}one/tool": program}), select=["SD012"]) == ()


@pytest.mark.parametrize(
    ("version", "expected"),
    [("GLIBC_2.28", []), ("GLIBC_2.29", ["GLIBC_2.29"]), ("GLIBC_PRIVATE", ["GLIBC_PRIVATE"]),
     ("GLIBC_ABI_DT_RELR", ["GLIBC_ABI_DT_RELR"]), ("GCC_3.0", [])],
)  # fmt: skip
def test_glibc_beyond_the_tag(version: str, expected: list[str]) -> None:
    """The tag is manylinux_2_28; what is no number never is promised, but for what came with 2.36."""
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


@pytest.mark.parametrize(
    ("rpath", "runpath", "expected"),
    [
        ("/a:/b", None, ["/a", "/b"]),
        ("/a", "/b", ["/b"]),
        ("/a", "", []),
        ("", None, []),
        (None, None, []),
        (None, "$ORIGIN:", ["$ORIGIN", ""]),
    ],
)
def test_the_search_path_that_counts(rpath: str | None, runpath: str | None, expected: list[str]) -> None:
    """DT_RUNPATH hides DT_RPATH; one that is empty as a whole is ignored, one with an empty element is not."""
    assert list(search_path_elements(elf(rpath=rpath, runpath=runpath))) == expected


def test_the_systems_own_folders_are_no_build_hosts() -> None:
    """Nor is the environment."""
    runpath = "/usr/lib/x86_64-linux-gnu:/lib:/env/lib:/usr/library"
    (trouble,) = troubles("SD010", evidence({f"{SITE}one/m.so": elf(runpath=runpath)}))
    assert trouble.subjects == ("/usr/library",)


@pytest.mark.parametrize("text", ["SD001", "SD0", "SD", "SD010:shapely"])
def test_names_of_checks(text: str) -> None:
    """A code, the beginning of one, and one distribution's."""
    assert selects_checks(text)
    assert not any(map(selects_checks, (text.lower(), f"x{text}", "SD9", "SD001:", "")))


def test_every_check_is_silent_about_nothing() -> None:
    """An environment without objects has no findings."""
    assert findings(evidence({})) == ()
    assert len(CHECKS) == 25


@pytest.mark.parametrize(
    ("versions", "released", "messages"),
    [
        ({}, {}, {"SD029": "2 is installed, and no configured source has the package"}),
        ({"libpq5": ("2",)}, {"libpq5": ("2",)}, {}),
        ({"libpq5": ("1", "3")}, {"libpq5": ("1", "3")}, {}),
        ({"libpq5": ("10", "2")}, {"libpq5": ("1",)}, {"SD030": "2 is installed, and the release has 1"}),
        ({"libpq5": ("2",)}, {}, {"SD030": "2 is installed, and only a source like backports has the package"}),
    ],
)
def test_what_the_sources_have(
    versions: dict[str, tuple[str, ...]], released: dict[str, tuple[str, ...]], messages: dict[str, str]
) -> None:
    """An installed package is in no source, or newer than all that the release has; else nothing is reported."""
    provider = FromPackage(package="libpq5", path="/usr/lib/libpq.so.5")
    need = Need(soname="libpq.so.5", when=When.IMPORT, by=(f"{SITE}one/m.so",), provider=provider)
    needs = DistributionNeeds(distribution=distribution("one"), needs=(need,), vendored=(), glibc="")
    subject = Evidence(
        scan=scan_of(needs),
        versions={"libpq5": "2"},
        available=Available(versions=versions, released=released),
        version_key=int,
    )
    found_now = {each.entry.code: each.trouble.message for each in findings(subject, select=["SD029", "SD030"])}
    assert found_now == messages
    unknown = replace(subject, available=None)
    assert findings(unknown, select=["SD029", "SD030"]) == ()
