"""Parse the repositories of a system: `.repo` files of dnf, microdnf, yum and zypper.

Source: dnf.conf(5) and dnf5.conf(5), "Repo Options" and "Variables"; zypper(8), "Repository Management".
"""

from __future__ import annotations

import configparser
import re
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from pip_sysdeps.errors import MalformedError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Sections = dict[str, dict[str, str]]
"""The options of each section, by name; the names of options are in lower case."""

_MAIN = "main"
_TRUE, _FALSE = ("1", "yes", "true", "on"), ("0", "no", "false", "off")
_VARIABLE = re.compile(r"\$(?:([A-Za-z0-9_]+)|\{([A-Za-z0-9_]+)\})")
_LINE = re.compile(r"line:? *([0-9]+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Repository:
    """One configured repository."""

    id: str
    """Its section: `baseos`."""
    enabled: bool = True
    """`enabled`: whether packages are installed from it."""
    base: tuple[str, ...] = ()
    """`baseurl`: URLs of the same repository."""
    mirrorlist: str = ""
    """`mirrorlist`: the URL of a list of such URLs."""
    metalink: str = ""
    """`metalink`: the URL of a list of URLs of its `repomd.xml`, with checksums."""
    signed: bool = False
    """`repo_gpgcheck`: its metadata must be signed. zypper's default, not dnf's."""
    certificate: bool = False
    """`sslclientcert`: it needs a client certificate, as for subscribers."""
    unverified: bool = False
    """Whether `sslverify` is off: any server is trusted."""


def parse_repo_file(content: bytes) -> Sections:
    """Return the sections of a `.repo` file. Raise MalformedError, with the line, for another kind of file."""
    parser = configparser.RawConfigParser(
        strict=False, delimiters=("=",), comment_prefixes=("#", ";"), default_section="", empty_lines_in_values=False
    )
    try:
        parser.read_string(content.decode("utf-8"))
        return {name: dict(parser.items(name)) for name in parser.sections()}
    except configparser.Error as error:
        line = _LINE.search(str(error))
        raise MalformedError("not a repository file", where=f"line {line[1]}" if line else "") from error
    except UnicodeDecodeError as error:
        raise MalformedError("not UTF-8", where=f"offset {error.start}") from error


def with_overrides(sections: Mapping[str, Mapping[str, str]], overrides: Iterable[Sections]) -> Sections:
    """Return sections with the options of dnf5's overrides, whose section names may be patterns."""
    found = {name: dict(options) for name, options in sections.items()}
    for override in overrides:
        for pattern, options in override.items():
            for name in (each for each in found if fnmatchcase(each, pattern)):
                found[name] |= options
    return found


def repositories(
    sections: Mapping[str, Mapping[str, str]], main: Mapping[str, str], *, signed: bool
) -> tuple[Repository, ...]:
    """Return the repositories of sections, in order, without replacing variables.

    `main` has the options of dnf.conf(5) that apply to all. `signed` is the default for `repo_gpgcheck`.
    """
    return tuple(
        [_repository(name, {**main, **options}, signed) for name, options in sections.items() if name != _MAIN]
    )


def substitute_variables(repository: Repository, variables: Mapping[str, str]) -> Repository:
    """Return a repository with `$name` and `${name}` replaced in its URLs; an unknown variable is kept."""

    def substitute(text: str) -> str:
        return _VARIABLE.sub(lambda match: variables.get((match[1] or match[2]).lower(), match[0]), text)

    return replace(
        repository,
        base=tuple(map(substitute, repository.base)),
        mirrorlist=substitute(repository.mirrorlist),
        metalink=substitute(repository.metalink),
    )


def parse_mirrorlist(content: bytes) -> tuple[str, ...]:
    """Return the URLs of a mirror list, one per line; `#` begins a comment line."""
    lines = (line.strip() for line in content.decode("utf-8", "replace").splitlines())
    return tuple([line for line in lines if line and not line.startswith("#")])


def _repository(name: str, options: Mapping[str, str], signed: bool) -> Repository:
    must_sign = _flag(options.get("gpgcheck", ""), default=True) if signed else False
    return Repository(
        id=name,
        enabled=_flag(options.get("enabled", ""), default=True),
        base=tuple(options.get("baseurl", "").replace(",", " ").split()),
        mirrorlist=options.get("mirrorlist", "").strip(),
        metalink=options.get("metalink", "").strip(),
        signed=_flag(options.get("repo_gpgcheck", ""), default=must_sign),
        certificate=bool(options.get("sslclientcert", "").strip()),
        unverified=not _flag(options.get("sslverify", ""), default=True),
    )


def _flag(text: str, *, default: bool) -> bool:
    word = text.strip().lower()
    return word in _TRUE if word in (*_TRUE, *_FALSE) else default
