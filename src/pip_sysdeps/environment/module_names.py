"""The Python that extension modules were built for, by their names.

Source: CPython's `importlib.machinery.EXTENSION_SUFFIXES`, PEP 3149; PyPy's `pypy310-pp73-x86_64-linux-gnu`.
"""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pip_sysdeps.model.environment import Distribution, Environment

_SUFFIX = re.compile(r"\.(cpython-|pypy)([0-9])([0-9]{1,2})([a-z]*)(?:-[0-9A-Za-z_-]+)?\.so$")
_STABLE = ".abi3.so"


def abi_of_module(file: str) -> str:
    """Return the ABI tag in the name of an extension module, `cp312`; empty if its name has none."""
    match = _SUFFIX.search(posixpath.basename(file))
    if match is None:
        return ""
    return f"{'pp' if match[1] == 'pypy' else 'cp'}{match[2]}{match[3]}{'t' if 't' in match[4] else ''}"


def abi_of_modules(files: Iterable[str]) -> str:
    """Return the most common ABI tag among the modules of these files; empty without modules."""
    counts = Counter(filter(None, map(abi_of_module, files)))
    return max(sorted(counts), key=lambda abi_tag: counts[abi_tag], default="")


def abi_mismatches(environment: Environment) -> Iterator[str]:
    """Yield a message for each distribution with modules for other Pythons only."""
    abi_tag = environment.interpreter.abi_tag
    for each in environment.distributions:
        modules = {file: found for file in each.files if (found := _required_abi(file, abi_tag))}
        if modules and abi_tag not in modules.values() and not _works_without_modules(each, abi_tag):
            file, found = min(modules.items())
            module = environment.short(file)
            yield f"{each.name} is built for {found} ({module}), but the environment runs {abi_tag}"


def _required_abi(file: str, abi_tag: str) -> str:
    """Return the ABI tag that a module requires; empty if it requires none, or the stable ABI and `abi_tag` has it.

    A free-threaded Python imports no module of the stable ABI. Source: docs.python.org, "C API Extension Support for
    Free Threading", "Limited C API and Stable ABI".
    """
    is_stable = file.endswith(_STABLE) and abi_tag.endswith("t")
    return _STABLE.split(".")[1] if is_stable else abi_of_module(file)


def _works_without_modules(distribution: Distribution, abi_tag: str) -> bool:
    """Return whether a distribution works without its extension modules, or has some for the stable ABI."""
    is_pure = bool(distribution.tags) and all(tag.endswith("-none-any") for tag in distribution.tags)
    is_stable = any(file.endswith(_STABLE) for file in distribution.files) and not abi_tag.endswith("t")
    return is_pure or is_stable
