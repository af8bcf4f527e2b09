"""`pip-sysdeps lock`, as a person calls it."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import pip_sysdeps
from builders.elf import Elf
from builders.root import write
from builders.schemas import check_schema
from builders.small_debian import HEADER, LOCK, MODULE, SITE, TARGET, install_module, module
from builders.system import LOADER, PROGRAM, VENV, write_library
from builders.venv import install, make_interpreter
from pip_sysdeps.lock.text import loads
from pip_sysdeps.system.exclusion import exclusive

if TYPE_CHECKING:
    from builders.desk import Desk

OTHER = "debian-trixie-amd64"
SUMMARY = "debian-bookworm-amd64, 1 distribution with needs, 1 package to install"
TRIXIE = TARGET.replace("bookworm", "trixie").replace('"12"', '"13"')


def test_the_first_lock(desk: Desk) -> None:
    """It is the whole file, and stdout is left to results."""
    outcome = desk.run_lock()
    assert (outcome.status, outcome.out) == (0, "")
    assert outcome.err == f"wrote `{desk.lock}`: {SUMMARY}\n"
    assert desk.lock.read_text() == LOCK


def test_the_same_again(desk: Desk) -> None:
    """An equal lock is not written."""
    desk.run_lock()
    before = desk.lock.stat()
    assert desk.run_lock().err == f"`{desk.lock}` is current: {SUMMARY}\n"
    after = desk.lock.stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_changes_of_the_line_come_first(desk: Desk) -> None:
    """A rewritten lock prints the packages that were added and removed."""
    desk.run_lock()
    write(desk.root / SITE[1:] / MODULE, module("libGL.so.1"))
    assert desk.run_lock().err.splitlines()[:2] == [
        "changes in the install line: +libgl1 (psycopg2), -libpq5",
        f"wrote `{desk.lock}`: {SUMMARY}",
    ]


def test_quiet(desk: Desk) -> None:
    """-q is silent, before the command and after it."""
    assert desk.run_lock("-q").err == ""
    assert desk.run("-q", "lock", "--root", str(desk.root), "--python", "/opt/venv", "-o", str(desk.lock)).err == ""


def test_check_of_a_current_lock(desk: Desk) -> None:
    """The message says so, and nothing is written."""
    desk.run_lock()
    outcome = desk.run_lock("--check")
    assert (outcome.status, outcome.err) == (0, f"`{desk.lock}` is current: {SUMMARY}\n")


def test_check_of_a_stale_lock(desk: Desk) -> None:
    """The message says what differs, and the lock stays."""
    desk.run_lock()
    shutil.rmtree(desk.root / SITE[1:])
    install_module(desk.root, version="2.9.10")
    outcome = desk.run_lock("--check")
    assert (outcome.status, outcome.out) == (1, "")
    assert outcome.err == (
        "warning: the install line does not change\n"
        f"warning: psycopg2 2.9.9 is locked, 2.9.10 is installed\n`{desk.lock}` is stale: run `pip-sysdeps lock`\n"
    )
    assert desk.lock.read_text() == LOCK
    only_line = desk.run_lock("--check=line")
    assert (only_line.status, only_line.err) == (
        0,
        f"warning: the install line does not change\n`{desk.lock}` is stale: run `pip-sysdeps lock`\n",
    )


def test_check_of_a_lock_of_another_python(desk: Desk) -> None:
    """It was made elsewhere, such as on a laptop: making it again there would change nothing."""
    desk.run_lock()
    desk.lock.write_text(LOCK.replace('python = "cp311"', 'python = "cp312"'))
    outcome = desk.run_lock("--check")
    how = "run `pip-sysdeps lock` with the image's Python, as in its build stage (cp311 here)"
    assert (outcome.status, outcome.err.splitlines()) == (
        1,
        [
            "warning: the install line does not change",
            "warning: python cp312 is locked, cp311 is found",
            f"`{desk.lock}` is stale: {how}",
        ],
    )


def test_check_names_the_options_that_writing_takes(desk: Desk) -> None:
    """The command that updates another target, a named environment, or the lock of another environment."""
    desk.run_lock()
    shutil.rmtree(desk.root / SITE[1:])
    install_module(desk.root, "zoom", "libGL.so.1")
    assert f"`{desk.lock}` is stale: run `pip-sysdeps lock --replace`\n" in desk.run_lock("--check").err
    desk.run_lock("--name", "worker", "--target", OTHER, "--add-target")
    install_module(desk.root, "other", "libgomp.so.1")
    done = desk.run_lock("--check", "--name", "worker", "--target", OTHER)
    how = f"run `pip-sysdeps lock --target {OTHER} --name worker`"
    assert f"`{desk.lock}` is stale: {how}\n" in done.err


def test_a_change_that_other_targets_do_not_have(desk: Desk) -> None:
    """They are named when the change is written; a second environment in the same image has nothing to do with it."""
    desk.run_lock()
    desk.run_lock("--target", OTHER, "--add-target")
    desk.run_lock("--name", "worker", "--add-target")
    install_module(desk.root, "zoom", "libGL.so.1")
    message = f"other targets of the lock do not have the change of zoom yet: {OTHER}; lock them too\n"
    assert message in desk.run_lock().err
    assert "other targets" not in desk.run_lock("--target", OTHER).err
    assert "other targets" not in desk.run_lock("--name", "worker").err


def test_check_begins_with_the_line(desk: Desk) -> None:
    """An added wheel is what it puts into the line, then that it is there; its needs come with it."""
    desk.run_lock()
    install_module(desk.root, "zoom", "libGL.so.1", "libgomp.so.1")
    outcome = desk.run_lock("--check=line")
    assert outcome.status == 1
    assert outcome.err.splitlines()[:3] == [
        "warning: changes in the install line: +libgl1 (zoom), +libgomp1 (zoom)",
        "warning: zoom 2.9.9 is installed, but not locked",
        f"`{desk.lock}` is stale: run `pip-sysdeps lock`",
    ]


def test_a_version_changes_two_lines_at_most(desk: Desk) -> None:
    """A bump that changes no need changes the version, and where its tags change the wheel."""
    desk.run_lock()
    before = desk.lock.read_text().splitlines()
    shutil.rmtree(desk.root / SITE[1:])
    install_module(desk.root, version="2.9.10")
    desk.run_lock()
    after = desk.lock.read_text().splitlines()
    assert [line for line in after if line not in before] == ['version = "2.9.10"']
    assert len(after) == len(before)


def test_check_of_an_old_lock_version(desk: Desk) -> None:
    """A lock of 1.0 that means the same is current, and the next `lock` writes it anew."""
    need = (
        f'[[target.distribution.needs]]\nsoname = "libpq.so.5"\npackage = "libpq5"\nwhen = "import"\nby = ["{MODULE}"]'
    )
    head, _, _ = LOCK.replace("2.0", "1.0").replace('installs = [\n    "libpq5",\n]\n', "").partition("needs = [")
    desk.lock.write_text(f'{head}\n{need}\n\n[[target.package]]\nname = "libpq5"\n')
    outcome = desk.run_lock("--check")
    assert (outcome.status, outcome.err) == (
        0,
        (
            f"`{desk.lock}` is current: {SUMMARY}\n"
            f"`{desk.lock}` has an old lock-version: `pip-sysdeps lock` updates it\n"
        ),
    )
    desk.run_lock()
    assert desk.lock.read_text() == LOCK


def test_check_without_the_target(desk: Desk) -> None:
    """A lock of other targets is an error, not stale."""
    desk.lock.write_text(f"{HEADER}\n{TRIXIE}")
    outcome = desk.run_lock("--check")
    assert outcome.status == 2
    assert outcome.err == (
        f"error: `{desk.lock}` has no target debian-bookworm-amd64, only debian-trixie-amd64\n"
        "hint: run `pip-sysdeps lock --add-target` here, or check where the lock was made\n"
    )


def test_a_second_target_takes_an_option(desk: Desk) -> None:
    """The lock's other targets stay byte for byte, whatever their hand-made spacing."""
    odd = TRIXIE.replace('id = "', 'id  =  "').replace("\n\n", "\n\n\n")
    desk.lock.write_text(f"{HEADER}\n{odd}")
    outcome = desk.run_lock()
    assert outcome.status == 2
    assert outcome.err == (
        "error: the lock has no target debian-bookworm-amd64, only debian-trixie-amd64\n"
        "hint: add it with --add-target, or run this where the lock was made\n"
    )
    assert desk.lock.read_text() == f"{HEADER}\n{odd}"
    assert desk.run_lock("--add-target").status == 0
    assert desk.lock.read_text() == f"{HEADER}\n{TARGET}\n{odd}"


def test_a_second_environment_of_the_image(desk: Desk) -> None:
    """--name distinguishes it from the first."""
    desk.run_lock()
    assert desk.run_lock("--name", "worker", "--add-target").status == 0
    worker = TARGET.replace("debian-bookworm-amd64", "debian-bookworm-amd64-worker")
    assert desk.lock.read_text() == f"{LOCK}\n{worker}"


def test_strict(desk: Desk) -> None:
    """A need without an answer is in `unresolved`; with --strict the status is 1, and the lock is written anyway."""
    write(desk.root / SITE[1:] / MODULE, module("libpq.so.5", "libnowhere.so.9"))
    outcome = desk.run_lock("--strict")
    assert outcome.status == 1
    assert outcome.err == (
        f"wrote `{desk.lock}`: {SUMMARY}\n"
        "unresolved: libnowhere.so.9, which psycopg2 needs: no binary package of debian-bookworm-amd64 has it\n"
    )
    assert desk.run_lock().status == 0
    note = "no binary package of debian-bookworm-amd64 has it"
    named = (
        f'soname = "libnowhere.so.9", when = "import", distribution = "psycopg2", by = ["{MODULE}"], note = "{note}"'
    )
    assert f"unresolved = [\n    {{ {named} }},\n]\n" in desk.lock.read_text()


def test_packages_that_are_not_installed_come_from_the_index(desk: Desk) -> None:
    """The lock does not depend on what else the build machine has."""
    write(desk.root / SITE[1:] / MODULE, module("libpq.so.5", "libGL.so.1"))
    outcome = desk.run_lock()
    assert (
        "in the install line, but not installed here: libgl1 (the lock has its minimum version only if installed)\n"
        in outcome.err
    )
    assert '{ soname = "libGL.so.1", package = "libgl1", when = "import", ' in desk.lock.read_text()


def test_a_need_of_a_plugin_is_offered(desk: Desk) -> None:
    """It is in the lock, and one line says that it is not in the apt line."""
    plugin = Elf(soname="libxcb-plugin.so", needed=("libxcb.so.1", "libc.so.6")).build()
    install(
        desk.root / SITE[1:], "viewer", files={"viewer/__init__.py": b"", "viewer/plugins/libxcb-plugin.so": plugin}
    )
    outcome = desk.run_lock()
    offer = "not in the install line: viewer: libxcb1 (plugin)\n`pip-sysdeps policy use NAME --reason TEXT` adds one"
    assert offer in outcome.err
    assert "not in the install line" not in desk.run_lock().err
    assert offer in desk.run_lock("-v").err
    assert desk.run_apt_line().out == "libpq5\n"
    assert desk.run_apt_line("--when", "import,plugin").out == "libpq5 libxcb1\n"
    assert (
        "not in the install line" not in desk.run_lock("--check").err
    )  # it was decided on when the lock was committed


def test_a_need_of_a_plugin_without_an_answer(desk: Desk) -> None:
    """It is reported in one line when the lock is written; `--check` leaves it to the lock."""
    plugin = Elf(soname="libodd.so", needed=("libnowhere.so.9", "libc.so.6")).build()
    install(desk.root / SITE[1:], "viewer", files={"viewer/__init__.py": b"", "viewer/plugins/libodd.so": plugin})
    assert "unresolved, but not needed by any import: libnowhere.so.9 (viewer)\n" in desk.run_lock().err
    assert "libnowhere" not in desk.run_lock("--check").err


@pytest.mark.parametrize("spelling", [("--json",), ("--format", "json")], ids=" ".join)
def test_the_line_as_json(desk: Desk, spelling: tuple[str, ...]) -> None:
    """By the published schema, with who needs each package."""
    install_module(desk.root, "zipper", "libz.so.1")
    desk.run_lock()
    document = json.loads(desk.run_apt_line(*spelling, "--all").out)
    check_schema("install-line", document)
    assert document["target"] == "debian-bookworm-amd64"
    assert document["packages"] == [
        {"name": "libpq5", "base": False, "when": ["import"], "by": ["psycopg2"]},
        {"name": "zlib1g", "base": True, "when": ["import"], "by": ["zipper"]},
    ]


def test_an_unowned_library_and_what_it_needs(desk: Desk) -> None:
    """A file outside every package is reported with its path, and what it needs in turn is the distribution's need."""
    write_library(desk.root, "/usr/local/lib/libown.so.1", Elf(soname="libown.so.1", needed=("libpq.so.5",)))
    write(desk.root / "etc/ld.so.conf", "/usr/local/lib\n")
    install_module(desk.root, "wrapper", "libown.so.1")
    path = "/usr/local/lib/libown.so.1"
    said = f"no package has {path}, needed by wrapper: copy it into the image\n"
    pasted = f"    COPY --from=build {path} {path}\n    RUN ldconfig\n"
    assert f"{said}{pasted}" in desk.run_lock().err
    line = desk.run_apt_line()
    assert (line.status, line.out, line.err) == (0, "libpq5\n", f"warning: {said}{pasted}")
    assert f'{{ soname = "libown.so.1", class = "unowned", path = "{path}", when = "import", ' in desk.lock.read_text()
    assert desk.lock.read_text().count('package = "libpq5"') == 2


def test_a_program_that_no_record_claims(desk: Desk) -> None:
    """Its needs are offered as those of a distribution are."""
    program = Elf(interpreter=LOADER, needed=("libtiff.so.6", "libc.so.6")).build()
    write(desk.root / SITE[1:] / "tool/prog", program).chmod(0o755)
    assert "not in the install line: lib/python3.11/site-packages/tool/prog: libtiff6 (plugin)\n" in desk.run_lock().err


def test_a_python_path_is_not_followed(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """PYTHONPATH is ignored and reported, like LD_LIBRARY_PATH."""
    own = str(Path(pip_sysdeps.__file__).parents[1])
    monkeypatch.setenv("PYTHONPATH", f"/srv/app:{own}")
    said = "ignored PYTHONPATH: distributions in /srv/app are left out, unless a `.pth` file of the "
    assert desk.run_lock().err.startswith(said)
    monkeypatch.setenv("PYTHONPATH", own)
    assert "PYTHONPATH" not in desk.run_lock().err


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("import sys; sys.path.insert(0, '/srv/app')", True),
        ("import site; site.addsitedir('/srv/app')", True),
        ("import boot", True),
        ("import sys; sys.__plen = len(sys.path)", False),
        ("import os; os.environ.setdefault('A', 'b')", False),
        ("/srv/app", False),
    ],
)
def test_code_that_changes_the_path(desk: Desk, line: str, said: bool) -> None:
    """A `.pth` file that runs code is named; a line with a folder is followed."""
    write(desk.root / SITE[1:] / "app.pth", f"{line}\n")
    write(desk.root / SITE[1:] / "boot.py", "import sys\nsys.path.append('/srv/app')\n")
    noted = f"`{SITE}/app.pth` changes sys.path by code, which is not run" in desk.run_lock().err
    assert noted is said


@pytest.mark.parametrize("gone", ["all", "libpq5"])
def test_removed_file_lists(desk: Desk, gone: str) -> None:
    """Libraries are looked up in the index, and a warning says so."""
    expected = desk.run_lock() and desk.lock.read_text()
    for each in (desk.root / "var/lib/dpkg/info").iterdir():
        if each.suffix in {".list", ".md5sums"} and (gone == "all" or each.name.startswith(gone)):
            each.unlink()
    outcome = desk.run_lock()
    assert "warning: dpkg has no file lists of " in outcome.err
    assert ": libraries are looked up in the index\n" in outcome.err
    assert "copy it" not in outcome.err
    assert desk.lock.read_text() == expected


def test_an_unowned_file_stays_unowned_without_file_lists(desk: Desk) -> None:
    """A library in /usr/local is no package's, also if one with a library of the same name is installed."""
    (desk.root / "var/lib/dpkg/info/libpq5:amd64.list").unlink()
    write_library(desk.root, "/usr/local/lib/libpq.so.5", Elf(soname="libpq.so.5"))
    write(desk.root / "etc/ld.so.conf", "/usr/local/lib\n")
    assert "copy it into the image (libpq5 has a library with this name)\n" in desk.run_lock().err


def test_an_environment_without_objects_and_interpreter(desk: Desk) -> None:
    """The system's shell shows its architecture and C library, as in a stage that has only the folder."""
    write_library(desk.root, "/usr/bin/sh", PROGRAM)
    for path in (desk.root / "usr/bin/python3.11", desk.root / SITE[1:] / MODULE):
        path.unlink()
    install(desk.root / SITE[1:], "magic", files={"magic.py": b"import ctypes\nctypes.CDLL('libpq.so.5')\n"})
    outcome = desk.run_lock()
    assert outcome.status == 0
    (target,) = loads(desk.lock.read_text()).target
    assert (target.id, target.libc, target.installs) == ("debian-bookworm-amd64", "glibc", ("libpq5",))


def frozen(root: Path) -> None:
    """Make what a freezer makes: a program, and a folder with modules and libraries but without metadata."""
    module = "_psycopg.cpython-311-x86_64-linux-gnu.so"
    write(root / "srv/app/app", Elf(interpreter=LOADER, needed=("libc.so.6",)).build())
    write(root / f"srv/app/_internal/{module}", Elf(needed=("libpq.so.5", "libown.so.1")).build())
    write(root / "srv/app/_internal/libown.so.1", Elf(soname="libown.so.1", needed=("libc.so.6",)).build())


@pytest.mark.parametrize("option", ["--path", "--python"])
def test_a_frozen_application(desk: Desk, option: str) -> None:
    """It is refused; the hint has the alternatives."""
    frozen(desk.root)
    outcome = desk.run_lock(option, "/srv/app")
    assert outcome.status == 2
    assert "such as `_internal/_psycopg.cpython-311-x86_64-linux-gnu.so`: it looks like a frozen app" in outcome.err
    assert "hint: lock the environment that it was made from; or scan its files as they are: " in outcome.err


def test_the_files_of_a_frozen_application(desk: Desk) -> None:
    """Are scanned if that is asked for; the libraries that it brings are found where it adds their folder."""
    frozen(desk.root)
    write(desk.lock.parent / "pyproject.toml", '[tool.pip-sysdeps]\nlibrary-path = ["/srv/app/_internal"]\n')
    outcome = desk.run_lock("--path", "/srv/app", "--allow-empty")
    assert (outcome.status, "unresolved" in outcome.err) == (0, False)
    assert desk.run_apt_line() == (0, "libpq5\n", "")


@pytest.mark.parametrize("option", ["--path", "--python"])
@pytest.mark.parametrize("head", [b"#!/usr/bin/env python3\n", b""])
def test_a_zip_application(desk: Desk, option: str, head: bytes) -> None:
    """It is refused; the hint says how to unpack it."""
    write(desk.root / "srv/app.pyz", head + b"PK\x03\x04" + bytes(40))
    hint = "hint: unpack it and name the folder: `python3 -m zipfile -e FILE DIR`, then --path DIR\n"
    assert desk.run_lock(option, "/srv/app.pyz") == (2, "", f"error: `/srv/app.pyz` is a zip application\n{hint}")


def test_the_libraries_of_a_prefix_of_its_own(desk: Desk) -> None:
    """Libraries of conda come with its prefix; their needs from the system do not."""
    site = make_interpreter(desk.root, "/opt/conda") / "lib/python3.11/site-packages"
    elf = Elf(interpreter=LOADER, needed=("libc.so.6",), rpath="$ORIGIN/../lib")
    write(desk.root / "opt/conda/bin/python3.11", elf.build()).chmod(0o755)
    write(desk.root / "opt/conda/lib/libown.so.1", Elf(soname="libown.so.1", needed=("libpq.so.5",)).build())
    module = Elf(needed=("libown.so.1", "libc.so.6"), rpath="$ORIGIN/../../../..").build()
    install(site, "wrapper", files={"wrapper/_c.abi3.so": module})
    outcome = desk.run_lock("--python", "/opt/conda")
    assert outcome.status == 0
    assert "copy it" not in outcome.err
    assert "libown" not in desk.lock.read_text()
    assert desk.run_apt_line() == (0, "libpq5\n", "")


def test_an_unreachable_library(desk: Desk) -> None:
    """The warning says how the loader finds it, and names the package with a library of its name."""
    install(desk.root / SITE[1:], "numbers", files={"numbers/_n.abi3.so": Elf(needed=("libtbb.so.12",)).build()})
    install(desk.root / SITE[1:], "tbb", files={"../../libtbb.so.12": Elf(soname="libtbb.so.12").build()})
    folder = "/opt/venv/lib"
    assert (
        f'    libtbb.so.12: `library-path = ["{folder}"]` in pyproject.toml with `ENV LD_LIBRARY_PATH={folder}` '
        "in the image reaches it; or `pip-sysdeps policy replace libtbb.so.12 --with libtbb12 --reason TEXT"
    ) in desk.run_lock().err
    write(desk.lock.parent / "pyproject.toml", f'[tool.pip-sysdeps]\nlibrary-path = ["{folder}"]\n')
    assert "unresolved:" not in desk.run_lock().err


def test_one_unowned_library_is_one_need_by_whichever_rpath_it_is_found(desk: Desk) -> None:
    """`$ORIGIN/../..` from folders of different depth, as conda and cmake write it, leads to one file."""
    write(desk.root / "opt/own/libown.so.1", Elf(soname="libown.so.1").build())
    objects = {
        f"{folder}/_c.abi3.so": Elf(needed=("libown.so.1",), runpath=f"$ORIGIN/{up}../../../../../own").build()
        for folder, up in (("wrapper", ""), ("wrapper/inner", "../"))
    }
    install(desk.root / SITE[1:], "wrapper", files=objects)
    desk.run_lock()
    assert desk.lock.read_text().count('soname = "libown.so.1"') == 1
    assert 'path = "/opt/own/libown.so.1"' in desk.lock.read_text()


@pytest.mark.parametrize("module", ["torch", "psycopg2", "telnetlib"])
def test_what_a_source_opens_that_cannot_be_imported_here(desk: Desk, module: str) -> None:
    """Open3D's operators for PyTorch are opened by a source that imports torch: without it they are no import need."""
    files = {
        "scene/ml/torch/ops.py": f"import {module}\nimport ctypes\nctypes.CDLL('libscene_ops.so')\n".encode(),
        "scene/libscene_ops.so": Elf(needed=("libnowhere.so.1",)).build(),
    }
    install(desk.root / SITE[1:], "scene", files=files)
    outcome = desk.run_lock("--strict")
    assert outcome.status == (0 if module == "torch" else 1)
    assert f'when = "{"plugin" if module == "torch" else "import"}", distribution = "scene"' in desk.lock.read_text()


def test_a_file_of_no_record(desk: Desk) -> None:
    """An ELF file without a RECORD is locked, never dropped."""
    program = Elf(interpreter="/lib64/ld-linux-x86-64.so.2", needed=("libpq.so.5", "libc.so.6"))
    write_library(desk.root, "/opt/venv/bin/uwsgi", program)
    desk.run_lock()
    assert """
[[target.unattributed]]
file = "bin/uwsgi"
needs = [
    { soname = "libpq.so.5", package = "libpq5", when = "import", by = ["bin/uwsgi"] },
]
""" in desk.lock.read_text()


@pytest.mark.parametrize(
    "site",
    ["/install/lib/python3.11/site-packages", "/install/local/lib/python3.11/dist-packages", "/install"],
    ids=["prefix", "prefix-of-debian", "target"],
)
def test_a_folder_that_pip_filled(desk: Desk, site: str) -> None:
    """--path takes what --prefix or --target was given, and gives the same block as the environment."""
    place = desk.root / site[1:]
    shutil.copytree(desk.root / SITE[1:], place)
    shutil.rmtree(desk.root / "opt")
    assert desk.run_lock("--path", "/install").status == 0
    assert desk.lock.read_text() == LOCK


def test_a_lock_with_conflict_markers(desk: Desk) -> None:
    """Its own target is computed again, and another one that both sides have is kept."""
    ours, theirs = (TARGET.replace("2.9.9", version) for version in ("2.9.7", "2.9.8"))
    desk.lock.write_text(f"{HEADER}\n<<<<<<< HEAD\n{ours}=======\n{theirs}>>>>>>> other\n\n{TRIXIE}")
    assert desk.run_lock().status == 0
    assert desk.lock.read_text() == f"{LOCK}\n{TRIXIE}"


def test_a_lock_of_a_later_minor_version(desk: Desk) -> None:
    """It is read with a warning, and keeps its version and what others wrote."""
    later = HEADER.replace("2.0", "2.7")
    desk.lock.write_text(f"{later}\n{TARGET}")
    assert desk.run_lock("--check").err.startswith(
        f"warning: `{desk.lock}`: lock-version is 2.7, newer than 2.0: what it adds is ignored\n"
    )
    assert desk.run_lock().status == 0
    assert desk.lock.read_text() == f"{later}\n{TARGET}"


def test_the_shells_library_path_is_ignored(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """LD_LIBRARY_PATH changes no byte, and is reported."""
    monkeypatch.setenv("LD_LIBRARY_PATH", "/usr/lib/cuda")
    assert desk.run_lock().err.startswith("ignored LD_LIBRARY_PATH, which the release image will not have\n")
    assert desk.lock.read_text() == LOCK


def test_skipped_files_are_counted(desk: Desk) -> None:
    """A build for another machine is not a need; -v says why."""
    other = f"{SITE}/psycopg2/helper.so"
    write(desk.root / other[1:], Elf(machine=183, needed=("libother.so.1",)).build())
    assert desk.run_lock().err.endswith("1 file skipped: -v lists it\n")
    assert desk.run_lock("-v").err.endswith(
        f"skipped (foreign-architecture): {other}: made for AArch64 (64-bit, little-endian), "
        "not for x86-64 (64-bit, little-endian)\n"
    )
    assert desk.lock.read_text() == LOCK


def test_shared_objects_that_are_gone(desk: Desk) -> None:
    """Taken out on purpose or lost, nobody can tell: the lock is written, and they are named; -v names them all."""
    (desk.root / SITE[1:] / MODULE).unlink()
    names = [f"plugins/{letter}.so.1" for letter in "abcd"]
    install(
        desk.root / SITE[1:],
        "plugins",
        record="".join(f"{name},,\n" for name in [*names, "plugins-1.0.dist-info/RECORD"]),
    )
    outcome = desk.run_lock()
    assert outcome.status == 0
    end = "; reinstall it, unless you removed that on purpose\n"
    first, second, *_ = outcome.err.splitlines(keepends=True)[1:]
    shown = ", ".join(names[:3])
    assert first == f"warning: plugins is incomplete: {shown} and 1 more, listed in its RECORD, are missing{end}"
    assert second == f"warning: psycopg2 is incomplete: {MODULE}, listed in its RECORD, is missing{end}"
    assert (
        f"plugins is incomplete: {', '.join(names)}, listed in its RECORD, are missing{end}" in desk.run_lock("-v").err
    )
    assert "psycopg2" not in desk.lock.read_text()


def test_the_file_stays_the_file_it_was(desk: Desk) -> None:
    """A link stays a link, and the mode stays; a new one follows the umask."""
    real = write(desk.lock.with_name("real.lock"), LOCK.replace("2.9.9", "2.9.8"))
    real.chmod(0o640)
    desk.lock.symlink_to(real)
    assert desk.run_lock().status == 0
    assert os.readlink(desk.lock) == str(real)
    assert (real.read_text(), real.stat().st_mode & 0o777) == (LOCK, 0o640)
    assert [each.name for each in desk.lock.parent.glob(".*")] == []


@pytest.mark.parametrize("content", [None, "", "# aliases\n", "umask 022\n"], ids=str)
def test_a_link_that_leads_to_no_lock(desk: Desk, content: str | None) -> None:
    """It neither makes nor changes a file, because the maker of the link would choose it."""
    real = desk.lock.with_name("profile.sh")
    if content is not None:
        real.write_text(content)
    desk.lock.symlink_to(real)
    result = desk.run_lock()
    assert (result.status, result.out) == (2, "")
    assert re.fullmatch(rf"error: `?{desk.lock}.*\nhint: .*\n", result.err)
    assert (real.read_text() if real.exists() else None) == content
    assert [each.name for each in desk.lock.parent.glob(".*")] == []


def test_two_that_add_targets_at_once(desk: Desk) -> None:
    """The second waits, and keeps what the first has written meanwhile."""
    other = f"{HEADER}\n{TRIXIE}"
    command = [sys.executable, "-m", "pip_sysdeps", "lock", "--root", str(desk.root), "--python", VENV]
    with exclusive(str(desk.lock)):
        second = subprocess.Popen([*command, "-o", str(desk.lock), "--add-target"], stderr=subprocess.DEVNULL)
        time.sleep(0.8)
        assert second.poll() is None
        desk.lock.write_text(other)
    assert second.wait(timeout=60) == 0
    assert [target.id for target in loads(desk.lock.read_text()).target] == [
        "debian-bookworm-amd64",
        "debian-trixie-amd64",
    ]


def test_another_run_that_does_not_end(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The wait ends after some seconds, with a warning."""
    monkeypatch.setattr("pip_sysdeps.system.exclusion.MAX_WAIT", 0.0)
    with exclusive(str(desk.lock)):
        result = desk.run_lock()
    assert (result.status, desk.lock.read_text()) == (0, LOCK)
    assert f"warning: another run still holds `{desk.lock}`: continuing without waiting" in result.err.splitlines()


def test_a_root_without_the_interpreter(desk: Desk) -> None:
    """The folder's name shows the Python, and libc is not a need there either."""
    shutil.copytree(desk.root / SITE[1:], desk.root / "install/lib/python3.11/site-packages")
    (desk.root / "usr/bin/python3.11").unlink()
    assert desk.run_lock("--path", "/install").status == 0
    assert desk.lock.read_text() == LOCK
