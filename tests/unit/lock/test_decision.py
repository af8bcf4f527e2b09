"""Decisions put into the text of pyproject.toml: nothing else in it changes."""

from __future__ import annotations

import pytest

from pip_sysdeps.errors import MalformedError, SysdepsError
from pip_sysdeps.lock.decision import Decision, add_entry

NO_DESKTOP = Decision(kind="ignore", distribution="pillow", packages=("grim", "xclip"), reason="no desktop")
ROW = '{packages = ["grim", "xclip"], reason = "no desktop"}'
TABLE = f"[tool.pip-sysdeps.distribution.pillow]\nignore = [\n    {ROW},\n]\n"


PROJECT = "[project]\nname = 'x'\n"
BLOCK = "[[tool.pip-sysdeps.distribution.pillow.ignore]]\nsoname = 'a.so'\nreason = 'x'\n"
NEXT = "\n# about other\n[tool.other]\n"
OWN = "[tool.pip-sysdeps.distribution.pillow]\nwhen = ['default']\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", TABLE),
        (f"# mine\n{PROJECT}", f"# mine\n{PROJECT}\n{TABLE}"),
        (PROJECT.replace("\n", "\r\n"), f"{PROJECT}\n{TABLE}".replace("\n", "\r\n")),
        (
            "[tool.pip-sysdeps]\nwhen = ['default'] # why\n\n[tool.other]\nx=1\n",
            f"[tool.pip-sysdeps]\nwhen = ['default'] # why\n\n{TABLE}\n[tool.other]\nx=1\n",
        ),
        (
            "[tool.pip-sysdeps.distribution.Pillow]\nignore = [{ soname = 'a.so', reason = 'r' }]  # c\n",
            f"[tool.pip-sysdeps.distribution.Pillow]\nignore = [{{ soname = 'a.so', reason = 'r' }}, {ROW}]  # c\n",
        ),
        (
            "[tool.pip-sysdeps]\ndistribution.pillow.ignore = [{ soname = 'a.so', reason = 'r' }]\n",
            f"[tool.pip-sysdeps]\ndistribution.pillow.ignore = [{{ soname = 'a.so', reason = 'r' }}, {ROW}]\n",
        ),
        (BLOCK, f'{BLOCK}{BLOCK.splitlines()[0]}\npackages = ["grim", "xclip"]\nreason = "no desktop"\n'),
        (f"{OWN}{NEXT}", f"{OWN}ignore = [\n    {ROW},\n]\n{NEXT}"),
    ],
    ids=["nothing", "no table", "Windows", "table", "array", "dotted", "array of tables", "comment at the end"],
)
def test_an_entry_is_added_and_all_else_stays(before: str, after: str) -> None:
    """The new entry has the format of the others, and stands before a comment that may belong to the next table."""
    assert add_entry(before, NO_DESKTOP) == after


def test_one_name_is_no_array_and_every_key_is_written() -> None:
    """In the order of docs/policy.md."""
    decision = Decision(
        kind="replace",
        distribution="numpy",
        packages=("libblas3",),
        with_="libopenblas0",
        reason='"x"',
        targets=("a-b",),
    )
    assert add_entry("", decision).splitlines()[2] == (
        '    {package = "libblas3", with = "libopenblas0", reason = "\\"x\\"", targets = ["a-b"]},'
    )


def test_names_that_a_decision_is_about() -> None:
    """A decision is about sonames, packages or patterns of plugins."""
    about = Decision(kind="plugins", distribution="qt", patterns=("*/a.so",), reason="x")
    assert (about.names, NO_DESKTOP.names) == (("*/a.so",), ("grim", "xclip"))
    assert Decision(kind="ignore", distribution="qt", sonames=("a.so",), reason="x").names == ("a.so",)


def test_an_entry_that_cannot_be_edited_is_shown() -> None:
    """An inline table is not edited; the message has the entry to write."""
    with pytest.raises(SysdepsError, match="cannot be edited without changing it") as caught:
        add_entry("[tool]\npip-sysdeps = { when = ['default'] }\n", NO_DESKTOP)
    assert caught.value.hint == f"add to `ignore` of tool.pip-sysdeps.distribution.pillow: {ROW}"


@pytest.mark.parametrize(
    ("text", "decision", "error"),
    [
        ("[tool.pip-sysdeps]\nodd = 1\n", NO_DESKTOP, "odd"),
        (
            "",
            Decision(kind="ignore", distribution="pillow", packages=("-o",), reason="x"),
            "is not a valid system package name",
        ),
        (
            "",
            Decision(kind="ignore", distribution="pillow", packages=("grim",), reason=" "),
            "is not a valid printable text",
        ),
        ("= no TOML", NO_DESKTOP, "is not TOML"),
    ],
)
def test_bad_input_is_refused(text: str, decision: Decision, error: str) -> None:
    """The rules of the table are checked before and after the edit."""
    with pytest.raises(MalformedError, match=error):
        add_entry(text, decision)
