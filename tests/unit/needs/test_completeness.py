"""What stops a lock, and what does not."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING

import pytest

from builders.facts import distribution, load, scan_of
from pip_sysdeps.errors import SysdepsError
from pip_sysdeps.model.environment import RecordKind, Skipped, Verdict
from pip_sysdeps.model.needs import DistributionNeeds, When
from pip_sysdeps.needs.completeness import foreign_distributions, incomplete_parts, require_complete

if TYPE_CHECKING:
    from pip_sysdeps.model.scan import Scan

MODULE, DATA, RECORD = "/env/site/m.so", "/env/site/m.elf", "/env/site/one-1.0.dist-info/RECORD"


def scan_with(*skipped: Skipped, told: tuple[Skipped, ...] = (), record: RecordKind = RecordKind.RECORD) -> Scan:
    """Return the scan of one distribution with two files; `told` is what reading the environment skipped."""
    one = distribution("one", MODULE, DATA, record=record)
    scan = scan_of(DistributionNeeds(distribution=one, needs=(), vendored=(), glibc=""))
    return scan._replace(environment=scan.environment._replace(skipped=told), skipped=(*told, *skipped))


def note(verdict: Verdict, path: str) -> Skipped:
    """Return something that was skipped."""
    return Skipped(path=path, verdict=verdict, reason="why")


@pytest.mark.parametrize(
    "skipped",
    [
        note(Verdict.UNREADABLE, MODULE),
        note(Verdict.UNREADABLE, DATA),
        note(Verdict.MALFORMED, MODULE),
    ],
)
def test_a_file_of_the_environment_is_a_gap(skipped: Skipped) -> None:
    """Unreadable files, and broken files with the name of a shared object, are gaps."""
    assert list(incomplete_parts(scan_with(skipped))) == [skipped]


def test_a_folder_of_the_environment_is_a_gap() -> None:
    """The contents of an unreadable folder are unknown."""
    closed = note(Verdict.UNREADABLE, "/env/site/closed")
    assert list(incomplete_parts(scan_with(told=(closed,)))) == [closed]


@pytest.mark.parametrize(
    "skipped",
    [
        note(Verdict.MALFORMED, DATA),
        note(Verdict.TOO_LONG, DATA),
        note(Verdict.FOREIGN_ARCHITECTURE, MODULE),
        note(Verdict.NOT_RUNTIME, MODULE),
        note(Verdict.RECORD, RECORD),
        note(Verdict.UNREADABLE, "/var/lib/dpkg/info/slim.list"),
    ],
)
def test_skipped_files_that_are_no_gap(skipped: Skipped) -> None:
    """Test data, files for other machines, odd rows, and files of unneeded packages are no gaps."""
    assert list(incomplete_parts(scan_with(skipped))) == []


@pytest.mark.parametrize(("record", "found"), [(RecordKind.RECORD, 1), (RecordKind.NONE, 0), (RecordKind.EDITABLE, 0)])
def test_a_record_without_one_file(record: RecordKind, found: int) -> None:
    """A RECORD lists at least itself; other sources may have nothing to say."""
    empty = DistributionNeeds(distribution=distribution("one", record=record), needs=(), vendored=(), glibc="")
    assert len(list(incomplete_parts(scan_of(empty)))) == found


def test_the_error_names_what_the_user_can_repair() -> None:
    """Permissions come first: without them the rest is not known."""
    closed = Skipped(path=DATA, verdict=Verdict.UNREADABLE, reason="Permission denied")
    with pytest.raises(SysdepsError) as caught:
        require_complete(scan_with(note(Verdict.MALFORMED, MODULE), closed), str)
    assert (str(caught.value), caught.value.hint) == (
        f"cannot read `{DATA}` (Permission denied), and 1 more",
        "run it as a user who can read the whole environment",
    )


def test_faults_that_another_user_would_have_too() -> None:
    """Its distribution is to be installed again; too many open files are to be allowed."""
    for reason, hint in (
        ("Not a regular file", "it is damaged: reinstall one, or recreate the environment"),
        (os.strerror(errno.EMFILE), "allow more with `ulimit -n`"),
    ):
        with pytest.raises(SysdepsError) as caught:
            require_complete(scan_with(Skipped(path=DATA, verdict=Verdict.UNREADABLE, reason=reason)), str)
        assert (str(caught.value), caught.value.hint) == (f"cannot read `{DATA}` ({reason})", hint)


def test_no_gaps_are_no_error() -> None:
    """Nothing is raised."""
    require_complete(scan_with(), str)


def test_a_foreign_distribution() -> None:
    """One that has nothing but foreign objects is reported, with the reason; one that has a usable one is not."""
    musl = Skipped(path=MODULE, verdict=Verdict.FOREIGN_LIBC, reason="linked to musl, but Python is linked to glibc")
    scan = scan_with(musl)
    told = "one will not load here: it is linked to musl, but Python is linked to glibc"
    assert list(foreign_distributions(scan)) == [told]
    assert list(foreign_distributions(scan._replace(loads=(load(When.IMPORT, {DATA: ()}),)))) == []
    assert list(foreign_distributions(scan_with(note(Verdict.NOT_RUNTIME, MODULE)))) == []
