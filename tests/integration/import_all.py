"""Import what an environment's distributions have, and print a line of JSON for each try: run by its own Python.

Level 1 is each top-level module, level 2 each extension module by its dotted name. Each distribution has a process of
its own, so that nothing is there because another distribution's test loaded it.
"""

from __future__ import annotations

import importlib
import importlib.machinery
import importlib.metadata
import importlib.util
import json
import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

INSTALLERS = {"pip", "setuptools"}
"""What `python3 -m venv` itself puts there."""


def modules_of_distributions() -> dict[str, list[tuple[int, str]]]:
    """List level and dotted name of each module to try, by distribution; top_level.txt may name what is nowhere."""
    found: dict[str, set[tuple[int, str]]] = {}
    for module, names in importlib.metadata.packages_distributions().items():
        for name in names if importlib.util.find_spec(module) else ():
            found.setdefault(name, set()).add((1, module))
    for distribution in importlib.metadata.distributions():
        name = distribution.metadata["Name"]
        found.setdefault(name, set()).update((2, module) for module in extension_modules(distribution))
    return {
        name: sorted(one for one in modules if all(part.isidentifier() for part in one[1].split(".")))
        for name, modules in found.items()
        if name not in INSTALLERS
    }


def extension_modules(distribution: importlib.metadata.Distribution) -> Iterator[str]:
    """Yield the dotted name of each file that is an extension module: by its name, and by its PyInit_ function."""
    for file in distribution.files or ():
        suffix = next((suffix for suffix in importlib.machinery.EXTENSION_SUFFIXES if file.name.endswith(suffix)), "")
        if suffix and file.parts[0] != ".." and b"PyInit_" in file.read_binary():
            yield ".".join([*file.parts[:-1], file.name.removesuffix(suffix)])


def try_import(module: str) -> str:
    """Import a module; return what went wrong, or an empty string."""
    try:
        importlib.import_module(module)
    except BaseException as error:  # noqa: BLE001  whatever a module does is a result
        return f"{type(error).__name__}: {error}"
    return ""


def try_distribution(name: str, modules: list[tuple[int, str]]) -> None:
    """Try each module in one child process; if it dies, there is no line for that module and the later ones."""
    sys.stdout.flush()
    if os.fork():
        os.wait()
        return
    report = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(os.open(os.devnull, os.O_RDWR), 1)
    for level, module in modules:
        json.dump([name, level, module, try_import(module)], report)
        report.write("\n")
        report.flush()
    os._exit(0)


if __name__ == "__main__":
    for distribution_name, to_try in sorted(modules_of_distributions().items()):
        try_distribution(distribution_name, to_try)
