"""What a process loads, on small worlds; the rules themselves are in tests/loader_rules."""

from __future__ import annotations

import pytest

from builders.dlopen import open_and_keep
from builders.facts import elf
from builders.loader import config, lookup, rules
from pip_sysdeps.loader.glibc.rules import judge
from pip_sysdeps.loader.resolve import Memory, find, open_object, start
from pip_sysdeps.loader.rules import Candidate, Rejection, RejectionEffect
from pip_sysdeps.model.elf import ElfFile, OpenedFile
from pip_sysdeps.model.loader import Found, LoadedObject, NotFound, SearchStep, Tried

PYTHON = "/usr/bin/python3"
LOADER = "/lib64/ld-linux-x86-64.so.2"
LIBC = "/lib/x86_64-linux-gnu/libc.so.6"

BASE = {
    PYTHON: elf("libc.so.6", interpreter=LOADER),
    LOADER: elf(soname="ld-linux-x86-64.so.2"),
    LIBC: elf("ld-linux-x86-64.so.2", soname="libc.so.6"),
}
CACHE = {"libc.so.6": LIBC}
CANDIDATE = Candidate(SearchStep.DEFAULT, "/lib/libx.so")


def test_a_program_and_its_closure() -> None:
    """The program comes first; the dynamic loader is there already."""
    process = start(PYTHON, lookup(BASE), rules(CACHE))
    assert process.objects == (
        LoadedObject(path=PYTHON, needs=(Found(soname="libc.so.6", path=LIBC, step=SearchStep.CACHE),)),
        LoadedObject(path=LIBC, needs=(Found(soname="ld-linux-x86-64.so.2", path=LOADER, step=SearchStep.LOADED),)),
    )


def test_an_object_brings_only_what_is_new() -> None:
    """What the process has is not loaded again, and the process stays as it was."""
    world = BASE | {"/env/m.so": elf("libc.so.6", "libx.so.1"), "/usr/lib/libx.so.1": elf("libc.so.6")}
    process = start(PYTHON, lookup(world), rules(CACHE))
    before = process.objects
    libc = Found(soname="libc.so.6", path=LIBC, step=SearchStep.LOADED)
    libx = Found(soname="libx.so.1", path="/usr/lib/libx.so.1", step=SearchStep.DEFAULT)
    for _ in range(2):
        assert open_object(process, "/env/m.so", PYTHON, lookup(world), rules(CACHE)) == (
            LoadedObject(path="/env/m.so", needs=(libc, libx)),
            LoadedObject(path="/usr/lib/libx.so.1", needs=(libc,)),
        )
    assert process.objects == before


def test_objects_that_stay() -> None:
    """A kept object is found by its DT_SONAME by what is opened later."""
    world = BASE | {"/env/one.so": elf(soname="libone.so"), "/env/two.so": elf("libone.so")}
    process = start(PYTHON, lookup(world), rules(CACHE))
    open_and_keep(process, "/env/one.so", PYTHON, lookup(world), rules(CACHE))
    assert open_and_keep(process, "/env/two.so", PYTHON, lookup(world), rules(CACHE)) == (
        LoadedObject(
            path="/env/two.so", needs=(Found(soname="libone.so", path="/env/one.so", step=SearchStep.LOADED),)
        ),
    )
    assert open_object(process, "/env/two.so", PYTHON, lookup(world), rules(CACHE)) == ()


def test_a_failed_dlopen_leaves_nothing() -> None:
    """When a need is not found, nothing of it stays in the process."""
    world = BASE | {"/env/m.so": elf("libnone.so")}
    process = start(PYTHON, lookup(world), rules(CACHE))
    first = open_and_keep(process, "/env/m.so", PYTHON, lookup(world), rules(CACHE))
    assert first == open_and_keep(process, "/env/m.so", PYTHON, lookup(world), rules(CACHE)) != ()


def test_everything_considered() -> None:
    """A need that is not found lists every step, in order."""
    world = BASE | {"/env/m.so": elf("libx.so", rpath="/r", runpath="$ORIGIN/l:"), "/env/l/libx.so": elf(machine=183)}
    settings = rules(CACHE, library_path=("/ld", "rel"))
    process = start(PYTHON, lookup(world), settings)
    (loaded,) = open_object(process, "/env/m.so", PYTHON, lookup(world), settings)
    assert loaded.needs == (
        NotFound(
            soname="libx.so",
            tried=(
                Tried(step=SearchStep.RPATH, path="", reason="DT_RUNPATH is set", by="/env/m.so"),
                Tried(step=SearchStep.LD_LIBRARY_PATH, path="/ld/libx.so", reason="no such file"),
                Tried(step=SearchStep.LD_LIBRARY_PATH, path="rel", reason="relative to the current directory"),
                Tried(step=SearchStep.RUNPATH, path="/env/l/libx.so", reason="wrong machine", by="/env/m.so"),
                Tried(
                    step=SearchStep.RUNPATH, path="", reason="an empty element: the current directory", by="/env/m.so"
                ),
                Tried(step=SearchStep.CACHE, path="", reason="no entry"),
                Tried(step=SearchStep.DEFAULT, path="/lib/x86_64-linux-gnu/libx.so", reason="no such file"),
                Tried(step=SearchStep.DEFAULT, path="/usr/lib/x86_64-linux-gnu/libx.so", reason="no such file"),
                Tried(step=SearchStep.DEFAULT, path="/lib/libx.so", reason="no such file"),
                Tried(step=SearchStep.DEFAULT, path="/usr/lib/libx.so", reason="no such file"),
            ),
        ),
    )


def test_a_name_given_to_dlopen() -> None:
    """The caller's own DT_RUNPATH counts for the name, as for a need of its own."""
    world = BASE | {
        PYTHON: elf("libcaller.so", interpreter=LOADER, rpath="/app"),
        "/app/libcaller.so": elf(runpath="/app/more"),
        "/app/more/libx.so": elf(),
    }
    process = start(PYTHON, lookup(world), rules(CACHE))
    assert find(process, "libx.so", "/app/libcaller.so", lookup(world), rules(CACHE)) == Found(
        soname="libx.so", path="/app/more/libx.so", step=SearchStep.RUNPATH, by="/app/libcaller.so"
    )
    assert isinstance(find(process, "libx.so", PYTHON, lookup(world), rules(CACHE)), NotFound)


def test_no_program() -> None:
    """Without a known interpreter everything has yet to be loaded."""
    world = {**BASE, "/env/m.so": elf("libc.so.6")}
    process = start("", lookup(world), rules(CACHE))
    assert process.objects == ()
    assert [each.path for each in open_object(process, "/env/m.so", "", lookup(world), rules(CACHE))] == [
        "/env/m.so",
        LIBC,
    ]


def test_work_is_bounded() -> None:
    """A hostile object with many needs and a long search path is given up, each need with a reason."""
    rpath = ":".join(f"/{number}" for number in range(1000))
    world = BASE | {"/env/m.so": elf(*(f"lib{number}.so" for number in range(100)), rpath=rpath)}
    process = start(PYTHON, lookup(world), rules(CACHE))
    (loaded,) = open_object(process, "/env/m.so", PYTHON, lookup(world), rules(CACHE))
    failures = [answer for answer in loaded.needs if isinstance(answer, NotFound)]
    assert (len(failures), failures[0].fatal) == (100, "")
    assert failures[-1] == NotFound(soname="lib99.so", tried=(), fatal="more than 50000 paths to try")


def test_a_chain_without_end_is_bounded() -> None:
    """So is a chain of objects, each with a DT_RPATH, long before its thousandth."""
    chain = {f"/c/lib{number}.so": elf(f"lib{number + 1}.so", rpath="/c") for number in range(1000)}
    look = lookup(BASE | chain)
    process = start(PYTHON, look, rules(CACHE))
    objects = open_object(process, "/c/lib0.so", PYTHON, look, rules(CACHE))
    assert 200 < len(objects) < 1000
    assert isinstance(objects[-1].needs[0], NotFound)
    assert objects[-1].needs[0].fatal == "more than 50000 paths to try"


def test_a_token_without_a_value_in_a_needed_name() -> None:
    """The loader takes it for a failure, not for a name."""
    world = BASE | {"/env/m.so": elf("/opt/$PLATFORM/libx.so")}
    settings = rules(CACHE, platform="")
    process = start(PYTHON, lookup(world), settings)
    (loaded,) = open_object(process, "/env/m.so", PYTHON, lookup(world), settings)
    fatal = "empty dynamic string token substitution"
    assert loaded.needs == (NotFound(soname="/opt/$PLATFORM/libx.so", tried=(), fatal=fatal),)


@pytest.mark.parametrize(
    ("facts", "rejection"),
    [
        (elf(), None),
        (elf(elf_class=32, machine=3), Rejection("wrong ELF class", RejectionEffect.TRY_NEXT)),
        (elf(machine=183), Rejection("wrong machine", RejectionEffect.TRY_NEXT)),
        (elf(machine=183, os_abi=9), Rejection("wrong machine", RejectionEffect.TRY_NEXT)),
        (elf(machine=22, little_endian=False), Rejection("wrong machine", RejectionEffect.TRY_NEXT)),
        (elf(machine=62 << 8, little_endian=False), Rejection("ELF file data encoding not little-endian")),
        (elf(os_abi=9), Rejection("ELF file OS ABI invalid")),
        (elf(os_abi=3, abi_version=3), None),
        (elf(os_abi=3, abi_version=4), Rejection("ELF file ABI version invalid")),
        (elf(abi_version=1), Rejection("ELF file ABI version invalid")),
        (elf(type=1), Rejection("only ET_DYN and ET_EXEC can be loaded")),
        (elf(type=2), Rejection("cannot dynamically load executable")),
        (elf(dynamic=False), Rejection("object file has no dynamic section")),
        (elf(flags_1=0x08000000), Rejection("cannot dynamically load position-independent executable")),
    ],
)
def test_judge(facts: ElfFile, rejection: Rejection | None) -> None:
    """A foreign file is skipped, a bad one stops the search; the kinds are those of tests/loader_rules."""
    assert judge(OpenedFile(identity=(1, 1), elf=facts, fault=""), CANDIDATE, config()) == rejection


def test_judge_of_the_float_abi() -> None:
    """Where a machine has several ABIs, the header's flags must fit."""
    riscv = config(machine=243, header_flags=(0x6, 0x4))
    soft, double = (elf(machine=243, header_flags=flags) for flags in (0x1, 0x5))
    assert judge(OpenedFile(identity=(1, 1), elf=soft, fault=""), CANDIDATE, riscv) == Rejection(
        "wrong machine", RejectionEffect.TRY_NEXT
    )
    assert judge(OpenedFile(identity=(1, 1), elf=double, fault=""), CANDIDATE, riscv) is None


def test_what_all_objects_search_is_bounded() -> None:
    """Objects that differ by their paths alone share one bound on the paths that are tried."""
    needed = tuple(f"l{number}" for number in range(1000))
    hostile = elf(*needed)._replace(runpath=":".join(f"/n/{number}" for number in range(500)))
    world = BASE | {f"/env/{number}.so": hostile for number in range(10)}
    look, tried = lookup(world), 0

    def counting(path: str) -> OpenedFile | None:
        nonlocal tried
        tried += 1
        return look(path)

    memory = Memory()
    process = start(PYTHON, counting, rules(CACHE), memory)
    for number in range(10):
        (loaded,) = open_object(process, f"/env/{number}.so", PYTHON, counting, rules(CACHE), memory)
        assert len(loaded.needs) == 1000
    assert tried < 110_000
    assert isinstance(loaded.needs[-1], NotFound)
    assert loaded.needs[-1].fatal == "more than 100000 paths to try for the whole environment"


def test_an_answer_lists_so_many_paths() -> None:
    """The paths that one answer has tried are kept up to a bound."""
    hostile = elf("l")._replace(rpath=":".join(f"/n/{number}" for number in range(999)))
    world = BASE | {"/env/m.so": hostile}
    process = start(PYTHON, lookup(world), rules(CACHE, subfolders=("a", "b")))
    (loaded,) = open_object(process, "/env/m.so", PYTHON, lookup(world), rules(CACHE, subfolders=("a", "b")))
    assert isinstance(loaded.needs[0], NotFound)
    assert len(loaded.needs[0].tried) == 1000
