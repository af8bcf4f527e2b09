"""Names of Debian binary packages, which reach the command line of apt-get. Source: Debian Policy 5.6.1."""

from __future__ import annotations

import re

PACKAGE_NAME = r"[a-z0-9][a-z0-9+.-]{0,254}[a-z0-9+.]"
"""The last character is never "-", though Policy allows it: `apt-get install libpq5-` removes a package."""

_holds = re.compile(PACKAGE_NAME, re.ASCII).fullmatch


def is_package_name(text: str) -> bool:
    """Return whether a text is the name of a binary package, without an architecture."""
    return _holds(text) is not None
