"""Commands that see a small file system of their own in the place of a folder."""

from __future__ import annotations

import os
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from builders.debian import unavailable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

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
    alone = ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--mount", "--map-root-user"]
    if subprocess.run([*alone, "true"], capture_output=True, check=False).returncode:
        unavailable("unshare makes no mount namespace here: run it as root, or allow user namespaces")
    with tempfile.TemporaryDirectory() as name:
        kept = Path(name) / "kept"
        kept.mkdir()
        argv = [*alone, "sh", "-c", _SCRIPT.replace("{prepare}", prepare), str(folder), str(kept), *command]
        env = None if environ is None else dict(environ)
        done = subprocess.run(argv, env=env, capture_output=True, text=True, check=False, timeout=120)
        files = {path.name: path.read_bytes() for path in kept.iterdir() if not path.name.startswith("filler")}
    return OnSmallDisk(done, files)
