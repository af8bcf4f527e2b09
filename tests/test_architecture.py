"""The layers of docs/how-it-works.md, held on every run: imports point one way, and pure modules touch nothing."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pip_sysdeps.system.programs import PROGRAMS

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGE = Path(__file__).parents[1] / "src" / "pip_sysdeps"

LAYERS = (
    {"__main__", "venv"},
    {"cli", "api"},
    {"hook"},
    {"auditing"},
    {"scan"},
    {"named", "process"},
    {"host", "render"},
    {"audit", "verification", "trees"},
    {"checks", "diff", "gaps", "locking", "merging", "staleness", "indexing", "policy", "validation", "why"},
    {"attribution", "floors", "loader", "naming", "project"},
    {
        "formats",
        "requirements",
        "wheel_tags",
        "roots",
        "mentions",
        "alternatives",
        "siblings",
        "symbol_versions",
        "symbols",
        "lockfile",
    },
    {"model", "syntax", "toml"},
    {"architectures", "errors", "package_name", "printing", "stages", "values"},
)
"""Top first: a unit imports itself and any line below its own."""

PURE = {
    "architectures",
    "audit",
    "checks",
    "diff",
    "validation",
    "wheel_tags",
    "policy",
    "printing",
    "project",
    "package_name",
    "requirements",
    "siblings",
    "symbol_versions",
    "symbols",
    "syntax",
    "toml",
    "trees",
    "verification",
    "why",
    "alternatives",
    "floors",
    "formats",
    "gaps",
    "loader",
    "roots",
    "mentions",
    "naming",
    "attribution",
    "lockfile",
    "locking",
    "merging",
    "staleness",
    "model",
    "errors",
    "render",
}
TOUCHES = {"os", "pathlib", "shutil", "socket", "subprocess", "sys", "tempfile", "time", "urllib"}
"""Modules that reach the disk, the clock, the network or the process."""

STARTS = {
    "src/pip_sysdeps/host/programs.py": ["os.posix_spawnp", "subprocess.Popen", "subprocess.run"],
    "src/pip_sysdeps/host/beside.py": ["os.fork"],
    "src/pip_sysdeps/host/bounded.py": ["os.fork"],
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


@pytest.mark.parametrize(
    "path", [path for path in modules() if unit_of(path) in PURE], ids=lambda path: str(path.relative_to(PACKAGE))
)
def test_pure_modules_touch_nothing(path: Path) -> None:
    """A pure module opens no file and asks neither clock, network nor environment."""
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
    """A new call outside host/programs.py fails here, in the package and in the scripts of the action."""
    project = PACKAGE.parents[1]
    files = [*sorted(PACKAGE.rglob("*.py")), *sorted((project / "tools").glob("*.py"))]
    found = {str(path.relative_to(project)): starts for path in files if (starts := starts_in(path))}
    assert found == STARTS


def test_every_program_is_explained() -> None:
    """docs/safety.md has a row for each program that host/programs.py allows."""
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
