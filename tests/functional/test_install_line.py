"""`install-line`: the line of any target; `apt-line`: of a target of apt alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from builders.small_debian import HEADER, LOCK, TARGET
from pip_sysdeps.cli import main

if TYPE_CHECKING:
    from pathlib import Path

FEDORA = (
    TARGET.replace("debian-bookworm-amd64", "fedora-42-x86_64")
    .replace('distro = "debian"\nrelease = "12"', 'distro = "fedora"\nrelease = "42"')
    .replace('"amd64"', '"x86_64"')
    .replace('"dpkg"', '"rpm"')
    .replace('package = "libpq5"', 'capability = "libpq.so.5()(64bit)"')
    .replace('"libpq5"', '"libpq.so.5()(64bit)"')
)
LATER = TARGET.replace("debian-bookworm-amd64", "arch-x86_64").replace('"dpkg"', '"pacman"')


@pytest.fixture(autouse=True)
def _lock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sysdeps.lock").write_text(f"{HEADER}\n{LATER}\n{TARGET}\n{FEDORA}")


def run(*argv: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    """Run a command; give its status and what it says."""
    status = main(argv)
    return (status, *capsys.readouterr())


def test_each_target_has_its_line(capsys: pytest.CaptureFixture[str]) -> None:
    """The line has packages or capabilities of its package manager."""
    assert run("install-line", "--target", "debian-bookworm-amd64", capsys=capsys) == (0, "libpq5\n", "")
    status, out, err = run("install-line", "--target", "fedora-42-x86_64", "--format", "lines", capsys=capsys)
    assert (status, out.strip("'\n"), err) == (0, "libpq.so.5()(64bit)", "")


def test_apt_line_is_for_apt(capsys: pytest.CaptureFixture[str]) -> None:
    """For another package manager it is an error, with the command that prints its line."""
    assert run("apt-line", "--target", "debian-bookworm-amd64", capsys=capsys) == (0, "libpq5\n", "")
    assert run("apt-line", "--target", "fedora-42-x86_64", capsys=capsys) == (
        2,
        "",
        (
            "error: fedora-42-x86_64 uses rpm, but `apt-line` is for dpkg\n"
            "hint: `pip-sysdeps install-line --target fedora-42-x86_64` prints its line\n"
        ),
    )


def test_a_target_of_an_unknown_package_manager_is_not_printed(capsys: pytest.CaptureFixture[str]) -> None:
    """It is read, since other commands compare and keep it; its names mean nothing to this version."""
    assert run("install-line", "--target", "arch-x86_64", capsys=capsys) == (
        2,
        "",
        "error: arch-x86_64 uses pacman, which this version does not support\nhint: use a newer pip-sysdeps\n",
    )
    assert main(["lock", "--validate"]) == 0


def test_a_line_that_differs_from_the_needs_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nobody can put a package into the line without a need that says why, nor take one out."""
    for old, new, said in (
        ('    "libpq5",\n', '    "libevil1",\n    "libpq5",\n', "-libevil1"),
        ('    "libpq5",\n', "", "+libpq5"),
    ):
        (tmp_path / "sysdeps.lock").write_text(LOCK.replace(old, new))
        status, out, err = run("install-line", "--target", "debian-bookworm-amd64", capsys=capsys)
        assert (status, out) == (2, "")
        assert err.startswith(f"error: sysdeps.lock: target[0].installs: does not match the needs: {said}\n")
