"""The choice of a target of a lock."""

from __future__ import annotations

import pytest

from builders.facts import scan_of
from builders.locked import target
from pip_sysdeps.errors import SysdepsError
from pip_sysdeps.lock.document import Lockfile
from pip_sysdeps.lock.target_choice import find_target, listed_targets, named_target, target_of_system

BOOKWORM, WEB, API = target(), target(id="debian-bookworm-amd64-web"), target(id="debian-bookworm-amd64-api")
TRIXIE, ARM = target(id="debian-trixie-amd64"), target(id="debian-bookworm-arm64", architecture="arm64")
SYSTEM = scan_of().platform


@pytest.mark.parametrize(
    ("targets", "expected"),
    [
        ((BOOKWORM, TRIXIE, ARM), BOOKWORM),
        ((WEB, BOOKWORM), BOOKWORM),
        ((WEB, TRIXIE), WEB),
        ((TRIXIE, ARM), None),
        ((target(id="debian-bookworm-amd64v3"),), None),
        ((target(distro="raspbian"),), None),
        ((), None),
    ],
)
def test_the_target_of_a_system(targets: tuple[object, ...], expected: object) -> None:
    """Of several, the one without a name; one with a name if it is alone."""
    assert find_target(Lockfile(target=targets), SYSTEM) == expected  # type: ignore[arg-type]


def refused(lock: Lockfile, **system: str) -> tuple[str, str]:
    """Return the message and the hint of a system without a target."""
    with pytest.raises(SysdepsError) as caught:
        target_of_system(lock, SYSTEM._replace(**system))
    return str(caught.value), caught.value.hint


def test_a_system_without_its_own_target() -> None:
    """The hint says how to add it; another architecture takes its wheels from a folder."""
    start = "add it with `pip-sysdeps lock --add-target` in a build stage of this system, or anywhere with"
    assert refused(Lockfile(target=(TRIXIE,))) == (
        "the lock has no target for this system (debian-bookworm-amd64), only debian-trixie-amd64",
        f"{start} `pip-sysdeps lock --target debian-bookworm-amd64 --add-target`",
    )
    assert refused(Lockfile(target=(ARM,)))[1] == (
        f"{start} `pip-sysdeps lock --wheels DIR --target debian-bookworm-amd64 --add-target`"
    )


def test_a_choice_that_the_user_has_to_make() -> None:
    """Several targets with names, or an unknown system."""
    assert refused(Lockfile(target=(WEB, API))) == (
        "the lock has several targets for this system: debian-bookworm-amd64-web, debian-bookworm-amd64-api",
        "name one with --target",
    )
    unknown = "cannot determine the target: this system has no os-release or no package database"
    hint = "it has debian-trixie-amd64: select one with --target"
    assert refused(Lockfile(target=(TRIXIE,)), distro="") == (unknown, hint)
    assert refused(Lockfile(target=(TRIXIE,)), architecture="") == (unknown, hint)


def test_a_named_target() -> None:
    """By its whole id."""
    lock = Lockfile(target=(BOOKWORM, WEB))
    assert (named_target(lock, WEB.id), target_of_system(lock, SYSTEM)) == (WEB, BOOKWORM)
    with pytest.raises(SysdepsError) as caught:
        named_target(lock, "debian-bookworm")
    assert str(caught.value) == "the lock has no target `debian-bookworm`"
    assert caught.value.hint == f"it has {listed_targets(lock)}: select one with --target"
    assert listed_targets(Lockfile()) == "none"
