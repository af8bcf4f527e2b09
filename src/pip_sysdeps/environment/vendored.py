"""Identify vendored and statically linked libraries in a file of a wheel, and their versions, by its name and data.

Most wheels do not record what they vendor. A file that auditwheel copied keeps the library's name; the version is often
in a string in its data. `data/vendored.toml` has the rules.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from fnmatch import translate
from functools import cache
from typing import TYPE_CHECKING, Any

from pip_sysdeps.errors import MalformedError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

_HASH = re.compile(r"-[0-9a-f]{8}(?=[.-])")
"""The hash that each run of auditwheel puts before the suffix of a library's name."""
_VERSION = re.compile(r"(?:\.[0-9]+)+$")
"""A version before the suffix, where some libraries have theirs."""
_MOST_MATCHES = 20
_KEYS = {"name", "sonames", "text", "own", "file", "with", "number"}


class Certainty(Enum):
    """How certain an identification is."""

    HIGH = "high"
    """Its name and its text agree."""
    MEDIUM = "medium"
    """Only its text, as for a statically linked library; or its name with the release's version."""
    LOW = "low"
    """Only its name, without a version."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VendoredLibrary:
    """One library in a file of a distribution."""

    path: str
    """The file, relative to the distribution's base."""
    name: str
    """The library as its project calls it; the file's own name if no rule knows it."""
    version: str
    """Its version; empty if unknown."""
    confidence: Certainty
    """The certainty of the identification."""
    evidence: str
    """The text or file name."""
    by_name: bool
    """Whether the evidence is the file name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A rule that recognizes one library."""

    name: str
    """The library, as its project calls it."""
    sonames: tuple[str, ...]
    """Patterns of its file names, without the suffix."""
    text: tuple[re.Pattern[bytes], ...] = ()
    """Patterns of its version in any file."""
    named_text: tuple[re.Pattern[bytes], ...] = ()
    """Patterns of its version in a file with its name."""
    file: re.Pattern[str] | None = None
    """A pattern of its file name with the version."""
    required_text: bytes = b""
    """Text that must also be present."""
    number: bool = False
    """Whether the version is one number with two digits per part."""

    def has(self, stems: Collection[str]) -> bool:
        """Return whether a file of one of these names is this library."""
        return any(map(_pattern(self.sonames).match, stems))


@cache
def _pattern(sonames: tuple[str, ...]) -> re.Pattern[str]:
    """Return one expression for several patterns of file names."""
    return re.compile("|".join(map(translate, sonames)) or "(?!)")


def parse_rules(document: Mapping[str, Any]) -> tuple[Rule, ...]:
    """Parse the rules of a data file. Raise MalformedError, with the library, for an invalid one."""
    return tuple(_rule(entry) for entry in document.get("library", ()))


def _rule(entry: Mapping[str, Any]) -> Rule:
    if unknown := entry.keys() - _KEYS:
        raise MalformedError(f"unknown key `{min(unknown)}`", where=str(entry.get("name")))
    try:
        return Rule(
            name=entry["name"],
            sonames=tuple(entry["sonames"]),
            text=tuple(re.compile(each.encode("latin-1")) for each in entry.get("text", ())),
            named_text=tuple(re.compile(each.encode("latin-1")) for each in entry.get("own", ())),
            file=re.compile(entry["file"]) if "file" in entry else None,
            required_text=entry.get("with", "").encode("latin-1"),
            number=entry.get("number", False),
        )
    except (KeyError, re.error) as error:
        raise MalformedError(f"not a rule: {error}", where=str(entry.get("name"))) from error


def plain_name(file: str, holder: str = "") -> str:
    """Return a file's name before auditwheel repaired the wheel: `libtiff.so.6.0.2`.

    Some wheels have the name of their distribution, `holder`, before the hash.
    """
    plain = _HASH.sub("", file.rpartition("/")[2])
    stem, dot, rest = plain.partition(".")
    return stem.removesuffix(f"-{holder}") + dot + rest if holder else plain


def stem_of(file: str, holder: str = "") -> str:
    """Return the name of a library without hash, suffix and version: `libtiff`, `libpng16`, `libopenblasp-r0`."""
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
    """Whether it is a vendored library, with its own name."""
    needed: tuple[str, ...] = ()
    """The libraries that it needs: their headers may have added text to it."""


def identify(file: VendoredFile, data: bytes, rules: Iterable[Rule]) -> Iterator[VendoredLibrary]:
    """Yield the libraries in a file, each once; `data` is the file's data."""
    stem, identified, linked_in = stem_of(file.path, file.holder), list[VendoredLibrary](), list[VendoredLibrary]()
    plain = plain_name(file.path, file.holder)
    loaded = {stem_of(each, file.holder) for each in file.needed}
    for rule in rules:
        is_named = file.is_library and rule.has((stem,))
        if not is_named and rule.has(loaded):
            continue
        found = _version_in_text(rule, data, is_named=is_named)
        if found is not None:
            confidence = Certainty.HIGH if is_named else Certainty.MEDIUM
            (identified if is_named else linked_in).append(_library(file, rule.name, confidence, *found))
        elif is_named and rule.file and (match := rule.file.fullmatch(plain)):
            identified.append(_library(file, rule.name, Certainty.MEDIUM, match[1], plain))
    if file.is_library and not identified:
        identified.append(_library(file, stem, Certainty.LOW, "", plain))
    yield from {each.name: each for each in (*linked_in, *identified)}.values()


def _library(file: VendoredFile, name: str, confidence: Certainty, version: str, evidence: str) -> VendoredLibrary:
    return VendoredLibrary(
        path=file.path,
        name=name,
        version=version,
        confidence=confidence,
        evidence=evidence,
        by_name=evidence == plain_name(file.path, file.holder),
    )


def _version_in_text(rule: Rule, data: bytes, *, is_named: bool) -> tuple[str, str] | None:
    """Return the version of a rule in the text of a file, with that text; None if there is none or more than one."""
    if rule.required_text not in data:
        return None
    found: dict[str, str] = {}
    for pattern in (*rule.text, *(rule.named_text if is_named else ())):
        for _, match in zip(range(_MOST_MATCHES), pattern.finditer(data), strict=False):
            version = match[1].decode("latin-1")
            found.setdefault(_format_number(version) if rule.number else version, _shown(match[0]))
    return next(iter(found.items())) if len(found) == 1 else None


def _format_number(number: str) -> str:
    """Return the version for a number: 2.14.6 for 21406."""
    whole = int(number)
    return f"{whole // 10000}.{whole // 100 % 100}.{whole % 100}"


def _shown(text: bytes) -> str:
    return text.strip(b"\0 ").decode("latin-1")
