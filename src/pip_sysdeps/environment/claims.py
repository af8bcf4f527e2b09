"""Resolve conflicting claims: distributions with the same name, and files of several distributions."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

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
"""Limit on the bytes that are hashed to find the owners of shared files."""


class Claim(NamedTuple):
    """One distribution with its record."""

    distribution: Distribution
    """The distribution; its `files` are still empty."""
    rows: dict[str, Row]
    """Normalized path -> its row; the path may not exist, and links are not resolved."""
    notes: tuple[Skipped, ...]
    """Problems of the record."""
    walked: frozenset[str] = frozenset()
    """Resolved paths of rows that a walk found, so they exist."""


def drop_editable_duplicates(claims: Iterable[Claim]) -> list[Claim]:
    """Drop the metadata in an editable project, which is found a second time if a `.pth` file adds its folder."""
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
    """Return the existing files of a claim, resolved, each with its row; unreadable ones are added to `notes`."""
    found = {path: row for path, row in claim.rows.items() if path in tree.files or path in claim.walked}
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


def missing_objects_of(root: Root, claim: Claim, found: Mapping[str, Row]) -> tuple[str, ...]:
    """Return the shared objects of a claim that do not exist, sorted."""
    absent = filter(is_shared_object, claim.rows.keys() - found.keys())
    return tuple(sorted(path for path in absent if not _exists(root, path)))


def _exists(root: Root, path: str) -> bool:
    try:
        return root.status(path) is not None
    except PermissionError:
        return True  # assume so


def first_of_each_name(claims: Sequence[Claim]) -> tuple[list[int], list[Skipped]]:
    """Return the indices of the distributions that Python finds, and notes about those that they hide."""
    first: dict[str, int] = {}
    shadowed: list[Skipped] = []
    for index, claim in enumerate(claims):
        distribution = claim.distribution
        winner = claims[first.setdefault(distribution.name, index)].distribution
        if winner is not distribution:
            reason = f"{winner.name} {winner.version} at {winner.metadata_path} comes first"
            shadowed.append(Skipped(path=distribution.metadata_path, verdict=Verdict.SHADOWED, reason=reason))
    return list(first.values()), shadowed


def assign_owners(root: Root, claimed: Mapping[str, Mapping[str, Row]]) -> tuple[dict[str, str], list[Skipped]]:
    """Return the owner of each file, and notes about files with several claims.

    Such a file belongs to the claim with its hash.
    """
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
        owners[path] = _owner_by_hash(root, hashes, path, {name: claimed[name][path] for name in names})
        losers = ", ".join(name for name in names if name != owners[path])
        reason = f"owned by {owners[path]}, also claimed by {losers}"
        overlaps.append(Skipped(path=path, verdict=Verdict.OVERLAP, reason=reason))
    return owners, overlaps


def _owner_by_hash(root: Root, hashes: _Hashes, path: str, rows: Mapping[str, Row]) -> str:
    """Return the owner whose size and hash match; the first one if all or none match.

    A file is read only if its size is not enough, and only up to a total limit.
    """
    first = next(iter(rows))
    if len({row[1:] for row in rows.values()}) == 1:
        return first
    status = root.status(path)
    size = str(status.st_size) if status else ""
    same_size = [name for name, row in rows.items() if row[2] in {size, ""}]
    if len(same_size) == 1:
        return same_size[0]
    if status and status.st_size > _MOST_HASHED:
        return first
    return next((name for name in same_size if hashes.has(path, rows[name])), first)


class _Hashes:
    """The hashes of files with several claims: each is read once per algorithm, with a limit."""

    def __init__(self, root: Root) -> None:
        self._root = root
        self._left = _MOST_HASHED
        self._known: dict[tuple[str, str], str] = {}

    def has(self, path: str, row: Row) -> bool:
        """Return whether a file has the hash of a row; False for a row without one, and beyond the limit."""
        entry = entry_of(row)
        if entry is None or entry.hash_ is None:
            return False
        key = (path, entry.hash_.name)
        if key not in self._known:
            self._known[key] = self._hash(*key)
        return self._known[key] == entry.hash_.value

    def _hash(self, path: str, algorithm: str) -> str:
        """Return the hash in the form of a RECORD; empty if the file cannot be read."""
        import base64  # noqa: PLC0415 - for contested files only
        import hashlib  # noqa: PLC0415 - as above

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
