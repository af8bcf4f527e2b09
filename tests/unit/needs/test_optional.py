"""Which needs are optional: those to which only optional roots lead."""

from __future__ import annotations

from builders.facts import distribution, found, load
from pip_sysdeps.model.needs import DistributionNeeds, FromDistribution, FromPackage, Missing, Need, Provider, When
from pip_sysdeps.needs.optional import ImportRoots, mark_optional

ONE, TWO, LIBRARY = "/env/site/_one.abi3.so", "/env/site/_two.abi3.so", "/env/site/libshared.so"
PACKAGE = FromPackage(package="libx1", path="/lib/libx.so.1")


def marked(
    *by: str, provider: Provider = PACKAGE, when: When = When.IMPORT, optional: tuple[str, ...] = (ONE,)
) -> bool:
    """Return whether a need of some files is optional; the two modules load a library of their own."""
    need = Need(soname="libx.so.1", when=when, by=by, provider=provider)
    holder = DistributionNeeds(distribution=distribution("one"), needs=(need,), vendored=(), glibc="")
    loads = [
        load(When.IMPORT, {ONE: (found(LIBRARY),), LIBRARY: ()}),
        load(When.IMPORT, {TWO: (found(LIBRARY),), "/link/libshared.so": ()}),
        load(When.PLUGIN, {"/env/site/plugin.so": (), ONE: ()}),
    ]
    roots = ImportRoots(loads, {"/link/libshared.so": LIBRARY})
    (after,) = mark_optional([holder], roots, {"libbase"}, lambda asked: asked & {*optional})
    return after.needs[0].optional


def test_the_need_of_an_optional_module() -> None:
    """Whether a package answers it or nothing does."""
    assert marked(ONE)
    assert marked(ONE, provider=Missing())
    assert not marked(TWO)


def test_all_roots_that_lead_to_it_count() -> None:
    """One that is not optional is enough."""
    assert not marked(ONE, TWO)
    assert not marked(LIBRARY)
    assert marked(LIBRARY, optional=(ONE, TWO))


def test_needs_that_stay_required() -> None:
    """Needs that base packages, another distribution or plugins account for do not become optional."""
    assert not marked(ONE, provider=FromPackage(package="libbase", path=""))
    assert not marked(ONE, provider=FromDistribution(distribution="two", path="", by_loader=True))
    assert not marked(ONE, when=When.PLUGIN)
    assert not marked("/env/site/plugin.so")
