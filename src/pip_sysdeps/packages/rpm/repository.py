"""Metadata of a repository: `repomd.xml`, `primary.xml`, `filelists.xml`, and the metalink of `repomd.xml`.

Source: createrepo_c; the XML namespaces are those of linux.duke.edu/metadata; metalinker.org for metalinks. A document
type or entity is refused, as none of the four has one, so that nothing is expanded or fetched.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING
from xml.parsers import expat

from pip_sysdeps.errors import MalformedError
from pip_sysdeps.packages.rpm.package import evr

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

_COMMON, _RPM, _REPO = (f"http://linux.duke.edu/metadata/{each}" for each in ("common", "rpm", "repo"))
_FILES = "http://linux.duke.edu/metadata/filelists"
_LINK = "http://www.metalinker.org/"
_UNLIMITED = 1 << 62
_ELEMENTS_PER_PACKAGE = 32
"""Elements that a package adds to the count besides its own, for the bytes of its checksum, which cannot be
compressed."""
_MAX_DEPTH = 32
_MAX_NAME = 4096
"""Characters of one name."""
_MAX_TEXT = 1 << 20
"""Characters of one text: a description may be long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """One file of a repository, from `repomd.xml`."""

    kind: str
    """`primary`, `filelists`, ..."""
    location: str
    """Its path, relative to the repository."""
    checksum: str
    """`sha256:...`, or another algorithm; empty without one."""
    made: int = 0
    """When it was made, in seconds since 1970; 0 if unknown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Metalink:
    """The URLs of `repomd.xml`, and its checksums."""

    urls: tuple[str, ...]
    """Each is that of a `repomd.xml`, the preferred ones first."""
    checksums: frozenset[str]
    """`sha256:...`: those of the newest one and of older ones that mirrors may still have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RepositoryPackage:
    """One package of a repository."""

    id: str
    """Its checksum, which is also its id in `filelists.xml`."""
    name: str
    """`name`."""
    version: str
    """`[epoch:]version-release`."""
    architecture: str
    """`arch`."""
    installed_size: int
    """Bytes of its files."""
    download_size: int
    """Bytes of the package file."""
    source: str
    """`rpm:sourcerpm`: the file name of its source package."""
    provides: tuple[str, ...]
    """Names of what it provides; sorted."""
    requires: tuple[str, ...]
    """Names of what it requires; sorted."""
    files: tuple[str, ...] = ()
    """The paths that are in `primary.xml` already, programs among them; sorted."""


def parse_repomd(content: bytes) -> tuple[Metadata, ...]:
    """Return the files of `repomd.xml`.

    Raise MalformedError, with the line, for another document, and for a location outside the repository.
    """
    reader = _Repomd()
    _parse(reader, [content])
    return tuple(reader.found)


def parse_metalink(content: bytes) -> Metalink:
    """Return the content of a metalink. Raise MalformedError, with the line, for another document."""
    reader = _Metalink()
    _parse(reader, [content])
    urls = sorted(reader.urls, key=lambda pair: -pair[0])
    return Metalink(urls=tuple([url for _, url in urls]), checksums=frozenset(reader.checksums))


def parse_primary(chunks: Iterable[bytes], most: int = _UNLIMITED) -> Iterator[RepositoryPackage]:
    """Yield the packages of `primary.xml`, which is given in chunks.

    Raise MalformedError, with the line, for another document and for one of more than `most` elements.
    """
    reader = _Primary()
    reader.left = most
    for _ in _parse_chunks(reader, chunks):
        yield from reader.found
        reader.found.clear()


def parse_filelists(chunks: Iterable[bytes], most: int = _UNLIMITED) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the id and the paths of each package of `filelists.xml`. Raise as `parse_primary`."""
    reader = _Filelists()
    reader.left = most
    for _ in _parse_chunks(reader, chunks):
        yield from reader.found
        reader.found.clear()


class _Reader:
    """Handlers of one document: `starts` and `ends` by element, and the text of the innermost element.

    Only the text of elements in `ends` is kept.
    """

    root = ""

    def __init__(self) -> None:
        self._depth = 0
        self._text: list[str] = []
        self._length = 0
        self._kept = False
        self.left = _UNLIMITED
        """How many more elements the document may have."""
        self.starts: Mapping[str, Callable[[Mapping[str, str]], None]] = {}
        self.ends: Mapping[str, Callable[[str], None]] = {}

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if not self._depth and name != self.root:
            raise ValueError(f"the root element is `{name}`")
        self.left -= 1
        if self.left < 0:
            raise ValueError("the document has too many elements for its packed size")
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            raise ValueError("elements are nested too deeply")
        self._kept = name in self.ends
        if self._kept:
            self._text.clear()
            self._length = 0
        if name in self.starts:
            self.starts[name](attributes)

    def end(self, name: str) -> None:
        self._depth -= 1
        if name in self.ends:
            self.ends[name]("".join(self._text).strip())
        self._kept = False

    def add_text(self, text: str) -> None:
        if not self._kept:
            return
        self._length += len(text)
        if self._length > _MAX_TEXT:
            raise ValueError("the text of an element is too long")
        self._text.append(text)


class _Repomd(_Reader):
    root = f"{_REPO} repomd"

    def __init__(self) -> None:
        super().__init__()
        self.found: list[Metadata] = []
        self._now: dict[str, str] = {}
        self.starts = {
            f"{_REPO} data": lambda attributes: self._now.update(kind=attributes.get("type", "")),
            f"{_REPO} checksum": lambda attributes: self._now.update(algorithm=attributes.get("type", "")),
            f"{_REPO} location": lambda attributes: self._now.update(location=attributes.get("href", "")),
        }
        self.ends = {
            f"{_REPO} checksum": lambda text: self._now.update(digest=text),
            f"{_REPO} timestamp": lambda text: self._now.update(made=text),
            f"{_REPO} data": self._add,
        }

    def _add(self, _: str) -> None:
        now, self._now = self._now, {}
        location = now.get("location", "")
        if not location or location.startswith("/") or ".." in location.split("/") or ":" in location:
            raise ValueError(f"`{location}` is not a path inside the repository")
        checksum = f"{now['algorithm']}:{now['digest']}" if now.get("digest") and now.get("algorithm") else ""
        made = now.get("made", "").partition(".")[0]
        entry = Metadata(
            kind=now.get("kind", ""), location=location, checksum=checksum, made=_number(made) if made else 0
        )
        self.found.append(entry)


class _Metalink(_Reader):
    root = f"{_LINK} metalink"

    def __init__(self) -> None:
        super().__init__()
        self.urls: list[tuple[int, str]] = []
        self.checksums: set[str] = set()
        self._algorithm = ""
        self._preference = 0
        self._of_repomd = False
        self.starts = {
            f"{_LINK} file": self._begin,
            f"{_LINK} hash": lambda attributes: setattr(self, "_algorithm", attributes.get("type", "")),
            f"{_LINK} url": self._url,
        }
        self.ends = {f"{_LINK} hash": self._add_hash, f"{_LINK} url": self._add_url}

    def _begin(self, attributes: Mapping[str, str]) -> None:
        self._of_repomd = attributes.get("name") == "repomd.xml"

    def _url(self, attributes: Mapping[str, str]) -> None:
        self._preference = _number(attributes.get("preference", "0"))

    def _add_hash(self, text: str) -> None:
        if self._of_repomd and text:
            self.checksums.add(f"{self._algorithm}:{text.lower()}")

    def _add_url(self, text: str) -> None:
        if self._of_repomd and text:
            self.urls.append((self._preference, text))


@dataclass(slots=True)
class _Package:
    """The package that is being parsed."""

    texts: dict[str, str] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)
    version: str = ""
    names: dict[str, set[str]] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)


class _Primary(_Reader):
    root = f"{_COMMON} metadata"

    def __init__(self) -> None:
        super().__init__()
        self.found: list[RepositoryPackage] = []
        self._now = _Package()
        self._list = ""
        self.starts = {
            f"{_COMMON} package": self._begin,
            f"{_COMMON} version": self._version,
            f"{_COMMON} size": self._size,
            f"{_RPM} provides": lambda _: self._select_list("provides"),
            f"{_RPM} requires": lambda _: self._select_list("requires"),
            f"{_RPM} entry": self._entry,
        }
        self.ends = {
            f"{_COMMON} name": lambda text: self._set_text("name", text),
            f"{_COMMON} arch": lambda text: self._set_text("arch", text),
            f"{_COMMON} checksum": lambda text: self._set_text("id", text),
            f"{_RPM} sourcerpm": lambda text: self._set_text("source", text),
            f"{_RPM} provides": lambda _: self._select_list(""),
            f"{_RPM} requires": lambda _: self._select_list(""),
            f"{_COMMON} file": self._add_file,
            f"{_COMMON} package": self._add,
        }

    def _begin(self, _: Mapping[str, str]) -> None:
        self.left -= _ELEMENTS_PER_PACKAGE
        self._now = _Package()

    def _select_list(self, kind: str) -> None:
        self._list = kind

    def _set_text(self, name: str, text: str) -> None:
        self._now.texts[name] = text

    def _add_file(self, path: str) -> None:
        self._now.files.append(path)

    def _version(self, attributes: Mapping[str, str]) -> None:
        epoch = _number(attributes.get("epoch", "0"))
        self._now.version = evr(epoch, attributes.get("ver", ""), attributes.get("rel", ""))

    def _size(self, attributes: Mapping[str, str]) -> None:
        self._now.sizes = {name: _number(attributes.get(name, "0")) for name in ("installed", "package")}

    def _entry(self, attributes: Mapping[str, str]) -> None:
        name = attributes.get("name", "")
        if self._list and name and len(name) <= _MAX_NAME:
            self._now.names.setdefault(self._list, set()).add(name)

    def _add(self, _: str) -> None:
        now = self._now
        if not now.texts.get("name") or not now.version.strip("-"):
            raise ValueError("a package has no name or version")
        self.found.append(
            RepositoryPackage(
                id=now.texts.get("id", ""),
                name=now.texts["name"],
                version=now.version,
                architecture=now.texts.get("arch", ""),
                installed_size=now.sizes.get("installed", 0),
                download_size=now.sizes.get("package", 0),
                source=now.texts.get("source", ""),
                provides=tuple(sorted(now.names.get("provides", ()))),
                requires=tuple(sorted(now.names.get("requires", ()))),
                files=tuple(sorted(now.files)),
            )
        )


class _Filelists(_Reader):
    root = f"{_FILES} filelists"

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, tuple[str, ...]]] = []
        self._id = ""
        self._paths: list[str] = []
        self.starts = {f"{_FILES} package": self._begin}
        self.ends = {f"{_FILES} file": self._add_path, f"{_FILES} package": self._add}

    def _begin(self, attributes: Mapping[str, str]) -> None:
        self.left -= _ELEMENTS_PER_PACKAGE
        self._id, self._paths = attributes.get("pkgid", ""), []

    def _add_path(self, text: str) -> None:
        self._paths.append(text)

    def _add(self, _: str) -> None:
        self.found.append((self._id, tuple(self._paths)))


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 20):
        raise ValueError(f"invalid number: {text[:20]!r}")
    return int(text)


def _parse(reader: _Reader, chunks: Iterable[bytes]) -> None:
    for _ in _parse_chunks(reader, chunks):
        pass


def _parse_chunks(reader: _Reader, chunks: Iterable[bytes]) -> Iterator[None]:
    """Parse a document. Yield after each chunk, so that the caller can take what was found."""
    parser = expat.ParserCreate("utf-8", namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.add_text
    parser.StartDoctypeDeclHandler = _refuse
    parser.EntityDeclHandler = _refuse
    for chunk in chain(chunks, [None]):
        try:
            parser.Parse(chunk or b"", chunk is None)
        except expat.ExpatError as error:
            raise MalformedError(expat.ErrorString(error.code), where=f"line {error.lineno}") from error
        except ValueError as error:
            raise MalformedError(str(error), where=f"line {parser.CurrentLineNumber}") from error
        yield


def _refuse(*_: object) -> None:
    raise ValueError("document types and entities are not allowed")
