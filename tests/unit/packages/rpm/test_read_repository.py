"""Repositories in the caches of a root."""

from __future__ import annotations

import gzip
import hashlib
from typing import TYPE_CHECKING

import pytest

from builders.root import write
from pip_sysdeps.errors import MalformedError, SysdepsError
from pip_sysdeps.packages.rpm.read_repository import FolderStore, Repodata, find_repositories, read_repodata
from pip_sysdeps.system.root import Root

if TYPE_CHECKING:
    from pathlib import Path

PRIMARY = b"""<metadata xmlns="http://linux.duke.edu/metadata/common"><package type="rpm"><name>a</name>
<arch>noarch</arch><version epoch="0" ver="1" rel="2"/><checksum pkgid="YES">x</checksum></package></metadata>"""
FOLDER = "/var/cache/dnf/fedora-0123"


def _cache(root: Path, folder: str = FOLDER, *, digest: str = "") -> Root:
    packed = gzip.compress(PRIMARY, mtime=0)
    digest = digest or hashlib.sha256(packed).hexdigest()
    write(root / folder.lstrip("/") / "repodata/x-primary.xml.gz", packed)
    repomd = (
        '<repomd xmlns="http://linux.duke.edu/metadata/repo"><data type="primary">'
        f'<checksum type="sha256">{digest}</checksum><location href="repodata/x-primary.xml.gz"/></data>'
        '<data type="filelists"><location href="repodata/x-filelists.xml.gz"/></data></repomd>'
    )
    write(root / folder.lstrip("/") / "repodata/repomd.xml", repomd)
    return Root(str(root))


def _repodata(root: Root, folder: str = FOLDER) -> Repodata:
    return read_repodata(FolderStore(root, folder))


@pytest.mark.parametrize(
    "folder",
    ["/var/cache/dnf/a", "/var/cache/libdnf5/a", "/var/cache/yum/metadata/a", "/var/cache/zypp/raw/a"],
)
def test_each_cache_is_found(tmp_path: Path, folder: str) -> None:
    """Dnf 4, dnf5, microdnf and zypper keep the same metadata in different places."""
    root = _cache(tmp_path, folder)
    assert find_repositories(root) == (folder,)
    assert [(each.name, each.version) for each in _repodata(root, folder).primary()] == [("a", "1-2")]


def test_file_lists_may_be_missing(tmp_path: Path) -> None:
    """Dnf fetches them when it needs them."""
    root = _cache(tmp_path)
    assert not _repodata(root).has_filelists
    assert list(_repodata(root).filelists()) == []


def test_a_root_without_caches_has_none(tmp_path: Path) -> None:
    """The result is None."""
    assert find_repositories(Root(str(tmp_path))) == ()


def test_another_checksum_is_refused(tmp_path: Path) -> None:
    """What differs from repomd.xml is half of another state of the repository."""
    root = _cache(tmp_path, digest="0" * 64)
    with pytest.raises(MalformedError) as error:
        list(_repodata(root).primary())
    assert str(error.value) == (f"{FOLDER}/repodata/x-primary.xml.gz: offset 0: its sha256 differs from repomd.xml")


def test_metadata_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    """A cache that has only its list."""
    root = _cache(tmp_path)
    (tmp_path / FOLDER.lstrip("/") / "repodata/x-primary.xml.gz").unlink()
    with pytest.raises(SysdepsError) as error:
        list(_repodata(root).primary())
    assert str(error.value) == f"`{FOLDER}` has no primary metadata that can be read"
    assert error.value.hint == "run `dnf makecache` or `zypper refresh` there"
