"""rpm with dnf, microdnf, yum and zypper, as one value: see `packages.family`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pip_sysdeps.packages.family import Family, NameRules
from pip_sysdeps.packages.rpm.architectures import ARCHITECTURES, architecture_of
from pip_sysdeps.packages.rpm.capability import capability, is_capability, mark_of
from pip_sysdeps.packages.rpm.evr import split_epoch, version_key
from pip_sysdeps.packages.rpm.install import PROGRAMS, as_command, as_dockerfile, formats, usage, version_capabilities
from pip_sysdeps.packages.rpm.names import is_development, is_package_name, is_version, split_name
from pip_sysdeps.packages.rpm.read_database import read_architecture, read_database

if TYPE_CHECKING:
    from pip_sysdeps.packages.rpm.install import Program


def _family(program: Program) -> Family:
    """Return the family for systems where this program installs packages."""
    return Family(
        manager="rpm",
        installer=program.name,
        systems="Fedora, RHEL, Amazon Linux, openSUSE or another system with rpm",
        example="fedora-42-x86_64",
        database="rpm database",
        architectures=ARCHITECTURES,
        open=read_database,
        read_architecture=read_architecture,
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
        library_capability=lambda soname, kind: capability(soname, mark_of(kind)) or "",
        symbol_capabilities=lambda soname, kind, versions: version_capabilities(soname, mark_of(kind), versions),
        split_name=split_name,
        split_epoch=split_epoch,
    )


_VARIANTS = {name: _family(program) for name, program in PROGRAMS.items()}

FAMILY = next(iter(_VARIANTS.values()))._replace(variants=_VARIANTS)
