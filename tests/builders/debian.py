"""Real Debian roots, made once by mmdebstrap or debootstrap from this machine's own mirror, and commands run in them.

`debian_root` gives a cached root that every test shares and none may change; `fresh_root` gives a copy of one to
change at will. The cache is `$PIP_SYSDEPS_TESTS_CACHE`, else `${XDG_CACHE_HOME:-~/.cache}/pip-sysdeps-tests`; removing
it is always safe.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NoReturn

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Variant = Literal["release", "build"]

SUITES = ("bookworm", "trixie")
"""Debian 12 and 13."""

PACKAGES: dict[Variant, tuple[str, ...]] = {
    "release": ("python3",),
    "build": ("python3-venv", "python3-dev", "build-essential", "pkg-config"),
}
"""What a root of each variant has besides the minbase set (Essential and apt)."""

CA_BUNDLE = "/etc/pip-sysdeps-tests-ca.crt"
"""Where a root keeps the copy of this machine's CA bundle that its pip.conf names."""

_RECIPE = "2"
"""Part of every cache key: raise it when what is put into a root changes."""

_ATTEMPTS = 3


def unavailable(reason: str) -> NoReturn:
    """Skip the running test, or fail it in CI, where nothing may be missing without a word."""
    if os.environ.get("CI"):
        pytest.fail(f"CI must have it: {reason}", pytrace=False)
    pytest.skip(reason)


def require_root_and(*tools: str) -> None:
    """Skip unless this is root on Linux with each program of `tools` (`package:program`, or one word for both)."""
    if os.geteuid() != 0:
        unavailable("needs root: run the tests as root, for example in a container")
    for tool in tools:
        package, _, program = tool.rpartition(":")
        if shutil.which(program) is None:
            unavailable(f"install {program}: apt-get install {package or program}")


def cache_folder() -> Path:
    """Name the folder that keeps what is slow to make, and make it."""
    chosen = os.environ.get("PIP_SYSDEPS_TESTS_CACHE")
    base = Path(chosen) if chosen else Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache") / "pip-sysdeps-tests"
    folder = base.expanduser().absolute()
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@contextmanager
def made_once(name: str) -> Iterator[tuple[Path, Path | None]]:
    """Yield the cache entry `name` and, if it has yet to be made, the folder to fill; one process at a time.

    The folder takes the entry's name when the block ends without an exception, so that a half-made one is never used.
    """
    folder = cache_folder()
    entry, unfinished = folder / name, folder / f"{name}.unfinished"
    with (folder / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if entry.exists():
            yield entry, None
            return
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o755)
        yield entry, unfinished
        unfinished.rename(entry)


def debian_root(suite: str, variant: Variant = "release", packages: Sequence[str] = ()) -> Path:
    """Return the cached root of `suite` with the variant's packages and `packages`; nobody may change it.

    Skip the test when it cannot be made here, with a reason that says what to install.
    """
    require_root_and("util-linux:unshare")
    wanted = sorted(packages)
    digest = hashlib.sha256(" ".join([_RECIPE, variant, *PACKAGES[variant], *wanted]).encode()).hexdigest()[:8]
    with made_once(f"{suite}-{variant}-{digest}") as (root, unfinished):
        if unfinished is not None and wanted:
            copy_root(debian_root(suite, variant), unfinished)
            apt_install(unfinished, wanted)
        elif unfinished is not None:
            _bootstrap(suite, PACKAGES[variant], unfinished)
            _let_pip_reach_the_index(unfinished)
    return root


def fresh_root(into: Path, suite: str, variant: Variant = "release", packages: Sequence[str] = ()) -> Path:
    """Return a root of one's own in the folder `into`, which may be missing or empty: a copy of `debian_root`."""
    return copy_root(debian_root(suite, variant, packages), into)


def copy_root(root: Path, into: Path) -> Path:
    """Copy a whole root, with owners, modes and links, into the folder `into`."""
    into.mkdir(parents=True, exist_ok=True)
    subprocess.run(["cp", "-a", "--reflink=auto", f"{root}/.", str(into)], check=True)
    return into


_IN_NAMESPACE = """
set -e
mount --rbind /dev "$1/dev"
mount -t proc proc "$1/proc"
if [ -e /etc/resolv.conf ] && [ -e "$1/etc/resolv.conf" ]; then mount --bind /etc/resolv.conf "$1/etc/resolv.conf"; fi
root=$1; shift
exec chroot "$root" "$@"
"""
"""Runs in a mount namespace of its own, so that nothing stays mounted, whatever happens to the command."""


def in_root(root: Path, argv: Sequence[str]) -> list[str]:
    """Return the command that runs `argv` in `root` with /proc, /dev and the network, by the same process id."""
    return ["unshare", "--mount", "--propagation", "private", "sh", "-c", _IN_NAMESPACE, "sh", str(root), *argv]


def run_in(
    root: Path, argv: Sequence[str], *, check: bool = True, env: dict[str, str] | None = None, stdin: str = ""
) -> subprocess.CompletedProcess[str]:
    """Run `argv` in `root` with /proc, /dev and the network, and a fresh environment of variables plus `env`.

    With `check`, a failing command fails the test with its output.
    """
    variables = {
        "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        "HOME": "/root",
        "LC_ALL": "C.UTF-8",
        "DEBIAN_FRONTEND": "noninteractive",
        "PIP_ROOT_USER_ACTION": "ignore",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        **{name: value for name, value in os.environ.items() if name.lower().endswith("_proxy")},
        **(env or {}),
    }
    result = subprocess.run(
        in_root(root, argv), env=variables, input=stdin, capture_output=True, text=True, check=False
    )
    if check and result.returncode != 0:
        output = (result.stdout + result.stderr)[-6000:]
        pytest.fail(f"in {root}: {' '.join(argv)} exited with {result.returncode}:\n{output}")
    return result


def apt_update(root: Path) -> None:
    """Read what the root's archive has."""
    run_in(root, ["apt-get", "update", "-qq"])


def apt_install(root: Path, packages: Sequence[str]) -> None:
    """Install binary packages as a release stage does: by exact name, without recommended ones."""
    apt_update(root)
    if packages:
        options = ["-y", "-qq", "--no-install-recommends", "-o", "APT::Cmd::Pattern-Only=true"]
        no_fsync = ["-o", "DPkg::Options::=--force-unsafe-io"]
        run_in(root, ["apt-get", "install", *options, *no_fsync, *packages])
    run_in(root, ["apt-get", "clean"])


def _bootstrap(suite: str, packages: Sequence[str], into: Path) -> None:
    """Make a minbase root, with whichever tool is there, trying again when a download fails."""
    include = f"--include={','.join(packages)}"
    mirror = [uri] if (uri := _machine_mirror()) else []
    if shutil.which("mmdebstrap"):
        options = [
            "--quiet",
            "--mode=root",
            "--format=directory",
            '--aptopt=Acquire::Retries "3"',
            *(() if suite in SUITES else ('--aptopt=Acquire::Check-Valid-Until "false"',)),  # a mirror may stand still
            *_machine_apt_options(),
        ]
        command = ["mmdebstrap", *options, "--variant=minbase", include, suite, str(into), *mirror]
    elif shutil.which("debootstrap"):
        command = ["debootstrap", "--variant=minbase", include, suite, str(into), *mirror]
    else:
        unavailable("install mmdebstrap: apt-get install mmdebstrap debian-archive-keyring")
    for attempt in range(_ATTEMPTS):
        shutil.rmtree(into, ignore_errors=True)
        into.mkdir(mode=0o755)
        result = subprocess.run(command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
        if result.returncode == 0:
            break
        if attempt == _ATTEMPTS - 1:
            pytest.fail(f"{' '.join(command)} exited with {result.returncode}:\n{result.stderr[-6000:]}", pytrace=False)
    (into / "etc/resolv.conf").touch()


def _machine_mirror() -> str:
    """Name the Debian archive that this machine's apt uses; empty (the tool's own default) when it uses none."""
    if shutil.which("apt-get") is None:
        return ""
    command = ["apt-get", "indextargets", "--format", "$(ORIGIN)|$(LABEL)|$(REPO_URI)", "Created-By: Packages"]
    targets = subprocess.run(command, capture_output=True, text=True, check=False).stdout.splitlines()
    return next((target.split("|")[2] for target in targets if target.startswith("Debian|Debian|")), "")


def _machine_apt_options() -> list[str]:
    """Repeat this machine's proxy settings for the apt of a root."""
    if shutil.which("apt-config") is None:
        return []
    dump = subprocess.run(["apt-config", "dump"], capture_output=True, text=True, check=False).stdout
    wanted = ("Acquire::http::Proxy ", "Acquire::https::Proxy ")
    return [f"--aptopt={line.rstrip(';')}" for line in dump.splitlines() if line.startswith(wanted)]


def _let_pip_reach_the_index(root: Path) -> None:
    """Return the root's pip this machine's CA bundle, index and proxy, if it has such; local folders stay out."""
    settings = [f"{key} = {value}" for key, value in _machine_pip_settings().items()]
    bundle = os.environ.get("SSL_CERT_FILE") or "/etc/ssl/certs/ca-certificates.crt"
    if Path(bundle).is_file():
        shutil.copyfile(bundle, root / CA_BUNDLE.lstrip("/"))
        settings.append(f"cert = {CA_BUNDLE}")
    (root / "etc/pip.conf").write_text("\n".join(["[global]", *settings, ""]))


def _machine_pip_settings() -> dict[str, str]:
    """Read this machine's pip configuration: where the index is and how to reach it."""
    pip = next(([tool] for tool in ("pip", "pip3") if shutil.which(tool)), [sys.executable, "-m", "pip"])
    listed = subprocess.run([*pip, "config", "list"], capture_output=True, text=True, check=False).stdout
    pairs = (line.partition("=") for line in listed.splitlines())
    settings = {name.rpartition(".")[2]: value.strip("'\"") for name, _, value in pairs}
    wanted = ("index-url", "proxy", "timeout", "trusted-host")
    return {key: settings[key] for key in wanted if key in settings and not settings[key].startswith("file:")}
