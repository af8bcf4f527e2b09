"""`lock --wheels` and `lock --target`: for another system, with nothing installed or run."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from builders.elf import Elf
from builders.root import write
from builders.wheels import build_wheel, install_wheels
from pip_sysdeps.cli import main
from pip_sysdeps.environment.wheel_tree import WheelTree
from pip_sysdeps.model.packages import Platform
from pip_sysdeps.packages.index import write_index
from pip_sysdeps.packages.index_file import IndexTarget

if TYPE_CHECKING:
    from collections.abc import Mapping

TRIXIE = "debian-trixie-amd64"
GLIBC = (("libc.so.6", ("GLIBC_2.28",)),)


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Run in an empty folder, without the indices of this machine's user."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv("LD_LIBRARY_PATH", raising=False)
    monkeypatch.chdir(tmp_path)


def image_wheels(folder: Path) -> Path:
    """Make wheels with one of each kind of need."""
    build_wheel(
        folder,
        "image",
        {
            "image/_core.abi3.so": Elf(
                needed=("libvendored-1a2b.so.1", "libcups.so.2", "libshared.so.2", "libcuda.so.1", "libc.so.6"),
                rpath="$ORIGIN/../image.libs:$ORIGIN/../shared/lib",
                version_needs=GLIBC,
            ).build(),
            "image.libs/libvendored-1a2b.so.1": Elf(soname="libvendored-1a2b.so.1", needed=("libGL.so.1",)).build(),
            "image/plugins/libqxcb.so": Elf(needed=("libSM.so.6",)).build(),
            "image/named.py": b"ctypes.CDLL('libopened.so')\n",
            "image/libopened.so": Elf(needed=("libgomp.so.1", "libnobody.so.7")).build(),
            "image/libplain.so": b"no ELF file at all",
            "image-1.0.data/scripts/imagetool": Elf(
                interpreter="/lib64/ld-linux-x86-64.so.2", needed=("libz.so.1",), flags_1=0x08000000
            ).build(),
            "image-1.0.data/data/share/note.bin": b"data",
            "image-1.0.dist-info/entry_points.txt": b"[console_scripts]\nimage = image:main\n",
        },
    )
    build_wheel(
        folder,
        "shared",
        {
            "shared/__init__.py": b"",
            "shared/lib/libshared.so.2": Elf(soname="libshared.so.2", needed=("libpq.so.5",)).build(),
            "shared/_open.abi3.so": Elf(needed=("libshared.so.2",), runpath="$ORIGIN/lib").build(),
        },
    )
    build_wheel(folder, "pure", {"pure.py": b""}, tag="py3-none-any")
    return folder


def lines(*argv: str) -> str:
    """Lock with these arguments, and return the text of the lock."""
    assert main(["lock", "-q", *argv]) == 0
    return Path("sysdeps.lock").read_text(encoding="utf-8")


def line(capsys: pytest.CaptureFixture[str], *argv: str) -> str:
    """Return what apt-line prints."""
    assert main(["apt-line", *argv]) == 0
    return capsys.readouterr().out


def test_wheels_and_their_installed_environment_give_one_lock(tmp_path: Path) -> None:
    """Byte for byte, by the same resolution: rpaths among the wheels' own files, other wheels, plugins, programs."""
    wheels = image_wheels(tmp_path / "wheels")
    install_wheels(wheels, tmp_path / "venv", "python3.13")
    assert lines("--wheels", "wheels", "--target", TRIXIE) == lines("--python", "venv", "--target", TRIXIE)


def test_a_source_distribution_beside_wheels(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Its needs would be missing from the lock; one whose wheel is there too is ignored."""
    folder = image_wheels(tmp_path / "wheels")
    (folder / "image-1.0.tar.gz").touch()
    (folder / "psycopg2-2.9.10.tar.gz").touch()
    assert main(["lock", "--wheels", "wheels", "--target", TRIXIE]) == 2
    assert capsys.readouterr().err == (
        "error: `psycopg2-2.9.10.tar.gz` is not a wheel: its needs are unknown until it is built\n"
        "hint: build it (it may need development packages): `pip wheel --no-deps -w wheels "
        "wheels/psycopg2-2.9.10.tar.gz`\n"
    )
    (folder / "psycopg2-2.9.10.tar.gz").unlink()
    assert main(["lock", "--wheels", "wheels", "--target", TRIXIE]) == 0


def test_a_source_distribution_in_a_subfolder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It is an error, unless its wheel is at the top."""
    folder = image_wheels(tmp_path / "wheels")
    write(folder / "more/image-1.0.tar.gz", "")
    write(folder / "more/psycopg2-2.9.10.tar.gz", "")
    assert main(["lock", "--wheels", "wheels", "--target", TRIXIE]) == 2
    assert capsys.readouterr().err == (
        "error: `wheels/more/psycopg2-2.9.10.tar.gz` is in a subfolder, which neither pip nor this command searches\n"
        "hint: move it into `wheels`\n"
    )


def test_wheels_in_a_subfolder_only(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The hint names the folder that is meant."""
    image_wheels(tmp_path / "wheels/linux")
    assert main(["lock", "--wheels", "wheels", "--target", TRIXIE]) == 2
    assert capsys.readouterr().err.endswith("hint: name the folder with the wheels: --wheels wheels/linux\n")


def test_a_release_with_another_python(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The release's own packages have no Python that would run the environment."""
    install_wheels(image_wheels(tmp_path / "wheels"), tmp_path / "venv", "python3.11")
    assert main(["lock", "--python", "venv", "--target", TRIXIE]) == 0
    assert capsys.readouterr().err.startswith(
        f"warning: the environment is for cp311, but {TRIXIE}'s own Python is cp313: the image needs another Python\n"
    )


@pytest.mark.parametrize(("release", "python"), [("bookworm", "cp311"), ("trixie", "cp313")])
def test_a_folder_that_shows_no_python(
    release: str, python: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Pure Python wheels fit the release's own Python, whichever Python runs this command."""
    fill(tmp_path / "deps", build_wheel(tmp_path / "wheels", "pure", {"pure.py": b""}, tag="py3-none-any"))
    assert main(["lock", "--path", "deps", "--target", f"debian-{release}-amd64"]) == 0
    assert capsys.readouterr().err == (
        f"wrote `sysdeps.lock`: debian-{release}-amd64, 0 distributions with needs, 0 packages to install\n"
    )
    assert f'python = "{python}"\n' in (tmp_path / "sysdeps.lock").read_text()


@pytest.mark.parametrize(
    ("tag", "module"),
    [("cp312-cp312-linux_x86_64", "m.so"), ("cp312-cp312-linux_x86_64", "m.cpython-312-x86_64-linux-gnu.so")],
)
def test_a_folder_that_shows_its_python(
    tag: str, module: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A wheel for one Python, or the name of an extension module, shows it."""
    fill(tmp_path / "deps", build_wheel(tmp_path / "wheels", "one", {module: Elf().build()}, tag=tag))
    assert main(["lock", "--path", "deps", "--target", TRIXIE]) == 0
    assert capsys.readouterr().err.startswith(
        f"warning: the environment is for cp312, but {TRIXIE}'s own Python is cp313: the image needs another Python\n"
    )


def test_reports_for_another_release(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`audit` and `why` of a named environment find what the lock has no place for, with the target's packages."""
    sources = {"sound.py": b"import ctypes, sys\nctypes.CDLL('libcups.so.2')\nctypes.CDLL(sys.argv[1])\n"}
    fill(tmp_path / "deps", build_wheel(tmp_path / "wheels", "sound", sources, tag="py3-none-any"))
    where = ("--path", "deps", "--target", TRIXIE)
    assert main(["audit", *where]) == 0
    out = capsys.readouterr().out
    assert "note SD032 unknown-name" in out
    assert "libcups2t64" in out
    assert "not installed" not in out
    assert main(["why", "-v", "sound", *where]) == 0
    out, err = capsys.readouterr()
    assert out.endswith("        └── libcups2t64\n")
    assert err.endswith("sound.py: opens a library by a name that is computed at run time, so it is unknown which\n")


def test_lock_says_once_that_needs_may_be_unknown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """For a new lock; a second one is silent, and -v lists the sources."""
    sources = {"sound.py": b"import ctypes, sys\nctypes.CDLL(sys.argv[1])\n"}
    fill(tmp_path / "deps", build_wheel(tmp_path / "wheels", "sound", sources, tag="py3-none-any"))
    command = ("lock", "--path", "deps", "--target", TRIXIE)
    note = (
        "some needs may be unknown: sound opens or runs something by a name that is computed at run time: "
        "-v lists the sources\n"
    )
    for argv, expected in ((command, True), (command, False), ((*command, "--check"), False)):
        assert main([*argv]) == 0
        assert (note in capsys.readouterr().err) is expected
    assert main([*command, "-v"]) == 0
    err = capsys.readouterr().err
    assert note not in err
    assert f"skipped (unknown-name): {tmp_path}/deps/sound.py: opens a library by a name" in err


@pytest.mark.parametrize(("option", "how"), [((), " (--all lists it)"), (("--all",), "")])
def test_audit_counts_the_packages_outside_the_line(
    option: tuple[str, ...], how: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The last line names the option that lists them, unless it was given."""
    sources = {"view.py": b"import subprocess\ndef f(): subprocess.run(['xdg-open', 'x'], check=True)\n"}
    fill(tmp_path / "deps", build_wheel(tmp_path / "wheels", "view", sources, tag="py3-none-any"))
    assert main(["audit", "--path", "deps", "--target", TRIXIE, *option]) == 0
    last = " ".join(capsys.readouterr().out.split())
    assert last.endswith(f"0 packages to install, 1 not in the install line{how}, no findings")


def test_a_line_without_packages(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The note names the packages outside it, with the option that prints them."""
    sources = {"view.py": b"import subprocess\ndef f(): subprocess.run(['xdg-open', 'x'], check=True)\n"}
    fill(tmp_path / "deps", build_wheel(tmp_path / "wheels", "view", sources, tag="py3-none-any"))
    assert main(["lock", "--path", "deps", "--target", TRIXIE]) == 0
    printed = f"`pip-sysdeps install-line --target {TRIXIE} --when default,exec` prints all of them"
    assert printed in capsys.readouterr().err
    assert main(["install-line", "--target", TRIXIE]) == 0
    assert capsys.readouterr().err == (f"the install line of {TRIXIE} is empty; --when default,exec prints xdg-utils\n")
    assert main(["install-line", "--target", TRIXIE, "--when", "plugin"]) == 0
    assert capsys.readouterr().err == f"{TRIXIE} needs no binary package of these kinds: plugin\n"


def fill(folder: Path, wheel: Path) -> None:
    """Install a wheel as `pip install --target` does."""
    with ZipFile(wheel) as archive:
        archive.extractall(folder)


def test_console_scripts_of_wheels_are_their_own(tmp_path: Path) -> None:
    """A program that an entry point installs does not count as a need."""
    build_wheel(
        tmp_path / "wheels",
        "rsync",
        {
            "rsync/__init__.py": b"import subprocess\nsubprocess.run(['rsync', '-a'])\n",
            "rsync-1.0.dist-info/entry_points.txt": b"[console_scripts]\nrsync = rsync:main\n",
        },
        tag="py3-none-any",
    )
    assert 'rsync"' not in lines("--wheels", "wheels", "--target", TRIXIE).replace('name = "rsync"', "")


def test_other_files_of_the_root_do_not_count(tmp_path: Path) -> None:
    """Libraries of the root are ignored, even where the loader would find them."""
    install_wheels(image_wheels(tmp_path / "wheels"), tmp_path / "root/opt/venv", "python3.13")
    for name in ("libGL.so.1", "libSM.so.6", "libnobody.so.7", "libc.so.6"):
        path = tmp_path / "root/usr/lib/x86_64-linux-gnu" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(Elf(soname=name, needed=("libelse.so.1",)).build())
    installed = lines("--root", "root", "--python", "/opt/venv", "--target", TRIXIE)
    assert lines("--wheels", "wheels", "--target", TRIXIE) == installed


def test_names_are_those_of_the_release(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """libcups2 became libcups2t64; one lock has both targets, and the second needs --add-target."""
    image_wheels(tmp_path / "wheels")
    lines("--wheels", "wheels", "--target", "debian-bookworm-amd64")
    assert main(["lock", "--wheels", "wheels", "--target", TRIXIE]) == 2
    assert capsys.readouterr().err == (
        f"error: the lock has no target {TRIXIE}, only debian-bookworm-amd64\n"
        "hint: add it with --add-target, or run this where the lock was made\n"
    )
    lines("--wheels", "wheels", "--target", TRIXIE, "--add-target")
    assert line(capsys, "--target", TRIXIE) == "libcups2t64 libgl1 libgomp1 libpq5\n"
    assert line(capsys, "--target", "debian-bookworm-amd64") == "libcups2 libgl1 libgomp1 libpq5\n"
    assert line(capsys, "--target", TRIXIE, "--when", "plugin") == "libsm6\n"


def test_a_listed_target_needs_no_option(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A target that the project does not list is refused."""
    image_wheels(tmp_path / "wheels")
    Path("pyproject.toml").write_text(f'[tool.pip-sysdeps]\ntargets = ["debian-bookworm-amd64", "{TRIXIE}"]\n')
    lines("--wheels", "wheels", "--target", TRIXIE)
    assert lines("--wheels", "wheels", "--target", "debian-bookworm-amd64").count("[[target]]") == 2
    assert main(["lock", "--wheels", "wheels", "--target", "debian-forky-amd64"]) == 2
    assert capsys.readouterr().err == (
        f"error: the project's targets are debian-bookworm-amd64, {TRIXIE}, not debian-forky-amd64\n"
        "hint: list it in `targets` of [tool.pip-sysdeps], or add it with --add-target\n"
    )


def test_the_interpreter_s_own_library_comes_with_the_interpreter(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """If no package of the release has it, the image has its own build of that Python, so it is not a need."""
    core = Elf(needed=("libpython3.12.so.1.0", "libpython3.1.so.1.0")).build()
    build_wheel(tmp_path / "wheels", "one", {"one.so": core}, tag="cp312-cp312-linux_x86_64")
    text = lines("--wheels", "wheels", "--target", "debian-bookworm-amd64")
    assert "libpython3.12" not in text
    assert 'soname = "libpython3.1.so.1.0"' in text
    assert line(capsys, "--target", "debian-bookworm-amd64") == ""


def test_another_architecture(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The loader's directories are those of the target's machine, and so are the objects."""
    arm = {"arm/_core.abi3.so": Elf(machine=183, needed=("libGL.so.1", "ld-linux-aarch64.so.1")).build()}
    build_wheel(tmp_path / "wheels", "arm", arm, tag="cp39-abi3-manylinux2014_aarch64")
    text = lines("--wheels", "wheels", "--target", "debian-bookworm-arm64")
    assert 'architecture = "arm64"' in text
    assert line(capsys, "--target", "debian-bookworm-arm64") == "libgl1\n"


@pytest.mark.parametrize(
    ("tag", "target", "meant"),
    [
        ("cp311-cp311-manylinux_2_17_x86_64", "debian-trixie-arm64", "cp311 on aarch64 with glibc 2.41"),
        ("py3-none-musllinux_1_2_x86_64", "debian-trixie-amd64", "cp313 on x86_64 with glibc 2.41"),
        ("py3-none-macosx_11_0_arm64", "debian-bookworm-arm64", "cp311 on aarch64 with glibc 2.36"),
        ("cp313-abi3-manylinux_2_17_x86_64", "debian-bookworm-amd64", "cp311 on x86_64 with glibc 2.36"),
        ("py3-none-manylinux_2_39_x86_64", "debian-bookworm-amd64", "cp311 on x86_64 with glibc 2.36"),
    ],
)
def test_a_wheel_that_does_not_fit(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], tag: str, target: str, meant: str
) -> None:
    """The architecture, the C library, the system, the Python, or a glibc that is newer than the release's."""
    build_wheel(tmp_path / "wheels", "one", {}, tag=tag)
    assert main(["lock", "--wheels", "wheels", "--target", target]) == 2
    assert capsys.readouterr().err == (
        f"error: `one-1.0-{tag}.whl` does not fit {target}: its tag is {tag}, but the target is {meant}\n"
        "hint: download it for the target: `pip download --platform TAG --only-binary :all:`, or use another --target\n"
    )


@pytest.mark.parametrize(("architecture", "machine"), [("mips64el", "mips64"), ("armel", "armel")])
def test_an_architecture_that_no_wheel_is_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], architecture: str, machine: str
) -> None:
    """Debian has ports for which there are no platform tags."""
    target = IndexTarget(id=f"debian-bookworm-{architecture}", date="", release="12", glibc="2.36", python="3.11")
    write_index(target, {"library": {}})
    build_wheel(tmp_path / "wheels", "one", {}, tag="py3-none-manylinux_2_28_x86_64")
    assert main(["lock", "--wheels", "wheels", "--target", target.id]) == 2
    assert f"but the target is cp311 on {machine} with glibc 2.36\n" in capsys.readouterr().err


def test_an_installed_distribution_that_does_not_fit(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """By its WHEEL: an environment for this machine cannot be locked for another architecture."""
    image_wheels(tmp_path / "wheels")
    install_wheels(tmp_path / "wheels", tmp_path / "venv")
    assert main(["lock", "--python", "venv", "--target", "debian-trixie-arm64"]) == 2
    assert "`image 1.0` does not fit debian-trixie-arm64: its tag is cp311-abi3-manylinux" in capsys.readouterr().err


def test_a_library_that_needs_a_newer_glibc_is_reported(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It is reported whatever the wheel's tag promises."""
    newest = Elf(needed=("libc.so.6",), version_needs=(("libc.so.6", ("GLIBC_2.38",)),)).build()
    build_wheel(tmp_path / "wheels", "one", {"one.abi3.so": newest}, tag="cp311-abi3-linux_x86_64")
    assert main(["lock", "--wheels", "wheels", "--target", "debian-bookworm-amd64"]) == 0
    assert "warning: one needs glibc 2.38, but debian-bookworm-amd64 has 2.36" in capsys.readouterr().err


def test_a_file_that_is_not_elf_is_unpacked_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """To see what it is; a wheel of a megabyte may have ten thousand."""
    unpacked: list[str] = []
    unpack = WheelTree.open_resolved

    def counting(tree: WheelTree, real: str) -> int:
        unpacked.append(real.rpartition("/")[2])
        return unpack(tree, real)

    monkeypatch.setattr(WheelTree, "open_resolved", counting)
    build_wheel(tmp_path / "wheels", "one", {"one/data": b"data", "one/more": b"more"})
    assert main(["lock", "--wheels", "wheels", "--target", "debian-bookworm-amd64"]) == 0
    assert sorted(each for each in unpacked if each in {"data", "more"}) == ["data", "more"]


def _two_pythons(folder: Path) -> None:
    build_wheel(folder, "one", {}, tag="cp311-cp311-manylinux_2_17_x86_64")
    build_wheel(folder, "two", {}, tag="cp312-cp312-manylinux_2_17_x86_64")


def _twice(folder: Path) -> None:
    build_wheel(folder, "one", {}, tag="py2.py3-none-any")
    build_wheel(folder, "One", {}, tag="py3-none-any")


def _no_zip(folder: Path) -> None:
    folder.mkdir()
    (folder / "one-1.0-py3-none-any.whl").write_bytes(b"PK, but no more")


def _no_name(folder: Path) -> None:
    folder.mkdir()
    (folder / "one.whl").write_bytes(b"")


def _no_metadata(folder: Path) -> None:
    folder.mkdir()
    with ZipFile(folder / "one-1.0-py3-none-any.whl", "w") as archive:
        archive.writestr("one.py", "")


def _leaving(folder: Path) -> None:
    build_wheel(folder, "one", {"one-1.0.data/scripts/../../../etc/passwd": b""}, tag="py3-none-any")


def _damaged(folder: Path) -> None:
    path = build_wheel(folder, "one", {"one.abi3.so": Elf(needed=("libz.so.1",)).build()})
    content = bytearray(path.read_bytes())
    content[60:70] = bytes(10)
    path.write_bytes(content)


def _tool_alone(folder: Path) -> None:
    build_wheel(folder, "pip_sysdeps", {}, tag="py3-none-any")


def _later(folder: Path) -> None:
    _with(folder, "WHEEL", "Wheel-Version: 99.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")


def _odd_scripts(folder: Path) -> None:
    _with(folder, "entry_points.txt", "[console_scripts]\nx = y\n")


def _with(folder: Path, name: str, content: str) -> None:
    """Make a wheel with another file of metadata."""
    files = {
        "METADATA": "Metadata-Version: 2.1\nName: one\nVersion: 1.0\n",
        "WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        name: content,
    }
    record = "".join(f"one-1.0.dist-info/{each},,\n" for each in (*files, "RECORD"))
    folder.mkdir()
    with ZipFile(folder / "one-1.0-py3-none-any.whl", "w") as archive:
        for each, text in {**files, "RECORD": record}.items():
            archive.writestr(f"one-1.0.dist-info/{each}", text)


def _bomb(folder: Path) -> None:
    path = build_wheel(folder, "one", {}, tag="py3-none-any")
    with ZipFile(path, "a", ZIP_DEFLATED) as archive:
        archive.writestr("one-1.0.dist-info/licenses/LICENSE", bytes((64 << 20) + 1))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (
            _two_pythons,
            (
                "the wheels are for several Pythons: `one-1.0-cp311-cp311-manylinux_2_17_x86_64.whl` is for cp311 and "
                "`two-1.0-cp312-cp312-manylinux_2_17_x86_64.whl` is for cp312"
            ),
        ),
        (
            _twice,
            "two wheels of one distribution: `One-1.0-py3-none-any.whl` and `one-1.0-py2.py3-none-any.whl`",
        ),
        (_no_zip, "`one-1.0-py3-none-any.whl` is not a usable wheel: File is not a zip file"),
        (_no_name, "`one.whl` is not a valid wheel name: Invalid wheel filename (wrong number of parts): 'one'"),
        (
            _no_metadata,
            (
                "`one-1.0-py3-none-any.whl` is not a usable wheel: Wheel doesn't contain exactly one .dist-info "
                "directory (filename='wheels/one-1.0-py3-none-any.whl', dist_info='[]')"
            ),
        ),
        (_leaving, "`one-1.0-py3-none-any.whl` is not a usable wheel: `../../../etc/passwd` leaves the environment"),
        (
            _bomb,
            (
                "`one-1.0-py3-none-any.whl` is not a usable wheel: `one-1.0.dist-info/licenses/LICENSE` is larger than "
                "67108864 bytes"
            ),
        ),
        (
            _later,
            (
                "`one-1.0-py3-none-any.whl` is not a usable wheel: Incompatible Wheel-Version 99.0, only support "
                "version 1.x wheels."
            ),
        ),
        (_odd_scripts, "`one-1.0-py3-none-any.whl` is not a usable wheel: its entry points cannot be read"),
        (Path.mkdir, "no wheels in `wheels`"),
        (_tool_alone, "`wheels` has only wheels of pip-sysdeps"),
        (lambda _: None, "`wheels`: No such file or directory"),
    ],
)
def test_a_folder_without_usable_wheels(capsys: pytest.CaptureFixture[str], make: object, message: str) -> None:
    """The error has one line, and no lock is written."""
    make(Path("wheels"))  # type: ignore[operator]
    assert main(["lock", "--wheels", "wheels", "--target", TRIXIE]) == 2
    assert capsys.readouterr().err.splitlines()[0] == f"error: {message}"
    assert not Path("sysdeps.lock").exists()


def test_wheels_of_another_environment_than_the_locked_one(capsys: pytest.CaptureFixture[str]) -> None:
    """The error names the folder of the wheels."""
    image_wheels(Path("wheels"))
    assert main(["lock", "--wheels", "wheels", "--target", TRIXIE]) == 0
    build_wheel(Path("others"), "other", {"other.abi3.so": Elf(needed=("libz.so.1",)).build()})
    capsys.readouterr()
    assert main(["lock", "--wheels", "others", "--target", TRIXIE]) == 2
    assert capsys.readouterr().err.splitlines()[0].endswith(" is installed in `others`")


def test_a_damaged_library_in_a_wheel(capsys: pytest.CaptureFixture[str]) -> None:
    """It is an error, because pip would not install it."""
    _damaged(Path("wheels"))
    assert main(["lock", "--wheels", "wheels", "--target", TRIXIE]) == 2
    message = capsys.readouterr().err
    assert message.startswith(
        "error: `one-1.0-cp311-abi3-manylinux_2_17_x86_64.whl` is damaged: `one.abi3.so` cannot be unpacked: "
    )


def test_files_are_named_by_wheel_and_name(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Messages name the wheel and the file in it, never an internal path."""
    wheel = build_wheel(tmp_path / "wheels", "one", {
        "one/arm.so": Elf(machine=183).build(), "one-1.0.data/scripts/tool": b"\x7fELF cut",
    })  # fmt: skip
    assert main(["lock", "-v", "--wheels", "wheels", "--target", TRIXIE]) == 0
    malformed, foreign = (line for line in capsys.readouterr().err.splitlines() if line.startswith("skipped ("))
    assert malformed == f"skipped (malformed): {wheel.name}: one-1.0.data/scripts/tool: offset 8: file too short"
    assert foreign.startswith(f"skipped (foreign-architecture): {wheel.name}: one/arm.so: made for AArch64 ")
    wheel = build_wheel(tmp_path / "wheels", "one", {"one/cut.so": b"\x7fELF cut"})
    assert main(["lock", "--wheels", "wheels", "--target", TRIXIE]) == 2
    assert capsys.readouterr().err == (
        f"error: cannot read `{wheel.name}: one/cut.so` (offset 8: file too short)\n"
        "hint: it is damaged: reinstall one, or recreate the environment\n"
    )


@pytest.mark.parametrize("value", [0, 1, 12, 14, 99, 0xFFFF])
@pytest.mark.parametrize("offset", [8, 10, 20, 22, 24, 44])
def test_a_wheel_with_a_corrupt_central_directory(capsys: pytest.CaptureFixture[str], offset: int, value: int) -> None:
    """For any value of a field, the wheel is read or one error names it.

    Source: APPNOTE.TXT, 4.3.12.
    """
    path = build_wheel(Path("wheels"), "one", {"one.abi3.so": Elf(needed=("libz.so.1",)).build()})
    content = bytearray(path.read_bytes())
    places = [match.start() + offset for match in re.finditer(rb"PK\x01\x02", content)]
    for place in places:
        content[place : place + 2] = value.to_bytes(2, "little")
    path.write_bytes(content)
    status = main(["lock", "--wheels", "wheels", "--target", TRIXIE])
    message = capsys.readouterr().err
    assert status == 0 or message.startswith(f"error: `{path.name}` is ")
    assert message.count("\n") == status or status == 0


def test_without_a_target_it_is_this_system_s(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """By default the target is this system, or that of --root; if it is unknown, --target is required."""
    image_wheels(tmp_path / "wheels")
    (tmp_path / "root/etc").mkdir(parents=True)
    (tmp_path / "root/var/lib/dpkg").mkdir(parents=True)
    assert main(["lock", "--wheels", "wheels", "--root", "root"]) == 2
    assert capsys.readouterr().err == (
        "error: cannot determine the target: this system has no os-release or no package database\n"
        "hint: use --target, such as --target debian-trixie-amd64; `pip-sysdeps index list` prints the known targets\n"
    )
    (tmp_path / "root/etc/os-release").write_text('ID=debian\nVERSION_ID="13"\nVERSION_CODENAME=trixie\n')
    (tmp_path / "root/var/lib/dpkg/status").write_text("Package: dpkg\nArchitecture: amd64\n\n")
    assert 'id = "debian-trixie-amd64"' in lines("--wheels", "wheels", "--root", "root")


ANYWHERE = """
import os, sys, tempfile
from installer import install
for name in ({removed}):
    delattr(os, name)
sys.modules.update(dict.fromkeys(("fcntl", "grp", "pwd", "resource", "termios")))
opened = []
def audit(event, args):
    if event in ("open", "os.listdir", "os.scandir"):
        opened.append(str(args[0]))
sys.addaudithook(audit)
from pip_sysdeps.cli import main
from pip_sysdeps.packages.index_file import IndexTarget
from pip_sysdeps.packages.index import write_index
from pip_sysdeps.model.packages import Platform
status = main(["lock", "-q", "--wheels", "wheels", "--target", "debian-trixie-arm64"])
own = (os.getcwd(), tempfile.gettempdir(), "wheels", ".", "sysdeps.lock", *{folders!r})
print(status, sorted(path for path in opened if not path.isdigit() and not path.startswith(own)))
"""
WINDOWS = (
    "pread",
    "O_NOFOLLOW",
    "O_NONBLOCK",
    "O_NOCTTY",
    "O_CLOEXEC",
    "O_DIRECTORY",
    "fchmod",
    "fchown",
    "geteuid",
    "getegid",
)
"""Names of the module os that Windows does not have, or not in every version of Python that we run on."""


def test_nothing_of_the_machine_is_read(tmp_path: Path) -> None:
    """No file but the wheels, the tool's own and the lock is opened, and no call is made that only Linux has."""
    core = Elf(machine=183, needed=("libGL.so.1",), defined=("PyInit__core",)).build()
    arm: Mapping[str, bytes] = {"arm/_core.so": core}
    build_wheel(tmp_path / "wheels", "arm", arm, tag="cp313-cp313-manylinux_2_17_aarch64")
    folders = sorted({sys.prefix, sys.base_prefix, *(path for path in sys.path if path)})
    script = ANYWHERE.format(removed=", ".join(map(repr, WINDOWS)), folders=folders)
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert (run.stdout, run.stderr) == ("0 []\n", "")
    assert 'package = "libgl1"' in Path("sysdeps.lock").read_text()


@pytest.mark.parametrize(
    ("codename", "release", "architecture", "option"),
    [("trixie", "13", "amd64", ""), ("bookworm", "12", "arm64", "--wheels DIR ")],
)
def test_apt_line_on_a_system_that_the_lock_is_not_for(  # noqa: PLR0913, PLR0917 - what differs, and fixtures
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    codename: str,
    release: str,
    architecture: str,
    option: str,
) -> None:
    """It says which targets the lock has, and what adds this one; it never prints another release's names."""
    image_wheels(tmp_path / "wheels")
    lines("--wheels", "wheels", "--target", "debian-bookworm-amd64")
    system = Platform(
        distro="debian",
        codename=codename,
        release=release,
        release_name=codename,
        architecture=architecture,
        machine="",
        package_manager="dpkg",
        libc="",
    )
    monkeypatch.setattr("pip_sysdeps.packages.platform.read_system", lambda _: system)
    assert main(["apt-line"]) == 2
    assert capsys.readouterr() == (
        "",
        (
            f"error: the lock has no target for this system ({system.id}), only debian-bookworm-amd64\n"
            "hint: add it with `pip-sysdeps lock --add-target` in a build stage of this system, or anywhere with "
            f"`pip-sysdeps lock {option}--target {system.id} --add-target`\n"
        ),
    )


@pytest.mark.parametrize("where", [("--wheels", "wheels"), ("--wheels", "wheels", "--target", TRIXIE)])
def test_pins_are_of_installed_packages(tmp_path: Path, capsys: pytest.CaptureFixture[str], where: list[str]) -> None:
    """--pin without installed packages is an error, and no lock is written."""
    image_wheels(tmp_path / "wheels")
    assert main(["lock", "--pin", *where]) == 2
    assert capsys.readouterr().err == (
        "error: --pin needs installed packages: with --target or --wheels there is only an index, "
        "without versions\n"
        "hint: run `pip-sysdeps lock --pin` in a build stage of the target, or omit --pin\n"
    )
    assert not Path("sysdeps.lock").exists()


def test_a_project_that_pins_gets_a_warning_where_it_cannot(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It is only a note, because `pin = true` is for all targets, and others can be pinned."""
    image_wheels(tmp_path / "wheels")
    Path("pyproject.toml").write_text("[tool.pip-sysdeps]\npin = true\n")
    assert main(["lock", "--wheels", "wheels", "--target", TRIXIE]) == 0
    assert f"`pin` in pyproject.toml has no effect on {TRIXIE}: an index has no versions\n" in capsys.readouterr().err


def test_wheels_are_read_by_one_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Even with many files: two processes would share one file position in a wheel."""
    wheels = image_wheels(tmp_path / "wheels")
    monkeypatch.setattr("pip_sysdeps.app.scan._MIN_FILES_TO_FORK", 0)
    monkeypatch.setattr("pip_sysdeps.system.fork_worker._processors", lambda: 2)
    monkeypatch.setattr(os, "fork", lambda: pytest.fail("a second process"))
    assert "libgl1" in lines("--wheels", str(wheels), "--target", TRIXIE)
