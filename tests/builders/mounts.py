"""Commands that see a small file system of their own in the place of a folder."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

from builders.debian import unavailable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

READ_ONLY = 'mount -o remount,ro "$0"'
FULL = 'head -c 1M /dev/zero > "$0/filler" 2>/dev/null || true'
"""What is done to the file system before the command runs."""

SCRIPT = """
set -e
mount -t tmpfs -o size=64k tmpfs "$0"
cp -a "$1" "$0/sysdeps.lock"
{prepare}
kept=$1; shift
set +e
"$@"
status=$?
cp "$0/sysdeps.lock" "$kept.after"
ls -A "$0" > "$kept.names"
exit $status
"""


def run_on_small_disk(
    folder: Path, prepare: str, lock: Path, command: Sequence[str], environ: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    """Run a command while `folder` is a file system of 64 KiB that has a copy of the lock.

    Afterwards that file's content is in `lock.after`, and the names that the folder had in `lock.names`.
    """
    alone = ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--mount", "--map-root-user"]
    if subprocess.run([*alone, "true"], capture_output=True, check=False).returncode:
        unavailable("unshare makes no mount namespace here: run it as root, or allow user namespaces")
    script = SCRIPT.replace("{prepare}", prepare)
    argv = [*alone, "sh", "-c", script, str(folder), str(lock), *command]
    return subprocess.run(argv, env=dict(environ), capture_output=True, text=True, check=False, timeout=120)
