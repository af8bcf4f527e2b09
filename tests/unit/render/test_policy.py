"""The policy's decisions as text and JSON."""

from __future__ import annotations

import json

import pytest

from pip_sysdeps.lock.decision import Decision, ListedDecision
from pip_sysdeps.lock.plugin_decision import PluginDecision
from pip_sysdeps.render.policy import as_json, as_text, decision_sentence, plugin_sentence

IGNORE = Decision(kind="ignore", distribution="pillow", packages=("grim", "xclip"), reason="no desktop")
REPLACE = Decision(
    kind="replace", distribution="numpy", sonames=("libblas.so.3",), with_="libopenblas0", reason="", targets=("a", "b")
)
PLUGINS = Decision(kind="plugins", distribution="qt", reason="x")


@pytest.mark.parametrize(
    ("decision", "sentence"),
    [
        (IGNORE, "pillow ignores grim, xclip: no desktop"),
        (REPLACE, "numpy replaces libblas.so.3 with libopenblas0 on a, b"),
        (PLUGINS, "qt uses the plugins none: x"),
    ],
)
def test_a_decision_is_a_sentence(decision: Decision, sentence: str) -> None:
    """With its targets and reason, if it has some."""
    assert decision_sentence(decision) == sentence


def test_a_choice_of_plugins_is_a_sentence() -> None:
    """A choice of plugins is shown like other decisions."""
    choice = PluginDecision(distribution="qt", patterns=("*/a.so", "*/b.so"), reason="it opens windows")
    assert plugin_sentence(choice) == "qt uses the plugins */a.so, */b.so: it opens windows"


def test_decisions_without_effect_are_marked() -> None:
    """Without a lock nothing is known of it."""
    listed = [ListedDecision(decision=IGNORE, effective=effective) for effective in (True, False, None)]
    line = "pillow ignores grim, xclip: no desktop"
    assert as_text(listed) == f"{line}\n{line} (has no effect in the lock)\n{line}\n"
    assert json.loads(as_json(listed[1:2])) == {
        "schema": 1,
        "decisions": [
            {
                "kind": "ignore",
                "distribution": "pillow",
                "sonames": [],
                "packages": ["grim", "xclip"],
                "plugins": [],
                "with": "",
                "reason": "no desktop",
                "targets": [],
                "effective": False,
            }
        ],
    }
