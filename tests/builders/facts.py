"""Values of the pipeline with plain defaults, for tests of its pure stages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pip_sysdeps.environment.requirements import Link
from pip_sysdeps.model.elf import ElfFile
from pip_sysdeps.model.environment import Distribution, Environment, Interpreter, RecordKind
from pip_sysdeps.model.loader import Found, Load, LoadedObject, NotFound, Resolution, SearchStep, Tried
from pip_sysdeps.model.packages import Platform
from pip_sysdeps.model.scan import Scan

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pip_sysdeps.model.needs import DistributionNeeds, When

_LIBRARY = ElfFile(
    elf_class=64,
    little_endian=True,
    os_abi=0,
    abi_version=0,
    type=3,
    machine=62,
    header_flags=0,
    interpreter=None,
    dynamic=True,
    executable_stack=False,
    soname=None,
    needed=(),
    rpath=None,
    runpath=None,
    flags=0,
    flags_1=0,
    version_needs=(),
)


def elf(*needed: str, **changes: Any) -> ElfFile:  # noqa: ANN401 - any field of an ElfFile
    """Return the facts of an x86-64 shared object that needs these names."""
    return _LIBRARY._replace(needed=needed, **changes)


def elf_of_header(machine: int, elf_class: int, little_endian: bool, header_flags: int) -> ElfFile:
    """Return the facts of a shared object with this ELF header."""
    return elf(machine=machine, elf_class=elf_class, little_endian=little_endian, header_flags=header_flags)


def distribution(name: str, *files: str, **changes: Any) -> Distribution:  # noqa: ANN401 - any field
    """Return a distribution in /env/site with these files (relative to it, or absolute)."""
    return Distribution(
        name=name,
        version="1.0",
        metadata_path=f"/env/site/{name}-1.0.dist-info",
        base="/env/site",
        record=RecordKind.RECORD,
        files=tuple(sorted(file if file.startswith("/") else f"/env/site/{file}" for file in files)),
        tags=("cp311-cp311-manylinux_2_28_x86_64",),
    )._replace(
        **changes,
    )


def platform(
    distro: str,
    release: str,
    architecture: str,
    manager: str,
    libc: str,
    **changes: Any,  # noqa: ANN401 - any field
) -> Platform:
    """Return a system whose release has a number and no codename."""
    found = Platform(
        distro=distro,
        codename="",
        release=release,
        release_name=release,
        architecture=architecture,
        machine=architecture,
        package_manager=manager,
        libc=libc,
    )
    return found._replace(**changes)


def found(path: str, soname: str = "", step: SearchStep = SearchStep.CACHE) -> Found:
    """Return the answer that a needed name (the path's last part, unless given) was found there."""
    return Found(soname=soname or path.rpartition("/")[2], path=path, step=step)


def not_found(soname: str, *tried: Tried) -> NotFound:
    """Return the answer that nothing of that name was found."""
    return NotFound(soname=soname, tried=tried)


def way(*names: str) -> tuple[Link, ...]:
    """Return a way on which each distribution requires the next by its name."""
    return tuple(Link(name=name, requirement=name if number else "") for number, name in enumerate(names))


def load(when: When, objects: Mapping[str, tuple[Resolution, ...]]) -> Load:
    """Return a load of objects by path, in order: the first one is the root."""
    loaded = tuple(LoadedObject(path=path, needs=needs) for path, needs in objects.items())
    return Load(root=loaded[0].path, when=when, objects=loaded)


def scan_of(*distributions: DistributionNeeds, loads: tuple[Load, ...] = ()) -> Scan:
    """Return the scan of an environment on Debian 12 with these distributions."""
    return Scan(
        platform=Platform(
            distro="debian",
            codename="bookworm",
            release="12",
            release_name="bookworm",
            architecture="amd64",
            machine="x86_64",
            package_manager="dpkg",
            libc="glibc",
        ),
        base=frozenset({"libc6"}),
        environment=Environment(
            prefix="/env",
            site_dirs=("/env/site",),
            interpreter=Interpreter(path="/usr/bin/python3.11", prefix="/usr", version=(3, 11), abi_tag="cp311"),
            distributions=tuple(each.distribution for each in distributions),
            unclaimed=(),
            skipped=(),
        ),
        distributions=distributions,
        unattributed=(),
        loads=loads,
        skipped=(),
    )
