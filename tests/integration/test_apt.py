"""Install the lines that `apt-line` prints with the real apt of both releases."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from builders.command import lock_of, pip_sysdeps
from builders.debian import apt_update, fresh_root, require_root_and, run_in
from builders.dpkg import Package, build_deb
from builders.elf import Elf
from builders.environments import VENV, build_root
from builders.truth import read_truth
from builders.venv import install, make_venv
from pip_sysdeps.lock.text import loads

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.debian

INSTALL_LINES = "xargs -r -d '\\n' -a /apt.txt apt-get satisfy -y -qq --no-install-recommends"
"""As `apt-line --help` says it."""

LOCK = """\
lock-version = "2.0"

[[target]]
id = "debian-bookworm-amd64"
distro = "debian"
architecture = "amd64"
package-manager = "dpkg"
libc = "glibc"
python = "cp311"
installs = ["libpq5"]
package = [{ name = "libpq5", min = "17~" }]

[[target.distribution]]
name = "thing"
version = "1"
needs = [{ soname = "libthing.so.1", package = "libpq5", when = "import" }]
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
    """Debian 12's libpq5 does not satisfy libpq5 (>= 17~): apt refuses it; a line of names would install it."""
    (tmp_path / "sysdeps.lock").write_text(LOCK)
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


OTHER_DATE = "20250101T000000Z"
LIBRARY = "/usr/lib/x86_64-linux-gnu/libthing.so.1"


@pytest.mark.parametrize("suite", ["bookworm", pytest.param("trixie", marks=pytest.mark.exhaustive)])
def test_what_was_pinned_is_installed_from_the_snapshot(suite: str, tmp_path: Path) -> None:
    """By a comment or in use, one-line or deb822, of another date: the lock's date and versions are installed."""
    require_root_and("dpkg-dev:dpkg-scanpackages")
    root = fresh_root(tmp_path / "root", suite)
    for folder, version in ((SNAPSHOT, "1.0-1"), (OTHER_DATE, "1.5-1"), ("live", "2.0-1")):
        publish(root / "srv" / folder, version)
    for path in (root / "etc/apt").glob("sources.list*/*"):
        path.unlink()
    (root / "etc/apt/sources.list").unlink(missing_ok=True)
    python = run_in(root, ["readlink", "/usr/bin/python3"]).stdout.strip()
    module = Elf(needed=("libthing.so.1",), defined=("PyInit_thing",)).build()
    install(make_venv(root, VENV, python, home="/usr/bin"), "thing", files={"thing.abi3.so": module})
    for name, entry in ENTRIES.items():
        sources = root / "etc/apt/sources.list.d" / name
        sources.write_text(entry.format(date=SNAPSHOT))
        lock_pinned(root, tmp_path)
        sources.write_text(entry.format(date=OTHER_DATE))
        assert installed_by(root, dockerfile(tmp_path, suite)) == ("1.5-1" if name.startswith("used") else "2.0-1")
        assert installed_by(root, dockerfile(tmp_path, suite, "--pin")) == "1.0-1"
        assert sources.read_text().count(SNAPSHOT) == 1
        sources.unlink()


def publish(folder: Path, version: str) -> None:
    """Make an archive with one package, which has a library."""
    folder.mkdir(parents=True)
    package = Package(name="libthing1", version=version, architecture="amd64")
    build_deb(folder, package, {LIBRARY: Elf(soname="libthing.so.1").build()})
    command = ["dpkg-scanpackages", "--multiversion", "."]
    index = subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout
    (folder / "Packages").write_text(index)


def lock_pinned(root: Path, folder: Path) -> None:
    """Lock in a root as it was built from the snapshot that its sources name, and remove the package again."""
    run_in(root, ["dpkg", "--install", f"/srv/{SNAPSHOT}/libthing1_amd64.deb"])
    pip_sysdeps("lock", "--pin", "--root", str(root), "--python", VENV, cwd=folder)
    (target,) = loads((folder / "sysdeps.lock").read_text()).target
    assert (target.snapshot, [(each.name, each.version) for each in target.package]) == (
        SNAPSHOT,
        [("libthing1", "1.0-1")],
    )
    run_in(root, ["dpkg", "--purge", "libthing1"])


def dockerfile(folder: Path, suite: str, *options: str) -> str:
    """Return the shell command of the printed instruction."""
    return line(folder, suite, "--format", "dockerfile", *options).removeprefix("RUN ")


def installed_by(root: Path, command: str) -> str:
    """Run a shell command in a root; return the version of the package that it installed, and remove that again."""
    run_in(root, ["sh", "-ec", command])
    version = run_in(root, ["dpkg-query", "--show", "--showformat", "${Version}", "libthing1"]).stdout
    run_in(root, ["dpkg", "--purge", "libthing1"])
    return version
