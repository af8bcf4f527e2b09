"""Where the loader looks, for search paths that no honest object has; the rules are in tests/loader_rules."""

from __future__ import annotations

import pytest

from builders.loader import config
from pip_sysdeps.loader.glibc.search import Folder, folders


@pytest.mark.parametrize(
    ("element", "folder"),
    [
        ("/a", Folder("/a/")),
        ("/a///", Folder("/a/")),
        ("/", Folder("/")),
        ("$ORIGIN/../lib", Folder("/app/bin/../lib/")),
        ("", Folder("", "an empty element: the current directory")),
        ("rel", Folder("rel", "relative to the current directory")),
        (".", Folder(".", "relative to the current directory")),
        ("$FOO/x", Folder("$FOO/x", "relative to the current directory")),
        ("/opt/$PLATFORM", Folder("/opt/$PLATFORM", "the value of $PLATFORM depends on the CPU")),
        ("/" + "x" * 5000, Folder("/" + "x" * 59 + "...", "longer than a path may be")),
    ],
)
def test_an_element(element: str, folder: Folder) -> None:
    """An element is a directory, or there is a reason why it is none for a lock."""
    assert folders([element], origin="/app/bin", config=config(platform="")) == (folder,)


def test_an_element_in_a_working_directory() -> None:
    """Where the current directory is known, empty and relative elements stay what they are."""
    elements = ["", "rel/", "", "/a"]
    assert folders(elements, origin="/", config=config(working_directory="/w")) == (
        Folder(""),
        Folder("rel/"),
        Folder("/a/"),
    )


def test_elements_without_end() -> None:
    """Of a search path with very many elements the first thousand count."""
    found = folders((f"/{number}" for number in range(5000)), origin="/", config=config())
    assert found[999:] == (Folder("/999/"), Folder("", "more than 1000 elements"))
