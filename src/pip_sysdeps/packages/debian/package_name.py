"""Names of Debian binary packages, which reach the command line of apt-get. Source: Debian Policy 5.6.1."""

from __future__ import annotations

import re

PACKAGE_NAME = r"[a-z0-9][a-z0-9+.-]{0,254}[a-z0-9+.]"
"""The last character is never "-", although Policy allows it: `apt-get install libpq5-` removes a package."""

PACKAGE_ARGUMENT = rf"{PACKAGE_NAME}(?::[a-z0-9]+(?:-[a-z0-9]+)*)?"
"""As an argument of apt-get: a foreign architecture follows ":"."""

_match_name = re.compile(PACKAGE_NAME, re.ASCII).fullmatch
_match_argument = re.compile(PACKAGE_ARGUMENT, re.ASCII).fullmatch


def is_package_name(text: str) -> bool:
    """Return whether a text is the name of a binary package, without an architecture."""
    return _match_name(text) is not None


def is_package_argument(text: str) -> bool:
    """Return whether a text is a package argument of apt-get: a name, optionally with an architecture."""
    return _match_argument(text) is not None
