"""Names of libraries and programs in Python sources."""

from __future__ import annotations

import pytest

from pip_sysdeps.sources.string_literals import beginnings, imported, mentioned


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("lib = 'lib_lightgbm.so'", "lib_lightgbm.so"),
        ('ctypes.CDLL("sub/folder/libfoo.so.1")', "libfoo.so.1"),
        ("driver = here / 'node'", "node"),
        ("ctypes.CDLL(f'{here}/libcore{major}.so')", "libcore7.so"),
        ("ctypes.CDLL('libcore' + suffix)", "libcore7.so"),
        ("ctypes.CDLL('libcore%d.so' % major)", "libcore7.so"),
        ("ctypes.CDLL(here + '/libcore' + major + '.so')", "libcore7.so"),
        ("tensorflow.load_op_library(here + '/libcore' + major + '.so')", "libcore7.so"),
    ],
)
def test_names_it(source: str, name: str) -> None:
    """A whole string, the end of a path, and strings that are put together."""
    assert mentioned(source.encode(), frozenset({name}), beginnings({name})) == {name}


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("nodes = node + 1", "node"),
        ("'the node of a tree'", "node"),
        ("ctypes.CDLL('lib' + name + '.so')", "libcore7.so"),
        ("ctypes.CDLL(f'lib{name}.so')", "libcore7.so"),
        ("print(f'libcore{major}.so')", "libcore7.so"),
        ("ctypes.CDLL(f'libc{ore}.so')", "libcore7.so"),
        ("def (", "libcore7.so"),
        ("CDLL def (", "libcore7.so"),
    ],
)
def test_does_not_name_it(source: str, name: str) -> None:
    """Words that are no string, patterns that fit every library, and files that do not parse."""
    assert mentioned(source.encode(), frozenset({name}), beginnings({name})) == frozenset()


@pytest.mark.parametrize(
    ("source", "modules"),
    [
        ("import torch as _torch, os.path", {"torch", "os"}),
        ("from numpy.linalg import norm", {"numpy"}),
        ("from . import ops\nfrom .core import name", set()),
        ("try:\n    import torch\nexcept ImportError:\n    torch = None", set()),
        ("def load():\n    import torch", set()),
        ("if TYPE_CHECKING:\n    import torch", set()),
        ("import torch\nno Python", set()),
    ],
)
def test_what_a_source_cannot_do_without(source: str, modules: set[str]) -> None:
    """Its own imports at the top level count, not what it may do without, imports later or has in its package."""
    assert imported(source.encode()) == modules
