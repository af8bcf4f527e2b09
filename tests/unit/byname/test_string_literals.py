"""Names of libraries and programs in Python sources."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pip_sysdeps.byname.string_literals import beginnings, imported, mentioned


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


@pytest.mark.parametrize(
    ("source", "names"),
    [
        (f"ctypes.CDLL(f'libcore{'{a}' * 300}Z')", False),
        (f"ctypes.CDLL('libcore{'%s.' * 300}' % a)", False),
        (f"ctypes.CDLL(f'libcore{'{a}' * 300}7{'{b}' * 300}.so')", True),
        (f"ctypes.CDLL('libcore' + {' + '.join(['a'] * 1500)})", True),
    ],
)
def test_many_pieces(source: str, *, names: bool) -> None:
    """Hundreds of computed pieces are no more work than a few, and no deeper."""
    started = time.process_time()
    assert bool(mentioned(source.encode(), frozenset({"libcore7.so"}), beginnings({"libcore7.so"}))) is names
    assert time.process_time() - started < 1


@given(st.text("ab", max_size=7), st.lists(st.text("ab", max_size=3), min_size=1, max_size=4))
def test_pieces_fit_as_a_pattern_does(name: str, pieces: list[str]) -> None:
    """The pieces of a computed name, and a regular expression with anything between them, say the same."""
    pattern = "CORENAME" + ".*".join(pieces)
    source = f"ctypes.CDLL(f'CORENAME{'{x}'.join(pieces)}')"
    name = f"CORENAME{name}"
    found = mentioned(source.encode(), frozenset({name}), beginnings({name}))
    assert bool(found) is bool(re.fullmatch(pattern, name))


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
