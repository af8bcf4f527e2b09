"""Which library a file in a wheel is, or has linked into it, and in which version: by its name and its data.

Most wheels say nothing of what they bring. A file that auditwheel copied keeps the library's name; a version is taken
from text that the library puts into its data. `data/vendored.toml` has the rules.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from pip_sysdeps.errors import MalformedError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_HASH = re.compile(r"-[0-9a-f]{8}(?=[.-])")
"""What auditwheel puts between the name of a library and its ending: once for each time that it ran."""
_VERSION = re.compile(r"(?:\.[0-9]+)+$")
"""In front of the ending, where some libraries have theirs."""
_MOST_MATCHES = 20
_KEYS = {"name", "sonames", "text", "own", "file", "with", "number"}


class Confidence(Enum):
    """How sure it is what a file is."""

    HIGH = "high"
    """Its name and its text agree."""
    MEDIUM = "medium"
    """Its text alone, as of a library that is linked in; or its name, which has the version of the release."""
    LOW = "low"
    """Its name alone, which has no version."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VendoredLibrary:
    """One library in a file of a distribution."""

    path: str
    """The file, relative to the distribution's base."""
    name: str
    """The library as its project calls it; the file's own name if no rule knows it."""
    version: str
    """Its version; empty if nothing says it."""
    confidence: Confidence
    """How sure that is."""
    evidence: str
    """The text, or the file name, that says it."""
    by_name: bool
    """It is the file name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """How one library is known."""

    name: str
    """The library, as its project calls it."""
    sonames: tuple[str, ...]
    """Patterns of its file names, without what follows the name."""
    text: tuple[re.Pattern[bytes], ...] = ()
    """Patterns that tell its version in any file."""
    own: tuple[re.Pattern[bytes], ...] = ()
    """Patterns that tell its version in a file of its name."""
    file: re.Pattern[str] | None = None
    """A pattern of its file name that tells its version."""
    beside: bytes = b""
    """What must be there as well."""
    number: bool = False
    """The version is one number of two digits a part."""

    def has(self, stem: str) -> bool:
        """Return whether a file of a name is this library."""
        return any(fnmatchcase(stem, each) for each in self.sonames)


def parse_rules(document: Mapping[str, Any]) -> tuple[Rule, ...]:
    """Read the rules of a data file. Raise MalformedError, with the library, for a wrong one."""
    return tuple(_rule(entry) for entry in document.get("library", ()))


def _rule(entry: Mapping[str, Any]) -> Rule:
    if unknown := entry.keys() - _KEYS:
        raise MalformedError(f"unknown key `{min(unknown)}`", where=str(entry.get("name")))
    try:
        return Rule(
            name=entry["name"],
            sonames=tuple(entry["sonames"]),
            text=tuple(re.compile(each.encode("latin-1")) for each in entry.get("text", ())),
            own=tuple(re.compile(each.encode("latin-1")) for each in entry.get("own", ())),
            file=re.compile(entry["file"]) if "file" in entry else None,
            beside=entry.get("with", "").encode("latin-1"),
            number=entry.get("number", False),
        )
    except (KeyError, re.error) as error:
        raise MalformedError(f"not a rule: {error}", where=str(entry.get("name"))) from error


def plain_name(file: str, holder: str = "") -> str:
    """Return a file's name as it was before its wheel was repaired: `libtiff.so.6.0.2`.

    Some wheels have the name of their distribution, `holder`, in front of the hash.
    """
    plain = _HASH.sub("", file.rpartition("/")[2])
    stem, dot, rest = plain.partition(".")
    return stem.removesuffix(f"-{holder}") + dot + rest if holder else plain


def stem_of(file: str, holder: str = "") -> str:
    """Return the name of a library without hash, ending and version: `libtiff`, `libpng16`, `libopenblasp-r0`."""
    stem, dot, _ = plain_name(file, holder).partition(".so")
    return _VERSION.sub("", stem) if dot else stem


@dataclass(frozen=True, slots=True, kw_only=True)
class VendoredFile:
    """One ELF file of a distribution."""

    path: str
    """Relative to the distribution's base."""
    holder: str
    """The distribution."""
    is_library: bool
    """It is a library of somebody else's, which has a name of its own."""
    needed: tuple[str, ...] = ()
    """What it loads: no part of it, though headers may have left text of that."""


def identify(file: VendoredFile, data: bytes, rules: Iterable[Rule]) -> Iterator[VendoredLibrary]:
    """Yield the libraries that a file is or holds, once each; `data` is its data."""
    stem, own, held = stem_of(file.path, file.holder), list[VendoredLibrary](), list[VendoredLibrary]()
    plain = plain_name(file.path, file.holder)
    loaded = [stem_of(each, file.holder) for each in file.needed]
    for rule in rules:
        named = file.is_library and rule.has(stem)
        if not named and any(map(rule.has, loaded)):
            continue
        found = _by_text(rule, data, named=named)
        if found is not None:
            confidence = Confidence.HIGH if named else Confidence.MEDIUM
            (own if named else held).append(_library(file, rule.name, confidence, *found))
        elif named and rule.file and (match := rule.file.fullmatch(plain)):
            own.append(_library(file, rule.name, Confidence.MEDIUM, match[1], plain))
    if file.is_library and not own:
        own.append(_library(file, stem, Confidence.LOW, "", plain))
    yield from {each.name: each for each in (*held, *own)}.values()


def _library(file: VendoredFile, name: str, confidence: Confidence, version: str, evidence: str) -> VendoredLibrary:
    return VendoredLibrary(
        path=file.path,
        name=name,
        version=version,
        confidence=confidence,
        evidence=evidence,
        by_name=evidence == plain_name(file.path, file.holder),
    )


def _by_text(rule: Rule, data: bytes, *, named: bool) -> tuple[str, str] | None:
    """Return the only version that the text of a file has for a rule, with that text; None for none or several."""
    if rule.beside not in data:
        return None
    found: dict[str, str] = {}
    for pattern in (*rule.text, *(rule.own if named else ())):
        for _, match in zip(range(_MOST_MATCHES), pattern.finditer(data), strict=False):
            version = match[1].decode("latin-1")
            found.setdefault(_dotted(version) if rule.number else version, _shown(match[0]))
    return next(iter(found.items())) if len(found) == 1 else None


def _dotted(number: str) -> str:
    """Return a version that is written as one number: 21406 is 2.14.6."""
    whole = int(number)
    return f"{whole // 10000}.{whole // 100 % 100}.{whole % 100}"


def _shown(text: bytes) -> str:
    return text.strip(b"\0 ").decode("latin-1")
