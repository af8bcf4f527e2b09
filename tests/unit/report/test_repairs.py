"""Repairs of libraries that no package has, or that the loader does not find."""

from __future__ import annotations

from builders.facts import distribution, scan_of
from builders.locked import target
from pip_sysdeps.lock.document import Unresolved
from pip_sysdeps.model.needs import DistributionNeeds, Missing, Need, Unreachable, When
from pip_sysdeps.report.repairs import copy_hint, import_repairs, reach_hint

REACH = (
    '`library-path = ["/env/site/one/lib"]` in pyproject.toml with `ENV LD_LIBRARY_PATH=/env/site/one/lib` '
    "in the image reaches it"
)


def test_a_library_outside_the_search_path_is_reached_by_its_folder() -> None:
    """The project and the image name the same folder."""
    assert reach_hint("/env/site/one/lib/liba.so.1") == REACH


def test_a_copy_is_one_line() -> None:
    """The instructions are joined; a folder of the library path needs no ldconfig."""
    assert copy_hint("/opt/a/liba.so.1", scan_of().platform, ("/opt/a",)) == (
        "`COPY --from=build /opt/a/liba.so.1 /opt/a/liba.so.1` and `ENV LD_LIBRARY_PATH=/opt/a`"
    )


def test_imports_are_repaired_once_by_name() -> None:
    """Of unresolved needs, those that are in the environment; a package with a library of that name is offered too."""

    def unreached(soname: str, package: str = "") -> Need:
        provider = Unreachable(distribution="one", path=f"/env/site/one/lib/{soname}", package=package)
        return Need(soname=soname, when=When.IMPORT, by=("/env/site/m.so",), provider=provider)

    missing = Need(soname="libz.so.1", when=When.IMPORT, by=("/env/site/m.so",), provider=Missing())
    needs = (unreached("liba.so.1", "liba1"), unreached("libb.so.1"), unreached("libc.so.1"), missing)
    holders = [
        DistributionNeeds(distribution=distribution(name), needs=needs, vendored=(), glibc="")
        for name in ("one", "two")
    ]
    names = ("liba.so.1", "libb.so.1", "libz.so.1")
    unresolved = tuple(
        Unresolved(soname=name, when="import", distribution=holder) for name in names for holder in ("one", "two")
    )
    assert [*import_repairs(scan_of(*holders), target(unresolved=unresolved))] == [
        f"liba.so.1: {REACH}; or `pip-sysdeps policy replace liba.so.1 --with liba1 --reason TEXT`",
        f"libb.so.1: {REACH}",
    ]
