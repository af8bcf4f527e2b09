"""Which files are roots."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from builders.facts import elf
from pip_sysdeps.elf.kinds import is_extension_module, is_program
from pip_sysdeps.loader.roots import load_roots
from pip_sysdeps.model.loader import LoadedObject
from pip_sysdeps.model.needs import When

if TYPE_CHECKING:
    from pip_sysdeps.model.elf import ElfFile
    from pip_sysdeps.model.loader import Load


@pytest.mark.parametrize(
    ("path", "abi_tag", "exports", "expected"),
    [
        ("/s/_x.cpython-311-x86_64-linux-gnu.so", "cp311", "", True),
        ("/s/_x.cpython-310-x86_64-linux-gnu.so", "cp311", "", False),
        ("/s/_x.cpython-313t-x86_64-linux-gnu.so", "cp313t", "", True),
        ("/s/_x.cpython-313-x86_64-linux-gnu.so", "cp313t", "", False),
        ("/s/_x.pypy310-pp73-x86_64-linux-gnu.so", "pp310", "", True),
        ("/s/_x.abi3.so", "cp311", "", True),
        ("/s/_x.so", "cp311", "PyInit__x", True),
        ("/s/_x.so", "cp311", "PyInit__y", False),
        ("/s/pkg/__init__.so", "cp311", "PyInit_pkg", True),
        ("/s/libfoo.so.1", "cp311", "PyInit_libfoo", False),
        ("/s/bücher.so", "cp311", "PyInitU_bcher_kva", True),
    ],
)
def test_extension_module(path: str, abi_tag: str, exports: str, expected: bool) -> None:
    """The interpreter's own suffixes decide; a plain `.so` needs its init function."""
    assert is_extension_module(path, abi_tag, lambda _path, symbol: symbol == exports) is expected


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (elf(type=2), True),
        (elf(interpreter="/lib64/ld-linux-x86-64.so.2", flags_1=0x08000000), True),
        (elf(flags_1=0x08000000), True),
        (elf(interpreter="/lib64/ld-linux-x86-64.so.2"), True),
        (elf(interpreter="/lib64/ld-linux-x86-64.so.2", soname="libQt6Core.so.6"), False),
        (elf(soname="libfoo.so.1"), False),
        (elf(), False),
    ],
)
def test_program(facts: ElfFile, expected: bool) -> None:
    """ET_EXEC, PIE, and what names an interpreter without being a library."""
    assert is_program(facts) is expected


def loads_of(
    objects: dict[str, ElfFile], *, opens: dict[str, tuple[str, ...]], named: str = "", chosen: dict[str, str]
) -> list[Load]:
    """Return the loads of these objects, where opening one loads the others that `opens` has for it."""
    loads = load_roots(
        objects,
        is_extension=lambda path: path.endswith(".abi3.so"),
        named=lambda paths: frozenset(path for path in paths if named and path.endswith(named)),
        chosen=chosen,
        open_root=lambda path: tuple(LoadedObject(path=each, needs=()) for each in (path, *opens.get(path, ()))),
        real=lambda path: path,
    )
    return list(loads)


def roots(objects: dict[str, ElfFile], *, opens: dict[str, tuple[str, ...]], named: str = "") -> list[tuple[str, When]]:
    """Return the roots of these objects where no plugin is chosen, as `loads_of`."""
    return [(load.root, load.when) for load in loads_of(objects, opens=opens, named=named, chosen={})]


def test_a_vendored_library_is_no_root() -> None:
    """A library that an extension module loads is scanned through that module."""
    objects = {"/s/m.abi3.so": elf("libv.so"), "/s/x.libs/libv.so": elf()}
    assert roots(objects, opens={"/s/m.abi3.so": ("/s/x.libs/libv.so",)}) == [("/s/m.abi3.so", When.IMPORT)]


def test_an_extension_module_that_another_one_loads_is_a_root_all_the_same() -> None:
    """It may be imported first."""
    objects = {"/s/a.abi3.so": elf("b.abi3.so"), "/s/b.abi3.so": elf()}
    assert roots(objects, opens={"/s/a.abi3.so": ("/s/b.abi3.so",)}) == [
        ("/s/a.abi3.so", When.IMPORT),
        ("/s/b.abi3.so", When.IMPORT),
    ]


def test_a_named_library_is_an_import_root() -> None:
    """A library that a Python file opens by name is needed as soon as that file runs."""
    assert roots({"/s/lib_lightgbm.so": elf()}, opens={}, named="lib_lightgbm.so") == [
        ("/s/lib_lightgbm.so", When.IMPORT)
    ]


def test_plugins_come_before_what_they_load() -> None:
    """An object that nothing else needs is a plugin; what it loads is not a root."""
    objects = {"/s/liba.so": elf(soname="liba.so"), "/s/plugin.so": elf("liba.so")}
    assert roots(objects, opens={"/s/plugin.so": ("/s/liba.so",)}) == [("/s/plugin.so", When.PLUGIN)]


def test_nothing_is_dropped() -> None:
    """An object that others name and never find, and a cycle, are loaded on their own."""
    objects = {
        "/s/liba.so": elf("libb.so"),
        "/s/libb.so": elf("liba.so"),
        "/t/libc.so": elf(),
        "/s/plugin.so": elf("libc.so"),
    }
    assert roots(objects, opens={"/s/liba.so": ("/s/libb.so",)}) == [
        ("/s/plugin.so", When.PLUGIN),
        ("/s/liba.so", When.PLUGIN),
        ("/t/libc.so", When.PLUGIN),
    ]


def test_a_chosen_plugin_comes_before_the_others() -> None:
    """What it loads is loaded by it, not by another plugin; one that an import loads is not a root."""
    objects = {
        "/s/m.abi3.so": elf("used.so"),
        "/s/used.so": elf(),
        "/s/a.so": elf("liba.so"),
        "/s/b.so": elf("liba.so"),
        "/s/liba.so": elf(),
    }
    opens: dict[str, tuple[str, ...]] = {"/s/m.abi3.so": ("/s/used.so",), "/s/b.so": ("/s/liba.so",)}
    loads = loads_of(objects, opens=opens, chosen={"/s/b.so": "*/b.so", "/s/used.so": "*/u*"})
    assert [(load.root, load.when, load.plugin) for load in loads] == [
        ("/s/m.abi3.so", When.IMPORT, ""),
        ("/s/b.so", When.PLUGIN, "*/b.so"),
        ("/s/a.so", When.PLUGIN, ""),
    ]


def test_programs_of_a_bin_folder_are_roots() -> None:
    """Elsewhere a program is a plugin until a Python file names it."""
    objects = {"/env/bin/uwsgi": elf(type=2), "/s/driver/node": elf(type=2)}
    assert roots(objects, opens={}) == [("/env/bin/uwsgi", When.IMPORT), ("/s/driver/node", When.PLUGIN)]
