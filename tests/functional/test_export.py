"""`pip-sysdeps export`, as a person calls it, judged by the field's own library."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from builders.cyclonedx import check_cyclonedx
from builders.spdx import check_spdx

if TYPE_CHECKING:
    from collections.abc import Callable

    from builders.command import Result

GOLDEN = Path(__file__).parents[1] / "golden" / "export"
PQ = "pkg:deb/debian/libpq5@4.0-1?arch=amd64&distro=debian-12"
GCC = "pkg:deb/debian/libgcc-s1@2.0-1?arch=amd64&distro=debian-12"
VENDORED = "pkg:pypi/imaging@2.0#imaging.libs/libtiff-0123abcd.so.6.0.2"
NAMED = "pkg:pypi/imaging@2.0#sbom0/pkg:rpm/almalinux/libtiff@4.4.0-12.el9#0123"


def test_cyclonedx(run: Callable[..., Result], same_as_committed: Callable[[Path, str], None]) -> None:
    """The whole document is valid, and goes from the environment to the binary packages and vendored libraries."""
    result = run("export", "--format", "cyclonedx")
    assert (result.status, result.err) == (0, "")
    document = check_cyclonedx(result.out)
    same_as_committed(GOLDEN / "cyclonedx.json", result.out)
    edges = {each["ref"]: each.get("dependsOn", []) for each in document["dependencies"]}
    assert "pkg:pypi/webapp@1.0" in edges["environment"]
    assert edges["pkg:pypi/webapp@1.0"] == ["pkg:pypi/imaging@2.0", "pkg:pypi/psycopg2@2.9", "pkg:pypi/six@1.0"]
    assert edges["pkg:pypi/psycopg2@2.9"] == [PQ]
    assert edges["pkg:pypi/imaging@2.0"] == [GCC, VENDORED, NAMED, "pkg:pypi/threads@3.0"]


def test_spdx(run: Callable[..., Result], same_as_committed: Callable[[Path, str], None]) -> None:
    """The document is SPDX 2.3, with the time of the beginning of 1970."""
    result = run("export", "--format", "spdx")
    assert (result.status, result.err) == (0, "")
    document = check_spdx(result.out)
    same_as_committed(GOLDEN / "spdx.json", result.out)
    assert document["creationInfo"]["created"] == "1970-01-01T00:00:00Z"
    names = {each["SPDXID"]: each["name"] for each in document["packages"]}
    found = {
        (names[each["spdxElementId"]], each["relationshipType"], names[each["relatedSpdxElement"]])
        for each in document["relationships"][1:]
    }
    assert {
        ("psycopg2", "DEPENDS_ON", "libpq5"),
        ("imaging", "CONTAINS", "libtiff-0123abcd.so.6.0.2"),
        ("imaging", "CONTAINS", "libtiff"),
        ("webapp", "DEPENDS_ON", "imaging"),
        ("libgomp-0badcafe.so.1.0.0", "CONTAINS", "libgomp"),
    } <= found


def test_the_time_of_a_document(run: Callable[..., Result], monkeypatch: pytest.MonkeyPatch) -> None:
    """SOURCE_DATE_EPOCH is the time of a document."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    assert '"created": "2023-11-14T22:13:20Z"' in run("export", "--format", "spdx").out
    for wrong in ("yesterday", "-1", "253402300800", "9" * 5000):
        monkeypatch.setenv("SOURCE_DATE_EPOCH", wrong)
        result = run("export", "--format", "spdx")
        assert (result.status, result.out) == (2, "")
        assert result.err.startswith("error: SOURCE_DATE_EPOCH is not a number of seconds since 1970: ")


def test_the_same_bytes_into_a_file(run: Callable[..., Result], tmp_path: Path) -> None:
    """Two runs write the same bytes."""
    text = run("export", "--format", "cyclonedx").out
    result = run("export", "--format", "cyclonedx", "-o", "bom.json")
    assert (result.status, result.out, result.err) == (0, "", "wrote `bom.json`\n")
    assert (tmp_path / "bom.json").read_text(encoding="utf-8") == text
    assert run("export", "--format", "cyclonedx", "-o", "-").out == text
    assert not (tmp_path / "-").exists()


@pytest.mark.parametrize("content", [None, "old\n"])
def test_nothing_is_written_through_a_link(run: Callable[..., Result], tmp_path: Path, content: str | None) -> None:
    """A link is refused, because its maker would choose the file."""
    if content is not None:
        (tmp_path / "profile.sh").write_text(content)
    (tmp_path / "bom.json").symlink_to("profile.sh")
    result = run("export", "--format", "cyclonedx", "-o", "bom.json")
    told = (
        "error: `bom.json` is a link, and nothing is written through a link\n"
        "hint: use the path of the file that the link points to\n"
    )
    assert (result.status, result.out, result.err) == (2, "", told)
    assert ((tmp_path / "profile.sh").read_text() if content else None) == content
    assert (tmp_path / "profile.sh").exists() == bool(content)


def test_the_format_is_named(run: Callable[..., Result]) -> None:
    """--format is required."""
    assert run("export").status == 2
