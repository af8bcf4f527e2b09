"""Read the interpreters of the scripts in an environment's `bin` from their first lines."""

from __future__ import annotations

import os
import posixpath
import re
from typing import TYPE_CHECKING

from pip_sysdeps.system.root import pread

if TYPE_CHECKING:
    from pip_sysdeps.model.environment import Environment
    from pip_sysdeps.system.root import Root

_HEAD = 4096
_SHEBANG = re.compile(rb"#![ \t]*(/[^ \t\n]*/(?:python|pypy)[0-9.t]*)[ \t]*[^\n]*\n")
_SHELL_SHEBANG = re.compile(rb"#!/bin/sh\n'''exec' \"?(/[^\"\n]*/(?:python|pypy)[0-9.t]*)\"? \"\$0\"")
"""The form for a path that is too long for the kernel or has a space. Source: distlib's scripts.py."""


def interpreters_of_scripts(root: Root, environment: Environment) -> dict[str, str]:
    """Return the Python that each script in the `bin` of an environment names, by the script's path."""
    folder = posixpath.join(environment.prefix, "bin")
    scripts = (file for each in environment.distributions for file in each.files if posixpath.dirname(file) == folder)
    named = {script: interpreter_of(_head(root, script)) for script in sorted(scripts)}
    return {script: interpreter for script, interpreter in named.items() if interpreter}


def interpreter_of(head: bytes) -> str:
    """Return the absolute path of the Python in the first lines of a script; empty for another program."""
    match = _SHEBANG.match(head) or _SHELL_SHEBANG.match(head)
    return os.fsdecode(match[1]) if match else ""


def _head(root: Root, path: str) -> bytes:
    try:
        descriptor = root.open_resolved(path)
    except OSError:
        return b""
    try:
        return pread(descriptor, _HEAD, 0)
    finally:
        os.close(descriptor)
