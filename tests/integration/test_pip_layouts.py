"""What real installers leave behind, judged by `importlib.metadata` of the interpreter that it is for."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from uv import find_uv_bin

from builders.interpreters import interpreters
from builders.pip_env import PipEnv, make_pip_env, write_sdist, write_wheel
from builders.venv import ELF
from pip_sysdeps.environment.read_environment import environment_of_paths, find_environment
from pip_sysdeps.model.environment import RecordKind
from pip_sysdeps.system.root import Root

if TYPE_CHECKING:
    from pip_sysdeps.model.environment import Distribution, Environment

FILES = {
    "tool/__init__.py": b"",
    "tool/_c.abi3.so": ELF,
    "tool-1.0.data/scripts/tool-elf": ELF,
    "tool-1.0.data/data/lib/libtool.so.1": ELF,
    "tool-1.0.data/data/share/tool/data.bin": b"data",
    "tool-1.0.data/platlib/tool/platform.so": ELF,
}
"""As ninja (scripts), tbb (data) and the rest of the world have it."""

ASK = """
import importlib.metadata, json, os, sys
distribution = importlib.metadata.Distribution.from_name
found = distribution(sys.argv[1])
files = {os.path.realpath(found.locate_file(file)) for file in found.files}
print(json.dumps([found.version, sorted(file for file in files if os.path.isfile(file) and not file.endswith(".pyc"))]))
"""


@pytest.fixture(scope="module")
def pip_env(tmp_path_factory: pytest.TempPathFactory) -> PipEnv:
    """Make a venv with a real pip, and wheels to install from."""
    wheels = tmp_path_factory.mktemp("wheels")
    write_wheel(wheels, "tool", files=FILES)
    return make_pip_env(tmp_path_factory.mktemp("pip") / "my env", wheels=wheels)


def installed_by(pip_env: PipEnv, *arguments: str, **environ: str) -> None:
    """Install the tool in some way."""
    done = pip_env.pip("install", "-q", "tool", *arguments, **environ)
    assert done.returncode == 0, done.stderr


def judged(python: str, name: str = "tool", **environ: str) -> tuple[str, tuple[str, ...]]:
    """Return version and files of a distribution as its own interpreter sees it."""
    command = [python, "-c", ASK, name]
    answer = subprocess.run(command, env={**os.environ, **environ}, capture_output=True, text=True, check=True).stdout
    version, files = json.loads(answer)
    return version, tuple(files)


def named(environment: Environment, name: str = "tool") -> Distribution:
    """Return one distribution of an environment."""
    return next(each for each in environment.distributions if each.name == name)


def programs_of(distribution: Distribution, top: Path) -> list[str]:
    """Return the files of a distribution that are as ELF as our builders make them, relative to a folder."""
    return [os.path.relpath(file, top) for file in distribution.files if Path(file).read_bytes() == ELF]


@pytest.mark.slow
@pytest.mark.parametrize(
    "version",
    [
        pytest.param(version, marks=[] if python == sys.executable else pytest.mark.exhaustive)
        for version, python in interpreters().items()
    ],
)
def test_venv(tmp_path: Path, pip_env: PipEnv, version: str) -> None:
    """A venv of every interpreter here: files, version and the interpreter itself."""
    python = interpreters()[version]
    subprocess.run([python, "-m", "venv", "--without-pip", tmp_path / "v"], check=True)
    done = pip_env.pip("--python", str(tmp_path / "v"), "install", "-q", "tool")
    assert done.returncode == 0, done.stderr
    environment = find_environment(Root("/"), str(tmp_path / "v"), environ={})
    assert (named(environment).version, named(environment).files) == judged(f"{tmp_path}/v/bin/python")
    assert programs_of(named(environment), tmp_path / "v") == [
        "bin/tool-elf",
        "lib/libtool.so.1",
        f"lib/python{version}/site-packages/tool/_c.abi3.so",
        f"lib/python{version}/site-packages/tool/platform.so",
    ]
    ask = "import sys, os; print(os.readlink('/proc/self/exe'), sys.base_prefix, sys.prefix, *sys.version_info[:2])"
    answer = subprocess.run([f"{tmp_path}/v/bin/python", "-c", ask], capture_output=True, text=True, check=True).stdout
    interpreter = environment.interpreter
    ours = (interpreter.path, interpreter.prefix, environment.prefix, *map(str, interpreter.version))
    assert ours == tuple(answer.split())
    assert [file for file in environment.unclaimed if Path(file).read_bytes() == ELF] == []


@pytest.mark.parametrize("flag", ["--copies", "--system-site-packages"])
def test_venv_of_another_kind(tmp_path: Path, flag: str) -> None:
    """Copied interpreters are no unclaimed files; the path is that of sys.path."""
    newest = list(interpreters().values())[-1]
    subprocess.run([newest, "-m", "venv", "--without-pip", flag, tmp_path / "v"], check=True)
    write_wheel(tmp_path, "tool", files=FILES)
    site = next((tmp_path / "v").glob("lib/python*/site-packages"))
    shutil.unpack_archive(tmp_path / "tool-1.0-py3-none-any.whl", site, "zip")
    environment = find_environment(Root("/"), str(tmp_path / "v"), environ={})
    ask = "import sys; print(*(path for path in sys.path if path.endswith('-packages')), sep='\\n')"
    python = f"{tmp_path}/v/bin/python"
    answer = subprocess.run([python, "-s", "-c", ask], capture_output=True, text=True, check=True).stdout
    assert list(environment.site_dirs) == [path for path in answer.splitlines() if os.path.isdir(path)]
    assert not [file for file in environment.unclaimed if re.fullmatch(r"python[0-9.]*", os.path.basename(file))]


@pytest.mark.slow
def test_prefix(tmp_path: Path, pip_env: PipEnv) -> None:
    """`pip install --prefix`, judged with its site-packages on PYTHONPATH."""
    installed_by(pip_env, "--prefix", str(tmp_path))
    site = next(tmp_path.glob("lib/python*/site-packages"))
    environment = environment_of_paths(Root("/"), [str(tmp_path)], environ=os.environ)
    assert (named(environment).version, named(environment).files) == judged(pip_env.python, PYTHONPATH=str(site))
    assert programs_of(named(environment), tmp_path)[:2] == ["bin/tool-elf", "lib/libtool.so.1"]


@pytest.mark.slow
def test_user(tmp_path: Path, pip_env: PipEnv) -> None:
    """`pip install --user` fills a prefix."""
    python = f"{sys.base_prefix}/bin/python3"  # a virtual environment has no user site
    pip = str(pip_env.site_packages)
    command = (python, "-m", "pip", "install", "-q", "--user", "--break-system-packages", "tool")
    done = pip_env.run(*command, PYTHONPATH=pip, PYTHONUSERBASE=str(tmp_path))
    assert done.returncode == 0, done.stderr
    environment = environment_of_paths(Root("/"), [str(tmp_path)], environ=os.environ)
    assert programs_of(named(environment), tmp_path)[:2] == ["bin/tool-elf", "lib/libtool.so.1"]


@pytest.mark.slow
def test_target(tmp_path: Path, pip_env: PipEnv) -> None:
    """`pip install --target`: RECORD's `../../bin` is the target's own bin, where importlib.metadata finds nothing."""
    installed_by(pip_env, "--target", str(tmp_path / "deps"))
    path = {"PATH": f"{sys.base_prefix}/bin"}
    environment = environment_of_paths(Root("/"), [str(tmp_path / "deps")], environ=path)
    distribution = named(environment)
    _, seen = judged(pip_env.python, PYTHONPATH=str(tmp_path / "deps"))
    assert set(seen) <= set(distribution.files)
    assert "bin/tool-elf" in programs_of(distribution, tmp_path / "deps")
    assert [file for file in environment.unclaimed if Path(file).read_bytes() == ELF] == []


BACKEND = """
import zipfile, os
def _wheel(folder, files):
    name = "app-1.0-py3-none-any.whl"
    files["app-1.0.dist-info/METADATA"] = "Metadata-Version: 2.1\\nName: app\\nVersion: 1.0\\n"
    files["app-1.0.dist-info/WHEEL"] = "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n"
    files["app-1.0.dist-info/RECORD"] = "".join(f"{file},,\\n" for file in files)
    with zipfile.ZipFile(os.path.join(folder, name), "w") as wheel:
        for file, text in files.items():
            wheel.writestr(file, text)
    return name
def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    return _wheel(wheel_directory, {"app.py": ""})
def build_editable(wheel_directory, config_settings=None, metadata_directory=None):
    return _wheel(wheel_directory, {"app.pth": os.path.join(os.getcwd(), "src")})
"""


@pytest.mark.slow
def test_editable(tmp_path: Path, pip_env: PipEnv) -> None:
    """`pip install -e` of a PEP 660 backend: the project's extension modules, relative to the project."""
    project = tmp_path / "my project"
    for file in ("src/app/_c.so", "docs/x.so"):
        (project / file).parent.mkdir(parents=True)
        (project / file).write_bytes(ELF)
    (project / "backend.py").write_text(BACKEND)
    (project / "pyproject.toml").write_text(
        '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
    )
    done = pip_env.pip("install", "-q", "-e", str(project))
    assert done.returncode == 0, done.stderr
    distribution = named(find_environment(Root("/"), pip_env.python, environ={}), "app")
    assert (distribution.source, distribution.record, distribution.base) == (
        "editable",
        RecordKind.EDITABLE,
        str(project),
    )
    assert programs_of(distribution, project) == ["src/app/_c.so"]


@pytest.mark.slow
def test_uv(tmp_path: Path) -> None:
    """What uv installs: INSTALLER without a newline, files hard-linked, cloned or linked from its cache."""
    uv = find_uv_bin()
    write_wheel(tmp_path, "tool", files=FILES)
    environ = {**os.environ, "UV_CACHE_DIR": str(tmp_path / "cache"), "UV_OFFLINE": "1"}
    for mode in ("copy", "hardlink", "symlink"):
        venv = tmp_path / mode
        subprocess.run([uv, "venv", "-q", "-p", sys.executable, venv], env=environ, check=True)
        install = [
            uv,
            "pip",
            "install",
            "-q",
            "--link-mode",
            mode,
            "--python",
            venv,
            tmp_path / "tool-1.0-py3-none-any.whl",
        ]
        subprocess.run(install, env=environ, check=True)
        environment = find_environment(Root("/"), str(venv), environ={})
        assert (named(environment).version, named(environment).files) == judged(f"{venv}/bin/python")


DEBIAN_PYTHON = "/usr/bin/python3"


@pytest.mark.slow
@pytest.mark.skipif(
    not os.path.isdir("/usr/lib/python3/dist-packages/pip"),
    reason="needs Debian's own pip: apt-get install python3-pip",
)
def test_debians_own_python(tmp_path: Path, pip_env: PipEnv) -> None:
    """Debian's sysconfig scheme: `--prefix` fills local/lib/python3.x/dist-packages."""
    done = pip_env.run(DEBIAN_PYTHON, "-m", "pip", "install", "-q", "tool", "--prefix", str(tmp_path))
    assert done.returncode == 0, done.stderr
    site = next(tmp_path.glob("local/lib/python*/dist-packages"))
    environment = environment_of_paths(Root("/"), [str(tmp_path)], environ={"PATH": "/usr/bin"})
    assert environment.interpreter.path == os.path.realpath(DEBIAN_PYTHON)
    assert (named(environment).version, named(environment).files) == judged(DEBIAN_PYTHON, PYTHONPATH=str(site))


@pytest.mark.skipif(not os.path.isdir("/usr/lib/python3/dist-packages"), reason="needs Debian's own python3")
def test_site_directories_of_debians_own_python() -> None:
    """The folders of dist-packages are those of its sys.path, in that order."""
    ask = "import sys; print(*(path for path in sys.path if path.endswith('dist-packages')), sep='\\n')"
    answer = subprocess.run([DEBIAN_PYTHON, "-I", "-c", ask], capture_output=True, text=True, check=True).stdout
    environment = find_environment(Root("/"), DEBIAN_PYTHON, environ={}, allow_empty=True)
    assert list(environment.site_dirs) == answer.split()


@pytest.mark.slow
@pytest.mark.parametrize("unpacked", [False, pytest.param(True, marks=pytest.mark.exhaustive)])
def test_what_a_local_project_declares(pip_env: PipEnv, tmp_path: Path, unpacked: bool) -> None:
    """Once pip has installed an sdist or a folder, direct_url.json leads to its pyproject.toml (PEP 610, PEP 725)."""
    project = '[external]\ndependencies = ["dep:generic/libmagic"]\n'
    place = write_sdist(tmp_path, "declaring", project=project)
    if unpacked:
        shutil.unpack_archive(place, tmp_path)
        place = tmp_path / "declaring-1.0"
    done = pip_env.pip("install", "-q", "--force-reinstall", str(place))
    assert done.returncode == 0, done.stderr
    environment = find_environment(Root(), str(pip_env.prefix), environ={}, cwd="/")
    assert named(environment, "declaring").external == ("dep:generic/libmagic",)
