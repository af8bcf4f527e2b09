"""Import each extension module in a process of its own, and print which files it maps: run by an environment's Python.

A line of JSON each: the file of the module, then the files of all the extension modules that the interpreter imported,
then every shared object in /proc/self/maps.
"""

from __future__ import annotations

import importlib
import importlib.machinery
import importlib.metadata
import json
import os
import sys


def mapped_objects() -> list[str]:
    """List the files that this process maps, the main program among them, but the dynamic loader."""
    with open("/proc/self/maps", encoding="utf-8") as maps:
        paths = {line.split(maxsplit=5)[5].rstrip("\n") for line in maps if line.count("/")}
    return sorted(path for path in paths if ".so" in path or path == os.path.realpath(sys.executable))


def imported_extensions() -> list[str]:
    """List the files of the extension modules that the interpreter itself has imported, the first one first."""
    specs = [getattr(module, "__spec__", None) for module in list(sys.modules.values())]
    loader = importlib.machinery.ExtensionFileLoader
    files = [spec.origin for spec in specs if spec is not None and isinstance(spec.loader, loader)]
    return list(dict.fromkeys(os.path.realpath(file) for file in files))


def report_after_import(file: str, module: str) -> None:
    """Import a module in a child process, and print what that maps then; nothing when it cannot be imported."""
    sys.stdout.flush()
    if os.fork():
        os.wait()
        return
    try:
        importlib.import_module(module)
    except BaseException:  # noqa: BLE001  another test is about what cannot be imported
        os._exit(1)
    os.write(1, (json.dumps([file, imported_extensions(), mapped_objects()]) + "\n").encode())
    os._exit(0)


if __name__ == "__main__":
    for distribution in importlib.metadata.distributions():
        for row in distribution.files or ():
            suffix = next((each for each in importlib.machinery.EXTENSION_SUFFIXES if row.name.endswith(each)), "")
            if suffix and row.parts[0] != "..":
                dotted = ".".join([*row.parts[:-1], row.name.removesuffix(suffix)])
                report_after_import(os.path.realpath(row.locate()), dotted)
