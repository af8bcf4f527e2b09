"""The Python interpreters of the machine that runs the tests."""

from __future__ import annotations

import functools
import glob
import os
import shutil
import subprocess
import sys

FIRST, LAST = (3, 10), (3, 17)
"""The versions that can have the hook."""


@functools.cache
def interpreters() -> dict[str, str]:
    """Return one interpreter for each minor version that there is, this one for its own: {"3.11": path}."""
    found = {f"{sys.version_info[0]}.{sys.version_info[1]}": sys.executable}
    for minor in range(FIRST[1], LAST[1] + 1):
        version = f"{FIRST[0]}.{minor}"
        kept_by_pyenv = sorted(glob.glob(os.path.expanduser(f"~/.pyenv/versions/{version}.*/bin/python")))
        candidates = (found.get(version), *kept_by_pyenv, shutil.which(f"python{version}"))
        program = next((path for path in candidates if path and _is_version(path, version)), None)
        if program:
            found[version] = program
    return dict(sorted(found.items(), key=lambda item: int(item[0].partition(".")[2])))


def _is_version(program: str, version: str) -> bool:
    """Return whether an interpreter runs and can make a venv; the shim of an absent one does not run."""
    if program == sys.executable:
        return True
    question = "import sys, venv; print('%d.%d' % sys.version_info[:2])"
    answer = subprocess.run([program, "-c", question], capture_output=True, text=True, check=False)
    return answer.stdout.strip() == version
