"""A world for the loader's pure code: a dict of paths, and a configuration as on Debian amd64."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pip_sysdeps.loader.glibc.config import LoaderConfig
from pip_sysdeps.loader.glibc.machines import MACHINES
from pip_sysdeps.loader.glibc.rules import Glibc
from pip_sysdeps.model.elf import ElfFile, OpenedFile

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

AMD64 = next(each for each in MACHINES if each.loader == "ld-linux-x86-64.so.2")
DIRECTORIES = ("/lib/x86_64-linux-gnu", "/usr/lib/x86_64-linux-gnu", "/lib", "/usr/lib")
"""The default ones of Debian amd64."""


def config(cache: Mapping[str, str] | None = None, **changes: Any) -> LoaderConfig:  # noqa: ANN401 - any field
    """Return the configuration of Debian amd64 with this ld.so.cache."""
    return LoaderConfig(
        elf_class=64,
        little_endian=True,
        machine=62,
        lib="lib/x86_64-linux-gnu",
        platform=AMD64.platform,
        cache=(cache or {}).get,
        default_directories=DIRECTORIES,
    )._replace(
        **changes,
    )


def rules(cache: Mapping[str, str] | None = None, **changes: Any) -> Glibc:  # noqa: ANN401 - any field
    """Return glibc's rules under this configuration."""
    return Glibc(config(cache, **changes))


def lookup(world: Mapping[str, ElfFile | str]) -> Callable[[str], OpenedFile | None]:
    """Return what gives the files of a world: facts, a link (`-> /path`), or a fault (any other text)."""
    places = {path: (1, number) for number, path in enumerate(world)}

    def look(path: str) -> OpenedFile | None:
        content = world.get(path)
        match content:
            case None:
                return None
            case str() if content.startswith("-> "):
                return look(content.removeprefix("-> "))
            case str():
                return OpenedFile(identity=places[path], elf=None, fault=content)
            case _:
                return OpenedFile(identity=places[path], elf=content, fault="")

    return look


def split_library_path(text: str) -> tuple[str, ...]:
    """Split the value of LD_LIBRARY_PATH as ld.so(8) does: at colons and semicolons; an empty one counts as unset."""
    return tuple(text.replace(";", ":").split(":")) if text else ()
