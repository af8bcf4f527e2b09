"""Whose file a file is, by dpkg's database: small ones, one rule each."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from builders.dpkg import Package, database, merge_usr, owner, put, write_database, write_status_d
from pip_sysdeps.errors import MalformedError, SysdepsError
from pip_sysdeps.model.environment import Skipped, Verdict
from pip_sysdeps.model.packages import Owner
from pip_sysdeps.packages.installed import open_packages
from pip_sysdeps.system.root import Root

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


LIB = "/usr/lib/x86_64-linux-gnu"
SAME = {"Multi-Arch": "same"}


def test_the_owner_has_its_version(tmp_path: Path) -> None:
    """A plain file of a package."""
    path = put(tmp_path, f"{LIB}/libz.so.1")
    write_database(tmp_path, Package(name="zlib1g", version="1:1.2.13", files=[path], fields=SAME))
    assert database(tmp_path).owner(path) == Owner(package="zlib1g", version="1:1.2.13")


def test_no_database(tmp_path: Path) -> None:
    """A root without dpkg has none, and that is not an error."""
    assert open_packages(Root(str(tmp_path))) is None


def test_a_file_that_no_package_owns(tmp_path: Path) -> None:
    """Neither a part of a path nor the same name in another folder matches."""
    write_database(tmp_path, Package(name="libc6-dev", files=[f"/usr/share/gdb/auto-load{LIB}/libc.so.6-gdb.py"]))
    path = put(tmp_path, f"{LIB}/libc.so.6")
    assert owner(tmp_path, path) is None


@pytest.mark.parametrize("recorded", ["/lib/x86_64-linux-gnu/libz.so.1", f"{LIB}/libz.so.1"])
@pytest.mark.parametrize("opened", ["/lib/x86_64-linux-gnu/libz.so.1", f"{LIB}/libz.so.1"])
def test_merged_usr_has_two_spellings(tmp_path: Path, recorded: str, opened: str) -> None:
    """A package may list /lib or /usr/lib, and the loader may open either."""
    merge_usr(tmp_path)
    put(tmp_path, f"{LIB}/libz.so.1")
    write_database(tmp_path, Package(name="zlib1g", files=[recorded]))
    assert owner(tmp_path, opened) == "zlib1g"


def test_unmerged_usr_has_two_files(tmp_path: Path) -> None:
    """Where /lib is a folder of its own, the same name in /usr/lib is another file."""
    ours, other = put(tmp_path, "/lib/libfoo.so.1"), put(tmp_path, "/usr/lib/libfoo.so.1")
    write_database(tmp_path, Package(name="libfoo1", files=[ours]))
    assert (owner(tmp_path, ours), owner(tmp_path, other)) == ("libfoo1", None)


@pytest.mark.parametrize("folder", ["lib32", "lib64", "libx32"])
def test_multilib_folders_are_merged_too(tmp_path: Path, folder: str) -> None:
    """As lib32stdc++6 and libc6's /lib64 have it."""
    (tmp_path / "usr" / folder).mkdir(parents=True)
    (tmp_path / folder).symlink_to(f"usr/{folder}")
    put(tmp_path, f"/usr/{folder}/libfoo.so.1")
    write_database(tmp_path, Package(name="lib32foo", files=[f"/{folder}/libfoo.so.1"]))
    assert owner(tmp_path, f"/usr/{folder}/libfoo.so.1") == "lib32foo"


def test_a_link_has_the_owner_of_its_target(tmp_path: Path) -> None:
    """libfoo.so belongs to libfoo-dev, but the file that the loader opens belongs to libfoo1."""
    target = put(tmp_path, f"{LIB}/libfoo.so.1.0")
    link = put(tmp_path, f"{LIB}/libfoo.so", link="libfoo.so.1.0")
    write_database(tmp_path, Package(name="libfoo-dev", files=[link]), Package(name="libfoo1", files=[target]))
    assert owner(tmp_path, link) == "libfoo1"


def test_an_alternative_has_the_owner_of_what_it_chooses(tmp_path: Path) -> None:
    """libblas.so.3 leads through /etc/alternatives to a library; no package owns the links."""
    target = put(tmp_path, f"{LIB}/openblas-pthread/libblas.so.3")
    put(tmp_path, "/etc/alternatives/libblas.so.3-x86_64-linux-gnu", link=target)
    link = put(tmp_path, f"{LIB}/libblas.so.3", link="/etc/alternatives/libblas.so.3-x86_64-linux-gnu")
    write_database(tmp_path, Package(name="libopenblas0-pthread", files=[target]), Package(name="libblas3"))
    assert owner(tmp_path, link) == "libopenblas0-pthread"


def test_a_link_of_a_folder_is_followed(tmp_path: Path) -> None:
    """The package lists the real folder."""
    target = put(tmp_path, "/usr/lib/jvm/java-17/lib/libjvm.so")
    put(tmp_path, "/usr/lib/jvm/default", link="java-17")
    write_database(tmp_path, Package(name="openjdk-17-jre-headless", files=[target]))
    assert owner(tmp_path, "/usr/lib/jvm/default/lib/libjvm.so") == "openjdk-17-jre-headless"


def test_a_packaged_link_to_an_unpackaged_file(tmp_path: Path) -> None:
    """The owned link that is nearest to the file answers."""
    put(tmp_path, "/opt/vendor/libfoo.so.1.7")
    near = put(tmp_path, f"{LIB}/libfoo.so.1", link="/opt/vendor/libfoo.so.1.7")
    far = put(tmp_path, f"{LIB}/libfoo.so", link="libfoo.so.1")
    write_database(tmp_path, Package(name="libfoo-dev", files=[far]), Package(name="libfoo1", files=[near]))
    assert owner(tmp_path, far) == "libfoo1"


def test_a_diverted_name_is_the_diverting_packages(tmp_path: Path) -> None:
    """Only the diverting package owns the name; the other packages own the new name."""
    path, aside = put(tmp_path, f"{LIB}/libGL.so.1"), put(tmp_path, f"{LIB}/libGL.so.1.mesa")
    write_database(
        tmp_path,
        Package(name="a-mesa", files=[path]),
        Package(name="nvidia", files=[path]),
        diversions=[(path, aside, "nvidia")],
    )
    assert (owner(tmp_path, path), owner(tmp_path, aside)) == ("nvidia", "a-mesa")


def test_a_name_diverted_for_nothing(tmp_path: Path) -> None:
    """A package that diverts a name without having the file owns nothing there."""
    path = put(tmp_path, "/usr/bin/tool")
    write_database(
        tmp_path, Package(name="a", files=[path]), Package(name="b"), diversions=[(path, "/usr/bin/tool.real", "b")]
    )
    assert owner(tmp_path, path) is None


def test_a_local_diversion_holds_for_every_package(tmp_path: Path) -> None:
    """No package owns the diverted name."""
    path, aside = put(tmp_path, f"{LIB}/libz.so.1"), put(tmp_path, f"{LIB}/libz.so.1.packaged")
    write_database(tmp_path, Package(name="zlib1g", files=[path]), diversions=[(path, aside, ":")])
    assert (owner(tmp_path, path), owner(tmp_path, aside)) == (None, "zlib1g")


def test_trixies_diversions_for_merged_usr(tmp_path: Path) -> None:
    """libc6 diverts the spelling that it no longer lists, and still owns the loader by the other spelling."""
    merge_usr(tmp_path)
    path = put(tmp_path, f"{LIB}/ld-linux-x86-64.so.2")
    put(tmp_path, "/usr/lib64/ld-linux-x86-64.so.2", link="../lib/x86_64-linux-gnu/ld-linux-x86-64.so.2")
    diverted = "/lib64/ld-linux-x86-64.so.2"
    write_database(
        tmp_path,
        Package(name="libc6", files=[path, f"/usr{diverted}"], fields=SAME),
        diversions=[(diverted, f"{diverted}.usr-is-merged", "libc6")],
    )
    assert owner(tmp_path, diverted) == "libc6"


def test_a_foreign_package_keeps_its_architecture(tmp_path: Path) -> None:
    """The native one is named without: that is what apt-get takes."""
    native, foreign = put(tmp_path, f"{LIB}/libc.so.6"), put(tmp_path, "/usr/lib/i386-linux-gnu/libc.so.6")
    write_database(
        tmp_path,
        Package(name="dpkg"),
        Package(name="libc6", files=[native], fields=SAME),
        Package(name="libc6", architecture="i386", files=[foreign], fields=SAME),
        Package(name="wine32", architecture="i386", files=[put(tmp_path, "/usr/lib/wine/a.so")]),
    )
    assert database(tmp_path).architecture == "amd64"
    paths = (native, foreign, "/usr/lib/wine/a.so")
    assert [owner(tmp_path, path) for path in paths] == ["libc6", "libc6:i386", "wine32:i386"]


@pytest.mark.parametrize("reverse", [False, True])
def test_of_several_owners_the_native_and_first_counts(tmp_path: Path, *, reverse: bool) -> None:
    """The order in the status does not matter."""
    shared, copied = put(tmp_path, "/usr/share/locale/de.mo"), put(tmp_path, f"{LIB}/libx.so")
    packages = [
        Package(name="dpkg"),
        Package(name="aa", architecture="i386", files=[shared], fields=SAME),
        Package(name="zz", files=[shared, copied]),
        Package(name="mm", files=[shared, copied]),
    ]
    write_database(tmp_path, *(packages[::-1] if reverse else packages))
    assert (owner(tmp_path, shared), owner(tmp_path, copied)) == ("mm", "mm")


def test_a_removed_package_owns_nothing(tmp_path: Path) -> None:
    """Its configuration may remain, but it owns no file."""
    path = put(tmp_path, f"{LIB}/libz.so.1")
    write_database(tmp_path, Package(name="zlib1g", files=[path], status="deinstall ok config-files"))
    assert owner(tmp_path, path) is None


def test_a_missing_file_list_is_reported(tmp_path: Path) -> None:
    """The others still answer, and the package is reported."""
    path, lost = put(tmp_path, f"{LIB}/libz.so.1"), put(tmp_path, f"{LIB}/liblost.so.1")
    write_database(tmp_path, Package(name="zlib1g", files=[path]), Package(name="lost1", files=None))
    assert (owner(tmp_path, path), owner(tmp_path, lost)) == ("zlib1g", None)
    assert database(tmp_path).skipped == (
        Skipped(
            path="/var/lib/dpkg/info/lost1.list",
            verdict=Verdict.UNREADABLE,
            reason="the package `lost1` has no file list",
        ),
    )


def test_an_image_without_file_lists(tmp_path: Path) -> None:
    """A slimmed image knows its packages and none of their files."""
    path = put(tmp_path, f"{LIB}/libz.so.1")
    write_database(tmp_path, Package(name="zlib1g", files=None), Package(name="libc6", files=None))
    packages = database(tmp_path)
    assert (packages.owner(path), sorted(packages.packages), len(packages.skipped)) == (None, ["libc6", "zlib1g"], 2)


def test_md5sums_stand_in_for_a_lost_file_list(tmp_path: Path) -> None:
    """They name the regular files, and a link leads to one."""
    path = put(tmp_path, f"{LIB}/libz.so.1.2")
    link = put(tmp_path, f"{LIB}/libz.so.1", link="libz.so.1.2")
    write_database(tmp_path, Package(name="zlib1g", files=None, fields=SAME))
    sums = tmp_path / "var/lib/dpkg/info/zlib1g:amd64.md5sums"
    sums.write_text(f"{'0' * 32}  {path[1:]}\n")
    assert (owner(tmp_path, link), database(tmp_path).skipped) == ("zlib1g", ())


def test_distroless_images_have_a_stanza_a_file(tmp_path: Path) -> None:
    """status.d has no Status fields and no diversions."""
    path = put(tmp_path, f"{LIB}/libssl.so.3")
    put(tmp_path, "/usr/share/doc/base-files/README")
    write_status_d(
        tmp_path, Package(name="libssl3", version="3.0.15", files=[path]), Package(name="tzdata", architecture="all")
    )
    packages = database(tmp_path)
    assert packages.owner(path) == Owner(package="libssl3", version="3.0.15")
    assert (packages.architecture, sorted(packages.packages), packages.skipped) == ("amd64", ["libssl3", "tzdata"], ())


def test_a_list_that_is_no_file_is_reported(tmp_path: Path) -> None:
    """A pipe or a folder in its place is not opened."""
    write_database(tmp_path, Package(name="a", files=None), Package(name="b", files=None))
    info = tmp_path / "var/lib/dpkg/info"
    (info / "a.list").mkdir()
    os.mkfifo(info / "b.list")
    assert [(each.path, each.verdict) for each in database(tmp_path).skipped] == [
        ("/var/lib/dpkg/info/a.list", Verdict.UNREADABLE),
        ("/var/lib/dpkg/info/b.list", Verdict.UNREADABLE),
    ]


def test_lists_that_are_too_large_are_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The lists that still fit answer."""
    path = put(tmp_path, f"{LIB}/libz.so.1")
    write_database(tmp_path, Package(name="a", files=[path]), Package(name="b", files=[f"{LIB}/{'x' * 999}"]))
    monkeypatch.setattr("pip_sysdeps.packages.debian.database._MAX_LISTS", 500)
    assert (owner(tmp_path, path), [each.path for each in database(tmp_path).skipped]) == (
        "a",
        ["/var/lib/dpkg/info/b.list"],
    )


@pytest.mark.parametrize("ends_with_newline", [True, False])
def test_a_folder_is_looked_for_as_a_whole(tmp_path: Path, *, ends_with_newline: bool) -> None:
    """Only files directly in the folder are found, on the first and last line too."""
    paths = [put(tmp_path, path) for path in ("/lib/a/x.so", "/usr/lib/a/x.so", "/opt/lib/a/x.so", "/xlib/a/x.so")]
    write_database(tmp_path, *(Package(name=f"p{number}", files=None) for number in range(4)))
    for number, path in enumerate(paths):
        text = f"{path}\n{path}/deeper" + "\n" * ends_with_newline
        (tmp_path / f"var/lib/dpkg/info/p{number}.list").write_text(text)
    found = database(tmp_path)
    assert [owned and owned.package for owned in map(found.owner, paths)] == ["p0", "p1", "p2", "p3"]
    assert found.owner(put(tmp_path, "/lib/a/deeper")) is None


def test_links_out_of_the_root_end_at_its_top(tmp_path: Path) -> None:
    """A hostile image's links neither leave the root nor loop for ever."""
    put(tmp_path, "/usr/lib/out.so", link="../../../../../../etc/passwd")
    put(tmp_path, "/usr/lib/loop.so", link="loop.so")
    write_database(tmp_path, Package(name="base-passwd", files=[put(tmp_path, "/etc/passwd")]))
    assert owner(tmp_path, "/usr/lib/loop.so") is None
    assert owner(tmp_path, "/usr/lib/out.so") == "base-passwd"
    assert database(tmp_path).owner("/nowhere/at/all.so") is None


def test_a_broken_status_names_file_and_stanza(tmp_path: Path) -> None:
    """It is not half a database: nothing can continue."""
    write_database(tmp_path, Package(name="a"), Package(name="b", status="garbage"))
    with pytest.raises(MalformedError) as caught:
        open_packages(Root(str(tmp_path)))
    assert str(caught.value) == "/var/lib/dpkg/status: stanza 2 (b): invalid package state: 'garbage'"


def test_broken_diversions_name_file_and_line(tmp_path: Path) -> None:
    """The error has the line, and nothing continues."""
    write_database(tmp_path, Package(name="a"), diversions=[("/a", "b", "c")])
    with pytest.raises(MalformedError) as caught:
        open_packages(Root(str(tmp_path)))
    assert str(caught.value) == "/var/lib/dpkg/diversions: line 1: a diversion is two absolute paths and a package"


def test_an_unreadable_database_has_a_hint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The hint says to run it as a user with permission."""
    write_database(tmp_path, Package(name="a"))

    def refuse(_self: Root, path: str, _limit: int) -> bytes:
        raise PermissionError(13, "Permission denied", path)

    monkeypatch.setattr(Root, "read", refuse)
    with pytest.raises(SysdepsError) as caught:
        open_packages(Root(str(tmp_path)))
    assert str(caught.value) == "cannot read dpkg's database `/var/lib/dpkg/status`: Permission denied"
    assert caught.value.hint == "make it readable, or run as root"


@pytest.mark.parametrize(
    ("packages", "base"),
    [
        ([Package(name="tool", fields={"Priority": "important", "Depends": "lib"}), Package(name="lib")], ()),
        ([Package(name="sh", fields={"Essential": "yes", "Pre-Depends": "lib"}), Package(name="lib")], ("lib", "sh")),
        (
            [
                Package(name="apt", fields={"Priority": "important", "Depends": "libpam (>= 1) | other, gone"}),
                Package(name="libpam", fields={"Depends": "libc6"}),
                Package(name="libc6", fields={"Depends": "apt"}),
                Package(name="other"),
                Package(name="login", fields={"Priority": "required"}),
            ],
            ("apt", "libc6", "libpam"),
        ),
        (
            [
                Package(name="sh", fields={"Essential": "yes", "Depends": "awk"}),
                Package(name="mawk", fields={"Provides": "awk"}),
            ],
            ("mawk", "sh"),
        ),
        (
            [
                Package(name="sh", fields={"Essential": "yes", "Depends": "awk"}),
                Package(name="mawk", fields={"Provides": "awk (= 1)"}),
                Package(name="gawk", fields={"Provides": "awk"}),
            ],
            ("sh",),
        ),
    ],
)
def test_base_packages_by_the_status(tmp_path: Path, packages: Sequence[Package], base: tuple[str, ...]) -> None:
    """Essential ones and apt, with what they depend on; of two providers neither is guessed."""
    write_database(tmp_path, *packages)
    assert tuple(sorted(database(tmp_path).base)) == base


def test_the_owner_of_a_name_on_path(tmp_path: Path) -> None:
    """A packaged link is of its own package, one of update-alternatives of the first hop that has an owner."""
    put(tmp_path, "/usr/bin/x86_64-linux-gnu-cpp-12")
    put(tmp_path, "/usr/bin/cpp", link="x86_64-linux-gnu-cpp-12")
    put(tmp_path, "/usr/bin/alternative", link="cpp")
    cpp, cpp_12 = (
        Package(name="cpp", files=["/usr/bin/cpp"]),
        Package(name="cpp-12", files=["/usr/bin/x86_64-linux-gnu-cpp-12"]),
    )
    write_database(tmp_path, cpp, cpp_12)
    packages = open_packages(Root(str(tmp_path)))
    assert packages is not None
    for path in ("/usr/bin/cpp", "/usr/bin/alternative"):
        assert packages.owner(path) == Owner(package="cpp-12", version="1.0")
        assert packages.owner(path, prefer_path=True) == Owner(package="cpp", version="1.0")


def test_a_package_that_provides_one_name_many_times(tmp_path: Path) -> None:
    """It provides it once, and alone: what depends on it is there."""
    lines = {"Essential": "yes", "Depends": "v," * 50_000}
    provided = {"Provides": "v," * 50_000}
    write_database(tmp_path, Package(name="a", fields=lines), Package(name="b", fields=provided))
    assert database(tmp_path).base == {"a", "b"}


def test_owners_of_more_than_is_searched_by_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The answers are the same for many folders."""
    monkeypatch.setattr("pip_sysdeps.packages.debian.database._MOST_SEARCHED", 10)
    paths = [put(tmp_path, f"/usr/lib/{folder}/a.so") for folder in ("x", "y", "z")]
    write_database(tmp_path, Package(name="a", files=paths[:2]), Package(name="b", files=paths[2:]))
    packages = database(tmp_path)
    assert [owner and owner.package for owner in map(packages.owner, paths)] == ["a", "a", "b"]
