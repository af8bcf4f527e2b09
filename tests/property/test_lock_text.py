"""What is written is what tomlkit reads, and is read as it was."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import tomlkit
from hypothesis import given, settings
from hypothesis import strategies as st

from pip_sysdeps.lock.document import (
    LockedDistribution,
    LockedFile,
    LockedNeed,
    LockedPackage,
    Lockfile,
    Target,
    Unresolved,
)
from pip_sysdeps.lock.text import dumps, loads

TEXT = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=9)
PATHS = st.lists(TEXT, max_size=3, unique=True).map(tuple)
PACKAGES = ("libpq5", "zlib1g", "libc6:i386")
WHEN = st.sampled_from(["import", "plugin", "later"])


def values(kind: type, **given: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Draw values of a kind from what is drawn for its fields."""
    return st.builds(kind, **given)


NEED = values(
    LockedNeed,
    soname=TEXT,
    package=st.sampled_from(PACKAGES),
    when=WHEN,
    by=PATHS,
    by_more=st.integers(0, 99),
    note=TEXT,
)
OTHER = values(
    LockedNeed, any_of=PATHS.filter(bool), class_=st.just("unowned"), path=TEXT, when=WHEN, policy=st.booleans()
)
NEEDS = st.lists(NEED | OTHER, max_size=3).map(tuple)
TARGET = values(
    Target,
    id=st.just("debian-bookworm-amd64"),
    distro=st.just("debian"),
    release=st.sampled_from(["", "12"]),
    architecture=st.just("amd64"),
    package_manager=st.just("dpkg"),
    libc=st.just("glibc"),
    python=st.just("cp311"),
    library_path=PATHS,
    distribution=st.lists(
        values(LockedDistribution, name=st.sampled_from("abc"), version=st.just("1"), vendored=PATHS, needs=NEEDS),
        max_size=2,
        unique_by=lambda each: each.name,
    ).map(tuple),
    unattributed=st.lists(values(LockedFile, file=TEXT, needs=NEEDS), max_size=2, unique_by=lambda each: each.file).map(
        tuple
    ),
    unresolved=st.lists(values(Unresolved, program=TEXT, when=WHEN, by=PATHS), max_size=2).map(tuple),
    package=st.just(tuple(LockedPackage(name=name, base=name == "zlib1g", min="1~") for name in sorted(PACKAGES))),
)


def table(document: object) -> dict[str, Any]:
    """Return what TOML has: filled fields alone."""
    found: dict[str, Any] = {}
    for each in fields(document):  # type: ignore[arg-type] # every value here is a dataclass
        value, key = getattr(document, each.name), each.name.rstrip("_").replace("_", "-")
        if value and "of" in each.metadata:
            found[key] = [table(inner) for inner in value]
        elif value:
            found[key] = list(value) if isinstance(value, tuple) else value
    return found


@settings(deadline=None)
@given(TARGET)
def test_written_as_tomlkit_reads(target: Target) -> None:
    """A lock holds what tomlkit finds in its text, which tomlkit would write alike; reading gives it again."""
    text = dumps(Lockfile(target=(target,)))
    document = tomlkit.parse(text)
    lock = loads(text)
    (expected,) = [table(each) for each in lock.target]
    rows = document.unwrap()["target"][0].get("package", [])
    implied = [each for each in expected.get("package", []) if each not in rows]
    assert all(each.keys() <= {"name", "base"} for each in implied)
    found = {**document.unwrap()["target"][0], "package": sorted((*rows, *implied), key=lambda each: each["name"])}
    assert found == {"package": [], **expected}
    assert tomlkit.dumps(document) == text
    assert dumps(lock) == text
    assert {each.name for each in lock.target[0].distribution} == {each.name for each in target.distribution}
