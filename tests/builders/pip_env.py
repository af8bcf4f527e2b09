"""Virtual environments with a real pip of a chosen version, and small distributions for it to install."""

from __future__ import annotations

import base64
import glob
import hashlib
import io
import os
import subprocess
import sys
import tarfile
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import installer
from installer.destinations import SchemeDictionaryDestination
from installer.sources import WheelFile

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, kw_only=True)
class PipEnv:
    """A virtual environment, and how its pip is run: without an index, from one folder of wheels."""

    prefix: Path
    wheels: Path
    pip_wheel: str
    environ: dict[str, str] = field(default_factory=dict)

    @property
    def python(self) -> str:
        """The environment's interpreter."""
        return str(self.prefix / "bin" / "python")

    def run(self, *command: str, **environ: str) -> subprocess.CompletedProcess[str]:
        """Run a command to its end, with the environment's settings and these variables."""
        return subprocess.run(
            command,
            env={**self.environ, **environ},
            cwd=self.prefix,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )

    def pip(self, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
        """Run `python -m pip`."""
        return self.run(self.python, "-m", "pip", *arguments, **environ)

    @property
    def site_packages(self) -> Path:
        """The folder that pip installs into."""
        return next(self.prefix.glob("lib/python3.*/site-packages"))


def make_pip_env(prefix: Path, *, python: str = sys.executable, wheels: Path, pip_wheel: str = "") -> PipEnv:
    """Make a venv with the interpreter's bundled pip, or with the pip of this wheel."""
    subprocess.run([python, "-m", "venv", "--without-pip", str(prefix)], check=True, capture_output=True)
    wheel = pip_wheel or bundled_pip(python)
    env = PipEnv(prefix=prefix, wheels=wheels, pip_wheel=wheel, environ=_quiet_environment(wheels))
    site = str(env.site_packages)
    paths = {"purelib": site, "platlib": site, "scripts": str(prefix / "bin"), "data": str(prefix)}
    destination = SchemeDictionaryDestination(paths, interpreter=env.python, script_kind="posix")
    with WheelFile.open(Path(wheel)) as source:  # in a tenth of the time that pip takes to install itself
        installer.install(source, destination, {"INSTALLER": b"pip\n"})
    return env


def bundled_pip(python: str) -> str:
    """Return the wheel of pip that comes with an interpreter (ensurepip), or that Debian keeps for it."""
    question = "import ensurepip, os; print(os.path.dirname(ensurepip.__file__))"
    folder = subprocess.run([python, "-c", question], capture_output=True, text=True, check=True).stdout.strip()
    for pattern in (f"{folder}/_bundled/pip-*.whl", "/usr/share/python-wheels/pip-*.whl"):
        if found := sorted(glob.glob(pattern)):
            return found[-1]
    raise FileNotFoundError(f"no wheel of pip in {folder}/_bundled")


def _quiet_environment(wheels: Path) -> dict[str, str]:
    """Return the variables of a process without the settings of the machine's own pip, CI or environment."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PIP_", "PYTHON", "SYSDEPS_", "UV_")) and name not in ("CI", "VIRTUAL_ENV")
    }
    ours = {"PIP_CONFIG_FILE": os.devnull, "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(wheels)}
    return {**kept, **ours, "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_CACHE_DIR": "1"}


def write_wheel(
    folder: Path,
    name: str,
    version: str = "1.0",
    *,
    requires: tuple[str, ...] = (),
    files: Mapping[str, bytes] | None = None,
) -> Path:
    """Write `name-version-py3-none-any.whl` with these files, or one module of that name."""
    info = f"{name}-{version}.dist-info"
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n" + "".join(
        f"Requires-Dist: {requirement}\n" for requirement in requires
    )
    contents = {
        **(files if files is not None else {f"{name}.py": b""}),
        f"{info}/METADATA": metadata.encode(),
        f"{info}/WHEEL": b"Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    path = folder / f"{name}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as wheel:
        for file, data in contents.items():
            wheel.writestr(file, data)
        wheel.writestr(f"{info}/RECORD", _record(contents) + f"{info}/RECORD,,\n")
    return path


def _record(contents: Mapping[str, bytes]) -> str:
    rows = []
    for file, data in contents.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
        rows.append(f"{file},sha256={digest},{len(data)}\n")
    return "".join(rows)


BACKEND = '''\
"""A build backend without dependencies: the wheel lies beside it."""
import os, shutil
def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    name, = (name for name in os.listdir(".") if name.endswith(".whl"))
    shutil.copy(name, wheel_directory)
    return name
'''


def write_sdist(
    folder: Path, name: str, version: str = "1.0", *, build_requires: tuple[str, ...] = (), project: str = ""
) -> Path:
    """Write `name-version.tar.gz`, which pip builds in isolation with these build dependencies.

    `project` are further tables of its pyproject.toml.
    """
    wheel = write_wheel(folder, name, version)
    requires = ", ".join(f'"{requirement}"' for requirement in build_requires)
    project = f'{project}\n[build-system]\nrequires = [{requires}]\nbuild-backend = "backend"\nbackend-path = ["."]\n'
    files = {
        "pyproject.toml": project.encode(),
        "backend.py": BACKEND.encode(),
        "PKG-INFO": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n".encode(),
        wheel.name: wheel.read_bytes(),
    }
    wheel.unlink()
    path = folder / f"{name}-{version}.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        for file, data in files.items():
            member = tarfile.TarInfo(f"{name}-{version}/{file}")
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return path
