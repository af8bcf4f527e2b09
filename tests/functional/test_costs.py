"""Small hostile inputs cost little: a few shapes of `fuzz/bombs.py`, with generous limits."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from builders.bombs import measured

if TYPE_CHECKING:
    from pathlib import Path

SECONDS, MEMORY = 15.0, 400 << 20
"""Far less than each of these took before there were bounds, on a machine that has other things to do."""


@pytest.mark.parametrize(
    "shape",
    [
        "lock-dotted-quoted",
        pytest.param("locks-distributions", marks=pytest.mark.slow),
        pytest.param("locks-packages", marks=pytest.mark.slow),
        pytest.param("locks-unresolved", marks=pytest.mark.slow),
        "project-fifo",
        "ld-so-conf-links",
        "needed-by-runpath",
        "needed-copies",
        "needed-few-names",
        pytest.param("objects-hard-links", marks=pytest.mark.slow),
        pytest.param("requires-chain", marks=pytest.mark.slow),
        pytest.param("requires-cycles", marks=pytest.mark.slow),
        "status-provides",
        pytest.param("status-depends", marks=pytest.mark.slow),
        pytest.param("record-linked", marks=pytest.mark.slow),
        "record-hard-links",
        "metadata-hard-links",
        "list-hard-links",
        "sbom-hard-links",
        "sparse-list",
        "rpm-sparse",
        pytest.param("editable-shared", marks=pytest.mark.slow),
        pytest.param("pyproject-shared", marks=pytest.mark.slow),
        "rpm-provides",
        "rpm-same-folders",
        pytest.param("rpm-requires", marks=pytest.mark.slow),
        "apk-requires",
        "sparse-claimed",
        pytest.param("metadata-extras", marks=pytest.mark.slow),
        pytest.param("sdist-members", marks=pytest.mark.slow),
        "sdist-pax",
        pytest.param("sdist-copies", marks=pytest.mark.slow),
        "wheel-tags",
        "wheels-fifo",
        "wheels-record",
        "wheels-record-quotes",
        pytest.param("wheels-elf-bomb", marks=pytest.mark.slow),
        "index-fifo",
    ],
)
def test_a_small_input_is_cheap(tmp_path: Path, shape: str) -> None:
    """Each command ends with a status of its own, within bounds of time and memory."""
    for command, cost in measured(tmp_path, [shape], limit=SECONDS):
        assert cost.status in {0, 1, 2}, (command, cost)
        assert "Traceback" not in cost.errors
        assert cost.seconds < SECONDS, command
        assert cost.memory < MEMORY, command


@pytest.mark.parametrize(
    ("shape", "error"),
    [
        ("record-hard-links", "d10-1.dist-info/RECORD` is one file with the metadata of other distributions"),
        ("needed-copies", "` and others need more than 10000 libraries that are not there"),
        ("needed-few-names", "the objects of `/opt/venv` have 45000 needs, more than 25000"),
        ("many-versions", "the objects of `/opt/venv` need 240000 symbol versions, more than 200000"),
    ],
)
def test_a_bound_is_told(tmp_path: Path, shape: str, error: str) -> None:
    """What no real environment has is one error that says where."""
    _, cost = next(measured(tmp_path, [shape], limit=SECONDS))
    assert error in cost.errors
    assert len(cost.errors.splitlines()) == 2
