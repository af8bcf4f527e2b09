"""What the headers of an ELF file say."""

from __future__ import annotations

import pytest

from builders.facts import elf


@pytest.mark.parametrize(
    ("needed", "interpreter", "libc"),
    [
        (("libm.so.6", "libc.so.6"), None, "glibc"),
        (("libc.musl-x86_64.so.1",), None, "musl"),
        (("ld-linux-x86-64.so.2",), None, "glibc"),
        ((), "/lib64/ld-linux-x86-64.so.2", "glibc"),
        ((), "/lib/ld64.so.1", "glibc"),
        ((), "/lib/ld-musl-aarch64.so.1", "musl"),
        (("libc.so",), None, ""),
        ((), None, ""),
    ],
)
def test_the_c_library_of_an_object(needed: tuple[str, ...], interpreter: str | None, libc: str) -> None:
    """By the names that it needs, or by its program interpreter."""
    assert elf(*needed, interpreter=interpreter).libc == libc
