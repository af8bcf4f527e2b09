"""Which plugins are chosen, and by whom."""

from __future__ import annotations

import pytest

from builders.facts import distribution
from pip_sysdeps.model.plugins import PluginChoice
from pip_sysdeps.needs.plugins import chosen_files, plugin_choices, unmatched_plugins

TOOLKIT = distribution("toolkit", "qt/plugins/platforms/libqxcb.so", "qt/plugins/themes/libgtk.so", "toolkit.py")
OBJECTS = frozenset(file for file in TOOLKIT.files if file.endswith(".so"))
KNOWN = {"*/libqxcb.so": "starts with it", "*/libold.so": "an older release has it"}


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (("default",), [("*/libqxcb.so", "starts with it", 1)]),
        ((), []),
        (("*/themes/*",), [("*/themes/*", "", 1)]),
        (("default", "*.so"), [("*/libqxcb.so", "starts with it", 1), ("*.so", "", 2)]),
        (("toolkit.py", "*/LIBQXCB.so"), [("toolkit.py", "", 0), ("*/LIBQXCB.so", "", 0)]),
        (("*.so", "*.so"), [("*.so", "", 2)]),
    ],
)
def test_choices(wanted: tuple[str, ...], expected: list[tuple[str, str, int]]) -> None:
    """Patterns match whole paths of objects; the word `default` stands for the known ones that match."""
    found = plugin_choices(TOOLKIT, wanted, KNOWN, OBJECTS)
    assert [(each.pattern, each.why, len(each.files)) for each in found] == expected


def test_the_first_choice_of_a_file_counts() -> None:
    """And a choice without files is reported."""
    chosen = [
        PluginChoice(distribution="toolkit", pattern="a*", files=("/a.so", "/ab.so")),
        PluginChoice(distribution="toolkit", pattern="*b.so", files=("/ab.so", "/b.so")),
        PluginChoice(distribution="toolkit", pattern="c*"),
    ]
    assert chosen_files(chosen) == {"/a.so": "a*", "/ab.so": "a*", "/b.so": "*b.so"}
    assert [each.pattern for each in unmatched_plugins(chosen)] == ["c*"]
