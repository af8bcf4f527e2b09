"""Write, remove and read the two files of the hook in one environment's site directory."""

from __future__ import annotations

import ast
import contextlib
import glob
import os
import shlex
import sys
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from pip_sysdeps.errors import SysdepsError, system_hint
from pip_sysdeps.printing import printable
from pip_sysdeps.system.atomic_write import write_atomically
from pip_sysdeps.system.programs import PYTHON, run
from pip_sysdeps.system.python_syntax import parse_python
from pip_sysdeps.system.root import Root

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pip_sysdeps.hook.site import HookSite

PTH_NAME = "pip_sysdeps_hook.pth"
MODULE_NAME = "_pip_sysdeps_hook.py"

GUARDED = "try: import _pip_sysdeps_hook as h; h.start()\nexcept Exception: pass"
"""The guarded line: if `_pip_sysdeps_hook.py` was deleted, the interpreter still starts silently."""

PTH_TEXT = f"""\
# Written by `pip-sysdeps hook enable`: updates sysdeps.lock after pip has changed this environment.
# To remove it, run `pip-sysdeps hook disable`, or delete this file and _pip_sysdeps_hook.py beside it.
import sys; 'pip' in str(getattr(sys, 'orig_argv', ())[1:]) and exec({GUARDED!r})
"""
"""ASCII, because before 3.13 a .pth is read in the encoding of the locale; one line, because `site` runs lines.

Every start of the interpreter runs this line, so it uses only modules that are already loaded.
"""

FIRST_VERSION = (3, 10)
"""The first version with `sys.orig_argv`."""
END_VERSION = (3, 18)
"""The first version that ignores import lines in .pth files (PEP 829)."""

_PROJECT, _CHECK_ONLY = "--project", "--check-only"
"""Options of the command that a hook runs."""

SIZE_LIMIT = 1 << 16
"""Limit on the bytes of a hook's file."""


class State(Enum):
    """The state of the hook in an environment."""

    ABSENT = "absent"
    CURRENT = "current"
    OUTDATED = "outdated"
    """Both files exist, and this version would write them differently."""
    INCOMPLETE = "incomplete"
    """One of the two files is missing, or the settings cannot be read: it does nothing."""
    COPIED = "copied"
    """It was enabled in another environment, which was copied or moved here: it does nothing."""
    ORPHANED = "orphaned"
    """Its command or its project no longer exists: it does nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings of one environment's hook."""

    command: tuple[str, ...]
    """The command that updates the lock; the hook adds `--python ENV`."""
    needed: tuple[str, ...]
    """Paths without which the hook does nothing."""
    prefix: str = ""
    """The environment that it was enabled in; empty before that, and in a hook of an earlier version."""

    @property
    def project(self) -> str:
        """The folder with the lock; empty if the command names none."""
        option = self.command.index(_PROJECT) if _PROJECT in self.command else len(self.command)
        return "".join(self.command[option + 1 : option + 2])

    @property
    def check_only(self) -> bool:
        """Whether the lock is only checked, never written."""
        return _CHECK_ONLY in self.command


@dataclass(frozen=True, slots=True, kw_only=True)
class HookStatus:
    """The hook as it was found in an environment."""

    state: State
    """Its state."""
    settings: Settings | None = None
    """Its settings, if they can be read."""
    missing: tuple[str, ...] = ()
    """The paths of `settings.needed` that do not exist."""


def settings_for(project: str, *, check_only: bool = False) -> Settings:
    """Return the settings for a hook that runs this pip-sysdeps for a project's folder.

    The child is run isolated (`-I`): neither the user's PYTHONPATH nor modules in the current folder, such as an
    `installer.py`, can replace ours. Raises SysdepsError if pip-sysdeps cannot be imported that way.
    """
    if not os.path.isdir(project):
        raise SysdepsError(f"`{project}` is not a folder", hint="name the project's folder with `--project`")
    folder = os.path.abspath(project)
    code = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "__main__.py")
    command = (sys.executable, "-I", "-m", "pip_sysdeps", "hook", "relock", _PROJECT, folder)
    _require_importable(command)
    return Settings(
        command=(*command, _CHECK_ONLY) if check_only else command,
        needed=(sys.executable, code, folder),
    )


def _require_importable(command: tuple[str, ...]) -> None:
    question = ["-I", "-c", "import pip_sysdeps"]
    if not sys.executable or run(PYTHON, question, path=command[0]).returncode != 0:
        raise SysdepsError(
            "this pip-sysdeps is on PYTHONPATH or in a user's site directory, where a hook cannot rely on it",
            hint="`pipx install pip-sysdeps` or `uv tool install pip-sysdeps`, and enable the hook from there",
        )


def enable(site: HookSite, settings: Settings, *, system: bool = False) -> bool:
    """Write both files unless they have this content already; return whether anything was written.

    Raises SysdepsError for an interpreter that cannot have the hook, and for a base without `system`.
    """
    require_supported(site.python, site.version, has_orig_argv=site.has_orig_argv)
    if not site.in_venv and not system:
        raise SysdepsError(
            f"`{site.python}` is not in a virtual environment",
            hint="create one with `python -m venv .venv`, or use `--system` to change the interpreter for everybody",
        )
    wanted = {MODULE_NAME: module_text(settings, site), PTH_NAME: PTH_TEXT}
    stale = {name: text for name, text in wanted.items() if _read(site, name) != text}
    with _write_errors(site):
        for name, text in stale.items():  # the module first, because the .pth imports it
            write_atomically(os.path.join(site.purelib, name), text.encode("ascii"))
    return bool(stale)


def require_supported(python: str, version: tuple[int, ...], *, has_orig_argv: bool = True) -> None:
    """Raise SysdepsError for an interpreter that cannot have the hook."""
    found = ".".join(map(str, version))
    if version >= END_VERSION:
        raise SysdepsError(
            f"Python {found} does not run the import lines of .pth files (PEP 829), so it cannot have the hook",
            hint="use `pip-sysdeps run -- pip install ...` instead",
        )
    if version < FIRST_VERSION or not has_orig_argv:
        raise SysdepsError(
            f"`{python}` (Python {found}) has no `sys.orig_argv`, so the hook cannot recognize pip",
            hint="use `pip-sysdeps run -- pip install ...` instead",
        )


def disable(site: HookSite) -> bool:
    """Remove both files and the module's compiled files; return whether any existed."""
    stem = MODULE_NAME.removesuffix(".py")
    compiled = glob.glob(os.path.join(glob.escape(site.purelib), "__pycache__", f"{stem}.*.pyc"))
    removed = False
    with _write_errors(site):
        for path in (os.path.join(site.purelib, PTH_NAME), os.path.join(site.purelib, MODULE_NAME), *compiled):
            with contextlib.suppress(FileNotFoundError):
                os.unlink(path)
                removed = True
    return removed


def status(site: HookSite) -> HookStatus:
    """Return the state of an environment's hook from its files, without running anything."""
    pth, module = _read(site, PTH_NAME), _read(site, MODULE_NAME)
    if pth is None and module is None:
        return HookStatus(state=State.ABSENT)
    settings = read_settings(module or "")
    if pth is None or settings is None:
        return HookStatus(state=State.INCOMPLETE, settings=settings)
    missing = tuple(path for path in settings.needed if not os.path.exists(path))
    if missing:
        return HookStatus(state=State.ORPHANED, settings=settings, missing=missing)
    if settings.prefix and os.path.realpath(settings.prefix) != os.path.realpath(site.prefix):
        return HookStatus(state=State.COPIED, settings=settings)
    current = (pth, module) == (PTH_TEXT, module_text(settings, site))
    return HookStatus(state=State.CURRENT if current else State.OUTDATED, settings=settings)


def module_text(settings: Settings, site: HookSite) -> str:
    """Return the text of `_pip_sysdeps_hook.py`: runtime.py with these settings for one environment, in ASCII."""
    with open(os.path.join(os.path.dirname(__file__), "runtime.py"), encoding="utf-8") as file:
        lines = file.read().splitlines()
    values: dict[str, object] = {"COMMAND:": settings.command, "NEEDED:": settings.needed}
    values |= {"PREFIX:": site.prefix, "MANUAL_COMMAND:": _manual_command(settings, site)}
    for number, line in enumerate(lines):
        value = values.get(line.partition(" ")[0])
        if value is not None:
            lines[number] = f"{line.partition('=')[0]}= {value!a}"
    return "\n".join(lines) + "\n"


def _manual_command(settings: Settings, site: HookSite) -> str:
    """Return the shell command that updates the lock as the hook does."""
    end = settings.command.index("hook") if "hook" in settings.command else len(settings.command)
    options = ["--python", site.prefix if site.in_venv else site.python]
    options += ["-o", os.path.join(settings.project, "sysdeps.lock"), *(["--check"] if settings.check_only else [])]
    return printable(shlex.join([*settings.command[:end], "lock", *options]))


def read_settings(text: str) -> Settings | None:
    """Return the settings in the text of a `_pip_sysdeps_hook.py` of any version; None if there are none."""
    tree = parse_python(text)
    try:
        values = {
            node.target.id: ast.literal_eval(node.value)
            for node in (tree.body if tree else ())
            if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value is not None
        }
    except (ValueError, TypeError, RecursionError, MemoryError):
        return None
    command, needed = values.get("COMMAND"), values.get("NEEDED")
    if not (command and needed and _are_strings(command) and _are_strings(needed)):
        return None
    prefix = values.get("PREFIX", "")
    return Settings(command=command, needed=needed, prefix=prefix if isinstance(prefix, str) else "")


def _are_strings(value: object) -> bool:
    return isinstance(value, tuple) and all(isinstance(item, str) for item in value)


def _read(site: HookSite, name: str) -> str | None:
    """Return the text of one of the two files; None if it is missing, empty if it is not ours."""
    try:
        return Root().read(os.path.join(site.purelib, name), SIZE_LIMIT).decode("utf-8")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError):
        return ""


@contextlib.contextmanager
def _write_errors(site: HookSite) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise SysdepsError(
            f"cannot change `{site.purelib}`: {error.strerror or error}",
            hint=system_hint(error) or "make sure that it is a folder and that you can write to it",
        ) from error
