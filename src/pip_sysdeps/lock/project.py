"""`[tool.pip-sysdeps]` of pyproject.toml: what the project says about its lock.

The dataclasses below are the schema: a field is the TOML key of its name ("_" is "-"), and a field without default is
required. docs/policy.md explains it. A key that is not known is an error, since one that is misspelt would be a
decision that is silently not heeded.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from pip_sysdeps.environment.metadata import normalize_name
from pip_sysdeps.errors import MalformedError
from pip_sysdeps.lock import document as lockfile
from pip_sysdeps.lock.document import WHENS
from pip_sysdeps.packages.registry import is_package_name
from pip_sysdeps.printing import printable
from pip_sysdeps.system.toml import parse_toml

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from dataclasses import Field

TABLE = "tool.pip-sysdeps"
"""The table of pyproject.toml."""
DEFAULT_WHEN = "default"
"""The word of `when` that stands for what reaches the line without any policy."""


# ---------------------------------------------------------------------------------------------------- rules of a value


class _Rule(NamedTuple):
    """What a string must be: `words` complete the sentence "`x` is no ..."."""

    words: str
    holds: Callable[[str], object]


def _rule_of(document: type, name: str) -> Mapping[str, Any]:
    """Return the rule that the lock has for a field: what it would refuse later is refused here."""
    rule: _Rule = next(each for each in fields(document) if each.name == name).metadata["rule"]
    return {"rule": rule}


def _is_folder(text: str) -> bool:
    parts = text.split("/")
    return text.startswith("/") and text.isprintable() and ".." not in parts and not any(mark in text for mark in ":;$")


_ID = _rule_of(lockfile.Target, "id")
_SONAME = _rule_of(lockfile.Need, "soname")
_PACKAGE = {"rule": _Rule("system package name", is_package_name)}
_WHEN = {"rule": _Rule(f"word of `when` ({', '.join((DEFAULT_WHEN, *WHENS))})", {DEFAULT_WHEN, *WHENS}.__contains__)}
_FOLDER = {"rule": _Rule("absolute path of a folder inside the image, without : ; $ and ..", _is_folder)}
_CODE = {
    "rule": _Rule(
        "code of a check, such as SD010, SD01 or SD010:shapely",
        re.compile(r"SD[0-9]{0,3}(?::[a-z0-9]+(?:-[a-z0-9]+)*)?", re.ASCII).fullmatch,
    )
}
_BOOLEAN = {"rule": None}
_TEXT = {"rule": _Rule("printable text", lambda text: text.isprintable() and text.strip())}


# ---------------------------------------------------------------------------------------------------------- the values


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One decision about one soname or binary package: exactly one of the two is named."""

    soname: str = field(default="", metadata=_SONAME)
    """The needed name that it is about."""
    package: str = field(default="", metadata=_PACKAGE)
    """The binary package that it is about."""
    reason: str = field(metadata=_TEXT)
    """Why, for the reviewer: it stands in the lock."""
    targets: tuple[str, ...] = field(default=(), metadata=_ID)
    """Ids of the targets that it is for; empty for all. Names of packages differ between releases."""
    where: str = ""
    """Its place in the document: `distribution.opencv-python.ignore[0]`; no key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Replacement(Entry):
    """An entry that names another package."""

    with_: str = field(metadata=_PACKAGE)
    """The binary package that takes the place of what was found, or answers what nothing answered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DistributionPolicy:
    """What the project says about the needs of one distribution."""

    name: str = ""
    """Normalized name; no key, but that of its table."""
    when: tuple[str, ...] = field(default=(), metadata=_WHEN)
    """As `Project.when`, for this distribution."""
    ignore: tuple[Entry, ...] = field(default=(), metadata={"of": Entry})
    """Needs that nothing has to be installed for."""
    replace: tuple[Replacement, ...] = field(default=(), metadata={"of": Replacement})
    """Needs that another package answers."""
    add: tuple[Entry, ...] = field(default=(), metadata={"of": Entry})
    """Needs that no file tells, or that only plugins have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditPolicy:
    """What the project says about the findings of `audit`."""

    select: tuple[str, ...] = field(default=(), metadata=_CODE)
    """The checks to run; empty for all."""
    ignore: tuple[str, ...] = field(default=(), metadata=_CODE)
    """The findings to leave out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """The whole table."""

    targets: tuple[str, ...] = field(default=(), metadata=_ID)
    """Ids of the targets that the lock is to have; empty if the project does not say."""
    when: tuple[str, ...] = field(default=(), metadata=_WHEN)
    """Which needs reach the line, in the words of `apt-line --when`; empty for the default."""
    pin: bool = field(default=False, metadata=_BOOLEAN)
    """`lock` records the versions of the packages, as with `--pin`."""
    library_path: tuple[str, ...] = field(default=(), metadata=_FOLDER)
    """The folders of the LD_LIBRARY_PATH that the release image sets."""
    audit: AuditPolicy = field(default=AuditPolicy(), metadata={"table": AuditPolicy})
    """What `audit` looks for."""
    distribution: tuple[DistributionPolicy, ...] = field(default=(), metadata={"by-name": DistributionPolicy})
    """By name."""


# -------------------------------------------------------------------------------------------------------------- reading

_Document = TypeVar("_Document")


def parse_project(text: str) -> Project:
    """Return what a pyproject.toml says; without the table, nothing.

    Raise MalformedError, with all problems and the key of each (`tool.pip-sysdeps.distribution.x.ignore[0].reason`).
    """
    tool = parse_toml(text).get("tool", {})
    table = tool.get("pip-sysdeps", {}) if isinstance(tool, dict) else {}
    reader = _Reader()
    if not isinstance(table, dict):
        raise MalformedError("is not a table", where=TABLE)
    project = reader.document(Project, table, "")
    if reader.problems:
        place, problem = reader.problems[0]
        rest = [f"{TABLE}.{where}: {what}" for where, what in reader.problems[1:]]
        raise MalformedError("; ".join([problem, *rest]), where=f"{TABLE}.{place}")
    return project


class _Reader:
    """Turns tables into values, and remembers what does not fit."""

    def __init__(self) -> None:
        self.problems: list[tuple[str, str]] = []

    def document(self, kind: type[_Document], table: Mapping[str, object], where: str) -> _Document:
        keys = {_key(each): each for each in fields(kind) if each.metadata}  # type: ignore[arg-type] # a dataclass
        dot = f"{where}." if where else ""
        for key in sorted(table.keys() - keys.keys()):
            self._refuse(f"{dot}{key}", f"is not known{_nearest(key, keys)}")
        values: dict[str, Any] = {}
        for key, each in keys.items():
            if key in table:
                values[each.name] = self._value(each, table[key], f"{dot}{key}")
            elif not isinstance(each.default, str | tuple | bool | AuditPolicy):
                self._refuse(f"{dot}{key}", "is missing")
                values[each.name] = ""
        return kind(**values)

    def _value(self, each: Field[Any], value: object, where: str) -> object:
        if "by-name" in each.metadata:
            return tuple(self._by_name(value, where))
        if "table" in each.metadata:
            return self.document(each.metadata["table"], self._table(value, where), where)
        if "of" in each.metadata:
            return tuple(self._entries(each.metadata["of"], value, where))
        if each.default is False:
            return self._boolean(value, where)
        if each.default == ():
            return tuple(self._strings(each, value, where))
        return self._string(each, value, where)

    def _by_name(self, value: object, where: str) -> Iterator[DistributionPolicy]:
        names: dict[str, str] = {}
        for written, table in sorted(self._table(value, where).items()):
            name = normalize_name(written)
            if name in names:
                self._refuse(f"{where}.{written}", f"is the same distribution as {names[name]}")
            names[name] = written
            place = f"{where}.{name}"
            yield replace(self.document(DistributionPolicy, self._table(table, place), place), name=name)

    def _entries(self, kind: type[Entry], value: object, where: str) -> Iterator[Entry]:
        for number, table in enumerate(self._array(value, where)):
            place = f"{where}[{number}]"
            if not isinstance(table, dict):
                self._refuse(place, "is not a table")
                continue
            if len({"soname", "package"} & table.keys()) != 1:
                self._refuse(place, "has not one of soname and package")
            yield replace(self.document(kind, table, place), where=place)

    def _strings(self, each: Field[Any], value: object, where: str) -> Iterator[str]:
        for number, item in enumerate(self._array(value, where)):
            yield self._string(each, item, f"{where}[{number}]")

    def _boolean(self, value: object, where: str) -> bool:
        if not isinstance(value, bool):
            self._refuse(where, "is not true or false")
        return value is True

    def _string(self, each: Field[Any], value: object, where: str) -> str:
        rule: _Rule = each.metadata["rule"]
        if not isinstance(value, str):
            self._refuse(where, "is not a string")
        elif not value or not rule.holds(value):
            self._refuse(where, f"`{printable(value[:60])}` is no {rule.words}")
        else:
            return value
        return ""

    def _table(self, value: object, where: str) -> Mapping[str, object]:
        if isinstance(value, dict):
            return value
        self._refuse(where, "is not a table")
        return {}

    def _array(self, value: object, where: str) -> Sequence[object]:
        if isinstance(value, list):
            return value
        self._refuse(where, "is not an array")
        return ()

    def _refuse(self, where: str, problem: str) -> None:
        self.problems.append((printable(where), problem))


def _key(each: Field[Any]) -> str:
    return each.name.rstrip("_").replace("_", "-")


def _nearest(key: str, known: Iterable[str]) -> str:
    """Name the known key that a misspelt one is nearest to, else all of them."""
    import difflib  # noqa: PLC0415 - for a misspelt key only

    close = difflib.get_close_matches(key, known, n=1)
    return f": `{close[0]}` is" if close else f": {', '.join(known)} are"
