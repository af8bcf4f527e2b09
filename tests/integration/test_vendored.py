"""Libraries in real wheels that carry no bill of materials, as audit and export name them, judged by the wheels."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from builders.command import pip_sysdeps
from builders.cyclonedx import check_cyclonedx
from builders.debian import made_once, unavailable
from builders.spdx import check_spdx

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.network

REQUIREMENTS = ("numpy==2.2.6", "lxml==5.4.0", "h5py==3.13.0", "rasterio==1.4.3")
"""None has a bill of materials. lxml has its libraries linked in; rasterio writes its name into theirs."""

ASK = """
import json, h5py, numpy, rasterio
from lxml import etree
dotted = lambda version: ".".join(map(str, version))
print(json.dumps({
    "openblas": numpy.__config__.CONFIG["Build Dependencies"]["blas"]["version"],
    "libxml2": dotted(etree.LIBXML_COMPILED_VERSION),
    "libxslt": dotted(etree.LIBXSLT_COMPILED_VERSION),
    "h5py hdf5": h5py.version.hdf5_version,
    "gdal": rasterio.__gdal_version__,
    "proj": rasterio.__proj_version__,
    "geos": rasterio.__geos_version__,
}))
"""
"""What the distributions say themselves."""


@pytest.fixture(scope="module")
def folder() -> Path:
    """Return a folder that pip filled with them, made once."""
    with made_once(f"vendored-cp{sys.version_info.major}{sys.version_info.minor}-1") as (entry, unfinished):
        if unfinished is not None:
            command = [sys.executable, "-m", "pip", "install", "--quiet", "--only-binary=:all:", "--target"]
            done = subprocess.run(
                [*command, str(unfinished), *REQUIREMENTS], capture_output=True, text=True, check=False
            )
            if done.returncode:
                unavailable(f"pip could not install {' '.join(REQUIREMENTS)}: {done.stderr[-400:]}")
    return entry


@pytest.fixture
def report(folder: Path, tmp_path: Path) -> dict[str, Any]:
    """Return the audit of the folder, with its distributions by name."""
    command = ("audit", "--path", str(folder), "--json", "--ignore", "SD")
    document = json.loads(pip_sysdeps(*command, cwd=tmp_path).stdout)
    return {each["name"]: each for each in document["distributions"]}


def named(distribution: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Yield the libraries with a version, each with its confidence."""
    for each in distribution["libraries"]:
        if each["version"]:
            yield each["name"], each["version"], each["confidence"]


def test_versions_are_those_that_the_distributions_state(folder: Path, report: dict[str, Any]) -> None:
    """Each distribution asks its library for the version when it runs."""
    command = [sys.executable, "-I", "-c", f"import sys; sys.path.insert(0, {str(folder)!r})\n{ASK}"]
    told = json.loads(subprocess.run(command, capture_output=True, check=True, text=True).stdout)
    found = {name: dict.fromkeys(named(each)) for name, each in report.items()}
    assert list(found["numpy"]) == [("openblas", told["openblas"], "high")]
    assert ("hdf5", told["h5py hdf5"], "high") in found["h5py"]
    assert {("libxml2", told["libxml2"], "medium"), ("libxslt", told["libxslt"], "medium")} <= found["lxml"].keys()
    assert ("gdal", told["gdal"], "medium") in found["rasterio"]
    assert {("proj", told["proj"], "high"), ("geos", told["geos"], "high")} <= found["rasterio"].keys()


def test_what_is_loaded_is_not_taken_for_linked_in(report: dict[str, Any]) -> None:
    """GDAL has the text of libtiff's header, and loads libtiff."""
    files = {each["file"] for each in report["rasterio"]["libraries"] if each["name"] == "libtiff"}
    assert [each.rpartition("/")[2].partition("-")[0] for each in files] == ["libtiff"]


def test_every_vendored_library_has_a_name(report: dict[str, Any]) -> None:
    """At least the name of its file, without the hash; no file has a library twice."""
    for distribution in report.values():
        files = [each["file"] for each in distribution["libraries"]]
        assert set(distribution["vendored"]) <= set(files)
        assert not any("-0" in each["name"] or ".so" in each["name"] for each in distribution["libraries"])


def test_they_are_in_both_bills_of_materials(folder: Path, tmp_path: Path) -> None:
    """With package URLs, valid by the libraries of the two standards."""
    where = ("--path", str(folder))
    cyclonedx = check_cyclonedx(pip_sysdeps("export", "--format", "cyclonedx", *where, cwd=tmp_path).stdout)
    (lxml,) = (each for each in cyclonedx["components"] if each["name"] == "lxml")
    urls = {part["purl"] for file in lxml["components"] for part in file["components"]}
    assert "pkg:generic/libxml2@2.13.8" in urls
    spdx = check_spdx(pip_sysdeps("export", "--format", "spdx", *where, cwd=tmp_path).stdout)
    found = [ref["referenceLocator"] for each in spdx["packages"] for ref in each.get("externalRefs", ())]
    assert urls < set(found)
