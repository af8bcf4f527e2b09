"""Turn references into needs: find the package of each library, program or file.

Only alternatives that the system or its release has are considered; the first is used. Files of the environment's
distributions, and programs of every image, are not needs.
"""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING, NamedTuple

from pip_sysdeps.byname.knowledge import is_known, is_typelib
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
from pip_sysdeps.sources.callables import STEM
from pip_sysdeps.words import format_list

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pip_sysdeps.byname.about import About
    from pip_sysdeps.byname.lookup import Lookup
    from pip_sysdeps.model.needs import Provider, Reference

_MOST_NAMES = 8
"""Maximum number of alternatives in a need."""
_MOST_CHOICES = 20
"""Maximum number of packages in the note about a program that several have; Debian has at most ten for one."""
NOTHING_TELLS = "no package list is available that names its package"
"""Note for a missing name when no complete list of packages is available."""
_VERSION_UNKNOWN = "no package list is available that names its version"
_UNSURE = {NOTHING_TELLS, _VERSION_UNKNOWN}
_NO_FILES = "the index of this release has no files of packages"
_OR_LINK = ", or only in a folder outside PATH (/usr/games), or as a link that its installation makes"
"""The rest of the note for a missing program: lists of files lack links of update-alternatives(1)."""
_INTERPRETER = r"(?:python|pip)[0-9.]*"
_OF_DISTRIBUTION = r"(?:python3[0-9.]*|py3)-(.+)"
"""Names of packages with Python modules. Source: the Python policies of Debian, Fedora, openSUSE and Alpine."""


class _Known(NamedTuple):
    """A name that the system or its release has."""

    name: str
    package: str
    path: str
    development: bool = False
    choices: tuple[str, ...] = ()
    """Candidate packages if none is preferred."""
    capability: FromCapability | None = None
    """Its capability for the package manager, if the package is unknown."""

    @property
    def provider(self) -> Provider:
        """Its package, its capability, or its path if no package owns it."""
        if self.package:
            return FromPackage(package=self.package, path=self.path)
        return self.capability or Unowned(path=self.path)

    @property
    def is_unchecked(self) -> bool:
        """Whether no index or repository metadata confirms its capability."""
        return self.capability is not None and not self.capability.checked


def needs(references: Iterable[Reference], lookup: Lookup, about: About) -> tuple[Need, ...]:
    """Return the needs for references, sorted by name; references to the same thing give one need."""
    found: dict[tuple[object, ...], Need] = {}
    for reference in (each for each in references if each.names):
        for need in _need(reference, lookup, about):
            key = (need.name, need.when)
            found[key] = _joined(found[key], need) if key in found else need
    return tuple(sorted(_without_development(found.values()), key=lambda need: (need.name, need.when.value)))


def _need(reference: Reference, lookup: Lookup, about: About) -> Iterator[Need]:
    if reference.others and not _has_any(reference, lookup):
        reference = reference._replace(names=(*reference.names, *reference.others))
    match reference.kind:
        case ReferenceKind.LIBRARY:
            yield from _library(reference, lookup, about)
        case ReferenceKind.PROGRAM:
            yield from _program(reference, lookup, about)
        case ReferenceKind.FILE:
            yield from _file(reference, lookup, about)


def _has_any(reference: Reference, lookup: Lookup) -> bool:
    find = {ReferenceKind.LIBRARY: _known_library, ReferenceKind.PROGRAM: _known_program}.get(reference.kind)
    return find is None or any(lookup.is_brought(name) or find(name, lookup) for name in reference.names)


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
        if not _is_of_libc(known[0].name, lookup):
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
    """Offer the development package if the reference is certain; it is never in the line by default."""
    if reference.confidence is Confidence.HIGH:
        offered = reference._replace(confidence=Confidence.MEDIUM)
        need = _as_need(offered, FromPackage(package=known.package, path=known.path), soname=known.name)
        yield need._replace(note=f"only {known.package} has it, a development package")


def _is_of_libc(name: str, lookup: Lookup) -> bool:
    """Return whether the library behind `libm.so`, which is for compiling only, is of the C library: libm.so.6."""
    answer = lookup.index.package_of_stem(name.removeprefix("lib").removesuffix(".so")) if lookup.index else None
    return answer is not None and answer.package in lookup.libc_packages


def _known_library(name: str, lookup: Lookup) -> _Known | None:
    """Return a library that is installed or in the release; the owner of an installed one decides."""
    if name.startswith(STEM):
        stem = name.removeprefix(STEM)
        answer = lookup.index.package_of_stem(stem) if lookup.index else None
        file = answer.name if answer else lookup.stem(stem) or ""
    else:
        answer = lookup.index.package_of(name) if lookup.index else None
        file = name
    path = (lookup.library(file) if file else None) or ""
    link_owner = lookup.name_owner(path) if path else None
    if link_owner is not None and lookup.is_development(link_owner.package):
        return _Known(file, link_owner.package, path, development=True)  # its link to a file of the runtime package
    owner = lookup.owner(path) if path else None
    if owner is not None:
        return _Known(file, owner.package, path, lookup.is_development(owner.package))
    if answer is not None:
        development = answer.is_development or lookup.is_development(answer.package)
        return _Known(file, answer.package, path, development)
    return _Known(file, "", path) if path else _provided(file, ReferenceKind.LIBRARY, lookup)


def _provided(name: str, kind: ReferenceKind, lookup: Lookup) -> _Known | None:
    """Return a library or program by the package manager's knowledge, for names without an index."""
    match lookup.provider(kind, name) if name else None:
        case FromPackage(package=package):
            return _Known(name, package, "", lookup.is_development(package))
        case FromCapability() as capability:
            return _Known(name, "", "", capability=capability)
        case _:
            return None


def _is_for_others(name: str) -> bool:
    """Return whether a stem is spelled for other systems: `libusb` would be `liblibusb.so`."""
    stem = name.removeprefix(STEM)
    return stem != name and (stem.startswith("lib") or ".so" in stem)


def file_name(name: str) -> str:
    """Return the file name that ld(1) searches for a stem; other names are unchanged."""
    return f"lib{name.removeprefix(STEM)}.so" if name.startswith(STEM) else name


def _without_development(found: Iterable[Need]) -> Iterator[Need]:
    """Drop `libfoo.so`, which only a development package has, if `libfoo.so.1` is also tried."""
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
        note = f"{lookup.not_found_note}{_OR_LINK}" if lookup.index and lookup.not_found_note else lookup.not_found_note
        yield from _unknown(reference, reference.names[0], note) if is_mentioned else ()
        return
    words = {word for each in known for word in (each.name, *_titles(each.package), *each.choices)}
    is_run = reference.confidence is Confidence.HIGH and not reference.unsure
    is_sure = is_run or reference.required or reference.when is When.DECLARED or is_known(reference.evidence)
    if not (is_sure or about.mentions(*words)):
        return  # one of many programs that the code may use
    path = next((each.path for each in known if each.path), "")
    best = next((each for each in known if each.package or each.path), known[0])._replace(path=path)
    judged = _judged(reference, about, known)
    if best.choices:
        how = f"`pip-sysdeps policy replace {best.name} --with PACKAGE --reason TEXT` chooses one"
        note = f"{format_list(best.choices, _MOST_CHOICES)} have it: {how}"
        yield _as_need(judged, Missing(note=note), program=best.name)
        return
    yield _as_need(judged, best.provider, program=best.name)


def package_of_program(name: str, lookup: Lookup) -> str:
    """Return the package of a program; without one its candidates, its capability, or its name if missing.

    Empty if every image has it, or if it is unknown.
    """
    known = None if re.fullmatch(_INTERPRETER, name) else _known_program(name, lookup)
    if known is None and isinstance(lookup.provider(ReferenceKind.PROGRAM, name), Missing):
        return name
    if known is None or known.package in lookup.base or not lookup.base.isdisjoint(known.choices):
        return ""
    return known.package or ",".join(known.choices) or (known.capability.capability if known.capability else "")


def distribution_of(package: str) -> str:
    """Return the distribution that a package is named after: sphinx for python3-sphinx; empty for another package."""
    match = re.fullmatch(_OF_DISTRIBUTION, package)
    return match[1] if match else ""


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
            is_opened = reference.when is When.DECLARED or lookup.has_python_module("gi")
            if is_typelib(name) and not is_opened:
                judged = judged._replace(confidence=_at_most_medium(judged.confidence))
            yield _as_need(judged, FromPackage(package=package, path=path or ""), file=name)
            return
    if not (is_typelib(reference.names[0]) or is_known(reference.evidence) or reference.required):
        return  # it may be a file that comes from elsewhere, such as an extension of SQLite that the user builds
    index = lookup.index
    note = NOTHING_TELLS if index is None else lookup.not_found_note if index.has_files else _NO_FILES
    yield from _unknown(reference, reference.names[0], note)


def _word(file: str) -> str:
    """Return a file's name without its version: GooCanvas for `.../GooCanvas-2.0.typelib`."""
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
    """Yield an unresolved need for a name without a provider, if its confidence is high."""
    if name and reference.confidence is Confidence.HIGH:
        field = {ReferenceKind.LIBRARY: "soname", ReferenceKind.PROGRAM: "program", ReferenceKind.FILE: "file"}
        missing = Missing(note=note, unsure=note in _UNSURE)
        yield _as_need(reference, missing, **{field[reference.kind]: name})


def _judged(reference: Reference, about: About, known: Iterable[_Known]) -> Reference:
    """Lower the confidence of a reference that is not the distribution's purpose.

    A library or file counts as its purpose if the distribution is small, or if its description mentions it or its
    package. A program does only if the title (name, summary and keywords) mentions it or its package, because programs
    are named like common words; one of a Python distribution does not, because pip can install it.
    """
    if reference.when is When.DECLARED or reference.required or is_known(reference.evidence):
        return reference
    words = {word for each in known for word in (each.name, *_titles(each.package))}
    if reference.kind is not ReferenceKind.PROGRAM:
        words |= {stem for each in known for stem in _stems(each.name)}
        certain = not about.is_large or about.mentions(*words)
    else:
        is_python = any(distribution_of(each.package) for each in known)
        certain = about.mentions(*words, in_title=True) and not is_python
    return reference if certain else reference._replace(confidence=_at_most_medium(reference.confidence))


def _titles(package: str) -> tuple[str, str]:
    """Return a package's name, also without its version: imagemagick for imagemagick-6.q16."""
    return package, re.sub(r"-[0-9].*", "", package)


def _stems(soname: str) -> tuple[str, ...]:
    """Return the common names of a library: libusb and usb for `libusb-1.0.so.0`."""
    stem = re.sub(r"[-_]?[0-9.]+$", "", posixpath.basename(soname).partition(".so")[0])
    return stem, stem.removeprefix("lib")


def _at_most_medium(confidence: Confidence) -> Confidence:
    return Confidence.MEDIUM if confidence is Confidence.HIGH else confidence


_ORDER = list(Confidence)


def _joined(one: Need, other: Need) -> Need:
    """Return one need for two references to the same thing: the stronger evidence, the files of both."""
    surer = min(one, other, key=lambda need: _ORDER.index(need.confidence or Confidence.HIGH))
    return surer._replace(by=tuple(sorted({*one.by, *other.by})))
