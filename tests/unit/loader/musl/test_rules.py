"""What a process loads under musl, where no judge can be asked: other machines, odd names, bounds."""

from __future__ import annotations

from typing import Any

from builders.loader import lookup
from pip_sysdeps.loader.musl.config import MuslConfig
from pip_sysdeps.loader.musl.rules import Musl
from pip_sysdeps.loader.resolve import Memory, find, open_object, start
from pip_sysdeps.model.elf import ElfFile
from pip_sysdeps.model.loader import Found, NotFound, SearchStep, Tried

RULES = Musl(
    MuslConfig(
        elf_class=64, little_endian=True, machine=62, interpreter="/lib/ld-musl-x86_64.so.1", is_libc=lambda _: False
    )
)


def elf(*needed: str, **fields: Any) -> ElfFile:  # noqa: ANN401 - any field
    """Return an x86-64 shared object."""
    header = {"elf_class": 64, "little_endian": True, "os_abi": 0, "abi_version": 0, "type": 3, "machine": 62}
    return ElfFile(**{**header, "header_flags": 0, "dynamic": True, **fields}, needed=needed)


def test_an_object_of_another_machine_ends_the_search() -> None:
    """The loader maps it without a look at `e_machine`; the process could not use it."""
    world = {"/app": elf("libx.so"), "/lib/libx.so": elf(machine=183), "/usr/lib/libx.so": elf()}
    process = start("/app", lookup(world), RULES)
    tried = (Tried(step=SearchStep.DEFAULT, path="/lib/libx.so", reason="wrong machine"),)
    assert process.objects[0].needs == (NotFound(soname="libx.so", tried=tried, fatal="wrong machine"),)


def test_an_empty_name_is_not_found() -> None:
    """The loader refuses it without a search."""
    process = start("/app", lookup({"/app": elf("")}), RULES)
    assert process.objects[0].needs == (NotFound(soname="", tried=(), fatal="an empty name"),)


def test_a_lock_does_not_depend_on_the_current_directory() -> None:
    """Without one, relative elements and needs are skipped, and the search continues."""
    world = {"/app": elf("libx.so", "a/liby.so", rpath="rel"), "/lib/libx.so": elf()}
    process = start("/app", lookup(world), RULES)
    reason = "relative to the current directory"
    assert process.objects[0].needs == (
        Found(soname="libx.so", path="/lib/libx.so", step=SearchStep.DEFAULT),
        NotFound(soname="a/liby.so", tried=(Tried(step=SearchStep.DIRECT, path="a/liby.so", reason=reason),)),
    )


def test_nothing_runs() -> None:
    """Without a program everything has yet to be loaded."""
    process = start("", lookup({"/lib/libx.so": elf()}), RULES)
    assert process.objects == ()
    assert find(process, "libx.so", "", lookup({"/lib/libx.so": elf()}), RULES) == Found(
        soname="libx.so", path="/lib/libx.so", step=SearchStep.DEFAULT
    )


def test_opening_an_object_leaves_the_process_as_it_was() -> None:
    """Each object is asked about in a process of its own, with a memory of searches or without."""
    world = {"/app": elf(), "/m.so": elf("libx.so", rpath="/a"), "/n.so": elf("libx.so"), "/a/libx.so": elf()}
    memory = Memory()
    process = start("/app", lookup(world), RULES, memory)
    first = open_object(process, "/m.so", "", lookup(world), RULES, memory)
    second = open_object(process, "/n.so", "", lookup(world), RULES, memory)
    assert [each.path for each in first] == ["/m.so", "/a/libx.so"]
    assert [type(answer) for each in second for answer in each.needs] == [NotFound]


def test_a_long_chain_is_bounded() -> None:
    """A hostile chain of objects with a path each takes no more than a bounded number of tries."""
    count = 400
    world = {f"/d{at}/lib{at}x.so": elf(f"lib{at + 1}x.so", rpath=f"/d{at + 1}") for at in range(count)}
    objects = open_object(start("", lookup(world), RULES), "/d0/lib0x.so", "", lookup(world), RULES)
    assert len(objects) < count
    last = objects[-1].needs[0]
    assert isinstance(last, NotFound)
    assert last.fatal == "more than 50000 paths to try"
