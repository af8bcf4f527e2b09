"""Repositories of a system, from `.repo` files."""

from __future__ import annotations

import pytest

from pip_sysdeps.errors import MalformedError
from pip_sysdeps.packages.rpm.repo_file import (
    Repository,
    parse_mirrorlist,
    parse_repo_file,
    repositories,
    substitute_variables,
    with_overrides,
)


def test_a_file_with_two_repositories() -> None:
    """Options in lower case; a value may have several lines, and a section may be repeated."""
    content = b"""\
# comment
[baseos]
Name = Base OS = best
baseurl=https://a.example/$basearch
        https://b.example/
; comment
enabled
[extras]
enabled=0
[baseos]
enabled = 1
"""
    with pytest.raises(MalformedError) as caught:
        parse_repo_file(content)
    assert str(caught.value) == "line 7: not a repository file"
    assert parse_repo_file(content.replace(b"enabled\n", b"")) == {
        "baseos": {
            "name": "Base OS = best",
            "baseurl": "https://a.example/$basearch\nhttps://b.example/",
            "enabled": "1",
        },
        "extras": {"enabled": "0"},
    }


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"name = a\n", "line 1: not a repository file"),
        (b"[a]\nname = \xff\n", "offset 11: not UTF-8"),
    ],
)
def test_another_kind_of_file(content: bytes, message: str) -> None:
    """The error has the line."""
    with pytest.raises(MalformedError) as caught:
        parse_repo_file(content)
    assert str(caught.value) == message


def test_overrides_of_dnf5() -> None:
    """By name or pattern, in order; a section that no repository has counts for none."""
    sections = {"baseos": {"enabled": "1", "name": "x"}, "extras": {"enabled": "1"}}
    overrides = [{"*": {"enabled": "0"}, "gone": {"enabled": "1"}}, {"base?s": {"enabled": "yes"}}]
    assert with_overrides(sections, overrides) == {
        "baseos": {"enabled": "yes", "name": "x"},
        "extras": {"enabled": "0"},
    }
    assert sections["extras"] == {"enabled": "1"}


@pytest.mark.parametrize(
    ("options", "main", "expected"),
    [
        ({}, {}, Repository(id="a")),
        (
            {"baseurl": "https://a.example/, https://b.example/\n https://c.example/"},
            {},
            Repository(id="a", base=("https://a.example/", "https://b.example/", "https://c.example/")),
        ),
        ({"mirrorlist": " m ", "metalink": " n "}, {}, Repository(id="a", mirrorlist="m", metalink="n")),
        ({"enabled": "0"}, {"enabled": "1"}, Repository(id="a", enabled=False)),
        ({"enabled": " No "}, {}, Repository(id="a", enabled=False)),
        ({"enabled": "maybe"}, {}, Repository(id="a")),
        ({}, {"sslverify": "0"}, Repository(id="a", unverified=True)),
        ({"sslverify": "true"}, {"sslverify": "0"}, Repository(id="a")),
        ({"sslclientcert": "/x.pem"}, {}, Repository(id="a", certificate=True)),
        ({"sslclientcert": " "}, {}, Repository(id="a")),
        ({"repo_gpgcheck": "1"}, {}, Repository(id="a", signed=True)),
        ({"gpgcheck": "1"}, {}, Repository(id="a")),
    ],
)
def test_the_options_of_a_repository(options: dict[str, str], main: dict[str, str], expected: Repository) -> None:
    """Its own before those of dnf.conf; an unknown word is the default. The section `main` is none."""
    assert repositories({"main": {}, "a": options}, main, signed=False) == (expected,)


@pytest.mark.parametrize(
    ("options", "signed"),
    [
        ({}, True),
        ({"gpgcheck": "0"}, False),
        ({"repo_gpgcheck": "0"}, False),
        ({"gpgcheck": "0", "repo_gpgcheck": "1"}, True),
    ],
)
def test_metadata_that_zypper_wants_signed(options: dict[str, str], signed: bool) -> None:
    """Unless an option says otherwise."""
    (found,) = repositories({"a": options}, {}, signed=True)
    assert found.signed is signed


def test_variables_in_urls() -> None:
    """In both spellings and any case; an unknown one is kept."""
    repository = Repository(id="$arch", base=("$BaseArch/${arch}x/$gone",), mirrorlist="$arch", metalink="${arch}")
    assert substitute_variables(repository, {"basearch": "x86_64", "arch": "i686"}) == Repository(
        id="$arch", base=("x86_64/i686x/$gone",), mirrorlist="i686", metalink="i686"
    )


def test_a_mirror_list() -> None:
    """One URL a line."""
    assert parse_mirrorlist(b"# mirrors\n\n https://a.example/ \nhttps://b.example/\xff\n") == (
        "https://a.example/",
        "https://b.example/\ufffd",
    )
