"""The SBOM of an environment as SPDX, whatever the wheels' own documents say."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from builders.facts import distribution
from builders.locked import target as locked_target
from builders.spdx import check_spdx
from pip_sysdeps.environment.sbom import parse_sbom
from pip_sysdeps.environment.vendored import Certainty, VendoredLibrary
from pip_sysdeps.lock.document import LockedDistribution, LockedNeed, LockedPackage
from pip_sysdeps.render.spdx import as_spdx
from pip_sysdeps.report.audit import InstalledVersion
from pip_sysdeps.report.materials import Materials

GL = LockedNeed(soname="libGL.so.1", package="libgl1", when="import")
TARGET = locked_target(
    release="12",
    package=(LockedPackage(name="libgl1", min="1.3"), LockedPackage(name="libstdc++6", base=True)),
    distribution=(LockedDistribution(name="one", version="1.0", needs=(GL,)),),
)
LIBRARY = VendoredLibrary(
    path="one.libs/libcrypto-0123abcd.so.3",
    name="openssl",
    version="3.0.15",
    confidence=Certainty.HIGH,
    evidence="OpenSSL 3.0.15 3 Sep 2024",
    by_name=False,
)
MATERIALS = Materials(
    target=TARGET,
    distributions=(distribution("one"), distribution("two")),
    required={"two": ("one",)},
    vendored={"one": (LIBRARY.path,)},
    libraries={"one": (LIBRARY,)},
    sboms={},
    installed={"libgl1": InstalledVersion(version="1.6.0-1", size=1)},
)


def relations(document: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Return the relationships, by the names of what they relate."""
    names = {each["SPDXID"]: each["name"] for each in document["packages"]} | {"SPDXRef-DOCUMENT": "document"}
    return [
        (names[each["spdxElementId"]], each["relationshipType"], names[each["relatedSpdxElement"]])
        for each in document["relationships"]
    ]


def test_an_environment() -> None:
    """What it is asked for, what that requires and brings, and which system packages it needs."""
    document = check_spdx(as_spdx(MATERIALS, 0))
    assert relations(document) == [
        ("document", "DESCRIBES", "debian-bookworm-amd64"),
        ("debian-bookworm-amd64", "DEPENDS_ON", "two"),
        ("one", "CONTAINS", "libcrypto-0123abcd.so.3"),
        ("libcrypto-0123abcd.so.3", "CONTAINS", "openssl"),
        ("two", "DEPENDS_ON", "one"),
        ("one", "DEPENDS_ON", "libgl1"),
    ]
    assert document["relationships"][-1]["comment"] == "libGL.so.1 (import)"
    openssl = document["packages"][-1]
    assert (openssl["versionInfo"], openssl["comment"]) == (
        "3.0.15",
        "confidence high, by `OpenSSL 3.0.15 3 Sep 2024`",
    )
    urls = [ref["referenceLocator"] for each in document["packages"] for ref in each.get("externalRefs", ())]
    assert urls == [
        "pkg:pypi/one@1.0",
        "pkg:pypi/two@1.0",
        "pkg:deb/debian/libgl1@1.6.0-1?arch=amd64&distro=debian-12",
        "pkg:deb/debian/libstdc%2B%2B6?arch=amd64&distro=debian-12",
        "pkg:generic/openssl@3.0.15",
    ]


def test_the_bytes_depend_on_the_content_and_the_time_that_is_given() -> None:
    """Another environment has another namespace."""
    text = as_spdx(MATERIALS, 1_700_000_000)
    assert text == as_spdx(MATERIALS, 1_700_000_000)
    document, other = json.loads(text), json.loads(as_spdx(replace(MATERIALS, vendored={}, libraries={}), 0))
    assert document["creationInfo"] == {"created": "2023-11-14T22:13:20Z", "creators": ["Tool: pip-sysdeps"]}
    assert document["documentNamespace"] != other["documentNamespace"]


@pytest.mark.parametrize(
    "components",
    [
        [{"name": "a", "version": "1", "purl": "pkg:generic/a@1"}, {"name": "a"}, {"name": "a", "version": "2"}],
        [{"name": "\x1b[31m\ud800", "purl": "no package url"}, {"name": "é ü/%#"}, {"name": "."}],
        [{"name": "a", "purl": "pkg:generic/a b"}],
    ],
)
def test_odd_components(components: list[dict[str, str]]) -> None:
    """Each has an id of its own, and none makes the document invalid."""
    sbom = parse_sbom(json.dumps({"bomFormat": "CycloneDX", "components": components}).encode())
    document = check_spdx(as_spdx(replace(MATERIALS, sboms={"one": (sbom,)}, vendored={}, libraries={}), 0))
    found = {each["relatedSpdxElement"] for each in document["relationships"] if each["relationshipType"] == "CONTAINS"}
    assert len(found) == len(components)
