"""What tags promise, with auditwheel's own policies for a judge."""

from __future__ import annotations

import json
from importlib.resources import files

import pytest
from packaging.tags import parse_tag

from pip_sysdeps.environment.wheel_tags import is_allowed, promised_glibc, python_of_tags, supported_tags


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
def test_the_oldest_glibc_of_the_tags_counts(tags: list[str], expected: tuple[int, int] | None) -> None:
    """Perennial and legacy tags alike."""
    assert promised_glibc(tags) == expected


def test_the_allowed_libraries_are_auditwheels() -> None:
    """The list has the libraries that every manylinux policy allows, and no others."""
    text = files("auditwheel.policy").joinpath("manylinux-policy.json").read_text(encoding="utf-8")
    policies = {each["name"]: set(each["lib_whitelist"]) for each in json.loads(text) if each["name"] != "linux"}
    known = set().union(*policies.values()) | {"libgomp.so.1", "libpq.so.5", "libcuda.so.1"}
    for name, allowed in policies.items():
        glibc = promised_glibc([f"cp311-cp311-{name}_x86_64"])
        assert glibc is not None
        assert {soname for soname in known if is_allowed(soname, glibc)} == allowed
    assert is_allowed("ld-linux-x86-64.so.2", (2, 5))


@pytest.mark.parametrize(
    ("tag", "interpreter", "fits"),
    [
        ("cp311-cp311-manylinux_2_36_x86_64", ("cp311", "x86_64", "2.36"), True),
        ("cp311-cp311-manylinux_2_37_x86_64", ("cp311", "x86_64", "2.36"), False),
        ("cp311-cp311-manylinux_2_37_x86_64", ("cp311", "x86_64", ""), True),
        ("cp38-abi3-manylinux1_x86_64", ("cp311", "x86_64", "2.36"), True),
        ("cp38-abi3-manylinux2014_aarch64", ("cp311", "aarch64", "2.36"), True),
        ("cp38-abi3-manylinux_2_16_aarch64", ("cp311", "aarch64", "2.36"), False),
        ("cp312-cp312-linux_x86_64", ("cp311", "x86_64", "2.36"), False),
        ("cp313-cp313t-linux_x86_64", ("cp313t", "x86_64", "2.36"), True),
        ("cp313-cp313-linux_x86_64", ("cp313t", "x86_64", "2.36"), False),
        ("pp310-pypy310_pp73-linux_x86_64", ("pp310", "x86_64", "2.36"), True),
        ("pp310-pypy310_pp73-linux_x86_64", ("cp310", "x86_64", "2.36"), False),
        ("py3-none-any", ("cp311", "x86_64", "2.36"), True),
        ("py3-none-musllinux_1_2_x86_64", ("cp311", "x86_64", "2.36"), False),
    ],
)
def test_wheels_that_fit_an_interpreter(tag: str, interpreter: tuple[str, str, str], fits: bool) -> None:
    """Version, ABI and machine must fit, and the glibc must not be newer."""
    assert (parse_tag(tag) <= supported_tags(*interpreter)) is fits


def test_wheels_that_fit_musl() -> None:
    """Every version of it, and none for glibc."""
    tags = supported_tags("cp311", "x86_64", "", libc="musl")
    assert parse_tag("cp311-cp311-musllinux_1_2_x86_64.linux_x86_64") <= tags
    assert not parse_tag("cp311-cp311-manylinux_2_5_x86_64") <= tags


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("cp311-cp311-linux_x86_64", {"cp311"}),
        ("cp313-cp313t-linux_x86_64", {"cp313t"}),
        ("pp310-pypy310_pp73-linux_x86_64", {"pp310"}),
        ("cp311.cp312-none-linux_x86_64", {"cp311", "cp312"}),
        ("cp38-abi3-linux_x86_64", set()),
        ("py3-none-any", set()),
        ("py3.cp311-none-any", set()),
    ],
)
def test_the_only_pythons_of_a_wheel(tag: str, expected: set[str]) -> None:
    """The result is None if the wheel is for other versions too."""
    assert python_of_tags(parse_tag(tag)) == expected
