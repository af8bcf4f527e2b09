"""Writing a choice of plugins into pyproject.toml."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pip_sysdeps.errors import MalformedError, SysdepsError
from pip_sysdeps.lock.plugin_decision import PluginDecision, add_plugins

DECISION = PluginDecision(distribution="my-qt", patterns=("*/a.so", "*/b.so"), reason="for Wayland")
TABLE = "[tool.pip-sysdeps.distribution.my-qt]\n"
LINES = '    "*/a.so", # for Wayland\n    "*/b.so", # for Wayland\n]\n'


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", f"{TABLE}plugins = [\n{LINES}"),
        ("# mine\n[project]\nname = 'x'\n", f"# mine\n[project]\nname = 'x'\n\n{TABLE}plugins = [\n{LINES}"),
        (f'{TABLE}plugins = ["*/c.so"]\n', f'{TABLE}plugins = [\n    "*/c.so",\n{LINES}'),
        (
            f'{TABLE}plugins = [\n    "*/c.so", # kept\n]\nwhen = ["plugin"]\n',
            f'{TABLE}plugins = [\n    "*/c.so", # kept\n{LINES}when = ["plugin"]\n',
        ),
        (
            '[tool.pip-sysdeps.distribution.My_Qt]\nwhen = ["plugin"]\n',
            f'[tool.pip-sysdeps.distribution.My_Qt]\nwhen = ["plugin"]\nplugins = [\n{LINES}',
        ),
        (
            f"{TABLE}when = ['plugin']\n\n# about x\n[tool.x]\n",
            f"{TABLE}when = ['plugin']\nplugins = [\n{LINES}\n# about x\n[tool.x]\n",
        ),
        (f"{TABLE}[tool.x]\n", f"{TABLE}plugins = [\n{LINES}\n[tool.x]\n"),
    ],
)
def test_plugins_are_added_to_the_table(before: str, after: str) -> None:
    """The distribution keeps the project's spelling, comments stay, and each pattern has its reason."""
    assert add_plugins(before, DECISION) == after
    windows = before.replace("\n", "\r\n")
    if windows != before:
        assert add_plugins(windows, DECISION) == after.replace("\n", "\r\n")


@pytest.mark.parametrize(
    ("before", "start"),
    [("", '    "default",\n'), (f'{TABLE}plugins = ["*/c.so"]\n', '    "*/c.so",\n'), (f"{TABLE}plugins = []\n", "")],
)
def test_the_plugins_of_the_knowledge_file_are_kept(before: str, start: str) -> None:
    """By their word, unless the project has decided about them."""
    edited = add_plugins(before, replace(DECISION, keeps_default=True))
    assert edited == f"{TABLE}plugins = [\n{start}{LINES}"


@pytest.mark.parametrize("reason", ["", "  ", "two\nlines", "\x1b[0m"])
def test_a_reason_that_no_comment_can_hold(reason: str) -> None:
    """It would end the comment, or hide what it is."""
    with pytest.raises(SysdepsError) as caught:
        add_plugins("", replace(DECISION, reason=reason))
    assert (str(caught.value), caught.value.hint) == ("the reason is not printable text", "write it as one line")


def test_a_pattern_that_breaks_its_rule() -> None:
    """It is named with its key."""
    with pytest.raises(MalformedError) as caught:
        add_plugins("", replace(DECISION, patterns=("/a.so",)))
    assert str(caught.value) == (
        "tool.pip-sysdeps.distribution.my-qt.plugins[0]: `/a.so` is not a valid path with `*`, relative to the "
        "distribution's folder"
    )


@pytest.mark.parametrize(
    "text", ["[tool]\npip-sysdeps = { when = ['default'] }\n", "[tool]\npip-sysdeps = { distribution = { x = {} } }\n"]
)
def test_a_table_that_cannot_be_edited(text: str) -> None:
    """One in one line, where tomlkit cannot add another; the hint says what to write."""
    with pytest.raises(SysdepsError, match="cannot be edited without changing it") as caught:
        add_plugins(text, DECISION)
    assert caught.value.hint == "add to `plugins` of tool.pip-sysdeps.distribution.my-qt: */a.so, */b.so"
