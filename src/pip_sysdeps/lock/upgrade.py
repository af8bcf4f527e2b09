"""Convert locks of version 1 to version 2."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from pip_sysdeps.lock.arrangement import arrange
from pip_sysdeps.lock.document import LockedNeed, Unresolved
from pip_sysdeps.lock.evidence import without_hash

if TYPE_CHECKING:
    from pip_sysdeps.lock.document import LockedDistribution, LockedFile, Lockfile, Target

_Holder = TypeVar("_Holder", "LockedDistribution", "LockedFile")
_Evident = TypeVar("_Evident", LockedNeed, Unresolved)


def upgrade(lock: Lockfile) -> Lockfile:
    """Return a lock of version 1 with each need in its array, the install line, and no hashes of repair tools.

    Its unknown key `evidence` was dropped by the reader. It keeps its `lock_version`.
    """
    return replace(lock, target=tuple(arrange(_upgrade_target(target)) for target in lock.target))


def _upgrade_target(target: Target) -> Target:
    return replace(
        target,
        distribution=tuple(map(_upgrade_holder, target.distribution)),
        unattributed=tuple(map(_upgrade_holder, target.unattributed)),
        unresolved=tuple(map(_remove_hashes, target.unresolved)),
    )


def _upgrade_holder(holder: _Holder) -> _Holder:
    return replace(holder, needs=tuple(map(_remove_hashes, holder.needs)))


def _remove_hashes(need: _Evident) -> _Evident:
    return replace(need, by=tuple(dict.fromkeys(map(without_hash, need.by))))
