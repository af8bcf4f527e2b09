"""What people and distributions say, and whose word counts."""

from __future__ import annotations

import json

import pytest
from packaging.utils import canonicalize_name

from builders.facts import distribution
from pip_sysdeps.byname.knowledge import (
    Known,
    ObjectsKind,
    declared_references,
    known_patterns,
    known_references,
    noted_references,
    parse_known,
    with_authority,
)
from pip_sysdeps.byname.named_needs import fits
from pip_sysdeps.byname.read_knowledge import known, known_files, known_of
from pip_sysdeps.elf.notes import DlopenNote
from pip_sysdeps.environment.metadata import external_of_project
from pip_sysdeps.errors import MalformedError
from pip_sysdeps.model.needs import Confidence, Reference, ReferenceKind, When
from pip_sysdeps.system.shipped import read_shipped

PQ = Known(
    distribution="pkg",
    kind=ReferenceKind.LIBRARY,
    names=("libpq.so.5",),
    why="opens libpq",
    evidence="pkg.py: pq",
    versions=">=3",
    unless=("pkg-binary",),
    interpreter="debian",
)


def reference(kind: ReferenceKind, *names: str, confidence: Confidence = Confidence.HIGH) -> Reference:
    """Return a reference of a source."""
    return Reference(kind=kind, names=names, when=When.DLOPEN, by=("a.py",), evidence="a call", confidence=confidence)


def test_the_shipped_file() -> None:
    """It has some sixty entries; each can be read, and names no binary package but things that packages have."""
    entries = [each for of_one in known().values() for each in of_one]
    assert len(entries) >= 60
    assert all(file.startswith("/") for file in known_files())
    assert all(": " in each.evidence for each in entries)


def test_the_names_in_the_shipped_file() -> None:
    """Each is normalized and stands there once, in order; another distribution has no entry."""
    names: list[str] = []
    json.loads(read_shipped("known.json"), object_pairs_hook=lambda pairs: names.extend(name for name, _ in pairs))
    distributions = [name for name in names if name in known()]
    assert distributions == sorted(set(distributions)) == [canonicalize_name(name) for name in known()]
    assert known_of("no-such-distribution") == ()


@pytest.mark.parametrize(
    ("installed", "version", "debian_python", "said"),
    [
        ({"pkg"}, "3.1", True, [("libpq.so.5",)]),
        ({"pkg", "pkg-binary"}, "3.1", True, [()]),
        ({"pkg"}, "2.9", True, []),
        ({"pkg"}, "3.1", False, []),
    ],
)
def test_when_an_entry_is_about_a_distribution(
    installed: set[str], version: str, *, debian_python: bool, said: list[tuple[str, ...]]
) -> None:
    """Version and interpreter decide; where another distribution brings it, the entry says that nothing is needed."""
    found = known_references(
        [PQ],
        distribution("pkg", version=version),
        installed=frozenset(installed),
        debian_python=debian_python,
        fits=lambda have, specifier: specifier == ">=3" and have.startswith("3"),
    )
    assert [each.names for each in found] == said


@pytest.mark.parametrize(
    ("entry", "files", "said"),
    [
        (PQ._replace(brought="pkg.libs/libpq*"), ("pkg.libs/libpq-0a1b2c3d.so.5",), [()]),
        (PQ._replace(brought="pkg.libs/libpq*"), ("pkg/__init__.py", "other.libs/libpq-0a1b2c3d.so.5"), [PQ.names]),
        (PQ._replace(has="pkg.libs/libpq*"), ("pkg.libs/libpq-0a1b2c3d.so.5",), [PQ.names]),
        (PQ._replace(has="pkg.libs/libpq*"), ("pkg/__init__.py",), []),
    ],
)
def test_an_entry_about_some_builds_of_a_distribution(entry: Known, files: tuple[str, ...], said: list[object]) -> None:
    """A wheel that brings the library needs none, what was built here does; or only the wheel opens one at all."""
    found = known_references(
        [entry],
        distribution("pkg", *files),
        installed=frozenset({"pkg"}),
        debian_python=True,
        fits=lambda *_: True,
    )
    assert [each.names for each in found] == said


@pytest.mark.parametrize(
    "entry",
    [
        {"why": "", "evidence": ""},
        {"why": "", "evidence": "", "library": ["a"], "program": ["b"]},
        {"why": "", "evidence": "", "library": ["a"], "package": "b"},
        {"library": ["a"]},
        {"distribution": "x", "why": "", "evidence": "", "library": ["a"]},
    ],
)
def test_a_malformed_entry(entry: dict[str, object]) -> None:
    """An entry names one thing, says why, and has no key that is not known."""
    with pytest.raises(MalformedError, match=r"x\[0\]"):
        parse_known("x", [entry])


def test_who_knows_says_all_that_is_sure() -> None:
    """Knowledge comes first; what sources name of the same kind besides is offered, other kinds stay as they are."""
    library, program = ReferenceKind.LIBRARY, ReferenceKind.PROGRAM
    sure = reference(library, "liba.so.1")
    found = [reference(library, "liba.so.1", "-la"), reference(library, "libb.so.1"), reference(program, "dot")]
    assert with_authority([sure], found) == (
        sure,
        reference(library, "libb.so.1", confidence=Confidence.MEDIUM),
        reference(program, "dot"),
    )


def test_a_known_library_by_another_name() -> None:
    """What find_library is asked for, and the name without a version, are the known library; another version is not."""
    library = ReferenceKind.LIBRARY
    sure = reference(library, "libXrandr.so.2")
    found = [reference(library, name) for name in ("-lXrandr", "libXrandr.so", "libXrandr.so.3", "-lXrandr-2")]
    assert [each.names for each in with_authority([sure], found)] == [sure.names, *(each.names for each in found[2:])]


def test_who_knows_may_say_that_there_is_nothing() -> None:
    """Of the kind of a known reference without a name, what sources name is no need; other kinds stay."""
    library, program = ReferenceKind.LIBRARY, ReferenceKind.PROGRAM
    found = [reference(library, "liba.so.1"), reference(program, "git")]
    assert with_authority([reference(program)], found) == (found[0],)


def test_what_a_distribution_declares() -> None:
    """A program of that name, else a library; compilers are no need, nor is what a marker is against."""
    lines = (
        *("libmagic", "dot (>2)", "C", "pkg:generic/libusb-1.0", "libfoo.so.1; here", "virtual:compiler/c"),
        *("dep:virtual/compiler/c", "libz.so.1 ; elsewhere"),
    )
    found = declared_references(
        distribution("pkg", requires_external=lines), {"dot"}.__contains__, {"here"}.__contains__
    )
    assert [(each.kind.value, each.names, each.when, each.evidence) for each in found] == [
        ("library", ("-lmagic", "-llibmagic"), When.DECLARED, "Requires-External: libmagic"),
        ("program", ("dot",), When.DECLARED, "Requires-External: dot (>2)"),
        ("library", ("-lusb-1.0", "-llibusb-1.0"), When.DECLARED, "Requires-External: pkg:generic/libusb-1.0"),
        ("library", ("libfoo.so.1",), When.DECLARED, "Requires-External: libfoo.so.1; here"),
    ]


@pytest.mark.parametrize(
    ("document", "lines"),
    [
        ({"external": {"dependencies": ["pkg:generic/libmagic", 3]}}, ("pkg:generic/libmagic",)),
        ({"external": {"build-requires": ["pkg:generic/gcc"]}}, ()),
        ({"external": []}, ()),
        ({}, ()),
    ],
)
def test_the_external_table_of_a_project(document: dict[str, object], lines: tuple[str, ...]) -> None:
    """Only what the project needs when it runs counts (PEP 725); what is no list of strings says nothing."""
    assert external_of_project(document) == lines


def test_what_an_elf_file_says() -> None:
    """A required library is sure, a recommended one is offered."""
    notes = [
        DlopenNote(sonames=("libz.so.1", "libz-ng.so.2"), feature="z", description="compression", priority="required"),
        DlopenNote(sonames=("libfido2.so.1",), feature="", description="", priority="suggested"),
    ]
    assert [(each.names, each.evidence, each.confidence.value) for each in noted_references("/x.so", notes)] == [
        (("libz.so.1", "libz-ng.so.2"), ".note.dlopen, required: compression", "high"),
        (("libfido2.so.1",), ".note.dlopen, suggested", "medium"),
    ]


ENTRY = {"plugins": ["*/a.so"], "why": "starts with it", "evidence": "a.so: a"}


def test_the_shipped_entries_about_objects() -> None:
    """Each entry has its evidence, and names nothing that is needed by name."""
    entries = [each for of_one in known().values() for each in of_one if isinstance(each.kind, ObjectsKind)]
    assert all(": " in each.evidence and each.names for each in entries)
    assert {each.kind for each in entries} == {*ObjectsKind}
    assert {each.kind for each in known_of("pyqt6-qt6")} == {ObjectsKind.PLUGINS}


@pytest.mark.parametrize(
    "changes", [{"optional": ["*/b.so"]}, {"library": ["libx.so.1"]}, {"why": None}, {"confidence": "high"}]
)
def test_a_bad_entry_about_objects(changes: dict[str, object]) -> None:
    """It is refused with its number."""
    table = {key: value for key, value in {**ENTRY, **changes}.items() if value is not None}
    with pytest.raises(MalformedError, match="an entry needs") as caught:
        parse_known("toolkit", [ENTRY, table])
    assert caught.value.where == "toolkit[1]"


def test_the_version_of_an_entry_about_objects() -> None:
    """An entry counts for the releases that it is about."""
    entries = parse_known("toolkit", [{**ENTRY, "versions": "<6.3"}])
    found = [known_patterns(entries, ObjectsKind.PLUGINS, version, fits) for version in ("6.2", "6.3", "odd")]
    assert [*map(bool, found)] == [True, False, True]
    assert not known_patterns(entries, ObjectsKind.OPTIONAL, "6.2", fits)
