"""The layers of docs/how-it-works.md, held on every run: imports point one way, and pure modules touch nothing."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pip_sysdeps.system.programs import PROGRAMS

if TYPE_CHECKING:
    from collections.abc import Iterator

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
    "packages/debian/apt.py",
    "packages/debian/archive.py",
    "packages/debian/index_update.py",
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
    "packages/registry.py",
    "packages/line_commands.py",
    "system/programs.py",
)
"""Who may: the folders themselves, the tables of the folders and of their commands, and the list of all programs that
may be started."""
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


def modules() -> list[Path]:
    """Return every module of the package but its front door."""
    return sorted(path for path in PACKAGE.rglob("*.py") if path != PACKAGE / "__init__.py")


def unit_of(path: Path) -> str:
    """Return the folder or file, directly below the package, that a module belongs to."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports_of(path: Path) -> Iterator[str]:
    """Yield the dotted name of each module that a file imports, those for type checking included."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_point_down(path: Path) -> None:
    """A unit imports itself and the layers below its own."""
    height = {unit: height for height, layer in enumerate(LAYERS) for unit in layer}
    unit = unit_of(path)
    for name in imports_of(path):
        first, _, rest = name.partition(".")
        other = rest.partition(".")[0]
        if first == "pip_sysdeps" and other in height and other != unit:
            assert height[other] > height[unit], f"{unit} imports {other}"


def test_every_unit_has_a_layer() -> None:
    """No module stands outside the picture."""
    assert {unit_of(path) for path in modules()} <= set().union(*LAYERS)


def may_read(path: Path) -> bool:
    """Return whether a module is on the list of those that may touch the disk."""
    place = path.relative_to(PACKAGE).as_posix()
    return path.name.startswith("read_") or place.startswith(READERS)


@pytest.mark.parametrize(
    "path", [path for path in modules() if not may_read(path)], ids=lambda path: str(path.relative_to(PACKAGE))
)
def test_other_modules_touch_nothing(path: Path) -> None:
    """A module that is not listed opens no file and asks neither clock, network nor environment."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names = [name for name in imports_of(path) if not name.startswith("urllib.parse.")]  # that part is text alone
    touched = {name.partition(".")[0] for name in names} & TOUCHES
    called = {
        node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    } & {"open", "print", "input", "exec", "eval", "__import__"}
    assert not touched | called


def is_starter(module: str, name: str) -> bool:
    """Tell whether a name of a module of the standard library starts a process."""
    spawns = module == "os" and name.startswith(("exec", "spawn", "posix_spawn"))
    return spawns or name in STARTERS.get(module, ())


def starts_in(path: Path) -> list[str]:
    """Return, sorted, each name in a file by which Python starts a process."""
    found = [name for name in imports_of(path) if name.partition(".")[0] in STARTER_MODULES]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
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


def test_every_program_is_explained() -> None:
    """docs/safety.md has a row for each program that system/programs.py allows."""
    text = (PACKAGE.parents[1] / "docs" / "safety.md").read_text(encoding="utf-8")
    names = [program.name.rpartition("/")[2] for program in PROGRAMS]
    assert [name for name in names if f"| `{name}` |" not in text] == []


@pytest.mark.parametrize(
    "path",
    [path for path in modules() if path.relative_to(PACKAGE).as_posix() not in {"cli/output.py", "cli/messages.py"}],
    ids=lambda path: str(path.relative_to(PACKAGE)),
)
def test_one_writer(path: Path) -> None:
    """Results go through `cli/output.py` and messages through `cli/messages.py`, which make them safe to print."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    called = {ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    assert not called & {"print", "sys.stdout.write", "sys.stderr.write", "sys.stdout.buffer.write"}


@pytest.mark.parametrize(
    "path",
    [path for path in modules() if not path.relative_to(PACKAGE).as_posix().startswith(NAMERS)],
    ids=lambda path: str(path.relative_to(PACKAGE)),
)
def test_only_a_family_s_folder_names_it(path: Path) -> None:
    """Outside `packages/FAMILY/` no code names a package manager, its architectures, folders or naming habits."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    named = [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings
    ]
    found = [text for text in (*named, *imports_of(path)) if PACKAGE_MANAGERS.search(text)]
    assert not found


def test_the_top_folder_is_small() -> None:
    """Who lists the package sees its subjects: at most eight files stand beside them."""
    assert len([path for path in PACKAGE.iterdir() if path.is_file()]) <= 8
