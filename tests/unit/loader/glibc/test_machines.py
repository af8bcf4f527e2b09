"""What differs from machine to machine."""

from __future__ import annotations

import re
import subprocess

import pytest

from builders.facts import elf
from builders.ld_so import release
from pip_sysdeps.loader.glibc.machines import MACHINES, Machine, machine_of

AMD64 = {"interpreter": "/lib64/ld-linux-x86-64.so.2"}


@pytest.mark.parametrize("machine", MACHINES, ids=lambda machine: machine.triplet)
def test_each_machine_is_told_from_the_others(machine: Machine) -> None:
    """A program's header and its dynamic loader's name lead to the machine."""
    program = elf(
        elf_class=machine.elf_class,
        little_endian=machine.little_endian,
        machine=machine.machine,
        interpreter=f"/lib/{machine.loader}",
    )
    if machine.triplet != "mips64el-linux-gnuabi64":
        assert machine_of(program) is machine
    else:
        assert machine_of(program).triplet == machine.triplet


def test_a_program_with_a_loader_of_its_own() -> None:
    """A dynamic loader under another name is still that of the machine."""
    assert machine_of(elf(interpreter="/nix/store/x/ld.so")).triplet == "x86_64-linux-gnu"


def test_an_unknown_machine() -> None:
    """A machine that Debian does not have gets the directories that every glibc has."""
    unknown = machine_of(elf(machine=9999))
    assert (unknown.lib, unknown.default_directories) == ("lib", ("/lib", "/usr/lib"))


@pytest.mark.toolchain
def test_the_default_directories_of_this_machine() -> None:
    """They are those that the loader itself names, in its order."""
    output = subprocess.run([release().loader, "--help"], capture_output=True, text=True, check=True).stdout
    listed = re.findall(r"^  (\S+) \(system search path\)$", output, re.MULTILINE)
    assert list(machine_of(elf(**AMD64)).default_directories) == listed
