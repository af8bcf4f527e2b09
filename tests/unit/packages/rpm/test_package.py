"""An installed package: what its header says of it."""

from __future__ import annotations

import pytest

from builders.rpm_files import Rpm, header
from pip_sysdeps.errors import MalformedError
from pip_sysdeps.packages.rpm.package import EQUAL, GREATER, Dependency, FileList, RpmPackage, parse_package


def test_a_package_is_what_its_header_says() -> None:
    """Name, version with epoch, architecture, size, source, dependencies and files."""
    rpm = Rpm(
        name="libpq",
        version="16.1",
        release="2.fc40",
        epoch=1,
        files=("/usr/lib64/libpq.so.5", "/usr/share/doc/libpq/README"),
        provides=("libpq", "libpq.so.5()(64bit)"),
        requires=("libc.so.6()(64bit)",),
        states=(0, 2),
        size=300,
        source="postgresql-16.1-2.fc40.src.rpm",
    )
    assert parse_package(rpm.header()) == RpmPackage(
        name="libpq",
        version="1:16.1-2.fc40",
        architecture="x86_64",
        source_file="postgresql-16.1-2.fc40.src.rpm",
        size=300,
        provided=(Dependency(name="libpq"), Dependency(name="libpq.so.5()(64bit)")),
        required=(Dependency(name="libc.so.6()(64bit)"),),
        files=FileList(
            folders=("/usr/lib64/", "/usr/share/doc/libpq/"),
            names=("libpq.so.5", "README"),
            folder_of=(0, 1),
            states=(0, 2),
        ),
    )


def test_files_that_were_not_installed_are_left_out() -> None:
    """States 0 and 3 are on the disk; 1 was replaced, 2 was left out, 4 is of another machine."""
    files = tuple(f"/a/{state}" for state in range(5))
    package = parse_package(Rpm(name="a", files=files, states=(0, 1, 2, 3, 4)).header())
    assert package.files is not None
    assert list(package.files.paths()) == ["/a/0", "/a/3"]
    assert package.files.names_in("/a/") == {"0", "3"}


def test_a_package_without_states_has_all_its_files() -> None:
    """A header that was not installed by rpm has no states."""
    files = FileList(folders=("/",), names=("a",), folder_of=(0,))
    assert list(files.paths()) == ["/a"]


def test_an_epoch_of_zero_is_left_out() -> None:
    """An epoch of 0 is the same as none."""
    assert parse_package(Rpm(name="a", epoch=0).header()).version == "1.0-1"


@pytest.mark.parametrize(
    ("dependency", "text"),
    [
        (Dependency(name="a"), "a"),
        (Dependency(name="a", flags=EQUAL, version="1-1"), "a = 1-1"),
        (Dependency(name="a", flags=GREATER | EQUAL | 0x100, version="1"), "a >= 1"),
    ],
)
def test_a_dependency_reads_as_rpm_prints_it(dependency: Dependency, text: str) -> None:
    """The comparison is written as `rpm -q --provides` writes it."""
    assert str(dependency) == text


@pytest.mark.parametrize(
    ("content", "message"),
    [
        *(
            (
                header({1000: (6, name), 1001: (6, version), 1002: (6, "1"), 1022: (6, machine)}),
                f"offset 0: invalid name, version, release or architecture: {name!r}, {version!r}, '1', {machine!r}",
            )
            for name, version, machine in (
                ("", "1", "x86_64"),
                ("a b", "1", "x86_64"),
                ("a", "\x1b[31m", "x86_64"),
                ("a", "1", "x 86"),
            )
        ),
        (
            header({1000: (6, "a"), 1001: (6, "1"), 1002: (6, "1"), 1047: (8, ["a"]), 1112: (4, [0, 0])}),
            "offset 0: tags 1047, 1112 and 1113 differ in length",
        ),
        (
            header({1000: (6, "a"), 1001: (6, "1"), 1002: (6, "1"), 1117: (8, ["a"])}),
            "offset 0: 1 file names, 0 folder numbers and 0 states",
        ),
        (
            header({1000: (6, "a"), 1001: (6, "1"), 1002: (6, "1"), 1116: (4, [3]), 1117: (8, ["a"])}),
            "offset 0: folder 3 of 0",
        ),
    ],
)
def test_arrays_that_do_not_fit_together_are_refused(content: bytes, message: str) -> None:
    """A header whose arrays contradict each other is an error."""
    with pytest.raises(MalformedError) as error:
        parse_package(content)
    assert str(error.value) == message
