"""Entries of the knowledge file, held against their real distributions in a release root of Debian 12."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from builders.debian import debian_root, made_once, run_in
from builders.images import local_python_root
from builders.named import PLACE, SUITE, install_line, line_of_lock, locked, overlay, package_lists
from pip_sysdeps.byname.read_knowledge import known
from pip_sysdeps.lock.text import loads
from pip_sysdeps.model.needs import ReferenceKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pip_sysdeps.byname.knowledge import Known
    from pip_sysdeps.lock.document import LockedNeed, Target

_BUILT_WITH = {
    "duplicity": ("librsync-dev", "gettext"),
    "mecab-python3": ("libmecab-dev", "swig"),
    "mod-wsgi": ("apache2-dev",),
    "pycurl": ("libcurl4-openssl-dev", "libssl-dev"),
    "pygobject": ("libgirepository1.0-dev", "libcairo2-dev"),
    "pygraphviz": ("graphviz", "libgraphviz-dev"),
    "pyproj": ("libproj-dev", "proj-bin"),
    "pyscard": ("libpcsclite-dev", "swig"),
    "rtree": (),
}
"""What it takes to build those that have no wheel, or whose entry is about no wheel; a release has some of them."""
_NEWEST = {"pygobject": "pygobject<3.51", "pyproj": "pyproj<3.7"}
"""Where the newest is not for this release: it needs a newer GLib or PROJ."""
_CHECKOUTS = {"pip-sysdeps": str(Path(__file__).parents[2])}
"""What is installed from a folder of this machine."""
_WHENS = {"program": "exec", "library": "dlopen", "file": "declared"}
_OF_AN_INSTALLER = ("--allow-empty",)
"""An environment that has nothing but pip is refused without it."""
_EVERY_WHEN = ("--when", "default,dlopen,exec,declared")
_WHAT_IS_THERE = """
import ctypes, glob, json, shutil, sys
def opens(name):
    try:
        return ctypes.CDLL(name)
    except OSError:
        return None
ask = {"library": opens, "program": shutil.which, "file": glob.glob}
print(json.dumps([[name for name in names if ask[kind](name)] for kind, names in json.load(sys.stdin)]))
"""
"""The release's own Python says which of some names it opens, finds on PATH, or finds as a file."""


@dataclass(frozen=True)
class Outcome:
    """What became of one entry."""

    entry: Known
    evidence: tuple[str, ...]
    """The files of the distribution that have the text which the entry cites."""
    needs: tuple[LockedNeed, ...]
    """Those that the entry has in the lock; all of its kind for an entry which says that there is none."""
    base: frozenset[str]
    """The packages that every image of the release has."""
    before: tuple[str, ...]
    """The names of the entry that are there in the release root as it is."""
    after: tuple[str, ...]
    """The same with the printed line installed."""


def known_needs() -> dict[str, list[Known]]:
    """Return the entries of the file about needs, by distribution."""
    every = known().items()
    return {name: [each for each in entries if isinstance(each.kind, ReferenceKind)] for name, entries in every}


def environments() -> list[tuple[str, str]]:
    """Return each distribution of the file with the Python that its entries are about: Debian's own, or another one."""
    return sorted({(name, each.interpreter or "debian") for name, entries in known_needs().items() for each in entries})


def held(name: str, interpreter: str) -> list[Outcome]:
    """Check the entries of one distribution: against its lock, and before and after the line is installed."""
    folder = _installed(name)
    about = (each for each in known_needs()[name] if each.interpreter in {"", interpreter})
    entries = [each for each in about if not each.has or any(folder.glob(each.has))]
    system = local_python_root(SUITE) if interpreter == "other" else debian_root(SUITE, "release")
    with overlay(package_lists(), system, distributions=folder) as root:
        before = _there(root, entries)
        lock = locked(root, *_OF_AN_INSTALLER)
        target = loads(lock.read_text(encoding="utf-8")).target[0]
        install_line(root, line_of_lock(lock, *_EVERY_WHEN))
        base = frozenset(package.name for package in target.package if package.base)
        return [
            Outcome(entry, tuple(_evidence(root, entry)), _needs(target, entry), base, *there)
            for entry, *there in zip(entries, before, _there(root, entries), strict=True)
        ]


def _installed(name: str) -> Path:
    """Return the folder with one distribution alone, installed once by the Python of the release."""
    with made_once(f"{SUITE}-known-{name}{'-built' if name in _BUILT_WITH else ''}") as (folder, unfinished):
        if unfinished is not None and name in _CHECKOUTS:
            pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(unfinished)]
            subprocess.run([*pip, _CHECKOUTS[name]], check=True)
        elif unfinished is not None:
            with overlay(package_lists(), debian_root(SUITE, "build", ["python3-pip"])) as root:
                install_line(root, _BUILT_WITH.get(name, ()))
                pip = ["python3", "-m", "pip", "install", "--quiet", "--no-deps", "--target", f"/{PLACE}"]
                source = [f"--no-binary={name}"] if name in _BUILT_WITH else []
                run_in(root, [*pip, *source, _NEWEST.get(name, name)])
                subprocess.run(["cp", "-a", f"{root}/{PLACE}/.", str(unfinished)], check=True)
    return folder


def _there(root: Path, entries: Sequence[Known]) -> list[tuple[str, ...]]:
    asked = json.dumps([(each.kind.value, each.names) for each in entries])
    return [tuple(names) for names in json.loads(run_in(root, ["python3", "-c", _WHAT_IS_THERE], stdin=asked).stdout)]


def _evidence(root: Path, entry: Known) -> Iterator[str]:
    pattern, _, text = entry.evidence.partition(": ")
    for file in (root / PLACE).glob(pattern):
        if text in file.read_text(encoding="utf-8", errors="replace"):
            yield str(file.relative_to(root / PLACE))


def _needs(target: Target, entry: Known) -> tuple[LockedNeed, ...]:
    """Return the needs of an entry: those that the metadata stands for, not a source that names the same."""
    own = [need for holder, need in target.needs() if holder == entry.distribution]
    if entry.names:
        known = [need for need in own if any(file.endswith((".dist-info", ".egg-info")) for file in need.by)]
        return tuple(need for need in known if {*entry.names} & {need.soname, *need.any_of, need.program, need.file})
    return tuple(need for need in own if need.when == _WHENS[entry.kind.value])
