"""Indices of the metadata that dnf and zypper themselves have downloaded, judged by `dnf repoquery`.

`tests/functional/systems/test_rpm_index.py` tests what is said of each; here is the long way from rpmbuild to a lock.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from builders.command import pip_sysdeps
from builders.debian import require_root_and
from builders.root import write
from builders.rpm import OS_RELEASE, dnf, require_rpm, run_judge, small_repository

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.debian

TARGET = "fedora-40-x86_64"
LIBRARY = "libone.so.1"


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a repository of createrepo_c with a library and a plugin; nobody may change it."""
    require_rpm()
    return small_repository(tmp_path_factory.mktemp("rpm") / "repository")


@pytest.fixture
def root(repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a root with the repository, and the plugin installed."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    root = tmp_path / "root"
    done = dnf(root, repository, "install", "-y", "one-plugin")
    assert done.returncode == 0, done.stderr
    write(root / "etc/os-release", OS_RELEASE)
    return root


def _shown(root: Path, cwd: Path) -> str:
    """Make the index of a root; return its entries for the library and the plugin."""
    pip_sysdeps("index", "update", "--root", str(root), "--shared", cwd=cwd)
    return pip_sysdeps("index", "show", TARGET, LIBRARY, "libplugin.so.1", cwd=cwd).stdout


def test_the_cache_of_dnf_makes_an_index(root: Path, repository: Path, tmp_path: Path) -> None:
    """It has the names that dnf has, but not the plugin, which the loader does not find."""
    assert dnf(root, repository, "makecache").returncode == 0
    write(root / "etc/yum.repos.d/tests.repo", "[tests]\nbaseurl=file:///nonexistent\n")
    form = ["repoquery", "-q", "--queryformat", "%{name}", "--whatprovides", f"{LIBRARY}()(64bit)"]
    (name,) = set(dnf(root, repository, *form).stdout.split())
    assert _shown(root, tmp_path) == (f"{LIBRARY}: {name}\nlibplugin.so.1: no binary package has it\n")


def test_the_cache_of_zypper_makes_an_index(root: Path, repository: Path, tmp_path: Path) -> None:
    """Like the cache of dnf, even if the repository itself cannot be reached."""
    require_root_and("zypper")
    zypper = ["zypper", f"--root={root}", "--non-interactive", "--no-gpg-checks"]
    run_judge([*zypper, "addrepo", "--no-gpgcheck", f"file://{repository}", "tests"])
    run_judge([*zypper, "refresh"])
    file = root / "etc/zypp/repos.d/tests.repo"
    file.write_text(file.read_text().replace(f"file://{repository}", "file:///nonexistent"))
    assert _shown(root, tmp_path) == f"{LIBRARY}: one-libs\nlibplugin.so.1: no binary package has it\n"


def test_a_repository_of_createrepo_c_makes_an_index(root: Path, repository: Path, tmp_path: Path) -> None:
    """Without any cache, from a folder of the root."""
    (root / "srv").mkdir(exist_ok=True)
    run_judge(["cp", "-a", str(repository), str(root / "srv/repository")])
    write(root / "etc/yum.repos.d/tests.repo", "[tests]\nbaseurl=file:///srv/repository\n")
    assert _shown(root, tmp_path) == f"{LIBRARY}: one-libs\nlibplugin.so.1: no binary package has it\n"
