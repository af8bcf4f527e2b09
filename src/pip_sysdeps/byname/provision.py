"""Who brings what a distribution names: references and the world become needs.

Of alternatives, those count that the system or its release has; the first of them answers. What the distribution or
another one brings, and what every image has, is no need.
"""

from __future__ import annotations

import posixpath
import re
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple, Protocol

from pip_sysdeps.byname.knowledge import STEM, is_known, is_typelib
from pip_sysdeps.model.needs import (
    Confidence,
    FromCapability,
    FromHost,
    FromPackage,
    Missing,
    Need,
    ReferenceKind,
    Unowned,
    When,
)
from pip_sysdeps.words import listed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pip_sysdeps.byname.about import About
    from pip_sysdeps.model.needs import Provider, Reference
    from pip_sysdeps.model.packages import Owner

_MOST_NAMES = 8
NOTHING_TELLS = "nothing at hand tells which package has it"
"""The note of what is not there, where nobody knows all packages."""
_ONE_OF_THEM = "nothing at hand tells which of several versions there is"
_UNSURE = {NOTHING_TELLS, _ONE_OF_THEM}
_NO_FILES = "the index of this release does not answer for files"
_INTERPRETER = r"(?:python|pip)[0-9.]*"


class Answer(Protocol):
    """What an index says of one name."""

    @property
    def name(self) -> str:
        """The full name."""

    @property
    def package(self) -> str:
        """The binary package to name."""

    @property
    def alternatives(self) -> tuple[str, ...]:
        """Other packages that have it; where there is no `package`, those between which nothing decides."""

    @property
    def development(self) -> bool:
        """Only packages for compiling have it."""


class Index(Protocol):
    """What a release has."""

    def package_of(self, soname: str) -> Answer | None:
        """Return who has a library."""

    def package_of_stem(self, stem: str) -> Answer | None:
        """Return what `find_library` would find."""

    def package_of_program(self, name: str) -> Answer | None:
        """Return who has a program."""

    def package_of_file(self, path: str) -> Answer | None:
        """Return who has a file."""

    @property
    def has_files(self) -> bool:
        """Whether it answers for files at all: one that an older version made does not."""


class Lookup(Protocol):
    """What the system and its release have by name, outside the environment's distributions."""

    @property
    def index(self) -> Index | None:
        """What the release has, installed or not."""

    @property
    def not_found_note(self) -> str:
        """The note of what no package has; empty where nobody knows all packages."""

    @property
    def libc_packages(self) -> frozenset[str]:
        """The packages of the C library: they are no need."""

    @property
    def base(self) -> frozenset[str]:
        """The packages that every image of the release has: a program of theirs is no need."""

    def library(self, name: str) -> str | None:
        """Return where the loader finds a library by its file name."""

    def stem(self, stem: str) -> str | None:
        """Return the file name of what `ctypes.util.find_library(stem)` finds on the system."""

    def program(self, name: str) -> str | None:
        """Return where a program is on root's PATH."""

    def file(self, pattern: str) -> str | None:
        """Return the path of a file if it is there; of a pattern with `*`, of the first."""

    def provider(self, kind: ReferenceKind, name: str) -> FromPackage | FromCapability | Missing | None:
        """Return what the package manager installs a library or program by, where no index tells its package.

        Missing is a thing of other releases that no package at hand provides; None is no such thing.
        """

    def owner(self, path: str) -> Owner | None:
        """Return the binary package that owns a file."""

    def name_owner(self, path: str) -> Owner | None:
        """Return the binary package that has a path, which may be a link to a file of another package."""

    def host_library(self, soname: str) -> str | None:
        """Return who brings a library of a driver or container runtime; None for any other library."""

    def is_brought(self, name: str) -> bool:
        """Return whether a file of that name belongs to a distribution of the environment."""

    def is_own_file(self, path: str) -> bool:
        """Return whether a path lies in a prefix that is the environment's or its Python's alone."""

    def has_python_package(self, name: str) -> bool:
        """Return whether a distribution of the environment has a Python package of that name."""

    def is_development(self, package: str) -> bool:
        """Return whether a package, by its name, is for compiling only."""


class _Known(NamedTuple):
    """One name that the system or its release has."""

    name: str
    package: str
    path: str
    development: bool = False
    choices: tuple[str, ...] = ()
    """Packages that have it where none of them is the one."""
    capability: FromCapability | None = None
    """What installs it where no package is known."""

    @property
    def provider(self) -> Provider:
        """Who brings it."""
        if self.package:
            return FromPackage(package=self.package, path=self.path)
        return self.capability or Unowned(path=self.path)

    @property
    def is_unchecked(self) -> bool:
        """Whether nothing at hand confirms that there is such a thing."""
        return self.capability is not None and not self.capability.checked


def needs(references: Iterable[Reference], lookup: Lookup, about: About) -> tuple[Need, ...]:
    """Return the needs that references stand for, by name; several references of the same thing are one need.

    One without names stands for none.
    """
    found: dict[tuple[object, ...], Need] = {}
    for reference in (each for each in references if each.names):
        for need in _need(reference, lookup, about):
            key = (need.name, need.when)
            found[key] = _joined(found[key], need) if key in found else need
    return tuple(sorted(_without_development(found.values()), key=lambda need: (need.name, need.when.value)))


def _need(reference: Reference, lookup: Lookup, about: About) -> Iterator[Need]:
    match reference.kind:
        case ReferenceKind.LIBRARY:
            yield from _library(reference, lookup, about)
        case ReferenceKind.PROGRAM:
            yield from _program(reference, lookup, about)
        case ReferenceKind.FILE:
            yield from _file(reference, lookup, about)


# ------------------------------------------------------------------------------------------------------------ libraries


def _library(reference: Reference, lookup: Lookup, about: About) -> Iterator[Need]:
    names = [name for name in reference.names if not re.fullmatch(_INTERPRETER, name)]
    if any(lookup.is_brought(name) for name in names):
        return
    for name in names:
        note = lookup.host_library(file_name(name))
        if note is not None:
            yield _as_need(reference, FromHost(note=note), soname=file_name(name))
            return
    known = list({each.name: each for name in names if (each := _known_library(name, lookup))}.values())
    if any(each.package in lookup.libc_packages or (each.path and lookup.is_own_file(each.path)) for each in known):
        return
    runtime = [each for each in known if not each.development]
    if len(runtime) > 1 and all(each.is_unchecked for each in runtime):
        yield from _unknown(_judged(reference, about, runtime), runtime[0].name, _ONE_OF_THEM)
        return
    if known and not runtime:
        yield from _only_development(reference, known[0])
        return
    if not runtime:
        unheard = [_Known(file_name(name), "", "") for name in names]
        yield from _unknown(
            _judged(reference, about, unheard), unheard[0].name if unheard else "", lookup.not_found_note
        )
        return
    path = next((each.path for each in runtime if each.path), "")
    sure = _judged(reference, about, runtime)
    sonames = tuple(each.name for each in runtime[:_MOST_NAMES])
    provider = runtime[0]._replace(path=path).provider
    yield _as_need(sure, provider, **({"soname": sonames[0]} if len(sonames) == 1 else {"any_of": sonames}))


def _only_development(reference: Reference, known: _Known) -> Iterator[Need]:
    """Yield what is only offered, if it is sure: a package for compiling brings all that compiling takes."""
    if reference.confidence is Confidence.HIGH:
        offered = replace(reference, confidence=Confidence.MEDIUM)
        need = _as_need(offered, FromPackage(package=known.package, path=known.path), soname=known.name)
        yield replace(need, note=f"only {known.package} has it, which is for compiling")


def _known_library(name: str, lookup: Lookup) -> _Known | None:
    """Return a library that is installed or that the release has; what is installed tells its own package."""
    answer: Answer | None
    if name.startswith(STEM):
        stem = name.removeprefix(STEM)
        answer = lookup.index.package_of_stem(stem) if lookup.index else None
        file = answer.name if answer else lookup.stem(stem) or ""
    else:
        answer = lookup.index.package_of(name) if lookup.index else None
        file = name
    path = (lookup.library(file) if file else None) or ""
    owner = lookup.owner(path) if path else None
    if owner is not None:
        return _Known(file, owner.package, path, lookup.is_development(owner.package))
    if answer is not None:
        development = answer.development or lookup.is_development(answer.package)
        return _Known(file, answer.package, path, development)
    return _Known(file, "", path) if path else _provided(file, ReferenceKind.LIBRARY, lookup)


def _provided(name: str, kind: ReferenceKind, lookup: Lookup) -> _Known | None:
    """Return what is not there and no index has, as the package manager knows it."""
    match lookup.provider(kind, name) if name else None:
        case FromPackage(package=package):
            return _Known(name, package, "", lookup.is_development(package))
        case FromCapability() as capability:
            return _Known(name, "", "", capability=capability)
        case _:
            return None


def file_name(name: str) -> str:
    """Return the file name of a library that a link editor would find for a stem; of any other name, itself."""
    return f"lib{name.removeprefix(STEM)}.so" if name.startswith(STEM) else name


def _without_development(found: Iterable[Need]) -> Iterator[Need]:
    """Leave out `libfoo.so`, which only a package for compiling has, where the distribution tries `libfoo.so.1` too."""
    every = list(found)
    names = {name for need in every for name in (need.soname, *need.any_of)}
    versioned = {name[: match.start() + 3] for name in names for match in re.finditer(r"\.so(?=\.)", name)}
    yield from (need for need in every if need.soname not in versioned)


# ------------------------------------------------------------------------------------------------- programs and files


def _program(reference: Reference, lookup: Lookup, about: About) -> Iterator[Need]:
    if any(re.fullmatch(_INTERPRETER, name) or lookup.is_brought(name) for name in reference.names):
        return
    known = list({each.name: each for name in reference.names if (each := _known_program(name, lookup))}.values())
    if any(not lookup.base.isdisjoint((each.package, *each.choices)) for each in known):
        return
    if not known:
        spoken_of = about.mentions(reference.names[0], in_title=True)
        yield from _unknown(reference, reference.names[0], lookup.not_found_note) if spoken_of else ()
        return
    words = {word for each in known for word in (each.name, each.package, *each.choices)}
    is_run = reference.confidence is Confidence.HIGH and not reference.unsure
    if not (is_run or reference.when is When.DECLARED or about.mentions(*words)):
        return  # one of many that the code may use
    path = next((each.path for each in known if each.path), "")
    best = next((each for each in known if each.package or each.path), known[0])._replace(path=path)
    judged = _judged(reference, about, known)
    if best.choices:
        note = f"{listed(best.choices)} have it: `policy add` takes one"
        yield _as_need(judged, Missing(note=note), program=best.name)
        return
    yield _as_need(judged, best.provider, program=best.name)


def package_of_program(name: str, lookup: Lookup) -> str:
    """Return the binary package of a program that not every image has, or a word for it; nothing for what is none."""
    known = None if re.fullmatch(_INTERPRETER, name) else _known_program(name, lookup)
    if known is None and isinstance(lookup.provider(ReferenceKind.PROGRAM, name), Missing):
        return name
    if known is None or known.package in lookup.base or not lookup.base.isdisjoint(known.choices):
        return ""
    return known.package or ",".join(known.choices) or (known.capability.capability if known.capability else "")


def _known_program(name: str, lookup: Lookup) -> _Known | None:
    path = lookup.program(name) or ""
    owner = lookup.name_owner(path) if path else None
    answer = lookup.index.package_of_program(name) if lookup.index else None
    if owner is None and answer is None:
        return _Known(name, "", path) if path else _provided(name, ReferenceKind.PROGRAM, lookup)
    package = owner.package if owner else answer.package if answer else ""
    return _Known(name, package, path, choices=() if package or path or answer is None else answer.alternatives)


def _file(reference: Reference, lookup: Lookup, about: About) -> Iterator[Need]:
    for name in reference.names:
        path = lookup.file(name)
        owner = lookup.owner(path) if path else None
        answer = lookup.index.package_of_file(name) if lookup.index else None
        package = owner.package if owner else answer.package if answer else ""
        if package:
            sure = _judged(reference, about, [_Known(posixpath.splitext(name)[0], package, "")])
            if is_typelib(name) and not lookup.has_python_package("gi"):
                sure = replace(sure, confidence=_at_most_medium(sure.confidence))  # nobody is there to open it
            yield _as_need(sure, FromPackage(package=package, path=path or ""), file=name)
            return
    if not is_typelib(reference.names[0]) and not is_known(reference.evidence):
        return  # it may be a file that comes from elsewhere, such as an extension of SQLite that the user builds
    index = lookup.index
    note = NOTHING_TELLS if index is None else lookup.not_found_note if index.has_files else _NO_FILES
    yield from _unknown(reference, reference.names[0], note)


# ------------------------------------------------------------------------------------------------------------ in common


def _as_need(reference: Reference, provider: Provider, **name: str | tuple[str, ...]) -> Need:
    return Need(
        **name,  # type: ignore[arg-type] # one of the names of a need
        when=reference.when,
        by=reference.by,
        provider=provider,
        evidence=reference.evidence,
        confidence=reference.confidence,
    )


def _unknown(reference: Reference, name: str, note: str) -> Iterator[Need]:
    """Yield what nothing here or in the release has, if it was said without a condition."""
    if name and reference.confidence is Confidence.HIGH:
        field = {ReferenceKind.LIBRARY: "soname", ReferenceKind.PROGRAM: "program", ReferenceKind.FILE: "file"}
        missing = Missing(note=note, unsure=note in _UNSURE)
        yield _as_need(reference, missing, **{field[reference.kind]: name})


def _judged(reference: Reference, about: About, known: Iterable[_Known]) -> Reference:
    """Lower the confidence of what is not what the distribution is about.

    What it says of itself tells: a name of the thing, or of its package, stands in its description. A library that a
    small distribution opens is its purpose even so. Programs are run for many reasons, and have the names of common
    words: of them its title (name, summary and keywords) must speak.
    """
    if reference.when is When.DECLARED or reference.required or is_known(reference.evidence):
        return reference
    words = {word for each in known for word in (each.name, each.package)}
    if reference.kind is not ReferenceKind.PROGRAM:
        words |= {stem for each in known for stem in _stems(each.name)}
        certain = not about.is_large or about.mentions(*words)
    else:
        certain = about.mentions(*words, in_title=True)
    return reference if certain else replace(reference, confidence=_at_most_medium(reference.confidence))


def _stems(soname: str) -> tuple[str, ...]:
    """Return what people call a library: `libusb-1.0.so.0` is libusb, usb."""
    stem = re.sub(r"[-_]?[0-9.]+$", "", posixpath.basename(soname).partition(".so")[0])
    return stem, stem.removeprefix("lib")


def _at_most_medium(confidence: Confidence) -> Confidence:
    return Confidence.MEDIUM if confidence is Confidence.HIGH else confidence


_ORDER = list(Confidence)


def _joined(one: Need, other: Need) -> Need:
    """Return one need for two references of the same thing: the surer evidence, and the files of both."""
    surer = min(one, other, key=lambda need: _ORDER.index(need.confidence or Confidence.HIGH))
    return replace(surer, by=tuple(sorted({*one.by, *other.by})))
