"""What Python loads: our answers held against /proc/self/maps of real interpreters that import and call dlopen."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sysconfig
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from builders.debian import unavailable
from builders.interpreters import interpreters
from builders.ld_so import release
from builders.root import write
from builders.world import JUDGE, gcc, written
from pip_sysdeps.host.loader_config import read_loader_config
from pip_sysdeps.host.objects import Objects
from pip_sysdeps.host.root import Root
from pip_sysdeps.loader.resolve import find, open_and_keep, open_object, start
from pip_sysdeps.model import ElfFile, NotFound

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pip_sysdeps.loader.resolve import Process
    from pip_sysdeps.model import LoadedObject

pytestmark = pytest.mark.toolchain

ACTIONS = JUDGE / "actions.py"
EMBED = "int Py_BytesMain(int, char **);\nint main(int argc, char **argv) { return Py_BytesMain(argc, argv); }\n"


class Program(NamedTuple):
    """An interpreter to be run."""

    path: str
    """Its real path."""
    variables: Mapping[str, str]
    """What it needs in its environment."""


class Outcome(NamedTuple):
    """What one action did."""

    error: str
    """Its exception's message, or nothing."""
    new: frozenset[str]
    """The files that it added to the process, links followed."""


def run(program: Program, actions: Sequence[str]) -> list[Outcome]:
    """Let an interpreter do the actions, and return what it had at the start, then what each of them did."""
    command = [program.path, "-S", "-s", str(ACTIONS), *actions]
    output = subprocess.run(command, env=program.variables, check=True, capture_output=True, text=True).stdout
    lines: list[dict[str, Any]] = [json.loads(line) for line in output.splitlines()]
    maps = [frozenset(map(os.path.realpath, line["maps"])) for line in lines]
    forked = actions and actions[0].startswith("fork:")
    before = [frozenset[str](), *(maps[:1] * len(actions) if forked else maps[:-1])]
    return [Outcome(line["error"], new - old) for line, new, old in zip(lines, maps, before, strict=True)]


class Ours:
    """The same process as our code sees it."""

    def __init__(self, program: Program, at_start: frozenset[str]) -> None:
        root = Root("/")
        self.objects = Objects(root)
        facts = self.objects.facts(program.path)
        assert isinstance(facts, ElfFile)
        self.config = read_loader_config(root, facts, cache="as-is", lookup=self.objects.open)
        self.process: Process = start(program.path, self.objects.open, self.config)
        paths = [each.path for each in self.process.objects]
        self.importer = next((path for path in paths if "libpython" in path), program.path)
        self.ctypes = next(path for path in at_start if "/_ctypes." in path)
        for path in sorted(at_start - real(self.process.objects)):
            open_and_keep(self.process, path, self.importer, self.objects.open, self.config)

    def do(self, argument: str) -> Outcome:
        """Say what an action does."""
        action, _, name = argument.partition(":")
        caller = self.importer if action == "import" else self.ctypes
        if isinstance(find(self.process, name, caller, self.objects.open, self.config), NotFound):
            return Outcome(f"{name}: cannot open shared object file: No such file or directory", frozenset())
        load = open_object if action == "fork" else open_and_keep
        loaded = load(self.process, name, caller, self.objects.open, self.config)
        answers = [answer for each in loaded for answer in each.needs]
        missing = next((answer.soname for answer in answers if isinstance(answer, NotFound)), "")
        if missing:
            return Outcome(f"{missing}: cannot open shared object file: No such file or directory", frozenset())
        return Outcome("", real(loaded))


def real(objects: Sequence[LoadedObject]) -> frozenset[str]:
    """Return the files of objects, links followed."""
    return frozenset(os.path.realpath(each.path) for each in objects)


def shared_python() -> tuple[Path, Path]:
    """Return a shared libpython and its prefix."""
    question = (
        "import sysconfig, sys; variable = sysconfig.get_config_var\n"
        "print(variable('LIBDIR'), variable('INSTSONAME'), sys.base_prefix)"
    )
    for program in reversed(interpreters().values()):
        answer = subprocess.run([program, "-c", question], capture_output=True, text=True, check=True).stdout.split()
        if len(answer) == 3 and Path(*answer[:2]).is_file() and ".so" in answer[1]:
            return Path(*answer[:2]), Path(answer[2])
    return unavailable(
        "no interpreter with a shared libpython: apt-get install libpython3-dev, or build one with pyenv"
    )


@pytest.fixture(params=["DT_RPATH", "DT_RUNPATH", "neither"])
def program(request: pytest.FixtureRequest, tmp_path: Path) -> Program:
    """Give an interpreter whose search path of one kind, or none, leads to the folder `by-program`."""
    release()
    if request.param == "neither":
        return plain_python()
    library, prefix = shared_python()
    (tmp_path / "embed.c").write_text(EMBED)
    path = f"{tmp_path}/by-program:{library.parent}"
    tags = "--disable-new-dtags" if request.param == "DT_RPATH" else "--enable-new-dtags"
    options = [part for option in (tags, "-rpath", path) for part in ("-Xlinker", option)]
    gcc(tmp_path / "python", *options, str(tmp_path / "embed.c"), str(library))
    return Program(str(tmp_path / "python"), {"PYTHONHOME": str(prefix)})


def plain_python() -> Program:
    """Return an interpreter without a search path, as Debian has it."""
    objects = Objects(Root("/"))
    for path in filter(None, (shutil.which("python3", path="/usr/bin:/usr/local/bin"), *interpreters().values())):
        facts = objects.facts(os.path.realpath(path))
        if isinstance(facts, ElfFile) and facts.rpath is None and facts.runpath is None:
            return Program(os.path.realpath(path), {})
    return unavailable("no interpreter without DT_RPATH and DT_RUNPATH: apt-get install python3")


def module(path: Path, **fields: Any) -> str:  # noqa: ANN401 - any field of a specification
    """Write an extension module, or with `soname` any library, and return its path."""
    write(path, written({"defined": [f"PyInit_{path.name.partition('.')[0]}"], **fields}))
    return str(path)


def check(program: Program, *actions: str) -> list[Outcome]:
    """Let the interpreter and our code do the same, hold them against each other, and return what happened."""
    at_start, *outcomes = run(program, actions)
    ours = Ours(program, at_start.new)
    assert [ours.do(action) for action in actions] == outcomes
    return outcomes


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
