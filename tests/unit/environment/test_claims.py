"""Conflicting claims: distributions with the same name, and files of several distributions."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING

import pytest

from builders.facts import distribution
from builders.root import link, write
from pip_sysdeps.environment.claims import (
    Claim,
    assign_owners,
    drop_editable_duplicates,
    existing_files,
    first_of_each_name,
    missing_objects_of,
)
from pip_sysdeps.model.environment import RecordKind, Skipped, Verdict
from pip_sysdeps.system.root import Root
from pip_sysdeps.system.tree import Tree

if TYPE_CHECKING:
    from pathlib import Path

    from pip_sysdeps.environment.record import Row


def claim(name: str, *paths: str, place: str = "/env/site", **changes: object) -> Claim:
    """Return the claim of a distribution with rows without hashes."""
    one = distribution(name)._replace(metadata_path=f"{place}/{name}.dist-info", **changes)  # type: ignore[arg-type]
    return Claim(distribution=one, rows={path: (path, "", "") for path in paths}, notes=())


def test_metadata_inside_an_editable_project_is_a_copy() -> None:
    """Of the same name, after the install; another distribution in that folder, or an earlier one, is not."""
    editable = claim("one", record=RecordKind.EDITABLE, base="/work/one")
    echo, other = claim("one", place="/work/one"), claim("two", place="/work/one")
    beside = claim("one", place="/work/one-more")
    assert drop_editable_duplicates([echo, editable, echo, other, beside]) == [echo, editable, other, beside]


def test_the_first_of_each_name_hides_the_others() -> None:
    """The first distribution of a name on `sys.path` counts."""
    claims = [claim("one"), claim("two"), claim("one", place="/usr/lib")]
    reason = "one 1.0 at /env/site/one.dist-info comes first"
    shadowed = Skipped(path="/usr/lib/one.dist-info", verdict=Verdict.SHADOWED, reason=reason)
    assert first_of_each_name(claims) == ([0, 1], [shadowed])


def test_files_of_a_claim_that_exist(tmp_path: Path) -> None:
    """Resolved; folders and files that are gone are not, and shared objects that are gone are told."""
    write(tmp_path / "env/real.so")
    link(tmp_path / "env/link.so", "real.so")
    link(tmp_path / "env/broken.so", "nowhere.so")
    (tmp_path / "env/folder").mkdir()
    rows = (
        "/env/link.so",
        "/env/folder",
        "/env/gone.py",
        "/env/gone.so.1",
        "/env/broken.so",
        "/env/walked.so",
        "/t.so",
    )
    one = claim("one", *rows)._replace(walked=frozenset({"/env/walked.so"}))
    root, notes = Root(str(tmp_path)), list[Skipped]()
    found = existing_files(root, one, Tree(files=frozenset({"/t.so"}), skipped=()), notes)
    assert {path: row[0] for path, row in found.items()} == {
        "/env/walked.so": "/env/walked.so",
        "/t.so": "/t.so",
        "/env/real.so": "/env/link.so",
    }
    assert notes == []
    assert missing_objects_of(root, one, found) == ("/env/broken.so", "/env/gone.so.1")


FILE = "/env/shared.py"


def row(content: bytes | None = b"yes", size: str = "3") -> Row:
    """Return the row of a file with this content."""
    if content is None:
        return (FILE, "", size)
    digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).decode().rstrip("=")
    return (FILE, f"sha256={digest}", size)


@pytest.mark.parametrize(
    ("one", "two", "owner"),
    [
        (row(), row(), "one"),
        (row(b"old"), row(), "two"),
        (row(), row(b"old"), "one"),
        (row(b"old"), row(b"new"), "one"),
        (row(b"other", "5"), row(b"new", "3"), "two"),
        (row(b"old", ""), row(size=""), "two"),
        (row(None, ""), row(), "two"),
        (row(None, "4"), row(None, "5"), "one"),
    ],
)
def test_the_owner_of_a_file_with_two_claims(tmp_path: Path, one: Row, two: Row, owner: str) -> None:
    """The size decides, then the hash; the first if all or none fit."""
    write(tmp_path / FILE.lstrip("/"), b"yes")
    other = "two" if owner == "one" else "one"
    reason = f"owned by {owner}, also claimed by {other}"
    own: Row = ("/env/own.py", "", "")
    claimed = {"one": {FILE: one, "/env/own.py": own}, "two": {FILE: two}}
    assert assign_owners(Root(str(tmp_path)), claimed) == (
        {FILE: owner, "/env/own.py": "one"},
        [Skipped(path=FILE, verdict=Verdict.OVERLAP, reason=reason)],
    )
