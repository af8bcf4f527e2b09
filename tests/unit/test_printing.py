"""Text from untrusted files, as a terminal and the log of a CI system get it."""

from __future__ import annotations

import json
import re

import pytest

from pip_sysdeps.printing import json_without_log_commands, safe_lines, without_log_commands


def github_reads(line: str) -> bool:
    """Judge as GitHub's runner does. Source: actions/runner, `ActionCommand.cs`, `TryParseV2` and `TryParse`."""
    begun = line.lstrip()
    newer = begun.startswith("::") and "::" in begun[2:]
    start = line.find("##[")
    return newer or (start >= 0 and "]" in line[start:])


def azure_reads(line: str) -> bool:
    """Judge as Azure's agent does. Source: microsoft/azure-pipelines-agent, `Command.cs`, and its log formatting."""
    return bool(re.search(r"##(vso)?\[.*\]", line, re.IGNORECASE))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("::error file=a::b", r"\x3a:error file=a::b"),
        ("a\n  ::warning::b\n", "a\n  \\x3a:warning::b\n"),
        ("\u00a0::debug::b", "\u00a0\\x3a:debug::b"),
        ("\x1b[36m::debug::b", "\x1b[36m\\x3a:debug::b"),
        ("a ##[error]b", r"a #\x23[error]b"),
        ("a ###[error]b", r"a ##\x23[error]b"),
        ("##vso[task.setvariable variable=a]b", r"#\x23vso[task.setvariable variable=a]b"),
        ("##teamcity[buildStatus text='a']", r"#\x23teamcity[buildStatus text='a']"),
        ("a :: b, std::vector, ## [a]", "a :: b, std::vector, ## [a]"),
    ],
)
def test_log_commands_are_broken(text: str, shown: str) -> None:
    """Commands of GitHub, Azure Pipelines and TeamCity are escaped; other text is unchanged."""
    assert without_log_commands(text) == shown
    assert not any(github_reads(line) or azure_reads(line) for line in shown.splitlines())


def test_a_json_document_means_the_same() -> None:
    """The sign is written as JSON may have it."""
    document = {"name": "##[error]a", "\\##vso[": ["::a::"]}
    text = json_without_log_commands(json.dumps(document, indent=2))
    assert json.loads(text) == document
    assert not any(github_reads(line) or azure_reads(line) for line in text.splitlines())


@pytest.mark.parametrize(
    ("colour", "shown"), [(False, "\\x1b[31ma\\x1b[0m\\x1b]0;t\\x07\nb"), (True, "\x1b[31ma\x1b[0m\\x1b]0;t\\x07\nb")]
)
def test_control_sequences_are_escaped(colour: bool, shown: str) -> None:
    """Colours pass where they are wanted, no other sequence does."""
    assert safe_lines("\x1b[31ma\x1b[0m\x1b]0;t\x07\nb", colour=colour) == shown
