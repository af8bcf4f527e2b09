"""dpkg's files may be anything: the parsers return values or say MalformedError, and nothing else."""

from __future__ import annotations

from contextlib import suppress

from hypothesis import given
from hypothesis import strategies as st

from pip_sysdeps.errors import MalformedError
from pip_sysdeps.packages.debian.dpkg_files import parse_diversions, parse_list, parse_md5sums, parse_status
from pip_sysdeps.packages.debian.relations import parse_relations
from pip_sysdeps.system.os_release import parse_os_release

LINES = st.lists(
    st.sampled_from(
        [b"Package: a", b"Version: 1", b"Status: install ok installed", b"Architecture: amd64", b"Depends: b |", b" c"]
    )
    | st.binary(max_size=20),
    max_size=12,
)


@given(LINES)
def test_a_status_is_packages_or_malformed(lines: list[bytes]) -> None:
    """Every package has a name that can be one."""
    with suppress(MalformedError):
        for package in parse_status(b"\n".join(lines)):
            assert package.name.strip("-")
            assert not package.name.startswith("-")


@given(st.binary())
def test_lists_are_never_malformed(content: bytes) -> None:
    """Any bytes are lines."""
    assert b"\n".join(parse_list(content)) == content
    assert all(path.startswith(b"/") for path in parse_md5sums(content))
    parse_os_release(content)


@given(st.lists(st.sampled_from([b"/a", b"/b", b"c", b":", b""]) | st.binary(max_size=5), max_size=9))
def test_diversions_are_entries_or_malformed(lines: list[bytes]) -> None:
    """Whatever is read has two absolute paths."""
    with suppress(MalformedError):
        for entry in parse_diversions(b"".join(line + b"\n" for line in lines)):
            assert entry.diverted.startswith("/")
            assert entry.to.startswith("/")


@given(st.text())
def test_relations_are_groups_of_names(value: str) -> None:
    """No group is empty, no name begins with a dash."""
    for group in parse_relations(value):
        assert group
        assert all(name[0].isalnum() for name in group)
