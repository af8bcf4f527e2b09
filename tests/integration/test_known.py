"""The knowledge file, entry by entry, against the real distributions, and companions against tiny ones."""

from __future__ import annotations

import fnmatch
from zipfile import ZipFile

import pytest

from builders import companions
from builders.known import environments, held, known_needs
from builders.wheelhouses import fetched_wheels
from pip_sysdeps.byname import read_knowledge
from pip_sysdeps.byname.knowledge import Known, ObjectsKind
from pip_sysdeps.byname.read_knowledge import known
from pip_sysdeps.model.needs import ReferenceKind
from pip_sysdeps.packages.index import open_index


def _is_about_objects(entry: Known) -> bool:
    return isinstance(entry.kind, ObjectsKind)


ENTRIES = [entry for entries in known_needs().values() for entry in entries if entry.names]
OBJECTS = {name: objects for name, entries in known().items() if (objects := [*filter(_is_about_objects, entries)])}
SHORT = ("pysaml2", "debian")
"""Those whose entries CI holds against them."""
WITH_QT = {"pyqt5": "pyqt5==5.15.1", "pyside6": "pyside6==6.2.4"}
"""Releases that bring Qt themselves: later ones leave it to another distribution."""
PLATFORMS = [*(f"manylinux_2_{minor}_x86_64" for minor in range(17, 36)), "manylinux2014_x86_64", "manylinux1_x86_64"]


def _mark(environment: tuple[str, str]) -> object:
    marks = [] if environment == SHORT else [pytest.mark.exhaustive]
    return pytest.param(*environment, id="-".join(environment), marks=marks)


@pytest.mark.debian
@pytest.mark.network
@pytest.mark.parametrize(("name", "interpreter"), [_mark(each) for each in environments()])
def test_the_entries_of(name: str, interpreter: str) -> None:
    """The distribution has the text that an entry cites, and is locked so; what is named is there with the line only.

    What every image of the release has is there before. An entry without a name leaves nothing of its kind in the lock.
    """
    for outcome in held(name, interpreter):
        assert outcome.evidence, outcome.entry.evidence
        if not outcome.entry.names:
            assert not outcome.needs
            continue
        (need,) = outcome.needs
        assert need.package
        assert bool(outcome.before) is (need.package in outcome.base)
        assert {need.soname, *need.any_of[:1], need.program, need.file} & {*outcome.after}


@pytest.mark.network
@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=[] if name == "daal4py" else pytest.mark.exhaustive) for name in OBJECTS],
)
def test_the_entries_about_objects_of(name: str) -> None:
    """A wheel of the distribution has files that each pattern matches, and the text that the entry cites."""
    python = "3.11" if name == "daal4py" else "3.10"
    (path,) = fetched_wheels(python, PLATFORMS, [WITH_QT.get(name, name)]).iterdir()
    with ZipFile(path) as wheel:
        files = wheel.namelist()
        for entry in OBJECTS[name]:
            assert all(fnmatch.filter(files, pattern) for pattern in entry.names)
            file, _, text = entry.evidence.partition(": ")
            assert any(text.encode() in wheel.read(each) for each in fnmatch.filter(files, file))


@pytest.mark.debian
@pytest.mark.network
@pytest.mark.parametrize("suite", ["bookworm", "trixie"])
@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=[] if name == "runs-gpg" else pytest.mark.exhaustive) for name in companions.CASES],
)
def test_the_companions_of(name: str, suite: str) -> None:
    """A tiny distribution fails with its library or program alone, and works with the line, which has the companion."""
    outcome = companions.tried(suite, name)
    assert outcome.companions
    assert outcome.without
    assert not outcome.line


@pytest.mark.parametrize("target", ["debian-bookworm-amd64", "debian-trixie-amd64", "debian-trixie-arm64"])
def test_a_release_has_it(target: str) -> None:
    """Some alternative of each library and program has a package in each release, but for what a release dropped."""
    index = open_index(target)
    assert index is not None
    ask = {ReferenceKind.PROGRAM: index.package_of_program, ReferenceKind.LIBRARY: index.package_of}
    without = {e.distribution for e in ENTRIES if e.kind in ask and not any(map(ask[e.kind], e.names))}
    assert without == ({"pdfkit", "imgkit"} if "trixie" in target else set())


@pytest.mark.parametrize("target", ["debian-bookworm-amd64", "debian-trixie-amd64", "debian-trixie-arm64"])
def test_a_release_has_each_companion(target: str) -> None:
    """The index that is shipped names a package for every companion, which is a file or program."""
    index = open_index(target)
    assert index is not None
    ask = {ReferenceKind.PROGRAM: index.package_of_program, ReferenceKind.FILE: index.package_of_file}
    every = {each for of_one in read_knowledge.companions().values() for each in of_one}
    assert all(any(map(ask[each.kind], each.names)) for each in every)
