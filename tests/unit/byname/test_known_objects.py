"""Entries of the knowledge file about a distribution's own objects."""

from __future__ import annotations

import pytest

from pip_sysdeps.byname.knowledge import ObjectsKind, known_patterns, parse_known
from pip_sysdeps.byname.named_needs import fits
from pip_sysdeps.byname.read_knowledge import known_objects, known_of
from pip_sysdeps.errors import MalformedError

ENTRY = {"distribution": "toolkit", "plugins": ["*/a.so"], "why": "starts with it", "evidence": "a.so: a"}


def test_the_shipped_file() -> None:
    """Each entry has its evidence, and names nothing that is needed by name."""
    entries = [each for of_one in known_objects().values() for each in of_one]
    assert all(": " in each.evidence and each.names for each in entries)
    assert {each.kind for each in entries} == {*ObjectsKind}
    assert known_of("pyqt6-qt6") == ()


@pytest.mark.parametrize(
    "changes", [{"optional": ["*/b.so"]}, {"library": ["libx.so.1"]}, {"why": None}, {"confidence": "high"}]
)
def test_a_bad_entry(changes: dict[str, object]) -> None:
    """It is refused with its number."""
    table = {key: value for key, value in {**ENTRY, **changes}.items() if value is not None}
    with pytest.raises(MalformedError, match="an entry needs") as caught:
        parse_known({"need": [ENTRY, table]})
    assert caught.value.where == "need[1]"


def test_a_version() -> None:
    """An entry counts for the releases that it is about."""
    entries = parse_known({"need": [{**ENTRY, "versions": "<6.3"}]})
    found = [known_patterns(entries, ObjectsKind.PLUGINS, version, fits) for version in ("6.2", "6.3", "odd")]
    assert [*map(bool, found)] == [True, False, True]
    assert not known_patterns(entries, ObjectsKind.OPTIONAL, "6.2", fits)
