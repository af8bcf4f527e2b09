"""The options that name an environment, and the messages about it."""

from __future__ import annotations

import os
from os.path import abspath, dirname
from typing import TYPE_CHECKING

from pip_sysdeps.words import format_list

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from pip_sysdeps.app.place import Location
    from pip_sysdeps.app.report import ScannedEnvironment
    from pip_sysdeps.model.environment import Environment

_PACKAGE = dirname(__file__)


def add_environment_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options that `location_of` reads."""
    add_place_arguments(parser)
    add_root_argument(parser)


def add_place_arguments(parser: argparse.ArgumentParser) -> argparse._MutuallyExclusiveGroup:
    """Declare the options that name an environment; return their mutually exclusive group."""
    where = parser.add_mutually_exclusive_group()
    add_python_argument(where)
    where.add_argument(
        "--path",
        metavar="DIR",
        action="append",
        help="a folder that pip installed into with --prefix, --target or --user, or /usr/local; may be repeated",
    )
    return where


def add_root_argument(parser: argparse.ArgumentParser) -> None:
    """Declare `--root` and `--allow-empty`."""
    parser.add_argument(
        "--root",
        metavar="DIR",
        default="/",
        help="an unpacked image or chroot; --python and --path are paths inside it, the lock is not",
    )
    parser.add_argument(
        "--allow-empty",
        action="store_true",
        help="accept an environment with no distributions, or with only pip, setuptools and wheel",
    )


def add_replace_argument(parser: argparse.ArgumentParser) -> None:
    """Declare the option to replace the lock of another environment."""
    parser.add_argument(
        "--replace",
        action="store_true",
        help="write the lock even if none of its distributions with needs is installed",
    )


def add_python_argument(parser: argparse._ActionsContainer) -> None:
    """Declare the option that names an environment."""
    parser.add_argument(
        "--python",
        metavar="ENV",
        help="an environment's folder or interpreter, or a program on PATH (default: the first of $VIRTUAL_ENV, "
        ".venv, __pypackages__, $CONDA_PREFIX, the environment that pip-sysdeps is installed in (unless by pipx or uv "
        "tool), python3 on PATH, ~/.local)",
    )


def location_of(args: argparse.Namespace) -> Location:
    """Return the environment that the options name."""
    from pip_sysdeps.app.place import Location  # noqa: PLC0415 - `run` starts its command first

    return Location(
        root=args.root,
        python=args.python,
        paths=tuple(args.path or ()),
        allow_empty=getattr(args, "allow_empty", False),
    )


def note_variables(args: argparse.Namespace) -> None:
    """Print a note if LD_LIBRARY_PATH or PYTHONPATH is set, which have no effect."""
    if os.environ.get("LD_LIBRARY_PATH"):
        args.messages.note("ignored LD_LIBRARY_PATH, which the release image will not have")
    if folders := _python_path(os.environ.get("PYTHONPATH", "")):
        args.messages.note(
            f"ignored PYTHONPATH: distributions in {format_list(folders, 2)} are left out, unless a `.pth` file "
            "of the environment names the folder"
        )


def _python_path(value: str) -> list[str]:
    """Return the folders of PYTHONPATH, except those of this tool itself."""
    if not value:
        return []
    import sysconfig  # noqa: PLC0415 - slow to import, and few set the variable

    import packaging  # noqa: PLC0415

    from pip_sysdeps.system.tree import inside  # noqa: PLC0415

    paths = sysconfig.get_paths()
    own_folders = [
        paths["stdlib"],
        paths["platstdlib"],
        *(dirname(dirname(each)) for each in (packaging.__file__, _PACKAGE)),
    ]
    folders = [abspath(each) for each in value.split(os.pathsep) if each]
    return [each for each in dict.fromkeys(folders) if not any(inside(each, other) for other in own_folders)]


def note_environment(args: argparse.Namespace, environment: Environment) -> None:
    """Print the environment if the user named none, and warnings about a mismatched Python."""
    note_found(args, environment)
    for mismatch in environment.mismatches:
        args.messages.warning(mismatch)


def note_found(args: argparse.Namespace, environment: Environment) -> None:
    """Print the environment if the user named none."""
    outside = environment.prefix == environment.interpreter.prefix
    which = ", which is not a virtual environment: select another with --python" if outside else ""
    for path in environment.path_code:
        args.messages.note(
            f"`{path}` changes sys.path by code, which is not run: distributions in the folders that it adds are "
            "left out; write the folder as a plain line instead"
        )
    from pip_sysdeps.app.locked_target import PROJECT_SOURCES  # noqa: PLC0415 - `run` starts its command first

    if environment.found_by:
        args.messages.note(f"using the environment `{environment.prefix}` ({environment.found_by}){which}")
        if environment.found_by not in PROJECT_SOURCES:
            for line in _installers_here():
                args.messages.note(line)
    if environment.others:
        names = format_list([f"`--python {name}`" for name in environment.others], 2)
        if len(environment.others) == 1:
            args.messages.note(f"the current folder also has a virtual environment: {names} selects it")
        else:
            args.messages.note(f"the current folder also has virtual environments: {names} select them")


def _installers_here() -> Iterator[str]:
    """Yield how to select the environment of an installer of the current folder, which may be anywhere."""
    from pip_sysdeps.app.installers import installers_of_folder  # noqa: PLC0415 - few projects have one

    for file, name, query in installers_of_folder("."):
        yield f'`{file}` is here: if {name} made an environment, `--python "$({query})"` selects it'


def warn_of_scan(args: argparse.Namespace, scanned: ScannedEnvironment) -> None:
    """Print the environment if the user named none, and warnings about its scan."""
    note_environment(args, scanned.scan.environment)
    for warning in filter(None, (scanned.warning, scanned.unlisted, scanned.scan.relevant_note)):
        args.messages.warning(warning)
