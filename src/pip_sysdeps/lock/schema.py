"""Documents as frozen dataclasses: the schema that sysdeps.lock and `[tool.pip-sysdeps]` of pyproject.toml share.

A field is the TOML key of its name ("_" is "-", a trailing "_" is dropped). A field without default is required. An
empty value is an absent key. The metadata of a field describes its value: `rule` (one or several strings that satisfy a
`Rule`); `of` (an array of tables, each a document of that class); additionally `rows` (each item on its own line, or,
with `together`, all on one); `table` (one table); `by-name` (a table of tables, whose names go to the field `name`). A
field without metadata is a number or a boolean, or not a key if its class lists it in `keyless`.
"""

from __future__ import annotations

import re
from dataclasses import MISSING, fields
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from pip_sysdeps.printing import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from dataclasses import Field

_SHOWN_LENGTH = 60
_TYPE_WORDS = {str: "a string", int: "a whole number", bool: "true or false", dict: "a table"}
_KEYS: dict[type, tuple[tuple[Field[Any], str], ...]] = {}
_Document = TypeVar("_Document")


class Rule(NamedTuple):
    """A rule for strings."""

    words: str
    """The end of the sentence "`x` is not a valid ..."."""
    is_valid: Callable[[str], object]
    """The test."""


def rule(words: str, is_valid: Callable[[str], object]) -> Mapping[str, Rule]:
    """Return the metadata of a field whose strings pass a test."""
    return {"rule": Rule(words, is_valid)}


def pattern(words: str, expression: str) -> Mapping[str, Rule]:
    """Return the metadata of a field whose strings match a regular expression as a whole."""
    return rule(words, partial(re.fullmatch, expression, flags=re.ASCII))


def rule_of(kind: type, name: str) -> Mapping[str, Rule]:
    """Return the metadata of another document's field, to reuse it."""
    return {"rule": next(each for each in fields(kind) if each.name == name).metadata["rule"]}


class Problem(NamedTuple):
    """One violation of the schema."""

    where: str
    """The key: `target[0].package[2].name`."""
    what: str
    """The problem, to print after the key."""

    def __str__(self) -> str:
        """Return both as one text."""
        return f"{self.where}: {self.what}"


def keys_of(kind: type) -> tuple[tuple[Field[Any], str], ...]:
    """Return the fields of a document's class, each with its TOML key.

    Cached, because a lock has thousands of documents.
    """
    found = _KEYS.get(kind)
    if found is None:
        found = _KEYS[kind] = tuple((each, key_of(each)) for each in fields(kind))
    return found


def key_of(field: Field[Any]) -> str:
    """Return the TOML key of a field."""
    return field.name.rstrip("_").replace("_", "-")


class Reader:
    """Converts TOML tables to documents, and collects the problems. `problems_of` checks the values."""

    def __init__(self, *, refuse_unknown: bool = False) -> None:
        """With `refuse_unknown`, an unknown key is a problem; otherwise it is ignored."""
        self.problems: list[Problem] = []
        self._refuse_unknown = refuse_unknown

    def document(self, kind: type[_Document], table: Mapping[str, object], where: str = "") -> _Document:
        """Return the document of a table; an invalid value becomes an empty one."""
        keyless = getattr(kind, "keyless", ())
        keys = {key_of(each): each for each in fields(kind) if each.name not in keyless}  # type: ignore[arg-type]
        dot = f"{where}." if where else ""
        if self._refuse_unknown:
            for key in sorted(table.keys() - keys.keys()):
                self._refuse(f"{dot}{key}", f"is unknown{_suggestion(key, keys)}")
        values: dict[str, Any] = {}
        for key, each in keys.items():
            if key in table:
                values[each.name] = self._value(each, table[key], f"{dot}{key}")
            elif is_required(each):
                self._refuse(f"{dot}{key}", "is missing")
                values[each.name] = ""
        return kind(**values)

    def _value(self, field: Field[Any], value: object, where: str) -> object:
        if "of" in field.metadata:
            tables = self._array(value, dict, where)
            return tuple(self.document(field.metadata["of"], table, f"{where}[{number}]") for number, table in tables)
        if "table" in field.metadata:
            return self.document(field.metadata["table"], self._table(value, where), where)
        if "by-name" in field.metadata:
            return tuple(self._by_name(field.metadata["by-name"], value, where))
        if isinstance(field.default, tuple):
            return tuple(text for _, text in self._array(value, str, where))
        return self._scalar(field, value, where)

    def _by_name(self, kind: type[_Document], value: object, where: str) -> Iterator[_Document]:
        for name, table in sorted(self._table(value, where).items()):
            place = f"{where}.{name}"
            yield self.document(kind, {**self._table(table, place), "name": name}, place)

    def _scalar(self, field: Field[Any], value: object, where: str) -> object:
        expected = type(field.default) if isinstance(field.default, bool | int) else str
        if type(value) is expected:
            return value
        self._refuse(where, f"is not {_TYPE_WORDS[expected]}")
        return expected()

    def _table(self, value: object, where: str) -> Mapping[str, object]:
        if isinstance(value, dict):
            return value
        self._refuse(where, "is not a table")
        return {}

    def _array(self, value: object, of: type, where: str) -> Iterator[tuple[int, Any]]:
        if not isinstance(value, list):
            self._refuse(where, "is not an array")
            return
        for number, item in enumerate(value):
            if type(item) is of:
                yield number, item
            else:
                self._refuse(f"{where}[{number}]", f"is not {_TYPE_WORDS[of]}")

    def _refuse(self, where: str, what: str) -> None:
        self.problems.append(Problem(printable(where), what))


def is_required(field: Field[Any]) -> bool:
    """Return whether a document must have the key of a field."""
    return field.default is MISSING and field.default_factory is MISSING


def problems_of(document: object, where: str = "") -> Iterator[Problem]:
    """Yield each invalid value of a document and its nested documents."""
    dot = f"{where}." if where else ""
    for each, key in keys_of(type(document)):
        value = getattr(document, each.name)
        if not value and not is_required(each):
            continue
        place = f"{dot}{key}"
        if "of" in each.metadata:
            for number, inner in enumerate(value):
                yield from problems_of(inner, f"{place}[{number}]")
        elif "table" in each.metadata:
            yield from problems_of(value, place)
        elif "by-name" in each.metadata:
            for inner in value:
                yield from problems_of(inner, f"{place}.{inner.name}")
        elif isinstance(value, int) and value < 0:
            yield Problem(place, "is negative")
        elif "rule" in each.metadata:
            yield from _problems_of_strings(each, value, place)


def _problems_of_strings(field: Field[Any], value: str | tuple[str, ...], where: str) -> Iterator[Problem]:
    if isinstance(value, tuple):
        strings = {f"{where}[{number}]": item for number, item in enumerate(value)}
    else:
        strings = {where: value} if value or is_required(field) else {}
    rule: Rule = field.metadata["rule"]
    for place, text in strings.items():
        if not text or not rule.is_valid(text):
            yield Problem(place, f"`{printable(text[:_SHOWN_LENGTH])}` is not a valid {rule.words}")


def repeated_names(where: str, key: str, names: Iterable[str]) -> Iterator[Problem]:
    """Yield each repeated name in an array of tables."""
    seen = set()
    for number, name in enumerate(names):
        if name in seen:
            yield Problem(f"{where}[{number}].{key}", f"`{printable(name)}` is repeated")
        seen.add(name)


def _suggestion(key: str, known: Iterable[str]) -> str:
    """Return a suggestion for a misspelled key: the most similar key, else all keys."""
    import difflib  # noqa: PLC0415 - for a misspelled key only

    close = difflib.get_close_matches(key, known, n=1)
    return f"; did you mean `{close[0]}`?" if close else f"; known are {', '.join(known)}"
