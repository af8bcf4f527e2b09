"""What differs from machine to machine."""

from __future__ import annotations

import pytest

from builders.facts import elf
from builders.loader import AMD64
from pip_sysdeps.loader.glibc.machines import MACHINES, Machine, machine_of


@pytest.mark.parametrize("machine", MACHINES, ids=lambda machine: f"{machine.loader}-{machine.machine}")
def test_each_machine_is_told_from_the_others(machine: Machine) -> None:
    """A program's header and its dynamic loader's name lead to the machine."""
    program = elf(
        elf_class=machine.elf_class,
        little_endian=machine.little_endian,
        machine=machine.machine,
        interpreter=f"/lib/{machine.loader}",
    )
    assert machine_of(program) is machine


def test_a_program_with_a_loader_of_its_own() -> None:
    """A dynamic loader under another name is still that of the machine."""
    assert machine_of(elf(interpreter="/nix/store/x/ld.so")) is AMD64


def test_an_unknown_machine() -> None:
    """A machine that is not in the table has the flags of every glibc."""
    unknown = machine_of(elf(machine=9999))
    assert (unknown.cache_flags, unknown.platform, unknown.header_flags) == ((3, 1), "", (0, 0))
