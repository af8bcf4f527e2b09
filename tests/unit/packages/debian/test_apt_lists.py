"""apt's own lists: their names, their releases, and what they say of packages."""

from __future__ import annotations

from pip_sysdeps.packages.debian.apt_lists import (
    ListName,
    ReleaseFacts,
    listed_packages,
    package_lists,
    release_facts,
)

START = "archive.example_ubuntu_dists_noble"


def test_the_lists_of_an_architecture() -> None:
    """Each belongs to the Release file whose name it begins with; other architectures and Contents are left out."""
    names = [
        f"{START}_InRelease",
        f"{START}-updates_InRelease",
        f"{START}_main_binary-amd64_Packages.lz4",
        f"{START}_main_binary-arm64_Packages.lz4",
        f"{START}-updates_universe_binary-amd64_Packages",
        f"{START}_Contents-amd64.lz4",
        "flat.example_._Packages",
        "lock",
    ]
    assert tuple(package_lists(names, "amd64")) == (
        ListName(file=f"{START}-updates_universe_binary-amd64_Packages", suffix="", release=f"{START}-updates_"),
        ListName(file=f"{START}_main_binary-amd64_Packages.lz4", suffix=".lz4", release=f"{START}_"),
        ListName(file="flat.example_._Packages", suffix="", release=""),
    )


def test_a_release_file() -> None:
    """Its fields, behind the header of a signature."""
    text = b"-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\nOrigin: Ubuntu\nCodename: noble\nNotAutomatic: yes\n"
    assert release_facts(text) == ReleaseFacts(origin="Ubuntu", codename="noble", automatic=False)


def test_the_versions_of_packages() -> None:
    """A package may be there in several versions; a stanza without a name says nothing."""
    text = b"Package: a\nVersion: 1\n\nPackage: b\nVersion: 2\n\nVersion: 9\n\nPackage: a\nVersion: 3\n"
    found = listed_packages([text[:33], text[34:]])
    assert {name: [each.version for each in same] for name, same in found.items()} == {"a": ["1", "3"], "b": ["2"]}


def test_what_a_list_says_of_a_package() -> None:
    """Its size in bytes, and relations as a database has them."""
    text = (
        b"Package: a\nPriority: important\nVersion: 1\nArchitecture: amd64\nInstalled-Size: 3\nPre-Depends: b\n"
        b"Depends: c (>= 1) | d\nProvides: e (= 1), f\nDescription: none\n"
    )
    ((package,),) = listed_packages([text]).values()
    assert (package.name, package.version, package.architecture, package.size) == ("a", "1", "amd64", 3 << 10)
    assert (package.requires, package.provides, package.rank) == ((("b",), ("c", "d")), ("e", "f"), 1)


def test_a_list_that_says_little() -> None:
    """A size that is not a number is not known; an unknown priority is the last."""
    ((package,),) = listed_packages([b"Package: a\nVersion: 1\nInstalled-Size: 3 k\nPriority: odd\n"]).values()
    assert (package.size, package.requires, package.provides, package.rank) == (0, (), (), 5)
