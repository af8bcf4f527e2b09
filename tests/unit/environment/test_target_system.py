"""Another system than this machine, for a lock that is made elsewhere."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from builders.facts import elf, platform, scan_of
from pip_sysdeps.environment.target_system import TargetSystem, open_target
from pip_sysdeps.errors import SysdepsError
from pip_sysdeps.system.root import Root

if TYPE_CHECKING:
    from pathlib import Path

    from pip_sysdeps.model.packages import Platform

DEBIAN = TargetSystem(
    platform=scan_of().platform,
    program=elf(interpreter="/lib64/ld-linux-x86-64.so.2"),
    index=None,
    glibc="2.36",
    base_libraries={"libz.so.1": "zlib1g"},
)


@pytest.fixture(autouse=True)
def _own_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Keep the indices of this machine's user out."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))


@pytest.mark.parametrize(
    ("soname", "libc", "package"),
    [
        ("libz.so.1", "glibc", "zlib1g"),
        ("ld-linux-x86-64.so.2", "glibc", "glibc"),
        ("libm.so.6", "glibc", "glibc"),
        ("libm.so.6", "musl", None),
        ("ld-linux-x86-64.so.2", "musl", "musl"),
        ("libpq.so.5", "glibc", None),
    ],
)
def test_libraries_without_an_index(soname: str, libc: str, package: str | None) -> None:
    """Libraries of base packages, and the C library's own, are known without an index."""
    system = replace(DEBIAN, platform=DEBIAN.platform._replace(libc=libc))
    assert system.package_to_install(soname) == package
    assert (system.libc, system.base) == (libc, frozenset({"zlib1g"}))


def test_the_python_of_a_system_without_an_index() -> None:
    """It is unknown; a wheel for one version shows it."""
    with pytest.raises(SysdepsError) as caught:
        DEBIAN.default_python()
    assert str(caught.value) == (
        "cannot determine the Python version of debian-bookworm-amd64: no wheel is for one version, and it has no index"
    )
    assert caught.value.hint == "add a wheel for one version of Python (cp312-...)"


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        (
            "fedora-42-x86_64",
            platform("fedora", "42", "x86_64", "rpm", "glibc"),
        ),
        (
            "alpine-3.22-aarch64",
            platform("alpine", "3.22", "aarch64", "apk", "musl"),
        ),
        (
            "wolfi-x86_64",
            platform("wolfi", "", "x86_64", "apk", "glibc"),
        ),
    ],
)
def test_a_target_whose_package_manager_needs_no_index(tmp_path: Path, target: str, expected: Platform) -> None:
    """The platform is parsed from its id."""
    system = open_target(target, Root(str(tmp_path)))
    assert (system.platform, system.index) == (expected, None)


@pytest.mark.parametrize(
    ("target", "message", "hint"),
    [
        ("debian-sid-amd64", "no index for `debian-sid-amd64`", ""),
        ("later-1-x86_64", "no index for `later-1-x86_64`", ""),
        (
            "alpine-3.22-amd64",
            "`alpine-3.22-amd64` names no architecture of apk",
            "the last word is one of aarch64, armhf, armv7, loongarch64, ppc64le, riscv64, s390x, x86, x86_64",
        ),
        ("wolfi-1-x86_64", "`wolfi-1-x86_64` names a release, and wolfi has none", "name it `wolfi-x86_64`"),
        ("alpine-x86_64", "`alpine-x86_64` names no release", "name it as in `alpine-3.22-x86_64`"),
    ],
)
def test_a_target_that_no_system_has(tmp_path: Path, target: str, message: str, hint: str) -> None:
    """A target without an index, or with an impossible id, is an error."""
    with pytest.raises(SysdepsError) as caught:
        open_target(target, Root(str(tmp_path)))
    assert str(caught.value) == message
    assert caught.value.hint.startswith(hint)
