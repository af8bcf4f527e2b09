"""`why`, `tree` and `audit` where there is no environment: the lock answers, and that is reported."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from builders.schemas import check_schema

if TYPE_CHECKING:
    from collections.abc import Callable

    from builders.command import Result

NOTE = "no Python environment found: the answer is from `sysdeps.lock` only\n"


@pytest.fixture
def alone(
    run: Callable[..., Result], tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Result]:
    """Return a function that runs a command beside the reported root's lock, on a root that has no Python at all."""
    assert run("lock").status == 0
    bare = tmp_path_factory.mktemp("bare")
    monkeypatch.delenv("VIRTUAL_ENV", raising=False)
    return lambda *argv: run(*argv, "--root", str(bare), environment=False)


def test_why(alone: Callable[..., Result]) -> None:
    """The chain that the lock has, with status 0."""
    assert alone("why", "libpq5") == (
        0,
        (
            "psycopg2 2.9\n"
            "└── psycopg2/_psycopg.cpython-311-x86_64-linux-gnu.so\n"
            "    └── libpq.so.5: import\n"
            "        └── libpq5 >= 14~beta2\n"
        ),
        NOTE,
    )


def test_why_json(alone: Callable[..., Result]) -> None:
    """The document names its source."""
    document = json.loads(alone("why", "gone", "--json").out)
    check_schema("why", document)
    assert document["source"] == "lock"


def test_why_of_a_name_that_the_lock_does_not_have(alone: Callable[..., Result]) -> None:
    """The message is about the lock, which omits distributions without needs."""
    assert alone("why", "flask") == (1, "", f"{NOTE}nothing in the lock needs `flask`\n")


def test_tree(alone: Callable[..., Result]) -> None:
    """The tree leads from each distribution to what answers its needs."""
    result = alone("tree")
    assert (result.status, result.err) == (0, NOTE)
    assert "psycopg2 2.9\n└── psycopg2/_psycopg.cpython-311-x86_64-linux-gnu.so\n    ├── libc.so.6" not in result.out
    assert "psycopg2 2.9\n└── psycopg2/_psycopg.cpython-311-x86_64-linux-gnu.so\n" in result.out
    assert "    └── libpq.so.5: import → libpq5 >= 14~beta2\n" in result.out


def test_tree_reverse(alone: Callable[..., Result]) -> None:
    """The tree leads from each package to its distributions."""
    assert (
        "libpq5 >= 14~beta2\n"
        "└── libpq.so.5: import\n"
        "    └── psycopg2/_psycopg.cpython-311-x86_64-linux-gnu.so\n"
        "        └── psycopg2 2.9\n"
    ) in alone("tree", "--reverse").out


def test_tree_json(alone: Callable[..., Result]) -> None:
    """By the published schema, with its source."""
    document = json.loads(alone("tree", "--json").out)
    check_schema("tree", document)
    assert (document["source"], document["target"]) == ("lock", "debian-bookworm-amd64")


@pytest.mark.parametrize("form", ["dot", "mermaid"])
def test_tree_as_a_graph(alone: Callable[..., Result], form: str) -> None:
    """The graph has the names of the tree."""
    assert "libpq5" in alone("tree", "--format", form).out


def test_audit(alone: Callable[..., Result]) -> None:
    """Unresolved and unowned needs are findings; no package is called missing."""
    result = alone("audit", "--all")
    assert (result.status, result.err) == (1, NOTE)
    assert re.findall(r"SD\d{3}", result.out) == ["SD001", "SD003", "SD002"]
    assert "not installed" not in result.out
    assert "  libpq5" in result.out


def test_audit_json(alone: Callable[..., Result]) -> None:
    """By the published schema, with its source; versions and sizes are not known."""
    document = json.loads(alone("audit", "--json").out)
    check_schema("audit", document)
    package = next(each for each in document["packages"] if each["name"] == "libpq5")
    assert (document["source"], package["version"], package["adds"]) == ("lock", None, None)


def test_audit_sarif(alone: Callable[..., Result]) -> None:
    """Each finding stands at its line of the lock."""
    document = json.loads(alone("audit", "--format", "sarif").out)
    places = [each["locations"][0]["physicalLocation"] for each in document["runs"][0]["results"]]
    lines = Path("sysdeps.lock").read_text(encoding="utf-8").splitlines()
    assert {each["artifactLocation"]["uri"] for each in places} == {"sysdeps.lock"}
    assert 'name = "gone"' in {lines[each["region"]["startLine"] - 1] for each in places}


@pytest.mark.parametrize("form", ["markdown", "html"])
def test_audit_as_a_page(alone: Callable[..., Result], form: str) -> None:
    """The page has the findings and the line, and no installed packages."""
    out = alone("audit", "--format", form).out
    assert "libpq5" in out
    assert "SD001" in out
    assert "not installed" not in out


def test_audit_of_one_target(run: Callable[..., Result], alone: Callable[..., Result]) -> None:
    """`--target` asks the lock, and not an environment that nobody named; the name is a part of the target's id."""
    target = ("--target", "debian-bookworm-amd64")
    asked = run("audit", *target, environment=False)
    note = (
        "the answer is from `sysdeps.lock` only, which is checked for SD001 to SD003: --python or --path checks an "
        "environment\n"
    )
    assert asked == (1, alone("audit").out, note)
    refused = run("audit", *target, "--name", "web", environment=False)
    assert refused == (
        2,
        "",
        (
            "error: --target reports on the lock alone, and `--name` is part of the target's id\n"
            "hint: use --target debian-bookworm-amd64-web, or name the environment with --python or --path\n"
        ),
    )


def test_without_a_lock_either(run: Callable[..., Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error is that of the environment."""
    monkeypatch.delenv("VIRTUAL_ENV", raising=False)
    hint = "hint: name one with --python, or a folder with --path\n"
    result = run("tree", "--root", str(tmp_path), environment=False)
    assert result == (2, "", f"error: no Python environment found\n{hint}")


def test_an_environment_that_is_named_and_empty(run: Callable[..., Result], tmp_path: Path) -> None:
    """It is an error; neither another environment nor the lock replaces it."""
    assert run("lock").status == 0
    (tmp_path / "lib").mkdir()
    result = run("why", "libpq5", "--path", str(tmp_path / "lib"), environment=False)
    assert (result.status, result.out) == (2, "")


@pytest.mark.parametrize("command", [("why", "libpq5"), ("tree",), ("audit",)])
def test_another_environment_on_the_path(
    run: Callable[..., Result], monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    """An environment without the lock's distributions, such as the tool's own, is not used."""
    assert run("lock").status == 0
    for name in ("VIRTUAL_ENV", "CONDA_PREFIX"):
        monkeypatch.delenv(name, raising=False)
    result = run(*command, environment=False)
    assert "libpq5" in result.out
    assert re.fullmatch(
        r"none of the distributions with needs in `sysdeps\.lock` \(.*\) is installed in `/.*` \(.*\): "
        r"the answer is from `sysdeps\.lock` only\n",
        result.err,
    )
