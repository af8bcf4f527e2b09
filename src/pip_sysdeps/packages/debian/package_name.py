"""Names of Debian binary packages, which reach the command line of apt-get. Source: Debian Policy 5.6.1."""

from __future__ import annotations

import re

PACKAGE_NAME = r"[a-z0-9][a-z0-9+.-]{0,254}[a-z0-9+.]"
"""The last character is never "-", though Policy allows it: `apt-get install libpq5-` removes a package."""

PACKAGE_ARGUMENT = rf"{PACKAGE_NAME}(?::[a-z0-9]+(?:-[a-z0-9]+)*)?"
"""As apt-get takes it: a foreign architecture follows ":"."""

_holds = re.compile(PACKAGE_NAME, re.ASCII).fullmatch
_holds_argument = re.compile(PACKAGE_ARGUMENT, re.ASCII).fullmatch


def is_package_name(text: str) -> bool:
    """Return whether a text is the name of a binary package, without an architecture."""
    return _holds(text) is not None


def is_package_argument(text: str) -> bool:
    """Return whether a text names a binary package to apt-get: it may have an architecture, and is never an option."""
    return _holds_argument(text) is not None
