"""What distributions claim, settled: which of one name counts, and who has a file that several claim."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pip_sysdeps.elf.kinds import is_shared_object
from pip_sysdeps.environment.record import entry_of
from pip_sysdeps.model.environment import RecordKind, Skipped, Verdict
from pip_sysdeps.system.tree import inside

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pip_sysdeps.environment.record import Row
    from pip_sysdeps.model.environment import Distribution
    from pip_sysdeps.system.root import Root
    from pip_sysdeps.system.tree import Tree

_MOST_HASHED = 512 << 20
"""Bytes that are read to tell whose the files are that several claim."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One distribution with what its record says."""

    distribution: Distribution
    """Its `files` are empty yet."""
    rows: dict[str, Row]
    """Normalized path -> the row that claims it; it need not exist, and links are not followed yet."""
    notes: tuple[Skipped, ...]
    """What was odd."""


def without_echoes(claims: Iterable[Claim]) -> list[Claim]:
    """Leave out the metadata that the project of an editable install holds, where a `.pth` file puts it on the path."""
    projects: dict[str, str] = {}
    kept: list[Claim] = []
    for claim in claims:
        distribution = claim.distribution
        project = projects.get(distribution.name)
        if project is not None and inside(distribution.metadata_path, project):
            continue
        if distribution.record is RecordKind.EDITABLE:
            projects.setdefault(distribution.name, distribution.base)
        kept.append(claim)
    return kept


def existing_files(root: Root, claim: Claim, tree: Tree, notes: list[Skipped]) -> dict[str, Row]:
    """Return the files of a claim that exist, as resolved, each with its row; note those that may not be looked at."""
    found = {path: row for path, row in claim.rows.items() if path in tree.files}
    for path, row in claim.rows.items():
        if path in found:
            continue
        try:
            resolved = root.resolve(path)
            if resolved is not None and root.is_file(resolved):
                found[resolved] = row
        except PermissionError as error:
            notes.append(Skipped(path=path, verdict=Verdict.UNREADABLE, reason=str(error.strerror)))
    return found


def gone_objects(root: Root, claim: Claim, found: Mapping[str, Row]) -> tuple[str, ...]:
    """Return the shared objects, by their names, that a claim lists and that are not there, sorted."""
    absent = filter(is_shared_object, claim.rows.keys() - found.keys())
    return tuple(sorted(path for path in absent if not _exists(root, path)))


def _exists(root: Root, path: str) -> bool:
    try:
        return root.status(path) is not None
    except PermissionError:
        return True  # for all that this user can tell


def first_of_each_name(claims: Sequence[Claim]) -> tuple[list[int], list[Skipped]]:
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


def decide_owners(root: Root, claimed: Mapping[str, Mapping[str, Row]]) -> tuple[dict[str, str], list[Skipped]]:
    """Return each file's distribution, and the files that several claim: each is of the one whose hash it has."""
    owners: dict[str, str] = {}
    contested: dict[str, list[str]] = {}
    for name, rows in claimed.items():
        for path in rows:
            first = owners.setdefault(path, name)
            if first != name:
                contested.setdefault(path, [first]).append(name)
    overlaps: list[Skipped] = []
    hashes = _Hashes(root)
    for path, names in contested.items():
        owners[path] = _true_owner(root, hashes, path, {name: claimed[name][path] for name in names})
        losers = ", ".join(name for name in names if name != owners[path])
        reason = f"owned by {owners[path]}, also claimed by {losers}"
        overlaps.append(Skipped(path=path, verdict=Verdict.OVERLAP, reason=reason))
    return owners, overlaps


def _true_owner(root: Root, hashes: _Hashes, path: str, rows: Mapping[str, Row]) -> str:
    """Return whose size and hash the file has; the first, if all or none agree with it.

    A file is read only if its size does not tell already, and only so many bytes of all of them.
    """
    first = next(iter(rows))
    if len({row[1:] for row in rows.values()}) == 1:
        return first
    status = root.status(path)
    size = str(status.st_size) if status else ""
    fitting = [name for name, row in rows.items() if row[2] in {size, ""}]
    if len(fitting) == 1:
        return fitting[0]
    if status and status.st_size > _MOST_HASHED:
        return first
    return next((name for name in fitting if hashes.has(path, rows[name])), first)


class _Hashes:
    """The hashes of files that several distributions claim: each is read once for each algorithm, within bounds."""

    def __init__(self, root: Root) -> None:
        self._root = root
        self._left = _MOST_HASHED
        self._known: dict[tuple[str, str], str] = {}

    def has(self, path: str, row: Row) -> bool:
        """Return whether a file has the size and hash of a row; one that may not be read any more has not."""
        entry = entry_of(row)
        if entry is None or entry.hash_ is None:
            return False
        key = (path, entry.hash_.name)
        if key not in self._known:
            self._known[key] = self._hash(*key)
        return self._known[key] == entry.hash_.value

    def _hash(self, path: str, algorithm: str) -> str:
        """Return the hash as a RECORD has it, or nothing."""
        found = hashlib.new(algorithm)
        try:
            with self._root.open_file(path) as file:
                while block := file.read(1 << 20):
                    self._left -= len(block)
                    if self._left < 0:
                        return ""
                    found.update(block)
        except OSError:
            return ""
        return base64.urlsafe_b64encode(found.digest()).decode("ascii").rstrip("=")
