"""A Python environment: where it is, its distributions, and the files that belong to each of them."""

from __future__ import annotations

import os
import posixpath
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pip_sysdeps.errors import SysdepsError
from pip_sysdeps.formats.metadata import normalize_name
from pip_sysdeps.formats.record import entry_of
from pip_sysdeps.host.distributions import read_claims
from pip_sysdeps.host.interpreter import open_installation, parse_python_name, programs_on_path
from pip_sysdeps.host.sites import interpreter_of, sites_below, sites_of
from pip_sysdeps.host.tree import Tree, inside, may_be_elf, walk
from pip_sysdeps.model import Environment, Skipped, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pip_sysdeps.formats.record import Row
    from pip_sysdeps.host.distributions import Claim, PackageFiles
    from pip_sysdeps.host.root import Root
    from pip_sysdeps.host.sites import Site
    from pip_sysdeps.model import Distribution, Interpreter

_TOOL = "pip-sysdeps"
_INSTALLERS = frozenset({"pip", "setuptools", "wheel"})


def find_environment(
    root: Root,
    python: str | None,
    *,
    environ: Mapping[str, str],
    cwd: str = "/",
    package_files: PackageFiles | None = None,
) -> Environment:
    """Read the environment that a person names, or means.

    `python` is the folder of an environment or an interpreter, absolute inside the root or relative to `cwd`. Without
    it: `VIRTUAL_ENV`, then `.venv` in `cwd`, then the first `python3` on `PATH`.
    Raise SysdepsError if there is none, or it has no distributions, or is the tool's own.
    """
    installation = open_installation(root, _meant(root, python, environ, cwd))
    layout = _Layout(
        prefix=installation.prefix,
        own_prefix=installation.venv is not None and installation.prefix != "/",
        sites=sites_of(root, installation),
        interpreter=installation.interpreter,
    )
    environment = _read(root, layout, package_files)
    if not environment.distributions:
        raise SysdepsError(
            f"No distributions in the environment `{environment.prefix}`",
            hint="install into it first, or name another with --python or --path",
        )
    if _is_own(environment.distributions):
        raise SysdepsError(
            f"The environment `{environment.prefix}` holds nothing but {_TOOL} itself",
            hint="name the project's environment with --python",
        )
    return environment


def environment_of_paths(
    root: Root,
    paths: Sequence[str],
    *,
    environ: Mapping[str, str],
    cwd: str = "/",
    package_files: PackageFiles | None = None,
) -> Environment:
    """Read what `pip install --prefix`, `--target` or `--user` filled: prefixes, or folders with distributions.

    Raise SysdepsError for a path without distributions, or if nothing tells which Python they are for.
    """
    sites = tuple(site for path in paths for site in sites_below(root, posixpath.join(cwd, path)))
    interpreter = interpreter_of(root, sites, environ)
    layout = _Layout(prefix=sites[0].top, own_prefix=False, sites=sites, interpreter=interpreter)
    environment = _read(root, layout, package_files)
    if not environment.distributions:
        raise SysdepsError(f"No distributions in `{sites[0].folder}`", hint="name the folder that pip filled")
    return environment


@dataclass(frozen=True, slots=True, kw_only=True)
class _Layout:
    """Where an environment keeps what."""

    prefix: str
    own_prefix: bool
    """The prefix is the environment's alone (a venv): a file in it that no record claims is the environment's too."""
    sites: tuple[Site, ...]
    interpreter: Interpreter


def _meant(root: Root, python: str | None, environ: Mapping[str, str], cwd: str) -> str:
    """Return the path of the environment or interpreter that is meant."""
    if python is not None:
        return posixpath.join(cwd, python)
    active = environ.get("VIRTUAL_ENV")
    if active:
        if not root.is_folder(posixpath.join(cwd, active)):
            raise SysdepsError(f"VIRTUAL_ENV names `{active}`, which is no folder", hint="unset it, or use --python")
        return posixpath.join(cwd, active)
    if root.is_folder(posixpath.join(cwd, ".venv")):
        return posixpath.join(cwd, ".venv")
    for program in programs_on_path(root, environ, "python3"):
        return program
    raise SysdepsError("No Python environment found", hint="name one with --python, or a folder with --path")


def _is_own(distributions: Iterable[Distribution]) -> bool:
    """Tell whether only the tool and what it requires is installed: what pipx, uvx or pre-commit makes for it."""
    requires = {each.name: each.requires for each in distributions}
    reached: set[str] = set()
    pending = [_TOOL] if _TOOL in requires else []
    while pending:
        name = pending.pop()
        if name in requires and name not in reached:
            reached.add(name)
            pending += [_required_name(line) for line in requires[name] if "extra ==" not in line]
    return bool(reached) and requires.keys() <= reached | _INSTALLERS


def _required_name(line: str) -> str:
    """Return the name at the start of a Requires-Dist line (PEP 508)."""
    return normalize_name(re.split(r"[^A-Za-z0-9._-]", line, maxsplit=1)[0])


# ----------------------------------------------------------------------------------------------------- assembling


def _read(root: Root, layout: _Layout, package_files: PackageFiles | None) -> Environment:
    """Read every distribution, and share the files out."""
    claims = [claim for site in layout.sites for claim in read_claims(root, site, package_files)]
    tree = _walk(root, layout)
    found = [_existing(root, claim, tree) for claim in claims]
    chosen, shadowed = _first_of_each_name(claims)
    owners, overlaps = _decide_owners(root, {claims[index].distribution.name: found[index] for index in chosen})
    metadata = {claim.distribution.metadata_path for claim in claims}
    unclaimed = (path for path in tree.files.difference(*found) if posixpath.dirname(path) not in metadata)
    notes = [note for site in layout.sites for note in site.notes]
    notes += [note for claim in claims for note in claim.notes]
    return Environment(
        prefix=layout.prefix,
        site_dirs=tuple(site.folder for site in layout.sites),
        interpreter=layout.interpreter,
        distributions=tuple(
            sorted((_with_files(claims[i].distribution, found[i], owners) for i in chosen), key=lambda each: each.name)
        ),
        unclaimed=tuple(sorted(path for path in unclaimed if may_be_elf(path) and not _is_python(path, layout))),
        skipped=(*notes, *tree.skipped, *shadowed, *overlaps),
    )


def _walk(root: Root, layout: _Layout) -> Tree:
    """Walk a venv's own prefix, and each site directory that does not lie in it."""
    tops = [layout.prefix] if layout.own_prefix else []
    tops += [site.folder for site in layout.sites if not site.added]
    outer = [top for top in dict.fromkeys(tops) if not any(top != other and inside(top, other) for other in tops)]
    trees = [walk(root, top) for top in outer]
    return Tree(
        files=frozenset[str]().union(*(tree.files for tree in trees)),
        skipped=tuple(note for tree in trees for note in tree.skipped),
    )


def _is_python(path: str, layout: _Layout) -> bool:
    """Tell whether a file is the venv's own copy of its interpreter (`python -m venv --copies`)."""
    folder, name = posixpath.split(path)
    named = name in {"python", "python3", "pypy", "pypy3"} or parse_python_name(name) is not None
    return named and layout.own_prefix and folder == f"{layout.prefix}/bin"


def _existing(root: Root, claim: Claim, tree: Tree) -> dict[str, Row]:
    """Return the files of a claim that exist, as resolved, each with its row."""
    found = {path: row for path, row in claim.rows.items() if path in tree.files}
    for path, row in claim.rows.items():
        if path not in found:
            resolved = root.resolve(path)
            if resolved is not None and root.is_file(resolved):
                found[resolved] = row
    return found


def _with_files(distribution: Distribution, found: Mapping[str, Row], owners: Mapping[str, str]) -> Distribution:
    return replace(distribution, files=tuple(sorted(path for path in found if owners[path] == distribution.name)))


def _first_of_each_name(claims: Sequence[Claim]) -> tuple[list[int], list[Skipped]]:
    """Return the places of the distributions that Python finds, and those that they hide."""
    first: dict[str, int] = {}
    shadowed: list[Skipped] = []
    for index, claim in enumerate(claims):
        hidden = claim.distribution
        winner = claims[first.setdefault(hidden.name, index)].distribution
        if winner is not hidden:
            reason = f"{winner.name} {winner.version} at {winner.metadata_path} comes first"
            shadowed.append(Skipped(path=hidden.metadata_path, verdict=Verdict.SHADOWED, reason=reason))
    return list(first.values()), shadowed


def _decide_owners(root: Root, claimed: Mapping[str, Mapping[str, Row]]) -> tuple[dict[str, str], list[Skipped]]:
    """Return each file's distribution, and the files that several claim: each is of the one whose hash it has."""
    owners: dict[str, str] = {}
    contested: dict[str, list[str]] = {}
    for name, rows in claimed.items():
        for path in rows:
            first = owners.setdefault(path, name)
            if first != name:
                contested.setdefault(path, [first]).append(name)
    overlaps: list[Skipped] = []
    for path, names in contested.items():
        owners[path] = _true_owner(root, path, {name: claimed[name][path] for name in names})
        losers = ", ".join(name for name in names if name != owners[path])
        reason = f"{owners[path]} has it, {losers} claims it too"
        overlaps.append(Skipped(path=path, verdict=Verdict.OVERLAP, reason=reason))
    return owners, overlaps


def _true_owner(root: Root, path: str, rows: Mapping[str, Row]) -> str:
    """Return whose size and hash the file has; the first, if all or none agree with it."""
    first = next(iter(rows))
    if len({row[1:] for row in rows.values()}) == 1:
        return first
    status = root.status(path)
    size = str(status.st_size) if status else ""
    fitting = [name for name, row in rows.items() if row[2] in {size, ""}]
    return next((name for name in fitting if _has_hash(root, path, rows[name])), first)


def _has_hash(root: Root, path: str, row: Row) -> bool:
    entry = entry_of(row)
    if entry is None:
        return False
    try:
        with os.fdopen(root.open(path), "rb") as file:
            return entry.validate_stream(file)
    except OSError:
        return False
