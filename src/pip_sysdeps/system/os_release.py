"""Read and parse os-release. Source: os-release(5)."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pip_sysdeps.system.root import Root

_PATHS = ("/etc/os-release", "/usr/lib/os-release")
_MAX_BYTES = 1 << 20
_ASSIGNMENT = re.compile(r"""([A-Z][A-Z0-9_]*)=(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|([^\s"'\\$`]*))[ \t]*""")
_ESCAPE = re.compile(r"\\(.)")


def read_os_release(root: Root) -> Mapping[str, str]:
    """Return the variables of a root's os-release; empty without one. Raise SysdepsError if it cannot be read."""
    path = next((path for path in _PATHS if root.is_file(path)), None)
    return parse_os_release(root.read_required(path, _MAX_BYTES)) if path else {}


def parse_os_release(content: bytes) -> Mapping[str, str]:
    """Return the variables; invalid lines are skipped, as os-release(5) requires.

    If a variable is set twice, the last value is used, as in a shell.
    """
    values = {}
    for line in content.decode("utf-8", "surrogateescape").split("\n"):
        match = _ASSIGNMENT.fullmatch(line.strip())
        if match:
            name, double, single, plain = match.groups()
            values[name] = _ESCAPE.sub(r"\1", double) if double is not None else single or plain or ""
    return MappingProxyType(values)
