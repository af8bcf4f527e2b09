"""Who brings what is named."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, ClassVar, cast

import pytest

from pip_sysdeps.byname.about import About
from pip_sysdeps.byname.knowledge import typelib
from pip_sysdeps.byname.provision import distribution_of, needs, package_of_program
from pip_sysdeps.model.needs import (
    Confidence,
    FromCapability,
    FromHost,
    FromPackage,
    Missing,
    Need,
    Reference,
    ReferenceKind,
    Unowned,
    When,
)
from pip_sysdeps.model.packages import Owner
from pip_sysdeps.packages.index import open_index, read_index
from pip_sysdeps.packages.index_file import AMBIGUOUS
from pip_sysdeps.system.shipped import shipped

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pip_sysdeps.packages.index import SonameIndex

BY = ("/env/site/pkg/a.py",)


@dataclass(frozen=True)
class Said:
    """An answer of the index."""

    name: str
    package: str
    is_development: bool = False
    alternatives: tuple[str, ...] = ()


class Index:
    """A release with a few things."""

    has_files = True

    libraries: ClassVar = {
        "libfoo.so": Said("libfoo.so", "libfoo-dev", is_development=True),
        "libfoo.so.1": Said("libfoo.so.1", "libfoo1"),
        "libfoo.so.2": Said("libfoo.so.2", "libfoo2"),
        "libonly.so": Said("libonly.so", "libonly-dev", is_development=True),
        "libc.so": Said("libc.so", "libc6-dev", is_development=True),
        "libc.so.6": Said("libc.so.6", "libc6"),
    }

    def package_of(self, soname: str) -> Said | None:
        """Return who has a library."""
        return self.libraries.get(soname)

    def package_of_stem(self, stem: str) -> Said | None:
        """Return the newest library of a stem."""
        return {"foo": self.libraries["libfoo.so.2"], "c": self.libraries["libc.so.6"]}.get(stem)

    def package_of_program(self, name: str) -> Said | None:
        """Return who has a program."""
        return {"dot": Said("dot", "graphviz"), "ls": Said("ls", "coreutils")}.get(name)

    def package_of_file(self, path: str) -> Said | None:
        """Return who has a file."""
        files = {"/usr/share/fonts/*/foo.ttf": "fonts-foo", typelib("Foo-1.0"): "gir1.2-foo-1.0"}
        return Said(path, files[path]) if path in files else None


@dataclass(frozen=True, kw_only=True)
class System:
    """A system in which nothing is installed but what a test adds."""

    libraries: Mapping[str, str] = field(default_factory=dict)
    programs: Mapping[str, str] = field(default_factory=dict)
    owners: Mapping[str, str] = field(default_factory=dict)
    name_owners: Mapping[str, str] = field(default_factory=dict)
    stems: Mapping[str, str] = field(default_factory=dict)
    providers: Mapping[tuple[ReferenceKind, str], FromPackage | FromCapability | Missing] = field(default_factory=dict)
    index: SonameIndex | None = field(default_factory=lambda: cast("SonameIndex", Index()))
    python_packages: frozenset[str] = frozenset({"gi"})

    by_capability = False
    not_found_note = "no package has it"
    libc_packages = frozenset({"libc6"})
    base = frozenset({"coreutils"})

    def library(self, name: str) -> str | None:
        """Return the path of a library."""
        return self.libraries.get(name)

    def stem(self, stem: str) -> str | None:
        """Return what find_library finds."""
        return self.stems.get(stem)

    def program(self, name: str) -> str | None:
        """Return the path of a program."""
        return self.programs.get(name)

    def file(self, pattern: str) -> str | None:
        """Return the path of a file: there is none."""
        return self.programs.get(pattern)

    def provider(self, kind: ReferenceKind, name: str) -> FromPackage | FromCapability | Missing | None:
        """Return what the package manager installs a library or program by."""
        return self.providers.get((kind, name))

    def owner(self, path: str) -> Owner | None:
        """Return the package of a file."""
        return Owner(package=self.owners[path], version="1") if path in self.owners else None

    def name_owner(self, path: str) -> Owner | None:
        """Return the package of a path, which may be a link."""
        return Owner(package=self.name_owners[path], version="1") if path in self.name_owners else None

    def host_library(self, soname: str) -> str | None:
        """Return who brings a library of the one driver."""
        return "comes with a driver" if soname.startswith("libcuda.so") else None

    def is_brought(self, name: str) -> bool:
        """Return whether the environment has a file of that name."""
        return name in {"libown.so", "own-script"}

    def is_own_file(self, path: str) -> bool:
        """Return whether a path is in the Python's own prefix."""
        return path.startswith("/conda/")

    def has_python_module(self, name: str) -> bool:
        """Return whether the environment has a Python package."""
        return name in self.python_packages

    def is_development(self, package: str) -> bool:
        """Return whether a package is for development."""
        return package.endswith("-dev")


SYSTEM = System()
SMALL = About(text="Name: pkg", sources=3)
LARGE = About(text="Name: pkg\n\nIt draws with graphviz, and libfoo.", sources=500)


def library(*names: str, confidence: Confidence = Confidence.HIGH) -> Reference:
    """Return a reference to a library."""
    return Reference(
        kind=ReferenceKind.LIBRARY, names=names, when=When.DLOPEN, by=BY, evidence="a call", confidence=confidence
    )


def program(*names: str) -> Reference:
    """Return a reference to a program."""
    return Reference(
        kind=ReferenceKind.PROGRAM, names=names, when=When.EXEC, by=BY, evidence="a run", confidence=Confidence.HIGH
    )


def only(reference: Reference, system: System = SYSTEM, about: About = SMALL) -> Need:
    """Return the one need of a reference."""
    (need,) = needs([reference], system, about)
    return need


def need(package: str, path: str = "", confidence: Confidence = Confidence.HIGH, **name: object) -> Need:
    """Return the need of a library."""
    return Need(
        **name,  # type: ignore[arg-type]
        when=When.DLOPEN,
        by=BY,
        provider=FromPackage(package=package, path=path),
        evidence="a call",
        confidence=confidence,
    )


def test_the_alternatives_that_the_release_has() -> None:
    """The first that maps answers."""
    assert only(library("libzzz.so.1", "libfoo.so", "libfoo.so.1", "-lfoo")) == need(
        "libfoo1", any_of=("libfoo.so.1", "libfoo.so.2")
    )
    assert only(library("-lfoo")) == need("libfoo2", soname="libfoo.so.2")


def test_a_package_for_compiling_never_answers() -> None:
    """What only a -dev package has is offered with that reason if it is sure; else it is no need."""
    assert only(library("libonly.so")) == need("libonly-dev", soname="libonly.so")._replace(
        confidence=Confidence.MEDIUM,
        note="only libonly-dev has it, a development package",
    )
    assert needs([library("libonly.so", confidence=Confidence.MEDIUM)], SYSTEM, SMALL) == ()


def test_an_installed_package_for_compiling_does_not_answer_either() -> None:
    """Its link names a file of the runtime package, which does not have the link."""
    installed = System(
        libraries={"libonly.so": "/lib/libonly.so"},
        owners={"/lib/libonly.so": "libonly3"},
        name_owners={"/lib/libonly.so": "libonly-dev"},
    )
    assert only(library("libonly.so"), installed) == need(
        "libonly-dev", "/lib/libonly.so", Confidence.MEDIUM, soname="libonly.so"
    )._replace(note="only libonly-dev has it, a development package")
    assert only(library("libonly.so", "libfoo.so.1"), installed) == need("libfoo1", soname="libfoo.so.1")


def test_an_installed_library_tells_its_package() -> None:
    """The owner comes before the index, and any alternative that is there has the path."""
    there = System(libraries={"libfoo.so.1": "/lib/libfoo.so.1"}, owners={"/lib/libfoo.so.1": "libfoo1t64"})
    assert only(library("libfoo.so.1"), there) == need("libfoo1t64", "/lib/libfoo.so.1", soname="libfoo.so.1")
    assert only(library("libfoo.so.2", "libfoo.so.1"), there) == need(
        "libfoo2", "/lib/libfoo.so.1", any_of=("libfoo.so.2", "libfoo.so.1")
    )


def test_a_library_of_the_environments_own_prefix() -> None:
    """Is no need, though the release has one of its name, too: the prefix brings it."""
    conda = System(libraries={"libfoo.so.1": "/conda/lib/libfoo.so.1"})
    assert needs([library("libfoo.so.1")], conda, SMALL) == ()


def test_without_an_index_the_system_is_asked() -> None:
    """What is installed is found by its stem; what nobody owns must be copied; the rest is missing."""
    bare = System(libraries={"libbar.so.3": "/opt/libbar.so.3"}, stems={"bar": "libbar.so.3"}, index=None)
    assert only(library("-lbar"), bare).provider == Unowned(path="/opt/libbar.so.3")
    assert only(library("libzzz.so.1"), SYSTEM).provider == Missing(note="no package has it")


@pytest.mark.parametrize(
    "reference",
    [
        library("libown.so"),
        library("-lc"),
        library("libc.so"),
        library("libzzz.so.1", confidence=Confidence.MEDIUM),
        program("ls"),
        program("python3"),
        program("own-script"),
        program("unheard-of"),
        *(library("")._replace(kind=kind, names=()) for kind in ReferenceKind),
    ],
)
def test_no_need(reference: Reference) -> None:
    """What the environment, the libc or every image brings is no need; nor what nobody knows and the code can miss."""
    assert needs([reference], SYSTEM, SMALL) == ()


def test_the_driver_brings_it() -> None:
    """A driver's library is never a package."""
    assert only(library("-lcuda", "libcuda.so.1")).provider == FromHost(note="comes with a driver")


def test_a_stem_as_other_systems_spell_it_is_not_missing() -> None:
    """What `find_library("libzzz")` looks for is nowhere on Linux; `find_library("zzz")` may be."""
    assert needs([library("-llibzzz"), library("-lzzz.so.1.0")], SYSTEM, SMALL) == ()
    assert only(library("-lzzz")).soname == "libzzz.so"


def test_one_feature_of_many_is_medium() -> None:
    """In a large distribution a library that the description does not name is not sure; nor is that it is missing."""
    assert needs([library("libzzz.so.1")], SYSTEM, About(text="Name: pkg", sources=500)) == ()
    assert only(library("libfoo.so.1"), about=LARGE).confidence is Confidence.HIGH
    assert only(library("libfoo.so.1"), about=About(text="Name: pkg", sources=500)).confidence is Confidence.MEDIUM


@pytest.mark.parametrize(
    ("text", "sources", "evidence", "confidence"),
    [
        ("Name: pkg\n\nIt draws with dot.", 3, "a run", Confidence.MEDIUM),
        ("Name: pkg\nSummary: Draws by Graphviz\n", 3, "a run", Confidence.HIGH),
        ("Name: pkg\n\nIt draws with dot.", 500, "a run", Confidence.MEDIUM),
        ("Name: pkg\nSummary: Draws by Graphviz\n", 500, "a run", Confidence.HIGH),
        ("Name: pkg", 3, "a run", Confidence.MEDIUM),
        ("Name: pkg", 3, "known: it draws (a.py: dot)", Confidence.HIGH),
    ],
)
def test_which_programs_are_sure(text: str, sources: int, evidence: str, confidence: Confidence) -> None:
    """Those that the title of the description speaks of."""
    reference = program("dot")._replace(evidence=evidence)
    assert only(reference, about=About(text=text, sources=sources)).confidence is confidence


@pytest.mark.parametrize(
    ("package", "distribution"),
    [
        ("python3-sphinx", "sphinx"),
        ("python311-Sphinx", "Sphinx"),
        ("python3.12-sphinx", "sphinx"),
        ("py3-sphinx", "sphinx"),
        ("graphviz", ""),
        ("python3", ""),
        ("", ""),
    ],
)
def test_the_distribution_of_a_package(package: str, distribution: str) -> None:
    """The name of a package with Python modules has that of the distribution."""
    assert distribution_of(package) == distribution


def test_a_program_of_a_python_distribution_is_never_sure() -> None:
    """It is offered even if the title mentions it, because pip can install it."""
    system = replace(SYSTEM, programs={"drawer": "/usr/bin/drawer"}, name_owners={"/usr/bin/drawer": "python3-drawer"})
    found = only(program("drawer"), system, About(text="Name: pkg\nSummary: Draws with drawer\n", sources=3))
    assert found.confidence is Confidence.MEDIUM


@pytest.mark.parametrize("confidence", [Confidence.HIGH, Confidence.MEDIUM])
def test_a_known_program_needs_no_mention(confidence: Confidence) -> None:
    """What the knowledge file says is offered or in the line, though no text of the distribution has the word."""
    known = program("dot", "neato")._replace(evidence="known: draws (pkg.py: dot)", confidence=confidence)
    assert (only(known).provider, only(known).confidence) == (FromPackage(package="graphviz", path=""), confidence)


def test_the_same_thing_twice_is_one_need() -> None:
    """The surer evidence stays, with the files of both; `libfoo.so` adds nothing to `libfoo.so.1`."""
    other = library("libfoo.so.1", confidence=Confidence.MEDIUM)._replace(by=("/env/site/pkg/b.py",))
    assert needs([other, library("libfoo.so.1"), library("libfoo.so")], SYSTEM, SMALL) == (
        need("libfoo1", soname="libfoo.so.1")._replace(by=(*BY, "/env/site/pkg/b.py")),
    )


def test_a_file() -> None:
    """A file is answered by its pattern; a typelib of a source is judged as a library is, if PyGObject is there."""
    pattern = "/usr/share/fonts/*/foo.ttf"
    reference = Reference(
        kind=ReferenceKind.FILE,
        names=("/nowhere", pattern),
        when=When.DECLARED,
        by=BY,
        evidence="a call",
        confidence=Confidence.HIGH,
    )
    assert only(reference) == need("fonts-foo", file=pattern)._replace(when=When.DECLARED)
    opened = reference._replace(when=When.DLOPEN)
    for text, confidence in (("Name: pkg", Confidence.MEDIUM), ("Name: pkg\n\nFoo for all.", Confidence.HIGH)):
        assert only(opened, about=About(text=text, sources=500)).confidence is confidence
    alone = replace(SYSTEM, python_packages=frozenset())
    assert only(opened, alone).confidence is Confidence.HIGH
    assert only(opened._replace(names=(typelib("Foo-1.0"),)), alone).confidence is Confidence.MEDIUM
    nowhere = reference._replace(names=("/nowhere",))
    missing = only(nowhere._replace(evidence="known: a font"))
    assert (missing.file, missing.provider) == ("/nowhere", Missing(note="no package has it"))
    assert list(needs([nowhere], SYSTEM, SMALL)) == [], "an index answers for the files of the knowledge file alone"


def test_the_package_of_a_program() -> None:
    """A word is a program if a package has it that not every image has."""
    assert [package_of_program(word, SYSTEM) for word in ("dot", "ls", "python3", "word")] == ["graphviz", "", "", ""]


def test_a_program_is_of_the_package_that_has_its_name() -> None:
    """`cpp` is a link of the package cpp to a file of cpp-12, which alone would not put it on PATH."""
    system = System(
        programs={"cpp": "/usr/bin/cpp"}, owners={"/usr/bin/cpp": "cpp-12"}, name_owners={"/usr/bin/cpp": "cpp"}
    )
    assert package_of_program("cpp", system) == "cpp"


def test_a_package_is_for_compiling_by_its_name() -> None:
    """A -dev package that the archive files under another section than libdevel answers for no library."""
    index = Index()
    index.libraries = {**Index.libraries, "libodd.so": Said("libodd.so", "libodd-dev")}  # type: ignore[misc] # of this one
    found = only(library("libodd.so", "libfoo.so.1"), System(index=cast("SonameIndex", index)))
    assert found == need("libfoo1", soname="libfoo.so.1")


def test_what_code_gives_up_without_is_sure() -> None:
    """A program that a module looks for when it is imported, and raises without, needs no word in the description."""
    demanded = program("dot")._replace(required=True)
    assert only(demanded, about=SMALL).confidence is Confidence.HIGH
    assert only(program("dot"), about=SMALL).confidence is Confidence.MEDIUM


MAGIC = {(ReferenceKind.LIBRARY, "libmagic.so.1"): FromCapability(capability="so:libmagic.so.1")}
PDF = {(ReferenceKind.PROGRAM, "pdftotext"): FromCapability(capability="cmd:pdftotext")}


def test_what_the_package_manager_installs_it_by() -> None:
    """Where nothing is there and no index has it; a program that is named so is a program."""
    system = System(index=None, providers={**MAGIC, **PDF})
    assert only(library("libmagic.so.1"), system).provider == MAGIC[ReferenceKind.LIBRARY, "libmagic.so.1"]
    assert only(program("pdftotext"), system, About(text="Name: pdftotext", sources=3)).provider == next(
        iter(PDF.values())
    )
    assert package_of_program("pdftotext", system) == "cmd:pdftotext"


def test_what_is_there_comes_before_a_capability() -> None:
    """And what an index has."""
    there = System(libraries={"libmagic.so.1": "/opt/libmagic.so.1"}, providers=MAGIC)
    assert only(library("libmagic.so.1"), there).provider == Unowned(path="/opt/libmagic.so.1")
    names = library("libfoo.so.1", "libmagic.so.1")
    assert only(names, System(providers=MAGIC)).provider == FromPackage(package="libfoo1", path="")


def test_of_several_versions_none_is_guessed() -> None:
    """A capability that no package has would fail the line; repository metadata available tells which there is."""
    two = {
        (ReferenceKind.LIBRARY, f"libmpv.so.{number}"): FromCapability(capability=f"so:libmpv.so.{number}")
        for number in (1, 2)
    }
    system = System(index=None, providers=two)
    note = "no package list is available that names its version"
    assert only(library("libmpv.so.2", "libmpv.so.1"), system).provider == Missing(note=note, unsure=True)
    checked = System(index=None, providers={key: each._replace(checked=True) for key, each in two.items()})
    assert only(library("libmpv.so.2", "libmpv.so.1"), checked).provider == FromCapability(
        capability="so:libmpv.so.2", checked=True
    )


def test_what_no_package_at_hand_provides() -> None:
    """It is a program anyway, so that what runs it is found; and missing."""
    system = System(index=None, providers={(ReferenceKind.PROGRAM, "pdftotext"): Missing(note="none provides it")})
    assert package_of_program("pdftotext", system) == "pdftotext"
    assert only(program("pdftotext"), system, About(text="Name: pdftotext", sources=3)).provider == Missing(
        note="no package has it"
    )


@pytest.mark.parametrize("number", [0, 2])
def test_a_program_of_several_packages_names_them(number: int) -> None:
    """Of the real indices of Debian 12 and 13: nothing says of one of these hundreds that no package has it."""
    file = read_index(shipped("debian.index"))
    assert file is not None
    index = open_index(file.targets[number].id)
    assert index is not None
    several = [
        name for name, packages in file.entries_with_prefix("program", "", number) if packages.startswith(AMBIGUOUS)
    ]
    assert len(several) > 300
    system = System(index=index)
    found = needs(map(program, several), system, About(text=" ".join(several), sources=1))
    assert {each.program for each in found} == {name for name in several if package_of_program(name, system)}
    for each in found:
        answer = index.package_of_program(each.program)
        assert answer is not None
        how = f"`pip-sysdeps policy replace {each.program} --with PACKAGE --reason TEXT` chooses one"
        assert each.provider == Missing(note=f"{', '.join(answer.alternatives)} have it: {how}")
