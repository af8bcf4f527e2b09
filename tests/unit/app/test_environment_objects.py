"""Which ELF files of an environment its process can load."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from builders.elf import Elf
from builders.release import EXTENSION, make_release
from builders.root import write
from pip_sysdeps.app import environment_objects
from pip_sysdeps.app.environment_objects import read_environment_objects
from pip_sysdeps.app.place import Location, read_place
from pip_sysdeps.elf.read_objects import Objects
from pip_sysdeps.errors import SysdepsError

if TYPE_CHECKING:
    from pathlib import Path

    from pip_sysdeps.app.environment_objects import EnvironmentObjects

SITE = "opt/venv/lib/python3.11/site-packages"
ARM = 183


def read(root: Path) -> EnvironmentObjects:
    """Read the objects of the virtual environment of a release."""
    place = read_place(Location(root=str(root), python="/opt/venv"))
    return read_environment_objects(Objects(place.root), place)


def test_objects_that_the_process_cannot_load_are_set_apart(tmp_path: Path) -> None:
    """Those of another machine are foreign, and a broken file is skipped; each with the reason."""
    make_release(tmp_path)
    write(tmp_path / f"{SITE}/arm.so", Elf(machine=ARM).build())
    write(tmp_path / f"{SITE}/broken.so", Elf().build()[:80])
    found = read(tmp_path)
    assert [*found.usable] == [f"/{SITE}/{EXTENSION}"]
    assert {path: why.verdict.value for path, why in found.foreign_files.items()} == {
        f"/{SITE}/arm.so": "foreign-architecture"
    }
    assert sorted((each.path, each.verdict.value) for each in found.skipped) == [
        (f"/{SITE}/arm.so", "foreign-architecture"),
        (f"/{SITE}/broken.so", "malformed"),
    ]


def test_a_file_that_needs_an_impossible_glibc_is_skipped(tmp_path: Path) -> None:
    """A lock cannot record the version, and no glibc loads the file."""
    make_release(tmp_path)
    version = "GLIBC_99999.1"
    write(tmp_path / f"{SITE}/odd.so", Elf(needed=("libc.so.6",), version_needs=(("libc.so.6", (version,)),)).build())
    (skipped,) = read(tmp_path).skipped
    assert (skipped.path, skipped.reason) == (f"/{SITE}/odd.so", f"needs {version}, which no glibc has")


def test_too_many_symbol_versions_are_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """They are counted over all objects before they are compared."""
    make_release(tmp_path)
    monkeypatch.setattr(environment_objects, "_MAX_VERSIONS", 0)
    with pytest.raises(SysdepsError) as caught:
        read(tmp_path)
    assert str(caught.value).endswith("need 1 symbol versions, more than 0")
    assert caught.value.hint
