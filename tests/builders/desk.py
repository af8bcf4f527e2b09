"""A person's desk: a root to look at, a lock, and the command line in this process."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from builders.command import Result
from builders.small_debian import copy_of
from builders.system import VENV
from pip_sysdeps.cli import main

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """A root to look at, a lock to write, and the command line."""

    pristine: Path
    """A small Debian that nobody may change."""
    copied: Path
    """Where its copy goes, if a test asks for one."""
    lock: Path
    """`sysdeps.lock`, which is not there at first."""
    capsys: pytest.CaptureFixture[str]

    @property
    def root(self) -> Path:
        """The small Debian, to be changed at will: a copy, which is made when it is first asked for."""
        return self.copied if self.copied.exists() else copy_of(self.pristine, self.copied)

    def run(self, *argv: str) -> Result:
        """Run one command."""
        self.capsys.readouterr()
        status = main(argv)
        out, err = self.capsys.readouterr()
        return Result(status, out, err)

    def run_lock(self, *argv: str) -> Result:
        """Run `lock` on the environment of the root, or on what `--path` names."""
        place = () if "--path" in argv or "--python" in argv else ("--python", VENV)
        root = self.copied if self.copied.exists() else self.pristine
        output = () if "-o" in argv else ("-o", str(self.lock))
        return self.run("lock", "--root", str(root), *place, *output, *argv)

    def run_apt_line(self, *argv: str) -> Result:
        """Run `apt-line` on the lock, for the root's target."""
        return self.run("apt-line", "--lock", str(self.lock), "--target", "debian-bookworm-amd64", *argv)
