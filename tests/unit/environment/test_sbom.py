"""Bills of materials in wheels."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pip_sysdeps.environment.sbom import Component, parse_sbom
from pip_sysdeps.errors import MalformedError


def test_cyclonedx_with_nested_components() -> None:
    """Each before those nested in it, in the document's order; the document is kept."""
    document: dict[str, Any] = {
        "bomFormat": "CycloneDX",
        "components": [
            {"name": "a", "version": "1", "purl": "pkg:deb/debian/a@1", "components": [{"name": "b"}]},
            {"name": "c", "version": 3},
            "no component",
        ],
    }
    sbom = parse_sbom(json.dumps(document).encode())
    assert sbom.components == (
        Component(name="a", version="1", purl="pkg:deb/debian/a@1"),
        Component(name="b", version="", purl=""),
        Component(name="c", version="", purl=""),
    )
    assert sbom.cyclonedx == document


@pytest.mark.parametrize(
    ("name", "version", "purl", "repaired"),
    [
        ("krb5", "libs-1.21.3-r0", "pkg:apk/alpine/krb5@libs-1.21.3-r0",
         ("krb5-libs", "1.21.3-r0", "krb5-libs@1.21.3-r0")),
        ("a", "b-c-1.0_rc1-r12", "pkg:apk/alpine/a@b-c-1.0_rc1-r12?x=y",
         ("a-b-c", "1.0_rc1-r12", "a-b-c@1.0_rc1-r12?x=y")),
        ("gtk+3", "2-1-r0", "pkg:apk/alpine/gtk%2B3@2-1-r0", ("gtk+3-2", "1-r0", "gtk%2B3-2@1-r0")),
        ("ok", "own", "pkg:apk/alpine/krb5@libs-1.21.3-r0", ("ok", "own", "krb5-libs@1.21.3-r0")),
        ("musl", "1.2.5-r0", "pkg:apk/alpine/musl@1.2.5-r0", ("musl", "1.2.5-r0", "musl@1.2.5-r0")),
        ("krb5-libs", "1.21-r0", "pkg:apk/alpine/krb5-libs@1.21-r0", ("krb5-libs", "1.21-r0", "krb5-libs@1.21-r0")),
    ],
)  # fmt: skip
def test_an_apk_package_that_was_split_at_its_first_dash(
    name: str, version: str, purl: str, repaired: tuple[str, str, str]
) -> None:
    """The component and the document get the whole name; a correct one is unchanged."""
    document = {"bomFormat": "CycloneDX", "components": [{"name": name, "version": version, "purl": purl}]}
    sbom = parse_sbom(json.dumps(document).encode())
    expected = {"name": repaired[0], "version": repaired[1], "purl": f"pkg:apk/alpine/{repaired[2]}"}
    assert sbom.components == (Component(**expected),)
    assert sbom.cyclonedx is not None
    assert sbom.cyclonedx["components"] == [expected]


def test_spdx() -> None:
    """Its packages, with the package URL among their references."""
    package = {
        "name": "zlib",
        "versionInfo": "1.3",
        "externalRefs": [
            {"referenceType": "cpe23Type", "referenceLocator": "cpe:2.3:a"},
            {"referenceType": "purl", "referenceLocator": "pkg:generic/zlib@1.3"},
        ],
    }
    sbom = parse_sbom(json.dumps({"spdxVersion": "SPDX-2.3", "packages": [package, {"name": "x"}]}).encode())
    assert sbom.components == (
        Component(name="zlib", version="1.3", purl="pkg:generic/zlib@1.3"),
        Component(name="x", version="", purl=""),
    )
    assert sbom.cyclonedx is None


@pytest.mark.parametrize("content", [b"", b"\xff", b"[]", b"{}", b"1" * 5000, b"[" * 100_000, b'{"spdxVersion": 3}'])
def test_a_document_that_is_no_sbom(content: bytes) -> None:
    """It is an error, whatever the bytes."""
    with pytest.raises(MalformedError):
        parse_sbom(content)


def test_too_many_components() -> None:
    """A document with more components than the limit is refused."""
    components = [{"name": "a"}] * 20_001
    most = parse_sbom(json.dumps({"bomFormat": "CycloneDX", "components": components[1:]}).encode())
    assert len(most.components) == 20_000
    with pytest.raises(MalformedError, match="more than 20000"):
        parse_sbom(json.dumps({"bomFormat": "CycloneDX", "components": components}).encode())
