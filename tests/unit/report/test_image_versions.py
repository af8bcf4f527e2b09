"""Symbol versions and symbols that a release image lacks."""

from __future__ import annotations

from dataclasses import replace

import pytest

from builders.facts import distribution, load, scan_of
from builders.image import PlainSystem, image
from pip_sysdeps.model.loader import LoadedObject
from pip_sysdeps.model.needs import DistributionNeeds, When
from pip_sysdeps.model.packages import Owner
from pip_sysdeps.needs.symbol_versions import VersionGap
from pip_sysdeps.needs.undefined_symbols import SymbolGap
from pip_sysdeps.report.catalogue import MISSING_SYMBOL_VERSION, NEWER_GLIBC_THAN_INSTALLED, UNDEFINED_SYMBOL
from pip_sysdeps.report.image_versions import undefined_symbols, version_gaps
from pip_sysdeps.report.problems import Problem

M, PLUGIN, LINK, LIBRARY = "/env/site/m.so", "/env/site/p.so", "/lib/liba.so.1", "/lib/liba.so.1.0"
LIBC, PYTHON = "/lib/libc.so.6", "/usr/bin/python3.11"
SYSTEM = PlainSystem(
    files=frozenset({M, PLUGIN, LIBRARY, PYTHON}),
    links={LINK: LIBRARY},
    owners={LIBC: Owner(package="libc6", version="2.36")},
)
SCAN = scan_of(
    DistributionNeeds(distribution=distribution("one", M, PLUGIN), needs=(), vendored=(), glibc=""),
    loads=(load(When.IMPORT, {M: (), LINK: ()}), load(When.PLUGIN, {PLUGIN: ()})),
)
SCAN = SCAN._replace(process=(LoadedObject(path=PYTHON, needs=()),))


def gap(file: str, version: str = "GLIBC_2.38", provider: str = LIBC, *, weak: bool = False) -> VersionGap:
    """Return a version that a library lacks."""
    return VersionGap(file=file, soname="libc.so.6", version=version, provider=provider, weak=weak)


LACKING = Problem(
    error=True,
    entry=NEWER_GLIBC_THAN_INSTALLED,
    distribution="one",
    subject="GLIBC_2.38",
    message="GLIBC_2.38 is not in /lib/libc.so.6 (libc6 2.36)",
    files=(M,),
)


@pytest.mark.parametrize(
    ("found", "problem"),
    [
        (gap(M), LACKING),
        (
            gap(M, weak=True),
            replace(LACKING, error=False, message=f"{LACKING.message}: ld.so only warns"),
        ),
        (gap(PLUGIN), replace(LACKING, error=False, files=(PLUGIN,))),
        (gap(LINK), replace(LACKING, files=(LIBRARY,))),
        (gap(PYTHON), replace(LACKING, distribution="", files=(PYTHON,))),
        (
            gap(M, "A_2", LIBRARY),
            replace(LACKING, entry=MISSING_SYMBOL_VERSION, subject="A_2", message=f"A_2 is not in {LIBRARY}"),
        ),
    ],
)
def test_a_version_that_a_library_lacks(found: VersionGap, problem: Problem) -> None:
    """An error for what Python, an import or a program loads; of the distribution whose file loads it."""
    assert [*version_gaps(image(SCAN, SYSTEM, gaps=(found,)))] == [problem]


UNDEFINED = replace(
    LACKING,
    entry=UNDEFINED_SYMBOL,
    subject="a_new",
    message="undefined symbol a_new: no library defines it",
    files=(LIBRARY,),
)


@pytest.mark.parametrize(
    ("gaps", "symbols", "problems"),
    [
        ((), SymbolGap(file=LIBRARY, symbols=("a_new",)), [UNDEFINED]),
        (
            (gap(LINK, weak=True), gap(M)),
            SymbolGap(file=LIBRARY, symbols=("a_new", "b_new", "c_new")),
            [replace(UNDEFINED, message="undefined symbol a_new (and 2 more): no library defines it")],
        ),
        ((gap(LINK),), SymbolGap(file=LIBRARY, symbols=("a_new",)), []),
        ((), SymbolGap(file=M, symbols=("a_new",)), [replace(UNDEFINED, files=(M,))]),
        ((), SymbolGap(file=PYTHON, symbols=("a_new",)), [replace(UNDEFINED, distribution="", files=(PYTHON,))]),
    ],
)
def test_a_symbol_that_nothing_defines(
    gaps: tuple[VersionGap, ...], symbols: SymbolGap, problems: list[Problem]
) -> None:
    """A file that lacks a version has that problem alone: ld.so stops there."""
    assert [*undefined_symbols(image(SCAN, SYSTEM, gaps=gaps, symbols=(symbols,)))] == problems
