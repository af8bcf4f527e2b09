"""Azure Linux's list of installed packages, in images that have no rpm database.

Source: `container-manifest-2` of the image recipes in github.com/microsoft/azurelinux: the lines of `rpm --query --all`
with ten tab-separated fields.
"""

from __future__ import annotations

from pip_sysdeps.errors import MalformedError
from pip_sysdeps.packages.rpm.names import is_printable_ascii
from pip_sysdeps.packages.rpm.package import RpmPackage

_FIELDS = 10


def parse_manifest(content: bytes) -> tuple[RpmPackage, ...]:
    """Return the packages of a manifest. It has no file lists.

    Each line has name, version-release, times of installation and build, vendor, epoch as `(none)`, size, architecture,
    epoch number and source package. Raise MalformedError, with the line, for another form.
    """
    lines = content.decode("utf-8", "surrogateescape").split("\n")
    return tuple(_package(line, number) for number, line in enumerate(lines, 1) if line.strip())


def _package(line: str, number: int) -> RpmPackage:
    fields = line.split("\t")
    if len(fields) < _FIELDS:
        raise MalformedError(f"{len(fields)} fields instead of {_FIELDS}", where=f"line {number}")
    name, version, *_, size, architecture, epoch, source = fields[:_FIELDS]
    if (
        not all(map(is_printable_ascii, (name, version, architecture)))
        or "-" not in version
        or not _is_number(size)
        or not _is_number(epoch)
    ):
        raise MalformedError("not a package", where=f"line {number}")
    return RpmPackage(
        name=name,
        version=f"{int(epoch)}:{version}" if int(epoch) else version,
        architecture=architecture,
        source_file=source.replace("(none)", ""),
        size=int(size),
    )


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 20
