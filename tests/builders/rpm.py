"""Real rpm systems, made on a Debian machine: Debian's packages repacked by rpmbuild, a repository, and roots of dnf.

`rpm_repository` repacks every package of a Debian root, with the dependencies that rpm's own generators find in its
libraries; `rpm_root` installs some of them into an empty folder by dnf. The libraries stay where Debian's loader looks
for them, and everything else is as dnf and rpm leave it. What is slow to make is kept, as in `builders.debian`.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from builders.debian import debian_root, made_once, require_root_and
from builders.root import write

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

DBPATH = "/usr/lib/sysimage/rpm"
"""Where the roots have their database."""
REPOSITORY = "/srv/repository"
"""Where a root with dnf may have the repository."""

OS_RELEASE = 'ID=fedora\nVERSION_ID=40\nNAME="Fedora of the tests"\n'
"""What the roots say they are; nothing in them is Fedora's."""

SUITE = "bookworm"
PACKAGES = ("createrepo-c", "dnf", "libgl1", "libpq-dev", "libxml2-dev", "libxslt1-dev", "rpm")
"""What is repacked besides a Python, a compiler and what they need."""

TOOLS = ("rpm:rpmbuild", "dnf", "createrepo-c:createrepo_c")
_RECIPE = "1"
_MERGED = ("bin", "lib", "lib32", "lib64", "libx32", "sbin")
_LEFT_OUT = ("/usr/share/doc/", "/usr/share/man/", "/usr/share/locale/", "/usr/share/info/", "/usr/share/lintian/")

_ELF_ATTR = """\
%__elf_provides /usr/lib/rpm/elfdeps --provides
%__elf_requires /usr/lib/rpm/elfdeps --requires
%__elf_magic ^(setuid,? )?(setgid,? )?(sticky )?ELF (32|64)-bit.*$
%__elf_exclude_path ^/usr/lib/debug/
"""
_MACROS = f"%_dbpath {DBPATH}\n"
_PREAMBLE = """\
%define _binary_payload w1.gzdio
%define _unpackaged_files_terminate_build 0
%define _missing_build_ids_terminate_build 0
%define _binaries_in_noarch_packages_terminate_build 0
%define _build_id_links none
%define __spec_install_pre %{nil}
%define __os_install_post %{nil}
%define __spec_clean_pre exit 0
%define debug_package %{nil}
Name: repacked
Version: 1
Release: 1
Summary: Repacked
License: as it was
%description
Repacked.
"""


@dataclass(frozen=True, kw_only=True)
class _Repacked:
    """One Debian package on its way to rpm."""

    name: str
    version: str
    architecture: str
    depends: tuple[str, ...]
    paths: tuple[str, ...]
    """Files, links and folders, in `/usr` where `/` has links to there."""

    def spec(self) -> str:
        """Return its part of the spec file; the file list is beside it."""
        epoch, _, rest = self.version.rpartition(":")
        upstream, _, release = rest.rpartition("-")
        lines = [
            f"%package -n {self.name}",
            "Summary: Repacked",
            f"Version: {(upstream or release).replace('-', '.')}",
            f"Release: {release if upstream else '0'}",
            *([f"Epoch: {epoch}"] if epoch else []),
            *(["BuildArch: noarch"] if self.architecture == "all" else []),
            *[f"Requires: {each}" for each in self.depends],
            *[f"Provides: {path.removeprefix('/usr')}" for path in self.paths if path.startswith("/usr/bin/")],
            *(["Provides: rtld(GNU_HASH)"] if any("/ld-linux" in path for path in self.paths) else []),
            f"%description -n {self.name}",
            "Repacked.",
            f"%files -n {self.name} -f {self.name}.files",
            "%defattr(-,root,root)",
        ]
        return "\n".join(lines) + "\n"


def require_rpm() -> None:
    """Skip unless this is root, with rpm, dnf and createrepo_c."""
    require_root_and(*TOOLS)


def rpm_repository() -> Path:
    """Return the cached repository of repacked packages; nobody may change it."""
    require_rpm()
    digest = hashlib.sha256(" ".join([_RECIPE, SUITE, *PACKAGES]).encode()).hexdigest()[:8]
    with made_once(f"rpm-repository-{digest}") as (repository, unfinished):
        if unfinished is not None:
            _build(debian_root(SUITE, "build", PACKAGES), unfinished)
    return repository


def rpm_root(into: Path, packages: Sequence[str], *, options: Sequence[str] = ()) -> Path:
    """Install packages or capabilities by this machine's dnf into a folder, which may be missing, and return it."""
    into.mkdir(parents=True, exist_ok=True)
    command = [
        "dnf",
        f"--installroot={into}",
        *_repository_options(rpm_repository()),
        "--setopt=install_weak_deps=0",
        *options,
        "install",
        "-y",
        "filesystem",
        *packages,
    ]
    with _home() as home:
        run_judge(command, env={"HOME": home})
    shutil.rmtree(into / "var/cache/dnf")
    write(into / "etc/os-release", OS_RELEASE)
    _ldconfig(into)
    return into


def _repository_options(repository: Path) -> list[str]:
    return [
        f"--repofrompath=tests,file://{repository}",
        "--repo=tests",
        "--nogpgcheck",
        "--releasever=1",
        "--setopt=reposdir=/nonexistent",
        "--setopt=keepcache=0",
    ]


def run_judge(command: Sequence[str], *, env: Mapping[str, str] | None = None) -> str:
    """Run a program of this machine, and return what it printed; a failing one fails the test with its output."""
    variables = {**os.environ, "LC_ALL": "C.UTF-8", **(env or {})}
    result = subprocess.run(command, env=variables, capture_output=True, text=True, check=False)
    if result.returncode != 0:
        output = (result.stdout + result.stderr)[-6000:]
        pytest.fail(f"{' '.join(command)} exited with {result.returncode}:\n{output}")
    return result.stdout


def query(root: Path, *arguments: str, dbpath: str = DBPATH, check: bool = True) -> str:
    """Query the database of a root with this machine's rpm."""
    command = ["rpm", f"--root={root}", f"--dbpath={dbpath}", "--query", *arguments]
    if check:
        return run_judge(command)
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout


def with_repository(root: Path) -> Path:
    """Return a root with dnf the repository, below REPOSITORY, and return the root."""
    place = root / REPOSITORY.lstrip("/")
    place.mkdir(parents=True)
    run_judge(["cp", "-a", "--reflink=auto", f"{rpm_repository()}/.", str(place)])
    options = "enabled=1\ngpgcheck=0\n"
    write(root / "etc/yum.repos.d/tests.repo", f"[tests]\nname=tests\nbaseurl=file://{REPOSITORY}\n{options}")
    return root


def zypper(
    root: Path, *arguments: str, check: bool = True, repository: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """Run this machine's zypper on a root and a repository, that of repacked packages unless another is named."""
    command = ["zypper", f"--root={root}", "--non-interactive", "--no-gpg-checks"]
    command += [f"--plus-repo=file://{repository or rpm_repository()}", *arguments]
    with _home() as home:
        variables = {**os.environ, "HOME": home, "LC_ALL": "C.UTF-8"}
        return subprocess.run(command, env=variables, capture_output=True, text=True, check=check)


@contextmanager
def _home() -> Iterator[str]:
    """Make a home whose settings tell dnf and zypper where a root has its database."""
    with tempfile.TemporaryDirectory() as name:
        write(Path(name) / ".rpmmacros", _MACROS)
        yield name


def _ldconfig(root: Path) -> None:
    if (root / "usr/sbin/ldconfig").exists():
        run_judge(["chroot", str(root), "/usr/sbin/ldconfig"])


def _build(debian: Path, into: Path) -> None:
    """Repack the packages of a Debian root into the folder, and make a repository of it."""
    work = into.with_name(f"{into.name}.build")
    shutil.rmtree(work, ignore_errors=True)
    tree = work / "tree"
    tree.mkdir(parents=True)
    run_judge(["cp", "-a", "--reflink=auto", f"{debian}/.", str(tree)])
    write(tree / "usr/lib/os-release", OS_RELEASE)
    write(tree / "etc/rpm/macros", _MACROS)
    packages = [_filesystem(tree), *_packages_of(tree)]
    for each in packages:
        write(work / f"BUILD/{each.name}.files", "".join(_row(tree, path) for path in each.paths))
    _rpmbuild("".join(each.spec() for each in packages), work, tree, into)
    run_judge(["createrepo_c", "--quiet", str(into)])
    shutil.rmtree(work)


def _rpmbuild(packages: str, work: Path, tree: Path, into: Path) -> None:
    """Build packages from what is in a tree, as it is; `packages` is their part of the spec file."""
    spec = write(work / "packages.spec", f"{_PREAMBLE}{packages}%install\n%clean\n")
    write(work / "attrs/elf.attr", _ELF_ATTR)
    defines = {"_topdir": work, "_rpmdir": into, "_fileattrsdir": work / "attrs", "_dbpath": work / "db"}
    options = [option for name, value in defines.items() for option in ("--define", f"{name} {value}")]
    run_judge(["rpmbuild", "-bb", "--quiet", "--noclean", *options, f"--buildroot={tree}", str(spec)])


def _filesystem(tree: Path) -> _Repacked:
    """Return the package of the links that merge /usr, and of what rpm in a root needs to find its database."""
    links = [f"/{name}" for name in _MERGED if (tree / name).is_symlink()]
    folders = [f"/usr/{name}" for name in _MERGED if (tree / "usr" / name).is_dir()]
    others = ("/etc", "/etc/rpm", "/etc/rpm/macros", "/dev", "/proc", "/root", "/run", "/sys", "/var")
    paths = ("/usr", *folders, *links, *others)
    return _Repacked(name="filesystem", version="1-1", architecture="all", depends=(), paths=paths)


def _packages_of(tree: Path) -> Iterator[_Repacked]:
    form = "${Package}\\t${Version}\\t${Architecture}\\t${Pre-Depends}, ${Depends}\\t${db:Status-Status}\\n"
    listed = run_judge(["dpkg-query", f"--admindir={tree}/var/lib/dpkg", "--show", f"--showformat={form}"])
    rows = [line.split("\t") for line in listed.splitlines() if line.endswith("\tinstalled")]
    names = {row[0] for row in rows}
    for name, version, architecture, depends, _ in rows:
        groups = [
            [each.split("(")[0].split(":")[0].strip() for each in group.split("|")] for group in depends.split(",")
        ]
        chosen = (next((each for each in group if each in names), None) for group in groups)
        yield _Repacked(
            name=name,
            version=version,
            architecture=architecture,
            depends=tuple(sorted({"filesystem", *(each for each in chosen if each and each != name)})),
            paths=tuple(_paths_of(tree, name, architecture)),
        )


def _paths_of(tree: Path, name: str, architecture: str) -> Iterator[str]:
    info = tree / "var/lib/dpkg/info"
    lists = [info / f"{name}.list", info / f"{name}:{architecture}.list"]
    text = next(path.read_text(encoding="utf-8") for path in lists if path.exists())
    for line in sorted(set(text.splitlines())):
        first = line.split("/")[1] if line.count("/") else ""
        path = f"/usr{line}" if first in _MERGED and (tree / first).is_symlink() else line
        if path not in {"/.", f"/usr/{first}"} and not path.startswith(_LEFT_OUT) and os.path.lexists(f"{tree}{path}"):
            yield path


def _row(tree: Path, path: str) -> str:
    """Return a line of a file list, with a pattern for characters that have a meaning there."""
    shown = re.sub(r"[^A-Za-z0-9._+@~:,=/-]+", "*", path)
    place = tree / path.lstrip("/")
    return f"%dir {shown}\n" if place.is_dir() and not place.is_symlink() else f"{shown}\n"


def install_small_packages(root: Path, count: int) -> None:
    """Build packages of a few files each, with every kind of version, and install them by rpm."""
    work = root.with_name(f"{root.name}.small")
    shutil.rmtree(work, ignore_errors=True)
    tree = work / "tree"
    parts = []
    for number in range(count):
        name = f"small-{number}"
        write(tree / f"usr/share/small/{number}/data", b"x" * number)
        write(tree / f"usr/lib64/small/libsmall{number}.so.1", b"x")
        parts += [
            f"%package -n {name}\nSummary: Small\nVersion: {number % 7}.{number}{'~rc1' if number % 3 else '^git'}\n",
            f"Epoch: {number % 4}\nProvides: small(api) = {number}\nRequires: small(api) >= 1\n",
            f"%description -n {name}\nSmall.\n%files -n {name}\n%defattr(-,root,root)\n",
            f"%dir /usr/share/small\n/usr/share/small/{number}\n/usr/lib64/small/libsmall{number}.so.1\n",
        ]
    _rpmbuild("".join(parts), work, tree, work / "made")
    files = sorted(str(path) for path in work.glob("made/*/*.rpm"))
    run_judge(["rpm", f"--root={root}", f"--dbpath={DBPATH}", "--install", "--nodeps", *files])
    shutil.rmtree(work)


def load_bdb(path: Path, headers: Mapping[int, bytes]) -> None:
    """Make a Berkeley DB database of headers, by Berkeley DB's own program."""
    rows = "".join(f" {number.to_bytes(4, 'little').hex()}\n {each.hex()}\n" for number, each in headers.items())
    following = (max(headers, default=0) + 1).to_bytes(4, "little").hex()
    dump = f"VERSION=3\nformat=bytevalue\ntype=hash\nHEADER=END\n 00000000\n {following}\n{rows}DATA=END\n"
    path.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run(["db5.3_load", "-t", "hash", str(path)], input=dump, text=True, check=True)


_SMALL = {
    "one-libs": ("libone.so.1", "/usr/lib64", "ONE_1 { one; }; ONE_2 { two; } ONE_1;"),
    "one-plugin": ("libplugin.so.1", "/usr/lib64/one", "PLUGIN_1 { one; };"),
}
"""Package -> the soname of its library, its folder and its symbol versions."""
_WEAK = """\
%package -n one-extra
Summary: Small
BuildArch: noarch
%description -n one-extra
Small.
%files -n one-extra
%defattr(-,root,root)
/usr/share/one
"""
"""What each of them recommends."""


def small_repository(into: Path) -> Path:
    """Build two packages, each with a library that gcc links, and make a repository of them in a folder.

    Both have a file that is documentation, and recommend a third one.
    """
    work = into.with_name(f"{into.name}.work")
    tree = work / "tree"
    source = write(work / "one.c", "void one(void) {}\nvoid two(void) {}\n")
    write(tree / "usr/share/one/data")
    parts = [_WEAK]
    for name, (soname, folder, versions) in _SMALL.items():
        write(tree / f"usr/share/doc/{name}/README")
        script = write(work / f"{soname}.map", versions)
        path = tree / folder.lstrip("/") / f"{soname}.0"
        path.parent.mkdir(parents=True, exist_ok=True)
        options = [
            "-shared",
            "-nostdlib",
            "-Wl,--hash-style=both",
            f"-Wl,-soname,{soname}",
            f"-Wl,--version-script={script}",
        ]
        run_judge(["gcc", *options, "-o", str(path), str(source)])
        (path.parent / soname).symlink_to(path.name)
        parts.append(
            f"%package -n {name}\nSummary: Small\nVersion: 1.2\nRelease: 3\nEpoch: 4\nRecommends: one-extra\n"
            f"%description -n {name}\nSmall.\n%files -n {name}\n%defattr(-,root,root)\n{folder}/{soname}*\n"
            f"%doc /usr/share/doc/{name}/README\n"
        )
    into.mkdir()
    _rpmbuild("".join(parts), work, tree, into)
    run_judge(["createrepo_c", "--quiet", str(into)])
    shutil.rmtree(work)
    return into


def dnf(root: Path, repository: Path, *arguments: str, program: str = "dnf") -> subprocess.CompletedProcess[str]:
    """Run this machine's dnf, perhaps by another name, on a root and a repository."""
    command = [program, f"--installroot={root}", *_repository_options(repository), *arguments]
    with _home() as home:
        variables = {**os.environ, "HOME": home, "LC_ALL": "C.UTF-8"}
        return subprocess.run(command, env=variables, capture_output=True, text=True, check=False)
