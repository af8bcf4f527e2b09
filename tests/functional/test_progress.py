"""What a command that takes long shows on a terminal: where it is; and nothing elsewhere."""

from __future__ import annotations

import os
import random
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from builders.archive import Archive, published_archive
from builders.dpkg import Package, write_database
from builders.elf import Elf
from builders.http_server import served_folder
from builders.root import write
from builders.small_debian import small_debian
from builders.system import VENV
from builders.terminal import CTRL_C, Shown, run_on_terminal, screen_of
from builders.ubuntu_sources import COMPONENTS, configure_ubuntu
from builders.wheels import build_wheel
from pip_sysdeps.cli import main

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SLOW = """
import sys, time
import pip_sysdeps.cli.progress as shown
from pip_sysdeps.elf.read_objects import Objects
shown.DELAY, shown._PAUSE = {patience}, 0.01
facts = Objects.facts
Objects.facts = lambda *arguments: time.sleep({sleep}) or facts(*arguments)
from pip_sysdeps.cli import main
sys.argv[0] = "pip-sysdeps"
sys.exit(main())
"""
"""The command with a disk on which each object takes its time, and less patience than two seconds."""
CLEAR = "\r\x1b[K"


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make the small Debian."""
    return small_debian(tmp_path_factory.mktemp("debian") / "root")


def on_a_terminal(root: Path, folder: Path, *options: str, sleep: float, patience: float = 0.05) -> str:
    """Run `lock` on a terminal of 60 columns; return what that shows."""
    where = ("lock", "--root", str(root), "--python", VENV, "-o", str(folder / "sysdeps.lock"))
    program = SLOW.format(sleep=sleep, patience=patience)
    environment = {**os.environ, "TERM": "xterm", "NO_COLOR": "1"}
    shown = run_on_terminal([sys.executable, "-c", program, *where, *options], environment, columns=60)
    assert shown.status == 0, shown.raw
    return shown.raw


def test_a_terminal_shows_what_is_counted(root: Path, tmp_path: Path) -> None:
    """The line is drawn over itself, and is gone before the message at the end."""
    shown = on_a_terminal(root, tmp_path, sleep=0.15)
    assert f"{CLEAR}reading objects: 1 of 4{CLEAR}reading objects: 2 of 4{CLEAR}" in shown, shown
    before, _, message = shown.rpartition(CLEAR)
    assert "\n" not in before
    assert message.startswith("wrote "), shown


@pytest.mark.slow
def test_a_quick_command_shows_nothing(root: Path, tmp_path: Path) -> None:
    """Neither a quick command nor one with -q shows progress."""
    shown = on_a_terminal(root, tmp_path, sleep=0, patience=2)
    assert CLEAR not in shown
    assert on_a_terminal(root, tmp_path, "-q", sleep=0.06) == ""


@pytest.mark.slow
@pytest.mark.parametrize("term", ["xterm", "dumb", None])
def test_nothing_without_a_terminal(root: Path, tmp_path: Path, term: str | None) -> None:
    """In a pipe, as in CI, whatever TERM says; the lock is the same."""
    environment = {name: value for name, value in os.environ.items() if name != "TERM"} | (
        {"TERM": term} if term else {}
    )
    command = [sys.executable, "-c", SLOW.format(sleep=0.06, patience=0.05), "lock", "--root", str(root)]
    command += ["--python", VENV, "-o", str(tmp_path / "sysdeps.lock")]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert "\r" not in done.stderr + done.stdout
    assert "\x1b" not in done.stderr + done.stdout
    written = (tmp_path / "sysdeps.lock").read_text()
    assert main([*command[3:-1], str(tmp_path / "plain.lock")]) == 0
    assert written == (tmp_path / "plain.lock").read_text()


# ------------------------------------------------------------------------------------------------------ index update


IMPATIENT = """
import sys
import pip_sysdeps.cli.progress as shown
shown.DELAY, shown._PAUSE = 0.05, 0.02
from pip_sysdeps.cli import main
sys.argv[0] = "pip-sysdeps"
sys.exit(main())
"""
"""The command with less patience than two seconds."""
TERMINAL = {"TERM": "xterm", "NO_COLOR": "1"}
INTERRUPTED = ("error: interrupted", "hint: the lock was not changed: run it again")


class Update:
    """`index update` from an archive whose server takes its time for the lists of files."""

    def __init__(self, folder: Path, archive: Archive, uri: str) -> None:
        self._root = folder / "root"
        self._cache = folder / "cache"
        self.contents = archive.folder / "dists/noble/Contents-amd64.gz"
        write(self._root / "etc/os-release", 'ID=ubuntu\nVERSION_ID="24.04"\nVERSION_CODENAME=noble\n')
        write_database(self._root, Package(name="dpkg"))
        configure_ubuntu(self._root, archive)
        sources = self._root / "etc/apt/sources.list.d/ubuntu.sources"
        sources.write_text(sources.read_text().replace(archive.uri, uri).partition("\n\n")[0])
        (folder / "apt.conf").write_text('Acquire::http::Proxy::127.0.0.1 "DIRECT";\n')
        self._environ = {**os.environ, "APT_CONFIG": str(folder / "apt.conf"), "XDG_CACHE_HOME": str(self._cache)}
        self.command = [sys.executable, "-c", IMPATIENT, "index", "update", "--root", str(self._root), "--shared"]
        self.index = self._cache / "pip-sysdeps/index/ubuntu-noble-amd64.index"

    def environ(self, variables: dict[str, str]) -> dict[str, str]:
        """Return the variables of the command."""
        others = {name: value for name, value in self._environ.items() if name not in {"TERM", "NO_COLOR"}}
        return {**others, **variables}

    def shown(self, variables: dict[str, str], *, columns: int = 80, typed: tuple[str, bytes] = ("", b"")) -> Shown:
        """Run it on a terminal."""
        return run_on_terminal(self.command, self.environ(variables), columns=columns, typed=typed)

    def wrote(self, columns: int) -> tuple[str, ...]:
        """Return the message at its end, as a terminal wraps it."""
        said = f"wrote the index of ubuntu-noble-amd64, archive of Sat, 12 Sep 2026 07:55:41 UTC: `{self.index}`"
        return screen_of(said, columns)


@pytest.fixture
def update(tmp_path: Path) -> Iterator[Update]:
    """Serve an archive with a megabyte of Contents, a part each fifth of a second."""
    draw = random.Random(7)  # noqa: S311 - no secret
    rows = "".join(f"usr/share/{draw.getrandbits(128):x}    utils/foo-tools\n" for _ in range(30_000))
    packages, contents = COMPONENTS["main"]
    with published_archive() as archive:
        archive.publish_ubuntu("noble", {**COMPONENTS, "main": (packages, contents + rows)})
        with served_folder(archive.folder, pause=0.2) as served:
            yield Update(tmp_path, archive, served.uri)


@pytest.mark.parametrize("columns", [80, 40])
@pytest.mark.slow
def test_a_download_on_a_terminal(update: Update, columns: int) -> None:
    """What is downloaded and how much of it, in one line that fits, and nothing of it in the end."""
    shown = update.shown(TERMINAL, columns=columns)
    lines = shown.raw.rpartition(CLEAR)[0].split(CLEAR)
    assert any(re.fullmatch(r"Contents-amd64: \d+ k?B of \d+ kB", line) for line in lines), shown.raw
    assert any(re.fullmatch(r"reading noble Contents: [\d,]+ lines", line) for line in lines), shown.raw
    assert max(map(len, lines)) < columns
    assert (shown.status, shown.screen) == (0, update.wrote(columns))


@pytest.mark.parametrize(
    ("variables", "drawn", "coloured"),
    [({"TERM": "xterm"}, True, True), (TERMINAL, True, False), ({"TERM": "dumb"}, False, False)],
    ids=["colours", "NO_COLOR", "dumb"],
)
@pytest.mark.slow
def test_a_failed_download_on_a_terminal(
    update: Update, variables: dict[str, str], *, drawn: bool, coloured: bool
) -> None:
    """The error stands alone; a dumb terminal gets no line that is drawn over."""
    update.contents.write_bytes(update.contents.read_bytes()[:-9])
    shown = update.shown(variables)
    assert shown.status == 2
    assert "Contents-amd64.gz" in shown.screen[0] + shown.screen[1]
    assert shown.screen[0].startswith("error: apt could not download and verify a Contents index of ubuntu")
    assert shown.screen[-1] == "hint: the old index, if there is one, is left as it was"
    assert (CLEAR in shown.raw, "\x1b[31" in shown.raw) == (drawn, coloured)


@pytest.mark.slow
def test_ctrl_c_in_a_download(update: Update) -> None:
    """The line is gone, and apt with it."""
    shown = update.shown(TERMINAL, typed=("Contents-amd64: ", CTRL_C))
    assert (shown.status, shown.screen) == (2, INTERRUPTED)
    assert not update.index.exists()


@pytest.mark.slow
def test_a_download_without_a_terminal(update: Update) -> None:
    """One message, and no more."""
    done = subprocess.run(
        update.command, env=update.environ({"TERM": "xterm"}), capture_output=True, text=True, check=True
    )
    assert (done.stdout, done.stderr.count("\n"), done.stderr[:27]) == ("", 1, "wrote the index of ubuntu-n")


# ------------------------------------------------------------------------------------------------------------ wheels


SLOW_WHEELS = """
import sys, time
import pip_sysdeps.cli.progress as shown
import pip_sysdeps.environment.read_wheels as wheels
shown.DELAY, shown._PAUSE = 0.05, 0.01
opened = wheels.ZipFile
class Slow(opened):
    def __init__(self, *arguments, **more):
        time.sleep({sleep})
        super().__init__(*arguments, **more)
wheels.ZipFile = Slow
from pip_sysdeps.cli import main
sys.argv[0] = "pip-sysdeps"
sys.exit(main())
"""
"""The command with a disk on which each wheel takes its time."""


def lock_wheels(folder: Path, *, columns: int = 80, typed: tuple[str, bytes] = ("", b""), sleep: float = 0.12) -> Shown:
    """Lock four wheels on a terminal."""
    module = Elf(needed=("libz.so.1", "libc.so.6"), defined=("PyInit__core",)).build()
    for name in ("first", "second", "third", "with_a_long_name"):
        build_wheel(folder / "wheels", name, {f"{name}.abi3.so": module})
    where = ("--wheels", str(folder / "wheels"), "--target", "debian-bookworm-amd64", "-o", str(folder / "new.lock"))
    command = [sys.executable, "-c", SLOW_WHEELS.format(sleep=sleep), "lock", *where]
    return run_on_terminal(command, {**os.environ, **TERMINAL}, columns=columns, typed=typed)


@pytest.mark.slow
@pytest.mark.parametrize("columns", [80, 40, 20])
def test_wheels_on_a_terminal(tmp_path: Path, columns: int) -> None:
    """They are counted in one line, which is cut where it does not fit."""
    shown = lock_wheels(tmp_path, columns=columns)
    lines = shown.raw.rpartition(CLEAR)[0].split(CLEAR)
    assert "reading wheels: 1 of 4"[: columns - 1] in lines
    assert max(map(len, lines)) < columns
    assert shown.status == 0
    said = "".join(shown.screen).replace(" ", "")  # a line may end where there is a space
    assert said.startswith(f"wrote`{tmp_path}/new.lock`:debian-bookworm-amd64,")


def test_ctrl_c_among_wheels(tmp_path: Path) -> None:
    """The line is gone, and no lock is there."""
    shown = lock_wheels(tmp_path, typed=("reading wheels: 1 of 4", CTRL_C), sleep=0.3)
    assert (shown.status, shown.screen) == (2, INTERRUPTED)
    assert not (tmp_path / "new.lock").exists()


@pytest.mark.slow
def test_a_bad_wheel_on_a_terminal(tmp_path: Path) -> None:
    """The error stands alone."""
    write(tmp_path / "wheels/zz-1.0-cp311-abi3-manylinux_2_17_x86_64.whl", "no wheel")
    shown = lock_wheels(tmp_path)
    assert "reading wheels: 1 of 5" in shown.raw
    assert (shown.status, shown.screen[0][:6]) == (2, "error:")
