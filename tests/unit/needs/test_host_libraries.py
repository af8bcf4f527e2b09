"""The list of libraries that the host brings."""

from __future__ import annotations

import pytest

from pip_sysdeps.errors import MalformedError
from pip_sysdeps.needs.host_libraries import HostLibrary, find_host_library, parse_host_libraries
from pip_sysdeps.needs.read_host_libraries import host_libraries, host_library
from pip_sysdeps.packages.index import open_index

CUDA = HostLibrary(name="libcuda.so", note="comes with the driver", source="README")


def test_a_line_is_name_note_and_source() -> None:
    """Comments and empty lines are skipped."""
    text = "# libraries\n\nlibcuda.so\tcomes with the driver\tREADME\n"
    assert parse_host_libraries(text) == {"libcuda.so": CUDA}


@pytest.mark.parametrize("line", ["libcuda.so", "a\tb\tc\td", "a\t\tc", "libcuda.so\ta\tb\nlibcuda.so\ta\tb"])
def test_a_faulty_line_is_named(line: str) -> None:
    """Another number of columns, an empty one, or a name twice is an error with its line."""
    with pytest.raises(MalformedError, match=r"^line [12]: not a new name, a note and a source$"):
        parse_host_libraries(line)


@pytest.mark.parametrize(
    ("soname", "found"),
    [
        ("libcuda.so", True),
        ("libcuda.so.1", True),
        ("libcuda.so.575.57.08", True),
        ("libcudart.so.12", False),
        ("libcuda.sox", False),
        ("libcuda", False),
    ],
)
def test_the_name_up_to_so_decides(soname: str, found: bool) -> None:
    """Any version of a listed library counts, and nothing that is merely called alike."""
    assert (find_host_library(soname, {"libcuda.so": CUDA}) == CUDA) is found


def test_the_shipped_list_has_the_driver_and_not_what_images_install() -> None:
    """The CUDA driver is the host's; an OpenCL loader or the CUDA runtime is not."""
    assert host_library("libcuda.so.1") == "comes with the NVIDIA driver"
    assert host_library("libOpenCL.so.1") is None
    assert host_library("libcudart.so.12") is None


@pytest.mark.parametrize("codename", ["bookworm", "trixie", "forky"])
def test_no_package_of_debian_has_a_host_library(codename: str) -> None:
    """What main ships can be installed in an image, so it does not belong on the list."""
    index = open_index(f"debian-{codename}-amd64")
    assert index is not None
    listed = [f"{name}{version}" for name in host_libraries() for version in ("", ".0", ".1", ".2")]
    assert {name: index.package_of(name) for name in listed} == dict.fromkeys(listed)
