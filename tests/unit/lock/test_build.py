"""From a scan to the block of one target."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from builders.facts import distribution, elf, scan_of
from pip_sysdeps.errors import SysdepsError
from pip_sysdeps.lock.build import newest_musl, repaired_libraries, to_target
from pip_sysdeps.lock.document import LockedDistribution, LockedFile, LockedNeed, LockedPackage, Target, Unresolved
from pip_sysdeps.model.needs import (
    DistributionNeeds,
    FromDistribution,
    FromHost,
    FromPackage,
    Missing,
    Provider,
    Unowned,
    Unreachable,
    When,
)
from pip_sysdeps.model.needs import Need as Found
from pip_sysdeps.model.needs import Unattributed as Unclaimed
from pip_sysdeps.packages.registry import FOLDERS

if TYPE_CHECKING:
    from pip_sysdeps.model.environment import Distribution as Installed
    from pip_sysdeps.model.scan import Scan

ID = "debian-bookworm-amd64"
MODULE = "/env/site/m.abi3.so"
OFF_THE_PATH = "where the loader does not look"
PQ = FromPackage(package="libpq5", path="/lib/libpq.so.5")


def found(soname: str, provider: Provider, *by: str, when: When = When.IMPORT) -> Found:
    """Return a need of a scan."""
    return Found(soname=soname, when=when, by=by or (MODULE,), provider=provider)


def needing(*needs: Found, glibc: str = "", vendored: tuple[str, ...] = (), of: Installed | None = None) -> Scan:
    """Return the scan of one distribution with these needs."""
    one = of or distribution("one", MODULE)
    return scan_of(DistributionNeeds(distribution=one, needs=needs, vendored=vendored, glibc=glibc))


def locked(*needs: Found) -> tuple[LockedNeed, ...]:
    """Return these needs of one distribution as the lock has them."""
    (one,) = to_target(needing(*needs)).distribution
    return one.needs


def test_the_facts_of_a_target() -> None:
    """They are in the words of os-release and dpkg, with the newest glibc and the distribution that needs it."""
    scan = needing(found("libpq.so.5", PQ), glibc="2.28")
    unclaimed = Unclaimed(
        file="/env/bin/uwsgi", needs=(found("libz.so.1", PQ._replace(package="zlib1g")),), glibc="2.4"
    )
    target = to_target(scan._replace(unattributed=(unclaimed,)), name="web", library_path=("/opt/z", "/opt/a"))
    assert target == Target(
        id=f"{ID}-web",
        distro="debian",
        release="12",
        architecture="amd64",
        package_manager="dpkg",
        libc="glibc",
        python="cp311",
        needs_glibc="2.28",
        needs_glibc_by="one",
        library_path=("/opt/z", "/opt/a"),
        installs=("libpq5", "zlib1g"),
        distribution=(
            LockedDistribution(
                name="one",
                version="1.0",
                wheel="cp311-cp311-manylinux_2_28_x86_64",
                needs=(LockedNeed(soname="libpq.so.5", package="libpq5", when="import", by=("m.abi3.so",)),),
            ),
        ),
        unattributed=(
            LockedFile(
                file="bin/uwsgi",
                needs=(LockedNeed(soname="libz.so.1", package="zlib1g", when="import", by=("site/m.abi3.so",)),),
            ),
        ),
        package=(LockedPackage(name="libpq5"), LockedPackage(name="zlib1g")),
    )


@pytest.mark.parametrize(
    ("provider", "expected"),
    [
        (FromHost(note="the driver"), LockedNeed(soname="a", class_="host", note="the driver", when="import")),
        (Unowned(path="/opt/liba.so"), LockedNeed(soname="a", class_="unowned", path="/opt/liba.so", when="import")),
        (
            FromDistribution(distribution="two", path="/env/site/liba.so", by_loader=False),
            LockedNeed(soname="a", class_="distribution", distribution="two", when="import"),
        ),
        (
            FromDistribution(distribution="", path="/env/lib/liba.so", by_loader=False),
            LockedNeed(
                soname="a", class_="distribution", note="a file that no RECORD lists loads it first", when="import"
            ),
        ),
    ],
)
def test_a_need_without_a_package_has_a_class(provider: Provider, expected: LockedNeed) -> None:
    """The class says who answers the need; a note explains it."""
    assert locked(found("a", provider)) == (replace(expected, by=("m.abi3.so",)),)


def test_what_the_loader_finds_in_another_distribution_is_not_written() -> None:
    """Nothing has to be installed for it; a distribution without any other need is left out."""
    by_loader = FromDistribution(distribution="two", path="/env/site/liba.so", by_loader=True)
    assert to_target(needing(found("a", by_loader))).distribution == ()


@pytest.mark.parametrize(
    ("provider", "note"),
    [
        (Missing(), ""),
        (Missing(note="no binary package has it"), "no binary package has it"),
        (
            Unreachable(distribution="one", path="/env/site/one/liba.so"),
            "one has one/liba.so, where the loader does not look",
        ),
        (
            Unreachable(distribution="", path="/env/lib/liba.so"),
            "the environment has lib/liba.so, where the loader does not look",
        ),
    ],
)
def test_a_need_without_an_answer_is_unresolved(provider: Provider, note: str) -> None:
    """It has a note; its distribution is named although it has no other needs."""
    target = to_target(needing(found("a", provider, when=When.PLUGIN)))
    assert target.unresolved == (
        Unresolved(soname="a", when="plugin", distribution="one", by=("m.abi3.so",), note=note),
    )
    assert [each.name for each in target.distribution] == ["one"]


def test_three_files_are_named_and_the_rest_counted() -> None:
    """The first three by name are relative to the folder of the metadata."""
    files = [f"/env/site/{name}.so" for name in "dbeac"] + ["/env/lib/z.so"]
    (need,) = locked(found("a", PQ, *files))
    assert (need.by, need.by_more) == (("../lib/z.so", "a.so", "b.so"), 3)


def test_names_from_untrusted_files_are_escaped() -> None:
    """The lock stays readable, and cannot control a terminal."""
    (need,) = locked(found("lib a\n.so", PQ, "/env/site/x\x1b[2J.so"))
    assert (need.soname, need.by) == ("lib\\x20a\\n.so", ("x\\x1b[2J.so",))


def test_an_editable_install_has_no_version() -> None:
    """It changes with every commit."""
    editable = distribution("one", MODULE, source="editable")
    (one,) = to_target(needing(found("a", PQ), of=editable)).distribution
    assert (one.version, one.source) == ("", "editable")


def test_vendored_folders_are_a_reason_to_be_written() -> None:
    """A distribution without needs is written for its vendored folders."""
    (one,) = to_target(needing(vendored=("one.libs",))).distribution
    assert one.vendored == ("one.libs",)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"package_manager": ""},
            f"no package database found: supported are {', '.join(FOLDERS)}",
        ),
        ({"distro": ""}, "cannot determine the release or architecture of this system"),
        ({"architecture": ""}, "cannot determine the release or architecture of this system"),
        ({"libc": ""}, "cannot determine the release or architecture of this system"),
    ],
)
def test_a_system_that_cannot_be_named(change: dict[str, str], message: str) -> None:
    """It is an error, because a target needs an id."""
    scan = needing()
    with pytest.raises(SysdepsError) as caught:
        to_target(scan._replace(platform=scan.platform._replace(**change)))
    assert str(caught.value) == message
    assert caught.value.hint


def test_libraries_that_are_named_as_their_soname_are_repaired() -> None:
    """A hash in their file name goes, as a tool that repairs wheels writes it into both."""
    library, other = "/env/site/lib/libown-0123abcd.so.1", "/env/site/lib/libz-0123abcd.so.1"
    objects = {library: elf(soname="libown-0123abcd.so.1"), other: elf(soname="libz.so.1"), MODULE: elf()}
    scan = needing(found("libpq.so.5", PQ, library, other))._replace(objects=objects)
    assert repaired_libraries(scan) == {library}
    assert to_target(scan).distribution[0].needs[0].by == ("lib/libown.so.1", "lib/libz-0123abcd.so.1")


def test_what_is_optional_is_in_the_line_and_never_unresolved() -> None:
    """It is in the line if a package answers it, and left out otherwise."""
    answered, missing = found("libpq.so.5", PQ), found("libgone.so.1", Missing())
    target = to_target(needing(answered._replace(optional=True), missing._replace(optional=True)))
    assert (target.installs, target.unresolved) == (("libpq5",), ())
    assert target.distribution[0].needs[0].optional


def test_a_musl_target_has_the_newest_musl_of_its_wheels() -> None:
    """By the tags alone: of several tags of a wheel the lowest is enough. A target with glibc has none."""
    wheels = {
        "a": ("cp311-cp311-musllinux_1_1_x86_64", "cp311-cp311-musllinux_1_2_x86_64"),
        "b": ("cp311-cp311-musllinux_1_2_x86_64",),
        "c": ("cp311-cp311-musllinux_1_2_x86_64",),
        "d": ("py3-none-any",),
    }
    scan = scan_of(
        *(
            DistributionNeeds(distribution=distribution(name, tags=tags), needs=(), vendored=(), glibc="")
            for name, tags in wheels.items()
        )
    )
    assert newest_musl(scan) == ("1.2", "b")
    assert (to_target(scan).needs_musl, to_target(scan).needs_musl_by) == ("", "")
    on_musl = to_target(scan._replace(platform=scan.platform._replace(libc="musl")))
    assert (on_musl.needs_musl, on_musl.needs_musl_by) == ("1.2", "b")
