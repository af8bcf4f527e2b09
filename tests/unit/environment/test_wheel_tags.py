"""What tags promise, with auditwheel's own policies for a judge."""

from __future__ import annotations

import json
from importlib.resources import files

import pytest

from pip_sysdeps.environment.wheel_tags import is_allowed, promised_glibc


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        (["cp311-cp311-manylinux_2_28_x86_64", "cp311-cp311-manylinux_2_27_x86_64"], (2, 27)),
        (["cp311-cp311-manylinux2014_x86_64"], (2, 17)),
        (["cp27-cp27mu-manylinux1_i686", "cp27-cp27mu-manylinux2010_i686"], (2, 5)),
        (["cp311-cp311-linux_x86_64"], None),
        (["cp311-cp311-musllinux_1_2_x86_64"], None),
        (["py3-none-any"], None),
        ([], None),
    ],
)
def test_the_oldest_promise_counts(tags: list[str], expected: tuple[int, int] | None) -> None:
    """Perennial and legacy tags alike."""
    assert promised_glibc(tags) == expected


def test_the_allowed_libraries_are_auditwheels() -> None:
    """Of every policy, and of no other name that any policy knows."""
    text = files("auditwheel.policy").joinpath("manylinux-policy.json").read_text(encoding="utf-8")
    policies = {each["name"]: set(each["lib_whitelist"]) for each in json.loads(text) if each["name"] != "linux"}
    known = set().union(*policies.values()) | {"libgomp.so.1", "libpq.so.5", "libcuda.so.1"}
    for name, allowed in policies.items():
        glibc = promised_glibc([f"cp311-cp311-{name}_x86_64"])
        assert glibc is not None
        assert {soname for soname in known if is_allowed(soname, glibc)} == allowed
    assert is_allowed("ld-linux-x86-64.so.2", (2, 5))
