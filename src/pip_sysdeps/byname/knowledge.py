"""Statements about distributions: those of the knowledge file, and those that they declare themselves."""

from __future__ import annotations

import fnmatch
import re
from enum import Enum
from typing import TYPE_CHECKING, Any, NamedTuple

from pip_sysdeps.errors import MalformedError
from pip_sysdeps.model.needs import Confidence, Reference, ReferenceKind, When
from pip_sysdeps.sources.callables import STEM

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from pip_sysdeps.elf.notes import DlopenNote
    from pip_sysdeps.model.environment import Distribution

_TYPELIBS = "/usr/lib/*/girepository-1.0"
_KNOWN = "known: "
"""Prefix of the evidence from the knowledge file."""
_EXTERNAL = r"(?:(?:pkg|dep):generic/)?([A-Za-z0-9][A-Za-z0-9._+-]*)"
_NOT_RUN = {"c", "c++", "cc", "gcc", "make", "cmake", "pkg", "dep", "virtual"}
"""Build tools, and forms of PEP 725 without a file name: `virtual:compiler/c`, `pkg:github/...`."""
_WHEN = {
    ReferenceKind.LIBRARY: When.DLOPEN,
    ReferenceKind.PROGRAM: When.EXEC,
    ReferenceKind.FILE: When.DECLARED,
}


class ObjectsKind(Enum):
    """What an entry states about a distribution's own objects; the value is its key."""

    PLUGINS = "plugins"
    """Plugins that a toolkit always loads."""
    OPTIONAL = "optional"
    """Modules and libraries that are opened only on request."""


_KINDS: dict[str, ReferenceKind | ObjectsKind] = {kind.value: kind for kind in (*ReferenceKind, *ObjectsKind)}
_REQUIRED = {"why", "evidence"}
_CONDITIONS = {"unless", "brought", "has", "interpreter", "confidence"}
"""Optional keys of an entry about needs; entries about objects have none of them."""


class Known(NamedTuple):
    """One entry of the knowledge file."""

    distribution: str
    """Normalized name."""
    kind: ReferenceKind | ObjectsKind
    """The kind of thing that is named."""
    names: tuple[str, ...]
    """Alternatives, best first; empty if the distribution needs none of this kind, whatever its sources name.

    For objects, paths with `*`, relative to the distribution's folder.
    """
    why: str
    """One line for readers of a lock."""
    evidence: str
    """`file: text`, both of the distribution."""
    versions: str = ""
    """Version specifier (PEP 440); empty for all."""
    unless: tuple[str, ...] = ()
    """Distributions; if one is installed, it contains what is needed."""
    brought: str = ""
    """Path with `*`, relative to the distribution's folder; if such a file exists, nothing is needed."""
    has: str = ""
    """Path with `*`; the entry applies only if such a file exists."""
    interpreter: str = ""
    """`debian` or `other`; empty for any Python."""
    confidence: Confidence = Confidence.HIGH
    """Medium for one of several features."""


def parse_known(distribution: str, entries: Iterable[Mapping[str, Any]]) -> tuple[Known, ...]:
    """Parse the entries of one distribution. Raise MalformedError with the number of the first bad one."""
    return tuple(_entry(distribution, entry, f"{distribution}[{number}]") for number, entry in enumerate(entries))


def _entry(distribution: str, table: Mapping[str, Any], where: str) -> Known:
    kinds = [kind for key, kind in _KINDS.items() if key in table]
    conditions = set() if any(isinstance(kind, ObjectsKind) for kind in kinds) else _CONDITIONS
    unknown = table.keys() - _REQUIRED - {"versions"} - conditions
    if len(kinds) != 1 or unknown != {kinds[0].value} or not table.keys() >= _REQUIRED:
        raise MalformedError("an entry needs why, evidence and one thing", where=where)
    return Known(
        distribution=distribution,
        kind=kinds[0],
        names=tuple(table[kinds[0].value]),
        why=table["why"],
        evidence=table["evidence"],
        versions=table.get("versions", ""),
        unless=tuple(table.get("unless", ())),
        brought=table.get("brought", ""),
        has=table.get("has", ""),
        interpreter=table.get("interpreter", ""),
        confidence=Confidence(table.get("confidence", "high")),
    )


def known_patterns(
    entries: Iterable[Known], kind: ObjectsKind, version: str, fits: Callable[[str, str], bool]
) -> Mapping[str, str]:
    """Return the patterns of one kind of objects for a version of the distribution, with the reason of each.

    `fits` returns whether a specifier contains a version.
    """
    about = (each for each in entries if each.kind is kind and (not each.versions or fits(version, each.versions)))
    return {pattern: each.why for each in about for pattern in each.names}


def known_references(
    entries: Iterable[Known],
    distribution: Distribution,
    *,
    installed: frozenset[str],
    debian_python: bool,
    fits: Callable[[str, str], bool],
) -> tuple[Reference, ...]:
    """Return the statements of the knowledge file about a distribution, without names where nothing is needed.

    `installed` has the names of all distributions; `debian_python` is whether the interpreter is Debian's own; `fits`
    returns whether a specifier contains a version.
    """
    wrong = "other" if debian_python else "debian"
    return tuple(
        Reference(
            kind=entry.kind,
            names=entry.names if installed.isdisjoint(entry.unless) and not _has(distribution, entry.brought) else (),
            when=_WHEN[entry.kind],
            by=(distribution.metadata_path,),
            evidence=f"{_KNOWN}{entry.why} ({entry.evidence})",
            confidence=entry.confidence,
        )
        for entry in entries
        if isinstance(entry.kind, ReferenceKind)
        and entry.distribution == distribution.name
        and entry.interpreter != wrong
        and (not entry.has or _has(distribution, entry.has))
        and (not entry.versions or fits(distribution.version, entry.versions))
    )


def typelib(name: str) -> str:
    """Return the path pattern of a typelib: `Gtk-3.0` for `gi.require_version("Gtk", "3.0")`."""
    return f"{_TYPELIBS}/{name}.typelib"


def is_typelib(path: str) -> bool:
    """Return whether a path is a typelib's."""
    return path.startswith(_TYPELIBS)


def sqlite_extension(name: str) -> str:
    """Return the path pattern of an SQLite extension: `mod_spatialite` for `load_extension("mod_spatialite")`."""
    return f"/usr/lib/*/{name}.so"


def is_known(evidence: str) -> bool:
    """Return whether evidence is from the knowledge file."""
    return evidence.startswith(_KNOWN)


def _has(distribution: Distribution, pattern: str) -> bool:
    below = f"{distribution.base}/"
    files = (file.removeprefix(below) for file in distribution.files)
    return bool(pattern and fnmatch.filter(files, pattern))


def declared_references(
    distribution: Distribution, is_program: Callable[[str], bool], applies: Callable[[str], bool]
) -> tuple[Reference, ...]:
    """Return what a distribution declares: a program of that name, else a library by file name or stem.

    `applies` evaluates an environment marker. Source: packaging.python.org, "Core metadata specifications",
    Requires-External; PEP 725, `dep:generic/name`.
    """
    lines = [
        *(("Requires-External", line) for line in distribution.requires_external),
        *(("[external]", line) for line in distribution.external),
    ]
    return tuple(
        _declared(distribution, f"{where}: {line}", match[1], is_program)
        for where, line in lines
        if (match := re.match(_EXTERNAL, line)) and match[1].lower() not in _NOT_RUN
        if not (marker := line.partition(";")[2].strip()) or applies(marker)
    )


def _declared(distribution: Distribution, evidence: str, name: str, is_program: Callable[[str], bool]) -> Reference:
    program = is_program(name)
    stem = name.removeprefix("lib")
    names = (name,) if program or ".so" in name else tuple(dict.fromkeys((f"-l{stem}", f"-l{name}")))
    return Reference(
        kind=ReferenceKind.PROGRAM if program else ReferenceKind.LIBRARY,
        names=names,
        when=When.DECLARED,
        by=(distribution.metadata_path,),
        evidence=evidence,
        confidence=Confidence.HIGH,
    )


def noted_references(path: str, notes: Iterable[DlopenNote]) -> tuple[Reference, ...]:
    """Return the libraries of an ELF file's `.note.dlopen` (UAPI.12); required ones have high confidence."""
    return tuple(
        Reference(
            kind=ReferenceKind.LIBRARY,
            names=note.sonames,
            when=When.DLOPEN,
            by=(path,),
            evidence=f".note.dlopen, {note.priority}{': ' if note.description else ''}{note.description}",
            confidence=Confidence.HIGH if note.priority == "required" else Confidence.MEDIUM,
        )
        for note in notes
        if note.sonames
    )


def with_authority(known: Iterable[Reference], found: Iterable[Reference]) -> tuple[Reference, ...]:
    """Join the knowledge file's statements with those of the sources.

    For a kind of thing that the file has, further names from sources have at most medium confidence; a statement
    without names drops them. Sources that name the same library or program add their files.
    """
    every, rest = tuple(known), tuple(found)
    nothing = {each.kind for each in every if not each.names}
    sure = {each: {spelling for name in each.names for spelling in _spellings(name)} for each in every if each.names}
    kinds = {each.kind for each in sure}
    files = {
        each: {file for other in rest if not names.isdisjoint(other.names) for file in other.by}
        for each, names in sure.items()
    }
    others = (each for each in rest if all(names.isdisjoint(each.names) for names in sure.values()))
    return (
        *(each._replace(by=tuple(sorted({*each.by, *files[each]}))) for each in sure),
        *(_at_most_medium(each) if each.kind in kinds else each for each in others if each.kind not in nothing),
    )


def _spellings(name: str) -> tuple[str, ...]:
    """Return a name and its spellings without a version: `-lXrandr` for `libXrandr.so.2`."""
    library = re.fullmatch(r"lib([^/]+?)\.so(?:\..*)?", name)
    return (name, f"{STEM}{library[1]}", f"lib{library[1]}.so") if library else (name,)


def _at_most_medium(each: Reference) -> Reference:
    return each._replace(confidence=Confidence.MEDIUM) if each.confidence is Confidence.HIGH else each
