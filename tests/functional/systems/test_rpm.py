"""The commands on a system with rpm."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from builders.elf import Elf
from builders.root import write
from builders.small_debian import MODULE, SITE
from builders.small_fedora import PACKAGES, remove_libpq, small_fedora, write_packages
from builders.system import place
from builders.wheels import build_wheel
from pip_sysdeps.lock.text import loads

if TYPE_CHECKING:
    from pathlib import Path

    from builders.command import Run

INSTALL = "dnf install -y --setopt=install_weak_deps=0 --nodocs"
CAPABILITY = "libpq.so.5()(64bit)"
DATABASE = "/usr/lib/sysimage/rpm/Packages.db"


@pytest.fixture
def fedora(tmp_path: Path) -> Path:
    """Return a small Fedora."""
    return small_fedora(tmp_path / "root")


def test_a_lock_names_the_installed_package(fedora: Path, run: Run) -> None:
    """The owner of the 64-bit library, though a 32-bit one of the same name is installed."""
    assert run("lock", *place(fedora)).err == (
        "wrote `sysdeps.lock`: fedora-42-x86_64, 1 distribution with needs, 1 package to install\n"
    )
    (target,) = loads((fedora.parent / "sysdeps.lock").read_text()).target
    assert (target.package_manager, target.architecture, target.installs) == ("rpm", "x86_64", ("libpq",))
    assert run("lock", *place(fedora), "--check").status == 0


@pytest.mark.parametrize(
    ("options", "line"),
    [
        ((), "libpq\n"),
        (("--format", "lines"), "libpq\n"),
        (("--format", "satisfy"), "libpq\n"),
        (("--format", "dockerfile"), f"RUN {INSTALL} \\\n        libpq \\\n && dnf clean all\n"),
        (
            ("--format", "dockerfile", "--installer", "zypper"),
            "RUN zypper --non-interactive install --no-recommends \\\n        libpq \\\n && zypper clean --all\n",
        ),
    ],
)
def test_a_line_is_for_the_program_of_the_release(fedora: Path, run: Run, options: tuple[str, ...], line: str) -> None:
    """For dnf, unless another program is named."""
    run("lock", *place(fedora))
    assert run("install-line", "--target", "fedora-42-x86_64", *options).out == line


def test_satisfy_has_the_symbol_versions_that_are_used(fedora: Path, run: Run) -> None:
    """Those of libraries whose package is in the line, not of glibc's."""
    needs = (("libpq.so.5", ("PQ_1", "PQ_2")), ("libc.so.6", ("GLIBC_2.14",)))
    module = Elf(needed=("libpq.so.5", "libc.so.6"), version_needs=needs, defined=("PyInit__psycopg",)).build()
    (fedora / f"{SITE}/{MODULE}".lstrip("/")).write_bytes(module)
    run("lock", *place(fedora))
    (target,) = loads((fedora.parent / "sysdeps.lock").read_text()).target
    assert [(each.name, each.provides) for each in target.package if each.provides] == [
        ("libpq", ("libpq.so.5(PQ_2)(64bit)",))
    ]
    line = run("install-line", "--target", target.id, "--format", "satisfy").out
    assert line == "libpq\nlibpq.so.5(PQ_2)(64bit)\n"
    assert run("install-line", "--target", target.id).out == "libpq\n"
    assert run("lock", *place(fedora), "--check").status == 0


def test_a_later_minor_release_is_the_same_target(tmp_path: Path, run: Run) -> None:
    """RHEL 9.5 is held to what was locked on 9.4."""
    root = small_fedora(tmp_path / "rhel", release="ID=rhel\nVERSION_ID=9.4\n")
    run("lock", *place(root))
    write(root / "etc/os-release", "ID=rhel\nVERSION_ID=9.5\n")
    assert run("lock", *place(root), "--check").status == 0
    assert run("verify", *place(root)).status == 0


def test_a_pinned_line_has_the_whole_version(fedora: Path, run: Run) -> None:
    """The epoch is part of it."""
    assert "snapshot" not in run("lock", *place(fedora), "--pin").err
    assert run("install-line", "--target", "fedora-42-x86_64", "--pin").out == "libpq-1:16.8-1.fc42\n"


def test_a_library_that_is_not_installed_is_a_capability(fedora: Path, run: Run) -> None:
    """The line installs it though no package is known."""
    remove_libpq(fedora)
    assert run("lock", *place(fedora)).err.splitlines() == [
        "wrote `sysdeps.lock`: fedora-42-x86_64, 1 distribution with needs, 1 package to install",
        f"in the install line, but not installed here: {CAPABILITY}",
    ]
    (target,) = loads((fedora.parent / "sysdeps.lock").read_text()).target
    assert [(each.capability, each.unchecked) for _, each in target.needs()] == [(CAPABILITY, True)]
    assert run("install-line", "--target", target.id).out == f"{CAPABILITY}\n"
    assert f"'{CAPABILITY}' \\\n" in run("install-line", "--target", target.id, "--format", "dockerfile").out
    assert CAPABILITY in run("why", "libpq.so.5", *place(fedora)).out


def test_verify_prints_the_command_that_mends(fedora: Path, run: Run) -> None:
    """By the name that the lock has; without a lock by the capability."""
    run("lock", *place(fedora))
    remove_libpq(fedora)
    found = run("verify", *place(fedora))
    assert (found.status, found.out.splitlines()[-1]) == (1, f"{INSTALL} libpq")
    assert run("verify", *place(fedora), "--lockless").out.splitlines()[-1] == f"{INSTALL} '{CAPABILITY}'"


def test_verify_finds_nothing_where_all_is_there(fedora: Path, run: Run) -> None:
    """An image with what the lock names works."""
    run("lock", *place(fedora))
    assert run("verify", *place(fedora)).status == 0


def test_an_sbom_has_package_urls_of_rpm(fedora: Path, run: Run) -> None:
    """The epoch is a qualifier (purl-spec, rpm)."""
    run("lock", *place(fedora))
    document = json.loads(run("export", "--format", "cyclonedx", *place(fedora)).out)
    urls = [each["purl"] for each in document["components"] if each["purl"].startswith("pkg:rpm")]
    assert urls == ["pkg:rpm/fedora/libpq@16.8-1.fc42?arch=x86_64&distro=fedora-42&epoch=1"]


@pytest.mark.parametrize("argv", [("audit",), ("tree",), ("why", "libpq"), ("diff", "sysdeps.lock", "--environment")])
def test_a_report_names_packages_of_rpm(fedora: Path, run: Run, argv: tuple[str, ...]) -> None:
    """`audit`, `tree` and `why` name packages of rpm, and the lock is current."""
    run("lock", *place(fedora))
    found = run(*argv, *place(fedora))
    assert found.status == 0
    assert "libpq" in found.out or argv[0] == "diff"


def test_a_library_that_goes_is_a_difference(fedora: Path, run: Run) -> None:
    """The difference has the package of the lock, and the capability that replaces it now."""
    run("lock", *place(fedora))
    remove_libpq(fedora)
    found = run("diff", "sysdeps.lock", "--environment", *place(fedora))
    assert found.status == 1
    assert "libpq" in found.out
    assert CAPABILITY in found.out


@pytest.mark.parametrize("name", ["-libpq", "lib*"])
def test_a_package_that_no_lock_can_name(fedora: Path, run: Run, name: str) -> None:
    """The database is named, not the lock, which is as it was."""
    write_packages(fedora, *(replace(each, name=name) if each.name == "libpq" else each for each in PACKAGES))
    outcome = run("lock", *place(fedora))
    assert (outcome.status, outcome.err.splitlines()[0]) == (
        2,
        f"error: {DATABASE}: `{name}`, which has libpq.so.5 for psycopg2, is not a valid rpm package name",
    )


def test_a_broken_database_is_one_error(fedora: Path, run: Run) -> None:
    """The error has the offset and a hint; the old lock stays."""
    run("lock", *place(fedora))
    old = (fedora.parent / "sysdeps.lock").read_bytes()
    path = fedora / "usr/lib/sysimage/rpm/Packages.db"
    path.write_bytes(path.read_bytes()[:5000])
    found = run("lock", *place(fedora))
    assert (found.status, found.out) == (2, "")
    assert found.err.splitlines() == [
        "error: /usr/lib/sysimage/rpm/Packages.db: offset 64: a slot names 25 blocks from 300",
        "hint: it is damaged: run `rpm --rebuilddb`, or use another root",
    ]
    assert (fedora.parent / "sysdeps.lock").read_bytes() == old


def wheel(folder: Path, name: str, version: str, *, tag: str, symbol: str = "") -> None:
    """Write a wheel with a module that needs a version of glibc, and libpq."""
    module = Elf(
        needed=("libpq.so.5", "libm.so.6", "libc.so.6"),
        version_needs=(("libc.so.6", (version,)),),
        undefined=(f"{symbol}@{version}",) if symbol else (),
        defined=("PyInit__core",),
    )
    build_wheel(folder / "wheels", name, {f"{name}/_core.so": module.build()}, tag=tag)


def test_wheels_are_locked_for_a_release_without_an_index(tmp_path: Path, run: Run) -> None:
    """Libraries are capabilities, but not those of glibc itself."""
    wheel(tmp_path, "one", "GLIBC_2.17", tag="cp312-cp312-manylinux_2_17_x86_64")
    found = run("lock", "--wheels", "wheels", "--target", "amzn-2-x86_64")
    assert (found.status, found.err) == (
        0,
        "wrote `sysdeps.lock`: amzn-2-x86_64, 1 distribution with needs, 1 package to install\n",
    )
    (target,) = loads((tmp_path / "sysdeps.lock").read_text()).target
    assert (target.release, target.installs) == ("2", (CAPABILITY,))


def test_the_c_library_of_a_target_is_no_need(tmp_path: Path, run: Run) -> None:
    """A distribution that opens it by name has no need."""
    code = b"import ctypes\nctypes.CDLL('libc.so.6')\n"
    build_wheel(tmp_path / "wheels", "one", {"one/__init__.py": code}, tag="cp312-cp312-linux_x86_64")
    assert run("lock", "--wheels", "wheels", "--target", "amzn-2-x86_64").status == 0
    assert "libc.so.6" not in (tmp_path / "sysdeps.lock").read_text()


@pytest.mark.parametrize(
    ("target", "glibc", "fits"),
    [
        ("amzn-2-x86_64", "2.26", False),
        ("rhel-8-x86_64", "2.28", False),
        ("rhel-9-x86_64", "2.34", True),
        ("amzn-2023-x86_64", "2.34", True),
        ("rhel-10-x86_64", "2.39", True),
        ("debian-bookworm-amd64", "2.36", True),
        ("opensuse-leap-15.5-x86_64", "2.31", False),
    ],
)
def test_a_module_that_needs_a_newer_glibc_is_reported_for_every_target(
    tmp_path: Path, run: Run, target: str, glibc: str, *, fits: bool
) -> None:
    """The warning has the file and the symbol, whatever the wheel's tag promises."""
    wheel(tmp_path, "one", "GLIBC_2.33", tag="cp312-cp312-linux_x86_64", symbol="stat64")
    found = run("lock", "--wheels", "wheels", "--target", target)
    told = (
        f"warning: one needs glibc 2.33, but {target} has {glibc}: it will not run there "
        "(one/_core.so needs stat64@GLIBC_2.33)"
    )
    assert found.status == 0
    assert (told in found.err.splitlines()) is not fits


def test_wheels_for_a_newer_glibc_are_one_error(tmp_path: Path, run: Run) -> None:
    """Each is named, with the file and the symbol that need it."""
    wheel(tmp_path, "one", "GLIBC_2.27", tag="cp312-cp312-manylinux_2_28_x86_64", symbol="memfd_create")
    wheel(tmp_path, "two", "GLIBC_2.28", tag="cp312-cp312-manylinux_2_28_x86_64")
    found = run("lock", "--wheels", "wheels", "--target", "amzn-2-x86_64")
    assert (found.status, found.out) == (2, "")
    assert found.err.splitlines() == [
        (
            "error: `one-1.0-cp312-cp312-manylinux_2_28_x86_64.whl` does not fit amzn-2-x86_64: its tag is "
            "cp312-cp312-manylinux_2_28_x86_64, but the target is cp312 on x86_64 with glibc 2.26 (one/_core.so needs "
            "memfd_create@GLIBC_2.27); neither does `two-1.0-cp312-cp312-manylinux_2_28_x86_64.whl` (two/_core.so "
            "needs GLIBC_2.28)"
        ),
        "hint: download it for the target: `pip download --platform TAG --only-binary :all:`, or use another --target",
    ]


@pytest.mark.parametrize(
    ("target", "error"),
    [
        ("fedora-x86_64", "`fedora-x86_64` names no release"),
        ("fedora-42-amd64", "`fedora-42-amd64` names no architecture of rpm"),
        ("wolfi-1-x86_64", "`wolfi-1-x86_64` names a release, and wolfi has none"),
        ("nosuch-1-x86_64", "no index for `nosuch-1-x86_64`"),
    ],
)
def test_an_impossible_target_is_one_error(tmp_path: Path, run: Run, target: str, error: str) -> None:
    """Without a release, with an architecture that rpm does not have, and of an unknown distribution."""
    wheel(tmp_path, "one", "GLIBC_2.17", tag="cp312-cp312-manylinux_2_17_x86_64")
    found = run("lock", "--wheels", "wheels", "--target", target)
    assert (found.status, found.err.splitlines()[0], found.err.count("hint:")) == (2, f"error: {error}", 1)
