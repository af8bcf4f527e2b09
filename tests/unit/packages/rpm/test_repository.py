"""Metadata of a repository: repomd.xml, primary.xml, filelists.xml."""

from __future__ import annotations

import pytest

from pip_sysdeps.errors import MalformedError
from pip_sysdeps.packages.rpm.repository import (
    Metadata,
    RepositoryPackage,
    parse_filelists,
    parse_primary,
    parse_repomd,
)

REPOMD = """<?xml version="1.0" encoding="UTF-8"?>
<repomd xmlns="http://linux.duke.edu/metadata/repo" xmlns:rpm="http://linux.duke.edu/metadata/rpm">
  <revision>1</revision>
  <data type="primary">
    <checksum type="sha256">aa</checksum>
    <open-checksum type="sha256">bb</open-checksum>
    <location href="repodata/primary.xml.gz"/>
  </data>
  <data type="filelists"><location href="repodata/filelists.xml.gz"/></data>
</repomd>
"""
PRIMARY = """<?xml version="1.0" encoding="UTF-8"?>
<metadata xmlns="http://linux.duke.edu/metadata/common" xmlns:rpm="http://linux.duke.edu/metadata/rpm" packages="1">
<package type="rpm">
  <name>libpq</name>
  <arch>x86_64</arch>
  <version epoch="1" ver="16.1" rel="2.fc40"/>
  <checksum type="sha256" pkgid="YES">cc</checksum>
  <summary>Client &amp; library</summary>
  <size package="100" installed="300" archive="301"/>
  <format>
    <rpm:sourcerpm>postgresql-16.1-2.fc40.src.rpm</rpm:sourcerpm>
    <rpm:provides>
      <rpm:entry name="libpq.so.5()(64bit)"/>
      <rpm:entry name="libpq" flags="EQ" epoch="1" ver="16.1" rel="2.fc40"/>
    </rpm:provides>
    <rpm:requires>
      <rpm:entry name="libc.so.6()(64bit)"/>
      <rpm:entry name="libc.so.6()(64bit)" pre="1"/>
    </rpm:requires>
    <rpm:conflicts><rpm:entry name="other"/></rpm:conflicts>
    <file>/usr/bin/x</file>
  </format>
</package>
</metadata>
"""
FILELISTS = """<?xml version="1.0" encoding="UTF-8"?>
<filelists xmlns="http://linux.duke.edu/metadata/filelists" packages="1">
<package pkgid="cc" name="libpq" arch="x86_64">
  <version epoch="1" ver="16.1" rel="2.fc40"/>
  <file>/usr/lib64/libpq.so.5</file>
  <file type="dir">/usr/share/libpq</file>
</package>
</filelists>
"""


def test_repomd_names_the_other_files() -> None:
    """Kind, place and checksum of each; that of the unpacked content is another."""
    assert parse_repomd(REPOMD.encode()) == (
        Metadata(kind="primary", location="repodata/primary.xml.gz", checksum="sha256:aa"),
        Metadata(kind="filelists", location="repodata/filelists.xml.gz", checksum=""),
    )


@pytest.mark.parametrize("size", [1, 7, 10_000])
def test_primary_has_the_packages(size: int) -> None:
    """Each package with version, sizes, source, provides and requires, however the pieces are cut."""
    content = PRIMARY.encode()
    pieces = (content[at : at + size] for at in range(0, len(content), size))
    assert list(parse_primary(pieces)) == [
        RepositoryPackage(
            id="cc",
            name="libpq",
            version="1:16.1-2.fc40",
            architecture="x86_64",
            installed_size=300,
            download_size=100,
            source="postgresql-16.1-2.fc40.src.rpm",
            provides=("libpq", "libpq.so.5()(64bit)"),
            requires=("libc.so.6()(64bit)",),
            files=("/usr/bin/x",),
        )
    ]


def test_more_elements_than_were_asked_for() -> None:
    """A package counts for its checksum as well, which nothing can compress."""
    elements = PRIMARY.count("<") - PRIMARY.count("</") - 1
    assert len(list(parse_primary([PRIMARY.encode()], elements + 32))) == 1
    with pytest.raises(MalformedError, match="the document has too many elements for its packed size"):
        list(parse_primary([PRIMARY.encode()], elements + 31))


def test_filelists_have_the_paths() -> None:
    """Every path of a package, by the package's id."""
    assert list(parse_filelists([FILELISTS.encode()])) == [("cc", ("/usr/lib64/libpq.so.5", "/usr/share/libpq"))]


_BOMB = '<!DOCTYPE a [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("<metadata", f"{_BOMB}<metadata", "line 2: document types and entities are not allowed"),
        ('xmlns="http://linux.duke.edu/metadata/common"', "", "line 2: the root element is `metadata`"),
        ('installed="300"', 'installed="x"', "line 9: invalid number: 'x'"),
        ("<name>libpq</name>", "", "line 23: a package has no name or version"),
        ("</metadata>", "", "line 25: no element found"),
        ("<name>", f"<name>{'x' * (2 << 20)}", "line 4: the text of an element is too long"),
        ("<format>", "<a>" * 40, "line 10: elements are nested too deeply"),
    ],
)
def test_a_broken_document_is_refused(old: str, new: str, message: str) -> None:
    """Document types, foreign documents and impossible values are errors that say where."""
    with pytest.raises(MalformedError) as error:
        list(parse_primary([PRIMARY.replace(old, new, 1).encode()]))
    assert str(error.value) == message


@pytest.mark.parametrize("place", ["/etc/passwd", "../x", "repodata/../../x", "https://example.org/x", ""])
def test_a_place_outside_the_repository_is_refused(place: str) -> None:
    """Metadata is below its repository."""
    with pytest.raises(MalformedError, match="is not a path inside the repository"):
        parse_repomd(REPOMD.replace("repodata/primary.xml.gz", place).encode())
