"""A real root with musl, Python and an apk database, made once: see roots/musl/README.md."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from builders.apk import ALPINE, ApkEntry, write_apk_database
from builders.debian import _machine_mirror, made_once, unavailable
from builders.ld_musl import MUSL

SOURCES = ("zlib", "libffi", "python3.11", "postgresql-15")
WHEELS = ("pillow", "lxml", "cryptography", "cffi", "pycparser")
RECIPE = Path(__file__).parents[1] / "roots" / "musl" / "build.sh"
SITE = "usr/local/lib/python3.11/site-packages"
_PLATFORM = ("--platform", "musllinux_1_2_x86_64", "--python-version", "3.11", "--implementation", "cp")
_TIMEOUT = 3600
_VERSION = "1"
"""Part of every key: raise it when what is made here changes."""

OS_RELEASE = 'NAME="Alpine Linux"\nID=alpine\nVERSION_ID=3.22.0\nPRETTY_NAME="Alpine Linux v3.22"\n'
PACKAGES = {
    "musl": ApkEntry(name="musl", version="1.2.5-r10", provides=("so:libc.musl-x86_64.so.1=1",)),
    "alpine-baselayout": ApkEntry(name="alpine-baselayout", version="3.7.0-r0", depends=("/bin/sh",)),
    "busybox": ApkEntry(
        name="busybox",
        version="1.37.0-r18",
        depends=("so:libc.musl-x86_64.so.1",),
        provides=("/bin/sh", "cmd:busybox=1.37.0-r18", "cmd:sh=1.37.0-r18"),
    ),
    "zlib": ApkEntry(
        name="zlib",
        version="1.3.1-r2",
        depends=("so:libc.musl-x86_64.so.1",),
        provides=("so:libz.so.1=1.3.1",),
    ),
    "libffi": ApkEntry(
        name="libffi",
        version="3.4.8-r0",
        depends=("so:libc.musl-x86_64.so.1",),
        provides=("so:libffi.so.8=8.1.4",),
    ),
    "libpq": ApkEntry(
        name="libpq",
        version="17.5-r0",
        origin="postgresql17",
        depends=("so:libc.musl-x86_64.so.1",),
        provides=("so:libpq.so.5=5.17",),
    ),
    ".python-rundeps": ApkEntry(
        name=".python-rundeps",
        version="20250701.120000",
        architecture="noarch",
        size=0,
        depends=("so:libc.musl-x86_64.so.1", "so:libffi.so.8", "so:libz.so.1"),
    ),
    ".build-deps": ApkEntry(
        name=".build-deps", version="20250701.130000", architecture="noarch", size=0, depends=("libpq",)
    ),
}
_OWNED = {
    "musl": ("lib/ld-musl-*", "lib/libc.musl-*"),
    "busybox": ("bin/*",),
    "zlib": ("usr/lib/libz.so*",),
    "libffi": ("usr/lib/libffi.so*",),
    "libpq": ("usr/lib/libpq.so*",),
}


def musl_sources() -> Path:
    """Return a folder with the sources from Debian's archive, or skip the test where there is none."""
    with made_once(f"musl-sources-{_VERSION}") as (folder, unfinished):
        if unfinished is not None:
            _download_sources(unfinished)
    return folder


def _download_sources(folder: Path) -> None:
    """Download with an apt that has a list, state and cache of its own: this machine's stay as they are."""
    mirror = _machine_mirror() or unavailable("needs apt with Debian's archive, for its sources")
    keyring = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
    options = f" [signed-by={keyring}]" if keyring.is_file() else ""
    (folder / "sources.list").write_text(f"deb-src{options} {mirror} bookworm main\n")
    state = [f"Dir::Etc::sourcelist={folder}/sources.list", "Dir::Etc::sourceparts=-", "APT::Sandbox::User=root"]
    state += [f"Dir::State::lists={folder}/lists", f"Dir::Cache={folder}/cache", "Acquire::Retries=3"]
    for name in ("lists/partial", "cache/archives/partial"):
        (folder / name).mkdir(parents=True)
    apt = ["apt-get", "-qq", *(part for option in state for part in ("-o", option))]
    for arguments in (["update"], ["source", "--download-only", *SOURCES]):
        _run([*apt, *arguments], cwd=folder)
    for name in ("lists", "cache"):
        shutil.rmtree(folder / name)


def musl_python() -> Path:
    """Return a folder with `root`, which has zlib, libffi, CPython and libpq for musl, and `bin/musl-cc`."""
    for tool in ("musl-gcc", "gcc", "make", "bzip2", "strip"):
        if shutil.which(tool) is None:
            unavailable(f"install {tool}: apt-get install musl musl-tools gcc make bzip2 binutils")
    sources = musl_sources()
    digest = hashlib.sha256(RECIPE.read_bytes()).hexdigest()[:12]
    with made_once(f"musl-python-{digest}") as (folder, unfinished):
        if unfinished is not None:
            _run(["nice", "sh", str(RECIPE), str(sources), str(unfinished)])
    return folder


def musl_wheels() -> Path:
    """Return a folder with the musllinux wheels, and with psycopg2's, compiled against the root's libpq."""
    built = musl_python()
    digest = hashlib.sha256(RECIPE.read_bytes()).hexdigest()[:12]
    with made_once(f"musl-wheels-{_VERSION}-{digest}") as (folder, unfinished):
        if unfinished is not None:
            only_wheels = [
                *_pip("download"),
                "--only-binary",
                ":all:",
                *_PLATFORM,
                "--no-deps",
                "--dest",
                str(unfinished),
            ]
            _run([*only_wheels, *WHEELS])
            _build_psycopg2(built, unfinished)
    return folder


def _build_psycopg2(built: Path, folder: Path) -> None:
    """Compile psycopg2 with the root's own Python, which this machine's musl runs."""
    root, tools = built / "root", folder / "tools"
    path = {"PATH": f"{root}/usr/bin:{os.environ['PATH']}"}
    source = ["--no-deps", "--no-binary", "psycopg2", "--no-build-isolation", "--dest", str(tools), "psycopg2"]
    _run([*_pip("install"), "--target", str(tools), "setuptools<80", "wheel"])
    _run([*_pip("download"), *source], env={**path, "PYTHONPATH": str(tools)})
    (archive,) = tools.glob("psycopg2-*.tar.gz")
    shutil.unpack_archive(archive, tools)
    python = [MUSL, "--library-path", f"{root}/usr/lib:{root}/usr/local/lib", f"{root}/usr/local/bin/python3.11"]
    variables = {
        "CC": str(built / "bin/musl-cc"),
        "LDSHARED": f"{built}/bin/musl-cc -shared",
        "PYTHONHOME": f"{root}/usr/local",
        "PYTHONPATH": str(tools),
        "CFLAGS": "-O1 -fPIC",
    }
    _run(
        [*python, "setup.py", "-q", "bdist_wheel", "--dist-dir", str(folder)],
        env={**path, **variables},
        cwd=archive.with_name(archive.name[:-7]),
    )
    shutil.rmtree(tools)


def musl_root() -> Path:
    """Return the cached root with Python, its distributions and an apk database; nobody may change it."""
    built, wheels = musl_python(), musl_wheels()
    digest = hashlib.sha256(RECIPE.read_bytes() + Path(__file__).read_bytes()).hexdigest()[:12]
    with made_once(f"musl-root-{digest}") as (root, unfinished):
        if unfinished is not None:
            _fill(unfinished, built / "root", wheels)
    return root


def _fill(root: Path, built: Path, wheels: Path) -> None:
    shutil.copytree(built / "usr/local", root / "usr/local", symlinks=True)
    (root / "usr/lib").mkdir()
    for library in sorted(built.glob("usr/lib/*.so.*")):
        shutil.copy2(library, root / "usr/lib", follow_symlinks=False)
    (root / "lib").mkdir()
    shutil.copyfile(Path(MUSL).resolve(), root / MUSL[1:])
    (root / MUSL[1:]).chmod(0o755)
    (root / "lib/libc.musl-x86_64.so.1").symlink_to("ld-musl-x86_64.so.1")
    for name in ("bin", "proc", "dev", "tmp", "etc/apk", "usr/bin"):
        (root / name).mkdir(parents=True)
    (root / "bin/busybox").write_bytes(b"")
    (root / "bin/sh").symlink_to("busybox")
    (root / "etc/os-release").write_text(OS_RELEASE)
    (root / "etc/apk/arch").write_text("x86_64\n")
    (root / "etc/apk/world").write_text("alpine-baselayout\n.build-deps\n.python-rundeps\n")
    files = sorted(str(path) for path in wheels.glob("*.whl"))
    install = [*_pip("install"), "--no-index", "--no-deps", "--target", str(root / SITE), "--only-binary", ":all:"]
    _run([*install, *_PLATFORM, "--platform", "linux_x86_64", *files])
    write_apk_database(root, *(_with_files(root, each) for each in PACKAGES.values()))


def _with_files(root: Path, entry: ApkEntry) -> ApkEntry:
    paths = [path for pattern in _OWNED.get(entry.name, ()) for path in sorted(root.glob(pattern))]
    fields = {name: getattr(entry, name) for name in ("name", "version", "architecture", "origin", "size", "depends")}
    return ApkEntry(**fields, provides=entry.provides, files=[f"/{path.relative_to(root)}" for path in paths])


def without_package(root: Path, name: str) -> None:
    """Remove the files of an installed package, and its record: what a release stage that lacks it looks like."""
    database = root / ALPINE
    stanzas = database.read_bytes().split(b"\n\n")
    database.write_bytes(b"\n\n".join(each for each in stanzas if f"\nP:{name}\n".encode() not in b"\n" + each))
    for pattern in _OWNED[name]:
        for path in root.glob(pattern):
            path.unlink()


def _pip(command: str) -> list[str]:
    return [sys.executable, "-m", "pip", command, "--quiet", "--disable-pip-version-check"]


def _run(command: list[str], env: dict[str, str] | None = None, cwd: Path | None = None) -> None:
    done = subprocess.run(
        command,
        env={**os.environ, **(env or {})},
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
        timeout=_TIMEOUT,
    )
    assert done.returncode == 0, f"{' '.join(command)}\n{(done.stdout + done.stderr)[-4000:]}"
