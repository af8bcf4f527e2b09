"""`pip-sysdeps why`, as a person calls it."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from builders.dpkg import Package, write_database
from builders.elf import Elf
from builders.schemas import check_schema
from builders.small_debian import PACKAGES
from builders.system import LIB, VENV, write_library

if TYPE_CHECKING:
    from collections.abc import Callable

    from builders.command import Result
    from builders.desk import Desk

GOLDEN = Path(__file__).parents[1] / "golden" / "why"


@pytest.mark.parametrize("width", [80, 120])
@pytest.mark.parametrize("name", ["libpq5", "libgone.so.7", "gone", "zlib1g", "imaging.libs/libtiff-0123abcd.so.6.0.2"])
def test_text(
    run: Callable[..., Result], same_as_committed: Callable[[Path, str], None], name: str, width: int
) -> None:
    """A package with its floor, what is missing, a distribution, a library of several, a vendored file."""
    result = run("why", name, width=width)
    assert result.status == 0
    same_as_committed(GOLDEN / f"{Path(name).name}.{width}.txt", result.out)
    assert all(len(line) <= width or " " not in line.strip(" │├└─") for line in result.out.splitlines())


def test_json(run: Callable[..., Result]) -> None:
    """By the published schema: the way, the hops, the answer, and what set the floor."""
    result = run("why", "libpq5", "--json")
    document = json.loads(result.out)
    check_schema("why", document)
    (chain,) = document["chains"]
    module = "/opt/venv/lib/python3.11/site-packages/psycopg2/_psycopg.cpython-311-x86_64-linux-gnu.so"
    assert [link["distribution"] for link in chain["way"]] == ["webapp", "psycopg2"]
    assert chain["answer"] == {"kind": "package", "package": "libpq5", "path": "/usr/lib/x86_64-linux-gnu/libpq.so.5"}
    assert chain["floor"] == {"min": "14~beta2", "symbol": "PQsetTraceFlags@Base", "file": module}


@pytest.mark.parametrize(
    "name", ["libgone.so.7", "gone", "threads", "imaging.libs/libtiff-0123abcd.so.6.0.2", "nothing"]
)
def test_every_json_document_fits_the_schema(run: Callable[..., Result], name: str) -> None:
    """What is missing, unreachable, unowned or vendored, and no chain at all."""
    check_schema("why", json.loads(run("why", name, "--json").out))


def test_what_nothing_needs(run: Callable[..., Result]) -> None:
    """Is said, with status 1."""
    assert run("why", "libssl3") == (1, "", "nothing here needs `libssl3`\n")


@pytest.mark.parametrize("path", ["/lib/x86_64-linux-gnu/libpq.so.5", "/usr/lib/../lib/x86_64-linux-gnu/libpq.so.5"])
def test_each_path_of_a_library(run: Callable[..., Result], path: str) -> None:
    """By its links and by both names of a merged /usr."""
    assert run("why", path) == run("why", "/usr/lib/x86_64-linux-gnu/libpq.so.5")
    assert run("why", path).status == 0


@pytest.mark.parametrize("name", ["libldap-2.5-0", "libldap.so.2", "/usr/lib/x86_64-linux-gnu/libldap.so.2"])
def test_what_a_package_requires(desk: Desk, name: str) -> None:
    """The packages of the install line that bring it, by its own name or that of its library."""
    ldap = f"/{LIB}/libldap.so.2"
    libpq = next(each for each in PACKAGES if each.name == "libpq5")
    others = [each for each in PACKAGES if each is not libpq]
    requiring = replace(libpq, fields={"Depends": "libldap-2.5-0"})
    shutil.rmtree(desk.root / "var/lib/dpkg")
    write_database(desk.root, *others, requiring, Package(name="libldap-2.5-0", version="2.5", files=(ldap,)))
    write_library(desk.root, ldap, Elf(soname="libldap.so.2"))
    write_library(desk.root, f"/{LIB}/libpq.so.5.15", Elf(soname="libpq.so.5", needed=("libldap.so.2",)))
    message = f"no distribution needs `{name}` itself; packages to install that require it: `libpq5`\n"
    assert desk.run("why", name, "--root", str(desk.root), "--python", VENV) == (1, "", message)


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("libpq", "libpq5"),
        ("psycopg", "psycopg2"),
        ("libpq.so", "libpq.so.5"),
        ("Where", "libnowhere.so.3"),
        ("PSYCOPG2[c]==2.9", "psycopg2"),
    ],
)
def test_what_may_have_been_meant(run: Callable[..., Result], said: str, meant: str) -> None:
    """A package, a distribution, a soname, what a name has in it, and a requirement."""
    assert run("why", said) == (1, "", f"nothing here needs `{said}`; did you mean `{meant}`?\n")


def test_an_empty_name(run: Callable[..., Result]) -> None:
    """A variable of a script that has no value is not a question about all that is not installed."""
    hint = "hint: name a binary package, soname, distribution or file\n"
    assert run("why", "") == (2, "", f"error: NAME is empty\n{hint}")


def test_target_without_lock(run: Callable[..., Result]) -> None:
    """The environment has no targets: nothing is silently not respected."""
    hint = "hint: add one of them, or leave out --target\n"
    error = "error: --target requires --lock, --path or --python\n"
    assert run("why", "libpq5", "--target", "x", environment=False) == (2, "", f"{error}{hint}")
    hint = "hint: add --lock, or ask about the environment without --target\n"
    assert run("tree", "--target", "x") == (2, "", f"error: --target requires --lock\n{hint}")


@pytest.mark.parametrize("name", ["glibc", "libc.so.6", "libc6"])
def test_glibc_is_no_need_but_a_version(run: Callable[..., Result], name: str) -> None:
    """The newest that is needed is reported, from the environment and from a lock."""
    expected = (1, "", "every image has it; the newest version that is needed is 2.99, by odd\n")
    assert run("why", name) == expected
    assert run("lock").status == 0
    assert run("why", name, "--lock", environment=False) == expected


def test_from_the_lock_alone(run: Callable[..., Result], root: Path) -> None:
    """As far as the lock goes: without an environment."""
    assert run("lock").status == 0
    result = run("why", "libpq5", "--lock", environment=False)
    assert result.out == (
        "psycopg2 2.9\n"
        "└── psycopg2/_psycopg.cpython-311-x86_64-linux-gnu.so\n"
        "    └── libpq.so.5: import\n"
        "        └── libpq5 >= 14~beta2\n"
    )
    document = json.loads(run("why", "gone", "--lock", "--json", environment=False).out)
    check_schema("why", document)
    assert [chain["answer"]["kind"] for chain in document["chains"]] == ["unowned", "package", "missing", "missing"]
    assert str(root) not in result.out


def test_colour_is_asked_for_and_never_alone(run: Callable[..., Result], monkeypatch: pytest.MonkeyPatch) -> None:
    """A pipe gets none, FORCE_COLOR some, NO_COLOR none; the text is the same."""
    plain = run("why", "gone").out
    monkeypatch.setenv("FORCE_COLOR", "1")
    coloured = run("why", "gone").out
    assert "\x1b[31;1mmissing\x1b[0m" in coloured
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == plain
    monkeypatch.setenv("NO_COLOR", "1")
    assert run("why", "gone").out == plain


def test_a_distribution_that_needs_nothing(run: Callable[..., Result]) -> None:
    """Is installed, which is another answer than that nobody has heard of it."""
    result = run("why", "webapp")
    assert (result.status, result.out, result.err) == (
        1,
        "",
        "webapp 1.0 is installed, but needs nothing from the system\n",
    )
