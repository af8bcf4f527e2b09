"""Install lines for apk: apk-add(8), apk-world(5).

An item is a package name or a capability (`so:libpq.so.5`, `cmd:pdftotext`); apk installs by either. No name needs
quotes: see `names`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pip_sysdeps.packages.item_formats import argument, as_lines, as_names

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from pip_sysdeps.packages.family import Item

_INSTALL = "apk add --no-cache"


def as_dockerfile(items: Sequence[Item], _snapshot: str = "") -> str:
    """Render a RUN instruction; nothing for no items."""
    if not items:
        return ""
    return f"RUN {_INSTALL} \\\n" + " \\\n".join(f"        {argument(each)}" for each in items) + "\n"


def as_command(names: Sequence[str]) -> str:
    """Return the shell command that installs packages or capabilities; empty for none."""
    return f"{_INSTALL} {' '.join(names)}" if names else ""


USAGE = f"To install the printed names with apk:\n\n  xargs -r -a packages.txt {_INSTALL}\n"

FORMATS: Mapping[str, Callable[[Sequence[Item]], str]] = {"names": as_names, "lines": as_lines}
