"""Two packages of rpmbuild, in a repository of createrepo_c, installed by dnf: databases, capabilities and lines.

The long forms are in `test_rpm_databases`, `test_rpm_lines` and `test_rpm_life`.
"""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

import pytest

from builders.debian import require_root_and
from builders.rpm import dnf, query, require_rpm, small_repository, zypper
from pip_sysdeps.packages.family import Item
from pip_sysdeps.packages.installed import open_packages
from pip_sysdeps.packages.item_formats import as_names
from pip_sysdeps.packages.rpm.install import PROGRAMS, as_command, as_satisfy, version_capabilities
from pip_sysdeps.packages.rpm.libraries import newest_packages, packages_of_libraries
from pip_sysdeps.packages.rpm.read_repository import FolderStore, find_repositories, read_repodata
from pip_sysdeps.system.root import Root

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.debian

CAPABILITY = "libone.so.1()(64bit)"
FOLDERS = ("/lib64", "/usr/lib64")


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the repository; nobody may change it."""
    require_rpm()
    return small_repository(tmp_path_factory.mktemp("rpm") / "repository")


@pytest.fixture(scope="module")
def root(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a root where the command for a library's capability was run; nobody may change it."""
    root = tmp_path_factory.mktemp("root")
    words = shlex.split(as_command([CAPABILITY], PROGRAMS["dnf"]))
    done = dnf(root, repository, *words[1:], "one-plugin")
    assert done.returncode == 0, done.stderr
    return root


def test_the_database_is_read_as_rpm_reads_it(root: Path) -> None:
    """Versions with epoch, architecture, provides, and the owner of each file."""
    packages = open_packages(Root(str(root)))
    assert packages is not None
    form = "%{NAME} %{EPOCH}:%{VERSION}-%{RELEASE} %{ARCH}\\n"
    told = set(query(root, "--all", f"--queryformat={form}").splitlines())
    found = packages.packages.items()
    assert {f"{name} {each.version} {each.architecture}" for name, each in found} == told
    assert packages.architecture == "x86_64"
    for name in packages.packages:
        provides = [line.partition(" ")[0] for line in query(root, "--provides", name).splitlines()]
        assert provides == list(packages.packages[name].provides)
        installed = query(root, "--queryformat=[%{FILENAMES}\\t%{FILESTATES}\\n]", name).splitlines()
        for path in (line.partition("\t")[0] for line in installed if line.endswith("\t0")):
            assert packages.database.owners(path) == (name,)
            owner = packages.owner(path)
            assert owner is not None
            assert owner.package == name


@pytest.mark.parametrize(
    ("version", "status"), [("ONE_2", 0), ("ONE_3", 1)], ids=["a version that it has", "one that nobody has"]
)
def test_dnf_holds_a_line_to_symbol_versions(repository: Path, tmp_path: Path, version: str, status: int) -> None:
    """The output of `--format satisfy` is installed unchanged, and refuses an old library."""
    versions = version_capabilities("libone.so.1", "(64bit)", ["ONE_1", version])
    line = as_satisfy((Item(name=CAPABILITY, capabilities=versions),), PROGRAMS["dnf"])
    assert dnf(tmp_path, repository, "install", "-y", *line.splitlines()).returncode == status


@pytest.mark.parametrize("name", ["dnf", "yum", "zypper"])
def test_a_command_brings_nothing_that_nobody_needs(repository: Path, tmp_path: Path, name: str) -> None:
    """No weak dependency and, but for zypper, no documentation; yum is a link to dnf, as since RHEL 8."""
    require_root_and("zypper")
    root = tmp_path / "root"
    root.mkdir()
    words = shlex.split(as_command([CAPABILITY], PROGRAMS[name]))
    if name == "zypper":
        zypper(root, *words[words.index("install") :], repository=repository)
    else:
        (tmp_path / "yum").symlink_to("/usr/bin/dnf-3")
        program = str(tmp_path / "yum") if name == "yum" else "dnf"
        done = dnf(root, repository, *words[1:], program=program)
        assert done.returncode == 0, done.stderr
    assert (root / "usr/lib64/libone.so.1").exists()
    assert not (root / "usr/share/one/data").exists()
    assert (root / "usr/share/doc/one-libs/README").exists() == (name == "zypper")


@pytest.mark.parametrize(
    ("version", "status"), [("ONE_2", 0), ("ONE_3", 104)], ids=["a version that it has", "one that nobody has"]
)
def test_zypper_holds_a_line_to_symbol_versions(repository: Path, tmp_path: Path, version: str, status: int) -> None:
    """The same line; 104 is ZYPPER_EXIT_INF_CAP_NOT_FOUND of zypper(8)."""
    require_root_and("zypper")
    versions = version_capabilities("libone.so.1", "(64bit)", ["ONE_1", version])
    line = as_satisfy((Item(name=CAPABILITY, capabilities=versions),), PROGRAMS["zypper"])
    words = shlex.split(as_command(line.splitlines(), PROGRAMS["zypper"]))
    done = zypper(tmp_path, *words[words.index("install") :], repository=repository, check=False)
    assert done.returncode == status, done.stdout
    assert ("not installed" in query(tmp_path, "one-libs", check=False)) == bool(status)


def test_zypper_installs_a_pinned_version(repository: Path, tmp_path: Path) -> None:
    """Name and version, with the epoch, are joined by an equals sign."""
    require_root_and("zypper")
    line = as_names((Item(name="one-libs", version="4:1.2-3"),), PROGRAMS["zypper"].pin)
    zypper(tmp_path, "install", *line.split(), repository=repository)
    assert query(tmp_path, "one-libs").startswith("one-libs-1.2-3")


def test_the_metadata_tells_libraries_from_plugins(repository: Path, tmp_path: Path) -> None:
    """The metadata provides both, and only the library is in the loader's search path."""
    assert dnf(tmp_path, repository, "makecache").returncode == 0
    inside = Root(str(tmp_path))
    (folder,) = find_repositories(inside)
    repodata = read_repodata(FolderStore(inside, folder))
    files = dict(repodata.filelists())
    found = packages_of_libraries(newest_packages(repodata.primary(), "x86_64"), "(64bit)", FOLDERS, files)
    assert found == {"libone.so.1": ("one-libs",)}
