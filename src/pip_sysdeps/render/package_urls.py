"""Format package URLs of distributions, system packages and libraries. Source: ECMA-427, and its list of types."""

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
    """Return the package URL of a distribution, without a version for an editable install."""
    version = "" if distribution.source == "editable" else distribution.version
    return f"pkg:pypi/{distribution.name}" + (f"@{_quote(version)}" if version else "")


def system_package(name: str, version: str, target: Target) -> str:
    """Return the package URL of a system package; `name` may have an architecture, such as `libc6:i386`."""
    family = family_of(target.package_manager)
    package, architecture = family.split_name(name) if family else (name, "")
    epoch, rest = family.split_epoch(version) if family else ("", version)
    at = f"@{_quote(rest)}" if rest else ""
    distro = "-".join(filter(None, (target.distro, target.release)))
    kind = family.purl if family else "generic"
    qualifiers = f"arch={architecture or target.architecture}&distro={distro}" + (f"&epoch={epoch}" if epoch else "")
    return f"pkg:{kind}/{target.distro}/{_quote(package)}{at}?{qualifiers}"


def package_url(name: str, materials: Materials) -> str:
    """Return the package URL of a system package, with the installed version if it is installed."""
    installed = materials.installed.get(name)
    return system_package(name, installed.version if installed else "", materials.target)


def library_url(library: VendoredLibrary) -> str:
    """Return the generic package URL of a library, with the name that its project uses."""
    return f"pkg:generic/{_quote(library.name)}@{_quote(library.version)}"


def _quote(text: str) -> str:
    return quote(text, safe=":~")
