"""The SBOM of an environment, whatever the wheels' own documents say."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from builders.cyclonedx import check_cyclonedx
from builders.facts import distribution
from builders.locked import target as locked_target
from pip_sysdeps.environment.sbom import parse_sbom
from pip_sysdeps.lock.document import LockedFile, LockedNeed, LockedPackage, Target, Unresolved
from pip_sysdeps.render.cyclonedx import as_cyclonedx
from pip_sysdeps.report.materials import Materials

TARGET = locked_target(
    release="12",
)
ONE = distribution("one")


def document(*sboms: dict[str, Any], target: Target = TARGET, **changes: Any) -> dict[str, Any]:  # noqa: ANN401
    """Return the valid document of an environment with one distribution, which has these documents."""
    parsed = tuple(parse_sbom(json.dumps({"bomFormat": "CycloneDX", **each}).encode()) for each in sboms)
    materials = Materials(
        target=target,
        distributions=(ONE._replace(**changes),),
        required={},
        vendored={},
        libraries={},
        sboms={"one": parsed},
        installed={},
    )
    return check_cyclonedx(as_cyclonedx(materials))


def test_edges_of_the_wheel_in_a_document() -> None:
    """The edges of the wheel in its SBOM become edges of our component."""
    own = {"bom-ref": "me", "type": "library", "name": "One"}
    found = document(
        {
            "metadata": {"component": own},
            "components": [own, {"bom-ref": "a", "name": "a"}, {"bom-ref": "b", "name": "b"}],
            "dependencies": [{"ref": "me", "dependsOn": ["a"]}, {"ref": "a", "dependsOn": ["b", "gone"]}],
        }
    )
    edges = {each["ref"].rpartition("/")[2]: each.get("dependsOn") for each in found["dependencies"]}
    assert edges["one@1.0"] == ["pkg:pypi/one@1.0#sbom0/a"]
    assert edges["a"] == ["pkg:pypi/one@1.0#sbom0/b"]


def test_only_what_every_version_has_is_kept() -> None:
    """A field, a kind or a license that 1.6 does not know would make the whole invalid."""
    component = {
        "name": "a",
        "type": "new-kind",
        "version": "1",
        "purl": "pkg:generic/a@1",
        "licenses": [{"license": {"id": "Not-In-The-List-1.0"}}],
        "newField": 1,
        "components": [{"name": "inner", "licenses": [{"license": {"id": "MIT"}}, {"license": {"name": "Mine"}}]}],
    }
    (one,) = document({"specVersion": "9.9", "components": [component]})["components"]
    assert one["components"] == [
        {
            "type": "library",
            "bom-ref": "pkg:pypi/one@1.0#sbom0/0",
            "name": "a",
            "version": "1",
            "purl": "pkg:generic/a@1",
            "licenses": [{"expression": "Not-In-The-List-1.0"}],
            "components": [
                {
                    "type": "library",
                    "bom-ref": "pkg:pypi/one@1.0#sbom0/1",
                    "name": "inner",
                    "licenses": [{"license": {"name": "MIT"}}, {"license": {"name": "Mine"}}],
                }
            ],
        }
    ]


@pytest.mark.parametrize(
    "sbom",
    [
        {},
        {"components": "x", "dependencies": 3, "metadata": []},
        {
            "components": [
                1,
                None,
                {},
                {"name": ""},
                {"name": 3},
                {"name": "a", "bom-ref": 5, "purl": 7, "licenses": [2]},
            ]
        },
        {"components": [{"name": "a", "bom-ref": "r"}, {"name": "b", "bom-ref": "r"}, {"name": "c", "bom-ref": "1"}]},
        {"components": [{"name": "a", "bom-ref": "r"}], "dependencies": [{"ref": "r", "dependsOn": ["r", [], 3]}, {}]},
        {"components": [{"name": "\x1b[31m\ud800", "bom-ref": "\x00", "licenses": [{"license": {"id": []}}, {}]}]},
        {"components": [{"name": "a", "purl": "no package url", "licenses": [{"expression": ""}]}]},
    ],
)
def test_odd_documents(sbom: dict[str, Any]) -> None:
    """The output stays valid, whatever an SBOM contains."""
    document(sbom, sbom)


def test_deeply_nested_components() -> None:
    """Components that are nested too deeply are cut off."""
    nested: dict[str, Any] = {"name": "leaf"}
    for number in range(100):
        nested = {"name": str(number), "components": [nested]}
    document({"components": [nested]})


def test_needs_are_written_with_their_reasons() -> None:
    """As properties, since an edge has none; what no record claims depends on the environment's behalf."""
    gl = LockedNeed(soname="libGL.so.1", package="libgl1", when="import")
    target = replace(
        TARGET,
        unattributed=(LockedFile(file="bin/tool", needs=(gl,)),),
        unresolved=(Unresolved(soname="libgone.so", when="plugin", distribution="one"),),
        package=(LockedPackage(name="libgl1", min="1.3"),),
    )
    found = document(target=target, source="editable")
    one, gl1 = found["components"]
    assert one["purl"] == "pkg:pypi/one"
    assert one["properties"] == [{"name": "pip-sysdeps:unresolved", "value": "libgone.so (plugin)"}]
    assert gl1["properties"] == [
        {"name": "pip-sysdeps:base", "value": "false"},
        {"name": "pip-sysdeps:min", "value": "1.3"},
        {"name": "pip-sysdeps:installed", "value": "false"},
    ]
    assert found["dependencies"][0] == {"ref": "environment", "dependsOn": [gl1["bom-ref"], "pkg:pypi/one"]}
