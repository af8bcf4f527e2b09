"""The dataclasses of `sysdeps.lock`, with a rule for each value; docs/lockfile.md explains them.

A lock is untrusted input: its names may become arguments of a package manager.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pip_sysdeps.lock.schema import pattern, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

LOCK_VERSION = "2.0"
"""The version that is written. Locks of version 1 can be read, too: see `lock.text`."""
WHENS = ("import", "plugin", "dlopen", "exec", "declared")
"""The values of `when`, the strongest first."""


def _is_one_word(text: str) -> bool:
    return text.isprintable() and not any(map(str.isspace, text))


_TEXT = rule("printable text", str.isprintable)
_SONAME = rule("soname", _is_one_word)
_VERSION = rule("version", _is_one_word)
_WORD = pattern("word", r"[A-Za-z0-9][A-Za-z0-9._+-]{0,99}")
_ID = pattern("target id (lower-case letters, digits and . _ + -)", r"[a-z0-9][a-z0-9._+-]{0,199}")
_DISTRIBUTION = pattern("normalized distribution name", r"[a-z0-9]+(?:-[a-z0-9]+)*")
_WHEEL = pattern("wheel tag", r"[A-Za-z0-9_.]+-[A-Za-z0-9_.]+-[A-Za-z0-9_.]+")
_LIBC_VERSION = pattern("version of a C library", r"[0-9]{1,4}(?:\.[0-9]{1,4})+")
_PACKAGE = rule("system package name", _is_one_word)
_INSTALLED = rule("system package name or capability", _is_one_word)
_PACKAGE_VERSION = rule("system package version", _is_one_word)
"""`lock.rules` also checks these three with the rules of the target's package manager."""
_SNAPSHOT = pattern("date of an archive snapshot (20240812T000000Z)", r"[0-9]{8}T[0-9]{6}Z")


def is_target_id(text: str) -> bool:
    """Return whether a text is a valid target id."""
    return bool(_ID["rule"].is_valid(text))


def is_word(text: str) -> bool:
    """Return whether a text can be a distribution, release or architecture of a target."""
    return bool(_WORD["rule"].is_valid(text))


@dataclass(frozen=True, slots=True, kw_only=True)
class LockedNeed:
    """One need of a distribution: one of the first four fields has its name, one of the next three its provider.

    A package that the policy adds has no name.
    """

    soname: str = field(default="", metadata=_SONAME)
    """The needed name of an ELF file."""
    any_of: tuple[str, ...] = field(default=(), metadata=_SONAME)
    """Several sonames; the first that a binary package has answers."""
    program: str = field(default="", metadata=_TEXT)
    """A program that the distribution runs."""
    file: str = field(default="", metadata=_TEXT)
    """A file that the distribution reads."""
    package: str = field(default="", metadata=_PACKAGE)
    """The system package that provides it."""
    capability: str = field(default="", metadata=_INSTALLED)
    """The capability to install instead of a package: `so:libGL.so.1`, `libGL.so.1()(64bit)`."""
    class_: str = field(default="", metadata=_WORD)
    """The kind of provider, if it is not a package: `host`, `unowned`, `distribution`, `ignored`, or a later
    version's."""
    path: str = field(default="", metadata=_TEXT)
    """For class `unowned`: the file to copy."""
    distribution: str = field(default="", metadata=_DISTRIBUTION)
    """For class `distribution`: the distribution that provides it."""
    when: str = field(metadata=_WORD)
    """One of `WHENS`, or a later version's, which is never in the install line."""
    plugin: str = field(default="", metadata=_TEXT)
    """The pattern that chose the plugin with this need, which is then in the install line."""
    by: tuple[str, ...] = field(default=(), metadata=_TEXT)
    """Up to three of the files that need it, relative to the folder of the `.dist-info`; sorted."""
    by_more: int = 0
    """How many more files need it."""
    confidence: str = field(default="", metadata=_WORD)
    """The certainty of a need that no ELF file states: `high` or `medium`; `low` only in locks of version 1."""
    optional: bool = False
    """Whether nothing fails without it. It is in the install line if a package provides it."""
    unchecked: bool = False
    """Whether no repository metadata confirmed the capability."""
    policy: bool = False
    """Whether the project's policy added or changed it."""
    note: str = field(default="", metadata=_TEXT)
    """Free text for the reader."""

    @property
    def name(self) -> str:
        """Return what is needed, for messages."""
        return self.soname or " or ".join(self.any_of) or self.program or self.file or self.installed

    @property
    def is_mandatory(self) -> bool:
        """Whether an import or a chosen plugin needs it."""
        return self.when == "import" or bool(self.plugin)

    @property
    def installed(self) -> str:
        """Return its entry in the install line: a package or a capability; empty for another kind of provider."""
        return self.package or self.capability


@dataclass(frozen=True, slots=True, kw_only=True)
class LockedBase:
    """The needs that one base package provides. Every image of the release has it."""

    package: str = field(metadata=_PACKAGE)
    """Its name."""
    sonames: tuple[str, ...] = field(default=(), metadata=_SONAME)
    """The needed names; sorted."""
    programs: tuple[str, ...] = field(default=(), metadata=_TEXT)
    """The programs; sorted."""
    files: tuple[str, ...] = field(default=(), metadata=_TEXT)
    """The files; sorted."""

    def needs(self) -> Iterator[LockedNeed]:
        """Yield each soname, program and file as a `LockedNeed`."""
        yield from (LockedNeed(soname=name, package=self.package, when="import") for name in self.sonames)
        yield from (LockedNeed(program=name, package=self.package, when="import") for name in self.programs)
        yield from (LockedNeed(file=name, package=self.package, when="import") for name in self.files)


@dataclass(frozen=True, slots=True, kw_only=True)
class LockedDistribution:
    """One installed Python distribution that needs or vendors libraries."""

    name: str = field(metadata=_DISTRIBUTION)
    """Normalized name."""
    version: str = field(default="", metadata=_VERSION)
    """Its version; absent for an editable install."""
    wheel: str = field(default="", metadata=_WHEEL)
    """The wheel's tags, compressed, each part sorted."""
    source: str = field(default="", metadata=_TEXT)
    """`local`, `editable`, `vcs`, or package manager and package (`dpkg:python3-foo`); absent for an index."""
    vendored: tuple[str, ...] = field(default=(), metadata=_TEXT)
    """Folders with its own libraries; sorted."""
    when: tuple[str, ...] = field(default=(), metadata=_WORD)
    """The policy's `when` for this distribution, instead of the target's."""
    needs: tuple[LockedNeed, ...] = field(default=(), metadata={"of": LockedNeed, "rows": True})
    """By name; those of the install line."""
    offered: tuple[LockedNeed, ...] = field(default=(), metadata={"of": LockedNeed, "rows": True})
    """By name; those outside the install line."""
    base: tuple[LockedBase, ...] = field(default=(), metadata={"of": LockedBase, "rows": "together"})
    """By package; those that base packages answer."""

    def all_needs(self) -> Iterator[LockedNeed]:
        """Yield the needs of `needs`, `offered` and `base`."""
        yield from _all_needs(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class LockedFile:
    """An ELF file that no RECORD lists."""

    file: str = field(metadata=_TEXT)
    """The file, relative to the environment's prefix."""
    needs: tuple[LockedNeed, ...] = field(default=(), metadata={"of": LockedNeed, "rows": True})
    """By name; those of the install line."""
    offered: tuple[LockedNeed, ...] = field(default=(), metadata={"of": LockedNeed, "rows": True})
    """By name; those outside the install line."""
    base: tuple[LockedBase, ...] = field(default=(), metadata={"of": LockedBase, "rows": "together"})
    """By package; those that base packages answer."""

    def all_needs(self) -> Iterator[LockedNeed]:
        """Yield the needs of `needs`, `offered` and `base`."""
        yield from _all_needs(self)


def _all_needs(holder: LockedDistribution | LockedFile) -> Iterator[LockedNeed]:
    yield from (*holder.needs, *holder.offered, *(need for each in holder.base for need in each.needs()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Unresolved:
    """A need without a provider; one of the first four fields has its name."""

    soname: str = field(default="", metadata=_SONAME)
    """As in `LockedNeed`."""
    any_of: tuple[str, ...] = field(default=(), metadata=_SONAME)
    """As in `LockedNeed`."""
    program: str = field(default="", metadata=_TEXT)
    """As in `LockedNeed`."""
    file: str = field(default="", metadata=_TEXT)
    """As in `LockedNeed`."""
    when: str = field(metadata=_WORD)
    """As in `LockedNeed`."""
    plugin: str = field(default="", metadata=_TEXT)
    """As in `LockedNeed`."""
    distribution: str = field(default="", metadata=_DISTRIBUTION)
    """The distribution that needs it; absent for a file that no RECORD lists."""
    by: tuple[str, ...] = field(default=(), metadata=_TEXT)
    """As in `LockedNeed`."""
    by_more: int = 0
    """As in `LockedNeed`."""
    note: str = field(default="", metadata=_TEXT)
    """Why it is unresolved."""

    @property
    def name(self) -> str:
        """Return what is needed, for messages."""
        return self.soname or " or ".join(self.any_of) or self.program or self.file

    @property
    def is_mandatory(self) -> bool:
        """Whether an import or a chosen plugin needs it."""
        return self.when == "import" or bool(self.plugin)


@dataclass(frozen=True, slots=True, kw_only=True)
class LockedPackage:
    """One binary package that the target's needs name."""

    name: str = field(metadata=_PACKAGE)
    """Its name; with `:arch` only for a foreign architecture."""
    base: bool = False
    """Whether every image of the release has it."""
    min: str = field(default="", metadata=_PACKAGE_VERSION)
    """The minimum version with every symbol that is used."""
    version: str = field(default="", metadata=_PACKAGE_VERSION)
    """The pinned version, after `lock --pin` only."""
    provides: tuple[str, ...] = field(default=(), metadata=_INSTALLED)
    """The symbol versions of its libraries that are used, as capabilities; sorted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One environment on one release and architecture: one self-contained block of the file."""

    id: str = field(metadata=_ID)
    """`<distro>-<codename, else release>-<architecture>[-<name>]`."""
    distro: str = field(metadata=_WORD)
    """`ID` of os-release."""
    release: str = field(default="", metadata=_WORD)
    """`VERSION_ID` of os-release; absent for Debian testing."""
    architecture: str = field(metadata=_WORD)
    """In the package manager's words."""
    package_manager: str = field(metadata=_WORD)
    """`dpkg`, `rpm`, `apk`, or one of a later version, for which no install line can be printed."""
    libc: str = field(metadata=_WORD)
    """`glibc` or `musl`."""
    python: str = field(metadata=_WORD)
    """ABI tag of the interpreter."""
    needs_glibc: str = field(default="", metadata=_LIBC_VERSION)
    """Newest `GLIBC_` version that any file needs."""
    needs_glibc_by: str = field(default="", metadata=_TEXT)
    """The first distribution (or file without one) that needs it."""
    needs_musl: str = field(default="", metadata=_LIBC_VERSION)
    """Newest musl version that any wheel is built for; only for a target with musl."""
    needs_musl_by: str = field(default="", metadata=_TEXT)
    """The first distribution that needs it."""
    library_path: tuple[str, ...] = field(default=(), metadata=_TEXT)
    """The project's `library-path`, in the order of the search."""
    when: tuple[str, ...] = field(default=(), metadata=_WORD)
    """The policy's `when`, which selects the install line; absent for the default."""
    snapshot: str = field(default="", metadata=_SNAPSHOT)
    """The date of the archive snapshot in the build stage's sources, after `lock --pin` only."""
    note: str = field(default="", metadata=_TEXT)
    """The source of the names of packages that are not installed; absent with an index of the target."""
    installs: tuple[str, ...] = field(default=(), metadata={**_INSTALLED, "rows": True})
    """The default install line: packages and capabilities; sorted."""
    unresolved: tuple[Unresolved, ...] = field(default=(), metadata={"of": Unresolved, "rows": True})
    """By name and distribution."""
    package: tuple[LockedPackage, ...] = field(default=(), metadata={"of": LockedPackage, "rows": True})
    """By name; every package of the block once. The file omits entries that other rows imply, with only
    a name, or only `base`."""
    distribution: tuple[LockedDistribution, ...] = field(default=(), metadata={"of": LockedDistribution})
    """By name."""
    unattributed: tuple[LockedFile, ...] = field(default=(), metadata={"of": LockedFile})
    """By file."""

    def needs(self) -> Iterator[tuple[str, LockedNeed]]:
        """Yield every need with the distribution, or the unattributed file, that has it."""
        for distribution in self.distribution:
            yield from ((distribution.name, need) for need in distribution.all_needs())
        for file in self.unattributed:
            yield from ((file.file, need) for need in file.all_needs())

    def entries(self) -> tuple[LockedPackage, ...]:
        """Return the packages, and an entry for each capability."""
        capabilities = sorted({need.capability for _, need in self.needs()} - {""})
        return (*self.package, *(LockedPackage(name=name) for name in capabilities))

    @property
    def relevant_note(self) -> str:
        """Return `note` if a need is unresolved; otherwise an empty string."""
        return self.note if self.unresolved else ""

    def holders(self) -> tuple[LockedDistribution | LockedFile, ...]:
        """Return the distributions and files with needs."""
        return (*self.distribution, *self.unattributed)

    @property
    def base(self) -> frozenset[str]:
        """Return the packages that every image of the release has."""
        marked = {each.name for each in self.package if each.base}
        return frozenset(marked.union(each.package for holder in self.holders() for each in holder.base))


@dataclass(frozen=True, slots=True, kw_only=True)
class Lockfile:
    """A whole lock."""

    lock_version: str = LOCK_VERSION
    """Major and minor version of the format."""
    target: tuple[Target, ...] = field(default=(), metadata={"of": Target})
    """By id."""

    def find(self, name: str) -> Target | None:
        """Return the target of this id."""
        return next((each for each in self.target if each.id == name), None)

    @property
    def is_old(self) -> bool:
        """Return whether it has an earlier major version, which `lock` updates."""
        return _major(self.lock_version) < _major(LOCK_VERSION)

    def warning(self) -> str:
        """Return a warning about a lock of a later version; empty for this version."""
        if self.is_old or self.lock_version == LOCK_VERSION:
            return ""
        return f"lock-version is {self.lock_version}, newer than {LOCK_VERSION}: what it adds is ignored"


def _major(version: str) -> int:
    return int(version.partition(".")[0])
