"""Write chosen plugins into `[tool.pip-sysdeps]` of pyproject.toml."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pip_sysdeps.errors import MalformedError, SysdepsError
from pip_sysdeps.lock.policy_table import TABLE_KEYS, add_array, distribution_table, edited_text, spelling_of
from pip_sysdeps.lock.project import parse_project
from pip_sysdeps.needs.plugins import DEFAULT
from pip_sysdeps.system.toml import parse_toml

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True, kw_only=True)
class PluginDecision:
    """Patterns to add to the `plugins` of one distribution."""

    distribution: str
    """Normalized name."""
    patterns: tuple[str, ...]
    """Paths with `*`, relative to the distribution's folder."""
    reason: str
    """The reason, a comment after each pattern."""
    keeps_default: bool = False
    """Whether the knowledge file's plugins stay chosen."""


def add_plugins(text: str, decision: PluginDecision) -> str:
    """Return the text of a pyproject.toml with more plugins of one distribution; comments and layout are kept.

    Raise MalformedError for a text that cannot be read, or a pattern that breaks its rule; SysdepsError for a reason
    that cannot be a comment, and if the table cannot be edited without changing something else.
    """
    parse_project(text)
    if not (decision.reason.isprintable() and decision.reason.strip()):
        raise SysdepsError("the reason is not printable text", hint="write it as one line")
    try:
        edited = _edit(text, decision)
        changed = _expected_content(parse_toml(text), decision)
        if parse_toml(edited) == changed:
            parse_project(edited)
            return edited
    except (ValueError, TypeError, AttributeError):  # raised by tomlkit for an unusual table
        pass
    except MalformedError as error:
        if error.where.startswith(TABLE_KEYS[0]):  # a pattern that breaks its rule
            raise
    raise SysdepsError(
        "the table [tool.pip-sysdeps] is written in a way that cannot be edited without changing it",
        hint=f"add to `plugins` of tool.pip-sysdeps.distribution.{decision.distribution}: "
        f"{', '.join(decision.patterns)}",
    )


def _edit(text: str, decision: PluginDecision) -> str:
    import tomlkit  # noqa: PLC0415 - reading a project does without

    document = tomlkit.parse(text)
    table = distribution_table(document, decision.distribution)
    array = table.get("plugins")
    if array is None:
        add_array(table, "plugins", _array(_previous_patterns(array, decision), decision))
    elif "\n" not in array.as_string():
        table["plugins"] = _array(_previous_patterns(array, decision), decision)
    else:
        _append(array, decision)
    return edited_text(document, table["plugins"], text)


def _array(before: Sequence[str], decision: PluginDecision) -> Any:  # noqa: ANN401 - of tomlkit
    """Return an array with each pattern on its own line."""
    import tomlkit  # noqa: PLC0415 - as above

    array = tomlkit.array()
    for each in before:
        array.add_line(each)
    _append(array, decision)
    array.add_line(indent="")
    return array


def _append(array: Any, decision: PluginDecision) -> None:  # noqa: ANN401 - of tomlkit
    for each in decision.patterns:
        array.add_line(each, comment=decision.reason)


def _previous_patterns(known: Any, decision: PluginDecision) -> list[str]:  # noqa: ANN401 - of tomlkit, or a list
    if known is None:
        return [DEFAULT] if decision.keeps_default else []
    return list(known)


def _expected_content(document: dict[str, Any], decision: PluginDecision) -> dict[str, Any]:
    """Return the content that the edited text must have."""
    table = document
    for name in TABLE_KEYS:
        table = table.setdefault(name, {})
    table = table.setdefault(spelling_of(table, decision.distribution), {})
    table["plugins"] = [*_previous_patterns(table.get("plugins"), decision), *decision.patterns]
    return document
