"""Builds of one library for several releases of another library, one of which must load.

torchcodec has `libtorchcodec_core4.so` to `libtorchcodec_core8.so`, one for each major release of FFmpeg, and
opens the first that loads. Such a family consists of files in one folder whose names and needs differ only in
digits. mpi4py has `MPI.mpich.cpython-311-x86_64-linux-gnu.so` and one for Open MPI. Module names have no dot, so
the distribution selects the file, not Python.
"""

from __future__ import annotations

import posixpath
import re
from collections import defaultdict
from typing import TYPE_CHECKING

from pip_sysdeps.model.environment import Skipped, Verdict
from pip_sysdeps.model.needs import FromCapability, FromPackage, Missing, Need, Unreachable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_DIGITS = re.compile(r"[0-9]+")
_VARIANT_WORD = re.compile(r"(?<=\.)[^.]+(?=\.(?:cpython-|pypy|abi3)[^.]*\.so$)")
"""The word between a module's name and its Python tag."""


def select_variants(needs: Sequence[Need]) -> tuple[tuple[Need, ...], tuple[Skipped, ...]]:
    """Drop the needs of variants that are not selected, and return notes about their files.

    The selected variant is the one with the fewest unresolved needs, then with installed packages, then the newest.
    """
    by_file: defaultdict[str, list[Need]] = defaultdict(list)
    for need in needs:
        for file in need.by:
            by_file[file].append(need)
    set_aside: dict[tuple[str, str], str] = {}
    for family in _families(by_file):
        chosen = max(family, key=lambda file: _rank(file, by_file[file]))
        shared = {need.soname for need in by_file[chosen]}
        for file in family - {chosen}:
            set_aside |= {(file, need.soname): chosen for need in by_file[file] if need.soname not in shared}
    return tuple(_omit_needs(needs, set_aside)), tuple(_skipped_files(set_aside))


def _families(by_file: dict[str, list[Need]]) -> Iterator[set[str]]:
    """Yield the groups of files that differ only in digits, in their names and needs.

    Extension modules may also differ by a word.
    """
    groups: defaultdict[tuple[str, frozenset[str]], set[str]] = defaultdict(set)
    for file, needs in by_file.items():
        folder, name = posixpath.split(file)
        shape = frozenset(_DIGITS.sub("#", need.soname) for need in needs)
        groups[posixpath.join(folder, _DIGITS.sub("#", _VARIANT_WORD.sub("#", name))), shape].add(file)
    for group in groups.values():
        if len({frozenset(need.soname for need in by_file[file]) for file in group}) == len(group) > 1:
            yield group


def _rank(file: str, needs: Sequence[Need]) -> tuple[int, bool, list[int], list[int], str]:
    providers = [need.provider for need in needs]
    return (
        -sum(isinstance(provider, Missing | Unreachable) for provider in providers),
        all(getattr(each, "path", "") for each in providers if isinstance(each, FromPackage | FromCapability)),
        _numbers(posixpath.basename(file)),
        _numbers(" ".join(sorted(need.soname for need in needs))),
        file,
    )


def _numbers(text: str) -> list[int]:
    return [int(digits) for digits in _DIGITS.findall(text)]


def _omit_needs(needs: Iterable[Need], set_aside: dict[tuple[str, str], str]) -> Iterator[Need]:
    for need in needs:
        by = tuple(file for file in need.by if (file, need.soname) not in set_aside)
        if by:
            yield need._replace(by=by)


def _skipped_files(set_aside: dict[tuple[str, str], str]) -> Iterator[Skipped]:
    for file in sorted({file for file, _ in set_aside}):
        names = sorted(soname for each, soname in set_aside if each == file)
        chosen = posixpath.basename(set_aside[file, names[0]])
        reason = f"built for {', '.join(names)}; `{chosen}` is the one for this system"
        yield Skipped(path=file, verdict=Verdict.ALTERNATIVE, reason=reason)
