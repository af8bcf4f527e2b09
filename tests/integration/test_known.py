"""The knowledge file, entry by entry, against the real distributions: what an entry says can be seen in them."""

from __future__ import annotations

import fnmatch
import subprocess
import sys
import zipfile
from typing import TYPE_CHECKING

import pytest

from pip_sysdeps.host.index import open_index
from pip_sysdeps.host.known import known
from pip_sysdeps.model import ReferenceKind

if TYPE_CHECKING:
    from pathlib import Path

    from pip_sysdeps.naming.knowledge import Known

ENTRIES = [entry for entries in known().values() for entry in entries if entry.names]
SHORT = ("pysaml2", "python-vlc")
"""Those whose evidence CI looks at."""


@pytest.mark.network
@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=() if name in SHORT else [pytest.mark.exhaustive]) for name in sorted(known())]
)
def test_the_evidence_is_there(name: str, tmp_path: Path) -> None:
    """Each entry's file of the distribution, as the index has it now, has the text that the entry cites."""
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(tmp_path), name]
    subprocess.run(command, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as files:
        for entry in known()[name]:
            pattern, _, text = entry.evidence.partition(": ")
            matching = fnmatch.filter(files.namelist(), pattern)
            assert any(text in files.read(file).decode("utf-8", "replace") for file in matching), entry.evidence


@pytest.mark.parametrize("target", ["debian-bookworm-amd64", "debian-trixie-amd64", "debian-trixie-arm64"])
@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: f"{entry.distribution}-{entry.names[0]}")
def test_a_release_has_it(entry: Known, target: str) -> None:
    """Some alternative of each library and program has a package in each release, but for what a release dropped."""
    index = open_index(target)
    assert index is not None
    ask = index.package_of_program if entry.kind is ReferenceKind.PROGRAM else index.package_of
    dropped = {("debian-trixie-amd64", "pdfkit"), ("debian-trixie-amd64", "imgkit")}
    dropped |= {("debian-trixie-arm64", "pdfkit"), ("debian-trixie-arm64", "imgkit")}
    if entry.kind is not ReferenceKind.FILE and (target, entry.distribution) not in dropped:
        assert any(map(ask, entry.names))
