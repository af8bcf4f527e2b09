"""Write a policy decision as an entry of `[tool.pip-sysdeps]` in pyproject.toml.

tomlkit edits the text, so comments and layout are kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pip_sysdeps.errors import MalformedError, SysdepsError
from pip_sysdeps.lock.policy_table import TABLE_KEYS, add_array, distribution_table, edited_text, spelling_of
from pip_sysdeps.lock.project import Entry, parse_project
from pip_sysdeps.system.toml import parse_toml

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pip_sysdeps.lock.project import DistributionPolicy

KINDS = ("ignore", "replace", "add")
"""The keys of a distribution's table that have entries."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """One entry, with one kind of names."""

    kind: str
    """One of `KINDS`, or `plugins`, which has no entries but patterns."""
    distribution: str
    """Normalized name of the distribution."""
    sonames: tuple[str, ...] = ()
    """Its sonames; empty for packages."""
    packages: tuple[str, ...] = ()
    """Its packages."""
    patterns: tuple[str, ...] = ()
    """Its plugins, as paths with `*`."""
    with_: str = ""
    """For `replace`: the other package."""
    reason: str
    """The reason."""
    targets: tuple[str, ...] = ()
    """Ids of its targets; empty for all."""

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names in it."""
        return self.sonames or self.packages or self.patterns

    def entry(self) -> dict[str, Any]:
        """Return the entry's keys and values; several names are an array."""
        key = "soname" if self.sonames else "package"
        named = {key: self.names[0]} if len(self.names) == 1 else {f"{key}s": list(self.names)}
        with_ = {"with": self.with_} if self.with_ else {}
        targets = {"targets": list(self.targets)} if self.targets else {}
        return {**named, **with_, "reason": self.reason, **targets}


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedDecision:
    """One entry of pyproject.toml, and whether it has an effect in the lock."""

    decision: Decision
    """The entry."""
    effective: bool | None
    """Whether a need of the lock has this decision; None without a lock."""


def add_entry(text: str, decision: Decision) -> str:
    """Return the text of a pyproject.toml with one more entry.

    Raise MalformedError for a text that cannot be read, or an entry that breaks a rule; SysdepsError if the table
    cannot be edited without changing something else.
    """
    parse_project(text)
    try:
        edited = _edit(text, decision)
    except (ValueError, TypeError, AttributeError) as error:  # raised by tomlkit for an unusual table
        raise _manual_edit_error(decision) from error
    if _remove_entry(edited, decision) != parse_toml(text):
        raise _manual_edit_error(decision)
    parse_project(edited)
    return edited


def _edit(text: str, decision: Decision) -> str:
    import tomlkit  # noqa: PLC0415 - reading a project does without

    document = tomlkit.parse(text)
    table = distribution_table(document, decision.distribution)
    _append(table, decision)
    return edited_text(document, table[decision.kind], text)


def _append(table: Any, decision: Decision) -> None:  # noqa: ANN401 - any container of tomlkit
    """Append the entry to those of its kind, in their form."""
    import tomlkit  # noqa: PLC0415 - as above
    from tomlkit.items import AoT  # noqa: PLC0415

    is_block = isinstance(table.get(decision.kind), AoT)
    if decision.kind not in table:
        add_array(table, decision.kind, tomlkit.array().multiline(multiline=True))
    row: Any = tomlkit.table() if is_block else tomlkit.inline_table()
    row.update(decision.entry())
    table[decision.kind].append(row)


def _remove_entry(edited: str, decision: Decision) -> dict[str, Any]:
    """Return the content of the edited text without the entry and the tables that were created for it."""
    try:
        document = parse_toml(edited)
    except MalformedError as error:
        raise _manual_edit_error(decision) from error
    tables = [document]
    for key in TABLE_KEYS:
        tables.append(tables[-1].get(key, {}))
    name = spelling_of(tables[-1], decision.distribution)
    tables.append(tables[-1].get(name, {}))
    entries = tables[-1].get(decision.kind, [])
    if entries[-1:] == [decision.entry()]:
        entries.pop()
    for table, key in zip(tables[::-1], (decision.kind, name, *TABLE_KEYS[::-1]), strict=True):
        if table.get(key) in ({}, []):
            del table[key]
    return document


def _manual_edit_error(decision: Decision) -> SysdepsError:
    import tomlkit  # noqa: PLC0415 - as above

    row = tomlkit.inline_table()
    row.update(decision.entry())
    return SysdepsError(
        "the table [tool.pip-sysdeps] is written in a way that cannot be edited without changing it",
        hint=f"add to `{decision.kind}` of tool.pip-sysdeps.distribution.{decision.distribution}: {row.as_string()}",
    )


def entries_of(policy: DistributionPolicy) -> Iterator[tuple[str, Entry]]:
    """Yield each entry of a distribution's policy with its kind."""
    for kind in KINDS:
        yield from ((kind, entry) for entry in getattr(policy, kind))
