"""Cut a Contents and a Packages index down to what tests/unit/packages/debian/test_indexing.py asks about.

    python tests/data/index/cut.py NAME CONTENTS CONTENTS-ALL PACKAGES

writes NAME.Contents and NAME.Packages beside this file from decompressed indices, as apt downloads them. Rows are kept
whole. Stanzas are kept for the packages that have or provide one of the files, for the base set with all the choices
of its dependencies, and for every package that depends on one of several that have the same library; of each only the
fields that are read, and only those groups of Depends that name a kept package. So each count and each choice comes
out as from the whole index.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from pip_sysdeps.packages.debian.indexing import base_set
from pip_sysdeps.packages.debian.packages_file import ArchivePackage, parse_packages

HERE = Path(__file__).parent
LIBRARIES = (
    "X11.so.6 GL.so.1 z.so.1 blas.so.3 jack.so.0 luajit-5.1.so.2 glib-2.0.so.0 ssl.so.3 magic.so gomp.so.1 c.so.6"
)
VIRTUAL = re.compile(r"lib(?:blas|lapack)\.so\.3")
PROGRAMS = "convert convert-im6.q16 convert-im7.q16 dot pdftoppm sendmail"
FIELDS = ("Section", "Priority", "Essential", "Multi-Arch")


def main(name: str, contents: str, contents_of_all: str, packages: str) -> None:
    """Write both files."""
    libraries = "|".join(re.escape(library) for library in LIBRARIES.split())
    wanted = re.compile(rf"\S*/lib(?:{libraries})[\w.-]*\s|(?:usr/)?s?bin/(?:{PROGRAMS.replace(' ', '|')})\s")
    rows = [
        line
        for path in (contents, contents_of_all)
        for line in Path(path).read_text(encoding="utf-8").splitlines(keepends=True)
        if wanted.match(line)
    ]
    with Path(packages).open("rb") as lines:
        archive = {package.name: package for package in parse_packages(lines)}
    stanzas = "\n".join(stanza(package, kept) for package, kept in cut(archive, rows))
    (HERE / f"{name}.Contents").write_text("".join(sorted(rows)), encoding="utf-8")
    (HERE / f"{name}.Packages").write_text(stanzas, encoding="utf-8")


def cut(archive: dict[str, ArchivePackage], rows: list[str]) -> list[tuple[ArchivePackage, set[str]]]:
    """Choose the packages, each with the names that its relations may keep."""
    owners = {owner.rpartition("/")[2] for row in rows for owner in row.split()[-1].split(",")}
    rivals = {package.name for package in archive.values() if any(map(VIRTUAL.fullmatch, package.provides))}
    shared = [row.split()[-1].split(",") for row in rows if "/lib" in row]
    rivals |= {owner.rpartition("/")[2] for several in shared if len(several) > 1 for owner in several}
    owners |= rivals
    base = base_set(archive)
    choices = {name for member in base for group in archive[member].depends for name in group}
    choices |= {package.name for package in archive.values() if choices.intersection(package.provides)}
    kept = (owners | base | choices) & archive.keys()
    names = kept | {name for name in choices if name not in archive}
    dependents = {
        package.name for package in archive.values() if any(rivals.intersection(group) for group in package.depends)
    }
    return [(archive[name], names if name in kept else rivals) for name in sorted(kept | dependents)]


def stanza(package: ArchivePackage, names: set[str]) -> str:
    """Write one stanza."""
    values = (package.section, package.priority, "yes" if package.essential else "", package.multi_arch)
    groups = [" | ".join(group) for group in package.depends if names.intersection(group)]
    provided = [name for name in package.provides if name in names or VIRTUAL.fullmatch(name)]
    fields = [("Package", package.name), ("Source", package.source), *zip(FIELDS, values, strict=True)]
    fields += [("Depends", ", ".join(groups)), ("Provides", ", ".join(provided))]
    return "".join(f"{field}: {value}\n" for field, value in fields if value)


if __name__ == "__main__":
    main(*sys.argv[1:])
