"""A real root with musl, its Python and apk's database: every import, before and after a package is installed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from builders.debian import copy_root, require_root_and, run_in
from builders.musl_root import SITE, musl_root, without_package
from pip_sysdeps.cli import main
from pip_sysdeps.elf.read_objects import Objects
from pip_sysdeps.loader.musl.read_config import read_musl_config
from pip_sysdeps.loader.musl.rules import Musl
from pip_sysdeps.loader.resolve import open_object, start
from pip_sysdeps.lock.text import loads
from pip_sysdeps.model.loader import Found, NotFound
from pip_sysdeps.packages.apk.read_database import read_packages
from pip_sysdeps.system.root import Root

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.debian, pytest.mark.network]

PYTHON = "/usr/local/bin/python3.11"
MODULES = {
    "psycopg2._psycopg": "psycopg2/_psycopg.*.so",
    "PIL._imaging": "PIL/_imaging.*.so",
    "lxml.etree": "lxml/etree.*.so",
    "cryptography.hazmat.bindings._rust": "cryptography/hazmat/bindings/_rust*.so",
    "_cffi_backend": "_cffi_backend.*.so",
    "zlib": "../lib-dynload/zlib.*.so",
    "_ctypes": "../lib-dynload/_ctypes.*.so",
}
"""Extension modules, and their files below the site directory."""


@pytest.fixture(scope="module")
def whole() -> Path:
    """Return the root that nobody changes."""
    require_root_and("util-linux:unshare")
    return musl_root()


def error_of(root: Path, module: str) -> str:
    """Import a module in the root; return the last line of what it says, nothing if that works."""
    done = run_in(root, [PYTHON, "-c", f"import {module}"], check=False)
    return done.stderr.strip().rpartition("\n")[2] if done.returncode else ""


def answers(root: Path, pattern: str) -> list[tuple[str, Found | NotFound]]:
    """Return what each object needs that an extension module brings into the root's Python, with our answers."""
    inside = Root(str(root))
    files = Objects(inside)
    program = files.open(PYTHON)
    assert program is not None
    assert program.elf is not None
    config = read_musl_config(inside, program.elf, is_libc=lambda path: files.defines(path, "__libc_start_main"))
    (module,) = (root / SITE).glob(pattern)
    process = start(PYTHON, files.open, Musl(config))
    path = f"/{module.resolve().relative_to(root)}"
    objects = (*process.objects, *open_object(process, path, "", files.open, Musl(config)))
    return [(each.path, answer) for each in objects for answer in each.needs]


def test_every_import(whole: Path) -> None:
    """In the whole root each module is imported, and we find all that it needs."""
    assert {module: error_of(whole, module) for module in MODULES} == dict.fromkeys(MODULES, "")
    lost = [(by, answer) for pattern in MODULES.values() for by, answer in answers(whole, pattern)]
    assert [each for each in lost if isinstance(each[1], NotFound)] == []


def test_who_owns_what_they_need(whole: Path) -> None:
    """Apk's database knows the libraries that lie outside the environment."""
    database = read_packages(Root(str(whole)))
    assert database is not None
    needed = {
        answer.path
        for pattern in MODULES.values()
        for _, answer in answers(whole, pattern)
        if isinstance(answer, Found)
    }
    outside = sorted(path for path in needed if not path.startswith("/usr/local/"))
    assert {path: list(database.owners(path)) for path in outside} == {
        "/lib/ld-musl-x86_64.so.1": ["musl"],
        "/usr/lib/libffi.so.8": ["libffi"],
        "/usr/lib/libpq.so.5": ["libpq"],
        "/usr/lib/libz.so.1": ["zlib"],
    }


def test_before_and_after_a_package_is_installed(whole: Path, tmp_path: Path) -> None:
    """Without libpq psycopg2 fails as we say it does, for the library that we name."""
    root = copy_root(whole, tmp_path / "root")
    without_package(root, "libpq")
    database = read_packages(Root(str(root)))
    assert database is not None
    assert "libpq" not in database.packages
    message = "ImportError: Error loading shared library libpq.so.5: No such file or directory (needed by "
    assert error_of(root, "psycopg2._psycopg").startswith(message)
    missing = [
        answer.soname for _, answer in answers(root, MODULES["psycopg2._psycopg"]) if isinstance(answer, NotFound)
    ]
    assert missing == ["libpq.so.5"]
    assert {module: error_of(root, module) for module in list(MODULES)[1:]} == dict.fromkeys(list(MODULES)[1:], "")


def test_the_commands(
    whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`lock` gives the line that makes every import work, `verify` fails until it is installed, and then does not."""
    monkeypatch.chdir(tmp_path)
    place = ("--root", str(whole), "--python", "/usr/local")
    assert main(["lock", "-q", *place]) == 0
    (target,) = loads((tmp_path / "sysdeps.lock").read_text()).target
    found = (target.id, target.libc, target.needs_musl, target.installs)
    assert found == ("alpine-3.22-x86_64", "musl", "1.2", ("libpq",))
    assert main(["verify", *place]) == 0
    root = copy_root(whole, tmp_path / "root")
    without_package(root, "libpq")
    capsys.readouterr()
    assert main(["verify", "--root", str(root), "--python", "/usr/local"]) == 1
    assert capsys.readouterr().out.splitlines()[-1] == "apk add --no-cache libpq"
    assert main(["lock", "-q", "--root", str(root), "--python", "/usr/local", "-o", "other.lock"]) == 0
    assert loads((tmp_path / "other.lock").read_text()).target[0].installs == ("so:libpq.so.5",)
