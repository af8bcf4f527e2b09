"""Ubuntu and other systems with apt that have no index: the mapped release's names, checked by apt's own lists."""

from __future__ import annotations

import gzip
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from builders.archive import Archive, published_archive
from builders.debian import unavailable
from builders.elf import Elf
from builders.mounts import FULL, run_on_small_disk
from builders.root import write
from builders.small_debian import SITE
from builders.system import VENV
from builders.ubuntu_sources import COMPONENTS, STANZA, configure_ubuntu
from builders.wheels import build_wheel
from pip_sysdeps.lock.text import loads
from pip_sysdeps.packages.index import write_index
from pip_sysdeps.packages.index_file import IndexTarget

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from builders.desk import Desk
    from pip_sysdeps.lock.document import Target

NOBLE = 'ID=ubuntu\nID_LIKE=debian\nVERSION_ID="24.04"\nVERSION_CODENAME=noble\nUBUNTU_CODENAME=noble\n'
MINT = 'ID=linuxmint\nID_LIKE="ubuntu debian"\nVERSION_ID="22"\nVERSION_CODENAME=wilma\nUBUNTU_CODENAME=noble\n'
JAMMY = 'ID=ubuntu\nID_LIKE=debian\nVERSION_ID="22.04"\nVERSION_CODENAME=jammy\nUBUNTU_CODENAME=jammy\n'
RASPBIAN = 'ID=raspbian\nID_LIKE=debian\nVERSION_ID="12"\nVERSION_CODENAME=bookworm\n'
OLD = 'ID=ubuntu\nID_LIKE=debian\nVERSION_ID="20.04"\nVERSION_CODENAME=focal\nUBUNTU_CODENAME=focal\n'
KALI = 'ID=kali\nID_LIKE=debian\nVERSION_ID="2026.3"\nVERSION_CODENAME=kali-rolling\n'
UNNAMED = "ID=made-here\nID_LIKE=debian\n"
LISTS = "var/lib/apt/lists"
LIST = "archive.example_ubuntu_dists_noble_universe_binary-amd64_Packages"
START = "archive.example_ubuntu_dists_noble"
GL = "Package: libgl1\nVersion: 1.7.0\n\n"
T64 = "Package: libglib2.0-0t64\nVersion: 2.80.0\n\n"
BORROWED = (
    "there is no index of ubuntu-noble-amd64: packages that are not installed are named as in debian-trixie, if the "
    "sources here have them; `pip-sysdeps index update` makes an exact index"
)


def write_lists(root: Path, codename: str = "noble", packages: str = GL + T64, *, origin: str = "Ubuntu") -> None:
    """Write the lists of one suite as apt leaves them."""
    write(root / LISTS / f"{START}_InRelease", f"Origin: {origin}\nCodename: {codename}\n")
    write(root / LISTS / f"{START}_universe_binary-amd64_Packages", packages)


@pytest.fixture
def ubuntu(desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Desk:
    """Return the small system as Ubuntu 24.04, with a module that needs libGL and GLib, which are not there."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    write(desk.root / "etc/os-release", NOBLE)
    module = next((desk.root / SITE.lstrip("/")).glob("psycopg2/_psycopg*.so"))
    needed = ("libpq.so.5", "libGL.so.1", "libglib-2.0.so.0", "libc.so.6")
    module.write_bytes(Elf(needed=needed, defined=("PyInit__psycopg",)).build())
    return desk


def locked(desk: Desk) -> Target:
    """Return the one target of the lock."""
    (target,) = loads(desk.lock.read_text()).target
    return target


def packages(desk: Desk) -> list[str]:
    """Return the names of the packages in the lock."""
    return [each.name for each in locked(desk).package]


@pytest.mark.parametrize(
    ("release", "target"),
    [
        (NOBLE, "ubuntu-noble-amd64"),
        (MINT, "ubuntu-noble-amd64"),
        (JAMMY, "ubuntu-jammy-amd64"),
        (RASPBIAN, "raspbian-bookworm-amd64"),
        (KALI, "kali-kali-rolling-amd64"),
    ],
    ids=["noble", "mint", "jammy", "raspbian", "kali"],
)
def test_the_target(ubuntu: Desk, release: str, target: str) -> None:
    """The codename names the target; a derivative with Ubuntu's codename has Ubuntu's packages."""
    write(ubuntu.root / "etc/os-release", release)
    assert ubuntu.run_lock().status == 0
    assert locked(ubuntu).id == target


@pytest.mark.parametrize(
    ("release", "glib"),
    [(NOBLE, "libglib2.0-0t64"), (MINT, "libglib2.0-0t64"), (JAMMY, "libglib2.0-0"), (RASPBIAN, "libglib2.0-0")],
    ids=["noble", "mint", "jammy", "raspbian"],
)
def test_names_of_the_mapped_release(ubuntu: Desk, release: str, glib: str) -> None:
    """What is not installed has the name that the Debian release has, where apt's lists have it too."""
    write(ubuntu.root / "etc/os-release", release)
    write_lists(ubuntu.root, "", f"{GL}{T64}Package: libglib2.0-0\nVersion: 1\n\n")
    ubuntu.run_lock()
    assert packages(ubuntu) == ["libgl1", glib, "libpq5"]


def test_a_release_by_its_version_file(ubuntu: Desk) -> None:
    """A derivative without a codename is reported by /etc/debian_version."""
    write(ubuntu.root / "etc/os-release", UNNAMED)
    write(ubuntu.root / "etc/debian_version", "12.11\n")
    write_lists(ubuntu.root, "", GL)
    ubuntu.run_lock()
    assert "libgl1" in packages(ubuntu)


def test_it_is_said_once(ubuntu: Desk) -> None:
    """The first lock says it and has it as a note; the next says nothing more."""
    write_lists(ubuntu.root)
    assert BORROWED in ubuntu.run_lock().err
    assert locked(ubuntu).note == BORROWED
    assert BORROWED not in ubuntu.run_lock().err


def test_a_name_that_the_lists_lack_is_not_taken(ubuntu: Desk) -> None:
    """Debian's index has it, this system's sources do not: nobody answers, and it is not said that no package does."""
    write_lists(ubuntu.root, packages=T64)
    ubuntu.run_lock()
    assert (packages(ubuntu), [(each.name, each.note) for each in locked(ubuntu).unresolved]) == (
        ["libglib2.0-0t64", "libpq5"],
        [("libGL.so.1", "")],
    )


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (
            lambda lists: write(lists / f"{START}_InRelease", "Origin: Ubuntu\nCodename: jammy\n"),
            " is of another release",
        ),
        (lambda lists: (lists / f"{START}_InRelease").unlink(), " is not signed"),
        (lambda lists: (lists / LIST).unlink(), ""),
        (
            lambda lists: write((lists / LIST).rename(lists / f"{LIST}.gz"), gzip.compress(GL.encode())[:-9]),
            "cannot be",
        ),
    ],
    ids=["another release", "unsigned", "none", "truncated"],
)
def test_lists_that_do_not_count(ubuntu: Desk, spoil: Callable[[Path], object], reason: str) -> None:
    """Of another release, unsigned, or cut off: no name is taken, and the command that gets lists is reported."""
    write_lists(ubuntu.root)
    spoil(ubuntu.root / LISTS)
    said = ubuntu.run_lock().err
    assert packages(ubuntu) == ["libpq5"]
    assert f"no package list of its sources{f' (`{LIST}' if reason else ': packages'}" in said
    assert reason in said
    assert "run `apt-get update` for the list" in said


@pytest.mark.parametrize(("release", "target"), [(OLD, "ubuntu-focal-amd64"), (KALI, "kali-kali-rolling-amd64")])
def test_a_system_that_is_not_mapped(ubuntu: Desk, release: str, target: str) -> None:
    """A warning says what is missing and what repairs it; nothing is guessed."""
    write(ubuntu.root / "etc/os-release", release)
    write_lists(ubuntu.root)
    said = ubuntu.run_lock().err
    assert (
        f"there is no index of {target}: packages that are not installed are "
        "unknown; `pip-sysdeps index update` makes one\n"
    ) in said
    assert packages(ubuntu) == ["libpq5"]


def test_base_is_what_apt_and_essential_packages_need(ubuntu: Desk) -> None:
    """A package of priority required alone may be missing in an image of a derivative."""
    status = ubuntu.root / "var/lib/dpkg/status"
    status.write_text(status.read_text().replace("Package: libpq5\n", "Package: libpq5\nPriority: required\n"))
    write_lists(ubuntu.root)
    ubuntu.run_lock()
    assert [each.base for each in locked(ubuntu).package if each.name == "libpq5"] == [False]


@pytest.fixture
def archive() -> Iterator[Archive]:
    """Return an archive of Ubuntu's form: two components, a pocket, Contents beside the Release file."""
    with published_archive() as made:
        made.publish_ubuntu("noble", COMPONENTS)
        made.publish_ubuntu("noble", {"main": (f"Package: libnew1\nVersion: 2\n{STANZA}", "")}, pocket="-updates")
        yield made


def test_index_update(ubuntu: Desk, archive: Archive) -> None:
    """One Contents file for all components makes the index, and every command answers by it from then on."""
    configure_ubuntu(ubuntu.root, archive)
    made = ubuntu.run("index", "update", "--root", str(ubuntu.root), "--shared")
    assert (made.status, made.err.partition(",")[0]) == (0, "wrote the index of ubuntu-noble-amd64")
    said = ubuntu.run_lock().err
    assert "there is no index" not in said
    assert locked(ubuntu).note == ""
    assert packages(ubuntu) == ["libgl1-of-ubuntu", "libglib2.0-0t64", "libpq5"]
    shown = ubuntu.run("index", "show", "ubuntu-noble-amd64", "libGL.so.1")
    assert shown.out == "libGL.so.1: libgl1-of-ubuntu\n"


@pytest.mark.slow
def test_base_of_a_made_index(ubuntu: Desk, archive: Archive) -> None:
    """The closure of Essential and apt; not what is merely of priority required."""
    configure_ubuntu(ubuntu.root, archive)
    ubuntu.run("index", "update", "--root", str(ubuntu.root), "--shared")
    shown = ubuntu.run("index", "show", "ubuntu-noble-amd64").out
    assert "base: essential libc6\n" in shown
    assert "release: 24.04\nglibc: 2.39\n" in shown


@pytest.mark.slow
def test_a_source_without_contents(ubuntu: Desk, archive: Archive) -> None:
    """A PPA has packages and no Contents: it does not keep the index from being made."""
    archive.publish_ubuntu("ppa", {"main": (f"Package: libppa1\nVersion: 1\n{STANZA}", "")}, contents=False)
    configure_ubuntu(ubuntu.root, archive)
    with (ubuntu.root / "etc/apt/sources.list.d/ubuntu.sources").open("a") as file:
        file.write(
            f"\nTypes: deb\nURIs: {archive.uri}\nSuites: ppa\nComponents: main\n"
            "Signed-By: /usr/share/keyrings/archive.gpg\n"
        )
    made = ubuntu.run("index", "update", "--root", str(ubuntu.root), "--shared")
    assert (made.status, made.err.count("\n")) == (0, 1)


def test_apt_s_own_compressed_lists(ubuntu: Desk) -> None:
    """In images apt keeps its lists compressed by LZ4; its own helper reads them."""
    if shutil.which("lz4") is None or not Path("/usr/lib/apt/apt-helper").exists():
        unavailable("install lz4 and apt: apt-get install lz4 apt")
    write_lists(ubuntu.root)
    plain = ubuntu.root / LISTS / f"{START}_universe_binary-amd64_Packages"
    subprocess.run(["lz4", "-q", "--rm", str(plain), f"{plain}.lz4"], check=True)
    ubuntu.run_lock()
    assert "libgl1" in packages(ubuntu)


def test_wheels_for_this_system(ubuntu: Desk, tmp_path: Path) -> None:
    """A folder of wheels is locked for the root's own release, whose lists tell its Python too."""
    write_lists(ubuntu.root, packages=f"{GL}Package: python3\nVersion: 3.12.3-0ubuntu2\n\n")
    module = Elf(needed=("libGL.so.1", "libc.so.6"), defined=("PyInit__core",)).build()
    build_wheel(tmp_path / "wheels", "one", {"one/_core.so": module}, tag="cp312-cp312-manylinux_2_17_x86_64")
    done = ubuntu.run("lock", "--wheels", str(tmp_path / "wheels"), "--root", str(ubuntu.root), "-o", str(ubuntu.lock))
    assert done.status == 0, done.err
    target = locked(ubuntu)
    assert (target.id, target.release, packages(ubuntu)) == ("ubuntu-noble-amd64", "24.04", ["libgl1"])


NO_INDEX = (
    "warning: there is no index of ubuntu-noble-amd64 and no package list of its sources: packages that are not "
    "installed are unknown; run `apt-get update` for the list, or `pip-sysdeps index update` for an index\n"
)


@pytest.mark.parametrize(
    "command", [("audit",), ("why", "libGL.so.1"), ("tree",), ("verify", "--lockless"), ("verify",)]
)
def test_every_report_says_that_there_is_no_index(ubuntu: Desk, command: tuple[str, ...]) -> None:
    """In one sentence, with the command that repairs it; the lock says it once."""
    ubuntu.run_lock()
    lock = ("--lock", str(ubuntu.lock)) if command == ("verify",) else ()
    found = ubuntu.run(*command, "--root", str(ubuntu.root), "--python", VENV, *lock)
    assert found.err.count(NO_INDEX) == 1


@pytest.mark.parametrize("command", [("install-line",), ("why", "libGL.so.1"), ("tree",)])
def test_the_lock_says_that_there_was_no_index(ubuntu: Desk, command: tuple[str, ...]) -> None:
    """A report from the lock alone shows its note."""
    ubuntu.run_lock()
    found = ubuntu.run(*command, "--lock", str(ubuntu.lock), "--target", "ubuntu-noble-amd64")
    assert found.err.count(NO_INDEX) == 1


def test_a_system_without_an_index_that_has_all(ubuntu: Desk) -> None:
    """If every package is installed, the index is not mentioned."""
    module = next((ubuntu.root / SITE.lstrip("/")).glob("psycopg2/_psycopg*.so"))
    module.write_bytes(Elf(needed=("libpq.so.5", "libc.so.6")).build())
    assert ubuntu.run("audit", "--root", str(ubuntu.root), "--python", VENV).err == ""


def test_wheels_for_a_system_without_lists(ubuntu: Desk, tmp_path: Path) -> None:
    """The C library is not a need even where nothing names its package."""
    module = Elf(needed=("libGL.so.1", "libc.so.6"), defined=("PyInit__core",)).build()
    build_wheel(tmp_path / "wheels", "one", {"one/_core.so": module}, tag="cp312-cp312-manylinux_2_17_x86_64")
    done = ubuntu.run("lock", "--wheels", str(tmp_path / "wheels"), "--root", str(ubuntu.root), "-o", str(ubuntu.lock))
    assert done.status == 0, done.err
    assert [each.soname for each in locked(ubuntu).unresolved] == ["libGL.so.1"]


def old_index() -> Path:
    """Write an index as of an earlier update, and return its path."""
    return Path(write_index(IndexTarget(id="ubuntu-noble-amd64", date="an earlier day"), {"library": {}}))


@pytest.mark.slow
def test_no_space_for_an_index(ubuntu: Desk, archive: Archive, tmp_path: Path) -> None:
    """Where apt downloads to, or where the index goes: one error with the place, and the old index as it was."""
    configure_ubuntu(ubuntu.root, archive)
    command = [sys.executable, "-m", "pip_sysdeps", "index", "update", "--root", str(ubuntu.root), "--shared"]
    index, downloads = old_index(), tmp_path / "downloads"
    downloads.mkdir(mode=0o1777)
    folder, old = index.parent, {index.name: index.read_bytes()}
    full = run_on_small_disk(folder, FULL, command)
    assert (full.done.returncode, full.files) == (2, old)
    assert full.done.stderr == (
        f"error: `{folder}/ubuntu-noble-amd64.index`: No space left on device\n"
        "hint: free some space and run it again; the file was not changed\n"
    )
    small = run_on_small_disk(downloads, "true", command, {**os.environ, "TMPDIR": str(downloads)})
    assert (small.done.returncode, {path.name: path.read_bytes() for path in folder.iterdir()}) == (2, old)
    assert small.done.stderr == (
        f"error: no space left in `{downloads}`, where apt downloads to\n"
        "hint: set TMPDIR to a folder with more room; the old index, if there is one, is left as it was\n"
    )


def test_a_pocket_alone_makes_no_index(ubuntu: Desk, archive: Archive) -> None:
    """The release itself could not be downloaded, its updates could: the old index knows more."""
    configure_ubuntu(ubuntu.root, archive)
    index = old_index()
    old = index.read_bytes()
    shutil.rmtree(ubuntu.root / archive.folder.name / "dists/noble")
    found = ubuntu.run("index", "update", "--root", str(ubuntu.root), "--shared")
    assert list(index.parent.iterdir()) == [index]
    assert (found.status, found.out, index.read_bytes() == old) == (2, "", True)
    error, hint = found.err.splitlines()
    assert error.startswith("error: apt could not download and verify a Contents index of ubuntu noble amd64: E: ")
    assert hint == "hint: the old index, if there is one, is left as it was"
