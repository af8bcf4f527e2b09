"""dpkg and apt, as one value: see `packages.family`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pip_sysdeps.packages.debian.architectures import ARCHITECTURES, architecture_of
from pip_sysdeps.packages.debian.database_path import find_database
from pip_sysdeps.packages.debian.install import FORMATS, USAGE, apt_get_install, as_dockerfile
from pip_sysdeps.packages.debian.package_name import is_package_argument
from pip_sysdeps.packages.debian.read_architecture import read_architecture
from pip_sysdeps.packages.debian.version import version_key
from pip_sysdeps.packages.family import Family, NameRules, Sources

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from pip_sysdeps.elf.read_objects import Objects
    from pip_sysdeps.model.packages import Platform
    from pip_sysdeps.packages.database import PackageDatabase
    from pip_sysdeps.packages.debian.apt_lists import ListedPackage
    from pip_sysdeps.packages.family import (
        AvailableVersions,
        BorrowedNames,
        FloorQuery,
        Floors,
        IndexRequest,
        IndexUpdate,
    )
    from pip_sysdeps.system.root import Root

_VERSION = re.compile(r"(?:[0-9]{1,9}:)?[A-Za-z0-9][A-Za-z0-9.+~-]{0,254}", re.ASCII)


def _open(root: Root) -> PackageDatabase | None:
    if find_database(root) is None:
        return None
    from pip_sysdeps.packages.debian.database import read_database  # noqa: PLC0415 - an install line does without

    return read_database(root)


def _is_development(package: str) -> bool:
    return package.endswith("-dev")


def _read_floors(root: Root, database: PackageDatabase, objects: Objects, query: FloorQuery) -> Floors:
    from pip_sysdeps.packages.debian.read_floors import read_floors  # noqa: PLC0415 - as above

    return read_floors(root, database, objects, query)


def _read_snapshot(root: Root) -> str:
    from pip_sysdeps.packages.debian.read_snapshot import read_snapshot  # noqa: PLC0415 - as above

    return read_snapshot(root)


def _sources_key(root: Root) -> str:
    from pip_sysdeps.packages.debian.read_apt_sources import sources_key  # noqa: PLC0415 - as above

    return sources_key(root)


def _update_index(root: Root, request: IndexRequest, files: Collection[str]) -> IndexUpdate:
    from pip_sysdeps.packages.debian.index_update import update_index  # noqa: PLC0415 - as above

    return update_index(root, request, files)


def _borrow(root: Root, platform: Platform) -> BorrowedNames | None:
    from pip_sysdeps.packages.debian.borrow import borrow_names  # noqa: PLC0415 - as above

    return borrow_names(root, platform)


def _available(root: Root, architecture: str) -> AvailableVersions | None:
    from pip_sysdeps.packages.debian.read_apt_lists import available_versions  # noqa: PLC0415 - as above

    return available_versions(root, architecture)


def _read_candidates(root: Root, architecture: str) -> Mapping[str, ListedPackage] | None:
    from pip_sysdeps.packages.debian.read_apt_lists import candidate_packages  # noqa: PLC0415 - as above

    return candidate_packages(root, architecture)


FAMILY = Family(
    manager="dpkg",
    installer="apt-get",
    systems="Debian, Ubuntu or another system with apt",
    example="debian-trixie-amd64",
    database="dpkg status",
    architectures=ARCHITECTURES,
    open=_open,
    read_architecture=read_architecture,
    architecture=architecture_of,
    names=NameRules(
        package=is_package_argument,
        version=_VERSION.fullmatch,
        capability=lambda _: False,
        words="binary package name (Debian Policy 5.6.1)",
        version_words="binary package version (Debian Policy 5.6.12)",
    ),
    version_key=version_key,
    is_development=_is_development,
    floors=_read_floors,
    snapshot=_read_snapshot,
    formats=FORMATS,
    dockerfile=as_dockerfile,
    command=apt_get_install,
    usage=USAGE,
    purl="deb",
    read_candidates=_read_candidates,
    sources=Sources(
        key=_sources_key, update=_update_index, borrow=_borrow, available=_available, refresh="apt-get update"
    ),
)
