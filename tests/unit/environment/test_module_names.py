"""Names of extension modules, which show the Python that they were built for."""

from __future__ import annotations

import pytest

from builders.facts import distribution, scan_of
from pip_sysdeps.environment.module_names import abi_mismatches, abi_of_module, abi_of_modules

CP311, CP312 = "one/a.cpython-311-x86_64-linux-gnu.so", "one/a.cpython-312-x86_64-linux-gnu.so"
PURE = ("py2-none-any", "py3-none-any")


@pytest.mark.parametrize(
    ("file", "abi_tag"),
    [
        (CP312, "cp312"),
        ("a.cpython-39-aarch64-linux-gnu.so", "cp39"),
        ("a.cpython-313t-x86_64-linux-gnu.so", "cp313t"),
        ("a.cpython-313td-x86_64-linux-gnu.so", "cp313t"),
        ("a.cpython-37m-x86_64-linux-gnu.so", "cp37"),
        ("a.cpython-312.so", "cp312"),
        ("a.pypy310-pp73-x86_64-linux-gnu.so", "pp310"),
        ("a.abi3.so", ""),
        ("a.so", ""),
        ("a.cpython-312-x86_64-linux-gnu.so.1", ""),
        ("a.cpython-312.so/b.so", ""),
    ],
)
def test_the_python_of_a_module(file: str, abi_tag: str) -> None:
    """The suffix of its file name decides; the stable ABI fits several."""
    assert abi_of_module(file) == abi_tag


def test_the_python_of_most_modules() -> None:
    """If two are as frequent, the first by name counts."""
    assert abi_of_modules([CP312, CP311, CP312, "b.so", "c.so", "d.so"]) == "cp312"
    assert abi_of_modules([CP312, CP311]) == "cp311"
    assert abi_of_modules(["b.so"]) == ""


@pytest.mark.parametrize(
    ("files", "tags", "is_misfit"),
    [
        ((CP312, "one/b.cpython-312.so"), (), True),
        ((CP312,), ("cp312-cp312-linux_x86_64",), True),
        ((CP311, CP312), (), False),
        (("one/a.so",), (), False),
        ((CP312, "one/a.abi3.so"), (), False),
        ((CP312,), PURE, False),
        ((CP312,), (*PURE, "cp312-cp312-linux_x86_64"), True),
    ],
)
def test_a_distribution_for_another_python(files: tuple[str, ...], tags: tuple[str, ...], is_misfit: bool) -> None:
    """A distribution is for another Python if it has modules and this Python can import none of them."""
    environment = scan_of().environment._replace(distributions=(distribution("one", *files, tags=tags),))
    message = f"one is built for cp312 ({CP312}), but the environment runs cp311"
    assert [*abi_mismatches(environment)] == ([message] if is_misfit else [])
