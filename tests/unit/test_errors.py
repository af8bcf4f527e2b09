"""Hints about files that cannot be read."""

from __future__ import annotations

import errno
import os

import pytest

from pip_sysdeps.errors import reading_hint, unreadable


@pytest.mark.parametrize(
    ("number", "hint"),
    [
        (errno.EACCES, "make it readable, or run as root"),
        (errno.EPERM, "make it readable, or run as root"),
        (errno.EFBIG, "it is too large to be valid: replace it"),
        (errno.EINVAL, "put a regular file there, or remove it"),
        (errno.ELOOP, "correct the link, or remove it"),
        (errno.EMFILE, "allow more with `ulimit -n`"),
        (errno.ESTALE, "replace it by a file that can be read"),
    ],
)
def test_the_hint_is_that_of_the_cause(number: int, hint: str) -> None:
    """Another user helps only where a permission is missing."""
    assert reading_hint(OSError(number, os.strerror(number))) == hint


def test_the_whole_error() -> None:
    """The error has what failed, why, and what to do."""
    error = unreadable("rpm's database `/a`", OSError(errno.EFBIG, "Larger than 4 bytes", "/a"))
    assert str(error) == "cannot read rpm's database `/a`: Larger than 4 bytes"
    assert error.hint == "it is too large to be valid: replace it"
