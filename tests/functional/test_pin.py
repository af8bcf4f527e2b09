"""`lock --pin` and `apt-line --pin`: exact versions, and the snapshot that the image's own sources name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from builders.elf import Elf
from builders.release import make_release
from builders.root import write
from builders.system import LIB
from builders.venv import install
from pip_sysdeps.cli import main
from pip_sysdeps.lock.text import loads

if TYPE_CHECKING:
    from pathlib import Path

    from pip_sysdeps.lock.document import Target

SOURCES = """Types: deb
# http://snapshot.example/archive/debian/20240812T000000Z
URIs: http://archive.example/debian
Suites: bookworm
Components: main
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a root whose sources name a snapshot as the official images do."""
    make_release(tmp_path)
    write(tmp_path / "etc/apt/sources.list.d/debian.sources", SOURCES)
    return tmp_path


def lock(root: Path, *options: str) -> Target:
    """Lock the root's environment; give the target."""
    path = root / "sysdeps.lock"
    assert main(["lock", "--root", str(root), "--python", "/opt/venv", "-o", str(path), *options]) == 0
    (target,) = loads(path.read_text()).target
    return target


def apt_line(root: Path, *options: str) -> int:
    """Print the line of the root's lock."""
    lock = str(root / "sysdeps.lock")
    return main(["apt-line", "--lock", lock, "--target", "debian-bookworm-amd64", *options])


def test_versions_and_snapshot(root: Path) -> None:
    """Installed packages outside the base are pinned; without --pin none is."""
    target = lock(root, "--pin")
    assert (target.snapshot, [(each.name, each.version) for each in target.package]) == (
        "20240812T000000Z",
        [("libpq5", "15.14-0")],
    )
    target = lock(root)
    assert (target.snapshot, [(each.name, each.version) for each in target.package]) == ("", [("libpq5", "")])


def test_a_project_that_pins(root: Path) -> None:
    """`pin = true` is `--pin` for every lock, the hook's too."""
    (root / "pyproject.toml").write_text("[tool.pip-sysdeps]\npin = true\n")
    assert lock(root).snapshot == "20240812T000000Z"


def test_sources_without_a_snapshot(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The versions are recorded, and a warning says how long they can be installed."""
    write(root / "etc/apt/sources.list.d/debian.sources", SOURCES.replace("20240812T", ""))
    assert lock(root, "--pin").snapshot == ""
    assert "apt's sources name no snapshot: mirrors drop the pinned versions within weeks\n" in capsys.readouterr().err


def test_pins_do_not_make_a_lock_stale(root: Path) -> None:
    """Pins depend on the day, not on the environment."""
    lock(root, "--pin")
    assert main(
        ["lock", "--check", "--root", str(root), "--python", "/opt/venv", "-o", str(root / "sysdeps.lock")]
    ) == 0  # fmt: skip


@pytest.mark.parametrize(
    ("form", "line"),
    [("names", "libpq5=15.14-0\n"), ("lines", "libpq5=15.14-0\n"), ("satisfy", "libpq5 (= 15.14-0)\n")],
)
def test_the_pinned_line(root: Path, capsys: pytest.CaptureFixture[str], form: str, line: str) -> None:
    """Pins are printed in apt's syntax, and only with --pin."""
    lock(root, "--pin")
    apt_line(root, "--pin", "--format", form)
    assert capsys.readouterr().out == line
    apt_line(root, "--format", form)
    assert "15.14" not in capsys.readouterr().out


def test_the_pinned_dockerfile(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The instruction uses the archive's snapshot; tests/integration/test_apt.py runs it."""
    lock(root, "--pin")
    apt_line(root, "--pin", "--format", "dockerfile")
    assert capsys.readouterr().out == (
        "RUN find /etc/apt -regex '.*\\.\\(list\\|sources\\)' -exec sed -i -E \\\n"
        "        -e '/^# (deb .+|[^ ]+)\\/[0-9]{8}T[0-9]{6}Z/"
        "{N;s,^# (deb .*)\\n.*,\\1,;s,^# (.*)\\n.*,URIs: \\1,}' \\\n"
        "        -e 's,[0-9]{8}T[0-9]{6}Z,20240812T000000Z,' {} + \\\n"
        " && apt-get update -o Acquire::Check-Valid-Until=false \\\n"
        " && apt-get install -y --no-install-recommends -o APT::Cmd::Pattern-Only=true \\\n"
        "        libpq5=15.14-0 \\\n"
        " && rm -rf /var/lib/apt/lists/*\n"
    )


def test_a_lock_without_versions(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It is an error, because an unpinned line was not requested."""
    lock(root)
    assert apt_line(root, "--pin") == 2
    assert capsys.readouterr().err.endswith(
        "error: the lock has no versions for debian-bookworm-amd64\nhint: record them with `pip-sysdeps lock --pin`\n"
    )


def test_a_package_without_a_version(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A package that was not installed is printed without a version, with a warning."""
    install(
        root / "opt/venv/lib/python3.11/site-packages", "gl", files={"gl.abi3.so": Elf(needed=("libGL.so.1",)).build()}
    )
    lock(root, "--pin")
    assert not (root / LIB / "libGL.so.1").exists()
    assert apt_line(root, "--pin") == 0
    out, err = capsys.readouterr()
    assert out == "libgl1 libpq5=15.14-0\n"
    assert err.endswith("warning: printed without a version, because not installed where the lock was made: libgl1\n")


@pytest.mark.parametrize("snapshot", ["20240812", "x;reboot", "20240812T000000Z,e reboot"])
def test_a_hostile_snapshot(root: Path, capsys: pytest.CaptureFixture[str], snapshot: str) -> None:
    """Only a date is read, because it becomes part of a shell command."""
    lock(root, "--pin")
    path = root / "sysdeps.lock"
    path.write_text(path.read_text().replace("20240812T000000Z", snapshot))
    assert apt_line(root, "--pin", "--format", "dockerfile") == 2
    assert "is not a valid date of an archive snapshot" in capsys.readouterr().err
