"""Package URLs of distributions, system packages and libraries. Source: ECMA-427, and its list of types."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from pip_sysdeps.packages.registry import family_of

if TYPE_CHECKING:
    from pip_sysdeps.environment.vendored import VendoredLibrary
    from pip_sysdeps.lock.document import Target
    from pip_sysdeps.model.environment import Distribution
    from pip_sysdeps.report.materials import Materials


def pypi(distribution: Distribution) -> str:
    """Return the package URL of a distribution; an editable one has no version."""
    version = "" if distribution.source == "editable" else distribution.version
    return f"pkg:pypi/{distribution.name}" + (f"@{_quoted(version)}" if version else "")


def system_package(name: str, version: str, target: Target) -> str:
    """Return the package URL of a system package; `name` may have an architecture."""
    family = family_of(target.package_manager)
    package, architecture = family.split_name(name) if family else (name, "")
    epoch, rest = family.split_epoch(version) if family else ("", version)
    at = f"@{_quoted(rest)}" if rest else ""
    distro = "-".join(filter(None, (target.distro, target.release)))
    kind = family.purl if family else "generic"
    qualifiers = f"arch={architecture or target.architecture}&distro={distro}" + (f"&epoch={epoch}" if epoch else "")
    return f"pkg:{kind}/{target.distro}/{_quoted(package)}{at}?{qualifiers}"


def package_url(name: str, materials: Materials) -> str:
    """Return the package URL of a system package in the version that is installed, if it is."""
    installed = materials.installed.get(name)
    return system_package(name, installed.version if installed else "", materials.target)


def library_url(library: VendoredLibrary) -> str:
    """Return the package URL of a library by the name that its project has for it."""
    return f"pkg:generic/{_quoted(library.name)}@{_quoted(library.version)}"


def _quoted(text: str) -> str:
    return quote(text, safe=":~")
