"""An environment whose hook starts a stand-in for pip-sysdeps that notes how it was called."""

from __future__ import annotations

import dataclasses
import json
import shutil
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from builders.elf import Elf
from builders.pip_env import PipEnv, make_pip_env, write_sdist, write_wheel
from pip_sysdeps.hook.enable import Settings, enable, settings_for
from pip_sysdeps.hook.site import query_interpreter

if TYPE_CHECKING:
    from pathlib import Path

RECORDER = """\
import json, sys
with open(sys.argv[1], "a") as file:
    print(json.dumps({"arguments": sys.argv[2:], "stdin": sys.stdin.read()}), file=file)
print("the tool was here")
sys.exit(1)
"""
"""Notes its call, prints a line on standard output, and fails: none of it may reach pip's output or status."""


@dataclass(frozen=True, kw_only=True)
class HookedEnv(PipEnv):
    """A PipEnv whose hook starts the recorder."""

    tool: Path
    """The recorder's program."""
    project: Path
    """The folder that the hook is bound to."""
    original_names: frozenset[str] = frozenset()
    """What its site-packages and bin folders held before the first test."""

    @property
    def calls(self) -> list[list[str]]:
        """The arguments of each call of the tool so far."""
        log = self.tool.with_name("calls")
        return [json.loads(line)["arguments"] for line in log.read_text().splitlines()] if log.exists() else []

    @property
    def expected_call(self) -> list[str]:
        """What one call looks like."""
        return ["--project", str(self.project), "--python", str(self.prefix)]

    def enable_real_tool(self) -> None:
        """Write the hook that a user gets: it starts the pip-sysdeps that is tested."""
        enable(query_interpreter(self.python), settings_for(str(self.project)))

    def enable(self) -> None:
        """Write the hook that starts the recorder."""
        log = str(self.tool.with_name("calls"))
        enable(
            query_interpreter(self.python),
            Settings(
                command=(sys.executable, "-I", str(self.tool), log, "--project", str(self.project)),
                needed=(sys.executable, str(self.tool), str(self.project)),
            ),
        )

    def reset(self) -> None:
        """Bring the environment back to what it was made as: pip, the hook, no call noted."""
        shutil.rmtree(self.project, ignore_errors=True)
        self.project.mkdir()
        self.tool.write_text(RECORDER)
        self.tool.with_name("calls").unlink(missing_ok=True)
        for path in (*self.site_packages.iterdir(), *(self.prefix / "bin").iterdir()):
            if path.name not in self.original_names:
                shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
        self.enable()


def write_distributions(folder: Path) -> Path:
    """Write the distributions that the tests install: `broken` and `slow` need alpha, which lands before them.

    `native` needs libgomp.so.1, which Debian's libgomp1 has.
    """
    folder.mkdir()
    write_wheel(folder, "alpha")
    write_wheel(folder, "beta", requires=("alpha",))
    write_wheel(folder, "broken", requires=("alpha",))
    write_wheel(folder, "native", files={"native.abi3.so": Elf(needed=("libgomp.so.1", "libc.so.6")).build()})
    write_wheel(folder, "impossible", requires=("alpha<1",))
    write_wheel(folder, "slow", requires=("alpha",), files={"slow.py": b"x = [1, 2, 3]\n" * 200_000})
    write_sdist(folder, "from_source", build_requires=("beta",))
    return folder


def make_hooked_env(folder: Path, *, python: str = sys.executable, pip_wheel: str = "") -> HookedEnv:
    """Make an environment below `folder` with the hook enabled."""
    wheels = write_distributions(folder / "wheels")
    env = make_pip_env(folder / "a venv", python=python, wheels=wheels, pip_wheel=pip_wheel)
    facts = {field.name: getattr(env, field.name) for field in dataclasses.fields(env)}
    names = frozenset(path.name for path in (*env.site_packages.iterdir(), *(env.prefix / "bin").iterdir()))
    hooked = HookedEnv(**facts, tool=folder / "tool.py", project=folder / "project", original_names=names)
    hooked.reset()
    return hooked
