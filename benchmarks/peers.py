"""Commands that the benchmarks compare with: other ways to examine the same files."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

LDD_AND_DPKG = """
for file do
    ldd "$file" 2>/dev/null | sed -n 's/.* => \\(\\/[^ ]*\\) .*/\\1/p'
done | while read -r library; do
    dpkg -S "$library" 2>/dev/null || dpkg -S "$(realpath "$library")" 2>/dev/null
done | cut -d: -f1 | sort -u
"""
"""A script as in many blog posts: ldd for each file, dpkg -S for each library."""

_SOURCE_PACKAGE = """
folder=$(mktemp -d); trap 'rm -r "$folder"' EXIT; cd "$folder"; mkdir debian
printf 'Source: x\\n\\nPackage: x\\nArchitecture: any\\n' > debian/control
shlibdeps() { dpkg-shlibdeps --ignore-missing-info --warnings=0 -O "$@" 2>/dev/null; }
"""
SHLIBDEPS = f"""{_SOURCE_PACKAGE}
for file do shlibdeps "$file"; done || :
"""
"""dpkg-shlibdeps in an empty source package, with one process per file."""
SHLIBDEPS_ONE_PROCESS = f"""{_SOURCE_PACKAGE}
shlibdeps "$@" || :
"""
"""The same in one process, which fails for all files if one file needs a missing library."""

PYELFTOOLS = """
import sys
from elftools.elf.elffile import ELFFile
from elftools.elf.dynamic import DynamicSegment
from elftools.elf.gnuversions import GNUVerNeedSection
for path in sys.stdin.read().split("\\0"):
    with open(path, "rb") as file:
        elf = ELFFile(file)
        for segment in elf.iter_segments():
            if segment["p_type"] == "PT_INTERP":
                segment.get_interp_name()
            if isinstance(segment, DynamicSegment):
                for tag in segment.iter_tags():
                    [getattr(tag, name, None) for name in ("needed", "soname", "rpath", "runpath")]
        for section in elf.iter_sections():
            if isinstance(section, GNUVerNeedSection):
                for need, auxiliaries in section.iter_versions():
                    [(need.name, each.name) for each in auxiliaries]
"""
"""The facts of `ElfFile`, read with pyelftools."""

OUR_FACTS = """
import sys
from pip_sysdeps.elf.read_objects import Objects
from pip_sysdeps.system.root import Root
objects = Objects(Root())
for path in sys.stdin.read().split("\\0"):
    objects.facts(path)
"""

READ_THE_SAME = """
import os, sys
for folder, folders, files in os.walk(sys.argv[1]):
    pass
for path in sys.stdin.read().split("\\0"):
    descriptor = os.open(path, os.O_RDONLY)
    os.pread(descriptor, 4096, 0)
    os.close(descriptor)
"""
"""A lower limit of the time: list every folder, open every ELF file and read its first page."""


NO_NAMES = """
from pip_sysdeps.byname.named_needs import Named, Searched
assert Named.search
Named.search = lambda self, distribution: Searched()
"""
"""Code that disables the search of sources for names."""

NO_FLOORS = """
from pip_sysdeps.app import scan
assert scan.with_version_floors
scan.with_version_floors = lambda found, *_: found
"""
"""Code that disables version floors."""


def shell(script: str, files: Sequence[str]) -> list[str]:
    """Return the command of a shell script on files."""
    return ["sh", "-c", script, "sh", *files]
