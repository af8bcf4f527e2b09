"""Folders for a CPU, by /proc/cpuinfo."""

from __future__ import annotations

import pytest

from pip_sysdeps.loader.glibc.cpuinfo import hwcaps_folders

V2 = "cx16 lahf_lm popcnt pni sse4_1 sse4_2 ssse3"
V3 = f"{V2} abm avx avx2 bmi1 bmi2 f16c fma movbe"
V4 = f"{V3} avx512bw avx512cd avx512dq avx512f avx512vl"


@pytest.mark.parametrize(
    ("flags", "levels"),
    [("fpu sse2", []), (V2, ["v2"]), (V3, ["v3", "v2"]), (V4, ["v4", "v3", "v2"]), (V4.replace("fma", ""), ["v2"])],
)
def test_levels(flags: str, levels: list[str]) -> None:
    """A level counts if the CPU has all of its features, and those of the levels below."""
    content = f"processor\t: 0\nflags\t\t: fpu {flags}\nbugs\t\t: \n".encode()
    assert hwcaps_folders(content) == tuple(f"glibc-hwcaps/x86-64-{level}" for level in levels)


def test_what_not_every_cpu_has_does_not_count() -> None:
    """Only features of all CPUs count; another kind of machine has none."""
    assert hwcaps_folders(f"flags\t: {V2}\n\nflags\t: {V3}\n".encode()) == ("glibc-hwcaps/x86-64-v2",)
    assert hwcaps_folders(b"processor\t: 0\nFeatures\t: fp asimd\n") == ()
