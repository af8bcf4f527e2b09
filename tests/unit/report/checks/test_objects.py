"""Objects that weaken their process."""

from __future__ import annotations

import pytest

from builders.evidence import SITE, evidence, troubles
from builders.facts import elf
from pip_sysdeps.report.evidence import Issue
from pip_sysdeps.report.findings import findings


@pytest.mark.parametrize(("glibc", "codes"), [((2, 36), {"SD012"}), ((2, 41), {"SD013"}), (None, {"SD012"})])
@pytest.mark.parametrize("stack", [True, None])
def test_an_executable_stack_depends_on_glibc(
    glibc: tuple[int, int] | None, codes: set[str], stack: bool | None
) -> None:
    """An object without the header counts as one that asks for it."""
    subject = evidence({f"{SITE}one/m.so": elf(executable_stack=stack)}, glibc=glibc)
    assert {each.entry.code for each in findings(subject, select=["SD012", "SD013"])} == codes


def test_a_sound_stack() -> None:
    """Or a program, whose own stack it is, or an object that no loader opens."""
    program = elf(executable_stack=None, interpreter="/lib64/ld-linux-x86-64.so.2")
    static = elf(executable_stack=None, dynamic=False)
    objects = {f"{SITE}one/m.so": elf(), f"{SITE}one/tool": program, f"{SITE}one/static": static}
    assert findings(evidence(objects), select=["SD012"]) == ()


def test_text_relocations() -> None:
    """By their flag; other flags are sound."""
    objects = {f"{SITE}one/m.so": elf(flags=0x4 | 0x1), f"{SITE}one/n.so": elf(flags=0x1)}
    assert troubles("SD014", evidence(objects)) == [
        Issue(
            message="has text relocations (DT_TEXTREL)",
            subjects=("m.so",),
            distribution="one",
            files=(f"{SITE}one/m.so",),
        )
    ]
