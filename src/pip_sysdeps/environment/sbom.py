"""SBOMs in a wheel: CycloneDX and SPDX in JSON.

Source: PEP 770 (`*.dist-info/sboms/`); CycloneDX 1.x, ECMA-424; SPDX 2.x, "packages".
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from pip_sysdeps.errors import MalformedError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_MAX_COMPONENTS = 20_000
_SPLIT_NAME = re.compile(r"(pkg:apk/[^/@]+/)([^@/?#-]+)@([^@?#]+?)-([0-9][^-@?#]*-r[0-9]+)([?#].*)?")
"""The package URL of an apk package with a part of the name in the version."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """One component of a wheel."""

    name: str
    """Its name."""
    version: str
    """Its version; empty if the document has none."""
    purl: str
    """Its package URL; empty if the document has none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sbom:
    """One document."""

    components: tuple[Component, ...]
    """Its components, including nested ones, in the document's order."""
    cyclonedx: Mapping[str, Any] | None
    """The document itself, if it is CycloneDX, with the same repairs."""
    edges: int = 0
    """The number of references in its dependencies."""


def parse_sbom(content: bytes) -> Sbom:
    """Parse a document. Raise MalformedError unless it is a JSON object in CycloneDX or SPDX."""
    try:
        document = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise MalformedError("is not JSON") from error
    if isinstance(document, dict) and document.get("bomFormat") == "CycloneDX":
        components = tuple(map(_component, _walk(document)))
        return Sbom(components=components, cyclonedx=document, edges=_edges(document))
    if isinstance(document, dict) and str(document.get("spdxVersion", "")).startswith("SPDX-2"):
        return Sbom(components=tuple(map(_package, _objects(document.get("packages")))), cyclonedx=None)
    raise MalformedError("is neither CycloneDX nor SPDX 2")


def _walk(document: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield components, each before those nested in it."""
    pending = list(_objects(document.get("components")))[::-1]
    for _ in range(_MAX_COMPONENTS):
        if not pending:
            return
        component = pending.pop()
        yield component
        pending += list(_objects(component.get("components")))[::-1]
    if pending:
        raise MalformedError(f"has more than {_MAX_COMPONENTS} components")


def _edges(document: Mapping[str, Any]) -> int:
    rows = (each.get("dependsOn") for each in _objects(document.get("dependencies")))
    return sum(1 + (len(names) if isinstance(names, list) else 0) for names in rows)


def _objects(value: object) -> Iterator[dict[str, Any]]:
    if isinstance(value, list):
        yield from (item for item in value if isinstance(item, dict))


def _component(component: dict[str, Any]) -> Component:
    """Return a component; its repairs are also made in the document."""
    name, version, purl = (_text(component.get(key)) for key in ("name", "version", "purl"))
    read = Component(name=name, version=version, purl=purl)
    repaired = _repair(read)
    if repaired != read:
        component.update(name=repaired.name, version=repaired.version, purl=repaired.purl)
    return repaired


def _package(package: Mapping[str, Any]) -> Component:
    references = _objects(package.get("externalRefs"))
    purl = next((each.get("referenceLocator") for each in references if each.get("referenceType") == "purl"), "")
    name, version = _text(package.get("name")), _text(package.get("versionInfo"))
    return _repair(Component(name=name, version=version, purl=_text(purl)))


def _repair(component: Component) -> Component:
    """Return a component, with name and version repaired if an apk package was split at the wrong dash.

    auditwheel splits `krb5-libs-1.21.3-r0` into `krb5` and `libs-1.21.3-r0`. Source: auditwheel 6, `_APK_WHO_OWNS_RE`;
    abuild's APKBUILD(5), `pkgver`: a version has no dash but the one of its release.
    """
    found = _SPLIT_NAME.fullmatch(component.purl)
    if found is None:
        return component
    kind, name, more, version, rest = found.groups(default="")
    split = component.name == unquote(name) and component.version == unquote(f"{more}-{version}")
    return Component(
        name=unquote(f"{name}-{more}") if split else component.name,
        version=unquote(version) if split else component.version,
        purl=f"{kind}{name}-{more}@{version}{rest}",
    )


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
