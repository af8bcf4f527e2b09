"""A Python environment: where it is, its distributions, and the files that belong to each of them."""

from __future__ import annotations

import os
import posixpath
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pip_sysdeps.errors import SysdepsError
from pip_sysdeps.formats.record import Row, entry_of
from pip_sysdeps.formats.site import parse_pth
from pip_sysdeps.host.distributions import Claim, PackageFiles, Site, metadata_names, read_claims
from pip_sysdeps.host.interpreter import (
    Installation,
    open_installation,
    parse_python_name,
    programs_on_path,
)
from pip_sysdeps.host.tree import Tree, inside, join, may_be_elf, walk
from pip_sysdeps.model import Environment, Interpreter, Skipped, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from pip_sysdeps.host.root import Root

_MAX_PTH = 1 << 20


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
    _refuse_own(root, installation)
    layout = _Layout(
        prefix=installation.prefix,
        own_prefix=installation.venv is not None,
        sites=tuple(Site(folder=each, top=_top_of(each, installation)) for each in _site_dirs(root, installation)),
        interpreter=installation.interpreter,
    )
    environment = _read(root, layout, package_files)
    if not environment.distributions:
        raise SysdepsError(
            f"No distributions in the environment `{installation.prefix}`",
            hint="install into it first, or name another with --python or --path",
        )
    return environment


def environment_of_paths(
    root: Root,
    paths: Sequence[str],
    *,
    environ: Mapping[str, str] | None = None,
    package_files: PackageFiles | None = None,
) -> Environment:
    """Read what `pip install --prefix`, `--target` or `--user` filled: prefixes, or folders with distributions.

    Raise SysdepsError for a path without distributions, or if nothing tells which Python they are for.
    """
    sites = tuple(site for path in paths for site in _sites_below(root, path))
    interpreter = _interpreter_for(root, sites, environ or {})
    layout = _Layout(prefix=sites[0].top, own_prefix=False, sites=sites, interpreter=interpreter)
    environment = _read(root, layout, package_files)
    if not environment.distributions:
        raise SysdepsError(f"No distributions in `{paths[0]}`", hint="was pip run with the same folder?")
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
    active = environ.get("VIRTUAL_ENV", "")
    if active:
        return posixpath.join(cwd, active)
    if root.is_folder(posixpath.join(cwd, ".venv")):
        return posixpath.join(cwd, ".venv")
    for program in programs_on_path(root, environ):
        return program
    raise SysdepsError("No Python environment found", hint="name one with --python, or a folder with --path")


def _refuse_own(root: Root, installation: Installation) -> None:
    """Raise SysdepsError for the isolated environment that pipx or uv made for this tool."""
    isolated = [
        name for name in ("pipx_metadata.json", "uv-receipt.toml") if root.is_file(f"{installation.prefix}/{name}")
    ]
    folder = f"{installation.prefix}/lib/{installation.python}/site-packages"
    if isolated and any(name.startswith("pip_sysdeps-") for name in root.names(folder)):
        raise SysdepsError(
            f"`{installation.prefix}` is the tool's own isolated environment",
            hint="name the project's environment with --python",
        )


# ------------------------------------------------------------------------------------------------ site directories


def _site_dirs(root: Root, installation: Installation) -> list[str]:
    """Return the site directories in the order of sys.path; each as resolved, once.

    Source: CPython's and Debian's site.py, `getsitepackages`; platlibdir of Fedora.
    """
    prefix, python = installation.prefix, installation.python
    candidates = []
    if installation.venv is not None:
        candidates += [f"{prefix}/{lib}/{python}/site-packages" for lib in ("lib64", "lib")]
    if installation.venv is None or installation.venv.system_site_packages:
        candidates += _base_site_dirs(root, installation.interpreter.prefix or prefix, python)
    return list(_with_pth(root, candidates))


def _base_site_dirs(root: Root, prefix: str, python: str) -> list[str]:
    base = "" if prefix == "/" else prefix
    if root.is_folder(f"{base}/lib/python3/dist-packages"):
        return [
            f"{base}/local/lib/{python}/dist-packages",
            f"{base}/lib/python3/dist-packages",
            f"{base}/lib/{python}/dist-packages",
        ]
    return [f"{base}/{lib}/{python}/site-packages" for lib in ("lib64", "lib")]


def _with_pth(root: Root, folders: Iterable[str]) -> Iterator[str]:
    """Yield each existing folder, followed by those that its `.pth` files add and that hold distributions."""
    seen: set[str] = set()
    for folder in folders:
        resolved = root.resolve(folder)
        if resolved is None or resolved in seen or not root.is_folder(resolved):
            continue
        seen.add(resolved)
        yield resolved
        for added in _pth_folders(root, resolved):
            if added not in seen and metadata_names(root, added):
                seen.add(added)
                yield added


def _pth_folders(root: Root, folder: str) -> Iterator[str]:
    for name in root.names(folder):
        if not name.endswith(".pth"):
            continue
        try:
            lines = parse_pth(root.read(f"{folder}/{name}", _MAX_PTH))
        except OSError:
            continue
        for line in lines:
            added = root.resolve(join(folder, line))
            if added is not None and root.is_folder(added):
                yield added


def _top_of(folder: str, installation: Installation) -> str:
    """Return the prefix that a site directory's records must not leave."""
    for prefix in (installation.prefix, installation.interpreter.prefix):
        if prefix and inside(folder, prefix):
            return prefix
    return _prefix_of(folder) or folder


def _prefix_of(folder: str) -> str:
    """Return `/install` for `/install/lib/python3.11/site-packages`; empty for a folder of another form."""
    parts = folder.split("/")
    if len(parts) < 4 or parts[-1] not in {"site-packages", "dist-packages"} or not parts[-3].startswith("lib"):
        return ""
    return "/".join(parts[:-3]) or "/"


def _sites_below(root: Root, path: str) -> list[Site]:
    """Find the site directories that a person means by a folder: itself, or those of a prefix."""
    if not root.is_folder(path):
        raise SysdepsError(f"`{path}` is not a folder", hint="give the folder that pip filled")
    folder = root.resolve(path) or path
    if metadata_names(root, folder) or _prefix_of(folder):
        prefix = _prefix_of(folder)
        return [Site(folder=folder, top=prefix or folder, flat=not prefix)]
    found = [
        f"{folder}/{lib}/{python}/{kind}"
        for lib in ("local/lib", "lib64", "lib")
        for python in root.names(f"{folder}/{lib}")
        if python == "python3" or parse_python_name(python)
        for kind in ("site-packages", "dist-packages")
    ]
    sites = [Site(folder=each, top=folder) for each in _with_pth(root, found)]
    if not sites:
        raise SysdepsError(
            f"No distributions in `{path}`",
            hint="give the folder after --target or --prefix of pip, or the site-packages itself",
        )
    return sites


def _interpreter_for(root: Root, sites: Sequence[Site], environ: Mapping[str, str]) -> Interpreter:
    """Find the interpreter that installed distributions are for: by their folder's name, else the first on PATH."""
    for site in sites:
        parsed = parse_python_name(posixpath.basename(posixpath.dirname(site.folder)))
        if parsed is None:
            continue
        name = posixpath.basename(posixpath.dirname(site.folder))
        for program in (f"{site.top}/bin/{name}", *programs_on_path(root, environ, (name, "python3"))):
            if root.is_file(program):
                interpreter = open_installation(root, program).interpreter
                if interpreter.abi_tag == parsed[1]:
                    return interpreter
        return Interpreter(path="", prefix="", version=parsed[0], abi_tag=parsed[1])
    for program in programs_on_path(root, environ):
        return open_installation(root, program).interpreter
    raise SysdepsError(
        f"Nothing tells which Python `{sites[0].folder}` is for", hint="put its python3 on PATH, or use --python"
    )


# ----------------------------------------------------------------------------------------------------- assembling


def _read(root: Root, layout: _Layout, package_files: PackageFiles | None) -> Environment:
    """Read every distribution, and share the files out."""
    claims = [claim for site in layout.sites for claim in read_claims(root, site, package_files)]
    tree = _walk_all(root, layout)
    places = [_existing(root, claim, tree) for claim in claims]
    chosen, shadowed = _first_of_each_name(claims)
    owners, overlaps = _decide_owners(root, [(claims[index], places[index]) for index in chosen])
    distributions = [
        replace(
            claims[index].distribution,
            files=tuple(sorted(path for path in places[index] if owners[path] == claims[index].distribution.name)),
        )
        for index in chosen
    ]
    unclaimed = tree.files.difference(*places)
    return Environment(
        prefix=layout.prefix,
        site_dirs=tuple(site.folder for site in layout.sites),
        interpreter=layout.interpreter,
        distributions=tuple(sorted(distributions, key=lambda each: each.name)),
        unclaimed=tuple(sorted(path for path in unclaimed if may_be_elf(path))),
        skipped=(*(note for claim in claims for note in claim.notes), *tree.skipped, *shadowed, *overlaps),
    )


def _walk_all(root: Root, layout: _Layout) -> Tree:
    """Walk a venv's own prefix, and each site directory that does not lie in it."""
    tops = [layout.prefix] if layout.own_prefix else []
    tops += [site.folder for site in layout.sites if inside(site.folder, site.top)]
    outer = [top for top in dict.fromkeys(tops) if not any(top != other and inside(top, other) for other in tops)]
    trees = [walk(root, top) for top in outer]
    return Tree(
        files=frozenset[str]().union(*(tree.files for tree in trees)),
        skipped=tuple(note for tree in trees for note in tree.skipped),
    )


def _existing(root: Root, claim: Claim, tree: Tree) -> dict[str, Row]:
    """Return the files of a claim that exist, as resolved, each with its row."""
    found = {path: row for path, row in claim.rows.items() if path in tree.files}
    for path, row in claim.rows.items():
        if path not in found:
            resolved = root.resolve(path)
            if resolved is not None and root.is_file(resolved):
                found[resolved] = row
    return found


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


def _decide_owners(
    root: Root, claims: Sequence[tuple[Claim, Mapping[str, Row]]]
) -> tuple[dict[str, str], list[Skipped]]:
    """Return each file's distribution; of several that claim it, the first whose hash the file has."""
    owners: dict[str, str] = {}
    contested: dict[str, list[tuple[str, Row]]] = {}
    for claim, rows in claims:
        name = claim.distribution.name
        for path in rows:
            if owners.setdefault(path, name) != name:
                contested.setdefault(path, []).append((name, rows[path]))
    rows_of = {claim.distribution.name: rows for claim, rows in claims}
    overlaps: list[Skipped] = []
    for path, others in contested.items():
        rivals = [(owners[path], rows_of[owners[path]][path]), *others]
        owners[path] = _true_owner(root, path, rivals)
        losers = ", ".join(name for name, _ in rivals if name != owners[path])
        reason = f"{owners[path]} has it, {losers} claims it too"
        overlaps.append(Skipped(path=path, verdict=Verdict.OVERLAP, reason=reason))
    return owners, overlaps


def _true_owner(root: Root, path: str, rivals: Sequence[tuple[str, Row]]) -> str:
    """Return whose size and hash the file has; the first, if all or none agree with it."""
    if len({row[1:] for _, row in rivals}) == 1:
        return rivals[0][0]
    status = root.status(path)
    size = str(status.st_size) if status else ""
    fitting = [(name, row) for name, row in rivals if row[2] in {size, ""}]
    if len(fitting) == 1:
        return fitting[0][0]
    return next((name for name, row in fitting if _has_hash(root, path, row)), rivals[0][0])


def _has_hash(root: Root, path: str, row: Row) -> bool:
    entry = entry_of(row)
    if entry is None:
        return False
    try:
        with os.fdopen(root.open(path), "rb") as file:
            return entry.validate_stream(file)
    except OSError:
        return False
