"""os-release, as a shell would read it."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from pip_sysdeps.system.os_release import parse_os_release

if TYPE_CHECKING:
    from pathlib import Path

ODD = r"""# a comment
NAME="Debian GNU/Linux"
ID=debian

VERSION_ID='12'
PRETTY_NAME="a \"quoted\" \$word \\ and \`more\`"
EMPTY=
BUILD_ID=rolling   
VARIANT=one
VARIANT=two
"""  # noqa: W291 - a blank at the end of a line is one of the oddities


def test_assignments_of_every_form() -> None:
    """Quotes and escapes are taken off, and the last value counts."""
    assert parse_os_release(ODD.encode()) == {
        "NAME": "Debian GNU/Linux",
        "ID": "debian",
        "VERSION_ID": "12",
        "PRETTY_NAME": 'a "quoted" $word \\ and `more`',
        "EMPTY": "",
        "BUILD_ID": "rolling",
        "VARIANT": "two",
    }


def test_a_shell_agrees(tmp_path: Path) -> None:
    """A shell that sources the file gives the same values."""
    if shutil.which("sh") is None:
        pytest.skip("needs a shell")
    file = tmp_path / "os-release"
    file.write_text(ODD)
    values = parse_os_release(ODD.encode())
    variables = " ".join(f'"${name}"' for name in values)
    script = f". {file}; printf '%s\\n' {variables}"
    printed = subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=True).stdout
    assert printed.splitlines() == list(values.values())


@pytest.mark.parametrize(
    "content", [b"", b"\x7fELF\x00\xff", b"ID", b"ID = debian", b'ID="debian', b"ID=$(id)", b"id=debian", b"ID=a b"]
)
def test_what_is_no_assignment_is_passed_over(content: bytes) -> None:
    """os-release(5) asks readers to be lenient."""
    assert parse_os_release(content) == {}
