"""SBOMs of installed wheels, read within bounds."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pytest

from builders.root import write
from pip_sysdeps.environment import read_sboms
from pip_sysdeps.environment.read_sboms import SbomFiles
from pip_sysdeps.environment.sbom import Component, Sbom
from pip_sysdeps.model.environment import Distribution, RecordKind, Skipped, Verdict
from pip_sysdeps.system.root import Root

if TYPE_CHECKING:
    from pathlib import Path

DOCUMENT = {"bomFormat": "CycloneDX", "components": [{"name": "a"}, {"name": "b"}]}
SBOM = Sbom(
    components=(Component(name="a", version="", purl=""), Component(name="b", version="", purl="")), cyclonedx=DOCUMENT
)


def distribution(name: str) -> Distribution:
    """Return a distribution with its metadata in a folder of the root."""
    folder = f"/{name}.dist-info"
    return Distribution(name=name, version="1", metadata_path=folder, base="/", record=RecordKind.RECORD, files=())


def test_documents_by_name(tmp_path: Path) -> None:
    """Files that are not JSON by name are passed over, those that are not by content are noted."""
    write(tmp_path / "a.dist-info/sboms/b.json", json.dumps(DOCUMENT))
    write(tmp_path / "a.dist-info/sboms/c.json", "{")
    write(tmp_path / "a.dist-info/sboms/d.xml", "<a/>")
    skipped: list[Skipped] = []
    assert SbomFiles(Root(str(tmp_path))).read(distribution("a"), skipped) == (SBOM,)
    assert skipped == [Skipped(path="/a.dist-info/sboms/c.json", verdict=Verdict.MALFORMED, reason="is not JSON")]


def test_a_shared_file_is_parsed_once(tmp_path: Path) -> None:
    """Two distributions with one file, by a hard link, have one document."""
    write(tmp_path / "a.dist-info/sboms/a.json", json.dumps(DOCUMENT))
    (tmp_path / "b.dist-info/sboms").mkdir(parents=True)
    os.link(tmp_path / "a.dist-info/sboms/a.json", tmp_path / "b.dist-info/sboms/a.json")
    files = SbomFiles(Root(str(tmp_path)))
    assert files.read(distribution("a"), [])[0] is files.read(distribution("b"), [])[0]


def test_more_dependencies_than_all_may_have_are_noted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """References count like rows; each distribution with a document adds its own."""
    monkeypatch.setattr(read_sboms, "MAX_ALL_EDGES", 5)
    document = {**DOCUMENT, "dependencies": [{"ref": "a", "dependsOn": ["b", "c"]}]}
    for name in ("a", "b"):
        write(tmp_path / f"{name}.dist-info/sboms/a.json", json.dumps(document))
    files, skipped = SbomFiles(Root(str(tmp_path))), list[Skipped]()
    assert [len(files.read(distribution(name), skipped)) for name in ("a", "b")] == [1, 0]
    assert [each.reason for each in skipped] == ["the SBOMs of this environment have more than 5 dependencies"]


@pytest.mark.parametrize(
    ("bound", "value", "reason"),
    [
        ("MAX_ALL_COMPONENTS", 3, "the SBOMs of this environment have more than 3 components"),
        ("MAX_ALL_BYTES", 100, "the SBOMs of this environment have more than 0 MB"),
    ],
)
def test_what_exceeds_a_bound_is_noted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bound: str, value: int, reason: str
) -> None:
    """The bound is that of all distributions; what fits is used."""
    monkeypatch.setattr(read_sboms, bound, value)
    for name in ("a", "b"):
        write(tmp_path / f"{name}.dist-info/sboms/a.json", json.dumps(DOCUMENT))
    files, skipped = SbomFiles(Root(str(tmp_path))), list[Skipped]()
    assert files.read(distribution("a"), skipped) == (SBOM,)
    assert files.read(distribution("b"), skipped) == ()
    assert skipped == [Skipped(path="/b.dist-info/sboms/a.json", verdict=Verdict.MALFORMED, reason=reason)]
