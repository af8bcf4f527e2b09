"""Compare what Debian 12's pip and apt install with Debian's own `importlib.metadata`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from builders.debian import fresh_root, run_in
from builders.root import write
from pip_sysdeps.environment.read_environment import find_environment
from pip_sysdeps.model.environment import Interpreter, RecordKind
from pip_sysdeps.system.root import Root

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.debian

SETUP = """
from setuptools import Extension, setup
setup(name="legacy-tool", version="1.0", packages=["legacy"], scripts=["legacy-script"],
      ext_modules=[Extension("legacy._c", ["c.c"])])
"""

ASK = """
import importlib.metadata, json, sys
print(json.dumps(sorted(str(file.locate()) for file in importlib.metadata.files(sys.argv[1]))))
"""


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a Debian 12 with a venv, into which an old-fashioned sdist is installed by `setup.py install`."""
    root = fresh_root(tmp_path_factory.mktemp("debian") / "root", "bookworm", "build", ["python3-yaml"])
    for name, text in {
        "setup.py": SETUP,
        "legacy/__init__.py": "",
        "c.c": "int x;",
        "legacy-script": "#!/bin/sh\n",
    }.items():
        write(root / "src" / name, text)
    run_in(root, ["python3", "-m", "venv", "/opt/venv"])
    run_in(root, ["/opt/venv/bin/pip", "install", "--no-index", "--no-build-isolation", "/src"])
    return root


def test_setup_py_install(root: Path) -> None:
    """Without the wheel package pip runs `setup.py install`: an .egg-info with installed-files.txt and no RECORD."""
    environment = find_environment(Root(str(root)), "/opt/venv", environ={})
    assert environment.interpreter == Interpreter(
        path="/usr/bin/python3.11", prefix="/usr", version=(3, 11), abi_tag="cp311"
    )
    tool = next(each for each in environment.distributions if each.name == "legacy-tool")
    assert tool.record is RecordKind.INSTALLED_FILES
    judge = json.loads(run_in(root, ["/opt/venv/bin/python", "-c", ASK, "legacy-tool"]).stdout)
    claimed = {Root(str(root)).resolve(file) for file in judge if not file.endswith(".pyc")} - {None}
    assert claimed
    assert claimed <= set(tool.files)  # this Python reads SOURCES.txt, which also names what is not installed
    assert "/opt/venv/bin/legacy-script" in tool.files
    assert any(file.endswith("/legacy/_c.cpython-311-x86_64-linux-gnu.so") for file in tool.files)
    assert [each for each in environment.unclaimed if each.endswith(".so")] == []


def test_dist_packages_without_a_record(root: Path) -> None:
    """What apt installed belongs to its binary package, by dpkg's file list."""

    def package_files(path: str) -> tuple[str, list[str]] | None:
        owner = run_in(root, ["dpkg-query", "--search", path], check=False).stdout.partition(":")[0]
        return (
            (f"dpkg:{owner}", run_in(root, ["dpkg-query", "--listfiles", owner]).stdout.splitlines()) if owner else None
        )

    environment = find_environment(Root(str(root)), "/usr/bin/python3", environ={}, package_files=package_files)
    assert environment.site_dirs[-1] == "/usr/lib/python3/dist-packages"
    yaml = next(each for each in environment.distributions if each.name == "pyyaml")
    assert yaml.source == "dpkg:python3-yaml"
    assert "/usr/lib/python3/dist-packages/yaml/_yaml.cpython-311-x86_64-linux-gnu.so" in yaml.files
    assert [each for each in environment.unclaimed if each.endswith(".so")] == []
