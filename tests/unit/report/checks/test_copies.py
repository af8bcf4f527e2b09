"""One library in several copies."""

from __future__ import annotations

from dataclasses import replace

import pytest

from builders.evidence import SITE, evidence, troubles
from builders.facts import elf, found, load
from pip_sysdeps.model.needs import FromPackage, Missing, Need, When
from pip_sysdeps.report.checks.copies import library_name
from pip_sysdeps.report.evidence import Issue


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
    """It has the major version, and no hash of auditwheel."""
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
    """Libraries of a program and of Python are not copies in one process."""
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


def test_copies_with_a_soname_each_have_a_state_each() -> None:
    """Of a distribution, of the system, and of no record; by the library's name."""
    ours, system, stray = f"{SITE}one/liba-0123abcd.so.1", "/usr/lib/liba.so.1", f"{SITE}stray/libb.so.2"
    module, other = f"{SITE}one/m.so", "/usr/lib/libb.so.2.0"
    objects = {
        module: elf("liba-0123abcd.so.1", "liba.so.1"),
        ours: elf(soname="liba-0123abcd.so.1"),
        system: elf(soname="liba.so.1"),
        stray: elf(soname="libb.so.2"),
        other: elf(soname="libb.so.2"),
        "/usr/lib/plain": elf(),
    }
    files = (ours, stray, system, other, "/usr/lib/plain", "/usr/lib/unread.so")
    subject = evidence(objects, load(When.IMPORT, {module: (), **dict.fromkeys(files, ())}))
    one = subject.scan.environment.distributions[0]._replace(files=(ours, module))
    environment = subject.scan.environment._replace(distributions=(one,), unclaimed=(stray,))
    subject = replace(subject, scan=subject.scan._replace(environment=environment))
    assert troubles("SD006", subject) == [
        Issue(
            message="2 copies (one, the system), each with its own state",
            subjects=("liba.so.1",),
            files=(ours, system),
        ),
        Issue(
            message="2 copies (no record, the system), all with one SONAME: the first one loaded is used by all",
            subjects=("libb.so.2",),
            files=(stray, other),
        ),
    ]


def test_a_library_that_is_vendored_and_taken_from_a_package() -> None:
    """Reported at the copy; a file of no record, and a library that no package has, are not."""
    objects = {
        f"{SITE}one/liba-0123abcd.so.1": elf(soname="liba-0123abcd.so.1"),
        f"{SITE}one/libb.so.1": elf(soname="libb.so.1"),
        f"{SITE}one/m.so": elf(),
        "/env/stray/liba.so.1": elf(soname="liba.so.1"),
    }
    subject = evidence(objects)
    needs = (
        Need(soname="liba.so.1", when=When.IMPORT, by=(), provider=FromPackage(package="liba1", path="")),
        Need(soname="libb.so.1", when=When.IMPORT, by=(), provider=Missing()),
        Need(program="gs", when=When.EXEC, by=(), provider=FromPackage(package="gs", path="")),
    )
    scan = subject.scan._replace(distributions=(subject.scan.distributions[0]._replace(needs=needs),))
    scan = scan._replace(environment=scan.environment._replace(unclaimed=("/env/stray/liba.so.1",)))
    assert troubles("SD007", replace(subject, scan=scan)) == [
        Issue(
            message="vendored here, and taken from a binary package by others: system updates reach only one copy",
            subjects=("liba.so.1",),
            distribution="one",
            files=(f"{SITE}one/liba-0123abcd.so.1",),
        )
    ]
