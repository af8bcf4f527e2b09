"""Locks of version 1 are read, and written as version 2."""

from __future__ import annotations

import pytest

from builders.locked import TARGET_FACTS
from builders.small_debian import HEADER, LOCK, MODULE, TARGET
from pip_sysdeps.errors import MalformedLock
from pip_sysdeps.lock.merge import merge
from pip_sysdeps.lock.text import dumps, loads

OLD_TARGET = f"""\
[[target]]
{TARGET_FACTS}needs-glibc = "2.14"
needs-glibc-by = "psycopg2"

[[target.distribution]]
name = "psycopg2"
version = "2.9.9"
wheel = "cp311-cp311-linux_x86_64"
source = "local"

[[target.distribution.needs]]
soname = "libpq.so.5"
package = "libpq5"
when = "import"
by = ["{MODULE}"]
evidence = "none of the lock's business"

[[target.package]]
name = "libpq5"
"""
OLD = f'lock-version = "1.0"\n\n{OLD_TARGET}'


def test_a_lock_of_version_1_means_the_same() -> None:
    """Its needs stand in their arrays, and the line is computed."""
    assert loads(OLD).target == loads(LOCK).target
    assert (loads(OLD).is_old, loads(OLD).warning()) == (True, "")
    assert dumps(loads(OLD)) == LOCK


def test_needs_find_their_array() -> None:
    """Needs of plugins go to `offered`, those of base packages to `base`, and hashes are removed."""
    needs = """
[[target.distribution.needs]]
soname = "libz.so.1"
package = "zlib1g"
when = "plugin"
by = ["psycopg2_binary.libs/libssl-0123abcd.so.3"]

[[target.distribution.needs]]
soname = "libodd.so.1"
package = "libodd1"
when = "plugin"
by = ["psycopg2_binary.libs/libssl-0123abcd.so.3"]

[[target.package]]
name = "zlib1g"
base = true

[[target.package]]
name = "libodd1"
"""
    (one,) = loads(OLD + needs).target[0].distribution
    assert [need.name for need in one.needs] == ["libpq.so.5"]
    assert [(need.name, need.by) for need in one.offered] == [("libodd.so.1", ("psycopg2_binary.libs/libssl.so.3",))]
    assert [(each.package, each.sonames) for each in one.base] == [("zlib1g", ("libz.so.1",))]


def test_lock_writes_every_target_anew() -> None:
    """One file has one version."""
    own = loads(LOCK).target[0]
    other = OLD_TARGET.replace("bookworm", "trixie")
    text = merge(f"{OLD}\n{other}", own, add_target=False)
    assert text == f"{HEADER}\n{TARGET}\n{TARGET.replace('bookworm', 'trixie')}"


def test_a_conflict_between_the_versions_is_settled() -> None:
    """The sides of another target agree if they mean the same."""
    own = loads(LOCK).target[0]
    other = TARGET.replace("bookworm", "trixie")
    sides = f"<<<<<<< HEAD\n{OLD}\n{OLD_TARGET.replace('bookworm', 'trixie')}=======\n{HEADER}\n{other}>>>>>>> b\n"
    assert merge(sides, own, add_target=True) == f"{HEADER}\n{TARGET}\n{other}"


def test_the_rules_of_version_1_hold() -> None:
    """A package that no entry names, and a hostile name."""
    with pytest.raises(MalformedLock, match=r"`libpq6` has no entry in `package`"):
        loads(OLD.replace('package = "libpq5"', 'package = "libpq6"'))
    with pytest.raises(MalformedLock, match="is not a valid binary package name"):
        loads(OLD.replace('"libpq5"', '"libpq5-"'))
