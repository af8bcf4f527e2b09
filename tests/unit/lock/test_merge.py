"""A target's block among the others of a lock."""

from __future__ import annotations

from dataclasses import replace

import pytest

from builders.small_debian import HEADER, LOCK, TARGET
from pip_sysdeps.errors import MalformedLock, SysdepsError
from pip_sysdeps.lock.merge import merge, sides_of
from pip_sysdeps.lock.text import loads

ID = "debian-bookworm-amd64"
OWN = loads(LOCK).target[0]
TRIXIE = TARGET.replace("bookworm", "trixie")


def test_the_first_target_is_added_without_an_option() -> None:
    """Whether there is no file, an empty one, or one without targets."""
    for old in ("", "\n", HEADER):
        assert merge(old, OWN, add_target=False) == LOCK


def test_a_listed_target_is_added_without_an_option() -> None:
    """A target that the project lists is added, another one is not."""
    old = f"{HEADER}\n{TRIXIE}"
    assert merge(old, OWN, add_target=False, project_targets=(ID,)) == f"{LOCK}\n{TRIXIE}"
    with pytest.raises(SysdepsError, match="the project's targets are debian-trixie-amd64, not debian-bookworm-amd64"):
        merge("", OWN, add_target=False, project_targets=("debian-trixie-amd64",))


def test_windows_line_ends_go() -> None:
    """A lock with CRLF line ends, from git or an editor, is written with LF."""
    windows = f"{HEADER}\n{TRIXIE}".replace("\n", "\r\n")
    assert merge(windows, OWN, add_target=True) == f"{LOCK}\n{TRIXIE}"


CONFLICT = "<<<<<<< HEAD\nours\n||||||| base\nold\n=======\ntheirs\n>>>>>>> branch\nboth\n"


def test_the_sides_of_a_conflict() -> None:
    """With merge.conflictStyle diff3, the common ancestor is on neither side."""
    assert sides_of(f"above\n{CONFLICT}") == ("above\nours\nboth\n", "above\ntheirs\nboth\n")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (">>>>>>> branch\n", "line 1: unpaired git conflict marker"),
        ("<<<<<<< HEAD\n>>>>>>> branch\n", "line 2: unpaired git conflict marker"),
        ("<<<<<<< HEAD\n=======\n=======\n>>>>>>> x\n", "line 3: unpaired git conflict marker"),
        ("<<<<<<< HEAD\n<<<<<<< HEAD\n", "line 2: unpaired git conflict marker"),
        ("<<<<<<< HEAD\n=======\n", "last line: the git conflict has no `>>>>>>>` line"),
    ],
)
def test_markers_that_do_not_pair(text: str, problem: str) -> None:
    """Unpaired conflict markers are an error."""
    with pytest.raises(MalformedLock) as caught:
        sides_of(text)
    assert str(caught.value) == problem
    assert caught.value.hint.startswith("restore the markers with `git checkout --merge FILE`")


def test_a_line_of_equal_signs_alone_is_no_conflict() -> None:
    """Only git's first and last markers say that there is one."""
    assert sides_of("=======\n") == ("=======\n",)


LATER = LOCK.replace('lock-version = "2.0"', 'lock-version = "2.9"')


@pytest.mark.parametrize(
    ("old", "options", "message", "hint"),
    [
        (
            f"{HEADER}\n{TRIXIE}",
            {},
            "the lock has no target debian-bookworm-amd64, only debian-trixie-amd64",
            "add it with --add-target, or run this where the lock was made",
        ),
        (
            "",
            {"project_targets": ("debian-trixie-amd64", "debian-sid-amd64")},
            "the project's targets are debian-trixie-amd64, debian-sid-amd64, not debian-bookworm-amd64",
            "list it in `targets` of [tool.pip-sysdeps], or add it with --add-target",
        ),
        (
            f"<<<<<<< HEAD\n{LOCK}\n{TRIXIE}=======\n{LOCK}\n{TRIXIE.replace('2.14', '2.17')}>>>>>>> x\n",
            {},
            "the git conflict is about debian-trixie-amd64, which this environment cannot resolve",
            "take one side (`git checkout --ours sysdeps.lock`), then run `pip-sysdeps lock` for each target",
        ),
    ],
)
def test_a_target_that_is_not_merged(old: str, options: dict[str, tuple[str, ...]], message: str, hint: str) -> None:
    """One that is new to the lock, and others on which the sides of a conflict differ."""
    with pytest.raises(SysdepsError) as caught:
        merge(old, OWN, add_target=False, **options)
    assert (str(caught.value), caught.value.hint) == (message, hint)


@pytest.mark.parametrize(
    ("old", "listed"),
    [(f"{HEADER}\n{TRIXIE}", ()), (f"{HEADER}\n{TRIXIE}", ("debian-trixie-amd64",)), (f"{LOCK}\n{TRIXIE}", ("x",))],
)
def test_a_target_that_the_user_adds_or_that_is_there(old: str, listed: tuple[str, ...]) -> None:
    """Its block is put among the others by its id."""
    assert merge(old, OWN, add_target=True, project_targets=listed) == f"{LOCK}\n{TRIXIE}"


def test_both_sides_of_a_conflict_may_have_a_block() -> None:
    """Equal ones are one; our own is written anew."""
    old = f"{HEADER}\n<<<<<<< HEAD\n{TARGET}\n{TRIXIE}=======\n{TRIXIE}>>>>>>> x\n"
    assert merge(old, OWN, add_target=False) == f"{LOCK}\n{TRIXIE}"


def test_the_version_of_a_later_lock_is_kept() -> None:
    """Other targets may have keys of it."""
    assert merge(f"{LATER}\n{TRIXIE}", OWN, add_target=False) == f"{LATER}\n{TRIXIE}"
    assert merge('# old\nlock-version = "1.0"\n', OWN, add_target=False) == LOCK


def test_a_target_that_no_lock_can_hold() -> None:
    """The message has the key."""
    with pytest.raises(SysdepsError) as caught:
        merge("", replace(OWN, libc="g libc"), add_target=False)
    assert str(caught.value) == (
        "the scan found a value that is not valid in a lock: target[0].libc: `g libc` is not a valid word"
    )
