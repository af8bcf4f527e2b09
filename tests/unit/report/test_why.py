"""Chains of evidence."""

from __future__ import annotations

from dataclasses import replace

import pytest

from builders.facts import distribution, found, load, not_found, scan_of, way
from builders.locked import target as locked_target
from pip_sysdeps.lock import document as lockfile
from pip_sysdeps.model.needs import DistributionNeeds, FromDistribution, FromPackage, Missing, Need, Unattributed, When
from pip_sysdeps.report.why import Chain, Hop, LockedChain, why, why_locked

ROOT, MIDDLE, END = "/env/site/m.abi3.so", "/env/site/one.libs/liba.so", "/lib/libpq.so.5"
TO_MIDDLE, TO_END, MISSED = found(MIDDLE), found(END), not_found("libGL.so.1")
PQ = Need(soname="libpq.so.5", when=When.IMPORT, by=(MIDDLE,), provider=FromPackage(package="libpq5", path=END))
GL = Need(soname="libGL.so.1", when=When.IMPORT, by=(ROOT,), provider=Missing())
WAYS = {"one": way("app", "one")}

SCAN = scan_of(
    DistributionNeeds(distribution=distribution("one", ROOT, MIDDLE), needs=(GL, PQ), vendored=(), glibc=""),
    loads=(load(When.IMPORT, {ROOT: (TO_MIDDLE, MISSED), MIDDLE: (TO_END,)}),),
)
TO_PQ = Chain(
    requirement_chain=WAYS["one"],
    hops=(Hop(file=ROOT, resolution=TO_MIDDLE), Hop(file=MIDDLE, resolution=TO_END)),
    need=PQ,
)
TO_GL = Chain(requirement_chain=WAYS["one"], hops=(Hop(file=ROOT, resolution=MISSED),), need=GL)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("libpq5", (TO_PQ,)),
        ("libpq.so.5", (TO_PQ,)),
        (END, (TO_PQ,)),
        (MIDDLE, (TO_PQ,)),
        ("one.libs/liba.so", (TO_PQ,)),
        ("liba.so", (TO_PQ,)),
        ("libGL.so.1", (TO_GL,)),
        ("one", (TO_GL, TO_PQ)),
        ("One", (TO_GL, TO_PQ)),
        ("two", ()),
        ("so", ()),
        ("", ()),
    ],
)
def test_a_name_is_a_package_a_soname_a_distribution_or_a_file(name: str, expected: tuple[Chain, ...]) -> None:
    """Each leads to the same chains, from what was asked for down."""
    assert why(SCAN, name, WAYS) == expected


def test_a_library_that_only_its_own_distribution_needs() -> None:
    """Its chain shows who loads it, though nobody has to install anything."""
    distribution_needs = SCAN.distributions[0]._replace(needs=())
    scan = SCAN._replace(distributions=(distribution_needs,))
    (chain,) = why(scan, "one.libs/liba.so", WAYS)
    assert chain.hops == (Hop(file=ROOT, resolution=TO_MIDDLE),)
    assert chain.need.provider == FromDistribution(distribution="one", path=MIDDLE, by_loader=True)
    assert why(scan, "libpq.so.5", WAYS) == ()


def test_the_shortest_way_counts() -> None:
    """A file that is a root itself is not shown behind another one."""
    scan = SCAN._replace(loads=(*SCAN.loads, load(When.IMPORT, {MIDDLE: (TO_END,)})))
    assert [chain.hops for chain in why(scan, "libpq5", WAYS)] == [(Hop(file=MIDDLE, resolution=TO_END),)]


def test_an_import_counts_before_a_shorter_way_from_a_plugin() -> None:
    """Who only reads the first chain must not take an import's need for a plugin's."""
    plugin = "/env/site/a_plugin.so"
    need = PQ._replace(by=(plugin, MIDDLE))
    loads = (load(When.PLUGIN, {plugin: (TO_END,)}), load(When.PLUGIN, {MIDDLE: (TO_END,)}), *SCAN.loads)
    scan = SCAN._replace(distributions=(SCAN.distributions[0]._replace(needs=(need,)),), loads=loads)
    assert why(scan, "libpq5", WAYS) == (replace(TO_PQ, need=need),)


def test_a_path_with_dots_is_the_same_file() -> None:
    """$ORIGIN/../x names the file that the record names without dots."""
    dotted = "/env/site/sub/../one.libs/liba.so"
    scan = SCAN._replace(loads=(load(When.IMPORT, {ROOT: (found(dotted),), dotted: (TO_END,)}),))
    (chain,) = why(scan, "libpq5", WAYS)
    assert [hop.file for hop in chain.hops] == [ROOT, dotted]


def test_through_an_unowned_file() -> None:
    """What an unpackaged library needs is shown behind the distribution's file that loads it."""
    unowned = "/usr/local/lib/libfoo.so"
    need = PQ._replace(by=(ROOT,))
    scan = scan_of(
        DistributionNeeds(distribution=distribution("one", ROOT), needs=(need,), vendored=(), glibc=""),
        loads=(load(When.IMPORT, {ROOT: (found(unowned),), unowned: (TO_END,)}),),
    )
    (chain,) = why(scan, "libpq5", WAYS)
    assert chain.hops == (Hop(file=ROOT, resolution=found(unowned)), Hop(file=unowned, resolution=TO_END))


def test_a_file_that_no_record_claims() -> None:
    """It has a chain without distributions."""
    need = PQ._replace(by=(ROOT,))
    scan = scan_of(loads=(load(When.IMPORT, {ROOT: (TO_END,)}),))
    scan = scan._replace(unattributed=(Unattributed(file=ROOT, needs=(need,), glibc=""),))
    assert why(scan, "libpq5", {}) == (
        Chain(requirement_chain=(), hops=(Hop(file=ROOT, resolution=TO_END),), need=need),
    )


def test_from_a_lock_alone() -> None:
    """The lock answers by the same names."""
    pq = lockfile.LockedNeed(soname="libpq.so.5", package="libpq5", when="import", by=("one/m.abi3.so",))
    gone = lockfile.Unresolved(soname="libgone.so.1", when="import", distribution="one", by=("one/n.abi3.so",))
    one = lockfile.LockedDistribution(name="one", version="1.0", needs=(pq,))
    target = locked_target(one, unresolved=(gone,), package=(lockfile.LockedPackage(name="libpq5", min="10"),))
    to_pq = LockedChain(holder="one", distribution=one, need=pq, package=target.package[0])
    to_gone = LockedChain(holder="one", distribution=one, need=gone, package=None)
    for name in ("libpq5", "libpq.so.5", "m.abi3.so", "one/m.abi3.so"):
        assert why_locked(target, name) == (to_pq,)
    assert why_locked(target, "One") == (to_pq, to_gone)
    assert why_locked(target, "n.abi3.so") == (to_gone,)
    assert why_locked(target, "") == why_locked(target, "so") == ()
