"""The same environment gives the same bytes, whatever the order of folders, the hash seed, the locale or the user."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from builders.capabilities import read_everything
from builders.faults import in_child
from builders.system import VENV
from pip_sysdeps.cli import main

if TYPE_CHECKING:
    from collections.abc import Iterator

COMMANDS = (
    ("lock", "-o", "out.lock"),
    ("audit", "--json"),
    ("audit", "--all", "--format", "markdown"),
    ("tree", "--json"),
    ("export", "--format", "cyclonedx"),
)
RUN = """
import sys
from pip_sysdeps.cli import main
for command in {commands}:
    assert main([*command, "--root", sys.argv[1], "--python", {venv!r}]) in (0, 1), command
"""
_NOBODY = 65534
SETTINGS = [
    {"PYTHONHASHSEED": "2", "LC_ALL": "C", "TZ": "Pacific/Kiritimati"},
    {"PYTHONHASHSEED": "3", "LC_ALL": "tr_TR.UTF-8", "LANG": "tr_TR.UTF-8", "TZ": "America/St_Johns", "USER": "eve"},
    {"PYTHONHASHSEED": "4", "LC_ALL": "POSIX", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "HOME": "/nonexistent"},
]


def answers(root: Path, folder: Path, **settings: str) -> tuple[bytes, bytes]:
    """Run the commands as a person with these settings does; give the lock, and what the others print."""
    environment = {"PATH": os.environ["PATH"], "XDG_CACHE_HOME": str(folder), **settings}
    command = [sys.executable, "-c", RUN.format(commands=COMMANDS, venv=VENV), str(root)]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    return (folder / "out.lock").read_bytes(), done.stdout


@pytest.fixture(scope="module")
def usual(root: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, bytes]:
    """Return the answers of the usual settings."""
    return answers(root, tmp_path_factory.mktemp("usual"), PYTHONHASHSEED="0", LC_ALL="C.UTF-8", TZ="UTC")


@pytest.mark.slow
@pytest.mark.parametrize("settings", SETTINGS, ids=lambda settings: settings.get("LC_ALL", "plain"))
def test_other_settings(root: Path, usual: tuple[bytes, bytes], tmp_path: Path, settings: dict[str, str]) -> None:
    """Another hash seed, locale, time zone, home and user name change no byte."""
    assert answers(root, tmp_path, **settings) == usual


@pytest.mark.parametrize("seed", range(3))
def test_another_order_of_folders(
    root: Path, usual: tuple[bytes, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    """A disk lists a folder in any order."""
    chance = random.Random(seed)  # noqa: S311 - no secret
    scandir, listdir = os.scandir, os.listdir

    def shuffled_names(path: str) -> list[str]:
        names = listdir(path)
        chance.shuffle(names)
        return names

    @contextmanager
    def shuffled(path: str) -> Iterator[Iterator[os.DirEntry[str]]]:
        with scandir(path) as entries:
            found = list(entries)
        chance.shuffle(found)
        yield iter(found)

    monkeypatch.setattr(os, "scandir", shuffled)
    monkeypatch.setattr(os, "listdir", shuffled_names)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert main(["lock", "-o", str(tmp_path / "out.lock"), "--root", str(root), "--python", VENV]) == 0
    assert (tmp_path / "out.lock").read_bytes() == usual[0]


@pytest.mark.parametrize("mask", [0o077, 0o000])
def test_another_umask_and_user(root: Path, usual: tuple[bytes, bytes], mask: int) -> None:
    """Neither the umask nor who runs it is in the file; its mode is what the umask says."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o777)
        shutil.copytree(root, folder / "root", symlinks=True).chmod(0o755)
        lock = folder / "out.lock"

        def as_somebody() -> None:
            os.umask(mask)
            if os.geteuid() == 0:
                os.setgid(_NOBODY)
                os.seteuid(_NOBODY)
                read_everything()
            os.environ["XDG_CACHE_HOME"] = name
            os._exit(main(["lock", "-o", str(lock), "--root", str(folder / "root"), "--python", VENV]))

        assert in_child(as_somebody) == 0
        assert lock.read_bytes() == usual[0]
        assert lock.stat().st_mode & 0o777 == 0o666 & ~mask
        assert lock.stat().st_uid == (_NOBODY if os.geteuid() == 0 else os.geteuid())
