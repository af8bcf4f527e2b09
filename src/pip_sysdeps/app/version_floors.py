"""The versions of packages that the objects of a scan need, by the symbols that they use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pip_sysdeps.model.loader import Found
from pip_sysdeps.model.needs import FromPackage, Unowned
from pip_sysdeps.packages.family import FloorQuery

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from pip_sysdeps.elf.read_objects import Objects
    from pip_sysdeps.model.elf import ElfFile
    from pip_sysdeps.model.scan import Scan
    from pip_sysdeps.packages.installed import SystemPackages
    from pip_sysdeps.system.root import Root


def with_version_floors(found: Scan, root: Root, objects: Objects, packages: SystemPackages) -> Scan:
    """Return the scan with the least version of each package that its objects, and unowned ones they load, need.

    Also with the capabilities that they use, if the package manager has such. Unchanged without a package outside the
    base. Source: each family's `floors` and `symbol_capabilities`.
    """
    needs = [need for _, need in found.needs()]
    providers = [need.provider for need in needs if need.confidence is None]
    libraries = {
        provider.path: provider.package
        for provider in providers
        if isinstance(provider, FromPackage) and provider.path and provider.package not in found.base
    }
    if not libraries:
        return found
    unowned = {root.resolve(provider.path) for provider in providers if isinstance(provider, Unowned)}
    query = FloorQuery(
        loaded=tuple(loaded for load in found.loads for loaded in load.objects),
        subjects=unowned.union(*(need.by for need in needs)),
        libraries=libraries,
    )
    if packages.family.symbol_capabilities:
        found = found._replace(provides=_provided_capabilities(found, query, packages.family.symbol_capabilities))
    if packages.family.floors is None:
        return found
    floors, skipped = packages.family.floors(root, packages.database, objects, query)
    return found._replace(floors=floors, skipped=(*found.skipped, *skipped))


def _provided_capabilities(
    found: Scan, query: FloorQuery, capabilities: Callable[[str, ElfFile, Iterable[str]], tuple[str, ...]]
) -> Mapping[str, tuple[str, ...]]:
    """Return the capabilities of used symbol versions, by package; sorted."""
    used: dict[tuple[str, str], set[str]] = {}
    kinds: dict[tuple[str, str], ElfFile] = {}
    for loaded in query.loaded:
        elf = found.facts(loaded.path)
        if elf is None or found.real.get(loaded.path, loaded.path) not in query.subjects:
            continue
        for answer in loaded.needs:
            if isinstance(answer, Found) and answer.path in query.libraries:
                key = (query.libraries[answer.path], answer.soname)
                kinds[key] = elf
                versions_of_soname = (
                    each.version for each in elf.version_needs if each.soname == answer.soname and not each.weak
                )
                used.setdefault(key, set()).update(versions_of_soname)
    provided: dict[str, set[str]] = {}
    for (package, soname), versions in used.items():
        provided.setdefault(package, set()).update(capabilities(soname, kinds[package, soname], versions))
    return {package: tuple(sorted(names)) for package, names in provided.items() if names}
