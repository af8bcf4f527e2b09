"""Search paths of objects."""

from __future__ import annotations

from dataclasses import replace

import pytest

from builders.evidence import SITE, evidence, troubles
from builders.facts import elf
from pip_sysdeps.report.checks.search_paths import search_path_elements
from pip_sysdeps.report.evidence import Issue

M = f"{SITE}one/m.so"


@pytest.mark.parametrize(
    ("rpath", "runpath", "expected"),
    [
        ("/a:/b", None, ["/a", "/b"]),
        ("/a", "/b", ["/b"]),
        ("/a", "", []),
        ("", None, []),
        (None, None, []),
        (None, "$ORIGIN:", ["$ORIGIN", ""]),
    ],
)
def test_the_search_path_that_counts(rpath: str | None, runpath: str | None, expected: list[str]) -> None:
    """DT_RUNPATH hides DT_RPATH; one that is empty as a whole is ignored, one with an empty element is not."""
    assert list(search_path_elements(elf(rpath=rpath, runpath=runpath))) == expected


def test_the_systems_own_folders_are_no_build_hosts() -> None:
    """Nor is the environment."""
    runpath = "/usr/lib/x86_64-linux-gnu:/lib:/env/lib:/usr/library"
    (trouble,) = troubles("SD010", evidence({f"{SITE}one/m.so": elf(runpath=runpath)}))
    assert trouble.subjects == ("/usr/library",)


def test_elements_relative_to_the_current_directory() -> None:
    """An empty one too; those relative to the object, in either spelling, are sound."""
    (trouble,) = troubles("SD009", evidence({M: elf(rpath="lib::$ORIGIN/a:${ORIGIN}:/usr/lib")}))
    assert (trouble.subjects, trouble.distribution, trouble.files) == (("empty element", "lib"), "one", (M,))


def test_folders_that_everybody_can_write_to() -> None:
    """They are no folders of a build machine, however they are written."""
    writable = replace(evidence({M: elf(runpath="/shared/odd/../a/:/build")}), folders={M: ("/shared/a",)})
    message = "everybody can put a library there, which is then loaded"
    assert troubles("SD011", writable) == [
        Issue(message=message, subjects=("/shared/a",), distribution="one", files=(M,))
    ]
    assert [each.subjects for each in troubles("SD010", writable)] == [("/build",)]
