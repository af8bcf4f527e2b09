"""Files as a lock names them."""

from __future__ import annotations

import pytest

from pip_sysdeps.lock.evidence import evidence, without_hash


@pytest.mark.parametrize(
    ("path", "repaired", "written"),
    [
        ("pillow.libs/libavif-c6062d5f.so.16.4.2", False, "pillow.libs/libavif.so.16.4.2"),
        ("numpy/.libs/libopenblas-deadbeef.so", False, "numpy/.libs/libopenblas.so"),
        ("x.libs/inner/liba-0123abcd.so.1", False, "x.libs/inner/liba.so.1"),
        ("x/lib/liba-0123abcd.so.1", True, "x/lib/liba.so.1"),
        ("x/lib/liba-0123abcd.so.1", False, "x/lib/liba-0123abcd.so.1"),
        ("x.libs/liba-0123abcde.so.1", False, "x.libs/liba-0123abcde.so.1"),
        ("x.libs/liba-20230101.so.1", False, "x.libs/liba.so.1"),
        ("x.libs/liba-0123ABCD.so.1", False, "x.libs/liba-0123ABCD.so.1"),
        ("x.libs/liba-0123abcd.txt", False, "x.libs/liba-0123abcd.txt"),
        ("x/_c.abi3.so", True, "x/_c.abi3.so"),
    ],
)
def test_the_hash_of_a_repair_tool_goes(path: str, repaired: bool, written: str) -> None:
    """Eight hexadecimal digits are removed from a library below `*.libs`, or from one that is needed by this name."""
    assert without_hash(path, repaired=repaired) == written


def test_files_that_differ_in_the_hash_alone_are_one() -> None:
    """Relative to the folder, sorted, at most three."""
    files = [f"/s/{name}.so" for name in "dcba"] + ["/s/x.libs/a-01234567.so", "/s/x.libs/a-89abcdef.so"]
    assert evidence(files, "/s") == (("a.so", "b.so", "c.so"), 2)
    assert evidence(["/s/lib/a-01234567.so"], "/s", {"/s/lib/a-01234567.so"}) == (("lib/a.so",), 0)
