"""Find site directories: folders with distributions, in the order of `sys.path`."""

from __future__ import annotations

import posixpath
import re
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from pip_sysdeps.environment.module_names import abi_of_modules
from pip_sysdeps.environment.read_applications import ZIP_HINT, describe_contents, is_zip_application
from pip_sysdeps.environment.read_interpreter import is_program, open_installation, parse_python_name
from pip_sysdeps.environment.site_files import changes_path, parse_pth, parse_pth_code
from pip_sysdeps.errors import SysdepsError
from pip_sysdeps.model.environment import Interpreter, Skipped, Verdict
from pip_sysdeps.system.tree import inside, join, walk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from pip_sysdeps.environment.read_interpreter import Installation, PythonName
    from pip_sysdeps.system.root import Root

_MAX_PTH = 1 << 20
_MAX_ADDED = 1000
"""Limit on the folders that the `.pth` files of one site directory add."""

LOCAL_PACKAGES = "__pypackages__"
"""The folder of PEP 582, with distributions in `__pypackages__/3.11/lib`, and scripts in `__pypackages__/3.11/bin`."""
_SUFFIXES = (".dist-info", ".egg-info", ".egg-link", ".egg")


class Site(NamedTuple):
    """One folder with distributions."""

    folder: str
    """The folder, resolved."""
    top: str
    """The prefix that rows of a record must not leave."""
    flat: bool = False
    """Whether it is that of `pip install --target`: scripts are in its own `bin`, but RECORD has `../../bin`."""
    added: bool = False
    """Whether a `.pth` file added it: files that no RECORD lists do not belong to the environment."""
    notes: tuple[Skipped, ...] = ()
    """Its `.pth` files that cannot be read."""
    path_code: tuple[str, ...] = ()
    """Its `.pth` files with code that changes `sys.path`."""


def metadata_names(root: Root, folder: str) -> list[str]:
    """Return the names of metadata folders and files, sorted; without those with `~`, which pip is removing."""
    return [name for name in root.names(folder) if name.endswith(_SUFFIXES) and name[0] not in "~."]


def sites_of(root: Root, installation: Installation) -> tuple[Site, ...]:
    """Return the site directories of an environment, each once.

    Source: `getsitepackages` in CPython's and in Debian's site.py.
    """
    prefix, base, python = installation.prefix, installation.interpreter.prefix, installation.python
    folders = []
    if installation.venv is not None:
        folders += [(f"{prefix}/{lib}/{python}/site-packages", prefix) for lib in ("lib64", "lib")]
    if base and (installation.venv is None or installation.venv.system_site_packages):
        folders += [(folder, base) for folder in _base_folders(root, base, python)]
    return tuple(_existing_sites(root, folders))


def sites_below(root: Root, path: str, *, allow_empty: bool = False) -> tuple[Site, ...]:
    """Return the site directories of a folder: the folder itself, or those of a prefix.

    Raise SysdepsError if there is none, unless `allow_empty`, or for several versions of Python.
    """
    if is_zip_application(root, path):
        raise SysdepsError(f"`{path}` is a zip application", hint=ZIP_HINT)
    if not root.is_folder(path):
        raise SysdepsError(f"`{path}` is not a folder", hint="name the folder that pip filled")
    folder = root.resolve(path) or path
    if posixpath.basename(posixpath.dirname(folder)) == LOCAL_PACKAGES and root.is_folder(f"{folder}/lib"):
        folder = f"{folder}/lib"
    prefix = _prefix_of(folder)
    if prefix or metadata_names(root, folder):
        return tuple(_existing_sites(root, [(folder, prefix or folder)], flat=not prefix))
    sites = _sites_of_prefix(root, folder)
    if not sites and allow_empty:
        return tuple(_existing_sites(root, [(folder, folder)], flat=True))
    if not sites:
        raise _no_distributions(root, folder, path)
    versions = {posixpath.basename(posixpath.dirname(site.folder)) for site in sites if not site.added} - {"python3"}
    if len(versions) > 1:
        raise SysdepsError(
            f"`{path}` has distributions for {' and '.join(sorted(versions))}", hint="name one site-packages folder"
        )
    return sites


def _sites_of_prefix(root: Root, prefix: str) -> tuple[Site, ...]:
    """Return the site directories of a prefix that have distributions."""
    candidates = [
        (f"{prefix}/{lib}/{python}/{kind}", prefix)
        for lib in ("local/lib", "lib64", "lib")
        for python in root.names(f"{prefix}/{lib}")
        if python == "python3" or parse_python_name(python)
        for kind in ("site-packages", "dist-packages")
    ]
    return tuple(site for site in _existing_sites(root, candidates) if site.added or metadata_names(root, site.folder))


def _no_distributions(root: Root, folder: str, path: str) -> SysdepsError:
    """Return the error for a folder without distributions, with a hint by its contents."""
    contents = describe_contents(root, folder)
    named = (
        "name the folder that you gave to pip's --target or --prefix, or a site-packages folder; with --allow-empty, "
        "files are scanned without metadata"
    )
    return SysdepsError(f"no distributions in `{path}`{contents.note}", hint=contents.hint or named)


def local_packages(root: Root, folder: str) -> str:
    """Return the `__pypackages__/3.11` of a project's folder; empty if it has none.

    Raise SysdepsError for one with packages for several versions of Python. Source: PEP 582.
    """
    top = posixpath.join(folder, LOCAL_PACKAGES)
    versions = [
        name for name in root.names(top) if parse_python_name(f"python{name}") and _has_metadata(root, top, name)
    ]
    if len(versions) > 1:
        raise SysdepsError(
            f"`{LOCAL_PACKAGES}` has packages for Python {' and '.join(versions)}",
            hint=f"name one: --path {LOCAL_PACKAGES}/{versions[-1]}",
        )
    return posixpath.join(top, versions[0]) if versions else ""


def _has_metadata(root: Root, top: str, name: str) -> bool:
    return bool(metadata_names(root, f"{top}/{name}/lib"))


def interpreter_of(root: Root, sites: Sequence[Site], on_path: Callable[[str], Iterable[str]]) -> Interpreter:
    """Return the interpreter of site directories: by their folder's name, by their modules, else on PATH.

    `on_path` returns the programs on PATH with a name. The interpreter's `path` is empty if that version is not
    installed. Raise SysdepsError if the version is unknown.
    """
    names = (_folder_of_python(site.folder) for site in sites)
    python = next((parsed for name in names if (parsed := parse_python_name(name))), None)
    python = python or _python_of_modules(root, sites)
    if python is None:
        program = next(iter(on_path("python3")), "")
        if program and is_program(root, program):
            return open_installation(root, program).interpreter._replace(is_assumed=True)
        fault = f": `{program}`, first on PATH, is a script" if program else ""
        raise SysdepsError(
            f"cannot determine the Python of `{sites[0].folder}`{fault}",
            hint="put the `python3` of that Python first on PATH",
        )
    candidates = [f"{site.top}/bin/{python.name}" for site in sites]
    candidates += [path for name in (python.name, "python3") for path in on_path(name)]
    for program in candidates:
        interpreter = _open_or_none(root, program)
        if interpreter is not None and interpreter.abi_tag == python.abi_tag:
            return interpreter
    return Interpreter(path="", prefix="", version=python.version, abi_tag=python.abi_tag)


def user_site(root: Root, environ: Mapping[str, str], interpreter: Interpreter) -> Site | None:
    """Return the folder of `pip install --user` for an interpreter; None if nothing is installed there.

    Source: docs.python.org, module site, "USER_SITE" and "USER_BASE"; their defaults on Linux.
    """
    top = environ.get("PYTHONUSERBASE", "") or f"{environ.get('HOME', '')}/.local"
    python = f"python{'.'.join(map(str, interpreter.version))}"
    folder = f"{top}/lib/{python}/site-packages"
    if not top.startswith("/") or top == "/.local" or not metadata_names(root, folder):
        return None
    return next(_existing_sites(root, [(folder, top)]), None)


def _folder_of_python(site: str) -> str:
    """Return the folder name with a site directory's Python: `python3.11`."""
    above, name = posixpath.split(posixpath.dirname(site))
    return f"python{name}" if posixpath.basename(above) == LOCAL_PACKAGES else name


def _python_of_modules(root: Root, sites: Sequence[Site]) -> PythonName | None:
    """Return the most common Python of the extension modules in site directories; None if unknown."""
    abi_tag = abi_of_modules(file for site in sites for file in sorted(walk(root, site.folder).files))
    kind = "pypy" if abi_tag.startswith("pp") else "python"
    return parse_python_name(f"{kind}{abi_tag[2]}.{abi_tag[3:]}") if abi_tag else None


def _open_or_none(root: Root, program: str) -> Interpreter | None:
    try:
        return open_installation(root, program).interpreter
    except SysdepsError:
        return None


def _base_folders(root: Root, prefix: str, python: str) -> list[str]:
    """Return the site directories of an interpreter's own prefix; Debian's Python has its own names and order."""
    top = "" if prefix == "/" else prefix
    if root.is_folder(f"{top}/lib/python3/dist-packages"):
        return [f"{top}/{lib}/dist-packages" for lib in (f"local/lib/{python}", "lib/python3", f"lib/{python}")]
    return [f"{top}/{lib}/{python}/site-packages" for lib in ("lib64", "lib")]


def _existing_sites(root: Root, folders: Iterable[tuple[str, str]], *, flat: bool = False) -> Iterator[Site]:
    """Yield each existing folder, followed by the folders with distributions that its `.pth` files add."""
    seen: set[str] = set()
    for folder, top in folders:
        resolved = root.resolve(folder)
        if resolved is None or resolved in seen or not root.is_folder(resolved):
            continue
        seen.add(resolved)
        lines, code, notes = _read_pth(root, resolved)
        top_of_it = top if inside(resolved, top) else _prefix_of(resolved) or resolved
        yield Site(folder=resolved, top=top_of_it, flat=flat, notes=notes, path_code=code)
        for line in lines[:_MAX_ADDED]:
            added = root.resolve(join(resolved, line)) or ""
            if added not in seen and root.is_folder(added) and metadata_names(root, added):
                seen.add(added)
                yield Site(folder=added, top=_prefix_of(added) or added, added=True)


def _read_pth(root: Root, folder: str) -> tuple[list[str], tuple[str, ...], tuple[Skipped, ...]]:
    """Return the folders in a site directory's `.pth` files, the files with code that changes `sys.path`, and notes."""
    lines: list[str] = []
    code: list[str] = []
    notes: list[Skipped] = []
    for name in root.names(folder):
        if not name.endswith(".pth") or name.startswith("."):
            continue
        try:
            content = root.read(f"{folder}/{name}", _MAX_PTH)
            lines += parse_pth(content)
            if any(_changes_path(root, folder, line) for line in parse_pth_code(content)):
                code.append(f"{folder}/{name}")
        except OSError as error:
            notes.append(Skipped(path=f"{folder}/{name}", verdict=Verdict.UNREADABLE, reason=str(error.strerror)))
    return lines, tuple(code), tuple(notes)


def _changes_path(root: Root, folder: str, line: str) -> bool:
    """Return whether a line of a `.pth` file, or a module of the folder that it imports, changes `sys.path`."""
    if changes_path(line):
        return True
    imported = re.match(r"import\s+(\w+)", line)
    with suppress(OSError):
        text = root.read(f"{folder}/{imported[1]}.py", _MAX_PTH) if imported else b""
        return changes_path(text.decode("utf-8", "replace"))
    return False


def _prefix_of(folder: str) -> str:
    """Return `/install` for `/install/lib/python3.11/site-packages`; empty for a folder of another form."""
    parts = folder.split("/")
    if len(parts) > 3 and parts[-3] == LOCAL_PACKAGES and parts[-1] == "lib":
        return "/".join(parts[:-1])
    if len(parts) < 4 or parts[-3] not in {"lib", "lib64"} or parts[-1] not in {"site-packages", "dist-packages"}:
        return ""
    if parts[-2] != "python3" and parse_python_name(parts[-2]) is None:
        return ""
    return "/".join(parts[:-3]) or "/"
