"""Names of packages and capabilities that are safe in a lock and on apk's command line.

Source: apk-package(5); apk-world(5); apk-tools src/ctype.c.
"""

from __future__ import annotations

import re

_PACKAGE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]*")
_CAPABILITY = re.compile(r"(?:so|cmd):[A-Za-z0-9_][A-Za-z0-9._+-]*")
_INSTALLED = re.compile(r"[A-Za-z0-9._][A-Za-z0-9._+-]*")
MAX_NAME = 255
"""Characters; apk has no limit, real names have less than a hundred."""


def is_package_name(name: str) -> bool:
    """Return whether a name is valid for a package of a repository."""
    return len(name) <= MAX_NAME and _PACKAGE.fullmatch(name) is not None


def is_installed_name(name: str) -> bool:
    """Return whether a name is valid for an installed package: virtual ones begin with a dot, `.build-deps`."""
    return len(name) <= MAX_NAME and _INSTALLED.fullmatch(name) is not None and name.strip(".") != ""


def is_capability(name: str) -> bool:
    """Return whether a name is the capability of a library or program: `so:libpq.so.5`, `cmd:pdftotext`."""
    return len(name) <= MAX_NAME and _CAPABILITY.fullmatch(name) is not None


def is_development(name: str) -> bool:
    """Return whether a package is for development only: headers, static libraries, documentation."""
    return name.endswith(("-dev", "-static", "-doc", "-dbg"))


def so_capability(soname: str) -> str | None:
    """Return the capability of a library, or None for a path or a name with unsafe characters."""
    name = f"so:{soname}"
    return name if is_capability(name) and ".so" in soname else None


def cmd_capability(program: str) -> str | None:
    """Return the capability of a program, or None for a name with unsafe characters: `[` of busybox."""
    name = f"cmd:{program}"
    return name if is_capability(name) else None
