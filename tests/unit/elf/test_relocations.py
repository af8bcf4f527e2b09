"""What relocations of built files refer to; the differential test holds it against real ones."""

from __future__ import annotations

import pytest

from builders.elf import Elf
from builders.elf_memory import in_memory
from pip_sysdeps.elf.relocations import required_symbols
from pip_sysdeps.errors import MalformedElf


@pytest.mark.parametrize("elf_class", [64, 32])
@pytest.mark.parametrize("little_endian", [True, False])
def test_bound_names(elf_class: int, *, little_endian: bool) -> None:
    """Only undefined symbols that a relocation refers to are returned."""
    elf = Elf(
        elf_class=elf_class,
        little_endian=little_endian,
        undefined=("unused", "called@A_1", "read"),
        defined=("own",),
        version_needs=(("liba.so.1", ("A_1",)),),
        bound=("called", "read", "own"),
    )
    assert required_symbols(*in_memory(elf.build())) == {"called", "read"}


def test_nothing_is_bound() -> None:
    """A file without relocations, and one without symbols."""
    assert required_symbols(*in_memory(Elf(undefined=("unused",)).build())) == frozenset()
    assert required_symbols(*in_memory(Elf(dynamic=False).build())) == frozenset()


@pytest.mark.parametrize(
    ("extra", "message"),
    [
        (((7, 0x7FFFFFFF), (8, 24)), "a table of relocations at address 0x7fffffff is in no segment of the file"),
        (((7, 64), (8, 1 << 40)), "more than 268435456 bytes of relocations"),
        (((23, 0), (2, 48)), None),
        (((23, 64), (2, 240)), "a symbol table exceeds the file"),
        (((23, 5), (2, 16)), "more than 1048576 dynamic symbols"),
    ],
)
def test_tables_that_lead_nowhere(extra: tuple[tuple[int, int], ...], message: str | None) -> None:
    """Tables outside the file are ignored, and so is an address of 0."""
    content = Elf(undefined=("a",), extra_dynamic=extra).build()
    if message is None:
        assert required_symbols(*in_memory(content)) == frozenset()
    else:
        with pytest.raises(MalformedElf) as caught:
            required_symbols(*in_memory(content))
        assert caught.value.reason == message
