"""Distributions that have fooled other tools, in a Debian root: what we say of each object against dlopen(3) itself."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from builders.command import lock_of, pip_sysdeps
from builders.debian import apt_install, fresh_root, run_in
from builders.environments import VENV, build_root, pinned
from builders.torch import torch_root
from pip_sysdeps.app.place import Location, read_place
from pip_sysdeps.app.scan import Scanner
from pip_sysdeps.elf.kinds import is_program
from pip_sysdeps.elf.read_objects import Objects
from pip_sysdeps.model.elf import ElfFile
from pip_sysdeps.model.loader import Load, NotFound
from pip_sysdeps.model.needs import FromPackage

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pip_sysdeps.app.place import Place
    from pip_sysdeps.model.scan import Scan

pytestmark = [pytest.mark.debian, pytest.mark.network, pytest.mark.exhaustive]

OPEN_EACH = Path(__file__).with_name("open_each.py")

VERSIONS = {
    "av": "18.1.0",
    "imageio-ffmpeg": "0.8.1",
    "lightgbm": "4.7.0",
    "numba": "0.68.1",
    "opencv-python": "5.0.0.93",
    "playwright": "1.65.2",
    "pyarrow": "26.0.1",
    "pygame": "2.6.1",
    "PySide6-Essentials": "6.12.0",
    "ruff": "0.17.6",
    "soundfile": "0.14.0",
    "tbb": "2023.2.0",
    "uwsgi": "2.0.31",
}
"""Libraries without an rpath of their own, opened by ctypes, plugins, programs, preloaded and off the path."""
LISTED = pinned("bookworm", VERSIONS)


@pytest.fixture(scope="module", params=["listed", "torchcodec"])
def built(request: pytest.FixtureRequest) -> Path:
    """Return each root in turn."""
    return torch_root("bookworm") if request.param == "torchcodec" else build_root(LISTED)


def place_of(root: Path) -> Place:
    """Read the environment of a root."""
    return read_place(Location(root=str(root), python=VENV))


def scan_of(root: Path) -> Scan:
    """Scan the environment of a root."""
    return Scanner(place_of(root)).scan()


def missing(load: Load) -> list[str]:
    """Return the needed names that the loader will not find, in its order."""
    return [answer.soname for each in load.objects for answer in each.needs if isinstance(answer, NotFound)]


def open_each(root: Path, paths: Iterable[str], *first: str) -> dict[str, str]:
    """Open each library in a root by its interpreter: which name was not found, or nothing."""
    command = [f"{VENV}/bin/python", "-c", OPEN_EACH.read_text(encoding="utf-8"), *first]
    rows = map(json.loads, run_in(root, command, stdin="\n".join(paths)).stdout.splitlines())
    return {
        path: error.partition(": cannot open shared object file")[0] * ("cannot open" in error) for path, error in rows
    }


def listed(root: Path, program: str) -> list[str]:
    """Return the names that a program will not find, by the loader, as ldd(1) does."""
    result = run_in(root, ["/usr/bin/env", "LD_TRACE_LOADED_OBJECTS=1", program], check=False)
    return re.findall(r"^\t(.*) => not found$", result.stdout, re.MULTILINE)


def split(found: Scan, objects: Objects) -> tuple[list[Load], list[Load]]:
    """Return the loads of libraries, and those of programs."""
    programs = [load for load in found.loads if is_program(facts(objects, load.root))]
    return [load for load in found.loads if load not in programs], programs


def facts(objects: Objects, path: str) -> ElfFile:
    """Return the facts of a usable object."""
    found = objects.facts(path)
    assert isinstance(found, ElfFile)
    return found


def check_each(root: Path) -> None:
    """Check for each library the name that stops dlopen(3), and for each program the names that are not found."""
    found = scan_of(root)
    libraries, programs = split(found, Objects(place_of(root).root))
    opened = open_each(root, [load.root for load in libraries])
    ours = {load.root: next(iter(missing(load)), "") for load in libraries}
    assert opened == {path: ours[path] for path in ours if path in opened}
    assert len(opened) > len(ours) * 0.95, "what dies of its own code shows nothing"
    needing = [load for load in programs if any(each.needs for each in load.objects)]
    assert {load.root: listed(root, load.root) for load in needing} == {load.root: missing(load) for load in needing}


def test_each_object_opens_as_we_say(built: Path) -> None:
    """In the build root, where most system libraries are missing, dlopen(3) fails where we say, and nowhere else."""
    check_each(built)


def test_the_line_is_enough(built: Path, tmp_path: Path) -> None:
    """In a release root with the line, plugins' packages too, no package is missing, and the rest is as we say."""
    target = lock_of(built, VENV, tmp_path)
    line = pip_sysdeps("apt-line", "--target", target["id"], "--when", "import,plugin", cwd=tmp_path).stdout.split()
    release = fresh_root(tmp_path / "release", "bookworm")
    shutil.copytree(built / VENV.lstrip("/"), release / VENV.lstrip("/"), symlinks=True)
    apt_install(release, line)
    stated = [need.provider for _, need in scan_of(release).needs() if need.confidence is None]
    lacking = {provider for provider in stated if isinstance(provider, FromPackage)}
    assert {provider.package for provider in lacking if not provider.path} == set()
    check_each(release)


def test_what_is_unresolved(tmp_path: Path) -> None:
    """Nothing that is needed at import: numba only tries TBB, which the distribution tbb has off the loader's path."""
    target = lock_of(build_root(LISTED), VENV, tmp_path)
    assert [each for each in target["unresolved"] if each["when"] == "import"] == []
    place = ("--root", str(build_root(LISTED)), "--python", VENV)
    document = json.loads(pip_sysdeps("audit", *place, "--select", "SD002:numba", "--json", cwd=tmp_path).stdout)
    (numba,) = document["findings"]
    assert (numba["subjects"], "libtbb.so.12 of tbb" in numba["message"]) == (["libtbb.so.12"], True)


def test_one_alternative_is_chosen(tmp_path: Path) -> None:
    """Of torchcodec's five builds the one for the release's FFmpeg counts, and loads with what the line installs."""
    target = lock_of(torch_root("bookworm"), VENV, tmp_path)
    assert target.get("unresolved", []) == []
    (torchcodec,) = (each for each in target["distribution"] if each["name"] == "torchcodec")
    assert {need["package"] for need in torchcodec["needs"] if need["soname"].startswith("libavcodec")} == {
        "libavcodec59"
    }
    release = fresh_root(tmp_path / "release", "bookworm")
    shutil.copytree(torch_root("bookworm") / VENV.lstrip("/"), release / VENV.lstrip("/"), symlinks=True)
    apt_install(release, pip_sysdeps("apt-line", "--target", target["id"], cwd=tmp_path).stdout.split())
    cores = [next((release / VENV.lstrip("/")).rglob(f"libtorchcodec_core{number}.so")) for number in (5, 6)]
    paths = [f"/{core.relative_to(release)}" for core in cores]
    assert open_each(release, paths, "torch") == {paths[0]: "", paths[1]: "libavutil.so.58"}
