"""Small hostile inputs cost little: a few shapes of `fuzz/bombs.py`, with generous limits."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from builders.bombs import measured, run_in_fork

if TYPE_CHECKING:
    from pathlib import Path

    from builders.bombs import Cost

SECONDS, MEMORY = 15.0, 400 << 20
"""Far less than each of these took before there were bounds, on a machine that has other things to do."""


QUICK = (
    "lock-dotted-quoted",
    "project-fifo",
    "ld-so-conf-links",
    "needed-by-runpath",
    "status-provides",
    "runpath-deep",
    "runpath-origins",
    "metadata-hard-links",
    "list-hard-links",
    "sparse-list",
    "rpm-sparse",
    "rpm-provides",
    "rpm-same-folders",
    "apk-requires",
    "sparse-claimed",
    "sdist-pax",
    "wheel-tags",
    "wheels-fifo",
    "wheels-record",
    "wheels-record-quotes",
    "index-fifo",
    "sources-handed-on",
    "sources-long-name",
    "sources-parts",
    "sources-utf-7",
    "sources-assigned-line",
    "sources-import-line",
    "sources-import-words",
    "sources-conditions",
)
"""Shapes that are tried with one command."""
LONG = (
    "locks-distributions",
    "locks-packages",
    "locks-unresolved",
    "objects-hard-links",
    "requires-chain",
    "requires-cycles",
    "status-depends",
    "record-linked",
    "editable-shared",
    "pyproject-shared",
    "rpm-requires",
    "metadata-extras",
    "sdist-members",
    "sdist-copies",
    "wheels-elf-bomb",
    "record-hard-links",
    "needed-copies",
    "needed-few-names",
    "missing-of-many-shared",
    "found-of-many",
    "unowned-rows",
    "unowned-chain",
    "runpath-folders",
    "wheels-members",
    "apt-list-bomb",
    "sbom-hard-links",
    "sources-functions",
    "sources-circle",
    "sources-bases",
    "sources-fields",
    "sources-braces",
    "sources-fields-of-string",
    "sources-none",
    "sources-set-often",
    "sources-exits",
    "sources-choices",
    "sources-long-string",
    "sources-annotated-line",
    "sources-wanted",
    "sources-open-imports",
    "sources-inner-imports",
    "sources-in-function",
    "sources-parts-of-line",
    "sources-words",
    "sources-of-files",
    "sources-uses",
)
"""Shapes that take longer, even where they are refused."""


def hold(command: str, cost: Cost) -> None:
    """Check that a command ended with a status of its own, within bounds of time and memory."""
    assert cost.status in {0, 1, 2}, (command, cost)
    assert "Traceback" not in cost.errors
    assert cost.seconds < SECONDS, command
    assert cost.memory < MEMORY, command


@pytest.mark.parametrize("shape", QUICK)
def test_a_small_input_is_cheap(tmp_path: Path, shape: str) -> None:
    """The first command that reads it stays within the limits."""
    hold(*next(measured(tmp_path, [shape], SECONDS, run_in_fork)))


@pytest.mark.slow
@pytest.mark.parametrize("shape", [*QUICK, *LONG])
def test_each_command_is_cheap(tmp_path: Path, shape: str) -> None:
    """Every command that reads it stays within the limits."""
    for command, cost in measured(tmp_path, [shape], limit=SECONDS):
        hold(command, cost)


@pytest.mark.parametrize(
    ("shape", "error"),
    [
        ("record-hard-links", "d10-1.dist-info/RECORD` is shared by several distributions through links"),
        ("needed-copies", "` and others need more than 10000 libraries that do not exist"),
        ("needed-few-names", "the objects of `/opt/venv` have 5500 needs, more than 5000"),
        ("missing-names", "` and others need more than 3000 libraries that do not exist"),
        ("unowned-of-many", "` and others load libraries with more than 500000 needs"),
        ("many-versions", "the objects of `/opt/venv` need 240000 symbol versions, more than 200000"),
    ],
)
def test_exceeding_a_limit_is_an_error(tmp_path: Path, shape: str, error: str) -> None:
    """Input beyond the limits is one error that says where."""
    command, cost = next(measured(tmp_path, [shape], SECONDS, run_in_fork))
    hold(command, cost)
    assert error in cost.errors
    assert len(cost.errors.splitlines()) == 2
