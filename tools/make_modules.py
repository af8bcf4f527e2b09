# ruff: noqa: INP001 - a script, no package
"""Make the list of standard library modules that Debian has in packages apart from its Python.

    python tools/make_modules.py [--mirror URI] [--keyring FILE] [--lists FOLDER] [-o FILE]

It reads Packages and Contents as tools/make_index.py does, and the standard library of the Python that runs it. The
patterns of files that it writes are those that an index answers for: make that anew afterwards.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
import sysconfig
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from make_index import HERE, SUITES, Maker, add_arguments, say

from pip_sysdeps.packages.debian.apt import open_lines
from pip_sysdeps.packages.debian.indexing import version_of
from pip_sysdeps.packages.debian.packages_file import parse_packages
from pip_sysdeps.sources.string_literals import imported
from pip_sysdeps.system.python_syntax import STANDARD_MODULES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from pip_sysdeps.packages.debian.packages_file import ArchivePackage

SHIPPED = os.path.join(HERE, "..", "src", "pip_sysdeps", "data", "modules.txt")
LIBRARY = re.compile(rb"usr/lib/python(3\.[0-9]+)/([^\s]+)\s+(\S+)\n?")
EXTENSION = re.compile(r"lib-dynload/([A-Za-z0-9_]+)\.[^/]*\.so")
RUNS = {"venv": "ensurepip"}
"""Modules that run another one as a program, which no import shows: `venv` makes an environment with `-m ensurepip`."""
BRINGERS = {"distutils": "_distutils_hack"}
"""Modules that another distribution brings: setuptools puts its own `distutils` in place of that of Python."""
HEAD = """\
# Modules of the standard library that a release has in a package apart from its Python. Made by tools/make_modules.py.
#
# The columns: what is imported; a file without which that fails (`*` for a part that differs), whose package the index
# of a release names; the extension module behind it, whose libraries any other Python needs, or `-`; a module whose
# distribution brings it instead, or `-`.
# Source: Contents of {releases}.
"""


class Row(NamedTuple):
    """One line of the list."""

    name: str
    """What is imported."""
    file: str
    """Pattern of a file without which that fails."""
    extension: str = "-"
    """The extension module behind it."""
    bringer: str = "-"
    """A module whose distribution brings it instead."""


def split_rows(contents: Iterable[bytes], version: str, own: frozenset[str]) -> Iterator[Row]:
    """Yield the modules of the standard library that no package of `own` has, the packages of the release's Python.

    `contents` are lines of Contents indices, `version` is that of this Python (`3.11`): a release may have others
    beside it. Of a package that is split, each module that lies apart is a row.
    """
    here: set[str] = set()
    apart: set[str] = set()
    for line in contents:
        row = LIBRARY.fullmatch(line)
        if row and row[1].decode() == version:
            owners = {name.rpartition("/")[2] for name in row[3].decode().split(",")}
            (apart if own.isdisjoint(owners) else here).add(row[2].decode())
    known = {match[1] for path in here if (match := EXTENSION.fullmatch(path))}
    for path in sorted(apart):
        if match := EXTENSION.fullmatch(path):
            if match[1] in STANDARD_MODULES - known:  # a debug build is no module of its own
                yield Row(match[1], f"/usr/lib/python3*/lib-dynload/{match[1]}.*.so", match[1])
            continue
        package, _, rest = path.partition("/")
        name = package.removesuffix(".py")
        if name not in STANDARD_MODULES or not path.endswith(".py"):
            continue
        if rest in {"", "__init__.py"}:
            yield Row(name, f"/usr/lib/python3*/{path}")
        elif f"{package}/__init__.py" in here and "/" not in rest:
            modules = (each for each in apart if each.startswith(f"{package}/") and each.endswith(".py"))
            first = min(modules, key=lambda each: ("/_" in each, each))
            yield Row(f"{package}.{rest.removesuffix('.py')}", f"/usr/lib/python3*/{first}")


def with_importers(rows: Iterable[Row], imports: Mapping[str, frozenset[str]]) -> list[Row]:
    """Return the rows with the modules that cannot be imported without one of them, and the extension behind each.

    `imports` has the modules that each module of the standard library imports without a condition.
    """
    found = {row.name: row for row in rows}
    for _ in range(len(imports)):
        before = dict(found)
        for name, needed in imports.items():
            if "." in name and name.partition(".")[0] in found:
                continue  # its package lies apart
            behind = next((found[each] for each in sorted(needed | {RUNS.get(name, "")}) if each in found), None)
            if behind is not None:
                known = found.get(name, Row(name, behind.file))
                found[name] = known._replace(extension=behind.extension if known.extension == "-" else known.extension)
        if found == before:
            break
    return sorted(row._replace(bringer=BRINGERS.get(row.name.partition(".")[0], "-")) for row in found.values())


def library_imports(folder: Path) -> dict[str, frozenset[str]]:
    """Return what each module of a standard library imports: those of the first and second level, without tests."""
    files = (*folder.glob("*.py"), *folder.glob("*/*.py"))
    names = {file: ".".join(file.relative_to(folder).with_suffix("").parts).removesuffix(".__init__") for file in files}
    return {
        name: imported(file.read_bytes()) - {name}
        for file, name in names.items()
        if name.partition(".")[0] in STANDARD_MODULES
    }


def closure(package: str, packages: Mapping[str, ArchivePackage]) -> frozenset[str]:
    """Return a package and all that it may depend on."""
    found: set[str] = set()
    pending = [package]
    while pending:
        name = pending.pop()
        if name in packages and name not in found:
            found.add(name)
            pending += [each for group in packages[name].depends for each in group]
    return frozenset(found)


def rows_of(maker: Maker, codename: str) -> list[Row]:
    """Return the rows of one release, of the first architecture that an index is made for."""
    lines: list[bytes] = []
    packages: dict[str, ArchivePackage] = {}
    for index in maker.indices(codename, "amd64"):
        with open_lines(index) as content:
            if index.kind == "Packages":
                packages |= {each.name: each for each in parse_packages(content)}
            else:
                lines += [line for line in content if line.startswith(b"usr/lib/python3.")]
    return list(split_rows(lines, version_of("python3", packages), closure("python3", packages)))


def text_of(rows: Iterable[Row], releases: str) -> str:
    """Return the data file."""
    return HEAD.format(releases=releases) + "\n" + "".join(f"{' '.join(row)}\n" for row in rows)


def main() -> int:
    """Make the list."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_arguments(parser, SHIPPED)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="pip-sysdeps-") as scratch:
        os.chmod(scratch, 0o755)  # noqa: S103 - apt downloads as its own user, _apt
        maker = Maker.of(arguments, scratch)
        rows = {row for codename in SUITES for row in rows_of(maker, codename)}
    every = with_importers(sorted(rows), library_imports(Path(sysconfig.get_path("stdlib"))))
    Path(arguments.output).write_text(text_of(every, f"Debian {', '.join(SUITES)}"), encoding="utf-8")
    say(f"{arguments.output}: {len(every)} modules")
    return 0


if __name__ == "__main__":
    sys.exit(main())
