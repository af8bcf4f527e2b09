"""The result of a scan."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from builders.facts import distribution, elf, scan_of
from pip_sysdeps.model.needs import (
    DistributionNeeds,
    FromCapability,
    FromHost,
    FromPackage,
    Missing,
    Need,
    Provider,
    Unattributed,
    Unowned,
    When,
)

if TYPE_CHECKING:
    from pip_sysdeps.model.scan import Scan


def scan(*providers: Provider) -> Scan:
    """Return the scan of a distribution and a file with needs of these providers."""
    needs = tuple(Need(soname="liba.so.1", when=When.IMPORT, by=(), provider=each) for each in providers)
    one = DistributionNeeds(distribution=distribution("one"), needs=needs, vendored=(), glibc="")
    return scan_of(one)._replace(unattributed=(Unattributed(file="/x.so", needs=needs, glibc=""),), note="no index")


def test_every_need_with_its_distribution() -> None:
    """For a file that no RECORD lists, the distribution is empty."""
    found = scan(Missing())
    (need,) = found.distributions[0].needs
    assert [*found.needs()] == [("one", need), ("", need)]


@pytest.mark.parametrize(
    ("provider", "note"),
    [
        (Missing(), "no index"),
        (FromCapability(capability="so:liba.so.1"), "no index"),
        (FromPackage(package="liba1", path=""), "no index"),
        (FromPackage(package="liba1", path="/lib/liba.so.1"), ""),
        (Unowned(path="/opt/liba.so.1"), ""),
        (FromHost(note="driver"), ""),
    ],
)
def test_the_note_is_for_what_is_not_installed(provider: Provider, note: str) -> None:
    """Names of installed packages need no index."""
    assert scan(provider).relevant_note == note


def test_facts_of_a_loaded_object() -> None:
    """By the path under which it was opened."""
    found = scan()._replace(objects={"/lib/a.so": elf("x")}, real={"/link.so": "/lib/a.so"})
    assert [found.facts(path) for path in ("/link.so", "/lib/a.so", "/b.so")] == [elf("x"), elf("x"), None]
