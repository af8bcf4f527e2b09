"""What packages cost, by the packages that they need."""

from __future__ import annotations

from dataclasses import dataclass

from pip_sysdeps.packages.closure import Closures, Cost


@dataclass(frozen=True)
class Installed:
    """One installed package of a megabyte, unless it says otherwise."""

    name: str
    requires: tuple[tuple[str, ...], ...] = ()
    provides: tuple[str, ...] = ()
    size: int = 1 << 20
    version: str = "1"
    architecture: str = "amd64"
    source: str = ""


def closures(*packages: Installed, base: tuple[str, ...] = ()) -> Closures:
    """Hold packages."""
    return Closures({each.name: each for each in packages}, base)


GL = (
    Installed("gl", (("glx",), ("c",))),
    Installed("glx", (("x11",), ("gl",))),
    Installed("x11", (("c",),)),
    Installed("pq", (("ssl",), ("c",))),
    Installed("ssl", (("c",),)),
    Installed("c"),
)


def test_cost_is_the_closure_without_the_base() -> None:
    """A circle of needs ends, and what every image has counts for nothing."""
    assert closures(*GL, base=("c",)).cost(["gl"]) == Cost(packages=("gl", "glx", "x11"), size=3 << 10)


def test_what_the_base_needs_is_base_too() -> None:
    """The base is closed under needs."""
    assert closures(*GL, base=("ssl",)).cost(["pq"]) == Cost(packages=("pq",), size=1 << 10)


def test_saved_is_what_nothing_else_needs() -> None:
    """What the rest of the line pulls in stays."""
    found = closures(*GL, base=("c",)).saved(["gl", "pq", "x11"], ["pq", "x11"])
    assert found == Cost(packages=("gl", "glx"), size=2 << 10)


def test_unknown_where_a_package_is_not_installed() -> None:
    """Its needs are not known either."""
    assert closures(*GL).cost(["gl", "gone"]) is None
    assert closures(*GL).saved(["gl", "gone"], ["gl"]) is None
    assert closures(*GL).saved(["gl", "gone"], ["gone"]) is None


def test_alternatives() -> None:
    """The first that is installed by name, else the only provider; of two providers none is counted."""
    one, two = Installed("one", provides=("mta", "only")), Installed("two", provides=("mta",))
    found = closures(
        Installed("by-name", (("none", "two", "one"),)), Installed("by-capability", (("only",),)),
        Installed("by-either", (("mta",),)), one, two,
    )  # fmt: skip
    added = [found.cost([name]) for name in ("by-name", "by-capability", "by-either")]
    assert [each.packages for each in added if each] == [
        ("by-name", "two"),
        ("by-capability", "one"),
        ("by-either",),
    ]


def test_what_a_package_provides_itself_it_needs_of_no_other() -> None:
    """As rpm packages require their own libraries."""
    found = closures(Installed("own", (("lib",),), ("lib",)), Installed("other", provides=("lib",)))
    assert found.cost(["own"]) == Cost(packages=("own",), size=1 << 10)


def test_a_capability_stands_for_its_provider() -> None:
    """As a line has one where no package name is known."""
    assert closures(Installed("pq", provides=("libpq.so.5()(64bit)",))).cost(["libpq.so.5()(64bit)"]) == Cost(
        packages=("pq",), size=1 << 10
    )
