"""dpkg's own database files: status, info/*.list, info/*.md5sums, diversions.

Source: dpkg(1) "Package states", deb822(5), dpkg-divert(1), deb-md5sums(5); dpkg's lib/dpkg/parse.c and divertdb.c for
details that the manual pages omit.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from pip_sysdeps.errors import MalformedError
from pip_sysdeps.packages.debian.relations import parse_relations

UNPACKED = frozenset(
    {"half-installed", "unpacked", "half-configured", "triggers-awaited", "triggers-pending", "installed"}
)
"""States in which files of the package are on the disk.

`dpkg-query --search` reports owners in all of these states. In `config-files`, at most configuration is left; in
`not-installed`, nothing.
"""

_STATES = UNPACKED | {"not-installed", "config-files"}
_FIELD = re.compile(r"\n(Package|Status|Architecture|Multi-Arch|Version):(.*)")
"""Fields that every package needs; matching after a newline is faster than at the start of a line."""
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9+._-]*")
"""As in dpkg's pkg_name_is_illegal. Debian Policy 5.6.7 is stricter, but local packages may break it."""
_VERSION = re.compile(r"[A-Za-z0-9.+~:-]+")
_ARCHITECTURE = re.compile(r"[a-z0-9][a-z0-9-]*")
_MD5SUM = rb"[0-9a-f]{32}[ *]{2}(?:\./)?/*([^\n]+)"


class PackageStatus(NamedTuple):
    """One binary package whose files are on the disk."""

    name: str
    """`Package`."""
    version: str
    """`Version`; empty if a first installation was interrupted."""
    architecture: str
    """`Architecture`: `amd64`, `all`."""
    multi_arch: str
    """`Multi-Arch`: `same`, `foreign`, `allowed`; empty for `no`."""
    stanza: str
    """Its stanza after a newline; other fields are parsed on demand."""

    def field(self, name: str) -> str:
        """Return another field as written, with its continuation lines; empty if absent."""
        found = re.search(rf"\n{name}:(.*(?:\n[ \t].*)*)", self.stanza)
        return found[1].strip() if found else ""

    @property
    def essential(self) -> bool:
        """Return whether it has `Essential: yes`."""
        return self.field("Essential") == "yes"

    @property
    def priority(self) -> str:
        """Return `Priority` as the .deb has it; the archive may override it."""
        return self.field("Priority")

    @property
    def size(self) -> int:
        """Return `Installed-Size` in bytes; 0 if it is absent or not a number."""
        size = self.field("Installed-Size")
        return int(size) << 10 if size.isascii() and size.isdigit() and len(size) < 20 else 0

    @property
    def source(self) -> str:
        """Return the name in `Source`, without the version that may follow; else the package's own."""
        return self.field("Source").partition(" ")[0] or self.name

    @property
    def requires(self) -> tuple[tuple[str, ...], ...]:
        """Return the alternatives of each relation of `Pre-Depends` and `Depends`."""
        return tuple(map(tuple, parse_relations(f"{self.field('Pre-Depends')}, {self.field('Depends')}")))

    @property
    def recommends(self) -> tuple[str, ...]:
        """Return the names in `Recommends`, alternatives among them."""
        return tuple(name for names in parse_relations(self.field("Recommends")) for name in names)

    @property
    def provides(self) -> tuple[str, ...]:
        """Return the names in `Provides`."""
        return tuple(name for name, *_ in parse_relations(self.field("Provides")))


class Diversion(NamedTuple):
    """One diversion: every package except `package` installs the file `diverted` as `to`."""

    diverted: str
    """The path in the packages' file lists."""
    to: str
    """The path where dpkg installs it instead."""
    package: str
    """The diverting package; empty for a local diversion, which applies to every package."""


def parse_status(content: bytes) -> tuple[PackageStatus, ...]:
    """Parse a status file, or a file of status.d, with the packages whose files are on the disk.

    Of repeated stanzas of a package, the last counts, as in dpkg. Raise MalformedError, with the stanza, for a missing
    name, and for an invalid name, version, architecture or state.
    """
    packages: dict[tuple[str, str], PackageStatus | None] = {}
    for number, stanza in enumerate(content.decode("utf-8", "surrogateescape").split("\n\n"), 1):
        if stanza.strip():
            name, architecture, package = _package(f"\n{stanza}", number)
            packages[name, architecture] = package
    return tuple(package for package in packages.values() if package is not None)


def parse_list(content: bytes) -> list[bytes]:
    """Return the absolute paths of an info/*.list, including folders, as bytes."""
    return content.split(b"\n")


def parse_md5sums(content: bytes) -> list[bytes]:
    """Return the paths of a deb-md5sums(5) file made absolute: regular files, without links and conffiles.

    Invalid lines are skipped; dpkg does not read this file to find owners.
    """
    return [b"/" + path for path in re.findall(_MD5SUM, content)]


def parse_diversions(content: bytes) -> tuple[Diversion, ...]:
    """Parse the diversions file: three lines each. Raise MalformedError for a broken one."""
    lines = content.decode("utf-8", "surrogateescape").split("\n")
    if lines.pop() or len(lines) % 3:
        raise MalformedError("the last entry does not have three lines", where=f"line {len(lines)}")
    entries = zip(lines[::3], lines[1::3], lines[2::3], strict=True)
    return tuple(_diversion(entry, number) for number, entry in enumerate(entries))


def _package(stanza: str, number: int) -> tuple[str, str, PackageStatus | None]:
    fields = {name: value.strip() for name, value in _FIELD.findall(stanza)}
    name, version, architecture = fields.get("Package", ""), fields.get("Version", ""), fields.get("Architecture", "")
    if not _NAME.fullmatch(name):
        raise MalformedError(f"invalid package name: {name!r}", where=f"stanza {number}")
    where = f"stanza {number} ({name})"
    if _state(fields.get("Status", "install ok installed"), where) not in UNPACKED:
        return name, architecture, None
    for value, form in ((version, _VERSION), (architecture, _ARCHITECTURE)):
        if value and not form.fullmatch(value):
            raise MalformedError(f"invalid version or architecture: {value!r}", where=where)
    multi_arch = fields.get("Multi-Arch", "no")
    package = PackageStatus(
        name=name,
        version=version,
        architecture=architecture,
        multi_arch="" if multi_arch == "no" else multi_arch,
        stanza=stanza,
    )
    return name, architecture, package


def _state(status: str, where: str) -> str:
    """Return the third word of `want flag status`."""
    words = status.split()
    if len(words) != 3 or words[2] not in _STATES:
        raise MalformedError(f"invalid package state: {status!r}", where=where)
    return words[2]


def _diversion(entry: tuple[str, str, str], number: int) -> Diversion:
    diverted, to, package = entry
    if not (diverted.startswith("/") and to.startswith("/") and package):
        raise MalformedError("a diversion is two absolute paths and a package", where=f"line {3 * number + 1}")
    return Diversion(diverted=diverted, to=to, package="" if package == ":" else package)
