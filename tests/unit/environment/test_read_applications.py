"""What a folder without distributions is instead."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from builders.elf import Elf
from builders.root import write
from builders.venv import install, make_venv
from pip_sysdeps.environment.read_applications import FROZEN_HINT, Contents, describe_contents
from pip_sysdeps.system.root import Root

if TYPE_CHECKING:
    from pathlib import Path

MODULE = {"pkg/_core.cpython-311-x86_64-linux-gnu.so": Elf().build()}
DEBIAN_PREFIX = "local/lib/python3.11/dist-packages"


def test_a_virtual_environment_in_it(tmp_path: Path) -> None:
    """A project's folder, with whatever its environment holds."""
    make_venv(tmp_path, "/src/.venv")
    assert describe_contents(Root(str(tmp_path)), "/src") == Contents("", "did you mean `--python /src/.venv`?")


@pytest.mark.parametrize(
    ("filled", "folder", "meant"),
    [
        ("src/lib", "/src", "/src/lib"),
        ("home/.local/lib/python3.11/site-packages", "/home", "/home/.local"),
        (f"install/{DEBIAN_PREFIX}", "/install", "/install"),
        (f"install/{DEBIAN_PREFIX}", "/install/local/lib", f"/install/{DEBIAN_PREFIX}"),
    ],
)
def test_what_pip_filled_below_it(tmp_path: Path, filled: str, folder: str, meant: str) -> None:
    """With --target, --user or Debian's --prefix."""
    install(tmp_path / filled, "pkg", files=MODULE)
    assert describe_contents(Root(str(tmp_path)), folder) == Contents("", f"did you mean `--path {meant}`?")


def test_a_package_inside_a_site_directory(tmp_path: Path) -> None:
    """The site directory is meant."""
    install(tmp_path / "src/lib", "pkg", files=MODULE)
    assert describe_contents(Root(str(tmp_path)), "/src/lib/pkg") == Contents("", "did you mean `--path /src/lib`?")


def test_a_frozen_application(tmp_path: Path) -> None:
    """It has modules, and nothing says of which distribution."""
    for name, content in MODULE.items():
        write(tmp_path / "opt/app/_internal" / name, content)
    note = f", but modules, such as `_internal/{next(iter(MODULE))}`: it looks like a frozen application"
    assert describe_contents(Root(str(tmp_path)), "/opt/app") == Contents(note, FROZEN_HINT)


def test_any_other_folder(tmp_path: Path) -> None:
    """There is nothing to say."""
    write(tmp_path / "srv/index.html", "")
    assert describe_contents(Root(str(tmp_path)), "/srv") == Contents("", "")
