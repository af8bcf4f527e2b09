"""Compare a real environment, built from source and from wheels, with pyelftools, the kernel and dpkg."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from builders.debian import SUITES, run_in
from builders.dlopen import open_and_keep
from builders.environments import VENV, build_root, from_wheels, several
from builders.truth import PROJECTS, read_truth
from pip_sysdeps.elf.read_objects import Objects
from pip_sysdeps.loader.glibc.read_config import read_loader_config
from pip_sysdeps.loader.glibc.rules import Glibc
from pip_sysdeps.loader.resolve import open_object, start
from pip_sysdeps.model.elf import ElfFile, VersionNeed
from pip_sysdeps.model.loader import Found, LoadedObject
from pip_sysdeps.packages.installed import open_packages
from pip_sysdeps.system.root import Root

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from elftools.elf.elffile import ELFFile

    from pip_sysdeps.loader.resolve import Process

pytestmark = [pytest.mark.debian, pytest.mark.network]

MAPS = Path(__file__).with_name("maps_after_import.py")


ENVIRONMENTS = [
    pytest.param(several("bookworm"), id="several-bookworm"),
    *(
        pytest.param(project(suite), id=f"{project.__name__}-{suite}", marks=pytest.mark.exhaustive)
        for project in (several, from_wheels)
        for suite in SUITES
        if (project, suite) != (several, "bookworm")
    ),
    *(
        pytest.param(read_truth(name, suite).project, id=f"{name}-{suite}", marks=pytest.mark.exhaustive)
        for name in PROJECTS
        for suite in SUITES
    ),
]


@pytest.fixture(scope="module", params=ENVIRONMENTS)
def built(request: pytest.FixtureRequest) -> Path:
    """Return a root with an environment."""
    return build_root(request.param)


def elf_files(built: Path) -> Iterator[str]:
    """Yield each regular file of the environment that begins with ELF's magic, by a walk of our own."""
    for folder, _, names in os.walk(built / VENV.lstrip("/")):
        for name in names:
            path = Path(folder, name)
            if path.is_file() and not path.is_symlink():
                with path.open("rb") as stream:
                    if stream.read(4) == b"\x7fELF":
                        yield "/" + str(path.relative_to(built))


def test_facts_agree_with_pyelftools(built: Path) -> None:
    """NEEDED, RPATH, RUNPATH, SONAME, needed versions, class, machine and type of every ELF file."""
    elffile = pytest.importorskip("elftools.elf.elffile")
    objects = Objects(Root(str(built)))
    compared = 0
    for path in elf_files(built):
        facts = objects.facts(path)
        if not isinstance(facts, ElfFile):
            continue
        with (built / path.lstrip("/")).open("rb") as stream:
            judged = judge(elffile.ELFFile(stream))
        ours = {name: getattr(facts, name) for name in judged}
        assert (path, ours) == (path, judged)
        compared += 1
    assert compared >= 10


def judge(elf: ELFFile) -> dict[str, object]:
    """Return the facts of a file by pyelftools."""
    from elftools.elf.dynamic import DynamicSegment
    from elftools.elf.gnuversions import GNUVerNeedSection

    dynamic = next(segment for segment in elf.iter_segments() if isinstance(segment, DynamicSegment))
    tags = list(dynamic.iter_tags())
    texts = {name: [getattr(tag, name) for tag in tags if tag.entry.d_tag == f"DT_{name.upper()}"]
             for name in ("needed", "soname", "rpath", "runpath")}  # fmt: skip
    needs = [
        VersionNeed(soname=str(need.name), version=version.name, weak=bool(version["vna_flags"] & 2))
        for section in elf.iter_sections()
        if isinstance(section, GNUVerNeedSection)
        for need, versions in section.iter_versions()
        for version in versions
    ]
    return {
        "needed": tuple(texts["needed"]),
        "soname": next(iter(texts["soname"]), None),
        "rpath": next(iter(texts["rpath"]), None),
        "runpath": next(iter(texts["runpath"]), None),
        "version_needs": tuple(needs),
        "elf_class": elf.elfclass,
        "machine": {"EM_X86_64": 62, "EM_AARCH64": 183}[elf["e_machine"]],
        "type": {"ET_EXEC": 2, "ET_DYN": 3}[elf["e_type"]],
    }


class Loader:
    """Our loader, in the process of a root's own interpreter."""

    def __init__(self, built: Path) -> None:
        self.root = Root(str(built))
        self.objects = Objects(self.root)
        program = self.root.resolve(f"{VENV}/bin/python")
        assert program is not None
        facts = self.objects.facts(program)
        assert isinstance(facts, ElfFile)
        self.program = program
        self.rules = Glibc(read_loader_config(self.root, facts))
        self.process = self.start()

    def start(self) -> Process:
        """Start the interpreter."""
        return start(self.program, self.objects.open, self.rules)

    def open(self, path: str) -> tuple[LoadedObject, ...]:
        """Open an extension module as `import` does, alone."""
        return open_object(self.process, path, self.program, self.objects.open, self.rules)

    def loaded_by(self, paths: Iterable[str]) -> set[str]:
        """Return the files in a process that opens one after the other, so that later ones find loaded ones."""
        process = self.start()
        for path in paths:
            open_and_keep(process, path, self.program, self.objects.open, self.rules)
        return self.files(process.objects)

    def files(self, loaded: tuple[LoadedObject, ...]) -> set[str]:
        """Return the files of loaded objects, and of all that their needs were found as, every link followed."""
        found = {answer.path for each in loaded for answer in each.needs if isinstance(answer, Found)}
        real = {self.root.resolve(path) for path in found | {each.path for each in loaded}}
        return {path for path in real if path is not None and "/ld-linux" not in path}


def test_resolved_paths_agree_with_what_the_kernel_mapped(built: Path) -> None:
    """After the import of any extension module the process maps what we resolved for it, and nothing else."""
    loader = Loader(built)
    output = run_in(built, [f"{VENV}/bin/python", "-c", MAPS.read_text()], env={"PYTHONDONTWRITEBYTECODE": "1"}).stdout
    compared = 0
    for module, imported, paths in map(json.loads, output.splitlines()):
        assert module in imported
        mapped = {path for path in paths if "/ld-linux" not in path}
        resolved = loader.loaded_by([*imported, *sorted(opened_by_libraries(loader.objects, mapped))])
        assert (module, sorted(resolved)) == (module, sorted(mapped))
        compared += 1
    assert compared >= 5


def opened_by_libraries(objects: Objects, mapped: set[str]) -> set[str]:
    """Return the mapped files that no mapped object needs: modules, and plugins that a library opens, as SASL does."""
    facts = {path: elf for path in mapped if isinstance(elf := objects.facts(path), ElfFile)}
    needed = {name for elf in facts.values() for name in elf.needed}
    return {path for path, elf in facts.items() if elf.soname not in needed and Path(path).name not in needed}


def test_owners_agree_with_dpkg_query(built: Path) -> None:
    """The owner of each system library is who `dpkg-query --search` finds by one of its spellings."""
    loader = Loader(built)
    packages = open_packages(loader.root)
    assert packages is not None
    opened = (loader.open(path) for path in elf_files(built))
    needs = {answer.path for loaded in opened for each in loaded for answer in each.needs if isinstance(answer, Found)}
    system = sorted(path for path in needs if not path.startswith(VENV))
    ours = {path: owner.package if (owner := packages.owner(path)) else None for path in system}
    assert ours == {path: dpkg_owner(built, loader.root, path) for path in system}
    assert len(system) >= 5


def dpkg_owner(built: Path, root: Root, path: str) -> str | None:
    """Return the owner by dpkg of a path and of the file behind it, each with and without /usr."""
    real = root.resolve(path)
    assert real is not None
    names = {path, real}
    spellings = names | {name.removeprefix("/usr") for name in names} | {f"/usr{name}" for name in names}
    output = run_in(built, ["dpkg-query", "--search", *sorted(spellings)], check=False).stdout
    rows = (line.partition(": ") for line in output.splitlines() if not line.startswith("diversion by "))
    owners = {owners.partition(":")[0] for owners, _, name in rows if name in spellings}
    assert len(owners) <= 1, owners
    return next(iter(owners), None)
