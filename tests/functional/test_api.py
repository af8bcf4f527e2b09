"""The package from Python code: the names that `pip_sysdeps` exports."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import pip_sysdeps
from builders.small_debian import MODULE, SITE
from builders.system import VENV

if TYPE_CHECKING:
    from builders.desk import Desk


def test_the_answer_is_that_of_the_command(desk: Desk) -> None:
    """Scan, target and text are what `lock` writes, and the line is what `apt-line` prints."""
    desk.run_lock()
    target = pip_sysdeps.to_target(pip_sysdeps.scan_environment(VENV, root=str(desk.root)))
    lock = pip_sysdeps.Lockfile(target=(target,))
    assert pip_sysdeps.dumps(lock) == desk.lock.read_text()
    assert pip_sysdeps.loads(desk.lock.read_text()) == lock
    assert (
        " ".join(each.package.name for each in pip_sysdeps.packages_to_install(target))
        == desk.run_apt_line().out.strip()
    )


def test_errors_are_sysdeps_errors(desk: Desk) -> None:
    """The message is that of the command."""
    with pytest.raises(pip_sysdeps.SysdepsError, match="no environment or interpreter at `/nowhere`"):
        pip_sysdeps.scan_environment("/nowhere", root=str(desk.root))


def test_a_damaged_environment_is_an_error(desk: Desk) -> None:
    """A truncated object is refused, as by `lock`."""
    (desk.root / SITE.lstrip("/") / MODULE).write_bytes(b"\x7fELF")
    with pytest.raises(pip_sysdeps.SysdepsError, match="cannot read"):
        pip_sysdeps.scan_environment(VENV, root=str(desk.root))


def test_every_public_name_is_there() -> None:
    """`__all__` has exactly the documented names."""
    assert all(getattr(pip_sysdeps, name) for name in pip_sysdeps.__all__)
    with pytest.raises(AttributeError, match="no attribute 'scam'"):
        pip_sysdeps.scam  # noqa: B018


def test_the_projects_policy_is_applied(desk: Desk) -> None:
    """`lock_environment` gives the target that `lock` writes, with what pyproject.toml decides."""
    (desk.lock.parent / "pyproject.toml").write_text("[tool.pip-sysdeps]\nwhen = ['plugin']\n")
    desk.run_lock()
    target = pip_sysdeps.lock_environment(VENV, root=str(desk.root), lock=str(desk.lock))
    assert (target.when, pip_sysdeps.loads(desk.lock.read_text()).target) == (("plugin",), (target,))
