"""`index update`, with the real apt and a small signed archive on the disk."""

from __future__ import annotations

import gzip
import os
import shutil
import tracemalloc
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from builders.archive import Archive, configure, key_of, published_archive
from builders.root import write
from pip_sysdeps.byname.read_knowledge import known_files
from pip_sysdeps.errors import SysdepsError
from pip_sysdeps.packages.debian.index_update import update_index
from pip_sysdeps.packages.family import IndexRequest, IndexUpdate
from pip_sysdeps.packages.index import IndexAnswer, index_path, open_index, write_index
from pip_sysdeps.packages.index_file import IndexTarget
from pip_sysdeps.system.root import Root

if TYPE_CHECKING:
    from collections.abc import Iterator

TARGET = "debian-tested-amd64"


@pytest.fixture
def archive() -> Iterator[Archive]:
    """Return an archive."""
    with published_archive() as made:
        yield made


@pytest.fixture
def root(tmp_path: Path, archive: Archive, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a root whose one apt source is the archive, which is in it."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    folder = archive.folder.parent
    configure(folder, archive, "tested")
    return folder


def update(root: Path, suite: str = "", *, shared: bool = True) -> IndexUpdate:
    """Update the index of the root's architecture, for everybody unless told otherwise."""
    wanted = IndexRequest(distro="debian", codename="tested", suite=suite, architecture="amd64", shared=shared)
    return update_index(Root(str(root)), wanted, known_files())


def answers() -> tuple[IndexAnswer | None, IndexAnswer | None, frozenset[str]]:
    """Return the answers of the index that was made."""
    index = open_index(TARGET)
    assert index is not None
    return index.package_of("libfoo.so.1"), index.package_of_program("foo"), index.base


def test_the_index_of_the_configured_sources(root: Path) -> None:
    """Libraries, programs of `all`, and the base set come from what apt downloaded and verified."""
    made = update(root)
    assert made == IndexUpdate(
        target=IndexTarget(id=TARGET, date="Sat, 12 Sep 2026 07:55:41 UTC"), path=index_path(TARGET), complaints=()
    )
    assert answers() == (
        IndexAnswer(name="libfoo.so.1", package="libfoo1"),
        IndexAnswer(name="foo", package="foo-tools"),
        frozenset({"foo-tools"}),
    )


HOSTILE = """
Acquire::IndexTargets::deb::same { MetaKey "$(COMPONENT)/Contents-$(ARCHITECTURE)"; KeepCompressed "true"; };
Acquire::IndexTargets::deb::other { MetaKey "$(COMPONENT)/missing"; Optional "false"; };
Acquire::IndexTargets::deb::Packages::DefaultEnabled "false";
APT::Architectures { "amd64"; "riscv64"; };
APT::Update::Post-Invoke { "touch POST_INVOKE"; };
"""
"""An apt.conf(5) as apt-file, appstream and people write them."""


@pytest.mark.slow
def test_the_machine_s_own_apt_configuration_does_not_count(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither what other programs have apt download, nor other architectures, nor hooks."""
    path = root / "hostile.conf"
    path.write_text(HOSTILE.replace("POST_INVOKE", str(root / "invoked")))
    monkeypatch.setenv("APT_CONFIG", str(path))
    assert update(root).complaints == ()
    assert answers()[:2] == (
        IndexAnswer(name="libfoo.so.1", package="libfoo1"),
        IndexAnswer(name="foo", package="foo-tools"),
    )
    assert not (root / "invoked").exists()


@pytest.mark.slow
def test_one_bad_index_does_not_void_the_rest(root: Path, archive: Archive) -> None:
    """Contents-all that does not match the Release file is left out and reported."""
    bad = archive.publish() / "main" / "Contents-all.gz"
    bad.write_bytes(gzip.compress(b"usr/bin/evil    utils/evil\n"))
    made = update(root)
    assert any("Contents-all" in complaint for complaint in made.complaints)
    assert answers() == (IndexAnswer(name="libfoo.so.1", package="libfoo1"), None, frozenset({"foo-tools"}))


@pytest.mark.parametrize("fault", ["contents", "signature", "archive"])
def test_without_verified_contents_the_old_index_stays(root: Path, archive: Archive, fault: str) -> None:
    """A Contents that does not match, a signature by another key, and no archive at all are errors."""
    write(Path(index_path(TARGET)), "the old one")
    dist = archive.publish()
    if fault == "contents":
        (dist / "main" / "Contents-amd64.gz").write_bytes(gzip.compress(b"usr/lib/libevil.so    libs/evil\n"))
    elif fault == "signature":
        (root / "usr/share/keyrings/archive.gpg").write_bytes(key_of("stranger@mirror.test").public)
    else:
        (dist / "InRelease").unlink()
    with pytest.raises(
        SysdepsError, match=r"could not download and verify a Contents index of debian tested amd64: [EW]:"
    ):
        update(root)
    assert Path(index_path(TARGET)).read_text() == "the old one"
    assert [path.name for path in Path(index_path(TARGET)).parent.iterdir()] == [f"{TARGET}.index"]


@pytest.mark.slow
def test_another_suite_of_the_same_archive(root: Path, archive: Archive) -> None:
    """The source of the root's own release is asked for the other one, whose codename names the target."""
    archive.publish("next")
    assert update(root, "next").target.id == "debian-next-amd64"


@pytest.mark.slow
def test_backports_do_not_count(root: Path, archive: Archive) -> None:
    """What apt does not install from unasked (`NotAutomatic`) is not in the index."""
    archive.publish("tested", fields="NotAutomatic: yes\n")
    with pytest.raises(SysdepsError, match="could not download and verify"):
        update(root)


@pytest.mark.slow
def test_a_third_party_archive_adds_libraries_and_no_base(root: Path, archive: Archive) -> None:
    """Its required packages are no part of every image of the release."""
    archive.publish("extra", origin="Somebody", renamed=("foo", "bar"))
    configure(root, archive, "tested", "extra")
    update(root)
    index = open_index(TARGET)
    assert index is not None
    assert index.package_of("libbar.so.1") == IndexAnswer(name="libbar.so.1", package="libbar1")
    assert index.base == {"foo-tools"}


@pytest.mark.slow
def test_a_third_party_archive_alone_makes_no_index(root: Path, archive: Archive) -> None:
    """It is an error, because the release's own archive is missing."""
    archive.publish("extra", origin="Somebody")
    configure(root, archive, "extra")
    with pytest.raises(SysdepsError, match="could not download and verify"):
        update(root)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "the root has no apt sources"),
        (
            "Types: deb\nURIs: file:/x\n",
            "/etc/apt/sources.list.d/test.sources: entry 1: an entry has no URIs or Suites",
        ),
        (
            "Types: deb\nURIs: file:/x\nSuites: a\nSigned-By: /gone.gpg\n",
            "the keyring `/gone.gpg` of an apt source cannot be read: No such file or directory",
        ),
    ],
)
def test_unusable_sources_are_errors(root: Path, content: str | None, message: str) -> None:
    """No source, an incomplete one, and one without its keyring are errors."""
    source = root / "etc/apt/sources.list.d/test.sources"
    source.unlink()
    if content is not None:
        source.write_text(content)
    with pytest.raises(SysdepsError) as caught:
        update(root)
    assert str(caught.value) == message


def test_a_suite_that_no_source_has(root: Path) -> None:
    """Another release is asked for where this one's source points; without one there is nowhere to ask."""
    wanted = IndexRequest(distro="debian", codename="other", suite="next", architecture="amd64")
    with pytest.raises(SysdepsError, match=r"^no apt source names `other`$"):
        update_index(Root(str(root)), wanted, known_files())


@pytest.mark.slow
def test_the_index_of_a_root_answers_for_its_own_sources_only(root: Path, tmp_path: Path) -> None:
    """Neither for the machine nor for a root with another source or key, but for one with the same."""
    made = update(root, shared=False)
    assert "/index/roots/" in made.path
    same, other = tmp_path / "same", tmp_path / "other"
    for folder in (same, other):
        shutil.copytree(root / "etc", folder / "etc")
        shutil.copytree(root / "usr", folder / "usr")
    write(other / "usr/share/keyrings/archive.gpg", b"another key")
    roots = (Root(str(root)), Root(str(same)), Root(str(other)), Root("/"), None)
    assert [open_index(TARGET, each) is not None for each in roots] == [True, True, False, False, False]


@pytest.mark.slow
def test_the_index_of_a_root_comes_before_that_of_the_user(root: Path) -> None:
    """The index of a root counts for that root alone."""
    write_index(IndexTarget(id=TARGET, date="the user's"), {"library": {}})
    update(root, shared=False)
    dates = {str(each and each.directory): open_index(TARGET, each) for each in (Root(str(root)), None)}
    assert [index and index.target.date for index in dates.values()] == ["Sat, 12 Sep 2026 07:55:41 UTC", "the user's"]


@pytest.mark.slow
def test_a_root_whose_sources_cannot_be_read_has_no_index_of_its_own(root: Path) -> None:
    """It is not an error, because `lock` does not need the sources."""
    update(root, shared=False)
    write(root / "etc/apt/sources.list", "deb broken\n")
    assert open_index(TARGET, Root(str(root))) is None


@pytest.mark.slow
def test_a_program_of_the_root_is_never_run(root: Path) -> None:
    """Apt takes what stands before ":" for the path of a method."""
    ran = root / "ran"
    evil = root / "evil"
    write(evil, f"#!/bin/sh\ntouch {ran}\n")
    evil.chmod(0o755)
    write(root / "etc/apt/sources.list", f"deb [trusted=yes] ../../../../..{evil}:///x ./\n")
    made = update(root)
    assert not ran.exists()
    assert len(made.complaints) == 1
    assert "evil:///x': it is neither an http or https URL" in made.complaints[0]


@pytest.mark.slow
def test_an_archive_that_nobody_signed_does_not_count(root: Path, archive: Archive) -> None:
    """Options of the root that disable verification are ignored."""
    dist = archive.publish()
    lines = (dist / "InRelease").read_text().splitlines()
    signed = lines[lines.index("") + 1 : lines.index("-----BEGIN PGP SIGNATURE-----")]
    (dist / "InRelease").unlink()
    write(dist / "Release", "\n".join(signed) + "\n")
    (root / "etc/apt/sources.list.d/test.sources").unlink()
    write(root / "etc/apt/sources.list", f"deb [trusted=yes] {archive.uri} tested main\n")
    with pytest.raises(SysdepsError, match="could not download and verify"):
        update(root)


@pytest.mark.slow
def test_an_archive_with_hashes_in_its_names(root: Path, archive: Archive) -> None:
    """`Acquire-By-Hash`: apt takes the plain names where the others are not there."""
    archive.publish(fields="Acquire-By-Hash: yes\n")
    assert update(root).complaints == ()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("date", "fault"),
    [
        ("garbage", "Date of a Release file: 'garbage' is not a date"),
        (
            "Sat,\t12 Sep 2026 07:55:41 UTC",
            "targets: the date of debian-tested-amd64 is 'Sat,\\t12 Sep 2026 07:55:41 UTC'",
        ),
        ("Sat, 12 Sep 99999999 07:55:41", "Date of a Release file: 'Sat, 12 Sep 99999999 07:55:41' is not a date"),
    ],
)
def test_a_date_that_is_none_is_one_error(root: Path, archive: Archive, date: str, fault: str) -> None:
    """The old index stays."""
    archive.date = date
    archive.publish()
    with pytest.raises(SysdepsError) as caught:
        update(root)
    assert str(caught.value) == f"the archive's indices: {fault}"
    assert caught.value.hint == "the old index, if there is one, is left as it was"


@pytest.mark.slow
def test_a_date_without_a_zone_counts(root: Path, archive: Archive) -> None:
    """`-0000` says that none is known (RFC 5322): it is compared with the others as UTC."""
    archive.publish("extra", origin="Somebody")
    archive.date = "Sat, 12 Sep 2026 08:00:00 -0000"
    archive.publish()
    configure(root, archive, "tested", "extra")
    assert update(root).target.date == "Sat, 12 Sep 2026 08:00:00 -0000"


@pytest.mark.slow
def test_a_tab_in_origin_is_another_origin(root: Path, archive: Archive) -> None:
    """A tab does not end the field."""
    archive.publish(origin="Deb\tian")
    with pytest.raises(SysdepsError, match="could not download and verify"):
        update(root)


@pytest.mark.slow
def test_hostile_names_are_left_out_of_an_index(root: Path, archive: Archive) -> None:
    """The other names can be read."""
    archive.publish(renamed=("libfoo1", "-oAPT=x"))
    update(root)
    assert answers()[:2] == (None, IndexAnswer(name="foo", package="foo-tools"))
    archive.publish(renamed=("libfoo.so.1", "lib:foo.so.1"))
    update(root)
    assert answers()[:2] == (None, IndexAnswer(name="foo", package="foo-tools"))


@pytest.mark.slow
def test_an_endless_row_takes_no_memory(root: Path, archive: Archive) -> None:
    """A gigabyte of zeros is one megabyte of gzip; here is a tenth of that."""
    archive.contents = gzip.compress(bytes(1 << 20)) * 100  # members of one stream
    archive.publish()
    tracemalloc.start()
    with pytest.raises(SysdepsError, match=r"^the archive's indices: line 1: row longer than 1048576 bytes$"):
        update(root)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 20 << 20


@pytest.mark.slow
def test_a_list_of_repetitions_is_refused(root: Path, archive: Archive) -> None:
    """A hundred megabytes of rows that are one row, packed into less than one: reading goes no further than it must."""
    archive.contents = gzip.compress(b"usr/share/doc/foo/copyright libs/foo\n" * 3_000_000)
    archive.publish()
    with pytest.raises(SysdepsError, match=r"is larger than [0-9]{8} bytes$"):
        update(root)


def test_an_unknown_architecture(root: Path) -> None:
    """The loader's folders are known for Debian's architectures only."""
    wanted = IndexRequest(distro="debian", codename="tested", suite="", architecture="vax")
    with pytest.raises(SysdepsError, match=r"^unknown architecture `vax`$"):
        update_index(Root(str(root)), wanted, known_files())


def test_without_apt(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without apt the command is an error."""
    monkeypatch.setenv("PATH", "/nonexistent")
    with pytest.raises(SysdepsError, match=r"^apt-get is not installed$"):
        update(root)


@pytest.mark.slow
@pytest.mark.parametrize("trap", ["link", "writable by others"])
def test_a_folder_in_its_place(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, trap: str) -> None:
    """Downloads never go into a folder that another user may have put where they are kept."""
    temporary, elsewhere = root / "tmp", tmp_path / "elsewhere"
    temporary.mkdir()
    elsewhere.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    digest = sha256(f"{Root(str(root)).directory}\0\0amd64".encode()).hexdigest()[:16]
    place = temporary / f"pip-sysdeps-{os.geteuid()}-{digest}"
    if trap == "link":
        place.symlink_to(elsewhere)
    else:
        place.mkdir()
        place.chmod(0o777)
    update(root)
    assert answers()[0] == IndexAnswer(name="libfoo.so.1", package="libfoo1")
    assert list(elsewhere.iterdir()) == []
    assert list(temporary.iterdir()) == [place]
