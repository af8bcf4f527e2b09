"""Scans of one environment under several conditions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from builders.release import make_release
from builders.root import write
from builders.watch import Watch
from pip_sysdeps.app.place import Location, read_place
from pip_sysdeps.app.scan import Scanner
from pip_sysdeps.loader.conditions import Conditions

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("conditions", [Conditions(), Conditions(cache_as_is=True), Conditions(library_path=("/opt",))])
def test_a_second_scan_reads_no_file_of_the_environment(tmp_path: Path, conditions: Conditions) -> None:
    """Neither objects nor sources nor metadata are opened again."""
    environment = make_release(tmp_path)
    write(tmp_path / "opt/venv/lib/python3.11/site-packages/psycopg2/__init__.py", "import ctypes\n")
    scanner = Scanner(read_place(Location(root=str(tmp_path), python="/opt/venv")))
    first = scanner.scan()
    watch = Watch(environment)
    second = scanner.scan(conditions, floors=False)
    opened = [path for path in watch.opened() if path.endswith((".py", ".so"))]
    watch.close()
    assert (opened, second.objects) == ([], first.objects)
