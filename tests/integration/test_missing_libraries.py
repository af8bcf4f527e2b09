"""What the build stage lacks too: real distributions are locked where no library is installed, and work by the line.

Also the same from their wheels alone, and for an architecture that nothing here can run.
"""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from builders.command import pip_sysdeps
from builders.debian import SUITES, apt_install, copy_root, fresh_root, run_in
from builders.torch import torch_release, torch_root
from builders.wheelhouses import PYTHONS, built_wheels, fetched_wheels
from builders.windows import display, window
from pip_sysdeps.lock.text import loads

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pip_sysdeps.lock.document import Target

VENV = "/opt/venv"
WHEELS = (
    "opencv-python==5.0.0.93",
    "PySide6-Essentials==6.12.0",
    "lightgbm==4.7.0",
    "pyodbc==5.5.0",
    "python-ldap==3.4.8",
)
ARM64 = {
    "lightgbm": "4.7.0",
    "numpy": "2.4.6",
    "opencv-python": "5.0.0.93",
    "pyodbc": "5.5.0",
    "scipy": "1.17.1",
    "torchcodec": "0.15.0",
}
FFMPEG = {"bookworm": "libavcodec59", "trixie": "libavcodec61"}
DEV_PACKAGES = ("libldap-dev", "libsasl2-dev", "unixodbc-dev")
MISSING = "cannot open shared object file"
"""What the loader says."""
IMPORT_ALL = Path(__file__).parent / "import_all.py"
PLUGINS = """
import ctypes, json, pathlib, PySide6.QtGui, PySide6.QtNetwork, PySide6.QtWidgets
folder = pathlib.Path(PySide6.__file__).parent / "Qt" / "plugins"
failed = {}
for plugin in sorted(folder.rglob("*.so")):
    try:
        ctypes.CDLL(str(plugin))
    except OSError as error:
        failed[str(plugin.relative_to(folder))] = str(error)
print(json.dumps(failed))
"""
"""Loads each of Qt's plugins, and says which of them the loader refused."""
DECODE = """
import torch
from torchcodec.decoders import AudioDecoder, VideoDecoder
from torchcodec.encoders import AudioEncoder, VideoEncoder
tone = torch.sin(torch.arange(8000) * 0.3)
heard = AudioDecoder(AudioEncoder(tone, sample_rate=8000).to_tensor("wav")).get_all_samples().data
frames = torch.arange(8, dtype=torch.uint8).mul(30).reshape(8, 1, 1, 1).expand(8, 3, 64, 64).contiguous()
film = VideoDecoder(VideoEncoder(frames, frame_rate=8).to_tensor("mp4"))
off = (film[0:8].int() - frames.int()).abs().max().item()
print(film.metadata.codec, torch.allclose(heard[0], tone, atol=1e-3), off < 5)
"""
"""Encodes and decodes sound and a film through FFmpeg's libraries."""


def locked(root: Path, cwd: Path) -> Target:
    """Lock the environment of a root in a folder of its own."""
    cwd.mkdir(exist_ok=True)
    pip_sysdeps("lock", "--root", str(root), "--python", VENV, cwd=cwd)
    (target,) = loads((cwd / "sysdeps.lock").read_text(encoding="utf-8")).target
    return target


def line_of(target: Target, cwd: Path) -> list[str]:
    """Return the packages that apt-line prints."""
    return pip_sysdeps("apt-line", "--target", target.id, cwd=cwd).stdout.split()


def packages_of(target: Target) -> set[str]:
    """Return the packages that are needed for the sake of what was asked for, not of the installer itself."""
    return {need.package for holder, need in target.needs() if holder not in {"pip", "setuptools"}}


def install_into(root: Path, wheels: Path) -> None:
    """Make the environment from wheels alone."""
    copy = root / "wheels"
    shutil.copytree(wheels, copy)
    run_in(root, ["python3", "-m", "venv", VENV])
    names = [f"/wheels/{path.name}" for path in sorted(copy.iterdir())]
    run_in(root, [f"{VENV}/bin/pip", "install", "--no-index", "--no-deps", "--no-cache-dir", "--no-compile", *names])
    shutil.rmtree(copy)


def release(into: Path, suite: str, environment: Path, packages: Sequence[str]) -> Path:
    """Make a release root with the environment and the packages."""
    root = fresh_root(into, suite)
    copy_root(environment / VENV.lstrip("/"), root / VENV.lstrip("/"))
    apt_install(root, packages)
    return root


def failed_imports(root: Path) -> dict[str, str]:
    """Import every top-level and extension module; return what fails for a library, and every top-level one that fails.

    Some extension modules (cv2.cv2) are not made to be imported by that name, whatever is installed.
    """
    shutil.copy(IMPORT_ALL, root / "opt" / "import_all.py")
    run = run_in(root, [f"{VENV}/bin/python", "/opt/import_all.py"])
    tries = [json.loads(text) for text in run.stdout.splitlines()]
    assert len(tries) > 100
    return {module: error for _, level, module, error in tries if error and (level == 1 or MISSING in error)}


def installed(root: Path) -> set[str]:
    """Return the names of a root's binary packages."""
    listed = run_in(root, ["dpkg-query", "--show", "--showformat", "${Package}\\n"]).stdout
    return set(listed.split())


def locked_with_plugins(build: Path, cwd: Path) -> Target:
    """Lock once more, with the policy that the note names."""
    policy = '[tool.pip-sysdeps.distribution.pyside6-essentials]\nwhen = ["default", "plugin"]\n'
    (cwd / "pyproject.toml").write_text(policy)
    return locked(build, cwd)


def check_plugins(root: Path, suite: str, target: Target, cwd: Path) -> None:
    """See a window by the default line, offscreen and on a display; every plugin loads with the policy's packages."""
    python = f"{VENV}/bin/python"
    assert window(root, "PySide6", "offscreen", python=python) == "offscreen True True"
    with display(suite) as number:
        assert window(root, "PySide6", "xcb", python=python, DISPLAY=number) == "xcb True True"
    refused = json.loads(run_in(root, [python, "-c", PLUGINS]).stdout)
    apt_install(root, line_of(target, cwd))
    left = json.loads(run_in(root, [python, "-c", PLUGINS]).stdout)
    assert "platforms/libqxcb.so" not in refused
    assert "platformthemes/libqgtk3.so" in refused.keys() - left.keys()
    nowhere = {by.removeprefix("PySide6/Qt/plugins/") for each in target.unresolved for by in each.by}
    assert left.keys() <= nowhere, {plugin: error for plugin, error in left.items() if plugin not in nowhere}


@pytest.mark.debian
@pytest.mark.network
@pytest.mark.exhaustive
@pytest.mark.parametrize("suite", SUITES)
def test_torchcodec_decodes(suite: str, tmp_path: Path) -> None:
    """Of torchcodec's builds the one for the release's FFmpeg works with the line, and none without."""
    build = torch_root(suite)
    line = line_of(locked(build, tmp_path / "lock"), tmp_path / "lock")
    assert {package for package in line if package.startswith("libavcodec")} == {FFMPEG[suite]}
    assert not {package for package in installed(build) if package.startswith("libav")}
    release = torch_release(tmp_path / "release", suite)
    command = [f"{VENV}/bin/python", "-c", DECODE]
    bare = run_in(release, command, check=False)
    assert bare.returncode != 0
    assert MISSING in bare.stderr
    apt_install(release, line)
    assert run_in(release, command).stdout == "h264 True True\n"


@pytest.mark.debian
@pytest.mark.network
@pytest.mark.exhaustive
@pytest.mark.parametrize("suite", SUITES)
def test_libraries_that_nothing_installed(suite: str, tmp_path: Path) -> None:
    """Every import passes with the line, and nearly none without; plugins come with the policy that the note names."""
    wheels = built_wheels(suite, WHEELS, DEV_PACKAGES)
    build = fresh_root(tmp_path / "build", suite, packages=("python3-venv",))
    install_into(build, wheels)
    target = locked(build, tmp_path / "lock")
    line = line_of(target, tmp_path / "lock")
    assert {"libgl1", "libegl1", "libgomp1"} <= set(line)
    assert installed(build) & set(line) <= {"libgssapi-krb5-2"}, "which bookworm's python3 itself brings"

    bare = failed_imports(release(tmp_path / "bare", suite, build, ()))
    assert {"cv2", "lightgbm", "_ldap", "pyodbc", "PySide6.QtGui"} <= bare.keys()
    shutil.rmtree(tmp_path / "bare")
    whole = release(tmp_path / "release", suite, build, line)
    assert failed_imports(whole) == {}

    check_plugins(whole, suite, locked_with_plugins(build, tmp_path / "lock"), tmp_path / "lock")

    pip_sysdeps("lock", "--wheels", str(wheels), "--target", target.id, "-o", "wheels.lock", cwd=tmp_path / "lock")
    (of_wheels,) = loads((tmp_path / "lock" / "wheels.lock").read_text(encoding="utf-8")).target
    assert packages_of(of_wheels) == packages_of(target)


@pytest.mark.debian
@pytest.mark.network
@pytest.mark.parametrize(
    ("suite", "glibc", "pyside"),
    [("bookworm", 36, "6.8.0.2"), pytest.param("trixie", 41, "6.12.0", marks=pytest.mark.exhaustive)],
)
def test_another_architecture_from_wheels(suite: str, glibc: int, pyside: str, tmp_path: Path) -> None:
    """Nothing here can run arm64: apt knows every name in that architecture's own index.

    Later wheels of PySide6 for arm64 ask for glibc 2.39.
    """
    platforms = [*(f"manylinux_2_{minor}_aarch64" for minor in range(17, glibc + 1)), "manylinux2014_aarch64"]
    versions = {**ARM64, "PySide6-Essentials": pyside}
    wheels = fetched_wheels(PYTHONS[suite], platforms, [f"{name}=={version}" for name, version in versions.items()])
    identifier = f"debian-{suite}-arm64"
    pip_sysdeps("lock", "--wheels", str(wheels), "--target", identifier, cwd=tmp_path)
    (target,) = loads((tmp_path / "sysdeps.lock").read_text(encoding="utf-8")).target
    names = [each.name for each in target.package]
    assert {"libgl1", "libegl1", "libgomp1"} <= set(line_of(target, tmp_path))
    root = fresh_root(tmp_path / "root", suite)
    for_arm = ["-o", "APT::Architecture=arm64"]
    run_in(root, ["apt-get", *for_arm, "update", "-qq"])
    shown = run_in(root, ["apt-cache", *for_arm, "show", "--no-all-versions", *names])
    assert set(re.findall(r"^Package: (\S+)$", shown.stdout, re.MULTILINE)) == set(names)
    assert set(re.findall(r"^Architecture: (\S+)$", shown.stdout, re.MULTILINE)) <= {"arm64", "all"}
