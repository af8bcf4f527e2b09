"""What packages cost, by the packages that they need."""

from __future__ import annotations

from builders.packages import Installed
from pip_sysdeps.packages.closure import Closures, Cost


def closures(*packages: Installed, base: tuple[str, ...] = ()) -> Closures:
    """Return the closures of these packages."""
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
    found = closures(*GL, base=("c",)).savings(["gl", "pq", "x11"], ["pq", "x11"])
    assert found == Cost(packages=("gl", "glx"), size=2 << 10)


def test_unknown_where_a_package_is_not_installed() -> None:
    """Its needs are not known either."""
    assert closures(*GL).cost(["gl", "gone"]) is None
    assert closures(*GL).savings(["gl", "gone"], ["gl"]) is None
    assert closures(*GL).savings(["gl", "gone"], ["gone"]) is None


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
    """A package that provides its own requirement needs no other, as with rpm."""
    found = closures(Installed("own", (("lib",),), ("lib",)), Installed("other", provides=("lib",)))
    assert found.cost(["own"]) == Cost(packages=("own",), size=1 << 10)


LISTED = (
    Installed("gl", (("glx",), ("c",))),
    Installed("glx", (("driver", "other-driver"), ("virtual",))),
    Installed("other-driver", (("late",),)),
    Installed("best", provides=("virtual",)),
    Installed("second", provides=("virtual",)),
    Installed("wants-second", (("virtual",), ("second",))),
)
"""What is available, where only c is installed."""


def to_be_had(*installed: Installed) -> Closures:
    """Return the closures of installed and listed packages."""
    return Closures({each.name: each for each in installed}, ("c",), lambda: {each.name: each for each in LISTED})


def test_packages_that_are_not_installed_have_the_dependencies_of_the_lists() -> None:
    """The first alternative that is available, the preferred provider; what is installed counts where it is base."""
    assert to_be_had(Installed("c")).cost(["gl"]) == Cost(packages=("best", "gl", "glx", "other-driver"), size=4 << 10)


def test_a_choice_is_met_by_what_is_needed_anyway() -> None:
    """As apt has it: no second package that provides the same."""
    assert to_be_had(Installed("c")).cost(["wants-second"]) == Cost(packages=("second", "wants-second"), size=2 << 10)


def test_what_is_installed_meets_a_need_of_what_is_not() -> None:
    """Its own needs are those of the database."""
    found = to_be_had(Installed("c"), Installed("glx", (("virtual",),))).cost(["gl"])
    assert found == Cost(packages=("gl", "glx"), size=2 << 10)


def test_lists_are_read_only_for_what_is_not_installed() -> None:
    """They are large, so they are read only if a package is not installed."""
    asked = []
    found = Closures({"gl": Installed("gl", (("gone",),))}, (), lambda: asked.append(1))
    assert found.cost(["gl"]) == Cost(packages=("gl",), size=1 << 10)
    assert asked == []
    assert found.cost(["gone"]) is None
    assert asked == [1]


def test_a_capability_stands_for_its_provider() -> None:
    """A capability in the line counts as the package that provides it."""
    assert closures(Installed("pq", provides=("libpq.so.5()(64bit)",))).cost(["libpq.so.5()(64bit)"]) == Cost(
        packages=("pq",), size=1 << 10
    )
