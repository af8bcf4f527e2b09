"""Read a Python environment: its location, distributions and files."""

from __future__ import annotations

import posixpath
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from pip_sysdeps.environment.choice import DOT_VENV, Choice, ChoiceInputs, choices, environments_in, find_on_path
from pip_sysdeps.environment.claims import (
    assign_owners,
    drop_editable_duplicates,
    existing_files,
    first_of_each_name,
    missing_objects_of,
)
from pip_sysdeps.environment.metadata import required_name
from pip_sysdeps.environment.module_names import abi_mismatches
from pip_sysdeps.environment.read_distributions import read_claims
from pip_sysdeps.environment.read_interpreter import open_installation, parse_python_name
from pip_sysdeps.environment.read_metadata_files import MetadataFiles
from pip_sysdeps.environment.read_sites import interpreter_of, sites_below, sites_of, user_site
from pip_sysdeps.errors import NoEnvironmentError, SysdepsError
from pip_sysdeps.model.environment import Environment
from pip_sysdeps.system.progress import track
from pip_sysdeps.system.tree import Tree, inside, may_be_elf, walk

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from pip_sysdeps.environment.claims import Claim
    from pip_sysdeps.environment.read_distributions import PackageFiles
    from pip_sysdeps.environment.read_sites import Site
    from pip_sysdeps.environment.record import Row
    from pip_sysdeps.model.environment import Distribution, Interpreter
    from pip_sysdeps.system.root import Root

_TOOL = "pip-sysdeps"
_INSTALLERS = frozenset({"pip", "setuptools", "wheel"})


def find_environment(  # noqa: PLR0913 - each helps to select the environment
    root: Root,
    python: str | None,
    *,
    environ: Mapping[str, str],
    cwd: str = "/",
    tool_prefix: str = "",
    allow_empty: bool = False,
    package_files: PackageFiles | None = None,
) -> Environment:
    """Return the environment that the user names, or the first one that is found.

    `python` is the folder of an environment or an interpreter, absolute inside the root or relative to `cwd`, or the
    name of a program on PATH. Without it: `VIRTUAL_ENV`, `.venv` in `cwd`, `CONDA_PREFIX`, the environment
    `tool_prefix` that this tool is installed in, unless it was created for the tool alone, the first `python3` on
    `PATH`, `~/.local`. Raise NoEnvironmentError if there is none, or, unless `allow_empty`, if it has only installers
    or the tool.
    """
    inputs = ChoiceInputs(environ=environ, cwd=cwd, tool_prefix=tool_prefix)
    with _permission_errors():
        found, skipped = _first_choice(root, python, inputs, package_files)
        if found.found_by and _has_only_installers(found.distributions):
            found = _read_user_site(root, environ, found.interpreter, package_files) or found
        if found.found_by not in {"", "VIRTUAL_ENV", DOT_VENV}:
            paths = {name: posixpath.join(cwd, name) for name in environments_in(root, cwd)}
            others = (name for name, path in paths.items() if path not in {found.prefix, skipped})
            found = found._replace(others=tuple(others))
    return found if allow_empty else _require_distributions(found)


def _first_choice(
    root: Root, python: str | None, inputs: ChoiceInputs, package_files: PackageFiles | None
) -> tuple[Environment, str]:
    """Return the first environment that was not created for this tool alone, or else the last one.

    Also the prefix of the one that was, or nothing. Raise NoEnvironmentError if there is none.
    """
    found, skipped = None, ""
    for choice in choices(root, python, inputs):
        found = _read_choice(root, choice, package_files)
        is_tool = found.prefix == inputs.tool_prefix and choice.found_by and _has_only_tool(found.distributions)
        if not is_tool:
            break
        skipped = inputs.tool_prefix
    if found is None:
        message = "no Python environment found"
        raise NoEnvironmentError(message, hint="name one with --python, or a folder with --path")
    return found, skipped


def _read_user_site(
    root: Root, environ: Mapping[str, str], interpreter: Interpreter, package_files: PackageFiles | None
) -> Environment | None:
    """Return the user's own site directory as an environment; None if there is none."""
    user = user_site(root, environ, interpreter)
    if not user:
        return None
    layout = _Layout(prefix=user.top, tool_prefix=False, sites=(user,), interpreter=interpreter)
    found_by = "PYTHONUSERBASE" if environ.get("PYTHONUSERBASE") else "~/.local"
    return _read(root, layout, package_files)._replace(found_by=found_by)


def _read_choice(root: Root, choice: Choice, package_files: PackageFiles | None) -> Environment:
    installation = open_installation(root, choice.path)
    layout = _Layout(
        prefix=installation.prefix,
        tool_prefix=installation.venv is not None and installation.prefix != "/",
        sites=sites_of(root, installation),
        interpreter=installation.interpreter,
    )
    found = _read(root, layout, package_files)
    mismatches = (installation.mismatch,) if installation.mismatch else ()
    return found._replace(mismatches=(*mismatches, *found.mismatches), found_by=choice.found_by)


def _require_distributions(environment: Environment) -> Environment:
    """Return the environment. Raise NoEnvironmentError if it has no distributions besides installers and this tool."""
    if not environment.distributions:
        raise NoEnvironmentError(
            f"no distributions in the environment `{environment.prefix}`",
            hint="install into it first, select another with --python or --path, or use --allow-empty",
        )
    if _has_only_tool(environment.distributions):
        raise NoEnvironmentError(
            f"the environment `{environment.prefix}` holds nothing but {_TOOL} itself",
            hint="name the project's environment with --python",
        )
    if _has_only_installers(environment.distributions):
        names = " and ".join(each.name for each in environment.distributions)
        raise NoEnvironmentError(
            f"the environment `{environment.prefix}` holds nothing but {names}",
            hint="install into it first, select another with --python or --path, or use --allow-empty",
        )
    return environment


def has_only_tools(distributions: Sequence[Distribution]) -> bool:
    """Return whether there are only installers, or this tool with its dependencies."""
    return _has_only_tool(distributions) or _has_only_installers(distributions)


def _has_only_installers(distributions: Iterable[Distribution]) -> bool:
    """Return whether there are only installers, or no distributions."""
    return _INSTALLERS.issuperset(each.name for each in distributions)


def environment_of_paths(  # noqa: PLR0913 - as above
    root: Root,
    paths: Sequence[str],
    *,
    environ: Mapping[str, str],
    cwd: str = "/",
    allow_empty: bool = False,
    package_files: PackageFiles | None = None,
) -> Environment:
    """Return the environment of `pip install --prefix`, `--target` or `--user`, by prefixes or site directories.

    Raise SysdepsError for a path without distributions, or if their Python is unknown.
    """
    with _permission_errors():
        sites = tuple(
            site for path in paths for site in sites_below(root, posixpath.join(cwd, path), allow_empty=allow_empty)
        )
        inputs = ChoiceInputs(environ=environ, cwd=cwd)
        interpreter = interpreter_of(root, sites, lambda name: find_on_path(root, name, inputs))
        layout = _Layout(prefix=sites[0].top, tool_prefix=False, sites=sites, interpreter=interpreter)
        environment = _read(root, layout, package_files)
    if not environment.distributions and not allow_empty:
        raise NoEnvironmentError(f"no distributions in `{sites[0].folder}`", hint="name the folder that pip filled")
    return environment if allow_empty else _require_distributions(environment)


class _Layout(NamedTuple):
    """The locations of an environment."""

    prefix: str
    tool_prefix: bool
    """Whether the prefix belongs only to the environment (a venv), with files that no RECORD lists."""
    sites: tuple[Site, ...]
    interpreter: Interpreter


@contextmanager
def _permission_errors() -> Iterator[None]:
    """Convert the error of an unreadable folder in the environment's path."""
    try:
        yield
    except PermissionError as error:
        message = f"cannot read `{error.filename}`: {error.strerror}"
        raise SysdepsError(message, hint="run it as a user who can read it") from error


def _has_only_tool(distributions: Iterable[Distribution]) -> bool:
    """Return whether only the tool and its requirements are installed, as by pipx, uvx or pre-commit."""
    requires = {each.name: each.requires for each in distributions}
    reached: set[str] = set()
    pending = [_TOOL] if _TOOL in requires else []
    while pending:
        name = pending.pop()
        if name in requires and name not in reached:
            reached.add(name)
            pending += [required_name(line) for line in requires[name] if "extra ==" not in line]
    return bool(reached) and requires.keys() <= reached | _INSTALLERS


# ----------------------------------------------------------------------------------------------------- assembling


def _read(root: Root, layout: _Layout, package_files: PackageFiles | None) -> Environment:
    """Read every distribution, and assign the files."""
    reader = MetadataFiles(root)
    claims = drop_editable_duplicates(
        [claim for site in layout.sites for claim in read_claims(reader, site, package_files)]
    )
    tree = _walk(root, layout)
    notes = [note for each in layout.sites for note in each.notes]
    notes += [note for each in claims for note in each.notes]
    claims = [each for each in claims if each.distribution.name]
    found = [
        existing_files(root, claim, tree, notes) for claim in track(claims, "looking for the files of distributions")
    ]
    chosen, shadowed = first_of_each_name(claims)
    owners, overlaps = assign_owners(root, {claims[index].distribution.name: found[index] for index in chosen})
    metadata = {claim.distribution.metadata_path for claim in claims}
    unclaimed = (path for path in tree.files.difference(*found) if posixpath.dirname(path) not in metadata)
    environment = Environment(
        prefix=layout.prefix,
        site_dirs=tuple(site.folder for site in layout.sites),
        interpreter=layout.interpreter,
        distributions=tuple(
            sorted((_with_files(root, claims[i], found[i], owners) for i in chosen), key=lambda each: each.name)
        ),
        unclaimed=tuple(sorted(path for path in unclaimed if may_be_elf(path) and not _is_python(path, layout))),
        skipped=(*notes, *tree.skipped, *shadowed, *overlaps),
        path_code=tuple(path for site in layout.sites for path in site.path_code),
    )
    return environment._replace(mismatches=tuple(abi_mismatches(environment)))


def _walk(root: Root, layout: _Layout) -> Tree:
    """Walk a venv's own prefix, and each site directory outside it."""
    tops = [layout.prefix] if layout.tool_prefix else []
    tops += [site.folder for site in layout.sites if not site.added]
    outer = [top for top in dict.fromkeys(tops) if not any(top != other and inside(top, other) for other in tops)]
    trees = [walk(root, top) for top in outer]
    return Tree(
        files=frozenset[str]().union(*(tree.files for tree in trees)),
        skipped=tuple(note for tree in trees for note in tree.skipped),
    )


def _is_python(path: str, layout: _Layout) -> bool:
    """Return whether a file is a venv's copy of its interpreter (`python -m venv --copies`)."""
    folder, name = posixpath.split(path)
    has_python_name = name in {"python", "python3", "pypy", "pypy3"} or parse_python_name(name) is not None
    return has_python_name and layout.tool_prefix and folder == f"{layout.prefix}/bin"


def _with_files(root: Root, claim: Claim, found: Mapping[str, Row], owners: Mapping[str, str]) -> Distribution:
    distribution = claim.distribution
    files = tuple(sorted(path for path in found if owners[path] == distribution.name))
    return distribution._replace(files=files, missing_objects=missing_objects_of(root, claim, found))
