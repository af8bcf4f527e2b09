"""What a distribution needs from outside, and who brings it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pip_sysdeps.model.environment import Distribution, Skipped
    from pip_sysdeps.model.loader import Tried


class When(Enum):
    """When a need bites."""

    IMPORT = "import"
    """When modules are imported or the distribution's own programs run."""
    PLUGIN = "plugin"
    """When the program asks for a plugin that nothing else needs."""
    DLOPEN = "dlopen"
    """When code opens a library by its name."""
    EXEC = "exec"
    """When code runs a program."""
    DECLARED = "declared"
    """Somebody who knows says so: the knowledge file, or the distribution's own metadata."""


class Confidence(Enum):
    """How sure a need is that no ELF file states."""

    HIGH = "high"
    """Said without a condition."""
    MEDIUM = "medium"
    """Said, but code goes on without it, or one of several features needs it."""
    LOW = "low"
    """Something that looks like a name stands near a loader."""


class ReferenceKind(Enum):
    """What a name is the name of."""

    LIBRARY = "library"
    PROGRAM = "program"
    FILE = "file"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """Something outside a distribution that other things than a DT_NEEDED name."""

    kind: ReferenceKind
    """What it is."""
    names: tuple[str, ...]
    """Alternatives, best first. A library's is a file name, or what `ctypes.util.find_library` is asked for, written as
    `-lmagic`; a program's that on PATH; a file's its path."""
    when: When
    """`DLOPEN`, `EXEC` or `DECLARED`."""
    by: tuple[str, ...]
    """The files that name it, sorted."""
    evidence: str
    """What says so, in one line."""
    confidence: Confidence
    """How sure it is."""
    required: bool = False
    """Code gives up without it when it is imported."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FromPackage:
    """A binary package has it."""

    package: str
    """Its name."""
    path: str
    """The library's path as the loader opens it; empty if it is not installed and an index named the package."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FromCapability:
    """The package manager installs it by a capability; nothing at hand tells the package."""

    capability: str
    """`libpq.so.5()(64bit)`, `so:libpq.so.5`."""
    checked: bool = False
    """Repository metadata at hand has it; several packages may provide it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FromDistribution:
    """Another distribution of the environment brings it."""

    distribution: str
    """That distribution."""
    path: str
    """The file."""
    by_loader: bool
    """The loader finds it by itself; otherwise only because the other distribution loads it first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FromHost:
    """A driver or the container runtime injects it; never an apt package."""

    note: str
    """Who brings it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unowned:
    """A system file that no binary package owns: it must be copied."""

    path: str
    """The file."""
    package: str = ""
    """The release's binary package with a library of the same name, if there is one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreachable:
    """A file of the environment has it, off the loader's path, and nothing loads it first."""

    distribution: str
    """The distribution that has the file; empty for an unclaimed one."""
    path: str
    """The file."""
    package: str = ""
    """As for `Unowned`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """Nothing here has it."""

    tried: tuple[Tried, ...] = ()
    """Each path considered."""
    note: str = ""
    """What stopped the search, if something did."""
    unsure: bool = False
    """Not all packages of the release are known: one of them may have it."""
    sibling: str = ""
    """A library of the same build that the distribution brings, where it leaves this one to another distribution."""


Provider = FromPackage | FromCapability | FromDistribution | FromHost | Unowned | Unreachable | Missing
"""Who brings a library. A library vendored in the distribution itself, or the interpreter's own, is no need."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """One thing that a distribution needs and does not bring, named by one of the first four fields."""

    soname: str = ""
    """The needed name of an ELF file, or the file name of a library that code opens."""
    any_of: tuple[str, ...] = ()
    """Several libraries of which code opens the first that is there, in its order."""
    program: str = ""
    """A program that code runs."""
    file: str = ""
    """A file that code reads, by its path."""
    when: When
    """The strongest of its objects: `import` before `plugin`."""
    by: tuple[str, ...]
    """The files that name it (by DT_NEEDED, or in other words), sorted; what an unowned file needs is by the
    distribution's file."""
    provider: Provider
    """Who brings it; of a library of `any_of`, the path is that of whichever is there."""
    evidence: str = ""
    """What says so where no DT_NEEDED does: the call, the note, or the entry of the knowledge file."""
    confidence: Confidence | None = None
    """How sure that is; None for a DT_NEEDED."""
    note: str = ""
    """Why it is not in the line, where its provider alone does not say it."""
    optional: bool = False
    """Nothing fails without it: a module that is imported only where ImportError is caught, for example."""
    plugin: str = ""
    """The pattern that chose the plugin which needs it; empty unless `when` is `PLUGIN`."""

    @property
    def name(self) -> str:
        """Return what is needed, as a reader calls it."""
        return self.soname or " or ".join(self.any_of) or self.program or self.file

    @property
    def is_demanded(self) -> bool:
        """Whether an import, or a plugin that is chosen, needs it."""
        return self.when is When.IMPORT or bool(self.plugin)


@dataclass(frozen=True, slots=True, kw_only=True)
class DistributionNeeds:
    """What one distribution needs from outside."""

    distribution: Distribution
    """The distribution."""
    needs: tuple[Need, ...]
    """By name; libc is no need."""
    vendored: tuple[str, ...]
    """Folders with libraries that the distribution brings for its own objects, relative to `base`; sorted."""
    glibc: str
    """Newest `GLIBC_` version (`2.34`) that any of its usable objects needs; empty if none."""
    skipped: tuple[Skipped, ...] = ()
    """Alternatives that were not chosen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unattributed:
    """What an ELF file that no record claims needs."""

    file: str
    """The file."""
    needs: tuple[Need, ...]
    """As for a distribution."""
    glibc: str
    """As for a distribution."""
