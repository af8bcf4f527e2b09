"""The catalogue of findings: all that `audit` and `verify` report, each with a code that never changes its meaning.

docs/checks.md explains each. A code is never used again for something else.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Severity(Enum):
    """How bad a finding is."""

    ERROR = "error"
    """Something fails, or is not what was committed."""
    WARNING = "warning"
    """Something works by luck, or stops working on another system."""
    NOTE = "note"
    """Something to know."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One kind of finding."""

    code: str
    """`SD001`."""
    name: str
    """`unresolved-import`."""
    severity: Severity
    """How bad such a finding is; `verify` makes a warning of one that no import meets."""
    summary: str
    """What such findings are, in a line."""
    kind: str = ""
    """The word of `verify` for it; empty if `verify` does not report it."""


UNRESOLVED_IMPORT = Entry(
    code="SD001",
    name="unresolved-import",
    severity=Severity.ERROR,
    summary="A library that an import needs, and that nothing has",
)
UNRESOLVED_OTHER = Entry(
    code="SD002",
    name="unresolved-other",
    severity=Severity.NOTE,
    summary="Something that a plugin or a call by name needs, and that nothing has",
)
UNOWNED_LIBRARY = Entry(
    code="SD003",
    name="unowned-library",
    severity=Severity.WARNING,
    summary="A system library that no binary package owns: it must be copied into the image by hand",
)
UNREACHABLE_LIBRARY = Entry(
    code="SD004",
    name="unreachable-library",
    severity=Severity.ERROR,
    summary="A library that an import needs lies in the environment, where the loader does not look",
)
OVERLAPPING_FILES = Entry(
    code="SD005",
    name="overlapping-files",
    severity=Severity.WARNING,
    summary="Files that two distributions claim: installing or removing one breaks the other",
)
LIBRARY_TWICE = Entry(
    code="SD006",
    name="library-twice",
    severity=Severity.WARNING,
    summary="Two copies of one library that one Python process may load",
)
VENDORED_AND_SYSTEM = Entry(
    code="SD007",
    name="vendored-and-system",
    severity=Severity.NOTE,
    summary="A library that one distribution brings, and another takes from a binary package",
)
FOREIGN_FILE = Entry(
    code="SD008",
    name="foreign-file",
    severity=Severity.WARNING,
    summary="An object for another architecture or C library: this interpreter cannot load it",
    kind="foreign-file",
)
RELATIVE_SEARCH_PATH = Entry(
    code="SD009",
    name="relative-search-path",
    severity=Severity.WARNING,
    summary="An empty or relative element of DT_RPATH or DT_RUNPATH: the loader looks where the program was started",
)
BUILD_HOST_SEARCH_PATH = Entry(
    code="SD010",
    name="build-host-search-path",
    severity=Severity.NOTE,
    summary="An absolute element of DT_RPATH or DT_RUNPATH: a folder of the machine where it was built",
)
WORLD_WRITABLE_SEARCH_PATH = Entry(
    code="SD011",
    name="world-writable-search-path",
    severity=Severity.ERROR,
    summary="A search path that leads into a folder where everybody can write",
)
EXECUTABLE_STACK = Entry(
    code="SD012",
    name="executable-stack",
    severity=Severity.WARNING,
    summary="An object that asks for an executable stack, which takes a protection from the whole process",
)
EXECUTABLE_STACK_REFUSED = Entry(
    code="SD013",
    name="executable-stack-refused",
    severity=Severity.ERROR,
    summary="An object that asks for an executable stack, which this glibc refuses: it cannot be loaded",
)
TEXT_RELOCATIONS = Entry(
    code="SD014",
    name="text-relocations",
    severity=Severity.WARNING,
    summary="An object whose code the loader has to change: its pages are not shared, and hardened systems refuse it",
)
NEWER_GLIBC_THAN_PROMISED = Entry(
    code="SD015",
    name="newer-glibc-than-promised",
    severity=Severity.WARNING,
    summary="A wheel that needs a newer glibc than its tag promises",
)
NEWER_GLIBC_THAN_INSTALLED = Entry(
    code="SD016",
    name="newer-glibc-than-installed",
    severity=Severity.ERROR,
    summary="An object that needs a newer glibc than the system has",
    kind="missing-version",
)
LIBRARY_OUTSIDE_TAG = Entry(
    code="SD017",
    name="library-outside-tag",
    severity=Severity.WARNING,
    summary="A wheel that takes a library from the system which its tag does not allow",
)
STALE_LOCK = Entry(
    code="SD018",
    name="stale-lock",
    severity=Severity.ERROR,
    summary="The lock is not what the environment would give",
)
MISSING_SYMBOL_VERSION = Entry(
    code="SD019",
    name="missing-symbol-version",
    severity=Severity.ERROR,
    summary="An object that needs a symbol version which the library that is found lacks",
    kind="missing-version",
)
MISSING_FILE = Entry(
    code="SD020",
    name="missing-file",
    severity=Severity.WARNING,
    summary="Shared objects that a record lists and that are not there",
    kind="missing-file",
)
MISSING_IN_IMAGE = Entry(
    code="SD021",
    name="missing-in-image",
    severity=Severity.ERROR,
    summary="A library, program or package that is needed, and that is not in the image",
    kind="missing",
)
STALE_LOADER_CACHE = Entry(
    code="SD022",
    name="stale-loader-cache",
    severity=Severity.ERROR,
    summary="A library that is in the image, and that ld.so.cache does not know",
    kind="stale-cache",
)
UNDEFINED_SYMBOL = Entry(
    code="SD023",
    name="undefined-symbol",
    severity=Severity.ERROR,
    summary="A symbol that an import needs, and that nothing in the image defines",
    kind="missing-symbol",
)
OLD_PACKAGE = Entry(
    code="SD024",
    name="old-package",
    severity=Severity.ERROR,
    summary="A binary package that is older than the lock allows",
    kind="old-package",
)
NOT_LOCKED = Entry(
    code="SD025",
    name="not-locked",
    severity=Severity.ERROR,
    summary="The environment in the image is not the one that was locked",
    kind="not-locked",
)
FIND_LIBRARY_FAILS = Entry(
    code="SD026",
    name="find-library-fails",
    severity=Severity.ERROR,
    summary="A library that is in the image, and that `ctypes.util.find_library` does not find",
    kind="find-library",
)
OLDER_CPU = Entry(
    code="SD027",
    name="older-cpu",
    severity=Severity.WARNING,
    summary="Something that only this machine's CPU makes work",
    kind="older-cpu",
)
NO_INTERPRETER = Entry(
    code="SD028",
    name="no-interpreter",
    severity=Severity.ERROR,
    summary="No Python in the image runs the environment: there is none, or it is of another version",
    kind="no-interpreter",
)
PACKAGE_WITHOUT_SOURCE = Entry(
    code="SD029",
    name="package-without-source",
    severity=Severity.WARNING,
    summary="A needed package that is installed, and that no configured source has",
)
PACKAGE_BEYOND_RELEASE = Entry(
    code="SD030",
    name="package-beyond-release",
    severity=Severity.WARNING,
    summary="A needed package that is installed in a newer version than every source of the release has",
)

CATALOGUE = (
    UNRESOLVED_IMPORT,
    UNRESOLVED_OTHER,
    UNOWNED_LIBRARY,
    UNREACHABLE_LIBRARY,
    OVERLAPPING_FILES,
    LIBRARY_TWICE,
    VENDORED_AND_SYSTEM,
    FOREIGN_FILE,
    RELATIVE_SEARCH_PATH,
    BUILD_HOST_SEARCH_PATH,
    WORLD_WRITABLE_SEARCH_PATH,
    EXECUTABLE_STACK,
    EXECUTABLE_STACK_REFUSED,
    TEXT_RELOCATIONS,
    NEWER_GLIBC_THAN_PROMISED,
    NEWER_GLIBC_THAN_INSTALLED,
    LIBRARY_OUTSIDE_TAG,
    STALE_LOCK,
    MISSING_SYMBOL_VERSION,
    MISSING_FILE,
    MISSING_IN_IMAGE,
    STALE_LOADER_CACHE,
    UNDEFINED_SYMBOL,
    OLD_PACKAGE,
    NOT_LOCKED,
    FIND_LIBRARY_FAILS,
    OLDER_CPU,
    NO_INTERPRETER,
    PACKAGE_WITHOUT_SOURCE,
    PACKAGE_BEYOND_RELEASE,
)
"""Every entry, by code."""
