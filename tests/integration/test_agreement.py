"""Compare packages and versions with the real dpkg-shlibdeps, file by file; docs/agreement.md explains differences."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from builders.debian import SUITES
from builders.environments import VENV, build_root
from builders.shlibdeps import shlibdeps
from builders.truth import PROJECTS, read_truth
from pip_sysdeps.elf.kinds import is_program
from pip_sysdeps.elf.read_objects import Objects
from pip_sysdeps.environment.read_environment import find_environment
from pip_sysdeps.loader.glibc.read_config import read_loader_config
from pip_sysdeps.loader.glibc.rules import Glibc
from pip_sysdeps.loader.resolve import open_object, start
from pip_sysdeps.model.elf import ElfFile
from pip_sysdeps.model.loader import Found, LoadedObject
from pip_sysdeps.packages.debian.database import DpkgDatabase
from pip_sysdeps.packages.debian.floors import dependencies
from pip_sysdeps.packages.debian.read_shlibs import Shlibs
from pip_sysdeps.packages.debian.symbol_uses import SymbolUses
from pip_sysdeps.packages.installed import open_packages
from pip_sysdeps.system.root import Root
from pip_sysdeps.system.tree import walk

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from builders.shlibdeps import Told
    from pip_sysdeps.model.environment import Distribution
    from pip_sysdeps.packages.debian.floors import Library

pytestmark = [pytest.mark.debian, pytest.mark.network]

EXPLAINED = Path(__file__).parents[2] / "docs" / "agreement.md"
SYSTEM = ("/usr/bin", "/usr/sbin", "/usr/lib", "/usr/libexec")
SEVERAL_HUNDRED, A_FEW = 400, 40
GROUP = 10
IN_CI = ("p01-webapp", "bookworm")


class WithoutReferences(SymbolUses):
    """The facts that dpkg before 1.22 uses: undefined symbols, but no version references."""

    def _undefined(self, path: str, libraries: Iterable[Library]) -> frozenset[str]:
        names = super()._undefined(path, libraries)
        return frozenset(name for name in names if name.partition("@")[0] != name.partition("@")[2])


class Ours:
    """Our own answers about the files of a root."""

    def __init__(self, root: Path) -> None:
        self.root = Root(str(root))
        self.objects = Objects(self.root)
        packages = open_packages(self.root)
        assert packages is not None
        assert isinstance(packages.database, DpkgDatabase)
        self._packages = packages
        shlibs = Shlibs(self.root, packages.database)
        self._uses = SymbolUses(self.root, self.objects, shlibs)
        self._without_references = WithoutReferences(self.root, self.objects, shlibs)
        self._python = self.root.resolve("/usr/bin/python3") or ""
        program = self.objects.facts(self._python)
        assert isinstance(program, ElfFile)
        self._program = program
        self._rules = Glibc(read_loader_config(self.root, program, objects=self.objects))

    def usable(self, path: str) -> bool:
        """Return whether a file is one for this machine that needs anything."""
        elf = self.objects.facts(path)
        return isinstance(elf, ElfFile) and elf.machine == self._program.machine and bool(elf.needed)

    def loaded(self, path: str) -> LoadedObject:
        """Load one file; a library into an empty process."""
        elf = self.objects.facts(path)
        assert isinstance(elf, ElfFile)
        if is_program(elf):
            return start(path, self.objects.open, self._rules).objects[0]
        return open_object(start("", self.objects.open, self._rules), path, "", self.objects.open, self._rules)[0]

    def dependencies(self, files: Iterable[str], *, references: bool = True) -> frozenset[str]:
        """Return the joint dependencies of files, as in a Depends field."""
        uses = self._uses if references else self._without_references
        loaded = [self.loaded(file) for file in files]
        paths = {answer.path for each in loaded for answer in each.needs if isinstance(answer, Found)}
        libraries = {path: owner for path in paths if (owner := self._owner(path))}
        subjects = {self.root.resolve(each.path) for each in loaded}
        return frozenset(map(str, dependencies(uses.of(loaded, subjects=subjects, libraries=libraries))))

    def explanation(self, loaded: LoadedObject, told: Told) -> str:
        """Return the rule of docs/agreement.md that a difference comes from; nothing if none explains it."""
        if self.dependencies([loaded.path], references=False) == told.dependencies:
            return "reference"
        stopped = set(re.findall(r"cannot find library (\S+) needed by", told.messages))
        packaged = {answer.soname for answer in loaded.needs if isinstance(answer, Found) and self._owner(answer.path)}
        if not told.dependencies and stopped and not stopped & packaged:
            elf = self.objects.facts(self.root.resolve(loaded.path) or "")
            rpath = elf.rpath or elf.runpath or "" if isinstance(elf, ElfFile) else ""
            return "origin" if "$ORIGIN" in rpath else "alone"
        return ""

    def _owner(self, path: str) -> str:
        owner = self._packages.owner(path)
        return owner.package if owner else ""

    def files(self, folders: Iterable[str]) -> list[str]:
        """Return the usable ELF files below some folders, links aside."""
        return sorted(path for folder in folders for path in walk(self.root, folder).files if self.usable(path))


def differing(root: Path, ours: Ours, files: Sequence[str]) -> dict[str, str]:
    """Compare files in groups, then those of different groups singly; yield each difference and its rule, if any.

    Each file of a group counts: what the group depends on is all that one of them does, in the highest version.
    """
    groups = [files[start : start + GROUP] for start in range(0, len(files), GROUP)]
    told = shlibdeps(root, groups)
    assert len(told) == len(groups) > 0
    doubtful = [
        file
        for group, theirs in zip(groups, told, strict=True)
        if ours.dependencies(group) != theirs.dependencies
        for file in group
    ]
    found = {}
    for file, theirs in zip(doubtful, shlibdeps(root, ([file] for file in doubtful)), strict=True):
        mine = ours.dependencies([file])
        if mine != theirs.dependencies:
            rule = ours.explanation(ours.loaded(file), theirs)
            found[file] = rule or f"{sorted(mine)} is told as {sorted(theirs.dependencies)}: {theirs.messages}"
    return found


@pytest.mark.parametrize(
    ("suite", "count"),
    [
        pytest.param("bookworm", A_FEW, id="bookworm"),
        *(pytest.param(suite, SEVERAL_HUNDRED, id=f"all-{suite}", marks=pytest.mark.exhaustive) for suite in SUITES),
    ],
)
def test_system_libraries_and_programs(suite: str, count: int) -> None:
    """A file of a package depends on what dpkg-shlibdeps says, to the version, if that respects version references."""
    root = build_root(read_truth("p01-webapp", suite).project)
    ours = Ours(root)
    files = ours.files(SYSTEM)
    chosen = files[:: max(1, len(files) // count)]
    differences = differing(root, ours, chosen)
    assert {file: rule for file, rule in differences.items() if rule != "reference" or suite != "bookworm"} == {}


@pytest.mark.parametrize(
    ("project", "suite"),
    [
        pytest.param(project, suite, marks=[] if (project, suite) == IN_CI else pytest.mark.exhaustive)
        for project in PROJECTS
        for suite in SUITES
        if read_truth(project, suite).project.no_binary  # in the others nothing is built that has an ELF file
    ],
)
def test_distributions_of_real_projects(project: str, suite: str) -> None:
    """What was built from an sdist depends on what dpkg-shlibdeps says, without exception."""
    root = build_root(read_truth(project, suite).project)
    ours = Ours(root)
    environment = find_environment(Root(str(root)), VENV, environ={})
    built = {file for each in environment.distributions if is_built_here(each) for file in each.files}
    built |= set(environment.unclaimed)
    differences = differing(root, ours, [file for file in ours.files([VENV]) if file in built])
    assert differences == {}


@pytest.mark.exhaustive
@pytest.mark.parametrize("suite", SUITES)
def test_wheels_with_libraries_of_their_own(suite: str) -> None:
    """dpkg-shlibdeps fails for libraries that only the loader finds; otherwise its result is ours."""
    root = build_root(read_truth("p01-webapp", suite).project)
    ours = Ours(root)
    differences = differing(root, ours, ours.files([VENV]))
    assert {file: rule for file, rule in differences.items() if rule not in rules()} == {}


def is_built_here(distribution: Distribution) -> bool:
    """Return whether a distribution was built from an sdist in the root."""
    return distribution.source == "local"


def rules() -> list[str]:
    """Return the rules that docs/agreement.md explains."""
    return re.findall(r"^\| `([a-z-]+)` \|", EXPLAINED.read_text(encoding="utf-8"), re.MULTILINE)
