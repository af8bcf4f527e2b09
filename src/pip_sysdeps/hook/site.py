"""The site directory of an environment: read from its files, or printed by an interpreter that the user named."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pip_sysdeps.environment.read_interpreter import open_installation
from pip_sysdeps.errors import SysdepsError
from pip_sysdeps.system.programs import PYTHON, run
from pip_sysdeps.system.tree import inside

if TYPE_CHECKING:
    from pip_sysdeps.system.root import Root

_SECONDS = 60
QUESTION = """
import json, sys, sysconfig
print(json.dumps({
    "prefix": sys.prefix,
    "base_prefix": sys.base_prefix,
    "version": list(sys.version_info[:2]),
    "purelib": sysconfig.get_path("purelib"),
    "has_orig_argv": hasattr(sys, "orig_argv"),
}))
"""
"""Run by an interpreter outside a virtual environment, because Debian's site directory differs from the default."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HookSite:
    """The interpreter and site directory of an environment's hook."""

    python: str
    """The interpreter as named, with links not resolved: a venv's is a link to its base's."""
    prefix: str
    """`sys.prefix`."""
    in_venv: bool
    """`sys.prefix` differs from `sys.base_prefix`."""
    version: tuple[int, int]
    """Major and minor version."""
    purelib: str
    """The site directory for pure Python, where pip installs and `site` reads `.pth` files."""
    has_orig_argv: bool
    """Whether `sys.orig_argv` exists (CPython 3.10), by which the hook recognizes pip."""

    @property
    def has_pip(self) -> bool:
        """Return whether pip is installed there. Environments of uv have no pip, so nothing starts the hook."""
        return os.path.isdir(os.path.join(self.purelib, "pip"))


def read_site(root: Root, python: str, *, named: bool) -> HookSite:
    """Return the facts of a virtual environment from its files; an interpreter outside one is run, if `named`.

    A checkout may contain a `.venv` in which `bin/python` is any program, so no found program is run: pyvenv.cfg and
    the folders in `lib` have all facts. Outside a virtual environment, only the interpreter knows its site directory
    (dist-packages), so it must be run, and the user must have named it. Raises SysdepsError when there is no
    environment, or an interpreter that the user did not name.
    """
    installation = open_installation(root, python)
    if installation.venv is None:
        if not named:
            raise SysdepsError(
                f"`{python}` is not in a virtual environment, and its site directory is known only by running it",
                hint="create one with `python -m venv .venv`, or name the interpreter with `--python`",
            )
        return query_interpreter(python)
    purelib = f"{installation.prefix}/lib/{installation.python}/site-packages"
    if not inside(root.resolve(purelib) or purelib, installation.prefix):
        raise SysdepsError(
            f"`{purelib}` is a link out of the environment, so the hook is not written there",
            hint="recreate the environment with `python -m venv`",
        )
    return HookSite(
        python=f"{installation.prefix}/bin/python",
        prefix=installation.prefix,
        in_venv=True,
        version=installation.interpreter.version,
        purelib=purelib,
        has_orig_argv=True,
    )


def query_interpreter(python: str) -> HookSite:
    """Run the interpreter (or the one of this environment folder) once and return its facts.

    Raises SysdepsError when there is none or it does not answer.
    """
    program = interpreter_path(python)
    try:
        done = run(PYTHON, ["-I", "-c", QUESTION], path=program, timeout=_SECONDS)
        if done.returncode:
            raise ChildProcessError(f"it ended with status {done.returncode}")
        facts = json.loads(done.stdout)
        return HookSite(
            python=program,
            prefix=facts["prefix"],
            in_venv=facts["prefix"] != facts["base_prefix"],
            version=(facts["version"][0], facts["version"][1]),
            purelib=facts["purelib"],
            has_orig_argv=facts["has_orig_argv"],
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SysdepsError(
            f"`{program}` does not run as a Python 3 interpreter: {_reason(error)}",
            hint="name an interpreter, or the folder of a virtual environment, with `--python`",
        ) from error


def _reason(error: Exception) -> str:
    """Return why an interpreter has not answered."""
    return error.strerror or str(error) if isinstance(error, OSError) else "its output is not the expected JSON"


def interpreter_path(python: str) -> str:
    """Return the interpreter of an environment's folder; an interpreter's own path is returned as it is."""
    path = os.path.abspath(python) if os.sep in python or os.path.isdir(python) else python
    if not os.path.isdir(path):
        return path
    names = ("python", "python3")  # a distribution's own prefix may have the second alone
    programs = [os.path.join(path, "bin", name) for name in names]
    return next(filter(os.path.exists, programs), programs[0])
