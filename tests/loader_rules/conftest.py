"""The interpreters of the tests with a real Python process."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from builders.debian import unavailable
from builders.interpreters import interpreters
from builders.ld_so import release
from builders.python_process import Program
from builders.world import gcc
from pip_sysdeps.elf.read_objects import Objects
from pip_sysdeps.model.elf import ElfFile
from pip_sysdeps.system.root import Root

EMBED = "int Py_BytesMain(int, char **);\nint main(int argc, char **argv) { return Py_BytesMain(argc, argv); }\n"


def shared_python() -> tuple[Path, Path]:
    """Return a shared libpython and its prefix."""
    question = (
        "import sysconfig, sys; variable = sysconfig.get_config_var\n"
        "print(variable('LIBDIR'), variable('INSTSONAME'), sys.base_prefix)"
    )
    for program in reversed(interpreters().values()):
        answer = subprocess.run([program, "-c", question], capture_output=True, text=True, check=True).stdout.split()
        if len(answer) == 3 and os.path.isfile(os.path.join(*answer[:2])) and ".so" in answer[1]:
            return Path(*answer[:2]), Path(answer[2])
    return unavailable(
        "no interpreter with a shared libpython: apt-get install libpython3-dev, or build one with pyenv"
    )


@pytest.fixture(params=["DT_RPATH", "DT_RUNPATH", "neither"])
def program(request: pytest.FixtureRequest, tmp_path: Path) -> Program:
    """Return an interpreter whose search path of one kind, or none, leads to the folder `by-program`."""
    release()
    if request.param == "neither":
        return plain_python()
    library, prefix = shared_python()
    (tmp_path / "embed.c").write_text(EMBED)
    path = f"{tmp_path}/by-program:{library.parent}"
    tags = "--disable-new-dtags" if request.param == "DT_RPATH" else "--enable-new-dtags"
    options = [part for option in (tags, "-rpath", path) for part in ("-Xlinker", option)]
    gcc(tmp_path / "python", *options, str(tmp_path / "embed.c"), str(library))
    return Program(str(tmp_path / "python"), {"PYTHONHOME": str(prefix)})


def plain_python() -> Program:
    """Return an interpreter without a search path, as Debian has it."""
    objects = Objects(Root("/"))
    for path in filter(None, (shutil.which("python3", path="/usr/bin:/usr/local/bin"), *interpreters().values())):
        facts = objects.facts(os.path.realpath(path))
        if isinstance(facts, ElfFile) and facts.rpath is None and facts.runpath is None:
            return Program(os.path.realpath(path), {})
    return unavailable("no interpreter without DT_RPATH and DT_RUNPATH: apt-get install python3")
