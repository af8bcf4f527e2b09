"""From a scan to the lock, its place among other targets, and what has changed since."""

from __future__ import annotations

from typing import Any

import pytest

from builders.facts import distribution, scan_of
from builders.small_debian import HEADER, LOCK, TARGET
from pip_sysdeps.errors import MalformedLock, SysdepsError
from pip_sysdeps.lockfile import Distribution, Need, Package, Target, Unattributed, Unresolved, loads
from pip_sysdeps.locking import differences, merge, sides_of, to_target
from pip_sysdeps.model import Distribution as Installed
from pip_sysdeps.model import (
    DistributionNeeds,
    FromDistribution,
    FromHost,
    FromPackage,
    Missing,
    Provider,
    Scan,
    Unowned,
    Unreachable,
    When,
)
from pip_sysdeps.model import Need as Found
from pip_sysdeps.model import Unattributed as Unclaimed
from pip_sysdeps.values import replace

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


def locked(*needs: Found) -> tuple[Need, ...]:
    """Return these needs of one distribution as the lock has them."""
    (one,) = to_target(needing(*needs)).distribution
    return one.needs


# --------------------------------------------------------------------------------------------------- a scan as a target


def test_a_target_says_where() -> None:
    """In the words of os-release and dpkg, with the newest glibc and who asks for it."""
    scan = needing(found("libpq.so.5", PQ), glibc="2.28")
    unclaimed = Unclaimed(
        file="/env/bin/uwsgi", needs=(found("libz.so.1", replace(PQ, package="zlib1g")),), glibc="2.4"
    )
    target = to_target(replace(scan, unattributed=(unclaimed,)), name="web", library_path=("/opt/z", "/opt/a"))
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
        distribution=(
            Distribution(
                name="one",
                version="1.0",
                wheel="cp311-cp311-manylinux_2_28_x86_64",
                needs=(Need(soname="libpq.so.5", package="libpq5", when="import", by=("m.abi3.so",)),),
            ),
        ),
        unattributed=(
            Unattributed(
                file="bin/uwsgi",
                needs=(Need(soname="libz.so.1", package="zlib1g", when="import", by=("site/m.abi3.so",)),),
            ),
        ),
        package=(Package(name="libpq5"), Package(name="zlib1g")),
    )


@pytest.mark.parametrize(
    ("provider", "expected"),
    [
        (FromHost(note="the driver"), Need(soname="a", class_="host", note="the driver", when="import")),
        (Unowned(path="/opt/liba.so"), Need(soname="a", class_="unowned", path="/opt/liba.so", when="import")),
        (
            FromDistribution(distribution="two", path="/env/site/liba.so", by_loader=False),
            Need(soname="a", class_="distribution", distribution="two", when="import"),
        ),
        (
            FromDistribution(distribution="", path="/env/lib/liba.so", by_loader=False),
            Need(soname="a", class_="distribution", note="a file that no record claims loads it first", when="import"),
        ),
    ],
)
def test_what_is_no_package_has_a_class(provider: Provider, expected: Need) -> None:
    """With what a reader has to know about it."""
    assert locked(found("a", provider)) == (replace(expected, by=("m.abi3.so",)),)


def test_what_the_loader_finds_in_another_distribution_is_not_written() -> None:
    """There is nothing to do about it; a distribution without any other need is left out."""
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
def test_what_nothing_answers_is_unresolved(provider: Provider, note: str) -> None:
    """With what was found out; its distribution is named although it has no needs."""
    target = to_target(needing(found("a", provider, when=When.PLUGIN)))
    assert target.unresolved == (
        Unresolved(soname="a", when="plugin", distribution="one", by=("m.abi3.so",), note=note),
    )
    assert [each.name for each in target.distribution] == ["one"]


def test_three_files_are_named_and_the_rest_counted() -> None:
    """The first by name, relative to the folder of the metadata."""
    files = [f"/env/site/{name}.so" for name in "dbeac"] + ["/env/lib/z.so"]
    (need,) = locked(found("a", PQ, *files))
    assert (need.by, need.by_more) == (("../lib/z.so", "a.so", "b.so"), 3)


def test_names_from_untrusted_files_are_escaped() -> None:
    """The lock can be read, and a terminal is not steered."""
    (need,) = locked(found("lib a\n.so", PQ, "/env/site/x\x1b[2J.so"))
    assert (need.soname, need.by) == ("lib\\x20a\\n.so", ("x\\x1b[2J.so",))


def test_an_editable_install_has_no_version() -> None:
    """It changes with every commit."""
    editable = distribution("one", MODULE, source="editable")
    (one,) = to_target(needing(found("a", PQ), of=editable)).distribution
    assert (one.version, one.source) == ("", "editable")


def test_vendored_folders_are_a_reason_to_be_written() -> None:
    """Reviewers want to see them."""
    (one,) = to_target(needing(vendored=("one.libs",))).distribution
    assert one.vendored == ("one.libs",)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"package_manager": ""}, "no dpkg database here: this is not Debian, Ubuntu or another system with apt"),
        ({"distro": ""}, "cannot tell the release or architecture of this system"),
        ({"architecture": ""}, "cannot tell the release or architecture of this system"),
        ({"libc": ""}, "cannot tell the release or architecture of this system"),
    ],
)
def test_a_system_that_cannot_be_named(change: dict[str, str], message: str) -> None:
    """A target without a name would be a guess."""
    scan = needing()
    with pytest.raises(SysdepsError) as caught:
        to_target(replace(scan, platform=replace(scan.platform, **change)))
    assert str(caught.value) == message
    assert caught.value.hint


# -------------------------------------------------------------------------------------------------------- other targets

OWN = loads(LOCK).target[0]
TRIXIE = TARGET.replace("bookworm", "trixie")


def test_the_first_target_needs_no_word() -> None:
    """Whether there is no file, an empty one, or one without targets."""
    for old in ("", "\n", HEADER):
        assert merge(old, OWN, add_target=False) == LOCK


def test_the_projects_targets_are_its_word() -> None:
    """One that is listed is added, another one is not."""
    old = f"{HEADER}\n{TRIXIE}"
    assert merge(old, OWN, add_target=False, listed=(ID,)) == f"{LOCK}\n{TRIXIE}"
    with pytest.raises(SysdepsError, match="the project's targets are debian-trixie-amd64, not debian-bookworm-amd64"):
        merge("", OWN, add_target=False, listed=("debian-trixie-amd64",))


def test_carriage_returns_of_others_stay() -> None:
    """A block that a Windows editor saved is not ours to mend."""
    theirs = TRIXIE.replace("\n", "\r\n")
    assert merge(f"{HEADER}\n{theirs}", OWN, add_target=True) == f"{LOCK}\n{theirs.rstrip()}\n"


CONFLICT = "<<<<<<< HEAD\nours\n||||||| base\nold\n=======\ntheirs\n>>>>>>> branch\nboth\n"


def test_the_sides_of_a_conflict() -> None:
    """As git writes them with merge.conflictStyle diff3: the ancestor is on neither side."""
    assert sides_of(f"above\n{CONFLICT}") == ("above\nours\nboth\n", "above\ntheirs\nboth\n")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (">>>>>>> branch\n", "line 1: a git conflict marker without its pair"),
        ("<<<<<<< HEAD\n>>>>>>> branch\n", "line 2: a git conflict marker without its pair"),
        ("<<<<<<< HEAD\n=======\n=======\n>>>>>>> x\n", "line 3: a git conflict marker without its pair"),
        ("<<<<<<< HEAD\n<<<<<<< HEAD\n", "line 2: a git conflict marker without its pair"),
        ("<<<<<<< HEAD\n=======\n", "last line: a git conflict without its end"),
    ],
)
def test_markers_that_do_not_pair(text: str, problem: str) -> None:
    """Somebody has edited between them."""
    with pytest.raises(MalformedLock) as caught:
        sides_of(text)
    assert str(caught.value) == problem


def test_a_line_of_equal_signs_alone_is_no_conflict() -> None:
    """Only git's first and last markers say that there is one."""
    assert sides_of("=======\n") == ("=======\n",)


# --------------------------------------------------------------------------------------------------------- what changed

PSYCOPG = OWN.distribution[0]
(NEED,) = PSYCOPG.needs


def changed(**parts: Any) -> tuple[str, ...]:  # noqa: ANN401 - any part
    """Return what is said when the locked target has become one with these parts."""
    return differences(OWN, replace(OWN, **parts))


def with_distribution(**parts: Any) -> tuple[str, ...]:  # noqa: ANN401 - any part
    """Return what is said when the locked distribution has become one with these parts."""
    return changed(distribution=(replace(PSYCOPG, **parts),))


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (changed(), ()),
        (changed(package=(Package(name="libpq5", min="15", version="15.1"),), snapshot="2026"), ()),
        (changed(python="cp312"), ("python cp311 is locked, cp312 is found",)),
        (changed(distribution=()), ("psycopg2 2.9.9 is locked, and is not installed or needs nothing",)),
        (
            changed(distribution=(PSYCOPG, Distribution(name="two", version="3"))),
            ("two 3 is installed and not locked",),
        ),
        (with_distribution(version="2.9.10"), ("psycopg2 2.9.9 is locked, 2.9.10 is installed",)),
        (with_distribution(version=""), ("psycopg2 2.9.9 is locked, an editable one is installed",)),
        (with_distribution(source=""), ("psycopg2: source local is locked, nothing is found",)),
        (with_distribution(vendored=("a", "b")), ("psycopg2: vendored nothing is locked, a, b is found",)),
        (with_distribution(needs=()), ("libpq.so.5 (libpq5) of psycopg2 is locked and no longer needed",)),
        (
            with_distribution(needs=(NEED, replace(NEED, soname="libz.so.1", package="zlib1g"))),
            ("libz.so.1 (zlib1g) of psycopg2 is needed and not locked",),
        ),
        (
            with_distribution(needs=(replace(NEED, when="plugin"),)),
            ("libpq.so.5 (libpq5) of psycopg2: when import is locked, plugin is found",),
        ),
        (changed(package=(Package(name="libpq5", base=True),)), ("libpq5: base false is locked, true is found",)),
        (changed(package=()), ("libpq5 is locked and no longer needed",)),
        (
            changed(unattributed=(Unattributed(file="bin/x", needs=(NEED,)),)),
            ("bin/x is in no record and not locked", "libpq.so.5 (libpq5) of bin/x is needed and not locked"),
        ),
        (
            changed(unresolved=(Unresolved(soname="libx.so", when="import", by=("bin/x",)),)),
            ("libx.so of the environment is unresolved and not locked",),
        ),
        (
            changed(unresolved=(Unresolved(soname="libx.so", when="import", distribution="psycopg2"),)),
            ("libx.so of psycopg2 is unresolved and not locked",),
        ),
    ],
)
def test_what_differs_is_said_in_words(said: tuple[str, ...], expected: tuple[str, ...]) -> None:
    """One line each, and nothing for what the day decides."""
    assert said == expected
