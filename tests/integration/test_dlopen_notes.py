"""Compare `.note.dlopen` of real files (systemd on Debian 13) with pyelftools, and test the offered packages."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from builders.debian import debian_root
from builders.named import overlay
from builders.venv import install
from pip_sysdeps.elf.notes import DlopenNote, dlopen_notes
from pip_sysdeps.lock.text import loads

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from pip_sysdeps.lock.document import LockedNeed

pytestmark = pytest.mark.debian

LIBRARIES = {"": "libsystemd.so.0", "libsystemd-shared": "systemd/libsystemd-shared-257.so"}
"""By the package that a release root lacks."""


def judged(path: Path) -> Iterator[DlopenNote]:
    """Yield the features that pyelftools finds in the section, with the defaults of the specification."""
    elffile: Any = pytest.importorskip("elftools.elf.elffile", reason="install pyelftools")
    with path.open("rb") as file:
        for note in elffile.ELFFile(file).get_section_by_name(".note.dlopen").iter_notes():
            assert note["n_name"] == "FDO"
            for row in json.loads(note["n_descdata"].rstrip(b"\0")):
                yield DlopenNote(
                    sonames=tuple(row["soname"]),
                    feature=row.get("feature", ""),
                    description=row.get("description", ""),
                    priority=row.get("priority", "recommended"),
                )


@pytest.mark.parametrize(
    "package", ["", pytest.param("libsystemd-shared", marks=[pytest.mark.network, pytest.mark.exhaustive])]
)
def test_what_systemd_says(package: str) -> None:
    """Every note of the file is found; for a distribution with a copy of it, the libraries' packages are offered."""
    with overlay(debian_root("trixie", "release", [package] if package else [])) as root:
        path = root / "usr/lib/x86_64-linux-gnu" / LIBRARIES[package]
        descriptor = os.open(path, os.O_RDONLY)
        found = dlopen_notes(partial(os.pread, descriptor), path.stat().st_size)
        os.close(descriptor)
        assert found == tuple(judged(path))
        assert len(found) >= 4
        opened, every = needed(root, path)
        assert opened <= {name for note in found for name in note.sonames}
        assert all(every.intersection(note.sonames) for note in found), "of each the release has one at least"


def needed(root: Path, library: Path) -> tuple[set[str], set[str]]:
    """Lock a distribution that brings a copy of the library; return the names that its notes gave, and all names.

    A name that a package of every image answers stands in the lock without what gave it.
    """
    install(root / "opt/env", "journal", files={"journal/_journal.abi3.so": library.read_bytes()})
    lock = root / "sysdeps.lock"
    command = [sys.executable, "-m", "pip_sysdeps", "lock", "--root", str(root), "--path", "/opt/env", "-o", str(lock)]
    subprocess.run(command, check=True, capture_output=True)
    (target,) = loads(lock.read_text(encoding="utf-8")).target
    every = [need for _, need in target.needs()]
    opened = [need for need in every if need.confidence]
    assert all(need.package and need.when == "dlopen" for need in opened)
    return _names(opened), _names(every)


def _names(needs: Iterable[LockedNeed]) -> set[str]:
    return {name for need in needs for name in (need.soname, *need.any_of) if name}
