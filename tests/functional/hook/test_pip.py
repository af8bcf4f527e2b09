"""The hook beside real pips: it acts once after a change that succeeded, and pip's own results stay pip's."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from builders.command import DEFAULT_SIGNALS
from pip_sysdeps.hook.enable import MODULE_NAME, PTH_NAME, enable, read_settings
from pip_sysdeps.hook.site import query_interpreter

if TYPE_CHECKING:
    from collections.abc import Callable

    from builders.hooked_env import HookedEnv


def test_acts_once_after_an_install(env: HookedEnv) -> None:
    """An install is followed by one call of the tool, and pip's standard output and status are pip's alone."""
    done = env.pip("install", "beta")
    assert env.calls == [env.expected_call]
    assert done.returncode == 0
    assert done.stdout.splitlines()[-1] == "Successfully installed alpha-1.0 beta-1.0"
    assert done.stderr.splitlines() == ["the tool was here"]


def test_is_silent_when_nothing_was_to_be_done(any_env: HookedEnv) -> None:
    """A second install of the same requirement changes nothing."""
    any_env.pip("install", "alpha==1.0")
    done = any_env.pip("install", "alpha")
    assert any_env.calls == [any_env.expected_call]
    assert done.stderr == ""


def test_acts_after_an_uninstall(any_env: HookedEnv) -> None:
    """Uninstalling an installed distribution changes the environment; an absent one does not."""
    any_env.pip("install", "alpha")
    any_env.pip("uninstall", "-y", "alpha")
    any_env.pip("uninstall", "-y", "alpha")
    assert any_env.calls == [any_env.expected_call, any_env.expected_call]


def test_partial_install_is_not_locked(any_env: HookedEnv) -> None:
    """The dependency landed, the wheel that was asked for failed: pip's status is 1 and nothing is locked."""
    (any_env.site_packages / "broken.py").mkdir()
    done = any_env.pip("install", "broken")
    assert done.returncode == 1
    assert (any_env.site_packages / "alpha.py").exists()
    assert any_env.calls == []


def test_isolated_build_dependencies_count_once(any_env: HookedEnv) -> None:
    """The pips that pip starts for build dependencies stay silent; the outer one acts."""
    done = any_env.pip("install", "from_source")
    assert done.returncode == 0, done.stderr
    assert any_env.calls == [any_env.expected_call]


@pytest.mark.parametrize(
    "spelling",
    [
        ("{python}", "-Im", "pip", "install", "alpha"),
        ("{python}", "-mpip", "-q", "install", "alpha"),
        ("{python}", "-X", "utf8", "-W", "ignore", "-m", "pip", "install", "alpha"),
        ("{bin}/pip", "install", "alpha"),
        ("{bin}/pip3", "install", "alpha"),
        ("{python}", "-I", "{bin}/pip", "install", "alpha"),
        ("{python}", "{site}/pip", "install", "alpha"),
        ("{python}", "{site}/pip/__pip-runner__.py", "install", "alpha"),
        ("{bin}/pip", "--python", "{python}", "install", "alpha"),
    ],
    ids=" ".join,
)
def test_every_spelling_of_pip(any_env: HookedEnv, spelling: tuple[str, ...]) -> None:
    """However pip is started, it is recognized."""
    names = {"python": any_env.python, "bin": str(any_env.prefix / "bin"), "site": str(any_env.site_packages)}
    done = any_env.run(*(part.format(**names) for part in spelling))
    assert done.returncode == 0, done.stderr
    assert any_env.calls == [any_env.expected_call]


def test_zipapp(any_env: HookedEnv) -> None:
    """The archive pip.pyz runs pip as a module, from inside the archive."""
    archive = any_env.tool.with_name("pip.pyz")
    content = archive.with_name("content of pip.pyz")
    shutil.copytree(any_env.site_packages / "pip", content / "pip", dirs_exist_ok=True)
    (content / "__main__.py").write_text("import runpy\nrunpy.run_module('pip', run_name='__main__')\n")
    shutil.make_archive(str(archive), "zip", content)
    os.replace(f"{archive}.zip", archive)
    done = any_env.run(any_env.python, str(archive), "install", "alpha")
    assert done.returncode == 0, done.stderr
    assert any_env.calls == [any_env.expected_call]


def test_safe_path(any_env: HookedEnv) -> None:
    """PYTHONSAFEPATH changes sys.path, not the hook."""
    any_env.pip("install", "alpha", PYTHONSAFEPATH="1")
    assert any_env.calls == [any_env.expected_call]


def test_force_reinstall(any_env: HookedEnv) -> None:
    """The same version anew has a new record."""
    any_env.pip("install", "alpha==1.0")
    any_env.pip("install", "--force-reinstall", "alpha==1.0")
    assert any_env.calls == [any_env.expected_call] * 2


@pytest.mark.parametrize(
    "arguments",
    [
        ("install", "--dry-run", "alpha"),
        ("download", "--no-deps", "-d", "downloads", "alpha"),
        ("wheel", "--no-deps", "-w", "downloads", "from_source"),
        ("list",),
        ("freeze",),
        ("config", "list"),
        ("check",),
        ("--version",),
        ("install", "--help"),
        ("install", "--target", "target", "alpha"),
        ("install", "--prefix", "other-prefix", "alpha"),
    ],
    ids=" ".join,
)
def test_silent_commands(any_env: HookedEnv, arguments: tuple[str, ...]) -> None:
    """Commands that change nothing succeed silently."""
    done = any_env.pip(*arguments)
    assert done.returncode == 0, done.stderr
    assert any_env.calls == []


def test_resolver_failure(any_env: HookedEnv) -> None:
    """A requirement that cannot be met leaves the environment as it is."""
    assert any_env.pip("install", "impossible").returncode == 1
    assert any_env.calls == []


def test_interrupted_install(any_env: HookedEnv) -> None:
    """Ctrl-C after the first distribution has landed: nothing is locked."""
    process = subprocess.Popen(
        [*DEFAULT_SIGNALS, any_env.python, "-m", "pip", "install", "slow"], env=any_env.environ, stderr=subprocess.PIPE
    )
    deadline = time.monotonic() + 60
    while not (any_env.site_packages / "slow.py").exists() and time.monotonic() < deadline:
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 1
    assert b"Operation cancelled by user" in errors
    assert (any_env.site_packages / "alpha-1.0.dist-info").exists()
    assert any_env.calls == []


def test_from_outside(any_env: HookedEnv, session_pip: str) -> None:
    """`pip --python ENV` of another environment: the hook of ENV acts, once."""
    done = any_env.run(session_pip, "--python", any_env.python, "install", "alpha")
    assert done.returncode == 0, done.stderr
    assert any_env.calls == [any_env.expected_call]


def test_pip_upgrades_itself(any_env: HookedEnv) -> None:
    """A pip replaces its own files while it runs; the hook acts on what it has in memory."""
    done = any_env.pip("install", "--force-reinstall", "--no-deps", any_env.pip_wheel)
    assert done.returncode == 0, done.stderr
    assert any_env.calls == [any_env.expected_call]


@pytest.mark.parametrize("gone", ["tool", "project"])
def test_silent_without_tool_or_project(any_env: HookedEnv, gone: str) -> None:
    """If the tool or the project was removed, the hook does nothing."""
    any_env.tool.unlink() if gone == "tool" else any_env.project.rmdir()
    done = any_env.pip("install", "alpha")
    assert (done.returncode, done.stderr) == (0, "")


def test_tool_removed_by_this_very_pip(any_env: HookedEnv) -> None:
    """`pip uninstall pip-sysdeps` where both live in one environment is silent."""
    any_env.pip("install", "alpha")
    module = any_env.site_packages / MODULE_NAME
    module.write_text(
        module.read_text().replace(ascii(str(any_env.tool))[1:-1], str(any_env.site_packages / "alpha.py"))
    )
    done = any_env.pip("uninstall", "-y", "alpha")
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("copy", [shutil.copytree, shutil.move], ids=["copied", "moved"])
def test_another_environment_than_the_enabled_one(any_env: HookedEnv, tmp_path: Path, copy: Callable[..., str]) -> None:
    """The pip of a copy, or of an environment that was moved, leaves the lock of the first one's project alone."""
    first = tmp_path / "first"
    shutil.copytree(any_env.prefix, first, symlinks=True)
    settings = read_settings((any_env.site_packages / MODULE_NAME).read_text())
    assert settings
    enable(query_interpreter(str(first)), settings)
    second = copy(first, tmp_path / "second")
    done = any_env.run(f"{second}/bin/python", "-m", "pip", "install", "alpha")
    assert (done.returncode, done.stderr) == (0, "")
    assert list(Path(second).glob("lib/python3.*/site-packages/alpha.py"))
    assert any_env.calls == []


def test_another_spelling_of_the_environment(any_env: HookedEnv, tmp_path: Path) -> None:
    """A link to its folder leads to the same environment."""
    (tmp_path / "link").symlink_to(any_env.prefix)
    any_env.run(f"{tmp_path}/link/bin/python", "-m", "pip", "install", "alpha")
    assert any_env.calls == [[*any_env.expected_call[:-1], f"{tmp_path}/link"]]


def test_a_tool_that_does_not_end(any_env: HookedEnv) -> None:
    """It is ended with what it has started, pip's own status is kept, and a line says what to run."""
    any_env.tool.write_text(
        "import signal, subprocess, time\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "subprocess.Popen(['sleep', '300'], stdout=2)\n"
        "time.sleep(300)\n"
    )
    module = any_env.site_packages / MODULE_NAME
    text = module.read_text()
    module.write_text(text.replace("TIME_LIMIT = 60.0", "TIME_LIMIT = 1.0").replace("GRACE = 2.0", "GRACE = 0.1"))
    assert module.read_text() != text
    begin = time.monotonic()
    done = any_env.pip("install", "alpha")  # ends when nobody has its standard error open any more
    assert time.monotonic() - begin < 60
    manual_command = f"lock --python '{any_env.prefix}' -o {any_env.project}/sysdeps.lock"
    assert done.returncode == 0
    assert re.fullmatch(
        rf"pip-sysdeps: sysdeps\.lock not updated: stopped after 1 s; run `.* {re.escape(manual_command)}`\n",
        done.stderr,
    )


def test_module_deleted_by_hand(any_env: HookedEnv) -> None:
    """A .pth whose module is missing is silent, also in pip."""
    (any_env.site_packages / MODULE_NAME).unlink()
    done = any_env.pip("install", "alpha")
    assert (done.returncode, done.stderr) == (0, "")


def test_no_record_and_no_distribution(any_env: HookedEnv) -> None:
    """No distribution owns the two files: pip lists nothing new, and no RECORD names them."""
    listed = json.loads(any_env.pip("list", "--format", "json").stdout)
    assert [item["name"] for item in listed] == ["pip"]
    records = "".join(path.read_text() for path in any_env.site_packages.glob("*.dist-info/RECORD"))
    assert PTH_NAME not in records
    assert MODULE_NAME not in records


def test_system_site_packages_venv(any_env: HookedEnv) -> None:
    """A hook of the base does not act in a venv above it, whose pip does not change the base."""
    upper = any_env.prefix.parent / "upper"
    subprocess.run([any_env.python, "-m", "venv", "--without-pip", "--clear", str(upper)], check=True)
    site = next(upper.glob("lib/python3.*/site-packages"))
    (site / "base.pth").write_text(f"import site; site.addsitedir({str(any_env.site_packages)!r})\n")
    done = any_env.run(str(upper / "bin" / "python"), "-m", "pip", "install", "--ignore-installed", "alpha")
    assert done.returncode == 0, done.stderr
    assert (site / "alpha.py").exists()
    assert any_env.calls == []


def test_closed_standard_error(any_env: HookedEnv) -> None:
    """Without a standard error the tool still runs, and its output goes nowhere."""
    done = any_env.run("sh", "-c", 'exec "$0" -m pip install alpha 2>&-', any_env.python)
    assert done.returncode == 0
    assert "the tool was here" not in done.stdout
    assert any_env.calls == [any_env.expected_call]
