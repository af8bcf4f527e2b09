"""Convert locks of version 1 to version 2."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from pip_sysdeps.lock.arrangement import ordered
from pip_sysdeps.lock.document import LockedNeed, Unresolved
from pip_sysdeps.lock.evidence import without_hash

if TYPE_CHECKING:
    from pip_sysdeps.lock.document import LockedDistribution, LockedFile, Lockfile, Target

_Holder = TypeVar("_Holder", "LockedDistribution", "LockedFile")
_Evident = TypeVar("_Evident", LockedNeed, Unresolved)


def upgraded(lock: Lockfile) -> Lockfile:
    """Return a lock of version 1 with each need in its array, the install line, and no hashes of repair tools.

    Its `evidence` is dropped already, like any unknown key. It keeps its `lock_version`.
    """
    return replace(lock, target=tuple(ordered(_upgraded(target)) for target in lock.target))


def _upgraded(target: Target) -> Target:
    return replace(
        target,
        distribution=tuple(map(_holder, target.distribution)),
        unattributed=tuple(map(_holder, target.unattributed)),
        unresolved=tuple(map(_evident, target.unresolved)),
    )


def _holder(holder: _Holder) -> _Holder:
    return replace(holder, needs=tuple(map(_evident, holder.needs)))


def _evident(need: _Evident) -> _Evident:
    return replace(need, by=tuple(dict.fromkeys(map(without_hash, need.by))))
