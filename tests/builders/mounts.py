"""Commands that see a small file system of their own in the place of a folder."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pip_sysdeps
from builders.debian import unavailable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ALONE = ("unshare", "--mount", *(() if os.geteuid() == 0 else ("--map-current-user", "--keep-caps")))
"""In front of a command: what it mounts, nobody else sees. An ordinary user stays the same one: root of a namespace may
neither remount there nor, as apt does, be another user."""
READ_ONLY = 'mount -o remount,ro "$0"'
FULL = 'head -c 1M /dev/zero > "$0/filler" 2>/dev/null || true'
"""What is done to the file system before the command runs."""
NO_MORE_FILES = 'i=0; while true 2>/dev/null > "$0/filler$i"; do i=$((i + 1)); done'
"""There is room, and no inode."""

_SCRIPT = """
set -e
kept=$1; shift
cp -a "$0/." "$kept"
mount -t tmpfs -o size=64k,nr_inodes=40 tmpfs "$0"
cp -a "$kept/." "$0"
{prepare}
set +e
"$@"
status=$?
rm -rf "$kept"
cp -a "$0" "$kept"
exit $status
"""


def require_mounts() -> None:
    """Skip where nothing can be mounted for one command alone."""
    if not shutil.which("unshare") or subprocess.run([*ALONE, "true"], capture_output=True, check=False).returncode:
        unavailable("unshare(1) makes no mount namespace here: run it as root, or allow user namespaces")


class OnSmallDisk(NamedTuple):
    """What a command did that saw a small file system."""

    done: subprocess.CompletedProcess[str]
    """Its status and output."""
    files: dict[str, bytes]
    """What the folder has afterwards, by name, without what filled it."""


def run_on_small_disk(
    folder: Path, prepare: str, command: Sequence[str], environ: Mapping[str, str] | None = None
) -> OnSmallDisk:
    """Run a command while `folder`, with what it has, is a file system of 64 KiB; the folder itself stays as it is."""
    with tempfile.TemporaryDirectory() as name:
        kept = Path(name) / "kept"
        kept.mkdir()
        require_mounts()
        argv = [*ALONE, "sh", "-c", _SCRIPT.replace("{prepare}", prepare), str(folder), str(kept), *command]
        env = None if environ is None else dict(environ)
        done = subprocess.run(argv, env=env, capture_output=True, text=True, check=False, timeout=120)
        files = {path.name: path.read_bytes() for path in kept.iterdir() if not path.name.startswith("filler")}
    return OnSmallDisk(done, files)


_BARE = """
set -e
root=$1; folder=$2; places=$3; shift 3
for place in $places; do
    if [ -d "$place" ]; then mkdir -p "$root$place"; else mkdir -p "$root${place%/*}"; touch "$root$place"; fi
    mount --rbind "$place" "$root$place"
done
exec chroot "$root" /bin/sh -c 'cd "$0"; exec "$@"' "$folder" "$@"
"""


def run_in_bare_system(root: Path, folder: Path, command: Sequence[str]) -> subprocess.CompletedProcess[str]:
    """Run this Python with `command` in a system that has, besides what is in `root`, a C library and Python alone.

    It stands in `folder`, which keeps its path there.
    """
    paths = sysconfig.get_paths()
    program = os.path.realpath(sys.executable)
    modules = {paths["stdlib"], paths["platstdlib"], *(path for path in sys.path if os.path.isdir(path))}
    libraries = {sysconfig.get_config_var("LIBDIR"), "/lib64", "/lib/x86_64-linux-gnu", "/lib/aarch64-linux-gnu"}
    places = {program, "/bin/sh", str(folder), *modules, *filter(os.path.isdir, libraries - {"/usr/lib"})}
    require_mounts()
    argv = [*ALONE, "sh", "-c", _BARE, "sh", str(root), str(folder), " ".join(sorted(places)), program, *command]
    env = {
        "PYTHONPATH": ":".join(_of_the_tool()),
        "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
    }
    return subprocess.run(argv, env=env, capture_output=True, text=True, check=False, timeout=120)


def _of_the_tool() -> list[str]:
    """Return the folders that the tool and what it requires are imported from: none of the tests' own."""
    names = ("stdlib", "platstdlib", "purelib", "platlib")
    folders = [str(Path(pip_sysdeps.__file__).parents[1]), *(sysconfig.get_path(name) for name in names)]
    return [path for path in sys.path if os.path.isdir(path) and any(path.startswith(each) for each in folders)]
