"""Of builds of one library for several releases of another, one has to load."""

from __future__ import annotations

import pytest

from pip_sysdeps.model.environment import Skipped, Verdict
from pip_sysdeps.model.needs import FromPackage, Missing, Need, Provider, When
from pip_sysdeps.needs.build_variants import select_variants

INSTALLED = FromPackage(package="libav59", path="/usr/lib/libav.so.59")
AVAILABLE = FromPackage(package="libav60", path="")
NOWHERE = Missing(note="no package has it")


def need(soname: str, provider: Provider, *by: str) -> Need:
    """Return a need of these files at import."""
    return Need(soname=soname, when=When.IMPORT, by=tuple(f"/env/{file}" for file in by), provider=provider)


@pytest.mark.parametrize(
    ("five", "six", "seven", "chosen"),
    [
        pytest.param(INSTALLED, AVAILABLE, NOWHERE, "core5.so", id="installed before available"),
        pytest.param(NOWHERE, AVAILABLE, NOWHERE, "core6.so", id="available before nowhere"),
        pytest.param(AVAILABLE, AVAILABLE, AVAILABLE, "core7.so", id="the newest of equals"),
    ],
)
def test_one_is_chosen(five: Provider, six: Provider, seven: Provider, chosen: str) -> None:
    """The needs of the others are dropped, and the files said to be skipped."""
    needs = [
        need("libav.so.59", five, "core5.so"),
        need("libav.so.60", six, "core6.so"),
        need("libav.so.61", seven, "core7.so"),
        need("libm.so.6", INSTALLED, "core5.so", "core6.so", "core7.so"),
    ]
    kept, skipped = select_variants(needs)
    assert {each.soname for each in kept if f"/env/{chosen}" in each.by} == {each.soname for each in kept}
    assert len(kept) == 2
    assert [each.path for each in skipped] == [f"/env/core{n}.so" for n in (5, 6, 7) if f"core{n}.so" != chosen]


def test_the_fewest_missing() -> None:
    """Where each member misses something that all of them need, the one that misses nothing else is chosen."""
    needs = [
        need("libav.so.59", INSTALLED, "core5.so"),
        need("libav.so.61", NOWHERE, "core7.so"),
        need("libcuda_stub.so", NOWHERE, "core5.so", "core7.so"),
    ]
    kept, skipped = select_variants(needs)
    assert kept == (needs[0], needs[2])
    reason = "built for libav.so.61; `core5.so` is the one for this system"
    assert skipped == (Skipped(path="/env/core7.so", verdict=Verdict.ALTERNATIVE, reason=reason),)


@pytest.mark.parametrize("tag", ["cpython-311-x86_64-linux-gnu", "abi3", "pypy310-pp73-x86_64-linux-gnu"])
@pytest.mark.parametrize(
    ("twelve", "forty", "chosen"),
    [
        pytest.param(AVAILABLE, NOWHERE, 0, id="the one that a release has"),
        pytest.param(AVAILABLE, INSTALLED, 1, id="the one that is installed"),
        pytest.param(AVAILABLE, AVAILABLE, 1, id="the newest of equals"),
    ],
)
def test_an_extension_module_that_is_picked_by_a_word(tag: str, twelve: Provider, forty: Provider, chosen: int) -> None:
    """Python finds no file with a dot before its tag: the distribution itself picks one."""
    needs = [need("libmpi.so.12", twelve, f"MPI.zmpich.{tag}.so"), need("libmpi.so.40", forty, f"MPI.openmpi.{tag}.so")]
    kept, skipped = select_variants(needs)
    assert kept == (needs[chosen],)
    assert [each.path for each in skipped] == [*needs[1 - chosen].by]


@pytest.mark.parametrize(
    "needs",
    [
        pytest.param([need("liba.so.1", NOWHERE, "x1.so"), need("libb.so.2", NOWHERE, "x2.so")], id="other libraries"),
        pytest.param([need("liba.so.1", NOWHERE, "p/x1.so"), need("liba.so.2", NOWHERE, "q/x2.so")], id="two folders"),
        pytest.param([need("liba.so.1", NOWHERE, "x1.so"), need("liba.so.2", NOWHERE, "y2.so")], id="other names"),
        pytest.param([need("liba.so.1", NOWHERE, "x1.so", "x2.so")], id="one library"),
        pytest.param(
            [need("liba.so.1", NOWHERE, "x.abi3.so"), need("liba.so.2", NOWHERE, "y.abi3.so")], id="two modules"
        ),
        pytest.param([need("liba.so.1", NOWHERE, "x.a.so"), need("liba.so.2", NOWHERE, "x.b.so")], id="without a tag"),
    ],
)
def test_no_family(needs: list[Need]) -> None:
    """Files that differ in more than digits, or need the same release, stay as they are."""
    assert select_variants(needs) == (tuple(needs), ())
