"""Real container images, built by buildah: base images from Debian roots, then Dockerfiles on top."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from builders.debian import copy_root, debian_root, made_once, require_root_and, run_in, unavailable

LOCAL_PYTHON_PACKAGES = (
    "ca-certificates",
    "libbz2-1.0",
    "libexpat1",
    "libffi8",
    "liblzma5",
    "libncursesw6",
    "libreadline8",
    "libsqlite3-0",
    "libssl3",
    "libuuid1",
    "zlib1g",
)
"""What the standard library of a Python built on Debian 12 links to, as the official images install it."""


KEEP_NO_CACHE = """\
APT::Update::Post-Invoke { "rm -f /var/cache/apt/*.bin || true"; };
DPkg::Post-Invoke { "rm -f /var/cache/apt/archives/*.deb /var/cache/apt/*.bin || true"; };
Dir::Cache::pkgcache "";
Dir::Cache::srcpkgcache "";
"""
"""What the official images tell apt, so that a layer does not hold tens of megabytes of its caches."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Images:
    """A storage for images and the means to build into it; remove `folder` and nothing is left."""

    folder: Path
    """Storage, scratch files and build contexts."""

    def buildah(self, *argv: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run buildah on this storage; with `check`, its failure fails the test with its last words."""
        command = ["buildah", f"--root={self.folder}/storage", f"--runroot={self.folder}/run", *argv]
        settings = {
            "STORAGE_DRIVER": "vfs",
            "BUILDAH_FORMAT": "docker",
            "BUILDAH_ISOLATION": "chroot",
            "BUILDAH_LAYERS": "true",
        }
        environment = {**os.environ, **settings, "TMPDIR": str(self.folder)}
        result = subprocess.run(
            command, env=environment, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
        )
        if check and result.returncode != 0:
            output = (result.stdout + result.stderr)[-6000:]
            pytest.fail(f"buildah {' '.join(argv)} exited with {result.returncode}:\n{output}", pytrace=False)
        return result

    def import_root(self, root: Path, name: str, *, variables: str = "") -> str:
        """Make a base image, with one layer, of a whole root, with `variables` (`A=1 B=2`) set; give its name."""
        context = self.folder / "context"
        context.mkdir()
        leave_out = [f"--exclude=./{folder}/*" for folder in ("dev", "proc", "sys", "tmp", "var/lib/apt/lists")]
        leave_out.append("--exclude=./var/cache/apt/*.bin")
        subprocess.run(["tar", "-C", str(root), *leave_out, "-cf", str(context / "root.tar"), "."], check=True)
        (context / "keep-no-cache").write_text(KEEP_NO_CACHE)
        (context / "Dockerfile").write_text(
            "FROM scratch\nADD root.tar /\nCOPY keep-no-cache /etc/apt/apt.conf.d/\n"
            f"ENV {variables or 'LC_ALL=C.UTF-8'}\n"
        )
        self.buildah("bud", "--quiet", "--tag", f"localhost/{name}", str(context))
        shutil.rmtree(context)
        return f"localhost/{name}"

    def build(  # noqa: PLR0913  each is an argument of `buildah bud`, by name
        self,
        context: Path,
        name: str,
        *,
        file: str = "Dockerfile",
        target: str = "",
        output: Path | None = None,
        volumes: tuple[str, ...] = (),
        check: bool = True,
        **arguments: str,
    ) -> subprocess.CompletedProcess[str]:
        """Build a Dockerfile of `context` as `name`, or only its stage `target`, whose files then go to `output`."""
        options = ["--network=host", f"--file={context / file}", f"--tag=localhost/{name}"]
        options += [f"--build-arg={key}={value}" for key, value in arguments.items()]
        options += [f"--volume={volume}" for volume in volumes]
        options += [f"--target={target}"] if target else []
        options += [f"--output={output}"] if output else []
        return self.buildah("bud", *options, str(context), check=check)

    def run(self, name: str, *argv: str, volumes: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
        """Run `argv` in a new container of an image, with the image's variables."""
        mounted = [f"--volume={volume}" for volume in volumes]
        container = self.buildah("from", f"localhost/{name}").stdout.strip()
        try:
            return self.buildah("run", "--network=host", *mounted, container, "--", *argv, check=False)
        finally:
            self.buildah("rm", container)

    def size(self, name: str) -> int:
        """Return the size of an image in bytes: what its file system holds, each file counted once."""
        container = self.buildah("from", f"localhost/{name}").stdout.strip()
        try:
            mounted = self.buildah("mount", container).stdout.strip()
            listed = subprocess.run(["du", "-s", "-B1", "--apparent-size", mounted], stdout=subprocess.PIPE, check=True)
            return int(listed.stdout.split()[0])
        finally:
            self.buildah("umount", container)
            self.buildah("rm", container)

    def remove(self) -> None:
        """Unmount what buildah has mounted in the storage, and remove the folder."""
        mounts = [line.split()[1] for line in Path("/proc/self/mounts").read_text().splitlines()]
        for place in reversed([place for place in mounts if place.startswith(f"{self.folder}/")]):
            subprocess.run(["umount", place], check=True)
        shutil.rmtree(self.folder)


def require_buildah() -> None:
    """Skip unless buildah can build here."""
    require_root_and("buildah")


def local_python_root(suite: str, wanted: str = "") -> Path:
    """Return the cached root of `suite` with a Python in /usr/local that no package owns, its libpython shared.

    That is how the official python images have it; the interpreter is one of this machine's, copied: of the `wanted`
    version ("3.11"), else the newest.
    """
    version, prefix = _relocatable_python(wanted)
    with made_once(f"{suite}-python-{version}") as (root, unfinished):
        if unfinished is not None:
            copy_root(debian_root(suite, "release", LOCAL_PYTHON_PACKAGES), unfinished)
            run_in(unfinished, ["apt-get", "purge", "-y", "-qq", "--auto-remove", "python3"])
            _copy_python(prefix, version, unfinished)
    return root


def _relocatable_python(wanted: str) -> tuple[str, Path]:
    """Find an interpreter on this machine with a shared libpython and a prefix of its own."""
    prefixes = [Path(sys.base_prefix), *Path("~/.pyenv/versions").expanduser().glob("3.*")]
    found = {
        (int(minor), prefix)
        for prefix in prefixes
        if prefix != Path("/usr")
        for library in prefix.glob("lib/libpython3.*.so.1.0")
        if (minor := library.name.split(".")[1]).isdecimal() and int(minor) >= 10 and wanted in {"", f"3.{minor}"}
    }
    if not found:
        version = wanted or "3.13"
        unavailable(
            f"install a Python with a shared libpython: PYTHON_CONFIGURE_OPTS=--enable-shared pyenv install {version}"
        )
    newest, prefix = max(found)
    return f"3.{newest}", prefix


def _copy_python(prefix: Path, version: str, root: Path) -> None:
    """Copy an interpreter without its tests and installed distributions into /usr/local, and give it pip."""
    local = root / "usr/local"
    leave_out = shutil.ignore_patterns("test", "site-packages", "config-*", "idlelib", "tkinter", "__pycache__")
    shutil.copytree(prefix / f"lib/python{version}", local / f"lib/python{version}", symlinks=True, ignore=leave_out)
    shutil.copytree(prefix / f"include/python{version}", local / f"include/python{version}")
    for library in prefix.glob("lib/libpython3*.so*"):
        shutil.copy2(library, local / "lib", follow_symlinks=False)
    shutil.copy2(prefix / f"bin/python{version}", local / "bin")
    (local / "bin/python3").symlink_to(f"python{version}")
    (local / f"lib/python{version}/site-packages").mkdir()
    run_in(root, ["ldconfig"])
    run_in(root, ["python3", "-m", "ensurepip"])
