"""The order of a target's parts, and the array of each need."""

from __future__ import annotations

from dataclasses import replace

import pytest

from builders.locked import locked, need, target
from pip_sysdeps.lock.arrangement import arrange, array_of
from pip_sysdeps.lock.document import LockedBase, LockedFile, LockedNeed, LockedPackage, Unresolved

PQ = need("libpq.so.5", "libpq5", by=("b.so", "a.so"))
SORTED_PQ = replace(PQ, by=("a.so", "b.so"))
MAGIC = need("libmagic.so.1", "libmagic1", "dlopen", confidence="medium")
M, C = need("libm.so.6", "libc6"), need("", "libc6", any_of=("libdl.so.2", "libc.so.6"))
LDD = LockedNeed(program="ldd", package="libc6", when="exec")
PACKAGES = tuple(LockedPackage(name=name, base=name == "libc6") for name in ("libpq5", "libmagic1", "libc6"))


@pytest.mark.parametrize(
    ("one", "when", "expected"),
    [
        (PQ, (), "needs"),
        (MAGIC, (), "offered"),
        (MAGIC, ("dlopen",), "needs"),
        (M, ("plugin",), "base"),
        (replace(M, policy=True), (), "needs"),
        (replace(M, when="plugin", policy=True), (), "offered"),
        (need("libcuda.so.1", class_="host"), (), "needs"),
        (need("libcuda.so.1", class_="host", when="plugin"), (), "offered"),
    ],
)
def test_the_array_of_a_need(one: LockedNeed, when: tuple[str, ...], expected: str) -> None:
    """A need with a class is where it would be with a package; a decision is never among base packages."""
    assert array_of(one, when, {"libc6"}) == expected


def test_a_target_is_written_in_one_order() -> None:
    """Whatever the order and the arrays were; the install line follows."""
    gone, gone_too = (Unresolved(soname="libx.so.1", when="import", distribution=name, by=("b", "a")) for name in "ab")
    other = replace(gone, when="dlopen")
    mixed = target(
        locked("two", M, MAGIC, when=("dlopen",)),
        locked("one", MAGIC, PQ, LDD, C, M, offered=(PQ,), vendored=("y.libs", "x.libs")),
        unattributed=(LockedFile(file="b.so", needs=(MAGIC,)), LockedFile(file="a.so", offered=(PQ,))),
        unresolved=(gone_too, gone, other),
        package=PACKAGES,
        installs=("other",),
    )
    libc = LockedBase(package="libc6", sonames=("libc.so.6", "libdl.so.2", "libm.so.6"), programs=("ldd",))
    by = ("a", "b")
    assert arrange(mixed) == target(
        locked("one", SORTED_PQ, SORTED_PQ, offered=(MAGIC,), base=(libc,), vendored=("x.libs", "y.libs")),
        locked("two", MAGIC, when=("dlopen",), base=(LockedBase(package="libc6", sonames=("libm.so.6",)),)),
        unattributed=(LockedFile(file="a.so", needs=(SORTED_PQ,)), LockedFile(file="b.so", offered=(MAGIC,))),
        unresolved=(replace(other, by=by), replace(gone, by=by), replace(gone_too, by=by)),
        package=PACKAGES[::-1],
        installs=("libmagic1", "libpq5"),
    )
    assert arrange(arrange(mixed)) == arrange(mixed)
