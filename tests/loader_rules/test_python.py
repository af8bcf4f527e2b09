"""What Python loads: our answers held against /proc/self/maps of real interpreters that import and call dlopen."""

from __future__ import annotations

import os
import subprocess
import sysconfig
from pathlib import Path
from typing import Any

import pytest

from builders.graphs import below, graph
from builders.interpreters import interpreters
from builders.python_process import Outcome, Program, check
from builders.root import write
from builders.world import materialize, written

pytestmark = pytest.mark.toolchain


def module(path: Path, **fields: Any) -> str:  # noqa: ANN401 - any field of a specification
    """Write an extension module, or with `soname` any library, and return its path."""
    write(path, written({"defined": [f"PyInit_{path.name.partition('.')[0]}"], **fields}))
    return str(path)


def test_a_module_with_a_search_path(program: Program, tmp_path: Path) -> None:
    """A vendored library without one of its own is served by a DT_RPATH above it, not by a DT_RUNPATH."""
    for tag in "rpath", "runpath":
        libs = tmp_path / f"x.{tag}.libs"
        module(libs / f"liba_{tag}.so", needed=[f"libb_{tag}.so"], soname=f"liba_{tag}.so")
        module(libs / f"libb_{tag}.so")
        module(tmp_path / f"m_{tag}.so", needed=[f"liba_{tag}.so"], **{tag: f"$ORIGIN/x.{tag}.libs"})
    good, bad = check(program, f"import:{tmp_path}/m_rpath.so", f"import:{tmp_path}/m_runpath.so")
    assert {Path(path).name for path in good.new} == {"m_rpath.so", "liba_rpath.so", "libb_rpath.so"}
    assert bad.error.startswith("libb_runpath.so: cannot open")


def test_the_search_path_of_the_program(program: Program, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    """Its DT_RPATH serves modules and what they load; its DT_RUNPATH serves neither."""
    module(tmp_path / "by-program/liba.so", needed=["libb.so"])
    module(tmp_path / "by-program/libb.so")
    (outcome,) = check(program, "import:" + module(tmp_path / "m.so", needed=["liba.so"]))
    assert (outcome.error == "") == (request.node.callspec.params["program"] == "DT_RPATH")


def test_a_module_with_runpath_below_the_program(program: Program, tmp_path: Path) -> None:
    """A DT_RUNPATH of the module switches the program's DT_RPATH off for its needs."""
    module(tmp_path / "by-program/liba.so")
    (outcome,) = check(program, "import:" + module(tmp_path / "m.so", needed=["liba.so"], runpath="/nowhere"))
    assert outcome.error.startswith("liba.so: cannot open")


def test_a_name_for_ctypes(program: Program, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    """A name given to ctypes.CDLL is searched for `_ctypes`: of the program only a DT_RPATH counts.

    And that does not, where `_ctypes` has a DT_RUNPATH of its own, as pyenv's.
    """
    module(tmp_path / "by-program/libnamed.so")
    outcome, system = check(program, "dlopen:libnamed.so", "dlopen:libc.so.6")
    assert outcome.error or request.node.callspec.params["program"] == "DT_RPATH"
    assert system == Outcome("", frozenset())


def test_what_was_imported_first(program: Program, tmp_path: Path) -> None:
    """A library of another distribution serves by its DT_SONAME, if that was imported first."""
    other = module(tmp_path / "other/o.so", needed=["libvendored-1a2b.so"], rpath="$ORIGIN")
    module(tmp_path / "other/libvendored-1a2b.so", soname="libshared.so.1")
    needs = module(tmp_path / "m.so", needed=["libshared.so.1"])
    before, *_ = check(program, f"import:{needs}")
    assert before.error.startswith("libshared.so.1: cannot open")
    assert [outcome.error for outcome in check(program, f"import:{other}", f"import:{needs}")] == ["", ""]


def test_what_was_preloaded(program: Program, tmp_path: Path) -> None:
    """So does one that ctypes.CDLL has loaded, with RTLD_GLOBAL or without."""
    first = module(tmp_path / "nvidia/libone.so.12", soname="libone.so.12")
    second = module(tmp_path / "nvidia/libtwo.so.12", soname="libtwo.so.12", needed=["libone.so.12"])
    needs = module(tmp_path / "m.so", needed=["libtwo.so.12", "libone.so.12"])
    outcomes = check(program, f"global:{first}", f"dlopen:{second}", f"import:{needs}")
    assert [len(outcome.new) for outcome in outcomes] == [1, 1, 1]


def test_a_failed_import_leaves_nothing(program: Program, tmp_path: Path) -> None:
    """What a failed import had loaded on its way does not serve the next one."""
    module(tmp_path / "libs/libgood.so")
    broken = module(tmp_path / "a.so", needed=["libgood.so", "libnone.so"], rpath="$ORIGIN/libs")
    needs = module(tmp_path / "b.so", needed=["libgood.so"])
    first, second = check(program, f"import:{broken}", f"import:{needs}")
    assert first.error.startswith("libnone.so: ")
    assert second.error.startswith("libgood.so: ")


def test_one_file_by_two_names(program: Program, tmp_path: Path) -> None:
    """A link to a loaded library is that library."""
    module(tmp_path / "libs/libx.so.1")
    (tmp_path / "libs/libx.so").symlink_to("libx.so.1")
    first = module(tmp_path / "a.so", needed=["libx.so.1"], runpath="$ORIGIN/libs")
    second = module(tmp_path / "b.so", needed=["libx.so"], runpath="$ORIGIN/libs")
    outcomes = check(program, f"import:{first}", f"import:{second}")
    assert [len(outcome.new) for outcome in outcomes] == [2, 1]


def test_a_module_through_a_link(program: Program, tmp_path: Path) -> None:
    """$ORIGIN of a module that is imported through a link is the folder of the link."""
    module(tmp_path / "real/m.so", needed=["libx.so"], runpath="$ORIGIN/libs")
    module(tmp_path / "venv/libs/libx.so")
    (tmp_path / "venv/m.so").symlink_to("../real/m.so")
    linked, direct = check(program, f"import:{tmp_path}/venv/m.so", f"import:{tmp_path}/real/m.so")
    assert (linked.error, len(linked.new)) == ("", 2)
    assert direct == Outcome("", frozenset())


@pytest.mark.slow
@pytest.mark.parametrize("version", interpreters())
def test_every_module_of_an_interpreter(version: str) -> None:
    """Each extension module of the standard library, and of this environment, maps what we resolve for it."""
    program = Program(os.path.realpath(interpreters()[version]), {})
    question = "import sysconfig; print(sysconfig.get_path('platstdlib'))"
    library = subprocess.run([program.path, "-c", question], capture_output=True, text=True, check=True).stdout.strip()
    folders = [Path(library) / "lib-dynload"]
    if version == sysconfig.get_python_version():
        folders.append(Path(sysconfig.get_path("platlib")))
    files = sorted(str(path) for folder in folders for path in folder.rglob("*.so"))
    assert files
    assert len(check(program, *(f"fork:{file}" for file in files))) == len(files)


def check_graphs(program: Program, seeds: range, folder: Path) -> int:
    """Open the objects of random graphs in the interpreter; return how many of all it could not open."""
    failed = 0
    for seed in seeds:
        world, actions = below(graph(seed), str(folder / str(seed)), seed)
        materialize(world, Path("/"), written)
        variables = {} if world.library_path is None else {"LD_LIBRARY_PATH": world.library_path}
        process = program._replace(variables={**program.variables, **variables}, folder=world.folder)
        failed += sum(bool(outcome.error) for outcome in check(process, *actions))
    return failed


@pytest.mark.slow
def test_random_graphs(program: Program, tmp_path: Path) -> None:
    """On random graphs the interpreter finds what we find, and fails where and why we do."""
    assert check_graphs(program, range(10), tmp_path) > 0


@pytest.mark.exhaustive
def test_many_random_graphs(program: Program, tmp_path: Path) -> None:
    """On five hundred of them too."""
    assert check_graphs(program, range(1000, 1500), tmp_path) > 0
