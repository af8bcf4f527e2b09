"""The commands that print the install line of one package manager alone.

They are apart from the registry, which every start of the program would have to import.
"""

from __future__ import annotations

LINE_COMMANDS = {"apt-line": "dpkg"}
"""A command -> the package manager whose targets it prints."""
