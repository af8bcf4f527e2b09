"""The needs of a distribution and their providers."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pip_sysdeps.model.environment import Distribution, Skipped
    from pip_sysdeps.model.loader import Tried


class When(Enum):
    """When something is needed."""

    IMPORT = "import"
    """When its modules are imported or its own programs run."""
    PLUGIN = "plugin"
    """When a plugin is loaded that nothing else needs."""
    DLOPEN = "dlopen"
    """When code opens a library by name."""
    EXEC = "exec"
    """When code runs a program."""
    DECLARED = "declared"
    """Declared by the knowledge file, or by the distribution's own metadata."""


class Confidence(Enum):
    """The certainty of a need that no ELF file states."""

    HIGH = "high"
    """Stated unconditionally."""
    MEDIUM = "medium"
    """Stated, but code works without it, or it is one feature of several."""
    LOW = "low"
    """Only in locks of earlier versions."""


class ReferenceKind(Enum):
    """The kind of a name."""

    LIBRARY = "library"
    PROGRAM = "program"
    FILE = "file"


class Reference(NamedTuple):
    """A library, program or file requested by name."""

    kind: ReferenceKind
    """Its kind."""
    names: tuple[str, ...]
    """Alternatives, best first.

    For a library: a file name, or the argument of `ctypes.util.find_library`, written as `-lmagic`; for a program: its
    name on PATH; for a file: its path.
    """
    when: When
    """`DLOPEN`, `EXEC` or `DECLARED`."""
    by: tuple[str, ...]
    """The files that name it, sorted."""
    evidence: str
    """The evidence, in one line."""
    confidence: Confidence
    """How certain it is."""
    required: bool = False
    """Whether importing the code fails without it."""
    unsure: bool = False
    """Whether it counts only if the distribution's description names it: code works without it, or has a condition."""
    others: tuple[str, ...] = ()
    """Names that count if the release has none of `names`: another call has all of them as alternatives."""


class FromPackage(NamedTuple):
    """A binary package has it."""

    package: str
    """Its name."""
    path: str
    """The library's path as the loader opens it; empty if it is not installed and an index named the package."""


class FromCapability(NamedTuple):
    """The package manager installs it by a capability; the package is not known."""

    capability: str
    """`libpq.so.5()(64bit)`, `so:libpq.so.5`."""
    checked: bool = False
    """Whether repository metadata has the capability, which several packages may provide."""


class FromDistribution(NamedTuple):
    """A file of the environment provides it."""

    distribution: str
    """Its distribution; empty if no RECORD lists the file."""
    path: str
    """The file."""
    by_loader: bool
    """Whether the loader finds it by itself; otherwise, the other distribution must load it first."""


class FromHost(NamedTuple):
    """A driver or the container runtime provides it, never a system package."""

    note: str
    """Its provider."""


class Unowned(NamedTuple):
    """A system file that no binary package owns: it must be copied."""

    path: str
    """The file."""
    package: str = ""
    """The release's binary package with a library of the same name, if there is one."""


class Unreachable(NamedTuple):
    """A file of the environment that is outside the loader's search path and that nothing loads first."""

    distribution: str
    """The distribution that has the file; empty for an unclaimed one."""
    path: str
    """The file."""
    package: str = ""
    """As for `Unowned`."""


class Missing(NamedTuple):
    """Nothing provides it."""

    tried: tuple[Tried, ...] = ()
    """Each path considered."""
    note: str = ""
    """Why the search stopped, or another remark."""
    unsure: bool = False
    """Whether unknown packages of the release may have it."""
    sibling: str = ""
    """A vendored library of the same build, if this library is expected from a sibling distribution."""


Provider = FromPackage | FromCapability | FromDistribution | FromHost | Unowned | Unreachable | Missing
"""The provider of a library. A vendored library, or the interpreter's own, is not a need."""


class Need(NamedTuple):
    """A library, program or file that a distribution needs and does not vendor.

    One of the four fields from `soname` to `file` names it.
    """

    when: When
    """The strongest reason: `import` before `plugin`."""
    by: tuple[str, ...]
    """The files that need it, sorted; for the needs of an unowned file, the distribution's file."""
    provider: Provider
    """Its provider; for `any_of`, the path is that of the available library."""
    soname: str = ""
    """The needed name of an ELF file, or the file name of a library that code opens by name."""
    any_of: tuple[str, ...] = ()
    """Several libraries of which code opens the first available one."""
    program: str = ""
    """A program that code runs."""
    file: str = ""
    """A file that code reads, by its path."""
    evidence: str = ""
    """The evidence, if it is not DT_NEEDED: a call, a note, or an entry of the knowledge file."""
    confidence: Confidence | None = None
    """How certain it is; None for DT_NEEDED."""
    note: str = ""
    """Why it is outside the install line, if its provider does not show that."""
    optional: bool = False
    """Whether nothing fails without it, as for a module that is imported in a `try` with `except ImportError`."""
    plugin: str = ""
    """The pattern that chose the plugin which needs it; empty unless `when` is `PLUGIN`."""

    @property
    def name(self) -> str:
        """Return what is needed, for messages."""
        return self.soname or " or ".join(self.any_of) or self.program or self.file

    @property
    def is_mandatory(self) -> bool:
        """Whether an import or a chosen plugin needs it."""
        return self.when is When.IMPORT or bool(self.plugin)


class DistributionNeeds(NamedTuple):
    """The needs of one distribution."""

    distribution: Distribution
    """The distribution."""
    needs: tuple[Need, ...]
    """By name; without libc."""
    vendored: tuple[str, ...]
    """Folders with its own libraries, relative to `base`; sorted."""
    glibc: str
    """Newest `GLIBC_` version (`2.34`) that any of its usable objects needs; empty if none."""
    skipped: tuple[Skipped, ...] = ()
    """Alternatives that were not chosen."""


class Unattributed(NamedTuple):
    """The needs of an ELF file that no RECORD lists."""

    file: str
    """The file."""
    needs: tuple[Need, ...]
    """As for a distribution."""
    glibc: str
    """As for a distribution."""
