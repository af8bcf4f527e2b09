"""Packages with plugins that a line without recommended packages leaves out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from builders.elf import Elf
from builders.small_debian import SITE
from builders.system import VENV
from builders.venv import install

if TYPE_CHECKING:
    from builders.desk import Desk

ADD = "policy add libsasl2-modules --distribution sasl --reason TEXT"


@pytest.fixture
def sasl(desk: Desk) -> Desk:
    """Return a desk with a distribution that needs libsasl2.so.2."""
    files = {"sasl/_sasl.abi3.so": Elf(needed=("libsasl2.so.2", "libc.so.6")).build()}
    install(desk.root / SITE.lstrip("/"), "sasl", files=files)
    return desk


def test_lock_says_once_what_the_line_leaves_out(sasl: Desk) -> None:
    """The note has the command that adds it; a second lock is silent, and -v says it again."""
    note = f"not in the install line: libsasl2-modules with plugins or data for libsasl2-2: `pip-sysdeps {ADD}`\n"
    assert note in sasl.run_lock().err
    assert note not in sasl.run_lock().err
    assert note in sasl.run_lock("-v").err


def test_audit_lists_what_the_line_leaves_out(sasl: Desk) -> None:
    """Each is a finding of the distribution that needs the library."""
    out = sasl.run("audit", "--root", str(sasl.root), "--python", VENV, "--select", "SD033", "--format", "markdown").out
    message = "lacks plugins or data: libsasl2-modules is not in the install line"
    assert f"plugins-left-out: **sasl**: `libsasl2-2`: {message}" in out


def test_the_printed_command_settles_it(sasl: Desk) -> None:
    """It adds the package, and nothing is said of a package that is in the line."""
    sasl.run_lock()
    assert sasl.run(*ADD.split()).status == 0
    assert "not in the install line" not in sasl.run_lock().err
    assert sasl.run_apt_line().out == "libpq5 libsasl2-2 libsasl2-modules\n"


def test_why_names_the_library_of_plugins(sasl: Desk) -> None:
    """Nothing needs the package itself."""
    result = sasl.run("why", "libsasl2-modules", "--root", str(sasl.root), "--python", VENV)
    told = "no distribution needs `libsasl2-modules`: it has plugins or data for `libsasl2-2`\n"
    assert (result.status, result.err) == (1, told)
