"""The lines that `apt-line` prints, given to the real apt of both releases."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from builders.command import lock_of, pip_sysdeps
from builders.debian import apt_update, fresh_root, require_root_and, run_in
from builders.dpkg import Package, build_deb
from builders.environments import VENV, build_root
from builders.truth import read_truth

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.debian

INSTALL_LINES = "xargs -r -d '\\n' -a /apt.txt apt-get satisfy -y -qq --no-install-recommends"
"""As `apt-line --help` says it."""

LOCK = """\
lock-version = "1.0"

[[target]]
id = "debian-{suite}-amd64"
distro = "debian"
architecture = "amd64"
package-manager = "dpkg"
libc = "glibc"
python = "cp311"
{snapshot}
[[target.distribution]]
name = "thing"
version = "1"

[[target.distribution.needs]]
soname = "libthing.so.1"
package = "{package}"
when = "import"

[[target.package]]
name = "{package}"
{versions}
"""


def line(folder: Path, suite: str, *options: str) -> str:
    """Print the line of the lock in a folder."""
    return pip_sysdeps("apt-line", "--target", f"debian-{suite}-amd64", *options, cwd=folder).stdout


@pytest.mark.network
@pytest.mark.parametrize("suite", ["bookworm", pytest.param("trixie", marks=pytest.mark.exhaustive)])
def test_satisfy_installs_what_was_locked(suite: str, tmp_path: Path) -> None:
    """Each package of a real project arrives, in a version that reaches its min."""
    target = lock_of(build_root(read_truth("p01-webapp", suite).project), VENV, tmp_path)
    release = fresh_root(tmp_path / "release", suite)
    (release / "apt.txt").write_text(line(tmp_path, suite, "--format", "satisfy"))
    apt_update(release)
    run_in(release, ["sh", "-c", INSTALL_LINES])
    names = line(tmp_path, suite).split()
    floors = {each["name"]: each["min"] for each in target["package"] if each["name"] in names and "min" in each}
    assert len(floors) >= 5
    for name, floor in floors.items():
        version = run_in(release, ["dpkg-query", "--show", "--showformat", "${Version}", name]).stdout
        run_in(release, ["dpkg", "--compare-versions", version, "ge", floor])


def test_satisfy_refuses_an_older_release(tmp_path: Path) -> None:
    """Debian 12's libpq5 is no libpq5 (>= 17~): apt says so; a line of names would install it."""
    versions = 'min = "17~"'
    (tmp_path / "sysdeps.lock").write_text(
        LOCK.format(suite="bookworm", package="libpq5", versions=versions, snapshot="")
    )
    release = fresh_root(tmp_path / "release", "bookworm")
    apt_update(release)
    (release / "apt.txt").write_text(line(tmp_path, "bookworm", "--format", "satisfy"))
    assert (release / "apt.txt").read_text() == "libpq5 (>= 17~)\n"
    refused = run_in(release, ["sh", "-c", INSTALL_LINES.replace("-qq ", "")], check=False)
    assert refused.returncode != 0
    assert "Depends: libpq5 (>= 17~)" in refused.stdout + refused.stderr
    names = run_in(release, ["apt-get", "install", "--simulate", *line(tmp_path, "bookworm").split()])
    assert "Inst libpq5" in names.stdout


SNAPSHOT = "20240812T000000Z"
ENTRIES = {
    "comment.list": "# deb [trusted=yes] file:/srv/{date} ./\ndeb [trusted=yes] file:/srv/live ./\n",
    "comment.sources": "Types: deb\n# file:/srv/{date}\nURIs: file:/srv/live\nSuites: ./\nTrusted: yes\n",
    "used.list": "deb [trusted=yes] file:/srv/{date} ./\n",
    "used.sources": "Types: deb\nURIs: file:/srv/{date}\nSuites: ./\nTrusted: yes\n",
}


@pytest.mark.parametrize("suite", ["bookworm", pytest.param("trixie", marks=pytest.mark.exhaustive)])
def test_the_pinned_dockerfile_installs_from_the_snapshot(suite: str, tmp_path: Path) -> None:
    """By a comment or in use, one-line or deb822, of another date: the lock's date and versions are installed."""
    require_root_and("dpkg-dev:dpkg-scanpackages")
    release = fresh_root(tmp_path / "release", suite)
    for folder, version in ((SNAPSHOT, "1.0-1"), ("20250101T000000Z", "1.5-1"), ("live", "2.0-1")):
        publish(release / "srv" / folder, version)
    for path in (release / "etc/apt").glob("sources.list*/*"):
        path.unlink()
    (release / "etc/apt/sources.list").unlink(missing_ok=True)
    for name, entry in ENTRIES.items():
        sources = release / "etc/apt/sources.list.d" / name
        sources.write_text(entry.format(date="20250101T000000Z"))
        assert installed_by(release, dockerfile(tmp_path, suite, pin=False)) == (
            "1.5-1" if name.startswith("used") else "2.0-1"
        )
        assert installed_by(release, dockerfile(tmp_path, suite, pin=True)) == "1.0-1"
        assert sources.read_text().count(SNAPSHOT) == 1
        sources.unlink()


def publish(folder: Path, version: str) -> None:
    """Make an archive with one package."""
    folder.mkdir(parents=True)
    build_deb(folder, Package(name="libthing1", version=version), {})
    command = ["dpkg-scanpackages", "--multiversion", "."]
    index = subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout
    (folder / "Packages").write_text(index)


def dockerfile(folder: Path, suite: str, *, pin: bool) -> str:
    """Give the shell command of the printed instruction."""
    versions, snapshot = 'version = "1.0-1"', f'snapshot = "{SNAPSHOT}"\n'
    lock = LOCK.format(suite=suite, package="libthing1", versions=versions, snapshot=snapshot)
    (folder / "sysdeps.lock").write_text(lock)
    printed = line(folder, suite, "--format", "dockerfile", *(["--pin"] if pin else []))
    return printed.removeprefix("RUN ")


def installed_by(root: Path, command: str) -> str:
    """Run a shell command in a root; give the version of the package that it installed, and remove that again."""
    run_in(root, ["sh", "-ec", command])
    version = run_in(root, ["dpkg-query", "--show", "--showformat", "${Version}", "libthing1"]).stdout
    run_in(root, ["dpkg", "--purge", "libthing1"])
    return version
