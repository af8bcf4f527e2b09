"""apk, as one value: see `packages.family`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pip_sysdeps.packages.apk.architectures import ARCHITECTURES, architecture_of
from pip_sysdeps.packages.apk.database_path import find_database
from pip_sysdeps.packages.apk.install import FORMATS, USAGE, as_command, as_dockerfile
from pip_sysdeps.packages.apk.names import cmd_capability, is_capability, is_development, is_package_name, so_capability
from pip_sysdeps.packages.apk.version import is_version, version_key
from pip_sysdeps.packages.family import DownloadedMetadata, Family, NameRules

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pip_sysdeps.model.elf import ElfFile
    from pip_sysdeps.packages.database import InstalledPackage, PackageDatabase
    from pip_sysdeps.system.root import Root


def _open(root: Root) -> PackageDatabase | None:
    if find_database(root) is None:
        return None
    from pip_sysdeps.packages.apk.read_base import read_base  # noqa: PLC0415 - an install line does without
    from pip_sysdeps.packages.apk.read_database import read_packages  # noqa: PLC0415 - as above

    return read_packages(root, base=read_base(root))


def _read_architecture(root: Root) -> str:
    if find_database(root) is None:
        return ""
    from pip_sysdeps.packages.apk.read_database import read_architecture  # noqa: PLC0415 - other systems do without

    return read_architecture(root)


def _read_metadata(root: Root) -> DownloadedMetadata | None:
    from pip_sysdeps.packages.apk.read_indices import read_providers  # noqa: PLC0415 - an install line does without

    found = read_providers(root)
    return None if found is None else DownloadedMetadata(found)


def _read_candidates(root: Root, _architecture: str) -> Mapping[str, InstalledPackage] | None:
    from pip_sysdeps.packages.apk.read_indices import read_candidates  # noqa: PLC0415 - as above

    return read_candidates(root)


def _library_capability(soname: str, _kind: ElfFile) -> str:
    return so_capability(soname) or ""


def _base_libraries(distro: str) -> Mapping[str, str]:
    from pip_sysdeps.packages.apk.read_base import base_libraries  # noqa: PLC0415 - as above

    return base_libraries(distro)


def _program_capability(program: str) -> str:
    from pip_sysdeps.packages.apk.read_base import base_programs  # noqa: PLC0415 - as above

    return "" if program in base_programs() else cmd_capability(program) or ""


FAMILY = Family(
    manager="apk",
    installer="apk",
    systems="Alpine, Wolfi or another system with apk",
    example="alpine-3.22-x86_64",
    database="apk database",
    architectures=ARCHITECTURES,
    open=_open,
    read_architecture=_read_architecture,
    architecture=architecture_of,
    names=NameRules(
        package=is_package_name,
        version=is_version,
        capability=is_capability,
        words="apk package name",
        version_words="apk package version",
    ),
    version_key=version_key,
    is_development=is_development,
    floors=None,
    snapshot=None,
    formats=FORMATS,
    dockerfile=as_dockerfile,
    command=as_command,
    usage=USAGE,
    purl="apk",
    library_capability=_library_capability,
    program_capability=_program_capability,
    base_libraries=_base_libraries,
    read_metadata=_read_metadata,
    read_candidates=_read_candidates,
    split_name=lambda name: (name, ""),
)
