"""dpkg's own database files: status, info/*.list, info/*.md5sums, diversions.

Source: dpkg(1) "Package states", deb822(5), dpkg-divert(1), deb-md5sums(5); dpkg's lib/dpkg/parse.c and divertdb.c for
what the manual pages leave out.
"""

from __future__ import annotations

import re

from pip_sysdeps.errors import MalformedError
from pip_sysdeps.values import dataclass

UNPACKED = frozenset(
    {"half-installed", "unpacked", "half-configured", "triggers-awaited", "triggers-pending", "installed"}
)
"""States in which files of the package are on the disk.

The question put to the database is whose file a file is, and `dpkg-query --search` answers it in all of them, whether
or not the package was configured. `config-files` has configuration at most, `not-installed` nothing.
"""

_STATES = UNPACKED | {"not-installed", "config-files"}
_FIELD = re.compile(
    r"\n(Package|Status|Priority|Section|Essential|Installed-Size|Architecture|Multi-Arch|Source|Version|Provides"
    r"|Depends|Pre-Depends):(.*(?:\n[ \t].*)*)"
)
"""A field of interest with its continuation lines: behind a newline, which is found faster than the start of a line."""
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9+._-]*")
"""As lax as dpkg's pkg_name_is_illegal: Debian Policy 5.6.7 is stricter, local packages are not."""
_VERSION = re.compile(r"[A-Za-z0-9.+~:-]+")
_ARCHITECTURE = re.compile(r"[a-z0-9][a-z0-9-]*")
_MD5SUM = re.compile(rb"[0-9a-f]{32}[ *]{2}(?:\./)?/*([^\n]+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageStatus:
    """One binary package whose files are on the disk."""

    name: str
    """`Package`."""
    version: str
    """`Version`; empty where a first installation was broken off."""
    architecture: str
    """`Architecture`: `amd64`, `all`."""
    state: str
    """The third word of `Status`, one of `UNPACKED`; `installed` where a status.d has no such field."""
    essential: bool
    """`Essential: yes`."""
    priority: str
    """`Priority` as the .deb has it; the archive may override it."""
    section: str
    """`Section` without its archive area: `libs`."""
    multi_arch: str
    """`Multi-Arch`: `same`, `foreign`, `allowed`; empty for `no`."""
    source: str
    """`Source` without its version; the package's own name where the field is absent."""
    installed_size: int
    """`Installed-Size` in KiB; 0 where it is absent or no number."""
    pre_depends: str
    """`Pre-Depends` as written; see `formats.relations`."""
    depends: str
    """`Depends` as written."""
    provides: str
    """`Provides` as written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Diversion:
    """One diversion: every package but `package` has the file `diverted` under the name `to`."""

    diverted: str
    """The path in the packages' file lists."""
    to: str
    """Where dpkg puts it instead."""
    package: str
    """The package that diverts; empty for a local diversion, which holds for every package."""


def parse_status(content: bytes) -> tuple[PackageStatus, ...]:
    """Read a status file, or the control file of a status.d, keeping the packages whose files are on the disk.

    A package that comes twice counts as it comes last, as dpkg has it. Raise MalformedError, with the stanza, for one
    without a name, and for a name, version, architecture or state that cannot be one.
    """
    packages: dict[tuple[str, str], PackageStatus | None] = {}
    for number, stanza in enumerate(content.decode("utf-8", "surrogateescape").split("\n\n"), 1):
        if stanza.strip():
            fields = {name: value.strip() for name, value in _FIELD.findall(f"\n{stanza}")}
            name, architecture, package = _package(fields, number)
            packages[name, architecture] = package
    return tuple(package for package in packages.values() if package is not None)


def parse_list(content: bytes) -> list[bytes]:
    """Return the paths of an info/*.list, folders too, as bytes: absolute, one a line."""
    return content.split(b"\n")


def parse_md5sums(content: bytes) -> list[bytes]:
    """Return the paths of a deb-md5sums(5) file made absolute: the package's regular files, no links or conffiles.

    Lines of another form are passed over: the format has no place for them, and dpkg does not read it to find owners.
    """
    return [b"/" + path for path in _MD5SUM.findall(content)]


def parse_diversions(content: bytes) -> tuple[Diversion, ...]:
    """Read the diversions file: three lines each. Raise MalformedError for a broken one."""
    lines = content.decode("utf-8", "surrogateescape").split("\n")
    if lines.pop() or len(lines) % 3:
        raise MalformedError("the last entry has not its three lines", where=f"line {len(lines)}")
    entries = zip(lines[::3], lines[1::3], lines[2::3], strict=True)
    return tuple(_diversion(entry, number) for number, entry in enumerate(entries))


def _package(fields: dict[str, str], number: int) -> tuple[str, str, PackageStatus | None]:
    name = fields.get("Package", "")
    if not _NAME.fullmatch(name):
        raise MalformedError(f"no usable package name: {name!r}", where=f"stanza {number}")
    where = f"stanza {number} ({name})"
    state = _state(fields.get("Status", "install ok installed"), where)
    architecture = fields.get("Architecture", "")
    if state not in UNPACKED:
        return name, architecture, None
    version = fields.get("Version", "")
    for value, form in ((version, _VERSION), (architecture, _ARCHITECTURE)):
        if value and not form.fullmatch(value):
            raise MalformedError(f"no usable version or architecture: {value!r}", where=where)
    size = fields.get("Installed-Size", "")
    multi_arch = fields.get("Multi-Arch", "no")
    return (
        name,
        architecture,
        PackageStatus(
            name=name,
            version=version,
            architecture=architecture,
            state=state,
            essential=fields.get("Essential") == "yes",
            priority=fields.get("Priority", ""),
            section=fields.get("Section", "").rpartition("/")[2],
            multi_arch="" if multi_arch == "no" else multi_arch,
            source=(fields.get("Source") or name).partition(" ")[0],
            installed_size=int(size) if size.isascii() and size.isdigit() and len(size) < 20 else 0,
            pre_depends=fields.get("Pre-Depends", ""),
            depends=fields.get("Depends", ""),
            provides=fields.get("Provides", ""),
        ),
    )


def _state(status: str, where: str) -> str:
    """Return the third word of `want flag status`."""
    words = status.split()
    if len(words) != 3 or words[2] not in _STATES:
        raise MalformedError(f"no package state: {status!r}", where=where)
    return words[2]


def _diversion(entry: tuple[str, str, str], number: int) -> Diversion:
    diverted, to, package = entry
    if not (diverted.startswith("/") and to.startswith("/") and package):
        raise MalformedError("a diversion is two absolute paths and a package", where=f"line {3 * number + 1}")
    return Diversion(diverted=diverted, to=to, package="" if package == ":" else package)
