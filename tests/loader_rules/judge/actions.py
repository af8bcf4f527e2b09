"""Do what a test's arguments say, and print what the process maps before and after: run by any Python 3.

Arguments: `import:PATH` imports an extension module from a file, `dlopen:NAME` and `global:NAME` give a name or path to
ctypes.CDLL, without and with RTLD_GLOBAL; `fork:PATH` opens a file in a child of its own. One line of JSON each.
"""

from __future__ import annotations

import ctypes
import importlib.machinery
import importlib.util
import json
import os
import sys


def mapped() -> list[str]:
    """List the shared objects that are mapped, by the paths that the kernel shows."""
    with open("/proc/self/maps", encoding="utf-8") as maps:
        paths = {line.split(maxsplit=5)[5].rstrip("\n") for line in maps if line.count("/")}
    return sorted(path for path in paths if ".so" in path and not path.endswith(".cache"))


def error_of(action: str, name: str) -> str:
    """Do one thing; return the message of the error that it ends with, or nothing."""
    try:
        if action == "import":
            module = os.path.basename(name).partition(".")[0]
            loader = importlib.machinery.ExtensionFileLoader(module, name)
            loader.create_module(importlib.machinery.ModuleSpec(module, loader, origin=name))
        else:
            ctypes.CDLL(name, ctypes.RTLD_GLOBAL if action == "global" else ctypes.RTLD_LOCAL)
    except (ImportError, OSError) as error:
        loaded = "does not define module export function" in str(error)  # Under a link's name it has no init function.
        return "" if loaded else str(error)
    except SystemError:
        return ""  # The tests' modules have an init function that makes no module: the file is loaded all the same.
    return ""


def tell(error: str) -> None:
    """Print the error and the maps."""
    sys.stdout.write(json.dumps({"error": error, "maps": mapped()}) + "\n")
    sys.stdout.flush()


tell("")
for argument in sys.argv[1:]:
    action, _, name = argument.partition(":")
    if action != "fork":
        tell(error_of(action, name))
    elif os.fork() == 0:
        tell(error_of("dlopen", name))
        os._exit(0)
    else:
        os.wait()
