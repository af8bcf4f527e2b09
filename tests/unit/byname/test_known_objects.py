"""Entries of the knowledge file about a distribution's own objects."""

from __future__ import annotations

from importlib.resources import files

import pytest

from pip_sysdeps.byname.known_objects import ObjectsKind, parse_known_objects, patterns_of
from pip_sysdeps.byname.named_needs import fits
from pip_sysdeps.byname.read_knowledge import known_objects, known_of
from pip_sysdeps.errors import MalformedError
from pip_sysdeps.system.toml import parse_toml

ENTRY = {"distribution": "toolkit", "plugins": ["*/a.so"], "why": "starts with it", "evidence": "a.so: a"}


def test_the_shipped_file() -> None:
    """Read piece by piece it says what it says as a whole, and each entry has its evidence."""
    whole = parse_known_objects(parse_toml(files("pip_sysdeps").joinpath("data/known.toml").read_text("utf-8")))
    entries = [each for of_one in known_objects().values() for each in of_one]
    assert sorted(whole, key=repr) == sorted(entries, key=repr)
    assert all(": " in each.evidence and each.patterns for each in entries)
    assert known_of("pyqt6-qt6") == (), "what is known of objects names nothing that is needed by name"


@pytest.mark.parametrize(
    "changes", [{"optional": ["*/b.so"]}, {"library": ["libx.so.1"]}, {"why": None}, {"confidence": "high"}]
)
def test_a_bad_entry(changes: dict[str, object]) -> None:
    """It is refused with its number."""
    table = {key: value for key, value in {**ENTRY, **changes}.items() if value is not None}
    with pytest.raises(MalformedError, match="an entry about objects needs") as caught:
        parse_known_objects({"need": [ENTRY, table]})
    assert caught.value.where == "need[1]"


def test_a_version() -> None:
    """An entry counts for the releases that it is about."""
    entries = parse_known_objects({"need": [{**ENTRY, "versions": "<6.3"}]})
    found = [patterns_of(entries, ObjectsKind.PLUGINS, version, fits) for version in ("6.2", "6.3", "odd")]
    assert [*map(bool, found)] == [True, False, True]
    assert not patterns_of(entries, ObjectsKind.OPTIONAL, "6.2", fits)
