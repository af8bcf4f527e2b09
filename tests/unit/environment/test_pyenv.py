"""The interpreter that a pyenv shim would start."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from builders.root import write
from pip_sysdeps.environment.pyenv import is_shim, parse_version_file, programs_of_shim
from pip_sysdeps.system.root import Root

if TYPE_CHECKING:
    from pathlib import Path

SHIM = "/pyenv/shims/python"
VERSIONS = "/pyenv/versions/"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a root with a pyenv and a project."""
    for name in ("3.9.18", "3.12.1", "3.12.10", "3.12.11-dev", "my.env", "pypy3.10-7.3"):
        (tmp_path / VERSIONS.lstrip("/") / name).mkdir(parents=True)
    (tmp_path / "pyenv/shims").mkdir()
    write(tmp_path / "work/.python-version", "# for tests\nmy.env\n3.9 # the oldest\n")
    (tmp_path / "work/inner").mkdir()
    write(tmp_path / "pyenv/version", "3.12.1\n")
    return tmp_path


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (SHIM, True),
        ("/usr/bin/python", False),
        ("/pyenv/bin/python", False),
        ("/shims/python", False),
        ("/pyenv/shims", False),
    ],
)
def test_a_shim_is_beside_the_versions(root: Path, path: str, expected: bool) -> None:
    """Another folder of that name is not pyenv's."""
    assert is_shim(Root(str(root)), path) is expected


@pytest.mark.parametrize(
    ("content", "versions"),
    [
        (b"3.12.1\n", ("3.12.1",)),
        (b"3.12 # comment\n\n  # another\nsystem 3.9\n", ("3.12", "system", "3.9")),
        (b"../x /abs . .. a/b x\0y ok", ("ok",)),
        (b"", ()),
        (b"\xff", ("\udcff",)),
    ],
)
def test_the_versions_of_a_file(content: bytes, versions: tuple[str, ...]) -> None:
    """Words without comments; a path is not a version."""
    assert parse_version_file(content) == versions


@pytest.mark.parametrize(
    ("cwd", "chosen", "programs"),
    [
        ("/work/inner", "", [f"{VERSIONS}my.env/bin/python", f"{VERSIONS}3.9.18/bin/python"]),
        ("/", "", [f"{VERSIONS}3.12.1/bin/python"]),
        ("/work", "3.12:system", [f"{VERSIONS}3.12.10/bin/python", "system"]),
        ("/work", "python-3.12", [f"{VERSIONS}3.12.10/bin/python"]),
        ("/work", "python-3.12.1", [f"{VERSIONS}3.12.1/bin/python"]),
        ("/work", "3.1", []),
        ("/work", "pypy3.10-7.3 2.7", [f"{VERSIONS}pypy3.10-7.3/bin/python"]),
    ],
)
def test_the_programs_of_a_shim(root: Path, cwd: str, chosen: str, programs: list[str]) -> None:
    """The variable, the nearest file above, or pyenv's own file names the version; the newest patch release counts."""
    environ = {"PYENV_VERSION": chosen} if chosen else {}
    assert [*programs_of_shim(Root(str(root)), SHIM, environ, cwd)] == programs


@pytest.mark.parametrize("text", ["", "# nothing\n"])
def test_without_a_version_the_systems_python_runs(root: Path, text: str) -> None:
    """A file without versions, or none."""
    write(root / "pyenv/version", text)
    assert [*programs_of_shim(Root(str(root)), SHIM, {}, "/")] == ["system"]
