"""Create a virtual environment with the hook: `python -m pip_sysdeps.venv DIR`."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import venv
from typing import TYPE_CHECKING, Any

from pip_sysdeps.cli.error_handling import attempt
from pip_sysdeps.cli.messages import Messages
from pip_sysdeps.errors import SysdepsError
from pip_sysdeps.hook.enable import enable, require_supported, settings_for
from pip_sysdeps.hook.site import read_site
from pip_sysdeps.system.root import Root

if TYPE_CHECKING:
    from collections.abc import Sequence

_SINCE_3_13: dict[str, Any] = {"scm_ignore_files": frozenset({"git"})} if sys.version_info >= (3, 13) else {}
"""Options that `python -m venv` sets by default and `venv.EnvBuilder` does not."""


class EnvBuilder(venv.EnvBuilder):
    """Builds virtual environments with the hook, so that pip keeps a project's lock up to date.

    It takes the arguments of `venv.EnvBuilder`, and the project's folder with the lock. Raise SysdepsError before
    anything is built if the project is not a folder, or the interpreter does not support the hook.
    """

    def __init__(self, *args: Any, project: str = ".", check_only: bool = False, **options: Any) -> None:  # noqa: ANN401 - venv's
        require_supported(sys.executable, sys.version_info[:2])
        self._settings = settings_for(project, check_only=check_only)
        super().__init__(*args, **options)

    def create(self, env_dir: str | os.PathLike[str]) -> None:  # type: ignore[override] # typeshed allows bytes, which venv refuses
        """Build an environment, and enable the hook after pip itself is upgraded."""
        super().create(env_dir)
        enable(read_site(Root(), os.path.abspath(env_dir), named=False), self._settings)


def main(argv: Sequence[str] | None = None) -> int:
    """Build the environments of the command line; return the exit status, 0 or 2."""
    args = _parser().parse_args(argv)
    return attempt(lambda: _build(args), Messages(sys.stderr, os.environ))


def _build(args: argparse.Namespace) -> int:
    try:
        builder = EnvBuilder(
            system_site_packages=args.system_site_packages,
            clear=args.clear,
            symlinks=not args.copies,
            with_pip=not args.without_pip,
            prompt=args.prompt,
            upgrade_deps=args.upgrade_deps,
            project=args.project,
            check_only=args.check_only,
            **_SINCE_3_13,
        )
        for folder in args.folders:
            builder.create(folder)
    except (OSError, ValueError, subprocess.CalledProcessError) as error:
        raise SysdepsError(
            f"cannot create the environment: {error}", hint="check whether `python -m venv DIR` works here"
        ) from error
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m pip_sysdeps.venv",
        description="Create virtual environments as `python -m venv` does, with the hook of `pip-sysdeps hook enable`.",
        allow_abbrev=False,
    )
    parser.add_argument("folders", metavar="DIR", nargs="+", help="the folder to create")
    parser.add_argument(
        "--project", metavar="DIR", default=".", help="the folder with the lock (default: the current one)"
    )
    parser.add_argument("--check-only", action="store_true", help="only report a stale lock, never write it")
    options = parser.add_argument_group("options of python -m venv")
    options.add_argument("--system-site-packages", action="store_true", help="give access to the base's site-packages")
    options.add_argument("--copies", action="store_true", help="copy the interpreter instead of linking to it")
    options.add_argument("--clear", action="store_true", help="delete the contents of the folder first")
    options.add_argument("--without-pip", action="store_true", help="do not install pip")
    options.add_argument("--prompt", help="another name for the shell's prompt")
    options.add_argument("--upgrade-deps", action="store_true", help="upgrade pip from the index")
    return parser


if __name__ == "__main__":
    sys.exit(main())
