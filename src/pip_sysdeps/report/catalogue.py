"""Define the catalogue of findings: every kind that `audit` and `verify` report has a stable code.

docs/checks.md explains each. A code is never reused.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Severity(Enum):
    """The severity of a finding."""

    ERROR = "error"
    """Something fails, or differs from what was committed."""
    WARNING = "warning"
    """Something works by accident, or fails on another system."""
    NOTE = "note"
    """Information only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One kind of finding."""

    code: str
    """Its stable code, such as `SD001`."""
    name: str
    """Its name, such as `unresolved-import`."""
    severity: Severity
    """The severity for `audit`; a problem of `verify` has its own: `Problem.error`."""
    summary: str
    """A one-line description."""
    kind: str = ""
    """The name of its kind in `verify`; empty if `verify` does not report it."""


UNRESOLVED_IMPORT = Entry(
    code="SD001",
    name="unresolved-import",
    severity=Severity.ERROR,
    summary="An import needs a library that nothing provides",
)
UNRESOLVED_OTHER = Entry(
    code="SD002",
    name="unresolved-other",
    severity=Severity.NOTE,
    summary="A plugin or a call by name needs something that nothing provides, or that several packages have",
)
UNOWNED_LIBRARY = Entry(
    code="SD003",
    name="unowned-library",
    severity=Severity.WARNING,
    summary="No binary package owns a system library: copy it into the release image",
)
UNREACHABLE_LIBRARY = Entry(
    code="SD004",
    name="unreachable-library",
    severity=Severity.ERROR,
    summary="An import needs a library that is in the environment, but not in the loader's search path",
)
OVERLAPPING_FILES = Entry(
    code="SD005",
    name="overlapping-files",
    severity=Severity.WARNING,
    summary="Two distributions claim the same files: installing or removing one breaks the other",
)
LIBRARY_TWICE = Entry(
    code="SD006",
    name="library-twice",
    severity=Severity.WARNING,
    summary="One Python process may load several copies of a library",
)
VENDORED_AND_SYSTEM = Entry(
    code="SD007",
    name="vendored-and-system",
    severity=Severity.NOTE,
    summary="One distribution vendors a library that another takes from a binary package",
)
FOREIGN_FILE = Entry(
    code="SD008",
    name="foreign-file",
    severity=Severity.WARNING,
    summary="A file is for another architecture or C library, and cannot be loaded",
    kind="foreign-file",
)
RELATIVE_SEARCH_PATH = Entry(
    code="SD009",
    name="relative-search-path",
    severity=Severity.WARNING,
    summary="A search path has an empty or relative element, which depends on the current directory",
)
BUILD_HOST_SEARCH_PATH = Entry(
    code="SD010",
    name="build-host-search-path",
    severity=Severity.NOTE,
    summary="A search path contains an absolute folder of the build machine",
)
WORLD_WRITABLE_SEARCH_PATH = Entry(
    code="SD011",
    name="world-writable-search-path",
    severity=Severity.ERROR,
    summary="A search path leads into a folder that everybody can write to",
)
EXECUTABLE_STACK = Entry(
    code="SD012",
    name="executable-stack",
    severity=Severity.WARNING,
    summary="A library requests an executable stack, which weakens the whole process",
)
EXECUTABLE_STACK_REFUSED = Entry(
    code="SD013",
    name="executable-stack-refused",
    severity=Severity.ERROR,
    summary="A library requests an executable stack, which this glibc refuses",
)
TEXT_RELOCATIONS = Entry(
    code="SD014",
    name="text-relocations",
    severity=Severity.WARNING,
    summary="A library has text relocations, which hardened systems refuse",
)
NEWER_GLIBC_THAN_PROMISED = Entry(
    code="SD015",
    name="newer-glibc-than-promised",
    severity=Severity.WARNING,
    summary="A wheel needs a newer glibc than its tag promises",
)
NEWER_GLIBC_THAN_INSTALLED = Entry(
    code="SD016",
    name="newer-glibc-than-installed",
    severity=Severity.ERROR,
    summary="A file needs a newer glibc than the system has",
    kind="missing-version",
)
LIBRARY_OUTSIDE_TAG = Entry(
    code="SD017",
    name="library-outside-tag",
    severity=Severity.WARNING,
    summary="A wheel uses a system library that its tag does not allow",
)
STALE_LOCK = Entry(
    code="SD018",
    name="stale-lock",
    severity=Severity.ERROR,
    summary="The lock does not match the environment",
)
MISSING_SYMBOL_VERSION = Entry(
    code="SD019",
    name="missing-symbol-version",
    severity=Severity.ERROR,
    summary="A file needs a symbol version that the library lacks",
    kind="missing-version",
)
MISSING_FILE = Entry(
    code="SD020",
    name="missing-file",
    severity=Severity.WARNING,
    summary="Files of a distribution, or the project of an editable install, are missing",
    kind="missing-file",
)
MISSING_IN_IMAGE = Entry(
    code="SD021",
    name="missing-in-image",
    severity=Severity.ERROR,
    summary="A needed library, program or package is missing from the image",
    kind="missing",
)
STALE_LOADER_CACHE = Entry(
    code="SD022",
    name="stale-loader-cache",
    severity=Severity.ERROR,
    summary="A library is in the image, but not in ld.so.cache",
    kind="stale-cache",
)
UNDEFINED_SYMBOL = Entry(
    code="SD023",
    name="undefined-symbol",
    severity=Severity.ERROR,
    summary="An import needs a symbol that nothing in the image defines",
    kind="missing-symbol",
)
OLD_PACKAGE = Entry(
    code="SD024",
    name="old-package",
    severity=Severity.ERROR,
    summary="A binary package is older than the lock requires",
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
    summary="`ctypes.util.find_library` does not find a library that is in the image",
    kind="find-library",
)
OLDER_CPU = Entry(
    code="SD027",
    name="older-cpu",
    severity=Severity.WARNING,
    summary="A problem that occurs only on older CPUs",
    kind="older-cpu",
)
NO_INTERPRETER = Entry(
    code="SD028",
    name="no-interpreter",
    severity=Severity.ERROR,
    summary="The environment, or one of its programs, has no matching Python in the image",
    kind="no-interpreter",
)
PACKAGE_WITHOUT_SOURCE = Entry(
    code="SD029",
    name="package-without-source",
    severity=Severity.WARNING,
    summary="A needed package is installed, but no configured source has it",
)
PACKAGE_BEYOND_RELEASE = Entry(
    code="SD030",
    name="package-beyond-release",
    severity=Severity.WARNING,
    summary="A needed package is installed in a newer version than the release has",
)
PLUGINS_NOT_THERE = Entry(
    code="SD031",
    name="plugins-not-there",
    severity=Severity.WARNING,
    summary="The project chooses plugins that the distribution does not have",
)
UNKNOWN_NAME = Entry(
    code="SD032",
    name="unknown-name",
    severity=Severity.NOTE,
    summary="Python code opens or runs something whose name is computed at run time",
)
PLUGINS_LEFT_OUT = Entry(
    code="SD033",
    name="plugins-left-out",
    severity=Severity.NOTE,
    summary="The install line omits packages with plugins or data of a library that it installs",
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
    PLUGINS_NOT_THERE,
    UNKNOWN_NAME,
    PLUGINS_LEFT_OUT,
)
"""Every entry, by code."""
