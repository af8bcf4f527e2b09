"""Which C library a program is for."""

from __future__ import annotations

import pytest

from builders.facts import elf
from pip_sysdeps.errors import SysdepsError
from pip_sysdeps.loader.glibc.machines import MACHINES
from pip_sysdeps.loader.registry import c_library_of, program_of


@pytest.mark.parametrize(
    ("interpreter", "name"),
    [
        *((f"/lib/{machine.loader}", "glibc") for machine in MACHINES),
        ("/nix/store/x-glibc-2.40/lib/ld-linux-x86-64.so.2", "glibc"),
        ("/lib64/ld-2.31.so", "glibc"),
        ("/lib/ld-musl-x86_64.so.1", "musl"),
        ("/opt/musl/lib/ld-musl-armhf.so.1", "musl"),
    ],
)
def test_the_loader_of_a_program(interpreter: str, name: str) -> None:
    """PT_INTERP decides, wherever it lies and whatever else the root has."""
    assert c_library_of(elf(interpreter=interpreter)).name == name


@pytest.mark.parametrize(
    ("needed", "name"), [("libc.so.6", "glibc"), ("libc.musl-x86_64.so.1", "musl"), ("libm.so.6", "glibc")]
)
def test_a_library(needed: str, name: str) -> None:
    """An object without PT_INTERP says by its needs what it is linked to; else it counts as one of glibc."""
    assert c_library_of(elf(needed)).name == name


@pytest.mark.parametrize("interpreter", ["/lib/ld-uClibc.so.0", "/system/bin/linker64", "/libexec/ld-elf.so.1"])
def test_a_loader_without_rules(interpreter: str) -> None:
    """It is refused: an answer by another loader's rules would be wrong."""
    with pytest.raises(SysdepsError) as caught:
        c_library_of(elf(interpreter=interpreter))
    assert str(caught.value) == f"unsupported C library: the dynamic loader of this Python is `{interpreter}`"
    assert caught.value.hint == "supported are glibc and musl; use --target to lock for one of their systems"


@pytest.mark.parametrize(
    ("loader", "libc"), [("ld-linux-aarch64.so.1", "glibc"), ("ld64.so.1", "glibc"), ("ld-musl-s390x.so.1", "musl")]
)
def test_a_program_by_its_loader(loader: str, libc: str) -> None:
    """What stands for a program has the header of the machine that the loader is for."""
    program = program_of(loader)
    assert program is not None
    assert c_library_of(program).name == libc


def test_no_program_by_an_unknown_loader() -> None:
    """An unknown loader's name gives None."""
    assert program_of("ld-uClibc.so.0") is None
