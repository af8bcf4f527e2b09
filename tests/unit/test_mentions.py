"""Names of libraries and programs in Python sources."""

from __future__ import annotations

import pytest

from pip_sysdeps.mentions import beginnings, mentioned


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
        ("ctypes.CDLL(f'libcore{major}/x.so')", "libcore7.so"),
        ("def (", "libcore7.so"),
        ("CDLL def (", "libcore7.so"),
    ],
)
def test_does_not_name_it(source: str, name: str) -> None:
    """Words that are no string, patterns that fit every library, and files that do not parse."""
    assert mentioned(source.encode(), frozenset({name}), beginnings({name})) == frozenset()
