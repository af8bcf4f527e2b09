"""A command line that cannot be understood: one error that names what was meant, and the help that explains it."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from pip_sysdeps.cli import COMMANDS, main

if TYPE_CHECKING:
    from pathlib import Path

REQUIREMENTS = "what is installed is read, not requirements: name the environment with `--python ENV`"
MISTAKES = {
    "lok": ("argument COMMAND: `lok` is not one of lock, verify, ", "did you mean `lock`? see `pip-sysdeps --help`"),
    "lock --chek": ("unrecognized arguments: --chek", "did you mean `--check`? see `pip-sysdeps lock --help`"),
    "audit --wheels wheels": ("unrecognized arguments: --wheels wheels", "see `pip-sysdeps audit --help`"),
    "apt-line libpq5": ("unrecognized arguments: libpq5", "see `pip-sysdeps apt-line --help`"),
    "apt-line --when plugins": (
        "argument --when: `plugins` is not one of default, import, plugin, ",
        "see `pip-sysdeps apt-line --help`",
    ),
    "apt-line --format table": (
        "argument --format: `table` is not one of names, lines, satisfy, dockerfile, json",
        "see `pip-sysdeps apt-line --help`",
    ),
    "install-line --lock api.lock --lock web.lock": (
        "argument --lock: has two values, `api.lock` and `web.lock`, but takes one",
        "see `pip-sysdeps install-line --help`",
    ),
    "lock -o a.lock --output b.lock": (
        "argument -o/--output: has two values, `a.lock` and `b.lock`, but takes one",
        "see `pip-sysdeps lock --help`",
    ),
    "lock .": ("unrecognized arguments: .", "did you mean `--python .`? see `pip-sysdeps lock --help`"),
    "lock -r requirements.txt": (
        "unrecognized arguments: -r requirements.txt",
        f"{REQUIREMENTS}, or a folder of wheels with `--wheels DIR`; see `pip-sysdeps lock --help`",
    ),
    "audit --requirement=requirements.txt": (
        "unrecognized arguments: --requirement=requirements.txt",
        f"{REQUIREMENTS}; see `pip-sysdeps audit --help`",
    ),
    "-r requirements.txt lock": (
        "unrecognized arguments: -r",
        "options stand after COMMAND: `pip-sysdeps COMMAND -r`; see `pip-sysdeps --help`",
    ),
    "--python .venv lock": (
        "unrecognized arguments: --python",
        "options stand after COMMAND: `pip-sysdeps COMMAND --python`; see `pip-sysdeps --help`",
    ),
    "--versoin": ("unrecognized arguments: --versoin", "did you mean `--version`? see `pip-sysdeps --help`"),
    "audit --select SD999": ("argument --select: `SD999` is not one of SD001, ", "see `pip-sysdeps audit --help`"),
    "hook statsu": (
        "argument ACTION: `statsu` is not one of enable, disable, status",
        "did you mean `status`? see `pip-sysdeps hook --help`",
    ),
    "hook status -q --jsno": (
        "unrecognized arguments: --jsno",
        "did you mean `--json`? see `pip-sysdeps hook status --help`",
    ),
}


@pytest.mark.parametrize(
    "line", ["lock --target", "lock --python", "lock --path", "lock -o", "apt-line --lock", "verify --root"]
)
def test_empty_values_are_refused(line: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A script's variable without a value would mean this folder or this machine; `--name` is empty by default."""
    assert main([*line.split(), ""]) == 2
    error, hint = capsys.readouterr().err.splitlines()
    assert error.endswith(": its value is empty")
    assert hint == f"hint: see `pip-sysdeps {line.partition(' ')[0]} --help`"
    assert main(["audit", "--name", "", "--root", "/nowhere"]) == 2
    assert "its value is empty" not in capsys.readouterr().err


def test_an_option_may_be_repeated_with_the_same_value(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing is lost by that; options that take several values collect them."""
    monkeypatch.chdir(tmp_path)
    assert main(["install-line", "--lock", "a.lock", "--lock", "a.lock"]) == 2
    assert capsys.readouterr().err.startswith("error: `a.lock` does not exist\n")
    assert main(["lock", "--path", "a", "--path", "b"]) == 2
    assert f"`{tmp_path}/a` is not a folder" in capsys.readouterr().err


@pytest.mark.parametrize("line", MISTAKES)
def test_mistake_is_named_with_what_was_meant(line: str, capsys: pytest.CaptureFixture[str]) -> None:
    """An option of a command is reported by that command's own parser."""
    status = main(line.split())
    error, hint = capsys.readouterr().err.splitlines()
    message, meant = MISTAKES[line]
    assert error.startswith(f"error: {message}")
    assert (status, hint) == (2, f"hint: {meant}")


def test_a_file_of_requirements_is_no_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The hint for it says what is read instead."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "requirements.txt").write_text("psycopg2\n", encoding="utf-8")
    assert main(["verify", "requirements.txt"]) == 2
    assert capsys.readouterr().err == (
        f"error: unrecognized arguments: requirements.txt\nhint: {REQUIREMENTS}; see `pip-sysdeps verify --help`\n"
    )


@pytest.mark.parametrize("line", ["", "index", "policy", "-q"])
def test_a_missing_command_prints_the_help(line: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The help lists the commands or actions; it goes to stderr, because nothing was done."""
    assert main(line.split()) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("usage: pip-sysdeps")


@pytest.mark.parametrize(
    "line",
    [
        "index show debian-bookworm-amd64 --json libpq.so.5 libz.so.1",
        "index show --json debian-bookworm-amd64 libpq.so.5 libz.so.1",
        "index show debian-bookworm-amd64 libpq.so.5 libz.so.1 --json",
        "index show debian-bookworm-amd64 libpq.so.5 --json libz.so.1",
    ],
)
def test_options_may_stand_between_words(line: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Before, behind and between them, it is the same command."""
    assert main(line.split()) == 0
    assert list(json.loads(capsys.readouterr().out)["names"]) == ["libpq.so.5", "libz.so.1"]


def test_help_is_as_wide_as_the_terminal(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Paragraphs are filled, and a command in them stays one line to copy."""
    monkeypatch.setenv("COLUMNS", "60")
    assert main(["apt-line", "--help"]) == 0
    _, _, epilog = capsys.readouterr().out.partition("\nTo install ")
    wide = [line for line in epilog.splitlines() if len(line) > 60]
    assert [line.split()[:2] for line in wide] == [["xargs", "-r"], ["xargs", "-r"]]


@pytest.mark.parametrize("closed", [">&-", "2>&-"])
def test_closed_stream_is_no_traceback(closed: str) -> None:
    """The status is that of the command, as it is for `print`."""
    command = f'"{sys.executable}" -m pip_sysdeps index show debian-bookworm-amd64 libpq.so.5 {closed}'
    done = subprocess.run(["/bin/sh", "-c", command], capture_output=True, check=False)
    assert (done.returncode, b"Traceback" in done.stderr) == (0, False)


@pytest.mark.parametrize("command", COMMANDS)
def test_help_fits_a_terminal(
    command: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of 80 columns, but for lines to be copied; names are in one piece, and options in place of others beside them."""
    monkeypatch.setenv("COLUMNS", "80")
    assert main([command, "--help"]) == 0
    text = capsys.readouterr().out
    assert [line for line in text.splitlines() if len(line) > 80 and not line.startswith("  xargs ")] == []
    assert "debian-\n" not in text
    if command == "lock":
        usage = " ".join(text.split())  # Python 3.13 breaks the line within brackets
        assert "[--python ENV | --path DIR | --wheels DIR]" in usage
