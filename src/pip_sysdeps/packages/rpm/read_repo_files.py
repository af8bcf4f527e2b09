"""Read the configured repositories of a root."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

from pip_sysdeps.errors import MalformedError
from pip_sysdeps.packages.rpm.architectures import base_architecture
from pip_sysdeps.packages.rpm.repo_file import parse_repo_file, repositories, substitute_variables, with_overrides

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pip_sysdeps.packages.rpm.database import RpmDatabase
    from pip_sysdeps.packages.rpm.repo_file import Repository, Sections
    from pip_sysdeps.system.root import Root

_DNF = ("/etc/yum.repos.d", "/etc/distro.repos.d", "/usr/share/dnf5/repos.d")
"""Of files with the same name, the first counts."""
_ZYPPER = ("/etc/zypp/repos.d",)
_OVERRIDES = ("/etc/dnf/repos.override.d", "/usr/share/dnf5/repos.override.d")
_MAIN = ("/etc/dnf/dnf.conf", "/etc/yum.conf")
_VARIABLES = ("/etc/dnf/vars", "/etc/yum/vars", "/usr/share/dnf5/vars.d")
"""Source: dnf5.conf(5), "Files"; dnf.conf(5); libzypp's `zypp.conf`."""
_RELEASE = (
    "system-release(releasever)",
    "system-release",
    "distribution-release(releasever)",
    "distribution-release",
    "redhat-release",
    "suse-release",
)
"""Capabilities for `$releasever`; the first that is installed counts. Source: libdnf5's `DISTROVERPKGS`."""
_SHARED = ("sslverify", "repo_gpgcheck", "gpgcheck", "sslclientcert")
"""Options of [main] that apply to each repository."""
_MAX_FILE = 1 << 20


def read_repositories(root: Root, variables: Mapping[str, str]) -> tuple[Repository, ...]:
    """Return the configured repositories of a root, enabled or not; the first of several with one id.

    Raise MalformedError, with file and line, for an invalid file, SysdepsError for one that cannot be read.
    """
    overrides = [_parse_file(root, path) for path in _files(root, _OVERRIDES)]
    main = next((_parse_file(root, path).get("main", {}) for path in _MAIN if root.is_file(path)), {})
    shared = {name: main[name] for name in _SHARED if name in main}
    found: dict[str, Repository] = {}
    for folders, signed in ((_DNF, False), (_ZYPPER, True)):
        for path in _files(root, folders):
            sections = with_overrides(_parse_file(root, path), overrides)
            for each in repositories(sections, {} if signed else shared, signed=signed):
                found.setdefault(each.id, substitute_variables(each, variables))
    return tuple(found.values())


def read_variables(
    root: Root, database: RpmDatabase | None, *, release: str, architecture: str, suite: str = ""
) -> dict[str, str]:
    """Return the variables of URLs by name, in lower case.

    `release` is the system's VERSION_ID, used if no installed package states the release; `suite` overrides both.
    """
    found: dict[str, str] = {}
    for path in _files(root, _VARIABLES, ending=""):
        lines = _read(root, path).decode("utf-8", "replace").splitlines()
        found[path.rpartition("/")[2].lower()] = lines[0].strip() if lines else ""
    number = suite or (release_version(database) if database else "") or release
    major, _, minor = number.partition(".")
    found |= {"releasever": number, "releasever_major": major, "releasever_minor": minor}
    return found | {"arch": architecture, "basearch": base_architecture(architecture)}


def release_version(database: RpmDatabase) -> str:
    """Return `$releasever`: the version of the release capability, else of its provider; empty without one."""
    for name in _RELEASE:
        for key in database.providers(name):
            package = database.packages[key]
            stated = next((each.version for each in package.provided if each.name == name and "(" in name), "")
            return stated or package.version.rpartition(":")[2].partition("-")[0]
    return ""


def sources_key(root: Root) -> str:
    """Return a hash of the files that configure a root's repositories."""
    digest = sha256()
    paths = [*_files(root, (*_DNF, *_ZYPPER)), *_files(root, _OVERRIDES), *_files(root, _VARIABLES, ending="")]
    for path in (*paths, *(each for each in _MAIN if root.is_file(each))):
        content = _read(root, path)
        digest.update(f"{path}\0{len(content)}\0".encode("utf-8", "surrogateescape") + content)
    return digest.hexdigest()


def _files(root: Root, folders: tuple[str, ...], ending: str = ".repo") -> list[str]:
    """Return the files of several folders by name. Of files with the same name, the first counts."""
    found: dict[str, str] = {}
    for folder in folders:
        for name in root.names(folder):
            if name.endswith(ending) and root.is_file(f"{folder}/{name}"):
                found.setdefault(name, f"{folder}/{name}")
    return [found[name] for name in sorted(found)]


def _parse_file(root: Root, path: str) -> Sections:
    try:
        return parse_repo_file(_read(root, path))
    except MalformedError as error:
        raise error.at(path, hint="dnf.conf(5) has the format") from error


def _read(root: Root, path: str) -> bytes:
    return root.read_required(path, _MAX_FILE)
