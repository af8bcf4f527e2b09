"""Commands that print the install line of a single package manager.

They are not in the registry, which would slow down every start of the program.
"""

from __future__ import annotations

LINE_COMMANDS = {"apt-line": "dpkg"}
"""Command -> the package manager of its targets."""
