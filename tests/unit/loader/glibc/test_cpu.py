"""What the loader of this machine looks into because of its CPU."""

from __future__ import annotations

import re
import subprocess

import pytest

from builders.ld_so import release
from builders.loader import AMD64
from pip_sysdeps.loader.glibc.cpu import cpu_subfolders
from pip_sysdeps.loader.glibc.machines import MACHINES


@pytest.mark.toolchain
def test_this_machines_loader_agrees() -> None:
    """`ld.so --help` says which folders it searches."""
    told = subprocess.run([release().loader, "--help"], check=True, capture_output=True, text=True).stdout
    names = re.findall(r"^  (x86-64-v\d) \(supported, searched\)$", told, re.MULTILINE)
    assert cpu_subfolders(AMD64) == tuple(f"glibc-hwcaps/{name}" for name in names)


def test_programs_of_another_machine() -> None:
    """This CPU says nothing of them."""
    assert {cpu_subfolders(machine) for machine in MACHINES if machine != AMD64} == {()}
