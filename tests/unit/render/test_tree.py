"""Trees as text for a terminal."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pip_sysdeps.render.terminal import Terminal
from pip_sysdeps.render.tree import as_text
from pip_sysdeps.report.trees import Label, merge_branches

ONE, FILE = Label(kind="distribution", name="one", detail="1.0"), Label(kind="file", name="m.so", detail="and 2 more")
PQ, Z = Label(kind="soname", name="libpq.so.5", detail="import"), Label(kind="program", name="gs")
PACKAGE, HOST = Label(kind="package", name="libpq5", detail="(here)"), Label(kind="other", name="host", detail="driver")
FLOOR = Label(kind="floor", name=">= 10", detail="for it")
WAYS = [(ONE, FILE, PQ, PACKAGE, FLOOR), (ONE, FILE, Z, HOST), (ONE, Z, HOST)]
TERMINAL = Terminal(width=80)


@pytest.mark.parametrize(
    ("lines", "folded", "text"),
    [
        (
            True,
            False,
            """\
one 1.0
├── m.so, and 2 more
│   ├── libpq.so.5: import
│   │   └── libpq5 (here)
│   │       └── >= 10 for it
│   └── gs
│       └── host: driver
└── gs
    └── host: driver
""",
        ),
        (
            False,
            True,
            """\
one 1.0
|-- m.so, and 2 more
|   |-- libpq.so.5: import
|   |   `-- libpq5 (here)
|   |       `-- >= 10 for it
|   `-- gs -> host: driver
`-- gs -> host: driver
""",
        ),
    ],
)
def test_lines_lead_from_parent_to_child(lines: bool, folded: bool, text: str) -> None:
    """A need and an answer of which nothing else is known may share a line."""
    assert as_text(merge_branches(WAYS), replace(TERMINAL, lines=lines), folded=folded) == text


def test_a_need_with_two_answers_is_not_folded() -> None:
    """Each has its own line."""
    trees = merge_branches([(PQ, PACKAGE), (PQ, HOST)])
    assert as_text(trees, TERMINAL, folded=True).splitlines() == [
        "libpq.so.5: import",
        "├── libpq5 (here)",
        "└── host: driver",
    ]


def test_long_text_goes_on_below_its_beginning() -> None:
    """Beside the lines to what follows."""
    long = replace(FILE, detail="word " * 8 + "end")
    text = as_text(merge_branches([(ONE, long, Z), (ONE, FILE)]), replace(TERMINAL, width=34))
    assert text.splitlines() == [
        "one 1.0",
        "├── m.so, word word word word word",
        "│   │   word word word end",
        "│   └── gs",
        "└── m.so, and 2 more",
    ]
