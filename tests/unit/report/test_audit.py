"""The report of `audit`."""

from __future__ import annotations

from dataclasses import replace

import pytest

from builders.facts import distribution, elf, scan_of
from builders.locked import locked, need, target
from builders.packages import Installed
from pip_sysdeps.environment.sbom import Component, Sbom
from pip_sysdeps.environment.vendored import Certainty, VendoredLibrary
from pip_sysdeps.lock.document import LockedBase, LockedFile, LockedPackage
from pip_sysdeps.model.needs import DistributionNeeds
from pip_sysdeps.packages.closure import Closures, Cost
from pip_sysdeps.report.audit import (
    Audit,
    DistributionRow,
    InstalledVersion,
    Inventory,
    PackageRow,
    PackageState,
    PackageUse,
    components_of,
    make_audit,
    make_audit_of_lock,
    vendored_libraries,
)
from pip_sysdeps.report.evidence import Evidence
from pip_sysdeps.report.offers import how_to_add

PQ, Z = need("libpq.so.5", "libpq5"), need("libz.so.1", "zlib1g")
MAGIC = need("libmagic.so.1", "libmagic1", "dlopen", confidence="medium")
PG = locked("pg", PQ, wheel="cp311-cp311-linux_x86_64", base=(LockedBase(package="libc6", programs=("ldd",)),))
SEARCH = locked("search", Z, offered=(MAGIC,), version="2.0")
STRAY = LockedFile(file="x/a.so", needs=(PQ,))
NAMES = ("libmagic1", "libpq5", "zlib1g")
PACKAGES = (LockedPackage(name="libc6", base=True), *(LockedPackage(name=name) for name in NAMES))
TARGET = target(PG, SEARCH, unattributed=(STRAY,), package=PACKAGES)
INSTALLED = {"libpq5": InstalledVersion(version="15", size=400), "libc6": InstalledVersion(version="2.36", size=9000)}
CLOSURES = Closures(
    {
        "libpq5": Installed("libpq5", (("libssl3",), ("libc6",)), size=400 << 10),
        "libssl3": Installed("libssl3"),
        "libc6": Installed("libc6"),
    },
    ("libc6",),
    lambda: {"zlib1g": Installed("zlib1g", size=160 << 10, version="1.3")},
)
OPENSSL = Component(name="openssl", version="3.0", purl="")
LIBRARY = VendoredLibrary(
    path="pg.libs/libfoo.so", name="foo", version="", confidence=Certainty.LOW, evidence="libfoo.so", by_name=True
)


def use(holder: str, version: str, name: str, when: str = "import", confidence: str = "") -> PackageUse:
    """Return one need of a package."""
    return PackageUse(distribution=holder, version=version, name=name, when=when, confidence=confidence)


ROWS = (
    PackageRow(
        package=LockedPackage(name="libc6", base=True),
        state=PackageState.BASE,
        installed=INSTALLED["libc6"],
        uses=(use("pg", "1.0", "ldd"),),
        adds=Cost(packages=(), size=0),
    ),
    PackageRow(
        package=LockedPackage(name="libmagic1"),
        state=PackageState.OFFER,
        installed=None,
        uses=(use("search", "2.0", "libmagic.so.1", "dlopen", "medium"),),
    ),
    PackageRow(
        package=LockedPackage(name="libpq5"),
        state=PackageState.INSTALL,
        installed=INSTALLED["libpq5"],
        uses=(use("pg", "1.0", "libpq.so.5"), use("x/a.so", "", "libpq.so.5")),
        adds=Cost(packages=("libpq5", "libssl3"), size=400 + 1024),
    ),
    PackageRow(
        package=LockedPackage(name="zlib1g"),
        state=PackageState.INSTALL,
        installed=None,
        uses=(use("search", "2.0", "libz.so.1"),),
        adds=Cost(packages=("zlib1g",), size=160),
        candidate=InstalledVersion(version="1.3", size=160),
    ),
)
LINE = Cost(packages=("libpq5", "libssl3", "zlib1g"), size=400 + 1024 + 160)


def reported(*names: str) -> Audit:
    """Return the report on an environment with these distributions."""
    scan = scan_of(
        *(DistributionNeeds(distribution=distribution(name), needs=(), vendored=(), glibc="") for name in names)
    )
    return make_audit(
        Evidence(scan=scan),
        TARGET,
        (),
        Inventory(
            installed=INSTALLED,
            is_installation_known=True,
            closures=CLOSURES,
            components={"pg": (OPENSSL,)},
            libraries={"lib": (LIBRARY,)},
            requirement_chains={"pg": ("app", "pg")},
        ),
    )


def test_packages_have_their_state_cost_and_uses() -> None:
    """One that is not installed has the version of the lists; the size of the line is that of its own packages."""
    audit = reported()
    assert audit.packages == ROWS
    assert (audit.adds, audit.how_to_add) == (LINE, how_to_add(TARGET))
    assert audit.in_state(PackageState.INSTALL) == ROWS[2:]
    assert audit.size == 400 + 160
    assert [row.version for row in audit.packages] == ["2.36", "not installed", "15", "not installed"]


def test_distributions_have_their_needs_and_cost() -> None:
    """Those with needs, vendored libraries, components or identified libraries; what one saves nothing else needs."""
    assert reported("bare", "lib", "pg", "search").distributions == (
        DistributionRow(
            name="lib",
            version="1.0",
            wheel="",
            needs=(),
            vendored=(),
            components=(),
            libraries=(LIBRARY,),
            cost=Cost(packages=(), size=0),
            saved=Cost(packages=(), size=0),
        ),
        DistributionRow(
            name="pg",
            version="1.0",
            wheel="cp311-cp311-linux_x86_64",
            needs=(PQ, *PG.base[0].needs()),
            vendored=(),
            components=(OPENSSL,),
            requirement_chain=("app", "pg"),
            cost=Cost(packages=("libpq5", "libssl3"), size=400 + 1024),
            saved=Cost(packages=(), size=0),
        ),
        DistributionRow(
            name="search",
            version="1.0",
            wheel="",
            needs=(Z, MAGIC),
            vendored=(),
            components=(),
            cost=Cost(packages=("zlib1g",), size=160),
            saved=Cost(packages=("zlib1g",), size=160),
        ),
    )


def test_a_report_on_a_lock_knows_no_versions() -> None:
    """Nor sizes; its vendored libraries are folders."""
    one = replace(PG, vendored=("pg.libs",))
    found = replace(TARGET, distribution=(one, SEARCH))
    other = target(id="debian-trixie-amd64")
    assert make_audit_of_lock(found, (), (other,)) == Audit(
        target=found,
        packages=tuple(
            replace(row, installed=None, candidate=None, adds=None, is_installation_known=False) for row in ROWS
        ),
        distributions=(
            DistributionRow(
                name="pg",
                version="1.0",
                wheel=PG.wheel,
                needs=(PQ, *PG.base[0].needs()),
                vendored=("pg.libs",),
                components=(),
            ),
            DistributionRow(name="search", version="2.0", wheel="", needs=(Z, MAGIC), vendored=(), components=()),
        ),
        findings=(),
        how_to_add=how_to_add(found, is_other_system=True),
        others=(other,),
        is_from_lock=True,
    )
    assert {row.version for row in make_audit_of_lock(found, ()).packages} == {""}


def test_libraries_that_a_distribution_vendors() -> None:
    """Objects with a SONAME in its folders, relative to its base; folders may be outside it."""
    files = ("one.libs/libb.so.1", "one.libs/plain.so", "one/liba.so.1", "/env/lib/libc.so.1", "one.libs/libtext.so")
    one = distribution("one", *files)
    objects = {file: elf(soname=None if "plain" in file else "lib.so") for file in one.files if "text" not in file}
    needs = DistributionNeeds(distribution=one, needs=(), vendored=("../lib", "one.libs"), glibc="")
    assert vendored_libraries(needs, scan_of(needs)._replace(objects=objects)) == (
        "../lib/libc.so.1",
        "one.libs/libb.so.1",
    )


@pytest.mark.parametrize(
    ("components", "expected"),
    [
        ((OPENSSL, OPENSSL), (OPENSSL,)),
        ((replace(OPENSSL, name="My_One"), replace(OPENSSL, name=""), OPENSSL), (OPENSSL,)),
        ((), ()),
    ],
)
def test_components_of_documents(components: tuple[Component, ...], expected: tuple[Component, ...]) -> None:
    """Each once, without the distribution itself in any spelling."""
    documents = [Sbom(components=components, cyclonedx=None), Sbom(components=components, cyclonedx=None)]
    assert tuple(components_of("my-one", documents)) == expected
