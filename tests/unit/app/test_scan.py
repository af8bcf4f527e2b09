"""Scans of one environment under several conditions."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from builders.release import make_release
from builders.root import write
from builders.watch import Watch
from pip_sysdeps.app.place import Location, read_place
from pip_sysdeps.app.scan import Scanner
from pip_sysdeps.environment.site_files import parse_scripts
from pip_sysdeps.loader.conditions import Conditions

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    "conditions", [Conditions(), Conditions(current_cache=True), Conditions(library_path=("/opt",))]
)
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


def test_a_shared_entry_points_file_is_parsed_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Hard links make one file that of many distributions; a second file of the same content counts for itself."""
    make_release(tmp_path)
    site = tmp_path / "opt/venv/lib/python3.11/site-packages"
    parsed: list[bytes] = []

    def counting(content: bytes) -> dict[str, str]:
        parsed.append(content)
        return parse_scripts(content)

    monkeypatch.setattr("pip_sysdeps.app.system.parse_scripts", counting)
    scripts = "[console_scripts]\nq = a:b\n"
    write(site / "psycopg2-2.9.13.dist-info/METADATA", "Name: psycopg2\nVersion: 2.9.13\nRequires-External: q0\n")
    for name in "abc":
        write(site / f"{name}-1.dist-info/METADATA", f"Name: {name}\nVersion: 1\n")
    for name in "ac":
        write(site / f"{name}-1.dist-info/entry_points.txt", scripts)
    os.link(site / "a-1.dist-info/entry_points.txt", site / "b-1.dist-info/entry_points.txt")
    Scanner(read_place(Location(root=str(tmp_path), python="/opt/venv"))).scan()
    assert parsed == [scripts.encode()] * 2
