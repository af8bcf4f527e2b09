"""`pip-sysdeps lock --validate`: locks are looked at alone, without an environment."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from builders.command import Result
from builders.locked import target as locked_target
from pip_sysdeps.cli import main
from pip_sysdeps.lock.document import LockedDistribution, LockedNeed, LockedPackage, Lockfile
from pip_sysdeps.lock.text import dumps

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

NEED = LockedNeed(soname="libpq.so.5", package="libpq5", when="import", by=("psycopg2/_psycopg.so",))
TARGET = locked_target(
    release="12",
    distribution=(LockedDistribution(name="psycopg2", version="2.9.13", needs=(NEED,)),),
    package=(LockedPackage(name="libpq5"),),
)
LOCK = dumps(Lockfile(target=(TARGET,)))
INVALID = "`sysdeps.lock` is not valid: restore it from version control, or run `pip-sysdeps lock`\n"


@pytest.fixture
def validate(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Result]:
    """Return a function that validates a text, or the files that it is given, in a folder where nothing is."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", "")

    def call(text: str | None = None, *files: str) -> Result:
        if text is not None:
            (tmp_path / "sysdeps.lock").write_text(text, encoding="utf-8", newline="")
        status = main(["lock", "--validate", *files])
        return Result(status, *capsys.readouterr())

    return call


def test_a_valid_lock(validate: Callable[..., Result], capsys: pytest.CaptureFixture[str]) -> None:
    """One line says so, with its targets; -q leaves it out."""
    assert validate(LOCK) == (0, "", "`sysdeps.lock` is valid: debian-bookworm-amd64\n")
    assert main(["-q", "lock", "--validate"]) == 0
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (LOCK.replace('name = "psycopg2"\n', 'name = "psycopg2" # needed\n'),
         'line 18 differs; `pip-sysdeps lock` writes: name = "psycopg2"'),
        (LOCK.replace('release = "12"\n', "").replace('distro = "debian"\n', 'distro = "debian"\nrelease = "12"\n\n'),
         'line 9 differs; `pip-sysdeps lock` writes: architecture = "amd64"'),
        (f"{LOCK}# end\n", "line 23 is unexpected"),
        (LOCK.replace("\n", "\r\n"), "its line ends are not those that `pip-sysdeps lock` writes"),
        (LOCK.removesuffix("\n"), "its line ends are not those that `pip-sysdeps lock` writes"),
    ],
    ids=["comment", "blank line", "end", "CRLF", "no last line end"],
)  # fmt: skip
def test_another_form(validate: Callable[..., Result], text: str, fault: str) -> None:
    """The first line that `lock` would write differently is named."""
    assert validate(text) == (1, "", f"warning: `sysdeps.lock`: {fault}\n{INVALID}")


def test_a_later_version(validate: Callable[..., Result]) -> None:
    """The format of a later version is not checked, and a warning says that it may have more keys."""
    result = validate(LOCK.replace('lock-version = "2.0"', 'lock-version = "2.7"\nlater = true'))
    warning = "warning: `sysdeps.lock`: lock-version is 2.7, newer than 2.0: what it adds is ignored\n"
    assert result == (0, "", f"{warning}`sysdeps.lock` is valid: debian-bookworm-amd64\n")


def test_a_package_that_nothing_needs(validate: Callable[..., Result]) -> None:
    """A package without a need, as after a bad merge, is reported."""
    target = replace(TARGET, package=(LockedPackage(name="libgomp1"), LockedPackage(name="libpq5")))
    fault = "debian-bookworm-amd64: package libgomp1 is not needed"
    assert validate(dumps(Lockfile(target=(target,)))) == (1, "", f"warning: `sysdeps.lock`: {fault}\n{INVALID}")


def test_another_project(validate: Callable[..., Result], tmp_path: Path) -> None:
    """A lock that differs from pyproject.toml is reported."""
    (tmp_path / "pyproject.toml").write_text(
        '[tool.pip-sysdeps]\ntargets = ["debian-trixie-amd64"]\nwhen = ["import", "plugin"]\n'
    )
    assert validate(LOCK).err.splitlines()[:-1] == [
        "warning: `sysdeps.lock`: pyproject.toml lists the target debian-trixie-amd64, which is not locked",
        "warning: `sysdeps.lock`: debian-bookworm-amd64 is locked, but not in the targets of pyproject.toml",
        "warning: `sysdeps.lock`: debian-bookworm-amd64: `when` differs from pyproject.toml",
    ]


@pytest.mark.parametrize(
    ("text", "error"),
    [
        (LOCK.replace('package = "libpq5"', 'package = "libpq5-"'), "sysdeps.lock: target[0].distribution[0].needs[0]"),
        (LOCK.replace('package = "libpq5"', 'package = "libssl3"'), "sysdeps.lock: target[0].installs: does not match"),
        (f"<<<<<<< HEAD\n{LOCK}=======\n>>>>>>> other\n", "sysdeps.lock: has git conflict markers"),
        (LOCK.replace("[[target]]", "[[target"), "sysdeps.lock: is not TOML"),
        (None, "`sysdeps.lock` does not exist"),
    ],
    ids=["hostile name", "another line", "conflict", "no TOML", "none"],
)
def test_no_lock(validate: Callable[..., Result], text: str | None, error: str) -> None:
    """A file that cannot be read as a lock is an error."""
    result = validate(text)
    assert result.status == 2
    assert result.err.startswith(f"error: {error}")
    assert result.err.splitlines()[1].startswith("hint: ")


def test_several_files(validate: Callable[..., Result], tmp_path: Path) -> None:
    """Each file is checked, as for pre-commit, and the worst status counts."""
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "sysdeps.lock").write_text(f"{LOCK}\n")
    result = validate(LOCK.replace("[[target]]", "[[target"), "sysdeps.lock", "app/sysdeps.lock")
    assert result.status == 2
    assert "error: sysdeps.lock: is not TOML" in result.err
    assert "warning: `app/sysdeps.lock`: line 23 is unexpected\n" in result.err


def test_not_both(capsys: pytest.CaptureFixture[str]) -> None:
    """--validate and --check exclude each other."""
    assert main(["lock", "--check", "--validate"]) == 2
    assert "not allowed with argument --check" in capsys.readouterr().err
