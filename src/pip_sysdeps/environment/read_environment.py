"""Read a Python environment: its place, its distributions, and their files."""

from __future__ import annotations

import posixpath
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from pip_sysdeps.environment.choice import DOT_VENV, Choice, Surroundings, choices, environments_in, started_on_path
from pip_sysdeps.environment.claims import (
    decide_owners,
    existing_files,
    first_of_each_name,
    gone_objects,
    without_echoes,
)
from pip_sysdeps.environment.metadata import required_name
from pip_sysdeps.environment.module_names import misfits
from pip_sysdeps.environment.read_distributions import read_claims
from pip_sysdeps.environment.read_interpreter import open_installation, parse_python_name
from pip_sysdeps.environment.read_metadata_files import MetadataFiles
from pip_sysdeps.environment.read_sites import interpreter_of, sites_below, sites_of, user_site
from pip_sysdeps.errors import NoEnvironmentError, SysdepsError
from pip_sysdeps.model.environment import Environment
from pip_sysdeps.system.progress import tracked
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
    own: str = "",
    allow_empty: bool = False,
    package_files: PackageFiles | None = None,
) -> Environment:
    """Read the environment that the user names, or the first that is found.

    `python` is the folder of an environment or an interpreter, absolute inside the root or relative to `cwd`, or the
    name of a program on PATH. Without it: `VIRTUAL_ENV`, `.venv` in `cwd`, `CONDA_PREFIX`, the environment `own` that
    this tool is installed in unless it was made for the tool alone, the first `python3` on `PATH`, `~/.local`. Raise
    NoEnvironmentError if there is none, or, unless `allow_empty`, if it has nothing but installers or the tool.
    """
    surroundings = Surroundings(environ=environ, cwd=cwd, own=own)
    with _permission_errors():
        found: Environment | None = None
        for choice in choices(root, python, surroundings):
            found = _read_choice(root, choice, package_files)
            if found.prefix != own or choice.found_by == "" or not _is_own(found.distributions):
                break
        if found is None:
            message = "no Python environment found"
            raise NoEnvironmentError(message, hint="name one with --python, or a folder with --path")
        if found.found_by and _is_bare(found.distributions) and (user := user_site(root, environ, found.interpreter)):
            layout = _Layout(prefix=user.top, tool_prefix=False, sites=(user,), interpreter=found.interpreter)
            found_by = "PYTHONUSERBASE" if environ.get("PYTHONUSERBASE") else "~/.local"
            found = _read(root, layout, package_files)._replace(found_by=found_by)
        if found.found_by not in {"", "VIRTUAL_ENV", DOT_VENV}:
            others = (name for name in environments_in(root, cwd) if posixpath.join(cwd, name) != found.prefix)
            found = found._replace(others=tuple(others))
    return found if allow_empty else _with_something(found)


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


def _with_something(environment: Environment) -> Environment:
    """Return an environment that has distributions. Raise NoEnvironmentError otherwise."""
    if not environment.distributions:
        raise NoEnvironmentError(
            f"no distributions in the environment `{environment.prefix}`",
            hint="install into it first, select another with --python or --path, or use --allow-empty",
        )
    if _is_own(environment.distributions):
        raise NoEnvironmentError(
            f"the environment `{environment.prefix}` holds nothing but {_TOOL} itself",
            hint="name the project's environment with --python",
        )
    if _is_bare(environment.distributions):
        names = " and ".join(each.name for each in environment.distributions)
        raise NoEnvironmentError(
            f"the environment `{environment.prefix}` holds nothing but {names}",
            hint="install into it first, select another with --python or --path, or use --allow-empty",
        )
    return environment


def has_only_tools(distributions: Sequence[Distribution]) -> bool:
    """Return whether there are only installers, or this tool with what it depends on."""
    return _is_own(distributions) or _is_bare(distributions)


def _is_bare(distributions: Iterable[Distribution]) -> bool:
    """Return whether there is nothing but installers, or nothing at all."""
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
    """Read what `pip install --prefix`, `--target` or `--user` filled: prefixes, or folders with distributions.

    Raise SysdepsError for a path without distributions, or if their Python is unknown.
    """
    with _permission_errors():
        sites = tuple(
            site for path in paths for site in sites_below(root, posixpath.join(cwd, path), allow_empty=allow_empty)
        )
        surroundings = Surroundings(environ=environ, cwd=cwd)
        interpreter = interpreter_of(root, sites, lambda name: started_on_path(root, name, surroundings))
        layout = _Layout(prefix=sites[0].top, tool_prefix=False, sites=sites, interpreter=interpreter)
        environment = _read(root, layout, package_files)
    if not environment.distributions and not allow_empty:
        raise NoEnvironmentError(f"no distributions in `{sites[0].folder}`", hint="name the folder that pip filled")
    return environment if allow_empty else _with_something(environment)


class _Layout(NamedTuple):
    """The places of an environment."""

    prefix: str
    tool_prefix: bool
    """Whether the prefix belongs only to the environment (a venv), with files that no RECORD lists."""
    sites: tuple[Site, ...]
    interpreter: Interpreter


@contextmanager
def _permission_errors() -> Iterator[None]:
    """Convert an unreadable folder on the way to the environment into an error."""
    try:
        yield
    except PermissionError as error:
        message = f"cannot read `{error.filename}`: {error.strerror}"
        raise SysdepsError(message, hint="run it as a user who can read it") from error


def _is_own(distributions: Iterable[Distribution]) -> bool:
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
    claims = without_echoes([claim for site in layout.sites for claim in read_claims(reader, site, package_files)])
    tree = _walk(root, layout)
    notes = [note for each in layout.sites for note in each.notes]
    notes += [note for each in claims for note in each.notes]
    claims = [each for each in claims if each.distribution.name]
    found = [
        existing_files(root, claim, tree, notes) for claim in tracked(claims, "looking for the files of distributions")
    ]
    chosen, shadowed = first_of_each_name(claims)
    owners, overlaps = decide_owners(root, {claims[index].distribution.name: found[index] for index in chosen})
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
    return environment._replace(mismatches=tuple(misfits(environment)))


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
    """Return whether a file is the venv's own copy of its interpreter (`python -m venv --copies`)."""
    folder, name = posixpath.split(path)
    named = name in {"python", "python3", "pypy", "pypy3"} or parse_python_name(name) is not None
    return named and layout.tool_prefix and folder == f"{layout.prefix}/bin"


def _with_files(root: Root, claim: Claim, found: Mapping[str, Row], owners: Mapping[str, str]) -> Distribution:
    distribution = claim.distribution
    files = tuple(sorted(path for path in found if owners[path] == distribution.name))
    return distribution._replace(files=files, missing_objects=gone_objects(root, claim, found))
