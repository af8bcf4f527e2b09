"""The layers of docs/how-it-works.md, held on every run: imports point one way, and pure modules touch nothing."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

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
    {"architectures", "errors", "stages", "values"},
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
    "project",
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
