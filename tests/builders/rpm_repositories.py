"""Repositories of rpm packages, written from createrepo_c's documentation: metadata without packages."""

from __future__ import annotations

import gzip
import hashlib
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

from builders.root import write

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from builders.rpm_files import Rpm

MADE = 1764000000
"""When the metadata was made."""
_SPACE = "http://linux.duke.edu/metadata"


def write_repository(folder: Path, packages: Iterable[Rpm], *, filelists: bool = True, made: int = MADE) -> Path:
    """Write `repodata` of packages into a folder, which may be missing, and return the folder."""
    packages = tuple(packages)
    entries = [_entry(folder, "primary", primary(packages), made)]
    if filelists:
        entries.append(_entry(folder, "filelists", _filelists(packages), made))
    write(folder / "repodata/repomd.xml", f'<repomd xmlns="{_SPACE}/repo">{"".join(entries)}</repomd>')
    return folder


def primary(packages: Iterable[Rpm]) -> bytes:
    """Return `primary.xml` of packages."""
    rows = "".join(map(_package, packages))
    return f'<metadata xmlns="{_SPACE}/common" xmlns:rpm="{_SPACE}/rpm">{rows}</metadata>'.encode()


def metalink(content: bytes, *urls: str) -> bytes:
    """Return a metalink of a `repomd.xml` with this content."""
    found = "".join(f'<url protocol="https" preference="{9 - at}">{escape(url)}</url>' for at, url in enumerate(urls))
    digest = hashlib.sha256(content).hexdigest()
    verification = f'<verification><hash type="sha256">{digest}</hash></verification>'
    file = f'<file name="repomd.xml">{verification}<resources>{found}</resources></file>'
    return f'<metalink version="3.0" xmlns="http://www.metalinker.org/"><files>{file}</files></metalink>'.encode()


def _entry(folder: Path, kind: str, content: bytes, made: int) -> str:
    packed = gzip.compress(content, mtime=0)
    digest = hashlib.sha256(packed).hexdigest()
    location = f"repodata/{digest}-{kind}.xml.gz"
    write(folder / location, packed)
    checksum = f'<checksum type="sha256">{digest}</checksum>'
    return f'<data type="{kind}">{checksum}<location href="{location}"/><timestamp>{made}</timestamp></data>'


def _package(package: Rpm) -> str:
    provides = "".join(f"<rpm:entry name={quoteattr(name)}/>" for name in (package.name, *package.provides))
    requires = "".join(f"<rpm:entry name={quoteattr(name)}/>" for name in package.requires)
    programs = "".join(f"<file>{escape(path)}</file>" for path in package.files if "bin/" in path)
    version = f'<version epoch="{package.epoch or 0}" ver="{package.version}" rel="{package.release}"/>'
    return (
        f'<package type="rpm"><name>{escape(package.name)}</name><arch>{package.architecture}</arch>{version}'
        f'<checksum type="sha256" pkgid="YES">{_id(package)}</checksum><format>'
        f"<rpm:provides>{provides}</rpm:provides><rpm:requires>{requires}</rpm:requires>{programs}</format></package>"
    )


def _filelists(packages: Iterable[Rpm]) -> bytes:
    rows = "".join(
        f'<package pkgid="{_id(each)}">{"".join(f"<file>{escape(path)}</file>" for path in each.files)}</package>'
        for each in packages
    )
    return f'<filelists xmlns="{_SPACE}/filelists">{rows}</filelists>'.encode()


def _id(package: Rpm) -> str:
    return hashlib.sha256(repr(package).encode()).hexdigest()
