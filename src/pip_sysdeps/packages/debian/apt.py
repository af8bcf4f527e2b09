"""Download and verify the Packages and Contents indices of the configured sources with apt.

Everything goes into a private state folder: the lists, caches and hooks of the system are not touched. The sources,
their keys, proxies and credentials are apt's own configuration: apt.conf(5), sources.list(5).
"""

from __future__ import annotations

import os
import subprocess
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pip_sysdeps.errors import MalformedError, SysdepsError
from pip_sysdeps.packages.debian.apt_progress import parse_progress
from pip_sysdeps.packages.debian.contents import MAX_LINE
from pip_sysdeps.packages.debian.release_file import parse_release
from pip_sysdeps.packages.unpacked import unpacked_limit
from pip_sysdeps.printing import printable
from pip_sysdeps.system.programs import APT_GET, APT_HELPER, read_lines, read_parts, run, start
from pip_sysdeps.system.progress import task

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pip_sysdeps.system.progress import Task

_CONFIGURATION = """
#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
#clear Acquire::IndexTargets;
#clear APT::Architectures;
APT::Get::List-Cleanup "false";
Acquire::Languages "none";
Acquire::GzipIndexes "true";
quiet "0";
"""
"""Read after the system's configuration: no hooks, no indices for other programs (apt-file,
appstream), no clean-up between the runs, compressed lists, and progress although stdout
is a pipe."""

_PACKAGES = """
Acquire::IndexTargets::deb::Packages {
  MetaKey "$(COMPONENT)/binary-$(ARCHITECTURE)/Packages";
  ShortDescription "Packages";
  Description "$(RELEASE)/$(COMPONENT) $(ARCHITECTURE) Packages";
  flatMetaKey "Packages";
  flatDescription "$(RELEASE) Packages";
  Optional "false";
};
"""
"""apt's default definition (apt-config dump)."""

_CONTENTS = """
Acquire::IndexTargets::deb::pip-sysdeps-contents-{architecture} {{
  MetaKey "$(COMPONENT)/Contents-{architecture}";
  ShortDescription "Contents-{architecture}";
  Description "$(RELEASE)/$(COMPONENT) Contents-{architecture}";
  flatMetaKey "Contents-{architecture}";
  flatDescription "$(RELEASE) Contents-{architecture}";
  PDiffs "false";
  KeepCompressedAs "gz";
  Identifier "pip-sysdeps-contents";
}};
Acquire::IndexTargets::deb::pip-sysdeps-contents-{architecture}-all-components {{
  MetaKey "Contents-{architecture}";
  ShortDescription "Contents-{architecture}";
  Description "$(RELEASE) Contents-{architecture}";
  PDiffs "false";
  KeepCompressedAs "gz";
  Identifier "pip-sysdeps-contents-all-components";
}};
"""
"""apt-file's definitions, for one architecture only: one bad index makes apt drop all indices of its Release file.

Debian has one Contents index for each component, Ubuntu one for all components, in the folder of the release.
"""

_FORMAT = "\t".join(f"$({name})" for name in ("IDENTIFIER", "TRUSTED", "METAKEY", "FILENAME"))
"""It has no field of a Release file: a value could contain a tab, the separator."""
_MAX_RELEASE = 1 << 24
"""Bytes of a Release file; that of Debian unstable has about 200,000."""
_MAX_INDEX = 1 << 33
"""Bytes of one index, decompressed; the Contents of Debian unstable have about a twentieth."""
_MAX_LINE = 1 << 12
"""Bytes of one line of apt's output."""
_MOST_LINES = 1000
"""Limit on the complaints that are kept."""
_KINDS = {
    "Packages": "Packages",
    "pip-sysdeps-contents": "Contents",
    "pip-sysdeps-contents-all-components": "Contents",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class AptIndex:
    """One downloaded and verified index."""

    kind: str
    """`Packages`, `Contents`, or `Contents-all`: the files of the packages that fit every architecture."""
    path: str
    """Its file, compressed, on this machine."""
    codename: str
    """`Codename` of its Release file; empty without one."""
    suite: str
    """`Suite` of its Release file."""
    origin: str
    """`Origin` of its Release file: `Debian`."""
    date: str
    """`Date` of its Release file, as written there."""
    version: str
    """`Version` of its Release file: `13.1`; empty without one."""
    automatic: bool
    """Whether apt installs from it by default: no `NotAutomatic`, which backports have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Apt:
    """apt with a private state folder."""

    folder: str
    """The private folder for its configuration; it must exist."""
    state: str
    """The private folder for downloads, which are continued; it must exist."""
    architecture: str
    """The architecture of its packages: `arm64`."""
    settings: tuple[tuple[str, str], ...] = ()
    """Additional configuration, by name: `Dir::Etc::sourceparts`."""

    @property
    def lists(self) -> str:
        """The folder that it downloads into."""
        return os.path.join(self.state, "state/lists")

    def update(self) -> tuple[str, ...]:
        """Download and verify the indices; return apt's complaints about those that failed.

        Packages come first, then Contents of the architecture, then those of `all`, in separate runs, so that a bad one
        does not affect the others.

        Lists of an earlier run are updated in one run, because apt compares an index with a new Release file only in
        the run that downloads this file. If a download fails, the old lists are removed: apt would continue to use
        them.
        """
        runs = self._targets()
        if self._old_lists():
            found = self._update("".join(runs))
            if not any(map(_is_download_failure, found)):
                return found
            for path in self._old_lists():
                os.unlink(path)
        complaints = [self._update(extra) for extra in runs]
        return tuple(dict.fromkeys(line for lines in complaints for line in lines))

    def _targets(self) -> list[str]:
        return [_PACKAGES, *(_CONTENTS.format(architecture=contents) for contents in (self.architecture, "all"))]

    def _old_lists(self) -> list[str]:
        """Return the paths of the lists, without partial downloads."""
        try:
            names = set(os.listdir(self.lists)) - {"lock", "partial", "auxfiles"}
        except FileNotFoundError:
            return []
        return [os.path.join(self.lists, name) for name in sorted(names)]

    def indices(self) -> tuple[AptIndex, ...]:
        """Return the available indices."""
        path = self._configure("".join(self._targets()))
        listed = run(APT_GET, ["-c", path, "indextargets", "--format", _FORMAT])
        lines = listed.stdout.decode("utf-8", "replace").splitlines()
        found = (index for line in lines if (index := _index(line.split("\t"))) is not None)
        return tuple({index.path: index for index in found}.values())

    def _update(self, extra: str) -> tuple[str, ...]:
        """Run `apt-get update` with additional configuration; show its progress and return its complaints."""
        complaints: list[str] = []
        command = ["-c", self._configure(extra), "update"]
        with start(APT_GET, command, stderr=subprocess.STDOUT) as process, task("downloading indices") as each:
            for piece in read_parts(process.stdout, _MAX_LINE):
                line = piece.decode("utf-8", "replace").rstrip()
                each.what = parse_progress(line) or each.what
                if line.startswith(("E:", "W:")) and "were not able" not in line:
                    complaints.append(line)
        return tuple(complaints[:_MOST_LINES])

    def _configure(self, extra: str) -> str:
        """Write the configuration that apt reads after the system's, and return its path."""
        for name in ("state/lists/partial", "cache/archives/partial"):
            os.makedirs(os.path.join(self.state, name), exist_ok=True)
        settings = (
            ("Dir::State", f"{self.state}/state"),
            ("Dir::State::status", "/dev/null"),
            ("Dir::Cache", f"{self.state}/cache"),
            ("APT::Architecture", self.architecture),
            ("APT::Architectures::", self.architecture),
            *self.settings,
        )
        path = os.path.join(self.folder, "apt.conf")
        with open(path, "w", encoding="utf-8") as file:
            file.write(_CONFIGURATION + extra + "".join(_format_setting(name, value) for name, value in settings))
        return path


def _is_download_failure(complaint: str) -> bool:
    """Return whether a complaint says that a download or verification failed.

    Other warnings (a key in a deprecated place, a source that is configured twice) are harmless.
    """
    words = ("Failed to fetch", "failed to download", "GPG error", "previous index files will be used")
    return complaint.startswith("E:") or any(each in complaint for each in words)


def _format_setting(name: str, value: str) -> str:
    """Return one line of apt.conf(5), whose values can have neither quotation marks nor backslashes."""
    if not value.isprintable() or '"' in value or "\\" in value:
        is_path = name.startswith("Dir::")
        hint = (
            "set TMPDIR to a folder with a plain name" if is_path else "name an architecture of Debian, as in `amd64`"
        )
        raise SysdepsError(f"apt's configuration cannot hold {value!a}", hint=hint)
    return f'{name} "{value}";\n'


def has_sources() -> bool:
    """Return whether this machine's apt has any source, downloaded or not. Source: apt-get(8), --no-release-info."""
    return bool(run(APT_GET, ["indextargets", "--no-release-info", "--format", "$(URI)"]).stdout.strip())


@contextmanager
def open_lines(index: AptIndex) -> Iterator[Iterator[bytes]]:
    """Yield the lines of an index, decompressed by apt's own helper, which supports every format that apt keeps.

    A line longer than MAX_LINE is cut to one byte more, so that the caller can detect it. Raise MalformedError for an
    index of more than 8 GiB, or of many times its size in apt's lists.
    """
    suite = index.suite if index.suite.startswith(index.codename) else index.codename  # bookworm, not oldstable
    reads = task(f"reading {printable(f'{suite} {index.kind}')}", unit="lines")
    with start(APT_HELPER, ["cat-file", index.path]) as process, reads as each:
        if process.stdout is None:
            raise SysdepsError(f"`{index.path}` cannot be read")
        limit = unpacked_limit(os.path.getsize(index.path), _MAX_INDEX)
        yield _limit_lines(read_lines(process.stdout, MAX_LINE + 1), index.path, limit, each)
        rest = process.stdout.read(1)
    if process.returncode and not rest:
        raise SysdepsError(f"apt-helper could not read `{index.path}`")


def _limit_lines(lines: Iterator[bytes], path: str, limit: int, reads: Task) -> Iterator[bytes]:
    """Yield the lines, and count them. Raise MalformedError when they have more than `limit` bytes together."""
    size = 0
    for line in lines:
        size += len(line)
        if size > limit:
            raise MalformedError(f"is larger than {limit} bytes").at(os.path.basename(path))
        reads.done += 1
        yield line


def _index(columns: list[str]) -> AptIndex | None:
    """Parse one line of `apt-get indextargets`; None for an index that is missing, unverified or not requested."""
    if len(columns) != 4:
        return None
    identifier, trusted, key, path = columns
    stem, found, _ = path.rpartition(key.replace("/", "_"))
    if identifier not in _KINDS or trusted != "yes" or not found or not os.path.exists(path):
        return None
    kind = _KINDS[identifier] + ("-all" if key.endswith("Contents-all") else "")
    release = _release_file(stem)
    return AptIndex(
        kind=kind,
        path=path,
        codename=release.get("Codename", ""),
        suite=release.get("Suite", ""),
        origin=release.get("Origin", ""),
        date=release.get("Date", ""),
        version=release.get("Version", ""),
        automatic=release.get("NotAutomatic") != "yes",
    )


def _release_file(stem: str) -> dict[str, str]:
    """Return the fields of the verified Release file; `stem` begins its name and the index's in apt's lists."""
    for name in ("InRelease", "Release"):
        try:
            with open(stem + name, "rb") as file:
                content = file.read(_MAX_RELEASE + 1)
        except FileNotFoundError:
            continue
        if len(content) > _MAX_RELEASE:
            raise MalformedError(f"is larger than {_MAX_RELEASE} bytes").at(os.path.basename(stem + name))
        return parse_release(content)
    return {}
