"""The programs of commands."""

from __future__ import annotations

import ast

import pytest

from pip_sysdeps.byname.commands import program_name, programs_of, wrapped


@pytest.mark.parametrize(
    ("text", "name"), [("foo -x", "foo"), ("/usr/bin/foo", "foo"), ("./foo", ""), ("foo.exe", ""), ("", ""), ("$X", "")]
)
def test_program_names(text: str, name: str) -> None:
    """A command begins with its program."""
    assert program_name(text) == name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("python3 -m venv", "-mvenv"),
        ("/usr/bin/python3.11 -I  -m venv /x", "-mvenv"),
        ("python -Im ensurepip --upgrade", "-mensurepip"),
        ("python3 x.py -m venv", "python3"),
        ("python3 -c venv", "python3"),
        ("foo -m venv", "foo"),
    ],
)
def test_modules_that_python_runs(text: str, name: str) -> None:
    """The module follows an option with `m`, which follows other options at most."""
    assert program_name(text) == name


@pytest.mark.parametrize(
    ("text", "programs"),
    [
        ("foo -x", ("foo",)),
        ("cat a | foo - && bar > b; baz", ("cat", "foo", "bar", "baz")),
        ("LC_ALL=C foo", ("foo",)),
        ("nice -n 10 foo x", ("nice", "foo")),
        ("sudo env A=1 timeout 5s foo", ("sudo", "env", "timeout", "foo")),
        ("cd /x && python3 -m venv y", ("cd", "-mvenv")),
        ("echo 'a | foo'", ("echo",)),
        ("foo 'x", ("foo",)),
    ],
)
def test_the_programs_of_a_shell_command(text: str, programs: tuple[str, ...]) -> None:
    """Those of each part of a pipeline or list, behind variables and behind programs that run their arguments."""
    assert programs_of(text, shell=True) == programs  # noqa: S604 - nothing is run


def test_a_command_without_a_shell_has_one_program() -> None:
    """Its other words are arguments, whatever they look like."""
    assert programs_of("foo | bar", shell=False) == ("foo",)


@pytest.mark.parametrize(
    ("command", "rest"),
    [
        ("['sudo', '-n', 'foo', x]", "['foo', x]"),
        ("['env', 'A=1', *command]", "[*command]"),
        ("['sudo', '-n']", None),
        ("['foo', 'bar']", None),
        ("'sudo foo'", None),
    ],
)
def test_what_a_wrapper_runs(command: str, rest: str | None) -> None:
    """It is what follows the options of a program that runs its arguments."""
    found = wrapped(ast.parse(command, mode="eval").body)
    assert (found and ast.unparse(found)) == rest
