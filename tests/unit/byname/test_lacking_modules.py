"""Standard modules that fail because an extension module lacks a library."""

from __future__ import annotations

from typing import TYPE_CHECKING

from builders.root import write
from pip_sysdeps.byname.lacking_modules import lacking_modules
from pip_sysdeps.model.environment import Interpreter
from pip_sysdeps.system.root import Root

if TYPE_CHECKING:
    from pathlib import Path

PYTHON = Interpreter(path="/usr/local/bin/python3.11", prefix="/usr/local", version=(3, 11), abi_tag="cp311")
FOLDER = "/usr/local/lib/python3.11/lib-dynload"


def lacking(root: Path, sources: dict[str, str], *names: str) -> dict[str, frozenset[str]]:
    """Return the answer for a standard library with these sources; each extension module lacks `lib` and its name."""
    for name, text in sources.items():
        write(root / f"usr/local/lib/python3.11/{name}.py", text.encode())
    return lacking_modules(Root(str(root)), PYTHON, {f"{FOLDER}/{name}.so": (f"lib{name}",) for name in names})


def test_modules_that_import_it(tmp_path: Path) -> None:
    """Directly, through another module, or through a submodule; not where the import may fail or not run."""
    sources = {
        "first": "import _x\n",
        "second": "import os, first\n",
        "pkg/__init__": "from pkg.part import *\n",
        "pkg/part": "from _x import y\n",
        "tried": "try:\n    import _x\nexcept ImportError:\n    pass\n",
        "late": "def f():\n    import _x\n",
        "other": "import os\n",
    }
    assert sorted(lacking(tmp_path, sources, "_x")) == ["_x", "first", "pkg", "pkg.part", "second"]


def test_the_libraries_of_several_modules(tmp_path: Path) -> None:
    """A module lacks what all extension modules behind it lack; modules that import one another end."""
    sources = {"one": "import _x, two\n", "two": "import _y, one\n"}
    both = frozenset({"lib_x", "lib_y"})
    assert lacking(tmp_path, sources, "_x", "_y") == {
        "_x": frozenset({"lib_x"}),
        "_y": frozenset({"lib_y"}),
        "one": both,
        "two": both,
    }


def test_a_standard_library_that_is_not_python(tmp_path: Path) -> None:
    """Sources that do not parse import nothing."""
    assert lacking(tmp_path, {"bad": "import _x import\n"}, "_x") == {"_x": frozenset({"lib_x"})}
    assert lacking(tmp_path, {}) == {}
