"""Where the picture of the HTML report has its nodes."""

from __future__ import annotations

import re

from pip_sysdeps.render.picture import Chain, picture


def places(*chains: tuple[str, str, str, str]) -> dict[str, float]:
    """Draw the chains and return how far down each name stands."""
    drawn = picture([Chain(names, "package") for names in chains], {})
    return {
        name: float(y) for name, y in re.findall(r"<title>[^:]*: ([^<]*)</title><rect [^>]*?y=\"([0-9.]+)\"", drawn)
    }


def test_a_node_stands_beside_the_middle_of_its_neighbours() -> None:
    """A distribution with three libraries stands beside the second."""
    found = places(*(("app", "one", f"lib{number}", f"package{number}") for number in range(3)))
    assert found["app"] == found["one"] == found["lib1"] == found["package1"]


def test_the_longest_column_comes_first() -> None:
    """Many distributions with one library leave no gap, and the library is in their middle."""
    found = places(*(("app", f"dist{number}", "lib", "package") for number in range(5)))
    assert [found[f"dist{number}"] for number in range(5)] == [34.0, 63.0, 92.0, 121.0, 150.0]
    assert found["lib"] == found["package"] == found["app"] == 92.0


def test_nodes_do_not_overlap() -> None:
    """Two nodes at the same place are moved apart evenly."""
    found = places(("a", "x", "lib", "p"), ("b", "x", "lib", "p"), ("c", "x", "lib", "p"))
    assert [found[name] for name in "abc"] == [34.0, 63.0, 92.0]
    assert found["x"] == 63.0


def test_a_long_name_is_shortened_and_whole_in_its_title() -> None:
    """The end is kept, because names often differ there."""
    name = "lib" + "x" * 60 + ".so.5"
    drawn = picture([Chain(("app", "one", name, "p"), "package")], {})
    assert f"<title>Needs: {name}</title>" in drawn
    assert re.search(r">libx{8}&#8230;x{5}\.so\.5</text>", drawn)
