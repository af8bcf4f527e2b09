"""`pip-sysdeps index`, as a person calls it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from builders.small_debian import small_debian
from pip_sysdeps.cli import main
from pip_sysdeps.packages.family import IndexRequest, IndexUpdate, Sources
from pip_sysdeps.packages.index_file import IndexTarget

if TYPE_CHECKING:
    from pathlib import Path

    from pip_sysdeps.system.root import Root


@pytest.fixture(autouse=True)
def _own_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Keep the indices of this machine's user out."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))


def test_show_answers_for_sonames_and_programs(capsys: pytest.CaptureFixture[str]) -> None:
    """One line each; what nothing has is reported."""
    names = ["libssl.so.3", "pdftoppm", "libmagic.so", "libmagic.so.99", "vi", "awk", "view"]
    assert main(["index", "show", "debian-trixie-arm64", *names]) == 0
    assert capsys.readouterr().out == (
        "libssl.so.3: libssl3t64\n"
        "pdftoppm: poppler-utils\n"
        "libmagic.so: libmagic-dev, a development package\n"
        "libmagic.so.99: no binary package has it\n"
        "vi: vim-tiny, vim, nvi have it: none of them is the default\n"
        "awk: mawk\n"
        "view: no binary package contains it, but one may create it when it is installed (update-alternatives)\n"
    )


def test_show_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    """The document has the schema's version."""
    assert main(["index", "show", "--json", "debian-bookworm-amd64", "libjack.so.0", "nothing"]) == 0
    assert json.loads(capsys.readouterr().out) == {
        "schema": 1,
        "target": "debian-bookworm-amd64",
        "names": {
            "libjack.so.0": {"package": "libjack-jackd2-0", "alternatives": ["libjack0"], "development": False},
            "nothing": None,
        },
    }


def test_list_has_every_shipped_target(capsys: pytest.CaptureFixture[str]) -> None:
    """Each row has the date of the archive and the file."""
    assert main(["index", "list", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)["indices"]
    assert [row["target"] for row in rows if row["used"]] == [row["target"] for row in rows]
    assert {"debian-bookworm-amd64", "debian-trixie-arm64", "debian-forky-amd64"} <= {row["target"] for row in rows}


@pytest.mark.parametrize(
    ("target", "meant"),
    [
        ("debian-potato-amd64", ""),
        ("libpq.so.5", ""),
        ("bookworm", "did you mean debian-bookworm-amd64 or debian-bookworm-arm64? "),
        ("Debian-13-arm64", "did you mean debian-trixie-arm64? "),
    ],
)
@pytest.mark.parametrize("command", [["index", "show"], ["lock", "--wheels", ".", "--target"]], ids=["show", "lock"])
def test_an_unknown_target_is_an_error(
    capsys: pytest.CaptureFixture[str], command: list[str], target: str, meant: str
) -> None:
    """The hint suggests targets and commands."""
    assert main([*command, target]) == 2
    assert capsys.readouterr().err == (
        f"error: no index for `{target}`\n"
        f"hint: {meant}`pip-sysdeps index list` lists the indices, `pip-sysdeps index update` makes one\n"
    )


def test_update_without_sources_is_an_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A root without apt sources gives no index."""
    root = tmp_path / "root"
    (root / "etc").mkdir(parents=True)
    (root / "etc/os-release").write_text("ID=debian\nVERSION_CODENAME=trixie\n")
    assert main(["index", "update", "--root", str(root), "--architecture", "amd64"]) == 2
    assert capsys.readouterr().err == (
        "error: the root has no apt sources\nhint: sources.list(5) says how to configure them\n"
    )


def test_update_without_a_folder_for_the_index(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is an error at once, not after a download of minutes."""
    (tmp_path / "cache").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("PATH", str(tmp_path))  # no apt
    assert main(["index", "update", "--root", str(small_debian(tmp_path / "root"))]) == 2
    assert capsys.readouterr().err == (
        f"error: cannot write an index to `{tmp_path}/cache/pip-sysdeps/index`: Not a directory\n"
        "hint: set XDG_CACHE_HOME to a folder that you can write\n"
    )


def test_several_suites_and_architectures(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each pair has an index; a second --architecture does not replace the first."""
    asked = []

    def update(_: Root, wanted: IndexRequest, *_more: object) -> IndexUpdate:
        asked.append((wanted.suite, wanted.architecture))
        return IndexUpdate(target=IndexTarget(id="debian-x", date="today"), path="x", complaints=())

    monkeypatch.setattr("pip_sysdeps.packages.registry.sources_of", lambda *_: Sources(key=str, update=update))
    pairs = ["--suite", "trixie", "--suite", "sid", "--architecture", "arm64", "--architecture", "armhf"]
    assert main(["index", "update", "--root", str(small_debian(tmp_path / "root")), *pairs]) == 0
    assert asked == [("trixie", "arm64"), ("trixie", "armhf"), ("sid", "arm64"), ("sid", "armhf")]
    assert capsys.readouterr().err.count("wrote the index of debian-x") == 4
