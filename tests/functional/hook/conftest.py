"""The environments that the hook is tried in: this interpreter's, and a matrix of interpreters and versions of pip."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from packaging.version import Version

from builders.hooked_env import HookedEnv, make_hooked_env
from builders.interpreters import interpreters
from builders.pip_env import make_pip_env

if TYPE_CHECKING:
    from pathlib import Path

PIPS = ("23.0.1", "23.3.2", "24.3.1", "25.3", "26.1.2", "newest")
"""Versions of pip: 26.1 is the first to warn about imports after an installation, 26.3 the first to block them."""

FIRST_PIP = {"3.12": "23.2", "3.13": "24.1"}
"""The first pip that runs on an interpreter."""

BUNDLED = "bundled"
"""This interpreter, and the pip that comes with it."""

MATRIX = [
    pytest.param(f"{python}-pip-{pip}", marks=pytest.mark.network)
    for python in interpreters()
    for pip in PIPS
    if pip == "newest" or Version(pip) >= Version(FIRST_PIP.get(python, "23.0"))
]


class Environments(dict[str, HookedEnv]):
    """The environments of this run, each made when it is asked for first."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder

    def __missing__(self, name: str) -> HookedEnv:
        """Make the environment of a parameter."""
        folder = self.folder / name
        folder.mkdir()
        if name == BUNDLED:
            return self.setdefault(name, make_hooked_env(folder))
        python, pip = name.split("-pip-")
        wheel = self.download_pip(pip)
        return self.setdefault(name, make_hooked_env(folder, python=interpreters()[python], pip_wheel=wheel))

    def download_pip(self, version: str) -> str:
        """Return the wheel of this version of pip, downloaded once a run."""
        folder = self.folder / f"wheel of pip {version}"
        requirement = "pip" if version == "newest" else f"pip=={version}"
        if not folder.exists():
            command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", str(folder), requirement]
            subprocess.run(command, check=True, capture_output=True)
        return str(next(folder.glob("pip-*.whl")))


@pytest.fixture(scope="session")
def environments(tmp_path_factory: pytest.TempPathFactory) -> Environments:
    """Return the environments of this run."""
    return Environments(tmp_path_factory.mktemp("hooked"))


@pytest.fixture(params=[BUNDLED, *MATRIX])
def env(request: pytest.FixtureRequest, environments: Environments) -> HookedEnv:
    """Return a clean environment: one in the default run, each of the matrix with a network."""
    hooked = environments[request.param]
    hooked.reset()
    return hooked


@pytest.fixture(params=[pytest.param(BUNDLED, marks=pytest.mark.slow), *MATRIX])
def any_env(request: pytest.FixtureRequest, environments: Environments) -> HookedEnv:
    """Return a clean environment, as `env` does, for a case that the default run leaves out."""
    hooked = environments[request.param]
    hooked.reset()
    return hooked


@pytest.fixture(scope="session")
def session_pip(environments: Environments) -> str:
    """Return the pip of an environment without a hook, new enough for `--python`."""
    folder = environments.folder / "outside"
    return str(make_pip_env(folder, wheels=folder).prefix / "bin" / "pip")
