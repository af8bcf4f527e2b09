"""The content of an SBOM."""

from __future__ import annotations

from builders.facts import distribution
from builders.locked import target
from pip_sysdeps.environment.sbom import Component, Sbom
from pip_sysdeps.report.materials import Materials

ZLIB = Component(name="zlib", version="1.3", purl="pkg:generic/zlib@1.3")
OPENSSL = Component(name="openssl", version="3.0", purl="")
ITSELF = Component(name="One", version="1.0", purl="")
NAMELESS = Component(name="", version="1.0", purl="")
ONE, TWO, THREE = distribution("one"), distribution("two", requested=True), distribution("three")
MATERIALS = Materials(
    target=target(),
    distributions=(ONE, THREE, TWO),
    required={"one": ("two", "three")},
    vendored={},
    libraries={},
    sboms={
        "one": (
            Sbom(components=(ITSELF, ZLIB, NAMELESS), cyclonedx=None),
            Sbom(components=(OPENSSL, ZLIB), cyclonedx=None),
        )
    },
    installed={},
)


def test_requested_distributions() -> None:
    """Those that the user asked for, and those that no other requires."""
    assert MATERIALS.requested() == (ONE, TWO)


def test_components_of_several_documents() -> None:
    """Each once, in their order; the distribution itself and what has no name are left out."""
    assert MATERIALS.components("one") == (ZLIB, OPENSSL)
    assert MATERIALS.components("two") == ()
