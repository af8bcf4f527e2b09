"""`[tool.pip-sysdeps]` of pyproject.toml: the project's settings.

The dataclasses below are the schema: a field is the TOML key of its name ("_" is "-"), and a field without default
is required. docs/policy.md explains it. An unknown key is an error, because a misspelled key would silently
have no effect.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields, is_dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

from pip_sysdeps.environment.metadata import normalize_name
from pip_sysdeps.errors import MalformedError
from pip_sysdeps.lock.document import WHENS, LockedDistribution, LockedNeed, Target
from pip_sysdeps.lock.schema import Problem, Reader, pattern, problems_of, rule, rule_of
from pip_sysdeps.needs.plugins import DEFAULT
from pip_sysdeps.packages.registry import is_package_name
from pip_sysdeps.printing import printable
from pip_sysdeps.system.toml import parse_toml

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

TABLE = "tool.pip-sysdeps"
"""The table of pyproject.toml."""
_LONGEST_PATTERN = 200
_MOST_PARTS = 1000
"""Limit on distributions, entries, names, patterns and words of the table, because each is compared with all needs."""
DEFAULT_WHEN = "default"
"""The word of `when` for the default install line."""


def _is_folder(text: str) -> bool:
    parts = text.split("/")
    return text.startswith("/") and text.isprintable() and ".." not in parts and not any(mark in text for mark in ":;$")


def is_pattern(text: str) -> bool:
    """Return whether a text can be a path with `*` below a distribution's folder."""
    return bool(text.strip()) and text.isprintable() and not text.startswith("/") and len(text) <= _LONGEST_PATTERN


_ID = rule_of(Target, "id")
_SONAME = rule_of(LockedNeed, "soname")
_PACKAGE = rule("system package name", is_package_name)
_NAME = rule_of(LockedDistribution, "name")
_WHEN = rule(f"word of `when` ({', '.join((DEFAULT_WHEN, *WHENS))})", {DEFAULT_WHEN, *WHENS}.__contains__)
_FOLDER = rule("absolute path of a folder inside the image, without : ; $ and ..", _is_folder)
_FILES = rule("path with `*`, relative to the distribution's folder", is_pattern)
_CODE = pattern("code of a check, such as SD010, SD01 or SD010:shapely", r"SD[0-9]{0,3}(?::[a-z0-9]+(?:-[a-z0-9]+)*)?")
_TEXT = rule("printable text", lambda text: text.isprintable() and text.strip())


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One decision about sonames or system packages; `parse_project` returns one entry for each name."""

    keyless: ClassVar[tuple[str, ...]] = ("where",)
    soname: str = field(default="", metadata=_SONAME)
    """Its soname."""
    package: str = field(default="", metadata=_PACKAGE)
    """Its system package."""
    sonames: tuple[str, ...] = field(default=(), metadata=_SONAME)
    """Several sonames."""
    packages: tuple[str, ...] = field(default=(), metadata=_PACKAGE)
    """Several packages."""
    reason: str = field(metadata=_TEXT)
    """The reason, for the reviewer; it becomes the need's note."""
    targets: tuple[str, ...] = field(default=(), metadata=_ID)
    """Ids of its targets; empty for all. Package names differ between releases."""
    where: str = ""
    """Its location in the document: `distribution.opencv-python.ignore[0]`; not a key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Replacement(Entry):
    """An entry that names another package."""

    with_: str = field(metadata=_PACKAGE)
    """The binary package to use instead, or for an unresolved need."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DistributionPolicy:
    """The policy for one distribution."""

    name: str = ""
    """Normalized name, the key of its table."""
    when: tuple[str, ...] = field(default=(), metadata=_WHEN)
    """As `Project.when`, for this distribution."""
    plugins: tuple[str, ...] = field(default=(DEFAULT,), metadata=_FILES)
    """Plugins whose needs are in the install line, as paths with `*` relative to the distribution's folder.

    `default` means those of the knowledge file. Empty for none.
    """
    ignore: tuple[Entry, ...] = field(default=(), metadata={"of": Entry})
    """Needs for which nothing is installed."""
    replace: tuple[Replacement, ...] = field(default=(), metadata={"of": Replacement})
    """Needs for which another package is installed."""
    add: tuple[Entry, ...] = field(default=(), metadata={"of": Entry})
    """Needs that no file states, or only plugins."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditPolicy:
    """The choice of findings for `audit`."""

    select: tuple[str, ...] = field(default=(), metadata=_CODE)
    """The checks to run; empty for all."""
    ignore: tuple[str, ...] = field(default=(), metadata=_CODE)
    """The findings to skip."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """The whole table."""

    targets: tuple[str, ...] = field(default=(), metadata=_ID)
    """Ids of the lock's targets; empty if the project does not list them."""
    when: tuple[str, ...] = field(default=(), metadata=_WHEN)
    """The kinds of needs in the install line, as for `install-line --when`; empty for the default."""
    pin: bool = False
    """Whether `lock` records versions, as with `--pin`."""
    library_path: tuple[str, ...] = field(default=(), metadata=_FOLDER)
    """The folders in the release image's LD_LIBRARY_PATH."""
    audit: AuditPolicy = field(default=AuditPolicy(), metadata={"table": AuditPolicy})
    """The choice of findings."""
    distribution: tuple[DistributionPolicy, ...] = field(default=(), metadata={"by-name": DistributionPolicy})
    """By name."""

    @property
    def plugins(self) -> Mapping[str, tuple[str, ...]]:
        """Return the patterns of the chosen plugins, by distribution."""
        return {each.name: each.plugins for each in self.distribution}


def parse_project(text: str) -> Project:
    """Return the settings of a pyproject.toml; defaults without the table.

    Raise MalformedError, with all problems and the key of each (`tool.pip-sysdeps.distribution.x.ignore[0].reason`).
    """
    tool = parse_toml(text).get("tool", {})
    _refuse_misspelled_table(tool)
    table = tool.get("pip-sysdeps", {}) if isinstance(tool, dict) else {}
    if not isinstance(table, dict):
        raise MalformedError("is not a table", where=TABLE)
    reader = Reader(refuse_unknown=True)
    project = reader.document(Project, table)
    _check_count(project)
    problems = reader.problems or [*problems_of(project), *_problems(project)]
    if problems:
        first, *rest = problems
        others = [f"{TABLE}.{each}" for each in rest]
        raise MalformedError("; ".join([first.what, *others]), where=f"{TABLE}.{first.where}")
    return replace(project, distribution=tuple(map(_normalize, project.distribution)))


def _check_count(project: Project) -> None:
    parts = _count_parts(project)
    if parts > _MOST_PARTS:
        raise MalformedError(f"has {parts} entries and names, more than {_MOST_PARTS}", where=TABLE)


def _count_parts(value: object) -> int:
    """Return the number of tables and of strings in arrays in a part of the settings."""
    if isinstance(value, tuple):
        return sum(map(_count_parts, value)) + sum(isinstance(each, str) for each in value)
    if is_dataclass(value):
        return 1 + sum(_count_parts(getattr(value, each.name)) for each in fields(value))
    return 0


def _refuse_misspelled_table(tool: object) -> None:
    """Raise MalformedError for a misspelled table name, which would silently have no effect."""
    for name in tool if isinstance(tool, dict) else ():
        if name != "pip-sysdeps" and normalize_name(name) == "pip-sysdeps":
            raise MalformedError(f"is misspelled: the table is [{TABLE}]", where=f"tool.{printable(name)}")


def _problems(project: Project) -> Iterator[Problem]:
    """Yield the problems of distributions and entries that concern more than one value."""
    names: dict[str, str] = {}
    for policy in project.distribution:
        place = f"distribution.{policy.name}"
        name = normalize_name(policy.name)
        if name in names:
            yield Problem(place, f"is the same distribution as {names[name]}")
        names[name] = policy.name
        for key, number, entry in _entries(policy):
            if sum(map(bool, (entry.soname, entry.package, entry.sonames, entry.packages))) != 1:
                yield Problem(f"{place}.{key}[{number}]", "needs exactly one of soname, sonames, package and packages")


def _entries(policy: DistributionPolicy) -> Iterator[tuple[str, int, Entry]]:
    for key in ("ignore", "replace", "add"):
        yield from ((key, number, entry) for number, entry in enumerate(getattr(policy, key)))


def _split_names(entry: Entry) -> Iterator[Entry]:
    """Yield an entry once for each of its names."""
    if not (entry.sonames or entry.packages):
        yield entry
    yield from (replace(entry, soname=name, sonames=()) for name in entry.sonames)
    yield from (replace(entry, package=name, packages=()) for name in entry.packages)


def _normalize(policy: DistributionPolicy) -> DistributionPolicy:
    """Return a policy under its normalized name, with one entry per name."""
    name = normalize_name(policy.name)

    def place(key: str) -> tuple[Any, ...]:
        entries = enumerate(getattr(policy, key))
        places = ((each, f"distribution.{name}.{key}[{number}]") for number, each in entries)
        return tuple(replace(one, where=where) for each, where in places for one in _split_names(each))

    return replace(policy, name=name, ignore=place("ignore"), replace=place("replace"), add=place("add"))
