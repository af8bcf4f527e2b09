"""`[tool.pip-sysdeps]` of pyproject.toml, from `lock` to `apt-line`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from builders.elf import Elf
from builders.release import make_release
from builders.root import write
from pip_sysdeps.cli import main
from pip_sysdeps.lock.document import LockedNeed, Target
from pip_sysdeps.lock.text import loads

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """Return a function that runs a command beside a small release root with psycopg2 and returns both streams."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv("LD_LIBRARY_PATH", raising=False)
    monkeypatch.chdir(tmp_path)
    make_release(tmp_path / "root")

    def command(*argv: str, status: int = 0) -> str:
        assert main(list(argv)) == status
        return "".join(capsys.readouterr())

    return command


def lock(run: Callable[..., str], policy: str, status: int = 0) -> str:
    """Lock by a policy, and return the messages."""
    Path("pyproject.toml").write_text(f"[tool.pip-sysdeps]\n{policy}\n", encoding="utf-8")
    return run("lock", "--root", "root", "--python", "/opt/venv", status=status)


def target() -> Target:
    """Return the lock's only target."""
    (found,) = loads(Path("sysdeps.lock").read_text(encoding="utf-8")).target
    return found


def line(run: Callable[..., str]) -> str:
    """Return the line for the root's release."""
    return run("apt-line", "--target", "debian-bookworm-amd64")


def test_each_kind_of_entry_reaches_the_line(run: Callable[..., str]) -> None:
    """Added by soname and by package, replaced, and ignored; each with its reason in the lock."""
    lock(run, "distribution.psycopg2.add = [{ soname = 'libpango-1.0.so.0', reason = 'reports' }]")
    assert line(run) == "libpango-1.0-0 libpq5\n"
    lock(run, "distribution.psycopg2.replace = [{ soname = 'libpq.so.5', with = 'libpq-ours', reason = 'patched' }]")
    assert line(run) == "libpq-ours\n"
    lock(run, "distribution.psycopg2.ignore = [{ package = 'libpq5', reason = 'the base image has it' }]")
    assert line(run) == "debian-bookworm-amd64 needs no binary package\n"
    (distribution,) = target().distribution
    assert distribution.needs == (
        LockedNeed(
            soname="libpq.so.5",
            class_="ignored",
            when="import",
            by=("psycopg2/_psycopg.cpython-311-x86_64-linux-gnu.so",),
            policy=True,
            note="the base image has it",
        ),
    )


def test_when_is_in_the_lock_and_check_sees_that_it_changed(run: Callable[..., str]) -> None:
    """apt-line reads the lock alone; a policy without a new lock is stale."""
    lock(run, "")
    Path("pyproject.toml").write_text("[tool.pip-sysdeps]\nwhen = ['plugin']\n")
    messages = run("lock", "--root", "root", "--python", "/opt/venv", "--check", status=1)
    assert "when nothing is locked, plugin is found" in messages
    lock(run, "when = ['plugin']")
    assert line(run) == "the install line of debian-bookworm-amd64 is empty; --when default prints libpq5\n"
    assert run("apt-line", "--target", "debian-bookworm-amd64", "--when", "default") == "libpq5\n"


def test_an_entry_without_effect_is_reported(run: Callable[..., str]) -> None:
    """The warning has the entry's key."""
    assert (
        "warning: a policy entry in pyproject.toml has no effect on debian-bookworm-amd64: "
        "distribution.psycopg2.ignore[0]: psycopg2 does not need libgone.so.1\n"
    ) in lock(run, "distribution.psycopg2.ignore = [{ soname = 'libgone.so.1', reason = 'x' }]")


def test_an_unknown_key_stops_the_lock(run: Callable[..., str]) -> None:
    """The old lock stays, and the nearest key is named."""
    lock(run, "")
    before = Path("sysdeps.lock").read_bytes()
    assert lock(run, "targts = []", status=2) == (
        "error: pyproject.toml: tool.pip-sysdeps.targts: is unknown; did you mean `targets`?\n"
        "hint: `pip-sysdeps policy --help` lists the commands that write the table [tool.pip-sysdeps]\n"
    )
    assert Path("sysdeps.lock").read_bytes() == before


def test_a_code_that_no_check_has(run: Callable[..., str]) -> None:
    """It is an error, because it would select or ignore nothing."""
    lock(run, "")
    Path("pyproject.toml").write_text("[tool.pip-sysdeps]\naudit.ignore = ['SD010', 'SD999']\n")
    said = run("audit", "--root", "root", "--python", "/opt/venv", status=2)
    assert said.startswith("error: pyproject.toml: tool.pip-sysdeps.audit: `SD999` is not one of SD001, SD002, ")


def test_the_library_path_of_the_release_image(run: Callable[..., str], tmp_path: Path) -> None:
    """Its folders are searched before DT_RUNPATH and the cache, and stand in the lock."""
    write(tmp_path / "root/opt/vendor/lib/libpq.so.5", Elf(soname="libpq.so.5", defined=("PQexec", "PQping")).build())
    lock(run, "library-path = ['/opt/vendor/lib']")
    (distribution,) = target().distribution
    assert [(need.class_, need.path) for need in distribution.needs] == [("unowned", "/opt/vendor/lib/libpq.so.5")]
    assert target().library_path == ("/opt/vendor/lib",)
    lock(run, "")
    assert (target().library_path, line(run)) == ((), "libpq5\n")


def test_the_policy_beside_the_lock_counts_before_the_one_here(run: Callable[..., str]) -> None:
    """The hook locks from any folder."""
    Path("project").mkdir()
    Path("project/pyproject.toml").write_text("[tool.pip-sysdeps]\nwhen = ['import']\n")
    Path("pyproject.toml").write_text("[tool.pip-sysdeps]\nwhen = ['plugin']\n")
    run("lock", "--root", "root", "--python", "/opt/venv", "-o", "project/sysdeps.lock")
    run("lock", "--root", "root", "--python", "/opt/venv", "-o", "elsewhere.lock")
    locks = [loads(Path(path).read_text()).target[0].when for path in ("project/sysdeps.lock", "elsewhere.lock")]
    assert locks == [("import",), ("plugin",)]
