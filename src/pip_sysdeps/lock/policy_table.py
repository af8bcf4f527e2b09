"""Edit the table of one distribution in `[tool.pip-sysdeps]` of pyproject.toml with tomlkit.

Comments and layout are kept.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pip_sysdeps.environment.metadata import normalize_name

if TYPE_CHECKING:
    from collections.abc import Iterable

TABLE_KEYS = ("tool", "pip-sysdeps", "distribution")
"""The keys that lead to the tables of the distributions."""


def spelling_of(distributions: Iterable[str], name: str) -> str:
    """Return the name of a distribution in the project's spelling; the normalized name if it has no table."""
    return next((each for each in distributions if normalize_name(each) == name), name)


def distribution_table(document: Any, name: str) -> Any:  # noqa: ANN401 - of tomlkit
    """Return the table of a distribution in a document, which is added if it is missing."""
    import tomlkit  # noqa: PLC0415 - reading a project does without

    table = document
    for key in TABLE_KEYS:
        table = table.setdefault(key, tomlkit.table(is_super_table=True))
    return table.setdefault(spelling_of(table, name), tomlkit.table())


def add_array(table: Any, key: str, array: Any) -> None:  # noqa: ANN401 - of tomlkit
    """Add an array before the comments at the table's end, which may belong to the next table."""
    import tomlkit  # noqa: PLC0415 - as above

    body = table.value.body if isinstance(table, tomlkit.items.Table) else []
    last = []
    while body and body[-1][0] is None:
        last.append(body.pop()[1])
    table[key] = array
    for item in reversed(last):
        table.value.append(None, item)


def edited_text(document: Any, array: Any, before: str) -> str:  # noqa: ANN401 - of tomlkit
    """Return the text of a document with an edited array, with the line ends of the text before.

    A blank line separates the array from a table that follows.
    """
    end = f"{array.as_string()}\n"
    text: str = document.as_string().replace(f"{end}[", f"{end}\n[")
    return text.replace("\r\n", "\n").replace("\n", "\r\n") if "\r\n" in before else text
