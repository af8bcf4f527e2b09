"""METADATA, WHEEL and direct_url.json."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.metadata import parse_email
from packaging.utils import canonicalize_name

from pip_sysdeps.environment.metadata import (
    DirectUrl,
    Metadata,
    normalize_name,
    parse_direct_url,
    parse_folder_name,
    parse_metadata,
    parse_wheel_tags,
)
from pip_sysdeps.errors import MalformedError

METADATA = b"""\
Metadata-Version: 2.1
Name: Foo.Bar_baz
Version: 1.0+local
Summary: one
  more line: of it
Requires-Dist: numpy>=1; python_version >= "3.8"
requires-dist:attrs
Requires-External: libpq5 (>= 13)

Name: body
Requires-Dist: not-this
"""


def test_headers_are_read_and_the_body_is_not() -> None:
    """Name, version and requirements come from the headers, in order, as written."""
    assert parse_metadata(METADATA) == Metadata(
        name="foo-bar-baz",
        version="1.0+local",
        requires=('numpy>=1; python_version >= "3.8"', "attrs"),
        requires_external=("libpq5 (>= 13)",),
    )


def test_agrees_with_packaging() -> None:
    """`packaging.metadata` reads the same from the same file."""
    raw, _ = parse_email(METADATA)
    ours = parse_metadata(METADATA)
    assert (ours.name, ours.version) == (canonicalize_name(raw["name"]), raw["version"])
    assert list(ours.requires) == raw["requires_dist"]
    assert list(ours.requires_external) == raw["requires_external"]


@given(st.from_regex(r"[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?", fullmatch=True))
def test_normalize_name_is_packagings(name: str) -> None:
    """The short form gives what `packaging.utils.canonicalize_name` gives."""
    assert normalize_name(name) == canonicalize_name(name)


@pytest.mark.parametrize(
    "content", [b"", b"Version: 1\n", b"Name: a b\n", b"Name: ../x\n", b"\nName: a\n", b"Name: -a\n"]
)
def test_without_a_valid_name(content: bytes) -> None:
    """A missing or hostile name is malformed."""
    with pytest.raises(MalformedError, match="`Name` is missing or invalid"):
        parse_metadata(content)


@pytest.mark.parametrize("version", ["", "1 0", "$(x)", "1;0", "../1"])
def test_version_that_is_none_is_empty(version: str) -> None:
    """A version goes into the lock, so an invalid one is dropped."""
    assert parse_metadata(f"Name: a\nVersion: {version}\n".encode()).version == ""


@given(st.binary(max_size=300))
def test_any_bytes(content: bytes) -> None:
    """Every content is metadata or malformed."""
    try:
        parse_metadata(b"Name: a\n" + content)
        parse_metadata(content)
    except MalformedError:
        pass


@pytest.mark.parametrize(
    ("name", "parsed"),
    [
        ("Foo_Bar-1.0.dist-info", ("foo-bar", "1.0")),
        ("foo-1.0-py3.11.egg-info", ("foo", "1.0")),
        ("foo-1.0-py3.11-linux-x86_64.egg", ("foo", "1.0")),
        ("foo.egg-info", ("foo", "")),
        ("foo.egg-link", ("foo", "")),
        ("f o-1.0.dist-info", ("", "")),
        (".dist-info", ("", "")),
    ],
)
def test_folder_name(name: str, parsed: tuple[str, str]) -> None:
    """If the metadata cannot be read, name and version come from the folder."""
    assert parse_folder_name(name) == parsed


@pytest.mark.parametrize(
    ("content", "tags"),
    [
        (b"Tag: py3-none-any\n", ("py3-none-any",)),
        (b"Tag: cp311-cp311-b\nTag: cp311-cp311-a\n", ("cp311-cp311-a", "cp311-cp311-b")),
        (b"Tag:\nTag: x\nTag: a-b-c;d\n", ()),
        (b"Tag: a.1-b-c\nTag: 1-b-c\nTag: a..b-b-c\nTag: a-b-c.\n", ()),
        (b"Tag: py2.py3-none-a.b\n", ("py2.py3-none-a.b",)),
        (b"", ()),
    ],
)
def test_wheel_tags(content: bytes, tags: tuple[str, ...]) -> None:
    """Tags are sorted; an empty or malformed line is not a tag."""
    assert parse_wheel_tags(content) == tags


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (
            {"url": "file:///src/my%20app", "dir_info": {"editable": True}},
            DirectUrl(editable=True, vcs=False, path="/src/my app"),
        ),
        ({"url": "file://localhost/src/app", "dir_info": {}}, DirectUrl(editable=False, vcs=False, path="/src/app")),
        ({"url": "https://host/a.git", "vcs_info": {"vcs": "git"}}, DirectUrl(editable=False, vcs=True, path="")),
        ({"url": "file://elsewhere/src", "dir_info": {}}, DirectUrl(editable=False, vcs=False, path="")),
        ({"url": "file:///a%00b"}, DirectUrl(editable=False, vcs=False, path="")),
        ({"url": 1, "dir_info": 2}, DirectUrl(editable=False, vcs=False, path="")),
    ],
)
def test_direct_url(document: object, expected: DirectUrl) -> None:
    """Only a local folder has a path, and only the value true is editable."""
    assert parse_direct_url(json.dumps(document).encode()) == expected


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b"\xff", b"[" * 100_000])
def test_direct_url_malformed(content: bytes) -> None:
    """Anything but a JSON object is malformed."""
    with pytest.raises(MalformedError):
        parse_direct_url(content)


def test_a_url_with_half_a_surrogate_pair() -> None:
    """JSON can escape what no path has: such a URL names no local folder."""
    assert parse_direct_url(b'{"url": "file:///\\ud800"}').path == ""


def test_a_version_longer_than_versions_are() -> None:
    """It is not a version: its numbers would have more digits than Python makes numbers of."""
    assert parse_metadata(f"Name: a\nVersion: {'9' * 5000}\n".encode()).version == ""


@pytest.mark.parametrize(("field", "most"), [("Requires-Dist", 10_000), ("Requires-External", 1000)])
def test_too_many_lines_of_a_field(field: str, most: int) -> None:
    """The limit on lines applies before they are read."""
    parse_metadata(f"Name: a\n{f'{field}: b{chr(10)}' * most}".encode())
    with pytest.raises(MalformedError, match=f"^more than {most} lines `{field}`$"):
        parse_metadata(f"Name: a\n{f'{field}: b{chr(10)}' * (most + 1)}".encode())


def test_tags_that_spell_out_to_too_many() -> None:
    """Compressed tags are counted before they are expanded, and those beyond the limit are left out."""
    many = ".".join(f"a{number}" for number in range(100))
    assert parse_wheel_tags(f"Tag: {many}-{many}-{many}\nTag: Py3-none-any\n".encode()) == ("Py3-none-any",)
