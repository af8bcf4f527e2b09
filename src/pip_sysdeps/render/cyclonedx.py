"""Render an environment as a CycloneDX 1.6 document in JSON.

Source: ECMA-424; the package-url types `pypi` and `deb`. The same environment gives the same bytes: there is no serial
number and no time. The wheels' own SBOMs are merged. They may have another version of the standard, so that only
fields that exist in 1.6 are copied.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from packaging.utils import canonicalize_name

from pip_sysdeps.environment.vendored import Certainty
from pip_sysdeps.render.document import as_document
from pip_sysdeps.render.package_urls import library_url, package_url, pypi

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from pip_sysdeps.environment.vendored import VendoredLibrary
    from pip_sysdeps.lock.document import LockedNeed, Unresolved
    from pip_sysdeps.model.environment import Distribution
    from pip_sysdeps.report.materials import Materials

_SCHEMA = "http://cyclonedx.org/schema/bom-1.6.schema.json"
_ROOT_REFERENCE = "environment"
_TYPES = frozenset(
    {
        "application",
        "container",
        "cryptographic-asset",
        "data",
        "device",
        "device-driver",
        "file",
        "firmware",
        "framework",
        "library",
        "machine-learning-model",
        "operating-system",
        "platform",
    }
)
_TEXT_FIELDS = ("group", "version", "description", "copyright")
"""Fields of a component that are plain text in every version of the standard."""
_PURL_PATTERN = re.compile(r"pkg:[A-Za-z][A-Za-z0-9.+-]*/\S+")
_MAX_DEPTH = 8
_CONFIDENCE = {Certainty.HIGH: 0.9, Certainty.MEDIUM: 0.6, Certainty.LOW: 0.3}
"""The confidence as a number; the standard defines no scale, so the values are arbitrary."""


def as_cyclonedx(materials: Materials) -> str:
    """Render the document."""
    target = materials.target
    system = f"{target.distro} {target.release}".rstrip()
    needs: dict[str, list[LockedNeed]] = {}
    for holder, need in target.needs():
        needs.setdefault(holder, []).append(need)
    unresolved: dict[str, list[Unresolved]] = {}
    for each in target.unresolved:
        unresolved.setdefault(each.distribution, []).append(each)
    wheels = [
        _Wheel(each, materials, needs.get(each.name, ()), unresolved.get(each.name, ()))
        for each in materials.distributions
    ]
    references = {each.name: pypi(each) for each in materials.distributions}
    edges = [edge for wheel in wheels for edge in wheel.edges(references)]
    edges += [(package_url(package.name, materials), ()) for package in target.package]
    dependencies = [pypi(each) for each in materials.requested()]
    files = [need for each in target.unattributed for need in each.all_needs()]
    dependencies += [package_url(need.package, materials) for need in files if need.package]
    document = {
        "$schema": _SCHEMA,
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "tools": {"components": [{"type": "application", "name": "pip-sysdeps"}]},
            "component": {"type": "platform", "bom-ref": _ROOT_REFERENCE, "name": target.id},
            "properties": [{"name": "pip-sysdeps:system", "value": f"{system} {target.architecture}"}],
        },
        "components": [*(wheel.component() for wheel in wheels), *_packages(materials)],
        "dependencies": _dependencies([(_ROOT_REFERENCE, tuple(dependencies)), *edges]),
    }
    return as_document(document)


def _packages(materials: Materials) -> Iterator[dict[str, Any]]:
    for package in materials.target.package:
        installed = materials.installed.get(package.name)
        facts = {"base": str(package.base).lower(), "min": package.min, "installed": str(bool(installed)).lower()}
        yield {
            "type": "library",
            "bom-ref": package_url(package.name, materials),
            "name": package.name,
            **({"version": installed.version} if installed and installed.version else {}),
            "purl": package_url(package.name, materials),
            "properties": _properties(facts.items()),
        }


def _properties(pairs: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"name": f"pip-sysdeps:{name}", "value": value} for name, value in pairs if value]


def _dependencies(edges: Iterable[tuple[str, Iterable[str]]]) -> list[dict[str, Any]]:
    """Return the dependencies with one entry for each reference, sorted."""
    merged: dict[str, set[str]] = {}
    for reference, targets in edges:
        merged.setdefault(reference, set()).update(targets)
    return [
        {"ref": reference, **({"dependsOn": sorted(targets - {reference})} if targets - {reference} else {})}
        for reference, targets in sorted(merged.items())
    ]


class _Wheel:
    """One distribution, with the contents of its SBOMs."""

    def __init__(
        self,
        distribution: Distribution,
        materials: Materials,
        needs: Sequence[LockedNeed],
        unresolved: Sequence[Unresolved],
    ) -> None:
        self._distribution = distribution
        self._materials = materials
        self._needs = needs
        self._unresolved = unresolved
        self.reference = pypi(distribution)
        self._files = self._libraries_by_file()
        sboms = [sbom.cyclonedx for sbom in materials.sboms.get(distribution.name, ()) if sbom.cyclonedx is not None]
        self._documents = [_Document(each, number, self) for number, each in enumerate(sboms)]

    def is_itself(self, component: Mapping[str, Any]) -> bool:
        """Return whether a component of an SBOM is the distribution itself."""
        name = component.get("name")
        return isinstance(name, str) and canonicalize_name(name) == self._distribution.name

    def component(self) -> dict[str, Any]:
        """Return the component with its vendored contents."""
        distribution = self._distribution
        inside = [each for document in self._documents for each in document.components]
        inside += [self._file(path, held) for path, held in self._files.items()]
        properties = [("need", f"{need.name} ({need.when}): {need.installed or need.class_}") for need in self._needs]
        properties += [("unresolved", f"{each.name} ({each.when})") for each in self._unresolved]
        return {
            "type": "library",
            "bom-ref": self.reference,
            "name": distribution.name,
            **({"version": distribution.version} if distribution.version else {}),
            "purl": self.reference,
            **({"properties": _properties(properties)} if properties else {}),
            **({"components": inside} if inside else {}),
        }

    def edges(self, distributions: Mapping[str, str]) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Yield the dependencies of this distribution; `distributions` maps each name to its reference."""
        required = [distributions[name] for name in self._materials.required.get(self._distribution.name, ())]
        packages = [package_url(need.package, self._materials) for need in self._needs if need.package]
        others = [distributions[need.distribution] for need in self._needs if need.distribution in distributions]
        files = [f"{self.reference}#{path}" for path in self._files]
        yield self.reference, (*required, *packages, *others, *files)
        for path, held in self._files.items():
            libraries = tuple(map(self._library_reference, held))
            yield f"{self.reference}#{path}", libraries
            yield from ((library, ()) for library in libraries)
        for document in self._documents:
            yield from document.edges()

    def _libraries_by_file(self) -> Mapping[str, list[VendoredLibrary]]:
        """Return the libraries in each file: first the vendored files, then those with linked-in libraries."""
        name = self._distribution.name
        files: dict[str, list[VendoredLibrary]] = {path: [] for path in self._materials.vendored.get(name, ())}
        for each in self._materials.libraries.get(name, ()):
            files.setdefault(each.path, []).append(each)
        return files

    def _file(self, path: str, libraries_in_file: Iterable[VendoredLibrary]) -> dict[str, Any]:
        libraries = [self._library(each) for each in libraries_in_file]
        reference = f"{self.reference}#{path}"
        return {
            "type": "file",
            "bom-ref": reference,
            "name": path,
            **({"components": libraries} if libraries else {}),
        }

    def _library_reference(self, library: VendoredLibrary) -> str:
        return f"{self.reference}#{library.path}/{library.name}"

    def _library(self, library: VendoredLibrary) -> dict[str, Any]:
        """Return the component of a library that a file is or contains, with the evidence."""
        confidence = _CONFIDENCE[library.confidence]
        technique = "filename" if library.by_name else "binary-analysis"
        method = {"technique": technique, "confidence": confidence, "value": library.evidence}
        field = "version" if library.version else "name"
        return {
            "type": "library",
            "bom-ref": self._library_reference(library),
            "name": library.name,
            **({"version": library.version, "purl": library_url(library)} if library.version else {}),
            "evidence": {"identity": [{"field": field, "confidence": confidence, "methods": [method]}]},
        }


class _Document:
    """One SBOM of a wheel, with its references made unique."""

    def __init__(self, document: Mapping[str, Any], number: int, wheel: _Wheel) -> None:
        self._document = document
        self._wheel = wheel
        self._prefix = f"{wheel.reference}#sbom{number}/"
        self._references: dict[str, str] = {}
        self._used: set[str] = set()
        main = _object(_object(document.get("metadata")).get("component"))
        if isinstance(main.get("bom-ref"), str):
            self._references[main["bom-ref"]] = wheel.reference
        self.components = [*self._valid_components(document, 0)]

    def edges(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Yield the dependencies in the SBOM; the wheel depends on components without a dependent."""
        reached: set[str] = set()
        for each in _objects(self._document.get("dependencies")):
            reference = self._references.get(str(each.get("ref")))
            names = each.get("dependsOn")
            others = (
                [self._references.get(name) for name in names if isinstance(name, str)]
                if isinstance(names, list)
                else []
            )
            known = tuple(other for other in others if other is not None)
            if reference is not None:
                reached.update(known)
                yield reference, known
        yield self._wheel.reference, tuple(sorted(self._used - reached))
        yield from ((reference, ()) for reference in sorted(self._used))

    def _valid_components(self, document: Mapping[str, Any], depth: int) -> Iterator[dict[str, Any]]:
        """Yield the components, including nested ones, with the fields that exist in 1.6."""
        for component in _objects(document.get("components")) if depth < _MAX_DEPTH else ():
            if self._wheel.is_itself(component):
                self._references[str(component.get("bom-ref"))] = self._wheel.reference
                yield from self._valid_components(component, depth + 1)
            elif isinstance(component.get("name"), str) and component["name"]:
                yield self._component(component, depth)

    def _component(self, component: Mapping[str, Any], depth: int) -> dict[str, Any]:
        own_reference = component.get("bom-ref")
        reference = (
            f"{self._prefix}{own_reference if isinstance(own_reference, str) and own_reference else len(self._used)}"
        )
        while reference in self._used:
            reference += "+"
        self._used.add(reference)
        if isinstance(own_reference, str):
            self._references.setdefault(own_reference, reference)
        kind, purl = component.get("type"), component.get("purl")
        nested = [*self._valid_components(component, depth + 1)]
        return {
            "type": kind if kind in _TYPES else "library",
            "bom-ref": reference,
            "name": component["name"],
            **{key: component[key] for key in _TEXT_FIELDS if isinstance(component.get(key), str) and component[key]},
            **({"purl": purl} if isinstance(purl, str) and _PURL_PATTERN.fullmatch(purl) else {}),
            **_licenses(component.get("licenses")),
            **({"components": nested} if nested else {}),
        }


def _licenses(value: object) -> dict[str, Any]:
    """Return the licenses in a form that is valid for any list of identifiers.

    A single identifier is also an expression; several identifiers become names.
    """
    entries = [*_objects(value)]
    names = [_object(each.get("license")).get("id") or _object(each.get("license")).get("name") for each in entries]
    expressions = [each.get("expression") for each in entries]
    if len(entries) == 1 and isinstance(
        expression := expressions[0] or _object(entries[0].get("license")).get("id"), str
    ):
        return {"licenses": [{"expression": expression}]}
    licenses = [{"license": {"name": name}} for name in names if isinstance(name, str) and name]
    return {"licenses": licenses} if licenses else {}


def _object(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _objects(value: object) -> Iterator[Mapping[str, Any]]:
    if isinstance(value, list):
        yield from (item for item in value if isinstance(item, dict))
