"""The table of a distribution in pyproject.toml, edited as text."""

from __future__ import annotations

import pytest
import tomlkit

from pip_sysdeps.lock.policy_table import add_array, distribution_table, edited_text, spelling_of


@pytest.mark.parametrize(("name", "expected"), [("my-qt", "My_Qt"), ("torch", "torch"), ("numpy", "numpy")])
def test_a_distribution_is_spelled_as_the_project_does(name: str, expected: str) -> None:
    """One without a table has its normalized name."""
    assert spelling_of(("My_Qt", "torch"), name) == expected


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", "[tool.pip-sysdeps.distribution.my-qt]\nadd = [1]\n"),
        (
            "[tool.pip-sysdeps.distribution.My_Qt]\r\n# next\r\n[tool.x]\r\n",
            "[tool.pip-sysdeps.distribution.My_Qt]\r\nadd = [1]\r\n# next\r\n[tool.x]\r\n",
        ),
        (
            "[tool.pip-sysdeps.distribution.my-qt]\n[tool.x]\n",
            "[tool.pip-sysdeps.distribution.my-qt]\nadd = [1]\n\n[tool.x]\n",
        ),
    ],
)
def test_an_array_is_added_before_what_belongs_to_the_next_table(before: str, after: str) -> None:
    """The table is added if it is missing; line ends stay."""
    document = tomlkit.parse(before)
    table = distribution_table(document, "my-qt")
    add_array(table, "add", tomlkit.item([1]))
    assert edited_text(document, table["add"], before) == after
