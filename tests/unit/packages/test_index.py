"""What an index answers, and which index is asked."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from builders.root import unprivileged_folder
from pip_sysdeps.errors import MalformedError
from pip_sysdeps.packages.index import IndexAnswer, SonameIndex, index_files, index_path, open_index, read_index
from pip_sysdeps.packages.index_file import IndexTarget, Table, dump_index

if TYPE_CHECKING:
    from collections.abc import Callable

TARGET = "debian-tested-amd64"
LIBRARIES: Table = {
    "libmagic.so": "~libmagic-dev",
    "libmagic.so.1": "libmagic1",
    "libmagic.so.1.0.0": "libmagic1",
    "libmagical.so.9": "other",
    "libboost.so.1.74.0": "libboost1.74.0",
    "libboost.so.1.81.0": "libboost1.81.0",
    "libmpi.so.12": "libmpich12",
    "libmpi.so.40": "libopenmpi40,libopenmpi-other",
    "libtcl8.6.so": "libtcl8.6",
    "libSDL2-2.0.so.0": "libsdl2-2.0-0",
    "libSDL2-2.0.so.0.3200.54": "libsdl2-compat-shim",
    "libonly.so": "~libonly-dev",
}


@pytest.fixture(autouse=True)
def _own_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Keep the indices of this machine's user out."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))


@pytest.fixture
def index() -> SonameIndex:
    """Return an index that `index update` might have made."""
    tables: dict[str, list[Table]] = {
        "library": [LIBRARIES],
        "program": [{"dot": "graphviz"}],
        "base": [{"libc6": "=", "apt": "="}],
    }
    path = Path(index_path(TARGET))
    path.parent.mkdir(parents=True)
    path.write_bytes(dump_index([IndexTarget(id=TARGET, date="today")], tables))
    found = open_index(TARGET)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("soname", "answer"),
    [
        ("libmagic.so.1", IndexAnswer(name="libmagic.so.1", package="libmagic1")),
        ("libmagic.so", IndexAnswer(name="libmagic.so", package="libmagic-dev", is_development=True)),
        (
            "libmpi.so.40",
            IndexAnswer(name="libmpi.so.40", package="libopenmpi40", alternatives=("libopenmpi-other",)),
        ),
        ("libmagic", None),
        ("", None),
    ],
)
def test_a_soname_has_its_packages(index: SonameIndex, soname: str, answer: IndexAnswer | None) -> None:
    """The first is to be named, the others have it too; a mark tells packages for development."""
    assert index.package_of(soname) == answer


@pytest.mark.parametrize("name", ["a;touch${IFS}b;#", "-oAPT=x", "libpq5-", "a`id`", "A"], ids=ascii)
def test_invalid_names_are_left_out(name: str) -> None:
    """Whoever made the index, invalid names are not returned."""
    path = Path(index_path(TARGET))
    path.parent.mkdir(parents=True)
    libraries: Table = {"liba.so.1": name, "libb.so.1": f"{name},libb1", "libc.so.1": f"~{name}"}
    tables: dict[str, list[Table]] = {"library": [libraries], "program": [{"a": name}], "base": [{name: "="}]}
    path.write_bytes(dump_index([IndexTarget(id=TARGET, date="today")], tables))
    index = open_index(TARGET)
    assert index is not None
    assert [index.package_of("liba.so.1"), index.package_of("libc.so.1"), index.package_of_program("a")] == [None] * 3
    assert index.package_of("libb.so.1") == IndexAnswer(name="libb.so.1", package="libb1")
    assert index.base == frozenset()


@pytest.mark.parametrize(
    ("stem", "answer"),
    [
        ("magic", IndexAnswer(name="libmagic.so.1", package="libmagic1")),
        ("SDL2-2.0", IndexAnswer(name="libSDL2-2.0.so.0", package="libsdl2-2.0-0")),
        ("tcl8.6", IndexAnswer(name="libtcl8.6.so", package="libtcl8.6")),
        (
            "boost",
            IndexAnswer(name="libboost.so.1.81.0", package="libboost1.81.0", alternatives=("libboost1.74.0",)),
        ),
        (
            "mpi",
            IndexAnswer(name="libmpi.so.40", package="libopenmpi40", alternatives=("libmpich12", "libopenmpi-other")),
        ),
        ("only", None),
        ("nothing", None),
    ],
)
def test_a_stem_is_answered_as_find_library_does(index: SonameIndex, stem: str, answer: IndexAnswer | None) -> None:
    """The newest version, by numbers; its shortest name; packages for development do not count."""
    assert index.package_of_stem(stem) == answer


def test_programs_base_and_counts(index: SonameIndex) -> None:
    """Programs and base packages have tables of their own."""
    assert index.package_of_program("dot") == IndexAnswer(name="dot", package="graphviz")
    assert index.package_of_program("neato") is None
    assert index.base == {"libc6", "apt"}
    assert index.counts() == {"sonames": len(LIBRARIES), "programs": 1}


def test_a_made_index_is_asked_before_the_shipped_one(index: SonameIndex) -> None:
    """Who ran `index update` wants its answers; other targets still have the shipped ones."""
    own = Path(index_path("debian-bookworm-amd64"))
    own.write_bytes(dump_index([IndexTarget(id="debian-bookworm-amd64", date="today")], {"library": [{}]}))
    dates = {target: found.target.date for target in ("debian-bookworm-amd64", TARGET) if (found := open_index(target))}
    assert dates == {"debian-bookworm-amd64": "today", TARGET: index.target.date}
    shipped = open_index("debian-trixie-arm64")
    assert shipped is not None
    assert shipped.target.date != "today"
    assert [Path(path).name for path in index_files()] == ["debian.index", own.name, f"{TARGET}.index"]


def test_an_unknown_target_has_no_index() -> None:
    """Nothing is guessed from another release, and an id never leaves the folder."""
    assert open_index("debian-potato-amd64") is None
    assert open_index("../../etc/passwd") is None
    assert [Path(path).name for path in index_files()] == ["debian.index"]


def test_a_damaged_index_is_an_error_with_its_path(index: SonameIndex) -> None:
    """A person can then remove it or make it again."""
    path = index_path(index.target.id)
    Path(path).write_bytes(b"nonsense")
    with pytest.raises(MalformedError, match=f"^{path}: offset 0: not a soname index of this version$") as caught:
        open_index(index.target.id)
    assert caught.value.hint == "remove it, or make it again with `pip-sysdeps index update`"


def test_names_that_policy_does_not_allow_are_not_read() -> None:
    """An index of an earlier version, or of somebody else, may have them."""
    tables: dict[str, list[Table]] = {
        "library": [{"liba.so.1": "-oAPT=x", "libb.so.1": "a;touch,good,LIB", "lib\x1b[m.so.1": "good"}],
        "base": [{"-x": "=", "good": "="}],
    }
    path = Path(index_path(TARGET))
    path.parent.mkdir(parents=True)
    path.write_bytes(dump_index([IndexTarget(id=TARGET, date="today")], tables))
    index = open_index(TARGET)
    assert index is not None
    answers = [index.package_of(name) for name in ("liba.so.1", "libb.so.1", "lib\x1b[m.so.1")]
    assert answers == [None, IndexAnswer(name="libb.so.1", package="good"), None]
    assert index.base == {"good"}


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir])
def test_an_index_that_is_no_file_is_an_error(make: Callable[[Path], None]) -> None:
    """A pipe is not waited for."""
    path = Path(index_path(TARGET))
    path.parent.mkdir(parents=True)
    make(path)
    with pytest.raises((MalformedError, IsADirectoryError)):
        open_index(TARGET)


@pytest.mark.parametrize("target", ["debian-a\0b-amd64", "debian-\n-amd64", "-", "a" * 5000])
def test_an_invalid_id_has_no_index(target: str) -> None:
    """os-release may say anything."""
    assert open_index(target) is None


def test_a_cache_of_another_user_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """A container's user often has root's HOME: that counts as no cache, and is not an error."""
    with unprivileged_folder() as folder:
        (folder / "pip-sysdeps").mkdir(mode=0)
        monkeypatch.setenv("XDG_CACHE_HOME", str(folder))
        assert open_index("debian-bookworm-amd64") is not None
        assert len(index_files()) == 1


def test_an_index_that_may_not_be_read_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """The user has it, and it would have been asked."""
    with unprivileged_folder() as folder:
        path = folder / "pip-sysdeps/index" / Path(index_path(TARGET)).name
        path.parent.mkdir(parents=True)
        path.touch(mode=0)
        monkeypatch.setenv("XDG_CACHE_HOME", str(folder))
        with pytest.raises(PermissionError):
            open_index(TARGET)


def test_without_xdg_the_cache_is_in_the_home_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    """A relative XDG_CACHE_HOME does not count (XDG Base Directory Specification)."""
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    monkeypatch.setenv("HOME", "/home/somebody")
    assert index_path("x") == "/home/somebody/.cache/pip-sysdeps/index/x.index"


def test_what_ships_is_small_and_has_every_target() -> None:
    """Three releases of two architectures, in less than 700 kB, without a mirror's name."""
    path = index_files()[0]
    assert Path(path).stat().st_size < 700_000
    shipped = read_index(path)
    assert shipped is not None
    assert [target.id for target in shipped.targets] == [
        f"debian-{codename}-{architecture}"
        for codename in ("bookworm", "trixie", "forky")
        for architecture in ("amd64", "arm64")
    ]


def test_asking_does_not_load_what_makes_an_index() -> None:
    """`lock` pays for reading only: neither subprocess nor a TOML parser is imported."""
    code = (
        "import sys; from pip_sysdeps.packages.index import open_index;"
        "open_index('debian-trixie-amd64').package_of('x');"
        "print(sorted({'subprocess', 'tomlkit', 'email', 'tempfile', 'pip_sysdeps.packages.debian.indexing'}"
        " & set(sys.modules)))"
    )
    source = str(Path(__file__).parents[3] / "src")
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env={"PYTHONPATH": source}
    )
    assert done.stdout == "[]\n"


@pytest.mark.parametrize("target", ["a\0b-1-amd64", "a\udcff-1-amd64", "a" * 5000])
def test_a_target_id_that_is_no_file_name(target: str) -> None:
    """os-release may say anything: there is no index for it."""
    assert open_index(target) is None


def test_an_index_that_is_no_regular_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A pipe in the place of an index is an error, and is not waited for."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    path = Path(index_path("debian-bookworm-amd64"))
    path.parent.mkdir(parents=True)
    os.mkfifo(path)
    with pytest.raises(MalformedError, match="not a soname index"):
        open_index("debian-bookworm-amd64")
