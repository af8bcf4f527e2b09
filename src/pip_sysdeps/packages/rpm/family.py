"""rpm with dnf, microdnf, yum and zypper, as one value: see `packages.family`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pip_sysdeps.packages.family import Family, NameRules, Sources
from pip_sysdeps.packages.rpm.architectures import ARCHITECTURES, architecture_of
from pip_sysdeps.packages.rpm.capability import capability, is_capability, mark_of
from pip_sysdeps.packages.rpm.database_path import find_database
from pip_sysdeps.packages.rpm.evr import split_epoch, version_key
from pip_sysdeps.packages.rpm.install import PROGRAMS, as_command, as_dockerfile, formats, usage, version_capabilities
from pip_sysdeps.packages.rpm.names import is_development, is_package_name, is_version, split_name

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from pip_sysdeps.packages.database import PackageDatabase
    from pip_sysdeps.packages.family import DownloadedMetadata, IndexRequest, IndexUpdate
    from pip_sysdeps.packages.rpm.install import Program
    from pip_sysdeps.packages.rpm.read_candidates import ListedPackage
    from pip_sysdeps.system.root import Root


def _open(root: Root) -> PackageDatabase | None:
    if find_database(root) is None:
        return None
    from pip_sysdeps.packages.rpm.read_database import read_database  # noqa: PLC0415 - an install line does without

    return read_database(root)


def _read_architecture(root: Root) -> str:
    if find_database(root) is None:
        return ""
    from pip_sysdeps.packages.rpm.read_database import read_architecture  # noqa: PLC0415 - other systems do without

    return read_architecture(root)


def _sources_key(root: Root) -> str:
    from pip_sysdeps.packages.rpm.read_repo_files import sources_key  # noqa: PLC0415 - an install line does without

    return sources_key(root)


def _update_index(root: Root, request: IndexRequest, _files: Collection[str]) -> IndexUpdate:
    from pip_sysdeps.packages.rpm.index_update import update_index  # noqa: PLC0415 - as above

    return update_index(root, request)


def _read_metadata(root: Root) -> DownloadedMetadata | None:
    from pip_sysdeps.packages.rpm.read_metadata import read_metadata  # noqa: PLC0415 - as above

    return read_metadata(root)


def _read_candidates(root: Root, architecture: str) -> Mapping[str, ListedPackage] | None:
    from pip_sysdeps.packages.rpm.read_candidates import read_candidates  # noqa: PLC0415 - as above

    return read_candidates(root, architecture)


def _family(program: Program) -> Family:
    """Return the family for systems where this program installs packages."""
    return Family(
        manager="rpm",
        installer=program.name,
        systems="Fedora, RHEL, Amazon Linux, openSUSE or another system with rpm",
        example="fedora-42-x86_64",
        database="rpm database",
        architectures=ARCHITECTURES,
        open=_open,
        read_architecture=_read_architecture,
        architecture=architecture_of,
        names=NameRules(
            package=is_package_name,
            version=is_version,
            capability=is_capability,
            words="rpm package name",
            version_words="rpm package version ([epoch:]version-release)",
        ),
        version_key=version_key,
        is_development=is_development,
        floors=None,
        snapshot=None,
        formats=formats(program),
        dockerfile=lambda items, _: as_dockerfile(items, program),
        command=lambda names: as_command(names, program),
        usage=usage(program),
        purl="rpm",
        sources=Sources(key=_sources_key, update=_update_index, refresh=program.refresh),
        read_metadata=_read_metadata,
        read_candidates=_read_candidates,
        library_capability=lambda soname, kind: capability(soname, mark_of(kind)) or "",
        symbol_capabilities=lambda soname, kind, versions: version_capabilities(soname, mark_of(kind), versions),
        split_name=split_name,
        split_epoch=split_epoch,
    )


_VARIANTS = {name: _family(program) for name, program in PROGRAMS.items()}

FAMILY = next(iter(_VARIANTS.values()))._replace(variants=_VARIANTS)
