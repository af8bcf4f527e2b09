"""Turn references into needs: find the package of each library, program or file that a distribution names.

Of alternatives, only those that the system or its release has are considered; the first is the answer. What a
distribution of the environment brings, and a program that every image has, is not a need.
"""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING, NamedTuple

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
from pip_sysdeps.words import format_list

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pip_sysdeps.byname.about import About
    from pip_sysdeps.byname.lookup import Lookup
    from pip_sysdeps.model.needs import Provider, Reference

_MOST_NAMES = 8
"""How many alternatives one need lists."""
NOTHING_TELLS = "no package list is available that names its package"
"""The note for something missing when no complete list of packages is available."""
_VERSION_UNKNOWN = "no package list is available that names its version"
_UNSURE = {NOTHING_TELLS, _VERSION_UNKNOWN}
_NO_FILES = "the index of this release has no files of packages"
_INTERPRETER = r"(?:python|pip)[0-9.]*"


class _Known(NamedTuple):
    """One name that the system or its release has."""

    name: str
    package: str
    path: str
    development: bool = False
    choices: tuple[str, ...] = ()
    """Candidate packages when none is preferred."""
    capability: FromCapability | None = None
    """What the package manager installs it by, if its package is unknown."""

    @property
    def provider(self) -> Provider:
        """Its package, its capability, or (if installed without an owner) its path."""
        if self.package:
            return FromPackage(package=self.package, path=self.path)
        return self.capability or Unowned(path=self.path)

    @property
    def is_unchecked(self) -> bool:
        """Whether it has only a capability that no index or repository metadata confirms."""
        return self.capability is not None and not self.capability.checked


def needs(references: Iterable[Reference], lookup: Lookup, about: About) -> tuple[Need, ...]:
    """Return the needs of these references, sorted by name; several references to the same thing give one need.

    A reference without names gives no need.
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
        yield from _unknown(_judged(reference, about, runtime), runtime[0].name, _VERSION_UNKNOWN)
        return
    if known and not runtime:
        yield from _only_development(reference, known[0])
        return
    if not runtime:
        not_found = [_Known(file_name(name), "", "") for name in names if not _is_for_others(name)]
        yield from _unknown(
            _judged(reference, about, not_found), not_found[0].name if not_found else "", lookup.not_found_note
        )
        return
    path = next((each.path for each in runtime if each.path), "")
    judged = _judged(reference, about, runtime)
    sonames = tuple(each.name for each in runtime[:_MOST_NAMES])
    provider = runtime[0]._replace(path=path).provider
    yield _as_need(judged, provider, **({"soname": sonames[0]} if len(sonames) == 1 else {"any_of": sonames}))


def _only_development(reference: Reference, known: _Known) -> Iterator[Need]:
    """Offer the development package if the reference is certain; it is never a plain need, as it pulls in too much."""
    if reference.confidence is Confidence.HIGH:
        offered = reference._replace(confidence=Confidence.MEDIUM)
        need = _as_need(offered, FromPackage(package=known.package, path=known.path), soname=known.name)
        yield need._replace(note=f"only {known.package} has it, a development package")


def _known_library(name: str, lookup: Lookup) -> _Known | None:
    """Return a library that is installed or that the release has; an installed library's owner wins over the index."""
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
        development = answer.is_development or lookup.is_development(answer.package)
        return _Known(file, answer.package, path, development)
    return _Known(file, "", path) if path else _provided(file, ReferenceKind.LIBRARY, lookup)


def _provided(name: str, kind: ReferenceKind, lookup: Lookup) -> _Known | None:
    """Return a library or program as the package manager knows it, if it is not installed and no index has it."""
    match lookup.provider(kind, name) if name else None:
        case FromPackage(package=package):
            return _Known(name, package, "", lookup.is_development(package))
        case FromCapability() as capability:
            return _Known(name, "", "", capability=capability)
        case _:
            return None


def _is_for_others(name: str) -> bool:
    """Return whether a stem is spelled as on other systems: no release has the `liblibusb.so` of `libusb`."""
    stem = name.removeprefix(STEM)
    return stem != name and (stem.startswith("lib") or ".so" in stem)


def file_name(name: str) -> str:
    """Return the file name that a link editor would search for a stem; any other name is returned as it is."""
    return f"lib{name.removeprefix(STEM)}.so" if name.startswith(STEM) else name


def _without_development(found: Iterable[Need]) -> Iterator[Need]:
    """Leave out `libfoo.so`, which only a package for compiling has, if `libfoo.so.1` is also tried."""
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
        is_mentioned = about.mentions(reference.names[0], in_title=True)
        yield from _unknown(reference, reference.names[0], lookup.not_found_note) if is_mentioned else ()
        return
    words = {word for each in known for word in (each.name, each.package, *each.choices)}
    is_run = reference.confidence is Confidence.HIGH and not reference.unsure and len(reference.names) == 1
    is_sure = is_run or reference.required or reference.when is When.DECLARED or is_known(reference.evidence)
    if not (is_sure or about.mentions(*words)):
        return  # one of many programs that the code may use
    path = next((each.path for each in known if each.path), "")
    best = next((each for each in known if each.package or each.path), known[0])._replace(path=path)
    judged = _judged(reference, about, known)
    if best.choices:
        note = f"{format_list(best.choices)} have it: choose one with `pip-sysdeps policy add`"
        yield _as_need(judged, Missing(note=note), program=best.name)
        return
    yield _as_need(judged, best.provider, program=best.name)


def package_of_program(name: str, lookup: Lookup) -> str:
    """Return the package of a program; without one, its candidates, its capability, or its name if it is missing.

    Empty if it is in every image or unknown.
    """
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
    if reference.unsure and not about.mentions(*(_word(name) for name in reference.names)):
        return  # one of many files for code that others may call
    for name in reference.names:
        path = lookup.file(name)
        owner = lookup.owner(path) if path else None
        answer = lookup.index.package_of_file(name) if lookup.index else None
        package = owner.package if owner else answer.package if answer else ""
        if package:
            judged = _judged(reference, about, [_Known(posixpath.splitext(name)[0], package, "")])
            if is_typelib(name) and not lookup.has_python_module("gi"):  # without `gi` nothing opens it
                judged = judged._replace(confidence=_at_most_medium(judged.confidence))
            yield _as_need(judged, FromPackage(package=package, path=path or ""), file=name)
            return
    if not is_typelib(reference.names[0]) and not is_known(reference.evidence):
        return  # it may be a file that comes from elsewhere, such as an extension of SQLite that the user builds
    index = lookup.index
    note = NOTHING_TELLS if index is None else lookup.not_found_note if index.has_files else _NO_FILES
    yield from _unknown(reference, reference.names[0], note)


def _word(file: str) -> str:
    """Return what a file is called without its version: GooCanvas for `.../GooCanvas-2.0.typelib`."""
    return posixpath.basename(file).partition("-")[0]


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
    """Yield an unresolved need for a name without a provider, if the reference has high confidence."""
    if name and reference.confidence is Confidence.HIGH:
        field = {ReferenceKind.LIBRARY: "soname", ReferenceKind.PROGRAM: "program", ReferenceKind.FILE: "file"}
        missing = Missing(note=note, unsure=note in _UNSURE)
        yield _as_need(reference, missing, **{field[reference.kind]: name})


def _judged(reference: Reference, about: About, known: Iterable[_Known]) -> Reference:
    """Lower the confidence of a reference that seems incidental to the distribution.

    A library or file is central if the distribution is small, or if its description mentions it or its package. A
    program is central only if the title (name, summary and keywords) mentions it or its package: programs have the
    names of common words.
    """
    if reference.when is When.DECLARED or reference.required or is_known(reference.evidence):
        return reference
    words = {word for each in known for word in (each.name, each.package)}
    if reference.kind is not ReferenceKind.PROGRAM:
        words |= {stem for each in known for stem in _stems(each.name)}
        certain = not about.is_large or about.mentions(*words)
    else:
        certain = about.mentions(*words, in_title=True)
    return reference if certain else reference._replace(confidence=_at_most_medium(reference.confidence))


def _stems(soname: str) -> tuple[str, ...]:
    """Return the common names of a library: libusb and usb for `libusb-1.0.so.0`."""
    stem = re.sub(r"[-_]?[0-9.]+$", "", posixpath.basename(soname).partition(".so")[0])
    return stem, stem.removeprefix("lib")


def _at_most_medium(confidence: Confidence) -> Confidence:
    return Confidence.MEDIUM if confidence is Confidence.HIGH else confidence


_ORDER = list(Confidence)


def _joined(one: Need, other: Need) -> Need:
    """Return one need for two references to the same thing: the evidence of higher confidence, the files of both."""
    surer = min(one, other, key=lambda need: _ORDER.index(need.confidence or Confidence.HIGH))
    return surer._replace(by=tuple(sorted({*one.by, *other.by})))
