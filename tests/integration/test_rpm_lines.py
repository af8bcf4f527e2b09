"""Lines for dnf and zypper, really installed from a repository made by createrepo_c: names, capabilities, versions."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

import pytest

from builders.debian import require_root_and, run_in
from builders.rpm import query, rpm_root, with_repository, zypper
from pip_sysdeps.packages.family import Item
from pip_sysdeps.packages.item_formats import as_names
from pip_sysdeps.packages.rpm.install import (
    PROGRAMS,
    as_command,
    as_satisfy,
    version_capabilities,
)
from pip_sysdeps.packages.rpm.libraries import newest_packages, packages_of_libraries
from pip_sysdeps.packages.rpm.read_repository import FolderStore, find_repositories, read_repodata
from pip_sysdeps.system.root import Root

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.debian, pytest.mark.exhaustive]

MARK = "(64bit)"
LINE = (Item(name="libxslt1.1"), Item(name="libpq.so.5()(64bit)"))
DEFAULT_FOLDERS = ("/lib/x86_64-linux-gnu", "/usr/lib/x86_64-linux-gnu")


@pytest.fixture(scope="module")
def dnf_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a root with dnf and the repository, which the tests of this file install into."""
    return with_repository(
        rpm_root(tmp_path_factory.mktemp("dnf") / "root", ["dnf", "rpm", "dash", "bash", "coreutils"])
    )


def _has(root: Path, *packages: str) -> bool:
    return all("not installed" not in query(root, each, check=False) for each in packages)


def test_dnf_installs_names_and_capabilities(dnf_root: Path) -> None:
    """The line, run by a shell in the root, installs the package and the library."""
    run_in(dnf_root, ["sh", "-c", as_command([each.name for each in LINE], PROGRAMS["dnf"])])
    assert _has(dnf_root, "libxslt1.1", "libpq5")


def test_yum_of_dnf_installs_names_and_capabilities(dnf_root: Path) -> None:
    """The command for yum, where that is a link to dnf, as since RHEL 8; a name that nobody has fails the line."""
    (dnf_root / "usr/bin/yum").symlink_to("dnf-3")
    run_in(dnf_root, ["sh", "-c", as_command(["libGL.so.1()(64bit)", "libxml2"], PROGRAMS["yum"])])
    assert _has(dnf_root, "libgl1", "libxml2")
    missing = as_command(["libxml2", "libnosuch.so.1()(64bit)"], PROGRAMS["yum"])
    assert run_in(dnf_root, ["sh", "-c", missing], check=False).returncode == 1


def test_dnf_installs_a_symbol_version(dnf_root: Path) -> None:
    """A minimum version is a capability as well; one that no package has fails."""
    versions = version_capabilities("libxslt.so.1", MARK, ["LIBXML2_1.1.9", "LIBXML2_1.0.11"])
    line = as_satisfy((Item(name="libxslt1.1", capabilities=versions),), PROGRAMS["dnf"])
    assert run_in(dnf_root, ["dnf", "install", "-y", *line.splitlines()], check=False).returncode == 0
    missing = version_capabilities("libxslt.so.1", MARK, ["LIBXML2_99"])
    assert run_in(dnf_root, ["dnf", "install", "-y", *missing], check=False).returncode == 1


def test_dnf_installs_a_pinned_version(dnf_root: Path) -> None:
    """Name and version are joined by a hyphen."""
    version = query(dnf_root, "--queryformat=%{VERSION}-%{RELEASE}", "bash")
    line = as_names((Item(name="bash", version=version),), PROGRAMS["dnf"].pin)
    assert run_in(dnf_root, ["dnf", "install", "-y", *line.split()]).returncode == 0


def test_the_cache_of_dnf_names_the_packages_of_libraries(dnf_root: Path) -> None:
    """Each library of the repository has the package that `dnf repoquery` names."""
    run_in(dnf_root, ["dnf", "makecache"])
    root = Root(str(dnf_root))
    (folder,) = find_repositories(root)
    repodata = read_repodata(FolderStore(root, folder))
    packages = newest_packages(repodata.primary(), "x86_64")
    files = dict(repodata.filelists())
    found = packages_of_libraries(packages, MARK, DEFAULT_FOLDERS, files)
    assert {"libpq.so.5": ("libpq5",), "libxml2.so.2": ("libxml2",), "libGL.so.1": ("libgl1",)}.items() <= found.items()
    form = ["dnf", "repoquery", "-q", "--queryformat", "%{name}", "--whatprovides"]
    for soname in sorted(found)[:10]:
        answer = run_in(dnf_root, [*form, f"{soname}()(64bit)"]).stdout.split()
        assert set(found[soname]) <= set(answer)
    listed = run_in(dnf_root, ["dnf", "repoquery", "-q", "--queryformat", "%{name} %{installsize} %{evr}"]).stdout
    sizes = {each.name: f"{each.installed_size} {each.version}" for each in packages}
    assert {f"{name} {rest}" for name, rest in sizes.items()} == set(listed.splitlines())


def test_zypper_installs_names_and_capabilities(tmp_path: Path) -> None:
    """The same requirements are installed by zypper into an empty root."""
    require_root_and("zypper")
    root = tmp_path / "root"
    root.mkdir()
    words = shlex.split(as_command(["filesystem", *(each.name for each in LINE)], PROGRAMS["zypper"]))
    zypper(root, *words[words.index("install") :])
    assert _has(root, "libxslt1.1", "libpq5")
    found = zypper(root, "install", "libpq.so.5(NOT_THERE)(64bit)", check=False)
    assert found.returncode == 104, found.stdout
