# ruff: noqa: INP001 - a script, not a package
"""Make the soname index that pip-sysdeps ships, from Debian's own Packages and Contents indices.

    python tools/make_index.py [--mirror URI] [--keyring FILE] [-o FILE]

apt downloads and verifies them (about 400 MB, five minutes) into a temporary folder. The
mirror is the one of this machine's apt sources. The same indices give the same bytes.

Only main is read, without -security and -updates. A security update keeps the sonames and names of its release
(Developer's Reference 5.8.5), and every package of those suites enters main with the next point release.
"""

from __future__ import annotations

import argparse
import glob
import os
import sys
import tempfile
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pip_sysdeps.byname.read_knowledge import known_files
from pip_sysdeps.errors import SysdepsError
from pip_sysdeps.packages.debian.apt import Apt
from pip_sysdeps.packages.debian.archive import ArchiveTables, default_alternatives, read_archive
from pip_sysdeps.packages.index_file import IndexTarget, dump_index

if TYPE_CHECKING:
    from pip_sysdeps.packages.debian.apt import AptIndex

HERE = os.path.dirname(os.path.abspath(__file__))
SHIPPED = os.path.join(HERE, "..", "src", "pip_sysdeps", "data", "debian.index")
SUITES = {"bookworm": ("bookworm", "oldstable"), "trixie": ("trixie", "stable"), "forky": ("forky", "testing")}
"""Codename -> the names to request from the mirror, in turn. Around a point release, a mirror may have an outdated
Contents under one name, and the current one under the other, which is a link to the same folder."""
ARCHITECTURES = ("amd64", "arm64")
WHOLE = ["Contents", "Contents-all", "Packages"]
SOURCE = "Types: deb\nURIs: {mirror}\nSuites: {suite}\nComponents: main\nSigned-By: {keyring}\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Maker:
    """Where the indices come from and where they are put."""

    mirror: str
    """URI of the Debian archive, for apt."""
    keyring: str
    """What its signatures are verified with."""
    lists: str
    """The folder for apt's private folders."""

    @classmethod
    def of(cls, arguments: argparse.Namespace, scratch: str) -> Maker:
        """Return what the options say; without `--lists` apt's folders are in `scratch`."""
        mirror = arguments.mirror or configured_mirror()
        return cls(mirror=mirror, keyring=arguments.keyring, lists=arguments.lists or scratch)

    def archive(self, codename: str, architecture: str) -> ArchiveTables:
        """Download and read one suite for one architecture."""
        return read_archive(self.indices(codename, architecture), architecture, default_alternatives(), known_files())

    def indices(self, codename: str, architecture: str) -> list[AptIndex]:
        """Download the indices of one suite for one architecture, under the first name that gives them whole."""
        for suite in SUITES[codename]:
            apt = self._apt(suite, architecture)
            complaints = apt.update()
            indices = [index for index in apt.indices() if index.codename == codename]
            if not complaints and sorted(index.kind for index in indices) == WHOLE:
                return indices
            say(f"{codename} {architecture} is not whole as `{suite}`:", *complaints)
        raise SysdepsError(f"no whole set of indices for {codename} {architecture}")

    def _apt(self, suite: str, architecture: str) -> Apt:
        folder = os.path.join(self.lists, f"{suite}-{architecture}")
        os.makedirs(folder, exist_ok=True)
        sources = os.path.join(folder, "debian.sources")
        with open(sources, "w", encoding="utf-8") as file:
            file.write(SOURCE.format(mirror=self.mirror, suite=suite, keyring=self.keyring))
        settings = (("Dir::Etc::sourcelist", sources), ("Dir::Etc::sourceparts", "-"))
        return Apt(folder=folder, state=folder, architecture=architecture, settings=settings)


def main() -> int:
    """Make the index and say what is in it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_arguments(parser, SHIPPED)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="pip-sysdeps-") as scratch:
        os.chmod(scratch, 0o755)  # noqa: S103 - apt downloads as its own user, _apt
        blob = made(Maker.of(arguments, scratch))
    with open(arguments.output, "wb") as file:
        file.write(blob)
    say(f"{arguments.output}: {len(blob)} bytes")
    return 0


def add_arguments(parser: argparse.ArgumentParser, output: str) -> None:
    """Add the options that say where the indices come from, and where the result goes."""
    parser.add_argument("--mirror", help="default: the first Debian mirror of this machine's apt sources")
    parser.add_argument("--keyring", default="/usr/share/keyrings/debian-archive-keyring.gpg")
    parser.add_argument("--lists", help="keep apt's folders here, for the next run")
    parser.add_argument("-o", "--output", default=output)


def made(maker: Maker) -> bytes:
    """Make the index of every suite and architecture."""
    archives: dict[str, ArchiveTables] = {}
    for codename in SUITES:
        for architecture in ARCHITECTURES:
            tables = archives[f"debian-{codename}-{architecture}"] = maker.archive(codename, architecture)
            counts = ", ".join(f"{len(table)} {name}" for name, table in tables.tables.items())
            say(f"{codename} {architecture} of {tables.date}: {counts}")
    targets = [
        IndexTarget(id=target, date=tables.date, release=tables.release, glibc=tables.glibc, python=tables.python)
        for target, tables in archives.items()
    ]
    names = ("base", "file", "library", "plugin", "program")
    return dump_index(targets, {name: [tables.tables[name] for tables in archives.values()] for name in names})


def say(*words: str) -> None:
    """Print progress to stderr."""
    sys.stderr.write(" ".join(words) + "\n")


def configured_mirror() -> str:
    """Return the first mirror of this machine's apt sources that serves the Debian archive itself."""
    for path in sorted([*glob.glob("/etc/apt/sources.list.d/*.sources"), "/etc/apt/sources.list"]):
        if os.path.exists(path):
            with open(path, encoding="utf-8") as file:
                for word in file.read().split():
                    if word.rstrip("/").endswith("/debian"):
                        return word
    raise SysdepsError("no Debian mirror in this machine's apt sources", hint="pass --mirror")


if __name__ == "__main__":
    sys.exit(main())
