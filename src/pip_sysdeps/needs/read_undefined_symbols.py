"""Compare the undefined symbols of imports with all loaded objects."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from pip_sysdeps.elf.kinds import has_init_function, is_extension_module
from pip_sysdeps.elf.relocations import required_symbols
from pip_sysdeps.elf.symbols import defined_names
from pip_sysdeps.model.elf import ElfFile
from pip_sysdeps.model.loader import NotFound
from pip_sysdeps.model.needs import FromPackage, Unowned, When
from pip_sysdeps.needs.undefined_symbols import symbol_gaps

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pip_sysdeps.elf.image import Pread
    from pip_sysdeps.elf.read_objects import Objects
    from pip_sysdeps.model.loader import Load, LoadedObject
    from pip_sysdeps.model.scan import Scan
    from pip_sysdeps.needs.undefined_symbols import SymbolGap
    from pip_sysdeps.system.root import Root


def read_symbol_gaps(root: Root, objects: Objects, scan: Scan, *, has_symbol_versions: bool) -> tuple[SymbolGap, ...]:
    """Return the symbols that imports need and no object defines; none if the interpreter does not start.

    Without `has_symbol_versions`, the loader does not find hidden symbols.
    """
    interpreter = scan.environment.interpreter
    program = objects.facts(interpreter.path) if interpreter.path else None
    if not isinstance(program, ElfFile) or not _is_whole(scan.process):
        return ()
    real = cache(lambda path: root.resolve(path) or path)
    imports = [load for load in scan.loads if _is_import(load, interpreter.abi_tag, objects)]
    others = (*(each.path for each in scan.process), program.interpreter or "", *_loaded_objects(scan))
    return symbol_gaps(
        dict.fromkeys(real(each.path) for load in imports if _is_whole(load.objects) for each in load.objects),
        dict.fromkeys(real(path) for path in others if path),
        required=lambda path: objects.query(path, required_symbols) or frozenset(),
        defined=lambda path: objects.query(path, defined_names if has_symbol_versions else _visible_names),
    )


def _visible_names(pread: Pread, size: int) -> frozenset[str]:
    return defined_names(pread, size, hidden=False)


def _is_whole(objects: Iterable[LoadedObject]) -> bool:
    """Return whether all libraries were found. A missing one could define any symbol."""
    return not any(isinstance(answer, NotFound) for each in objects for answer in each.needs)


def _is_import(load: Load, abi_tag: str, objects: Objects) -> bool:
    if load.when is not When.IMPORT or not is_extension_module(load.root, abi_tag, objects.defines):
        return False
    return has_init_function(load.root, objects.defines)


def _loaded_objects(scan: Scan) -> Iterator[str]:
    """Yield the objects that code loads besides the interpreter: with RTLD_GLOBAL, their symbols are visible to all."""
    yield from (each.path for load in scan.loads for each in load.objects)
    for _, need in scan.needs():
        if need.confidence is not None and isinstance(need.provider, FromPackage | Unowned):
            yield need.provider.path
