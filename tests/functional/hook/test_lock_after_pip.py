"""The hook as a user has it: real pips, the real tool, a project's lock; what goes wrong harms none of them."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from builders.command import DEFAULT_SIGNALS
from builders.debian import unavailable
from builders.mounts import FULL, READ_ONLY, run_on_small_disk
from builders.system import VENV
from pip_sysdeps.lock.text import loads
from pip_sysdeps.packages.platform import read_system
from pip_sysdeps.system.root import Root

if TYPE_CHECKING:
    from builders.hooked_env import HookedEnv

CREATED = "pip-sysdeps: sysdeps.lock created: +libgomp1 (native)\n"
UPDATED = "pip-sysdeps: sysdeps.lock updated: +libgomp1 (native)\n"


@pytest.fixture(autouse=True)
def _debian() -> None:
    """Skip where no lock can be made for the machine itself."""
    if not read_system(Root()).architecture:
        unavailable("this is not Debian or Ubuntu: there is no dpkg database")


def lock_of(env: HookedEnv) -> str:
    """Return the text of the project's lock."""
    return (env.project / "sysdeps.lock").read_text()


def check(env: HookedEnv) -> int:
    """Return the status of `lock --check` for the environment and its project."""
    command = [sys.executable, "-m", "pip_sysdeps", "lock", "--check", "--python", str(env.prefix)]
    return subprocess.run(command, cwd=env.project, capture_output=True, check=False).returncode


def stale_lock(env: HookedEnv) -> str:
    """Lock the environment without `native`, and return that lock."""
    env.enable_real_tool()
    env.pip("install", "alpha")
    return lock_of(env)


@pytest.mark.slow
def test_an_install_is_locked(env: HookedEnv) -> None:
    """One line says what changed; the rest is pip's."""
    env.enable_real_tool()
    done = env.pip("install", "native")
    assert (done.returncode, done.stderr) == (0, CREATED)
    assert done.stdout.splitlines()[-1] == "Successfully installed native-1.0"
    (target,) = loads(lock_of(env)).target
    needs = [(need.soname, need.package) for name, need in target.needs() if name == "native"]
    assert needs == [("libgomp.so.1", "libgomp1")]


def test_the_lock_follows(any_env: HookedEnv) -> None:
    """The lock is written, left unchanged, and written again."""
    any_env.enable_real_tool()
    assert any_env.pip("install", "native").stderr == CREATED
    assert any_env.pip("install", "native", "alpha").stderr == ""
    assert any_env.pip("uninstall", "-y", "native").stderr == "pip-sysdeps: sysdeps.lock updated: -libgomp1\n"
    assert check(any_env) == 0


def test_ci_only_checks(any_env: HookedEnv) -> None:
    """The committed lock stays as it is, and the line says what is stale in it."""
    before = stale_lock(any_env)
    done = any_env.pip("install", "native", CI="true")
    line = "pip-sysdeps: sysdeps.lock is stale: +libgomp1 (native); run `pip-sysdeps lock` and commit it\n"
    assert (done.returncode, done.stderr) == (0, line)
    assert lock_of(any_env) == before


def test_two_installs_at_once(any_env: HookedEnv) -> None:
    """The last lock has the installs of both."""
    any_env.enable_real_tool()
    command = [any_env.python, "-m", "pip", "install", "-q"]
    pips = [
        subprocess.Popen([*command, name], env=any_env.environ, stderr=subprocess.PIPE, text=True)
        for name in ("native", "alpha", "from_source")
    ]
    lines = [pip.communicate(timeout=120)[1] for pip in pips]
    assert [pip.returncode for pip in pips] == [0, 0, 0], lines
    assert "".join(lines).count("+libgomp1") == 1
    assert check(any_env) == 0


@pytest.mark.parametrize(
    ("prepare", "reason"), [(READ_ONLY, "Read-only file system"), (FULL, "No space left on device")]
)
def test_a_lock_that_cannot_be_written(any_env: HookedEnv, prepare: str, reason: str) -> None:
    """An install has succeeded; the line says why the lock has not followed, and the old lock is whole and alone."""
    before = stale_lock(any_env)
    command = [any_env.python, "-m", "pip", "install", "native"]
    done, files = run_on_small_disk(any_env.project, prepare, command, any_env.environ)
    assert (done.returncode, done.stderr) == (0, f"pip-sysdeps: sysdeps.lock not updated: {reason}\n")
    assert done.stdout.splitlines()[-1] == "Successfully installed native-1.0"
    assert files == {"sysdeps.lock": before.encode()}


def test_nothing_is_written_where_nothing_changes(any_env: HookedEnv) -> None:
    """A current lock in a folder that is read-only: nothing to say."""
    stale_lock(any_env)
    command = [any_env.python, "-m", "pip", "install", "beta"]
    assert run_on_small_disk(any_env.project, READ_ONLY, command, any_env.environ).done.stderr == ""


def test_an_incomplete_tool(any_env: HookedEnv, tmp_path: Path) -> None:
    """Somebody deleted a module of the tool: two lines, and pip's status."""
    any_env.enable_real_tool()
    broken = tmp_path / "pip_sysdeps"
    shutil.copytree(Path(__file__).parents[3] / "src" / "pip_sysdeps", broken)
    (broken / "lock/build.py").unlink()
    module = any_env.site_packages / "_pip_sysdeps_hook.py"
    start = f"import sys; sys.path.insert(0, {str(tmp_path)!r}); from pip_sysdeps.cli import main; sys.exit(main())"
    text = module.read_text()
    module.write_text(text.replace("'-m', 'pip_sysdeps'", f"'-c', {start!r}"))
    assert module.read_text() != text
    done = any_env.pip("install", "native")
    assert done.returncode == 0
    assert done.stderr.startswith(
        "error: this installation of pip-sysdeps is incomplete: No module named 'pip_sysdeps.lock.build'\n"
    )
    assert len(done.stderr.splitlines()) == 2


def test_ctrl_c_while_the_tool_works(any_env: HookedEnv) -> None:
    """The install has succeeded already, and says so with its status; the lock is whole."""
    started = any_env.tool.with_name("started")
    started.unlink(missing_ok=True)
    any_env.tool.write_text(f"import time; open({str(started)!r}, 'w').close(); time.sleep(60)\n")
    pip = subprocess.Popen(
        [*DEFAULT_SIGNALS, any_env.python, "-m", "pip", "install", "-q", "alpha"],
        env=any_env.environ,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    deadline = time.monotonic() + 60
    while not started.exists() and time.monotonic() < deadline:
        time.sleep(0.01)
    os.killpg(pip.pid, signal.SIGINT)
    assert pip.wait(timeout=30) == 0


@pytest.mark.exhaustive
def test_the_lock_is_never_torn(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs that write two different locks and are killed anywhere: every reader sees one of the two, whole."""
    monkeypatch.delenv("CI", raising=False)  # with it, they only check
    whole = set()
    for when in ("import", "plugin"):
        (tmp_path / "pyproject.toml").write_text(f'[tool.pip-sysdeps]\nwhen = ["{when}"]\n')
        subprocess.run(relock_command(root, tmp_path), check=True, capture_output=True)
        whole.add((tmp_path / "sysdeps.lock").read_text())
    assert len(whole) == 2
    for round_ in range(4):
        (tmp_path / "pyproject.toml").write_text(f'[tool.pip-sysdeps]\nwhen = ["{("import", "plugin")[round_ % 2]}"]\n')
        runs = [subprocess.Popen(relock_command(root, tmp_path), stderr=subprocess.DEVNULL) for _ in range(2)]
        end = time.monotonic() + 0.1 + 0.1 * round_
        while time.monotonic() < end:
            assert (tmp_path / "sysdeps.lock").read_text() in whole
        for run in runs:
            run.kill()
            run.wait()
    assert (tmp_path / "sysdeps.lock").read_text() in whole


def relock_command(root: Path, project: Path) -> list[str]:
    """Return what the hook starts, for the environment of a root."""
    command = [sys.executable, "-m", "pip_sysdeps", "hook", "relock", "--project", str(project)]
    return [*command, "--root", str(root), "--python", VENV]
