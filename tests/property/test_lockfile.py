"""Locks of every shape: what is written is read again, order does not matter, and what differs is reported."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from hypothesis import given, settings
from hypothesis import strategies as st

from pip_sysdeps.errors import MalformedLock
from pip_sysdeps.lock.arrangement import arrange
from pip_sysdeps.lock.document import (
    LockedDistribution,
    LockedFile,
    LockedNeed,
    LockedPackage,
    Lockfile,
    Target,
    Unresolved,
)
from pip_sysdeps.lock.merge import merge, sides_of
from pip_sysdeps.lock.staleness import differences
from pip_sysdeps.lock.text import dumps, has_conflict, loads

if TYPE_CHECKING:
    import random

_quickly = settings(deadline=None, max_examples=10)

SONAMES = ("liba.so.1", "libb.so", "libü.so.2")
PACKAGES = ("liba1", "libb2+", "libc6:i386")
FILES = ("a.py", "pkg/_c.abi3.so", 'odd "name" \\ here.so', "ö.so")

names = {
    "soname": st.builds(lambda text: {"soname": text}, st.sampled_from(SONAMES)),
    "any-of": st.builds(lambda texts: {"any_of": tuple(texts)}, st.lists(st.sampled_from(SONAMES), min_size=1)),
    "program": st.just({"program": "dot"}),
    "file": st.just({"file": "/etc/a b"}),
}
providers = st.one_of(
    st.builds(lambda name: {"package": name}, st.sampled_from(PACKAGES)),
    st.just({"class_": "host", "note": "the driver"}),
    st.just({"class_": "unowned", "path": "/usr/local/lib/x"}),
    st.builds(lambda name: {"class_": "distribution", "distribution": name}, st.sampled_from(("one", "two"))),
)
evidence = st.fixed_dictionaries(
    {
        "when": st.sampled_from(("import", "plugin", "dlopen")),
        "by": st.lists(st.sampled_from(FILES), max_size=3, unique=True).map(tuple),
        "by_more": st.integers(0, 3),
    }
)


def need(name: dict[str, Any], provider: dict[str, Any], facts: dict[str, Any]) -> LockedNeed:
    """Join the parts of a need."""
    return LockedNeed(**name, **provider, **facts)


needs = st.lists(st.builds(need, st.one_of(*names.values()), providers, evidence), max_size=3).map(tuple)
distributions = st.lists(
    st.builds(
        LockedDistribution,
        name=st.sampled_from(("one", "two", "three")),
        version=st.sampled_from(("", "1.0", "2.0")),
        source=st.sampled_from(("", "local")),
        vendored=st.lists(st.sampled_from(("one.libs", "two/lib")), unique=True).map(tuple),
        needs=needs,
    ),
    max_size=3,
    unique_by=lambda each: each.name,
).map(tuple)
unattributed = st.lists(
    st.builds(LockedFile, file=st.sampled_from(("bin/uwsgi", "x y.so")), needs=needs),
    max_size=2,
    unique_by=lambda each: each.file,
).map(tuple)


def unresolved_one(name: dict[str, Any], distribution: str, facts: dict[str, Any]) -> Unresolved:
    """Join the parts of an unresolved need."""
    return Unresolved(**name, distribution=distribution, **facts)


unresolved = st.lists(
    st.builds(unresolved_one, st.one_of(*names.values()), st.sampled_from(("", "one")), evidence), max_size=3
).map(tuple)


@st.composite
def targets(draw: st.DrawFn) -> Target:
    """Draw a target that keeps the rules."""
    target = Target(
        id=draw(st.sampled_from(("debian-bookworm-amd64", "debian-trixie-amd64", "ubuntu-noble-arm64-web"))),
        distro="debian",
        release=draw(st.sampled_from(("", "12"))),
        architecture="amd64",
        package_manager="dpkg",
        libc="glibc",
        python="cp311",
        distribution=draw(distributions),
        unattributed=draw(unattributed),
        unresolved=draw(unresolved),
    )
    wanted = sorted({each.package for _, each in target.needs() if each.package})
    return replace(target, package=tuple(LockedPackage(name=name, base=draw(st.booleans())) for name in wanted))


locks = st.lists(targets(), max_size=3, unique_by=lambda each: each.id).map(tuple)


@_quickly
@given(locks)
def test_what_is_written_is_read_again(chosen: tuple[Target, ...]) -> None:
    """To the same values, and from those to the same text."""
    text = dumps(Lockfile(target=chosen))
    read = loads(text)
    assert read.target == tuple(arrange(each) for each in sorted(chosen, key=lambda each: each.id))
    assert dumps(read) == text


@_quickly
@given(targets(), st.randoms(use_true_random=False))
def test_order_does_not_matter(target: Target, chance: random.Random) -> None:
    """Of distributions, needs, packages and files."""
    mixed = replace(
        target,
        distribution=shuffled(
            [replace(each, needs=shuffled(each.needs, chance)) for each in target.distribution], chance
        ),
        unresolved=shuffled(target.unresolved, chance),
        unattributed=shuffled(target.unattributed, chance),
        package=shuffled(target.package, chance),
    )
    assert dumps(Lockfile(target=(mixed,))) == dumps(Lockfile(target=(target,)))


def shuffled(items: Any, chance: random.Random) -> tuple[Any, ...]:  # noqa: ANN401 - the parts of any document
    """Return the items in another order."""
    return tuple(chance.sample(list(items), len(items)))


PARTS = ("python", "distribution", "unattributed", "unresolved", "package")


@_quickly
@given(targets(), targets(), st.sets(st.sampled_from(PARTS), max_size=2))
def test_something_is_said_exactly_if_the_block_differs(locked: Target, other: Target, changed: set[str]) -> None:
    """`lock --check` and `lock` agree on what stale means, whichever parts have changed."""
    found = replace(locked, **{part: getattr(other, part) for part in changed})
    assert (differences(locked, found) == ()) == (arrange(locked) == arrange(found))


@_quickly
@given(locks, targets())
def test_other_targets_stay_as_they_are(chosen: tuple[Target, ...], target: Target) -> None:
    """And our own is replaced, wherever it stands."""
    text = merge(dumps(Lockfile(target=chosen)), target, add_target=True)
    others = tuple(each for each in chosen if each.id != target.id)
    assert text == dumps(Lockfile(target=(*others, target)))
    assert merge(text, target, add_target=False) == text


@_quickly
@given(locks, locks, st.booleans())
def test_both_sides_of_a_conflict_come_back(
    ours: tuple[Target, ...],
    theirs: tuple[Target, ...],
    base: bool,
) -> None:
    """Whatever git put between the markers, with and without the common ancestor."""
    one, other = dumps(Lockfile(target=ours)), dumps(Lockfile(target=theirs))
    ancestor = f"||||||| base\n{one}" if base else ""
    assert sides_of(f"<<<<<<< HEAD\n{one}{ancestor}=======\n{other}>>>>>>> branch\n") == (one, other)


@_quickly
@given(st.text())
def test_any_text_is_a_lock_or_is_refused(text: str) -> None:
    """No other exception leaves the reader."""
    with suppress(MalformedLock):
        loads(text)
    with suppress(MalformedLock):
        loads(f'lock-version = "2.0"\n{text}')


@_quickly
@given(locks, st.integers(0), st.binary(max_size=3), st.integers(0, 3))
def test_a_damaged_lock_is_a_lock_or_is_refused(chosen: tuple[Target, ...], place: int, put: bytes, drop: int) -> None:
    """A few bytes changed, anywhere: never another exception, and what is read keeps the rules."""
    text = dumps(Lockfile(target=chosen)).encode()
    place %= len(text)
    damaged = (text[:place] + put + text[place + drop :]).decode("utf-8", "replace")
    if has_conflict(damaged):
        return
    try:
        lock = loads(damaged)
    except MalformedLock:
        return
    dumps(lock)
