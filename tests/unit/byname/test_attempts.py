"""What is opened one after the other until one is there."""

from __future__ import annotations

import textwrap

import pytest

from builders.sources import brief, named

ATTEMPTS = {
    "a fallback": (
        """
        try:
            ctypes.CDLL('libfoo.so.2')
        except OSError:
            ctypes.CDLL('libfoo.so.1')
        """,
        [("high", ["libfoo.so.2", "libfoo.so.1"])],
    ),
    "a fallback of a fallback, and a handler that gives up": (
        """
        try:
            ctypes.CDLL('libfoo.so.3')
        except OSError:
            try:
                ctypes.CDLL('libfoo.so.2')
            except OSError:
                try:
                    ctypes.CDLL('libfoo.so.1')
                except OSError:
                    raise ImportError
        """,
        [("high", ["libfoo.so.3", "libfoo.so.2", "libfoo.so.1"])],
    ),
    "a fallback that is not needed either": (
        """
        try:
            ctypes.CDLL('libfoo.so.2')
        except OSError:
            try:
                ctypes.CDLL('libfoo.so.1')
            except OSError:
                pass
        """,
        [("medium", ["libfoo.so.2", "libfoo.so.1"])],
    ),
    "one for each, in their order, as pyvips has it": (
        """
        try:
            one = ctypes.CDLL('libfoo.so.0')
            two = ctypes.CDLL('libbar.so.0')
        except Exception:
            one = ctypes.CDLL('foo.so.0')
            two = ctypes.CDLL('bar.so.0')
        """,
        [("high", ["libbar.so.0", "bar.so.0"]), ("high", ["libfoo.so.0", "foo.so.0"])],
    ),
    "several handlers": (
        """
        try:
            ctypes.CDLL('libfoo.so.2')
        except OSError:
            ctypes.CDLL('libfoo.so.1')
        except AttributeError:
            ctypes.CDLL('libfoo.so.0')
        """,
        [("high", ["libfoo.so.2", "libfoo.so.1", "libfoo.so.0"])],
    ),
    "something else that is opened": (
        """
        try:
            ctypes.CDLL('libfoo.so.2')
            ctypes.CDLL('libbar.so.2')
        except OSError:
            ctypes.CDLL('libfoo.so.1')
        """,
        [("high", ["libfoo.so.1"]), ("medium", ["libbar.so.2"]), ("medium", ["libfoo.so.2"])],
    ),
    "a module that is tried": (
        """
        try:
            import pkg._foo
        except ImportError:
            ctypes.CDLL('libfoo.so.1')
        """,
        [("high", ["libfoo.so.1"])],
    ),
}


@pytest.mark.parametrize(("body", "expected"), ATTEMPTS.values(), ids=ATTEMPTS)
def test_what_is_opened_after_a_failure_is_an_alternative(body: str, expected: list[tuple[str, list[str]]]) -> None:
    """One of what a `try` statement and its handlers open has to be there, unless the code continues without any."""
    found = named("import ctypes\n" + textwrap.dedent(body))
    assert brief(found) == [(confidence, "library", names) for confidence, names in expected]


def test_of_two_calls_the_one_with_fewer_names_says_all() -> None:
    """Who has one of two has one of three; and who only asks with `find_library` opens nothing by it."""
    found = named(
        """
        import ctypes
        from ctypes.util import find_library
        def load(*names):
            for name in names:
                ctypes.CDLL(find_library(name) or name)
        load('GLX', 'OpenGL', 'GL')
        load('OpenGL', 'GL')
        """
    )
    assert brief(found) == [("high", "library", ["-lOpenGL", "-lGL"])]


def test_a_typelib_after_a_failure_is_an_alternative() -> None:
    """As of libraries, the release needs one of them."""
    asks = [f"gi.require_version('Foo', '{version}')" for version in ("2.0", "1.0")]
    (found,) = named(f"import gi\ntry:\n    {asks[0]}\nexcept ValueError:\n    {asks[1]}\n")
    assert [name.rpartition("/")[2] for name in found.names] == ["Foo-2.0.typelib", "Foo-1.0.typelib"]
