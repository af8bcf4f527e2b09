"""Open each shared object of standard input in a process of its own: run by an environment's Python.

A line of JSON for each: its path, and the error of dlopen(3), which is empty for a success; none if the process died of
what the object did after it was loaded. Arguments are modules to import first.
"""

from __future__ import annotations

import ctypes
import importlib
import json
import os
import signal
import sys


def open_one(path: str) -> None:
    """Open a file in a child process."""
    if os.fork():
        os.wait()
        return
    signal.alarm(60)
    report = os.dup(1)
    os.dup2(os.open(os.devnull, os.O_RDWR), 1)
    try:
        ctypes.CDLL(path)
        error = ""
    except OSError as problem:
        error = str(problem)
    os.write(report, (json.dumps([path, error]) + "\n").encode())
    os._exit(0)


if __name__ == "__main__":
    for module in sys.argv[1:]:
        importlib.import_module(module)
    for line in sys.stdin.read().splitlines():
        open_one(line)
