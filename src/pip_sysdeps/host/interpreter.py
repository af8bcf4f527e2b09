"""The Python of an environment, known without running it: from links, folder names and pyvenv.cfg."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pip_sysdeps.errors import MalformedError, SysdepsError
from pip_sysdeps.formats.site import VenvConfig, parse_venv_config
from pip_sysdeps.model import Interpreter

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from pip_sysdeps.host.root import Root

_VERSIONED = re.compile(r"(?P<kind>python|pypy)(?P<major>[0-9])\.(?P<minor>[0-9]{1,2})(?P<thread>t?)d?")
"""`python3.11`, `python3.13t`, `pypy3.10`: a program, or its folder in `lib`."""

_DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
"""What the official images set and sh(1) assumes."""

_MAX_CONFIG = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    """A place that Python starts from: a virtual environment, or an interpreter's own prefix."""

    prefix: str
    """`sys.prefix`, resolved."""
    interpreter: Interpreter
    """Who runs it."""
    python: str
    """The name of its folder in `lib`: `python3.11`."""
    venv: VenvConfig | None
    """Its pyvenv.cfg; None for an interpreter's own prefix."""


def open_installation(root: Root, path: str) -> Installation:
    """Look at the folder of an environment, or at an interpreter, named by a person.

    Raise SysdepsError for what is neither.
    """
    if root.is_folder(path):
        return _open_folder(root, path)
    if root.resolve(path) is None or not root.is_file(path):
        raise SysdepsError(
            f"No environment or interpreter at `{path}`",
            hint="give the folder of a virtual environment, or its bin/python",
        )
    if not is_program(root, path):
        raise SysdepsError(
            f"`{path}` is no interpreter but a script or another file",
            hint="a pyenv shim or a wrapper cannot be read without running it: give the interpreter's own path, "
            "or the folder of an environment",
        )
    return _open_program(root, path)


def programs_on_path(root: Root, environ: Mapping[str, str], names: Iterable[str] = ("python3",)) -> Iterator[str]:
    """Yield each interpreter that the shell would find, first first; scripts such as pyenv's shims are passed over."""
    for folder in environ.get("PATH", _DEFAULT_PATH).split(":"):
        for name in names:
            path = posixpath.join(folder, name)
            if folder.startswith("/") and is_program(root, path):
                yield path


def is_program(root: Root, path: str) -> bool:
    """Tell whether the path leads to an ELF file."""
    try:
        if not root.is_file(path):
            return False
        with open(root.open(path), "rb", buffering=0) as file:
            return file.read(4) == b"\x7fELF"
    except OSError:
        return False


def read_venv_config(root: Root, prefix: str) -> VenvConfig | None:
    """Read the pyvenv.cfg of a folder; None if it has none.

    Raise SysdepsError for one that Python would not take.
    """
    path = f"{prefix}/pyvenv.cfg"
    try:
        return parse_venv_config(root.read(path, _MAX_CONFIG))
    except FileNotFoundError:
        return None
    except OSError as error:
        raise SysdepsError(f"Cannot read `{path}`: {error.strerror}", hint="check its permissions") from error
    except MalformedError as error:
        raise SysdepsError(str(error.at(path)), hint="make the environment again with `python3 -m venv`") from error


def parse_python_name(name: str) -> tuple[tuple[int, int], str] | None:
    """Return version and ABI tag that `python3.13t` or `pypy3.10` names; None for another name."""
    match = _VERSIONED.fullmatch(name)
    if match is None:
        return None
    version = (int(match["major"]), int(match["minor"]))
    tag = "pp" if match["kind"] == "pypy" else "cp"
    return version, f"{tag}{version[0]}{version[1]}{match['thread']}"


def _open_folder(root: Root, path: str) -> Installation:
    prefix = root.resolve(path) or path
    for name in ("python3", "python", "pypy3"):
        if root.read_link(f"{prefix}/bin/{name}") or root.is_file(f"{prefix}/bin/{name}"):
            return _open_program(root, f"{prefix}/bin/{name}")
    if read_venv_config(root, prefix) is not None:
        return _open_program(root, f"{prefix}/bin/python3")
    raise SysdepsError(
        f"`{path}` is no Python environment: it has neither pyvenv.cfg nor bin/python3",
        hint="for what `pip install --target`, `--prefix` or `--user` filled, use --path",
    )


def _open_program(root: Root, path: str) -> Installation:
    """Look at an interpreter by the path that it would be started with.

    Source: CPython's Modules/getpath.py, "virtual environment" and "prefix".
    """
    folder = root.resolve(posixpath.dirname(path)) or posixpath.dirname(path)
    for prefix in (folder, posixpath.dirname(folder)):
        config = read_venv_config(root, prefix)
        if config is not None:
            return _open_venv(root, prefix, posixpath.join(folder, posixpath.basename(path)), config)
    program = root.resolve(path) or path
    interpreter, python = _own_installation(root, program, None)
    return Installation(prefix=interpreter.prefix, interpreter=interpreter, python=python, venv=None)


def _open_venv(root: Root, prefix: str, program: str, config: VenvConfig) -> Installation:
    names = (name for lib in ("lib", "lib64") for name in root.names(f"{prefix}/{lib}"))
    pythons = [name for name in dict.fromkeys(names) if parse_python_name(name)]
    fitting = [name for name in pythons if (parse_python_name(name) or [None])[0] == config.version] or pythons
    if not fitting:
        raise SysdepsError(
            f"The virtual environment `{prefix}` has no lib/python3.x", hint="make it again with `python3 -m venv`"
        )
    resolved = root.resolve(program) or ""
    if not is_program(root, resolved) or inside_folder(resolved, prefix):
        resolved = _base_program(root, config.home, fitting[0]) or resolved
    interpreter, _ = _own_installation(root, resolved if is_program(root, resolved) else "", fitting[0])
    return Installation(prefix=prefix, interpreter=interpreter, python=fitting[0], venv=config)


def inside_folder(path: str, folder: str) -> bool:
    """Tell whether a path lies below a folder."""
    return path.startswith(folder + "/")


def _base_program(root: Root, home: str, python: str) -> str:
    """Return the base interpreter of a venv whose own program is a copy, or a link that leads nowhere."""
    for name in (python, "python3", "python"):
        if is_program(root, f"{home}/{name}"):
            return root.resolve(f"{home}/{name}") or ""
    return ""


def _own_installation(root: Root, program: str, python: str | None) -> tuple[Interpreter, str]:
    """Find prefix and version of a resolved interpreter: the standard library's folder is the landmark."""
    folder, name = posixpath.split(program)
    named = [name] if parse_python_name(name) else []
    prefix = posixpath.dirname(folder)
    while program:
        found = [
            (lib, each)
            for lib in ("lib", "lib64")
            for each in ([python] if python else named or root.names(f"{prefix}/{lib}"))
            if parse_python_name(each) and root.is_file(f"{prefix}/{lib}/{each}/os.py")
        ]
        if len(found) == 1 or (found and (named or python)):
            python = found[0][1]
            break
        if prefix in {"/", ""}:
            prefix = posixpath.dirname(folder)
            break
        prefix = posixpath.dirname(prefix)
    python = python or next(iter(named), "")
    parsed = parse_python_name(python)
    if parsed is None:
        raise SysdepsError(
            f"Cannot tell the version of `{program}`", hint="give an interpreter with lib/python3.x beside it"
        )
    version, tag = parsed
    return Interpreter(path=program, prefix=prefix if program else "", version=version, abi_tag=tag), python
