"""`pip-sysdeps policy`: decisions are written into pyproject.toml, and `lock` follows them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from builders.elf import Elf
from builders.schemas import check_schema
from builders.small_debian import MODULE, SITE
from builders.system import VENV
from builders.venv import install

if TYPE_CHECKING:
    from pathlib import Path

    from builders.command import Result
    from builders.desk import Desk


@pytest.fixture
def viewer(desk: Desk) -> Desk:
    """Return a desk with a distribution whose plugin needs libraries, and with a lock."""
    plugin = Elf(soname="libxcb-plugin.so", needed=("libxcb.so.1", "libGL.so.1", "libc.so.6")).build()
    install(
        desk.root / SITE[1:], "viewer", files={"viewer/__init__.py": b"", "viewer/plugins/libxcb-plugin.so": plugin}
    )
    desk.run_lock()
    return desk


def policy(desk: Desk, *argv: str) -> Result:
    """Run an action about the desk's lock."""
    return desk.run("policy", *argv, "--lock", str(desk.lock))


def project(desk: Desk) -> Path:
    """Return the project's pyproject.toml."""
    return desk.lock.with_name("pyproject.toml")


def test_use_puts_what_is_offered_into_the_line(viewer: Desk) -> None:
    """The entry is for the distribution that has the need in the lock; the next lock has the package."""
    result = policy(viewer, "use", "libxcb1", "libgl1", "--reason", "it opens windows")
    assert (result.status, result.out) == (0, "")
    assert result.err.splitlines() == [
        "viewer adds libxcb1, libgl1: it opens windows",
        f"wrote `{project(viewer)}`: run `pip-sysdeps lock` and commit both",
    ]
    assert project(viewer).read_text() == (
        "[tool.pip-sysdeps.distribution.viewer]\n"
        'add = [\n    {packages = ["libxcb1", "libgl1"], reason = "it opens windows"},\n]\n'
    )
    assert viewer.run_lock().status == 0
    assert viewer.run_apt_line().out == "libgl1 libpq5 libxcb1\n"


def test_ignore_settles_an_offer(viewer: Desk) -> None:
    """Several names of a distribution in one entry; they are offered no more."""
    policy(viewer, "ignore", "libxcb.so.1", "libGL.so.1", "--reason", "no windows")
    assert project(viewer).read_text().count("reason") == 1
    assert "not in the install line" not in viewer.run_lock("-v").err


def test_replace_and_add(desk: Desk) -> None:
    """With another package; what no file shows takes the distribution's name."""
    desk.run_lock()
    assert policy(desk, "replace", "libpq5", "--with", "libpq-ours", "--reason", "patched").status == 0
    refused = policy(desk, "add", "tini", "--reason", "runs it")
    assert (refused.status, refused.err.splitlines()) == (
        2,
        ["error: no distribution given for `tini`", "hint: name it with --distribution"],
    )
    assert policy(desk, "add", "tini", "--reason", "runs it", "--distribution", "Psycopg2").status == 0
    desk.run_lock()
    assert desk.run_apt_line().out == "libpq-ours tini\n"


def test_what_the_policy_adds_has_a_reason_to_be_there(desk: Desk) -> None:
    """`why` and `tree` show it as the lock does; a replacement too."""
    desk.run_lock()
    policy(desk, "replace", "libpq5", "--with", "libpq-ours", "--reason", "patched")
    policy(desk, "add", "tini", "--reason", "runs it", "--distribution", "psycopg2")
    desk.run_lock()
    environment = ("--root", str(desk.root), "--python", VENV)
    added = "psycopg2 2.9.9\n└── tini: declared\n    └── tini\n"
    assert desk.run("why", "tini", *environment) == (0, added, "")
    replaced = f"psycopg2 2.9.9\n└── {MODULE}\n    └── libpq.so.5: import\n        └── libpq-ours\n"
    assert desk.run("why", "libpq-ours", *environment) == (0, replaced, "")
    check_schema("why", json.loads(desk.run("why", "tini", "--json", *environment).out))
    assert desk.run("tree", *environment).out == (
        f"psycopg2 2.9.9\n├── {MODULE}\n│   └── libpq.so.5: import → libpq5\n└── tini: declared → tini\n"
    )
    reverse = desk.run("tree", "--reverse", *environment).out
    assert reverse.endswith("\ntini\n└── tini: declared → psycopg2 2.9.9\n")


def test_the_error_of_a_bad_lock_names_only_the_lock(viewer: Desk) -> None:
    """Not pyproject.toml, which is not even read."""
    viewer.lock.write_text(viewer.lock.read_text().replace("installs = [\n", 'installs = [\n    "libz9",\n'))
    result = policy(viewer, "ignore", "libpq5", "--reason", "not used")
    assert (result.status, result.err.splitlines()[0]) == (
        2,
        f"error: {viewer.lock}: target[0].installs: does not match the needs: -libz9",
    )


def test_a_repeated_decision_changes_nothing(viewer: Desk) -> None:
    """The file stays as it is."""
    policy(viewer, "ignore", "libxcb1", "--reason", "x")
    before = project(viewer).read_text()
    assert policy(viewer, "ignore", "libxcb1", "--reason", "y").err == (
        f"`{project(viewer)}` already has this decision\n"
    )
    assert project(viewer).read_text() == before


def test_a_name_that_nobody_needs(viewer: Desk) -> None:
    """It is an error, and nothing is written."""
    for kind, told in (("ignore", "needs"), ("use", "offers")):
        result = policy(viewer, kind, "libnowhere.so.1", "--reason", "x")
        assert result.status == 2
        assert result.err.startswith(f"error: no distribution of `{viewer.lock}` {told} `libnowhere.so.1`\nhint: ")
    assert not project(viewer).exists()


def test_list_shows_what_has_an_effect(viewer: Desk) -> None:
    """An entry that the lock does not show says so; --json is a document by the schema."""
    assert policy(viewer, "list").err == "pyproject.toml has no decisions\n"
    policy(viewer, "ignore", "libxcb1", "--reason", "no windows")
    policy(
        viewer, "ignore", "libold1", "--reason", "gone", "--distribution", "viewer", "--target", "debian-bookworm-amd64"
    )
    viewer.run_lock()
    assert policy(viewer, "list").out == (
        "viewer ignores libxcb1: no windows\n"
        "viewer ignores libold1 on debian-bookworm-amd64: gone (has no effect in the lock)\n"
    )
    document = json.loads(policy(viewer, "list", "--json").out)
    check_schema("policy", document)
    assert [each["effective"] for each in document["decisions"]] == [True, False]


def test_the_other_spelling_of_the_table_is_an_error(viewer: Desk) -> None:
    """It would silently decide nothing."""
    project(viewer).write_text("[tool.pip_sysdeps]\nwhen = ['default']\n")
    result = viewer.run_lock()
    assert result.status == 2
    assert result.err.startswith(
        f"error: {project(viewer)}: tool.pip_sysdeps: is misspelled: the table is [tool.pip-sysdeps]\nhint: "
    )
