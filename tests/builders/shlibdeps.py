"""What the real dpkg-shlibdeps says of files in a root."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from builders.debian import run_in

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_SCRIPT = r"""
mount -t tmpfs tmpfs /tmp
mkdir -p /tmp/package/debian && cd /tmp/package
printf 'Source: tests\n\nPackage: tests\nArchitecture: any\n' > debian/control
while IFS= read -r files; do
    printf '\036'
    IFS="$(printf '\t')"
    dpkg-shlibdeps -O --ignore-missing-info --warnings=0 $files 2>/tmp/said
    printf '\035'
    cat /tmp/said
done
"""
"""The root itself stays as it is: what dpkg-shlibdeps wants is in a file system of the mount namespace."""


class Told(NamedTuple):
    """What it told of some files together."""

    dependencies: frozenset[str]
    """Each dependency, alternatives in one: `libpq5 (>= 10~~)`."""
    messages: str
    """Warnings and errors."""


def shlibdeps(root: Path, groups: Iterable[Iterable[str]]) -> list[Told]:
    """Run the dpkg-shlibdeps of a root for each group of files."""
    lines = ("\t".join(f"-e{file}" for file in group) + "\n" for group in groups)
    output = run_in(root, ["sh", "-c", _SCRIPT], stdin="".join(lines)).stdout
    told = []
    for record in output.split("\x1e")[1:]:
        line, messages = record.split("\x1d")
        depends = line.strip().removeprefix("shlibs:Depends=")
        told.append(Told(frozenset(filter(None, map(str.strip, depends.split(",")))), messages))
    return told
