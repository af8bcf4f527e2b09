"""The problems of a release image, with their repairs."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from builders.facts import distribution, load, not_found, scan_of
from builders.image import PlainFinder, PlainSystem, image
from builders.locked import locked, need, target
from pip_sysdeps.lock.instructions import Instructions
from pip_sysdeps.model.environment import Skipped, Verdict
from pip_sysdeps.model.loader import LoadedObject
from pip_sysdeps.model.needs import (
    Confidence,
    DistributionNeeds,
    FromCapability,
    FromHost,
    FromPackage,
    Missing,
    Need,
    Unattributed,
    Unowned,
    Unreachable,
    When,
)
from pip_sysdeps.report.catalogue import (
    FIND_LIBRARY_FAILS,
    FOREIGN_FILE,
    MISSING_FILE,
    MISSING_IN_IMAGE,
    NO_INTERPRETER,
    NOT_LOCKED,
    STALE_LOADER_CACHE,
)
from pip_sysdeps.report.image import IndexedTarget, index_target
from pip_sysdeps.report.problems import Problem
from pip_sysdeps.report.verification import problems_of

if TYPE_CHECKING:
    from pip_sysdeps.lock.document import LockedNeed
    from pip_sysdeps.model.needs import Provider
    from pip_sysdeps.model.scan import Scan

M, PYTHON = "/env/site/m.so", "/usr/bin/python3.11"
STALE = "is in the image, but not in /etc/ld.so.cache: run ldconfig"


def scan(*needs: Need, **changes: object) -> Scan:
    """Return an environment whose one distribution has these needs."""
    one = DistributionNeeds(distribution=distribution("one", M), needs=needs, vendored=(), glibc="")
    return scan_of(one)._replace(**changes)  # type: ignore[arg-type] # fields of its own


def library(provider: Provider, when: When = When.IMPORT, **changes: object) -> Need:
    """Return a need of liba.so.1."""
    one = Need(soname="liba.so.1", when=when, by=(M,), provider=provider)
    return one._replace(**changes)  # type: ignore[arg-type] # fields of its own


def with_lock(*needs: LockedNeed, **changes: object) -> IndexedTarget:
    """Return the lock of an environment whose one distribution has these needs."""
    one = locked("one", *needs, wheel="cp311-cp311-manylinux_2_28_x86_64")
    return index_target(target(one, **changes))


def missing(how: str, **changes: object) -> Problem:
    """Return the problem of a need of liba.so.1 that the image does not meet."""
    problem = Problem(
        error=True,
        entry=MISSING_IN_IMAGE,
        distribution="one",
        subject="liba.so.1",
        message=f"liba.so.1 {how}",
        files=(M,),
    )
    return replace(problem, **changes)  # type: ignore[arg-type] # fields of its own


INSIDE = "/env/site/two/liba.so.1"
REACH = '`library-path = ["/env/site/two"]` in pyproject.toml with `ENV LD_LIBRARY_PATH=/env/site/two` in the image'
UNREACHABLE = Unreachable(distribution="two", path=INSIDE)
COPIED = need("liba.so.1", class_="unowned", path="/opt/a/liba.so.1", note="liba1 has it")
TO_COPY = Instructions(copies=("/opt/a/liba.so.1",), configured=("/opt/a",), ldconfig=True)


@pytest.mark.parametrize(
    ("one", "lock", "problem"),
    [
        (
            library(FromPackage(package="liba1", path="")),
            None,
            missing("is missing: install liba1", package="liba1"),
        ),
        (
            library(FromCapability(capability="so:liba.so.1"), When.PLUGIN),
            None,
            missing("is missing: install so:liba.so.1", package="so:liba.so.1", error=False),
        ),
        (library(Missing()), None, missing("is missing")),
        (library(Missing(note="no package has it")), None, missing("is missing: no package has it")),
        (
            library(Missing(note="no package has it")),
            with_lock(need("liba.so.1", "liba1")),
            missing("is missing: install liba1", package="liba1"),
        ),
        (
            library(UNREACHABLE),
            None,
            missing(
                f"is at {INSIDE}, where the loader does not search: {REACH} reaches it",
                instructions=Instructions(library_path=("/env/site/two",)),
            ),
        ),
        (
            library(UNREACHABLE),
            with_lock(need("liba.so.1", "liba1"), library_path=("/opt/b",)),
            missing(
                f"is at {INSIDE}, where the loader does not search: {REACH} reaches it",
                package="liba1",
                instructions=Instructions(library_path=("/opt/b", "/env/site/two")),
            ),
        ),
        (
            library(FromPackage(package="liba1", path="")),
            with_lock(COPIED),
            missing(
                "is missing: copy /opt/a/liba.so.1 from the build stage, then run ldconfig (liba1 has it)",
                instructions=TO_COPY,
            ),
        ),
        (
            library(Missing()),
            with_lock(replace(COPIED, note=""), library_path=("/opt/a",)),
            missing(
                "is missing: copy /opt/a/liba.so.1 from the build stage",
                instructions=Instructions(copies=("/opt/a/liba.so.1",), library_path=("/opt/a",)),
            ),
        ),
        (
            library(Missing()),
            with_lock(replace(COPIED, path=INSIDE)),
            missing(
                f"is at {INSIDE}, where the loader does not search (liba1 has it)",
                instructions=Instructions(configured=("/env/site/two",), ldconfig=True),
            ),
        ),
        (
            library(Missing(), soname="", program="tool"),
            with_lock(replace(COPIED, soname="", program="tool", path="/opt/tool", note="")),
            missing(
                "",
                subject="tool",
                message="tool is missing: copy /opt/tool from the build stage",
                instructions=Instructions(copies=("/opt/tool",)),
            ),
        ),
    ],
)
def test_a_need_that_the_image_does_not_meet(one: Need, lock: IndexedTarget | None, problem: Problem) -> None:
    """The repair is the lock's or the release's package, a copy, or a search path."""
    assert problems_of(image(scan(one), PlainSystem(files=frozenset({INSIDE}))), lock) == (problem,)


def test_a_need_that_ldconfig_meets() -> None:
    """The repair is to run ldconfig, not to install a package."""
    one = library(FromPackage(package="liba1", path=""))
    fresh = scan(library(FromPackage(package="liba1", path="/usr/lib/liba.so.1")))
    assert problems_of(image(scan(one), fresh=fresh), None) == (
        missing(STALE, entry=STALE_LOADER_CACHE, instructions=Instructions(ldconfig=True)),
    )


@pytest.mark.parametrize(
    ("interpreter", "files", "messages"),
    [
        ("", (), ["no Python in the image can run `/env`"]),
        (PYTHON, ("/env/pyvenv.cfg", "/env/bin/python3"), []),
        (PYTHON, ("/env/pyvenv.cfg", "/env/bin/pypy3"), []),
        (PYTHON, ("/env/pyvenv.cfg",), ["`/env/bin/python3` is missing or a broken link"]),
        (PYTHON, (), []),
    ],
)
def test_python_itself(interpreter: str, files: tuple[str, ...], messages: list[str]) -> None:
    """Without an interpreter, or in a virtual environment whose link to it is broken, nothing runs."""
    found = scan()
    environment = found.environment._replace(interpreter=found.environment.interpreter._replace(path=interpreter))
    found = found._replace(environment=environment._replace(mismatches=("made for cp312",)))
    assert problems_of(image(found, PlainSystem(files=frozenset(files))), None) == tuple(
        Problem(error=True, entry=NO_INTERPRETER, distribution="", subject="/env", message=message)
        for message in sorted([*messages, "made for cp312"])
    )


LACKING = Problem(
    error=True,
    entry=MISSING_IN_IMAGE,
    distribution="one",
    subject="libgone.so.1",
    message="libgone.so.1, which /usr/lib/libb.so.1 needs, is missing: install libgone1",
    files=("/usr/lib/libb.so.1",),
    package="libgone1",
)


def test_a_library_of_the_system_that_lacks_another_one() -> None:
    """That an import or Python itself loads; the needs of the environment's own files are told already."""
    gone = not_found("libgone.so.1")
    loads = (
        load(When.IMPORT, {M: (), "/usr/lib/libb.so.1": (gone, not_found("liba.so.1")), "/env/stray.so": (gone,)}),
        load(When.PLUGIN, {M: (), "/usr/lib/libc.so.1": (gone,)}),
    )
    system = PlainSystem(files=frozenset({M, "/env/stray.so"}), packages={"libgone.so.1": "libgone1"})
    found = scan(
        library(FromHost(note="driver")),
        loads=loads,
        unattributed=(Unattributed(file="/env/stray.so", needs=(), glibc=""),),
    )
    assert problems_of(image(found, system), None) == (LACKING,)
    python = scan(process=(LoadedObject(path=PYTHON, needs=(gone,)),))
    assert problems_of(image(python), None) == (
        replace(
            LACKING,
            distribution="",
            message=f"libgone.so.1, which {PYTHON} needs, is missing",
            files=(PYTHON,),
            package="",
        ),
    )


CALL = 'find_library("a")'
FOUND = PlainFinder(found=frozenset({"liba.so.1"}))
RETURNS = f"{CALL}: find_library returns None: liba.so.1"
CALLED = library(Unowned(path="/usr/lib/liba.so.1"), When.DLOPEN, evidence=CALL, confidence=Confidence.HIGH)
NOT_FOUND = missing(
    "", message=f"{CALL}: find_library returns None: liba.so.1 is at /usr/lib/liba.so.1, but no ldconfig"
)


@pytest.mark.parametrize(
    ("one", "finder", "problems"),
    [
        (CALLED, PlainFinder(reason="no ldconfig"), [replace(NOT_FOUND, entry=FIND_LIBRARY_FAILS)]),
        (
            CALLED,
            PlainFinder(reason="no ldconfig", fixed_by="ldconfig"),
            [replace(NOT_FOUND, entry=FIND_LIBRARY_FAILS, package="libc-bin")],
        ),
        (
            CALLED,
            PlainFinder(uses_cache=True, fixed_by="ldconfig"),
            [
                missing(
                    "",
                    entry=STALE_LOADER_CACHE,
                    message=f"{RETURNS} {STALE}",
                    instructions=Instructions(ldconfig=True),
                )
            ],
        ),
        (
            CALLED._replace(confidence=Confidence.MEDIUM),
            PlainFinder(reason="no ldconfig"),
            [replace(NOT_FOUND, entry=FIND_LIBRARY_FAILS, error=False)],
        ),
        (CALLED, FOUND, []),
        (
            CALLED._replace(soname="", any_of=("libz.so.1", "liba.so.1")),
            PlainFinder(found=frozenset({"liba.so.1"})),
            [],
        ),
        (CALLED._replace(evidence='CDLL("liba.so.1")'), PlainFinder(), []),
        (CALLED._replace(provider=FromHost(note="driver")), PlainFinder(), []),
    ],
)
def test_what_find_library_does_not_find(one: Need, finder: PlainFinder, problems: list[Problem]) -> None:
    """Libraries of the image that are opened through find_library are checked."""
    system = PlainSystem(finder=finder, packages={"ldconfig": "libc-bin"})
    assert problems_of(image(scan(one), system), None) == tuple(problems)


def test_all_problems_errors_first() -> None:
    """Each problem is reported once; with a lock, differences from it too, which explain what is missing."""
    one = distribution("one", M, missing_objects=("/env/site/n.so",))._replace(tags=())
    skipped = (Skipped(path="/env/site/x.so", verdict=Verdict.FOREIGN_LIBC, reason="for musl"),)
    needs = (library(Missing()), library(Missing()))
    found = scan_of(DistributionNeeds(distribution=one, needs=needs, vendored=(), glibc=""))
    lock = with_lock(need("", "fonts-x", "declared"))
    problems = problems_of(image(found._replace(skipped=skipped), PlainSystem(installed={"bash": "1"})), lock)
    assert [(each.error, each.entry, each.subject) for each in problems] == [
        (True, NOT_LOCKED, "debian-bookworm-amd64"),
        (True, MISSING_IN_IMAGE, "fonts-x"),
        (True, MISSING_IN_IMAGE, "liba.so.1"),
        (False, FOREIGN_FILE, "/env/site/x.so"),
        (False, MISSING_FILE, "/env/site/one-1.0.dist-info"),
    ]
