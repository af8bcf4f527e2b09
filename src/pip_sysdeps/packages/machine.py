"""Which release and architecture a system is, told from two small texts: what `apt-line` has to know, and no more.

`platform` says the same as part of a whole scan; a test holds the two to one answer.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from pip_sysdeps.system.os_release import parse_os_release

if TYPE_CHECKING:
    from pip_sysdeps.system.root import Root

_OS_RELEASE = ("/etc/os-release", "/usr/lib/os-release")
_STATUS = "/var/lib/dpkg/status"
_MAX_BYTES = 256 << 20
_DPKG = re.compile(rb"^Package: dpkg$", re.MULTILINE)
_ARCHITECTURE = re.compile(rb"^Architecture: *([a-z0-9-]+)", re.MULTILINE)


class Machine(NamedTuple):
    """A system, in the words of a lock's target; what it does not tell is empty."""

    distro: str
    codename: str
    release: str
    architecture: str

    @property
    def id(self) -> str:
        """Name it as a target of the lock."""
        return "-".join(filter(None, (self.distro, self.codename or self.release, self.architecture)))


def read_machine(root: Root) -> Machine:
    """Read os-release(5), and dpkg's own entry in its status. Raise OSError for a file that cannot be read."""
    path = next((path for path in _OS_RELEASE if root.is_file(path)), None)
    release = parse_os_release(root.read(path, _MAX_BYTES)) if path else {}
    return Machine(
        distro=release.get("ID", ""),
        codename=release.get("VERSION_CODENAME", ""),
        release=release.get("VERSION_ID", ""),
        architecture=_architecture(root.read(_STATUS, _MAX_BYTES)) if root.is_file(_STATUS) else "",
    )


def _architecture(status: bytes) -> str:
    """Return the architecture of the stanza of dpkg; each stanza is looked at once, however many there are."""
    found = _DPKG.search(status)
    while found:
        end = status.find(b"\n\n", found.end())
        end = end if end >= 0 else len(status)
        if match := _ARCHITECTURE.search(status, found.end(), end):
            return match[1].decode("ascii")
        found = _DPKG.search(status, end)
    return ""
