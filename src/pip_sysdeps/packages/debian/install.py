"""Install lines for apt: apt-get(8), and the relations of Debian Policy 7.1 for `apt-get satisfy`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pip_sysdeps.packages.item_formats import argument, as_lines, as_names

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from pip_sysdeps.packages.family import Item


def as_satisfy(packages: Iterable[Item]) -> str:
    """Render one dependency per line, for xargs(1) and `apt-get satisfy` (Debian Policy 7.1)."""
    return "".join(f"{each.name}{_bound(each)}\n" for each in packages)


def as_dockerfile(packages: Sequence[Item], snapshot: str = "") -> str:
    """Render a RUN instruction; none for no packages.

    With the date of a snapshot, apt's sources are first changed to that snapshot. This works for sources
    that name a snapshot, in use or in a comment before the live archive, as in the official images.
    """
    if not packages:
        return ""
    names = "".join(f"        {argument(each)} \\\n" for each in packages)
    update = "apt-get update"
    if snapshot:
        update = _SNAPSHOT.replace("@DATE@", snapshot) + " && apt-get update -o Acquire::Check-Valid-Until=false"
    return (
        f"RUN {update} \\\n"
        " && apt-get install -y --no-install-recommends -o APT::Cmd::Pattern-Only=true \\\n"
        f"{names}"
        " && rm -rf /var/lib/apt/lists/*\n"
    )


def apt_get_install(names: Sequence[str]) -> str:
    """Return the shell command that installs packages; empty for none.

    apt-get reads an unknown name with a dot as a regular expression, unless `APT::Cmd::Pattern-Only` is set.
    """
    return (
        f"apt-get install -y --no-install-recommends -o APT::Cmd::Pattern-Only=true {' '.join(names)}" if names else ""
    )


def _bound(item: Item) -> str:
    if item.version:
        return f" (= {item.version})"
    return f" (>= {item.minimum})" if item.minimum else ""


_SNAPSHOT = r"""find /etc/apt -regex '.*\.\(list\|sources\)' -exec sed -i -E \
        -e '/^# (deb .+|[^ ]+)\/[0-9]{8}T[0-9]{6}Z/{N;s,^# (deb .*)\n.*,\1,;s,^# (.*)\n.*,URIs: \1,}' \
        -e 's,[0-9]{8}T[0-9]{6}Z,@DATE@,' {} + \
"""
"""A comment with a date replaces the entry or URIs in the line below it; then each date is set to the lock's."""

USAGE = (
    "To install the printed names with apt:\n\n"
    "  xargs -r -a apt.txt apt-get install -y --no-install-recommends -o APT::Cmd::Pattern-Only=true\n\n"
    "To install the output of --format satisfy:\n\n"
    "  xargs -r -d '\\n' -a apt.txt apt-get satisfy -y --no-install-recommends\n"
)

FORMATS: Mapping[str, Callable[[Sequence[Item]], str]] = {
    "names": as_names,
    "lines": as_lines,
    "satisfy": as_satisfy,
}
