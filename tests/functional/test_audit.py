"""`pip-sysdeps audit`, as a person calls it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from builders.schemas import check_schema
from pip_sysdeps.report.findings import CHECKS

if TYPE_CHECKING:
    from collections.abc import Callable

    from builders.command import Result

GOLDEN = Path(__file__).parents[1] / "golden" / "audit"
SELECTED = {"SD003", "SD008", "SD009", "SD011"}
ERRORS = {"SD001", "SD004", "SD011", "SD016", "SD019"}


@pytest.mark.parametrize("width", [80, 120])
def test_table(run: Callable[..., Result], same_as_committed: Callable[[Path, str], None], width: int) -> None:
    """Packages, distributions and findings; no line is wider than the terminal, but for a path alone."""
    result = run("audit", "--all", width=width)
    assert result.status == 1
    same_as_committed(GOLDEN / f"table.{width}.txt", result.out)
    assert all(len(line) <= width or " " not in line.strip() for line in result.out.splitlines())


def test_markdown(run: Callable[..., Result], same_as_committed: Callable[[Path, str], None]) -> None:
    """The Markdown report has the same parts."""
    same_as_committed(GOLDEN / "audit.md", run("audit", "--all", "--format", "markdown").out)


def test_findings_and_the_line_come_first(run: Callable[..., Result]) -> None:
    """The inventory is for --all; --select leaves the findings that it names; the installed size stands at the end."""
    whole, short, chosen = (
        run("audit", *options, width=120).out for options in (("--all",), (), ("--select", "SD001"))
    )
    headings = re.compile(r"^[A-Z].* \([0-9]+\)$", re.MULTILINE)
    named = [heading.rpartition(" ")[0] for heading in headings.findall(whole)]
    assert named[:2] == ["Findings", "To install"]
    assert [heading.rpartition(" ")[0] for heading in headings.findall(short)] == ["Findings", "To install"]
    assert headings.findall(chosen) == ["Findings (1)"]
    assert re.fullmatch(r"debian-bookworm-amd64: 2 packages to install \(1\.4 MB\), .*", short.splitlines()[-1])


def test_json(run: Callable[..., Result]) -> None:
    """By the published schema, with every code of the catalogue but those of another glibc, a lock, and a project."""
    result = run("audit", "--json")
    document = json.loads(result.out)
    check_schema("audit", document)
    assert {each["code"] for each in document["findings"]} == {each.entry.code for each in CHECKS} - {
        "SD013",
        "SD018",
        "SD031",
        "SD033",
    }
    assert {each["code"] for each in document["findings"] if each["severity"] == "error"} == ERRORS
    missing = [each["distribution"] for each in document["findings"] if each["code"] == "SD019"]
    assert missing == ["odd"], "a library without any version definitions lacks none: the loader only warns"
    (pq,) = (each for each in document["packages"] if each["name"] == "libpq5")
    assert pq == {
        "name": "libpq5",
        "version": "4.0-1",
        "installed_size": 600,
        "candidate": None,
        "adds": {"packages": ["libpq5"], "size": 600},
        "base": False,
        "min": "14~beta2",
        "needed_by": [
            {"distribution": "psycopg2", "version": "2.9", "name": "libpq.so.5", "when": "import", "confidence": ""}
        ],
    }
    (imaging,) = (each for each in document["distributions"] if each["name"] == "imaging")
    assert imaging["vendored"] == ["imaging.libs/libtiff-0123abcd.so.6.0.2"]
    assert imaging["components"] == [
        {"name": "libtiff", "version": "4.4.0-12.el9", "purl": "pkg:rpm/almalinux/libtiff@4.4.0-12.el9"}
    ]


@pytest.mark.parametrize(
    ("options", "expected", "status"),
    [
        (["--select", "SD017"], {"SD017"}, 0),
        (["--select", "SD017", "--strict"], {"SD017"}, 1),
        (["--select", "SD00,SD011", "--ignore", "SD001,SD002,SD004,SD005,SD006,SD007"], SELECTED, 1),
        (["--select", "SD016:odd"], {"SD016"}, 1),
        (["--select", "SD016:trees"], set(), 0),
        (["--ignore", "SD", "--strict"], set(), 0),
    ],
)  # fmt: skip
def test_checks_are_chosen(run: Callable[..., Result], options: list[str], expected: set[str], status: int) -> None:
    """By code, by the beginning of one, or by code and distribution; the status is about what is left."""
    result = run("audit", "--json", *options)
    assert result.status == status
    assert {each["code"] for each in json.loads(result.out)["findings"]} == expected


def test_an_unknown_code_is_an_error(run: Callable[..., Result]) -> None:
    """It is not ignored."""
    result = run("audit", "--select", "SD999")
    assert result.status == 2
    assert result.err.startswith("error: argument --select: ")


def test_the_project_chooses(run: Callable[..., Result], tmp_path: Path) -> None:
    """In pyproject.toml, unless the command line does; needs that its policy decides are no findings."""
    (tmp_path / "pyproject.toml").write_text(
        "[tool.pip-sysdeps.audit]\nselect = ['SD001', 'SD003']\n"
        "[tool.pip-sysdeps.distribution.gone]\nignore = [{ soname = 'libgone.so.7', reason = 'never imported' }]\n"
    )
    assert {each["code"] for each in json.loads(run("audit", "--json").out)["findings"]} == {"SD003"}
    (tmp_path / "pyproject.toml").write_text("[tool.pip-sysdeps.audit]\nignore = ['SD0', 'no code']\n")
    result = run("audit")
    assert result.status == 2
    assert "tool.pip-sysdeps.audit.ignore[1]: `no code` is not a valid code of a check" in result.err


def test_a_stale_lock(run: Callable[..., Result], tmp_path: Path) -> None:
    """A stale lock is a finding; without a lock, nothing is reported."""
    assert run("audit", "--select", "SD018").status == 0
    run("lock")
    assert run("audit", "--select", "SD018").status == 0
    lock = tmp_path / "sysdeps.lock"
    lock.write_text(lock.read_text().replace('version = "2.9"', 'version = "2.8"'))
    result = run("audit", "--select", "SD018")
    assert result.status == 1
    assert "psycopg2 2.8 is locked, 2.9 is installed" in result.out
    assert run("audit", "--lock", "elsewhere.lock").status == 2


def test_colour(run: Callable[..., Result], monkeypatch: pytest.MonkeyPatch) -> None:
    """Colours add nothing to the text."""
    plain = run("audit").out
    monkeypatch.setenv("FORCE_COLOR", "1")
    coloured = run("audit").out
    assert "\x1b[31;1merror\x1b[0m" in coloured
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == plain
