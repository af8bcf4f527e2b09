"""Read the Python of an environment from links, folder names and pyvenv.cfg, without running it."""

from __future__ import annotations

import os
import posixpath
import re
from typing import TYPE_CHECKING, NamedTuple

from pip_sysdeps.environment.read_applications import (
    FROZEN_HINT,
    ZIP_HINT,
    Contents,
    describe_contents,
    first_module,
    is_zip_application,
)
from pip_sysdeps.environment.site_files import VenvConfig, parse_venv_config
from pip_sysdeps.errors import MalformedError, SysdepsError, unreadable
from pip_sysdeps.model.environment import Interpreter
from pip_sysdeps.system.root import pread

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pip_sysdeps.system.root import Root

_VERSIONED = re.compile(r"(?P<kind>python|pypy)(?P<major>[0-9])\.(?P<minor>[0-9]{1,2})(?P<thread>t?)")
_PYTHON = re.compile(r"python|pypy")
_PROGRAMS = ("python3", "python", "pypy3", "pypy")
_DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
"""PATH in the official images."""
_MAX_CONFIG = 1 << 20
_MAGIC = b"\x7fELF"
_SHIM_HINT = "it seems to be a shim or wrapper, which is not run: name the real interpreter or the environment"
_NAME_HINT = "name the folder of a virtual environment, or its bin/python"


class PythonName(NamedTuple):
    """The parts of `python3.13t` or `pypy3.10`, the name of a program or of its folder in `lib`."""

    name: str
    """The name itself."""
    version: tuple[int, int]
    """Major and minor."""
    abi_tag: str
    """`cp313t`, `pp310`."""


class Installation(NamedTuple):
    """A virtual environment, or an interpreter's own prefix."""

    prefix: str
    """`sys.prefix`, resolved."""
    interpreter: Interpreter
    """Its interpreter."""
    python: str
    """The name of its folder in `lib`: `python3.11`."""
    venv: VenvConfig | None
    """Its pyvenv.cfg; None for an interpreter's own prefix."""
    mismatch: str = ""
    """A message if its interpreter is not the one that it was created for; otherwise empty."""


def parse_python_name(name: str) -> PythonName | None:
    """Return the parts of the name of a Python program or folder; None for another name."""
    match = _VERSIONED.fullmatch(name)
    if match is None:
        return None
    version = (int(match["major"]), int(match["minor"]))
    kind = "pp" if match["kind"] == "pypy" else "cp"
    return PythonName(name=name, version=version, abi_tag=f"{kind}{version[0]}{version[1]}{match['thread']}")


def open_installation(root: Root, path: str) -> Installation:
    """Read the folder of an environment, or an interpreter, that the user named.

    Raise SysdepsError for anything else.
    """
    if root.is_folder(path):
        return _open_folder(root, root.resolve(path) or path)
    if is_program(root, path):
        return _open_program(root, path)
    if is_zip_application(root, path):
        raise SysdepsError(f"`{path}` is a zip application", hint=ZIP_HINT)
    if root.is_file(path):
        hint = _venv_hint(root, path) or (_SHIM_HINT if _may_start_python(root, path) else _NAME_HINT)
        raise SysdepsError(f"`{path}` is not an interpreter", hint=hint)
    raise SysdepsError(f"no environment or interpreter at `{path}`", hint=_NAME_HINT)


def _may_start_python(root: Root, path: str) -> bool:
    """Return whether a file is executable, or has a Python's name."""
    status = root.status(path)
    return bool(_PYTHON.search(posixpath.basename(path)) or (status and status.st_mode & 0o111))


def programs_on_path(root: Root, environ: Mapping[str, str], name: str) -> Iterator[str]:
    """Yield each executable file that a shell would find for a name, best first; it may be a script."""
    for folder in environ.get("PATH", _DEFAULT_PATH).split(":"):
        path = posixpath.join(folder, name)
        status = root.status(path) if folder.startswith("/") else None
        if status is not None and root.is_file(path) and status.st_mode & 0o111:
            yield path


def is_program(root: Root, path: str) -> bool:
    """Return whether the path is an ELF file."""
    try:
        descriptor = root.open(path)
    except OSError:
        return False
    try:
        return pread(descriptor, len(_MAGIC), 0) == _MAGIC
    finally:
        os.close(descriptor)


def _open_folder(root: Root, prefix: str) -> Installation:
    config = read_venv_config(root, prefix)
    if config is not None:
        return _open_venv(root, prefix, config)
    for name in _PROGRAMS:
        if is_program(root, f"{prefix}/bin/{name}"):
            return _open_program(root, f"{prefix}/bin/{name}")
    hint = _venv_hint(root, prefix)
    contents = Contents("", hint) if hint else describe_contents(root, prefix)
    raise SysdepsError(
        f"`{prefix}` is not a Python environment: it has neither pyvenv.cfg nor bin/python3{contents.note}",
        hint=contents.hint or "use --path for a folder that `pip install --target`, `--prefix` or `--user` filled",
    )


def _venv_hint(root: Root, folder: str) -> str:
    """Return a hint with the virtual environment that contains a folder; empty if there is none."""
    while folder != "/":
        folder = posixpath.dirname(folder)
        if read_venv_config(root, folder) is not None:
            return f"it is in the virtual environment `{folder}`: name that"
    return ""


def _open_program(root: Root, path: str) -> Installation:
    """Return the installation of an interpreter by the path that starts it; only its folder's links are resolved.

    Source: CPython's Modules/getpath.py: pyvenv.cfg is in the program's folder, or one folder up.
    """
    folder = root.resolve(posixpath.dirname(path)) or "/"
    for prefix in (posixpath.dirname(folder), folder):
        config = read_venv_config(root, prefix)
        if config is not None:
            return _open_venv(root, prefix, config)
    program = root.resolve(path) or path
    if not any(map(_PYTHON.search, (posixpath.basename(path), posixpath.basename(program)))):
        raise _not_an_interpreter(root, path, folder)
    prefix, python = _standard_library(root, program, parse_python_name(posixpath.basename(program)))
    interpreter = Interpreter(path=program, prefix=prefix, version=python.version, abi_tag=python.abi_tag)
    return Installation(prefix=prefix, interpreter=interpreter, python=python.name, venv=None)


def _not_an_interpreter(root: Root, path: str, folder: str) -> SysdepsError:
    """Return the error for another program, with a hint for an application that may include Python."""
    module = first_module(root, folder)
    if module:
        return SysdepsError(
            f"`{path}` is not a Python interpreter, but has modules beside it, such as `{module}`: it looks like a "
            "frozen application",
            hint=FROZEN_HINT,
        )
    return SysdepsError(
        f"`{path}` is not a Python interpreter",
        hint="name an interpreter or the folder of an environment; that of an application which includes Python, such "
        "as one of PyInstaller, is the environment that it was made from",
    )


def read_venv_config(root: Root, prefix: str) -> VenvConfig | None:
    """Return the pyvenv.cfg of a folder; None if it has none. Raise SysdepsError for one that Python refuses."""
    path = f"{prefix}/pyvenv.cfg"
    try:
        return parse_venv_config(root.read(path, _MAX_CONFIG))
    except FileNotFoundError:
        return None
    except OSError as error:
        raise unreadable(f"`{path}`", error, closed="run it as a user who can read it") from error
    except MalformedError as error:
        raise SysdepsError(str(error.at(path)), hint="recreate the environment with `python3 -m venv`") from error


def _open_venv(root: Root, prefix: str, config: VenvConfig) -> Installation:
    """Return the installation of a virtual environment.

    Its base interpreter may be missing, as in a stage with only the folder.
    """
    names = {name for lib in ("lib", "lib64") for name in root.names(f"{prefix}/{lib}")}
    pythons = [python for name in sorted(names) if (python := parse_python_name(name))]
    python = next((each for each in pythons if each.version == config.version), next(iter(pythons), None))
    if python is None:
        raise SysdepsError(
            f"the virtual environment `{prefix}` has no lib/python3.x", hint="recreate it with `python3 -m venv`"
        )
    own_programs = [f"{prefix}/bin/{name}" for name in (*_PROGRAMS, python.name)]
    base_programs = [f"{config.home}/{name}" for name in (python.name, *_PROGRAMS)]
    program = next((root.resolve(path) or "" for path in (*own_programs, *base_programs) if is_program(root, path)), "")
    base_program = next((root.resolve(path) or "" for path in base_programs if is_program(root, path)), program)
    interpreter = Interpreter(
        path=program,
        prefix=_standard_library(root, base_program, python)[0] if base_program else "",
        version=python.version,
        abi_tag=python.abi_tag,
    )
    return Installation(
        prefix=prefix,
        interpreter=interpreter,
        python=python.name,
        venv=config,
        mismatch=_mismatch(prefix, python, config, _actual_python(root, prefix, program)),
    )


def _actual_python(root: Root, prefix: str, program: str) -> PythonName | None:
    """Return the Python of a program by its name or standard library; None for a copy in a venv, and if unknown."""
    named = parse_python_name(posixpath.basename(program))
    if named or not program or program.startswith(f"{prefix}/"):
        return named
    try:
        return _standard_library(root, program, None)[1]
    except SysdepsError:
        return None


def _mismatch(prefix: str, python: PythonName, config: VenvConfig, actual: PythonName | None) -> str:
    if actual is not None and actual.abi_tag != python.abi_tag:
        return f"`{prefix}` has lib/{python.name}, but its bin/python3 is {actual.name}"
    if config.version is not None and config.version != python.version:
        made = ".".join(map(str, config.version))
        return f"`{prefix}` is for Python {made} by its pyvenv.cfg, but has lib/{python.name}"
    return ""


def _standard_library(root: Root, program: str, named: PythonName | None) -> tuple[str, PythonName]:
    """Return prefix and name of an interpreter by the landmark that it searches for in its parent folders.

    Source: CPython's Modules/getpath.py, `PREFIX` and `STDLIB_LANDMARKS`.
    """
    prefix = posixpath.dirname(program)
    while prefix != "/":
        prefix = posixpath.dirname(prefix)
        top = "" if prefix == "/" else prefix
        libraries = (f"{top}/lib64", f"{top}/lib")
        names = [named.name] if named else dict.fromkeys(name for lib in libraries for name in root.names(lib))
        pythons = (parse_python_name(name) for name in names)
        found = [
            each for each in pythons if each and any(root.is_file(f"{lib}/{each.name}/os.py") for lib in libraries)
        ]
        if len(found) == 1:
            return prefix, found[0]
    if named is None:
        raise SysdepsError(
            f"cannot determine the version of `{program}`",
            hint="name an interpreter like python3.11, with lib/python3.11 beside it",
        )
    return posixpath.dirname(posixpath.dirname(program)), named
