"""Commands that print the install line of one package manager only.

They are not in the registry, which would slow down every start of the program.
"""

from __future__ import annotations

LINE_COMMANDS = {"apt-line": "dpkg"}
"""A command -> the package manager whose targets it prints."""
