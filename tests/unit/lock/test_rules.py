"""Rules of a lock beyond single values."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from builders.locked import locked, need, target
from pip_sysdeps.lock.document import LockedBase, LockedFile, LockedNeed, LockedPackage, Lockfile, Unresolved
from pip_sysdeps.lock.rules import problems_of_line, problems_of_lock

if TYPE_CHECKING:
    from pip_sysdeps.lock.document import Target

PQ = need("libpq.so.5", "libpq5")
MAGIC = need("libmagic.so.1", "libmagic1", "dlopen", confidence="medium")
ONE = target(locked("one", PQ), installs=("libpq5",))
NAMES = "needs exactly one of soname, any-of, program and file"
ANSWERS = "needs exactly one of package, capability and class"


def with_needs(*needs: LockedNeed, **changes: object) -> Target:
    """Return a target whose only distribution has these needs."""
    return target(locked("one", *needs), **changes)


@pytest.mark.parametrize(
    ("subject", "problems"),
    [
        (ONE, []),
        (target(locked("one"), locked("one")), ["distribution[1].name: `one` is repeated"]),
        (
            target(unattributed=(LockedFile(file="a.so"), LockedFile(file="a.so"))),
            ["unattributed[1].file: `a.so` is repeated"],
        ),
        (with_needs(replace(PQ, program="gs")), [f"distribution[0].needs[0]: {NAMES}"]),
        (with_needs(replace(PQ, soname="")), [f"distribution[0].needs[0]: {NAMES}"]),
        (with_needs(replace(PQ, soname="", policy=True)), []),
        (with_needs(need("", policy=True, class_="ignored")), [f"distribution[0].needs[0]: {NAMES}"]),
        (with_needs(replace(PQ, program="gs", policy=True)), [f"distribution[0].needs[0]: {NAMES}"]),
        (with_needs(replace(PQ, class_="host")), [f"distribution[0].needs[0]: {ANSWERS}"]),
        (with_needs(need("libpq.so.5")), [f"distribution[0].needs[0]: {ANSWERS}"]),
        (with_needs(PQ, package=()), ["distribution[0].needs[0].package: `libpq5` has no entry in `package`"]),
        (with_needs(need("liba.so.1", class_="unowned")), ["distribution[0].needs[0].path: is missing"]),
        (
            with_needs(replace(PQ, package="libpq5-")),
            ["distribution[0].needs[0].package: `libpq5-` is not a valid binary package name (Debian Policy 5.6.1)"],
        ),
        (with_needs(replace(PQ, package="libpq5-"), package_manager="later"), []),
        (
            with_needs(need("liba.so.1", capability="so:liba.so.1")),
            ["distribution[0].needs[0].capability: `so:liba.so.1` is not a valid capability of dpkg"],
        ),
        (
            target(locked("one", base=(LockedBase(package="-c", sonames=("libc.so.6",)),))),
            [
                "distribution[0].base[0].package: `-c` is not a valid binary package name (Debian Policy 5.6.1)",
            ],
        ),
        (
            target(locked("one", base=(LockedBase(package="libc6"),))),
            ["distribution[0].base[0]: needs at least one of sonames, programs and files"],
        ),
        (target(locked("one", base=(LockedBase(package="libc6", files=("/etc/x",)),))), []),
        (
            target(package=(LockedPackage(name="-x", min="1", version="(2)", provides=("a",)),)),
            [
                "package[0].name: `-x` is not a valid binary package name (Debian Policy 5.6.1)",
                "package[0].provides[0]: `a` is not a valid capability of dpkg",
                "package[0].version: `(2)` is not a valid binary package version (Debian Policy 5.6.12)",
            ],
        ),
        (
            target(unresolved=(Unresolved(soname="liba.so.1", program="a", when="import"),)),
            [f"unresolved[0]: {NAMES}"],
        ),
        (
            with_needs(replace(PQ, package="x" * 70 + "/"), package=(LockedPackage(name="x" * 70 + "/"),)),
            [
                (
                    f"distribution[0].needs[0].package: `{'x' * 60}` is not a valid binary package name "
                    "(Debian Policy 5.6.1)"
                )
            ],
        ),
    ],
)
def test_a_violation_is_at_its_key(subject: Target, problems: list[str]) -> None:
    """A name that a need has is refused there, once; those of an unknown package manager are not checked."""
    assert [str(each) for each in problems_of_lock(Lockfile(target=(subject,)))] == [
        f"target[0].{each}" for each in problems
    ]


def test_ids_of_targets_are_unique() -> None:
    """The error is at the second one."""
    assert [str(each) for each in problems_of_lock(Lockfile(target=(ONE, ONE)))] == [
        "target[1].id: `debian-bookworm-amd64` is repeated"
    ]


@pytest.mark.parametrize(
    ("subject", "problems"),
    [
        (ONE, []),
        (replace(ONE, installs=()), ["installs: does not match the needs: +libpq5"]),
        (replace(ONE, installs=("a", "b")), ["installs: does not match the needs: +libpq5, -a, -b"]),
        (replace(ONE, installs=("libpq5", "libpq5")), ["installs: does not match the needs: names are repeated"]),
        (with_needs(MAGIC), ["distribution[0].needs[0]: belongs in `offered`"]),
        (
            target(locked("one", offered=(MAGIC, PQ)), installs=("libpq5",)),
            ["distribution[0].offered[1]: belongs in `needs`"],
        ),
        (
            replace(ONE, package=(LockedPackage(name="libpq5", base=True),), installs=()),
            ["distribution[0].needs[0]: belongs in `base`"],
        ),
        (target(locked("one", MAGIC, when=("dlopen",)), installs=("libmagic1",)), []),
        (target(locked("one", MAGIC), when=("dlopen",), installs=("libmagic1",)), []),
        (
            target(unattributed=(LockedFile(file="a.so", needs=(MAGIC,)),), package=(LockedPackage(name="libmagic1"),)),
            ["unattributed[0].needs[0]: belongs in `offered`"],
        ),
    ],
)
def test_the_line_follows_from_the_needs(subject: Target, problems: list[str]) -> None:
    """A lock that was edited by hand, or merged badly, installs something else."""
    assert [str(each) for each in problems_of_line(Lockfile(target=(subject,)))] == [
        f"target[0].{each}" for each in problems
    ]
