"""Render an environment as an SPDX 2.3 document in JSON.

Source: ISO/IEC 5962, as SPDX 2.3 extends it. The same environment gives the same bytes, because the caller passes
`created` and the namespace is a hash of the content.
"""

from __future__ import annotations

import json
import re
import uuid
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

from pip_sysdeps.render.document import as_document
from pip_sysdeps.render.package_urls import library_url, package_url, pypi

if TYPE_CHECKING:
    from pip_sysdeps.environment.sbom import Component
    from pip_sysdeps.environment.vendored import VendoredLibrary
    from pip_sysdeps.lock.document import LockedNeed, LockedPackage
    from pip_sysdeps.model.environment import Distribution
    from pip_sysdeps.report.materials import Materials

_NAMESPACE = uuid.UUID("6b0c4a3e-5d5f-5c38-9a3c-0f6a1e2d7b91")
"""The UUID namespace of this tool's documents; arbitrary."""
_ROOT = "SPDXRef-environment"
_INVALID_IN_ID = re.compile(r"[^A-Za-z0-9.-]+")
_URL = re.compile(r"pkg:[A-Za-z][A-Za-z0-9.+-]*/\S+")


def as_spdx(materials: Materials, created: int) -> str:
    """Render the document; `created` is in seconds since 1970."""
    content = _Content(materials)
    content.fill()
    body = {"packages": content.packages, "relationships": content.relationships}
    target = materials.target
    return as_document(
        {
            "spdxVersion": "SPDX-2.3",
            "dataLicense": "CC0-1.0",
            "SPDXID": "SPDXRef-DOCUMENT",
            "name": target.id,
            "documentNamespace": uuid.uuid5(_NAMESPACE, json.dumps(body)).urn,
            "creationInfo": {
                "created": datetime.fromtimestamp(created, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
                "creators": ["Tool: pip-sysdeps"],
            },
            **body,
        }
    )


class _Content:
    """Collects the packages, each with a unique id, and the relationships."""

    def __init__(self, materials: Materials) -> None:
        self._materials = materials
        self._ids = {_ROOT: 1}
        """A used id -> the number of packages that would have it."""
        self._distributions: dict[str, str] = {}
        self._system: dict[str, str] = {}
        self.packages: list[dict[str, Any]] = []
        self.relationships: list[dict[str, Any]] = []

    def fill(self) -> None:
        """Add the whole environment in a fixed order."""
        materials, target = self._materials, self._materials.target
        system = f"{target.distro} {target.release}".rstrip()
        self.packages.append(
            _package(_ROOT, target.id, summary=f"Python environment on {system} {target.architecture}")
        )
        self._relate("SPDXRef-DOCUMENT", "DESCRIBES", _ROOT)
        for each in materials.distributions:
            self._distributions[each.name] = self._add_distribution(each)
        for package in target.package:
            self._system[package.name] = self._add_system_package(package)
        for each in materials.requested():
            self._relate(_ROOT, "DEPENDS_ON", self._distributions[each.name])
        for each in materials.distributions:
            self._add_contents(each)
            for name in materials.required.get(each.name, ()):
                self._relate(self._distributions[each.name], "DEPENDS_ON", self._distributions[name])
        for holder, need in target.needs():
            self._add_need(self._distributions.get(holder, _ROOT), need)

    def _add_distribution(self, distribution: Distribution) -> str:
        version = "" if distribution.source == "editable" else distribution.version
        return self._add(
            "pypi", distribution.name, versionInfo=version, url=pypi(distribution), primaryPackagePurpose="LIBRARY"
        )

    def _add_system_package(self, package: LockedPackage) -> str:
        name, installed = package.name, self._materials.installed.get(package.name)
        version = installed.version if installed else ""
        facts = [
            "part of every image of the release" if package.base else "",
            f"at least {package.min} is needed" if package.min else "",
            "" if installed else "not installed",
        ]
        comment = "; ".join(filter(None, facts))
        return self._add("system", name, versionInfo=version, url=package_url(name, self._materials), comment=comment)

    def _add_contents(self, distribution: Distribution) -> None:
        """Add a wheel's contents: the components of its SBOMs, or without SBOMs the libraries in its files."""
        materials, name = self._materials, distribution.name
        holder = self._distributions[name]
        for component in materials.components(name):
            self._relate(holder, "CONTAINS", self._add_component(component))
        found: dict[str, list[VendoredLibrary]] = {path: [] for path in materials.vendored.get(name, ())}
        for library in materials.libraries.get(name, ()):
            found.setdefault(library.path, []).append(library)
        for path, libraries in found.items():
            file = self._add(
                "file",
                f"{name}/{path}",
                name=path.rpartition("/")[2],
                packageFileName=path,
                primaryPackagePurpose="FILE",
            )
            self._relate(holder, "CONTAINS", file)
            for library in libraries:
                self._relate(file, "CONTAINS", self._add_library(library, distribution))

    def _add_component(self, component: Component) -> str:
        url = component.purl if _URL.fullmatch(component.purl) else ""
        return self._add("component", component.name, versionInfo=component.version, url=url)

    def _add_library(self, library: VendoredLibrary, distribution: Distribution) -> str:
        url = library_url(library) if library.version else ""
        comment = f"confidence {library.confidence.value}, by `{library.evidence}`"
        key = f"{distribution.name}/{library.path}/{library.name}"
        return self._add("library", key, name=library.name, versionInfo=library.version, url=url, comment=comment)

    def _add_need(self, holder: str, need: LockedNeed) -> None:
        other = self._system.get(need.package) or self._distributions.get(need.distribution)
        if other is not None and other != holder:
            self._relate(holder, "DEPENDS_ON", other, comment=f"{need.name} ({need.when})")

    def _add(self, kind: str, key: str, *, name: str = "", **facts: str) -> str:
        """Add a package and return its id, which has only letters, digits, dots and dashes."""
        stem = f"SPDXRef-{kind}-{_INVALID_IN_ID.sub('-', key)}"
        identifier = stem
        while identifier in self._ids:
            self._ids[stem] += 1
            identifier = f"{stem}-{self._ids[stem]}"
        self._ids[identifier] = 1
        self.packages.append(_package(identifier, name or key, **facts))
        return identifier

    def _relate(self, element: str, kind: str, other: str, *, comment: str = "") -> None:
        relation = {"spdxElementId": element, "relationshipType": kind, "relatedSpdxElement": other}
        self.relationships.append({**relation, **({"comment": comment} if comment else {})})


def _package(identifier: str, name: str, url: str = "", **facts: str) -> dict[str, Any]:
    """Return a package with the facts that are not empty; `facts` has them by their names in the standard."""
    reference = {"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl", "referenceLocator": url}
    return {
        "SPDXID": identifier,
        "name": name,
        **{key: value for key, value in facts.items() if value},
        "downloadLocation": "NOASSERTION",
        "filesAnalyzed": False,
        **({"externalRefs": [reference]} if url else {}),
    }
