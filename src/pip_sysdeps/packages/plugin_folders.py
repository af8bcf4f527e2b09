"""Plugin folders: folders of shared objects, named after the library that opens them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_SONAME = r"lib(?P<stem>[^/]+?)\.so(?:\.[0-9.]+)?"


def has_plugins(libraries: Iterable[str], folders: Iterable[str], *, with_lib: bool = True) -> bool:
    """Return whether one of the folders is named after one of the libraries, by their file names.

    `sasl2` belongs to libsasl2.so.2, `gdk-pixbuf-2.0` to libgdk_pixbuf-2.0.so.0, `libheif` to libheif.so.1, `gtk-3.0`
    to libgtk-3.so.0: a folder may have a longer version, or none (`hunspell` for libhunspell-1.7.so.0). Without
    `with_lib`, a name like `libheif` does not count: it may be that of a daemon's plugins, as `libvirt`.
    """
    stems = {_plain(match["stem"]) for name in libraries if (match := re.fullmatch(_SONAME, name))}
    names = set(map(_plain, folders))
    names |= {name.removeprefix("lib") for name in names} if with_lib else set()
    return any(_is_named_after(name, stem) for name in names for stem in stems)


def _plain(name: str) -> str:
    return name.lower().replace("_", "-")


def _is_named_after(folder: str, stem: str) -> bool:
    if folder == re.sub(r"-[.0-9]+$", "", stem):
        return True
    return folder.startswith(stem) and re.fullmatch(r"[-.0-9]*", folder[len(stem) :]) is not None
