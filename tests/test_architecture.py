"""The layers of docs/how-it-works.md, held on every run: imports point one way, and pure modules touch nothing."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pip_sysdeps.system.programs import PROGRAMS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

PACKAGE = Path(__file__).parents[1] / "src" / "pip_sysdeps"

LAYERS = (
    {"__main__", "venv"},
    {"cli"},
    {"hook"},
    {"api"},
    {"app"},
    {"render"},
    {"report"},
    {"lock"},
    {"needs"},
    {"byname"},
    {"sources"},
    {"environment"},
    {"loader"},
    {"packages"},
    {"elf"},
    {"system"},
    {"model", "errors", "printing", "words"},
)
"""Top first: a unit imports itself and any line below its own."""

READERS = (
    "app/",
    "cli/",
    "hook/",
    "system/",
    "lock/file.py",
    "packages/index.py",
    "packages/registry.py",
    "packages/releases.py",
    "packages/debian/apt.py",
    "packages/debian/archive.py",
    "packages/debian/index_update.py",
    "packages/debian/kept_lists.py",
    "api.py",
    "venv.py",
    "__main__.py",
    "environment/wheel_tree.py",
)
"""Modules that may touch the disk by themselves, beside those named `read_*`; all others read through a `Root`."""
PACKAGE_MANAGERS = re.compile(
    r"\b(?:dpkg|apt-get|dnf|yum|zypper|[a-z0-9_]+-linux-gnu[a-z0-9]*|pkg:deb|pkg:rpm)\b|^(?:amd64|arm64)$|-(?:amd64|arm64)\b"
    r"|[\"']-dev[\"']|packages\.(?:debian|rpm)\b"
)
"""What only a family's own folder may name: an architecture by itself or in a target's id, but file names of wheels and
modules have the same words."""
NAMERS = (
    "packages/debian/",
    "packages/rpm/",
    "packages/apk/",
    "packages/registry.py",
    "packages/releases.py",
    "packages/line_commands.py",
    "system/programs.py",
    "loader/glibc/ldconfig.py",
)
"""Who may: the folders themselves, the tables of the folders and of their commands, the list of all programs that may
be started, and the rules of ldconfig(8), which itself leaves out dpkg's temporary files."""
TOUCHES = {"os", "pathlib", "shutil", "socket", "subprocess", "sys", "tempfile", "time", "urllib"}
"""Modules that reach the disk, the clock, the network or the process."""

STARTS = {
    "src/pip_sysdeps/system/programs.py": ["os.posix_spawnp", "subprocess.Popen", "subprocess.run"],
    "src/pip_sysdeps/system/fork_worker.py": ["os.fork"],
    "src/pip_sysdeps/system/bounded_worker.py": ["os.fork"],
    "src/pip_sysdeps/hook/runtime.py": ["subprocess.Popen"],
}
"""Every place that starts a process: the gate; the two forks that run no other program; and the hook, which is copied
into environments that cannot import the gate, and runs the one command that `hook enable` wrote into it."""
STARTERS = {
    "subprocess": {"run", "call", "check_call", "check_output", "Popen", "getoutput", "getstatusoutput"},
    "os": {"system", "popen", "startfile", "fork", "forkpty"},
}
STARTER_MODULES = {"asyncio", "concurrent", "multiprocessing", "pty", "posix", "_posixsubprocess", "popen2", "commands"}


@cache
def modules() -> list[Path]:
    """Return every module of the package but its front door."""
    return sorted(path for path in PACKAGE.rglob("*.py") if path != PACKAGE / "__init__.py")


def unit_of(path: Path) -> str:
    """Return the folder or file, directly below the package, that a module belongs to."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


@cache
def nodes_of(path: Path) -> tuple[ast.AST, ...]:
    """Return the nodes of a module's syntax tree, which is parsed once for all tests."""
    return tuple(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))


def place_of(path: Path) -> str:
    """Return the path of a module below the package."""
    return path.relative_to(PACKAGE).as_posix()


def found_by(finds: Callable[[Path], Iterable[str]]) -> dict[str, list[str]]:
    """Return what a rule finds in the modules in which it finds something."""
    return {place_of(path): found for path in modules() if (found := sorted(set(finds(path))))}


@cache
def imports_of(path: Path) -> tuple[str, ...]:
    """Return the dotted name of each module that a file imports, those for type checking included."""
    return tuple(_imports_of(path))


def _imports_of(path: Path) -> Iterator[str]:
    for node in nodes_of(path):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_imports_point_down() -> None:
    """A unit imports itself and the layers below its own."""
    height = {unit: height for height, layer in enumerate(LAYERS) for unit in layer}

    def upward(path: Path) -> Iterator[str]:
        unit = unit_of(path)
        for name in imports_of(path):
            first, _, rest = name.partition(".")
            other = rest.partition(".")[0]
            if first == "pip_sysdeps" and other in height and other != unit and height[other] <= height[unit]:
                yield name

    assert found_by(upward) == {}


def test_every_unit_has_a_layer() -> None:
    """No module stands outside the picture."""
    assert {unit_of(path) for path in modules()} <= set().union(*LAYERS)


def may_read(path: Path) -> bool:
    """Return whether a module is on the list of those that may touch the disk."""
    return path.name.startswith("read_") or place_of(path).startswith(READERS)


def touched_by(path: Path) -> Iterator[str]:
    """Yield what a module imports or calls that reaches out of it."""
    names = [name for name in imports_of(path) if not name.startswith("urllib.parse.")]  # that part is text alone
    yield from {name.partition(".")[0] for name in names} & TOUCHES
    yield from called_in(path) & {"open", "print", "input", "exec", "eval", "__import__"}


def called_in(path: Path) -> set[str]:
    """Return what a module calls, as it is written there."""
    return {ast.unparse(node.func) for node in nodes_of(path) if isinstance(node, ast.Call)}


def test_other_modules_touch_nothing() -> None:
    """A module that is not listed opens no file and asks neither clock, network nor environment."""
    assert found_by(lambda path: () if may_read(path) else touched_by(path)) == {}


def is_starter(module: str, name: str) -> bool:
    """Return whether a name of a module of the standard library starts a process."""
    spawns = module == "os" and name.startswith(("exec", "spawn", "posix_spawn"))
    return spawns or name in STARTERS.get(module, ())


def starts_in(path: Path) -> list[str]:
    """Return, sorted, each name in a file by which Python starts a process."""
    found = [name for name in imports_of(path) if name.partition(".")[0] in STARTER_MODULES]
    for node in nodes_of(path):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            found += [f"{node.value.id}.{node.attr}"] if is_starter(node.value.id, node.attr) else []
        elif isinstance(node, ast.ImportFrom):
            found += [f"{node.module}.{each.name}" for each in node.names if is_starter(node.module or "", each.name)]
        elif isinstance(node, ast.Import):  # under another name the rules above would not see it
            found += [
                f"{alias.name} as {alias.asname}" for alias in node.names if alias.asname and alias.name in STARTERS
            ]
    return sorted(set(found))


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("import subprocess\nsubprocess.run([])", ["subprocess.run"]),
        ("from subprocess import Popen", ["subprocess.Popen"]),
        ("import subprocess as other", ["subprocess as other"]),
        ("import os\nstart = os.execvp", ["os.execvp"]),
        ("import os\nos.system('x')", ["os.system"]),
        ("from os import spawnl", ["os.spawnl"]),
        ("import multiprocessing.pool", ["multiprocessing.pool"]),
        ("import os, subprocess\nos.open(''); subprocess.DEVNULL", []),
    ],
)
def test_each_way_to_start_a_program_is_seen(tmp_path: Path, source: str, found: list[str]) -> None:
    """Calls, names that are only passed on, and imports under another name."""
    path = tmp_path / "module.py"
    path.write_text(source)
    assert starts_in(path) == found


def test_programs_are_started_in_one_place() -> None:
    """A new call outside system/programs.py fails here, in the package and in the scripts of the action."""
    project = PACKAGE.parents[1]
    files = [*sorted(PACKAGE.rglob("*.py")), *sorted((project / "tools").glob("*.py"))]
    found = {str(path.relative_to(project)): starts for path in files if (starts := starts_in(path))}
    assert found == STARTS


def test_connections_are_opened_in_one_place() -> None:
    """A module that imports what opens a URL or a socket fails here, but for system/download.py."""
    opens = {"urllib.request", "http", "socket", "ssl", "ftplib", "smtplib", "socketserver", "xmlrpc", "asyncio"}

    def opened(path: Path) -> Iterator[str]:
        names = imports_of(path)
        yield from (name for name in names if any(name == each or name.startswith(f"{each}.") for each in opens))

    assert found_by(opened).keys() == {"system/download.py"}


def test_every_program_is_explained() -> None:
    """docs/safety.md has a row for each program that system/programs.py allows."""
    text = (PACKAGE.parents[1] / "docs" / "safety.md").read_text(encoding="utf-8")
    names = [program.name.rpartition("/")[2] for program in PROGRAMS]
    assert [name for name in names if f"| `{name}` |" not in text] == []


def test_one_writer() -> None:
    """Results go through `cli/output.py` and messages through `cli/messages.py`, which make them safe to print."""
    writes = {"print", "sys.stdout.write", "sys.stderr.write", "sys.stdout.buffer.write"}
    assert found_by(lambda path: called_in(path) & writes).keys() <= {"cli/messages.py", "cli/output.py"}


def names_of_families(path: Path) -> Iterator[str]:
    """Yield each text and import of a module that names a package manager."""
    docstrings = {id(node.value) for node in nodes_of(path) if isinstance(node, ast.Expr)}
    named = [
        node.value
        for node in nodes_of(path)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings
    ]
    yield from (text for text in (*named, *imports_of(path)) if PACKAGE_MANAGERS.search(text))


def test_only_a_family_s_folder_names_it() -> None:
    """Outside `packages/FAMILY/` no code names a package manager, its architectures, folders or naming habits."""
    assert found_by(lambda path: () if place_of(path).startswith(NAMERS) else names_of_families(path)) == {}


def test_the_top_folder_is_small() -> None:
    """Who lists the package sees its subjects: at most eight files stand beside them."""
    assert len([path for path in PACKAGE.iterdir() if path.is_file()]) <= 8


def test_unit_tests_mirror_the_package() -> None:
    """A file of unit tests stands where its module does, and begins with that module's name."""
    tests = PACKAGE.parents[1] / "tests" / "unit"
    strays = []
    for path in sorted(tests.rglob("test_*.py")):
        folder = PACKAGE / path.parent.relative_to(tests)
        name = path.stem.removeprefix("test_")
        if not any(name == each.stem or name.startswith(f"{each.stem}_") for each in folder.iterdir()):
            strays.append(str(path.relative_to(tests)))
    assert strays == []
