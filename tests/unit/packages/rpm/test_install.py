"""Install lines of dnf, microdnf, yum and zypper."""

from __future__ import annotations

import pytest

from pip_sysdeps.packages.family import Item
from pip_sysdeps.packages.item_formats import as_lines, as_names
from pip_sysdeps.packages.rpm.install import (
    PROGRAMS,
    as_command,
    as_dockerfile,
    as_satisfy,
    version_capabilities,
)

LINE = (Item(name="libpq"), Item(name="libGL.so.1()(64bit)"))
PINNED = (Item(name="libpq", version="1:16.1-2.fc40"),)


def test_names_are_one_line() -> None:
    """For xargs, unquoted."""
    assert as_names(LINE, PROGRAMS["dnf"].pin) == "libpq libGL.so.1()(64bit)\n"
    assert as_names((), PROGRAMS["dnf"].pin) == ""


def test_lines_are_one_a_requirement() -> None:
    """For xargs, which takes a line break for the end of an argument."""
    assert as_lines(LINE, PROGRAMS["zypper"].pin) == "libpq\nlibGL.so.1()(64bit)\n"


@pytest.mark.parametrize(
    ("program", "line"),
    [
        ("dnf", "dnf install -y --setopt=install_weak_deps=0 --nodocs libpq 'libGL.so.1()(64bit)'"),
        ("microdnf", "microdnf install -y --setopt=install_weak_deps=0 --nodocs libpq 'libGL.so.1()(64bit)'"),
        (
            "yum",
            (
                "yum install -y --setopt=install_weak_deps=0 --setopt=tsflags=nodocs"
                " --setopt=skip_missing_names_on_install=0"
                " libpq 'libGL.so.1()(64bit)'"
            ),
        ),
        ("zypper", "zypper --non-interactive install --no-recommends libpq 'libGL.so.1()(64bit)'"),
    ],
)
def test_a_command_is_quoted_for_a_shell(program: str, line: str) -> None:
    """Weak dependencies and documentation are left out; capabilities are quoted."""
    assert as_command([each.name for each in LINE], PROGRAMS[program]) == line


@pytest.mark.parametrize(("program", "name"), [("dnf", "libpq-1:16.1-2.fc40"), ("zypper", "libpq=1:16.1-2.fc40")])
def test_a_pinned_package_has_its_version(program: str, name: str) -> None:
    """Dnf joins name and version with a hyphen, zypper with an equals sign."""
    assert as_names(PINNED, PROGRAMS[program].pin) == f"{name}\n"


def test_a_dockerfile_cleans_up() -> None:
    """One requirement a line, and no caches in the layer."""
    assert as_dockerfile(LINE, PROGRAMS["microdnf"]) == (
        "RUN microdnf install -y --setopt=install_weak_deps=0 --nodocs \\\n"
        "        libpq \\\n"
        "        'libGL.so.1()(64bit)' \\\n"
        " && microdnf clean all\n"
    )
    assert as_dockerfile((), PROGRAMS["dnf"]) == ""


def test_the_highest_of_a_kind_stands_for_all_versions() -> None:
    """Versions that differ in their number are cumulative; others stand for themselves."""
    versions = ("GLIBCXX_3.4", "GLIBCXX_3.4.29", "GLIBCXX_3.4.9", "CXXABI_1.3", "CXXABI_ARM")
    assert version_capabilities("libstdc++.so.6", "(64bit)", versions) == (
        "libstdc++.so.6(CXXABI_1.3)(64bit)",
        "libstdc++.so.6(CXXABI_ARM)(64bit)",
        "libstdc++.so.6(GLIBCXX_3.4.29)(64bit)",
    )


def test_satisfy_adds_symbol_versions() -> None:
    """The names, then the versions that are used, one a line."""
    line = (Item(name="libpq", capabilities=version_capabilities("libpq.so.5", "(64bit)", ["PQ_2"])), LINE[1])
    assert as_satisfy(line, PROGRAMS["dnf"]) == ("libpq\nlibGL.so.1()(64bit)\nlibpq.so.5(PQ_2)(64bit)\n")
