"""apt's lists that stay in the cache, with the real apt and an archive that counts what it sends."""

from __future__ import annotations

import gzip
import shutil
from typing import TYPE_CHECKING

import pytest

from builders.archive import Archive, published_archive
from builders.http_server import Served, served_folder
from pip_sysdeps.byname.read_knowledge import known_files
from pip_sysdeps.errors import SysdepsError
from pip_sysdeps.packages.debian.index_update import update_index
from pip_sysdeps.packages.family import IndexRequest, IndexUpdate
from pip_sysdeps.system.root import Root

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.slow  # apt downloads and verifies lists; tests/functional/test_ubuntu.py is quick

ARCHITECTURE = "amd64"


@pytest.fixture
def archive() -> Iterator[Archive]:
    """Return an archive."""
    with published_archive() as made:
        yield made


@pytest.fixture
def server(archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    """Serve the archive, the only source of this machine's apt."""
    with served_folder(archive.folder) as served:
        source = f"deb [signed-by={archive.keyring}] {served.uri} tested main\n"
        (tmp_path / "sources.list").write_text(source)
        settings = {
            "Dir::Etc::sourcelist": tmp_path / "sources.list",
            "Dir::Etc::sourceparts": "-",
            "APT::Architecture": ARCHITECTURE,
            "Acquire::http::Proxy::127.0.0.1": "DIRECT",
        }
        (tmp_path / "apt.conf").write_text("".join(f'{name} "{value}";\n' for name, value in settings.items()))
        monkeypatch.setenv("APT_CONFIG", str(tmp_path / "apt.conf"))
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
        yield served


def update() -> IndexUpdate:
    """Update the index of this machine's sources."""
    wanted = IndexRequest(distro="debian", codename="tested", suite="", architecture=ARCHITECTURE)
    return update_index(Root("/"), wanted, known_files())


def names(served: Served) -> set[str]:
    """Return the names of the files that were sent since the last call."""
    found = {path.rpartition("/")[2] for path in served.sent}
    served.sent.clear()
    return found


def test_nothing_is_downloaded_twice(server: Served) -> None:
    """The archive is only asked whether it has changed; the index is made again."""
    first = update()
    assert "Contents-amd64.gz" in names(server)
    assert (update(), names(server)) == (first, set())


def test_other_warnings_do_not_matter(server: Served, tmp_path: Path) -> None:
    """A source that is configured twice is a warning at each run."""
    path = tmp_path / "sources.list"
    path.write_text(path.read_text() * 2)
    assert any("is configured multiple times" in each for each in update().complaints)
    names(server)
    assert (any("multiple times" in each for each in update().complaints), names(server)) == (True, set())


def test_only_what_has_changed_is_downloaded(server: Served, archive: Archive) -> None:
    """A new Contents of the architecture; those of all architectures are the same."""
    update()
    names(server)
    archive.contents = gzip.compress(b"usr/lib/x86_64-linux-gnu/libnew.so.1    libs/libfoo1\n")
    archive.date = "Sun, 13 Sep 2026 07:55:41 UTC"
    archive.publish()
    made = update()
    assert (made.target.date, names(server)) == ("Sun, 13 Sep 2026 07:55:41 UTC", {"InRelease", "Contents-amd64.gz"})


@pytest.mark.parametrize("what", ["archive", "contents"])
@pytest.mark.usefixtures("server")
def test_old_lists_do_not_stand_in(archive: Archive, what: str) -> None:
    """Of an archive that cannot be reached, or is not what its Release file says, nothing is taken."""
    path = update().path
    with open(path, "rb") as file:
        old = file.read()
    dist = archive.folder / "dists/tested"
    if what == "archive":
        shutil.rmtree(dist)
    else:
        archive.date = "Sun, 13 Sep 2026 07:55:41 UTC"
        archive.contents = gzip.compress(b"usr/lib/x86_64-linux-gnu/libnew.so.1    libs/libfoo1\n")
        archive.publish()
        (dist / "main/Contents-amd64.gz").write_bytes(archive.contents[:-9])
    with pytest.raises(SysdepsError, match="could not download and verify"):
        update()
    with open(path, "rb") as file:
        assert file.read() == old


def test_a_cache_that_cannot_hold_them(server: Served, tmp_path: Path) -> None:
    """The index is made without it."""
    (tmp_path / "cache/pip-sysdeps").mkdir(parents=True)
    (tmp_path / "cache/pip-sysdeps/apt").write_text("no folder")
    assert update() == update()
    assert server.sent.count("/dists/tested/main/Contents-amd64.gz") == 2
