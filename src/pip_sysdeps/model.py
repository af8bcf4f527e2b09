"""Every value that the pipeline passes on, in the order in which it passes them.

    environment -> ELF facts -> loader resolution -> owning packages -> needs

A *distribution* is Python's (what pip installs), a *binary package* is Debian's (what apt installs). Every path here
is a `str`: absolute, normalized, "/"-separated, *inside the root* that was scanned (`/usr/bin/python3` also when the
root is an unpacked image somewhere else); bytes that are not UTF-8 are kept by "surrogateescape".
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from pip_sysdeps.values import dataclass, field

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

# --------------------------------------------------------------------------------------------------- environment


class RecordKind(Enum):
    """How a distribution's files are known, best first."""

    RECORD = "RECORD"
    """`*.dist-info/RECORD` (packaging.python.org, "Recording installed projects")."""
    INSTALLED_FILES = "installed-files.txt"
    """`*.egg-info/installed-files.txt`, left by `setup.py install --record`."""
    EDITABLE = "editable"
    """The files lie in a project's own folder; its `.egg-link`, `.pth` or `direct_url.json` says where."""
    DPKG = "dpkg"
    """A Debian package's file list: `dist-packages` of python3-foo."""
    EGG = "egg"
    """The folder of an unzipped `.egg`."""
    NONE = "none"
    """Nothing says it: only the metadata itself is the distribution's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Distribution:
    """One installed distribution and the files that are its own."""

    name: str
    """Normalized name (packaging.utils.canonicalize_name)."""
    version: str
    """METADATA `Version`; empty where it has none."""
    metadata_path: str
    """The `.dist-info` or `.egg-info` folder (or egg-info file)."""
    base: str
    """The folder that `by` paths are relative to: the one that holds `metadata_path`, or an editable's project."""
    record: RecordKind
    """Which of the sources gave `files`."""
    files: tuple[str, ...]
    """Existing files that the record claims, as resolved inside the root; sorted; each belongs to one distribution."""
    gone: tuple[str, ...] = ()
    """Shared objects, by their names, that the record claims and that are not there; sorted."""
    tags: tuple[str, ...] = ()
    """WHEEL `Tag` lines, sorted; empty for what is no wheel."""
    source: str = ""
    """`local`, `editable`, `vcs`, `dpkg:python3-foo`, or empty for a distribution of an index."""
    requested: bool = False
    """REQUESTED is there: a person asked for it (PEP 376)."""
    requires: tuple[str, ...] = ()
    """METADATA `Requires-Dist` lines as written."""
    requires_external: tuple[str, ...] = ()
    """METADATA `Requires-External` lines as written."""
    external: tuple[str, ...] = ()
    """`dependencies` of `[external]` in the pyproject.toml that it was installed from, if that is there (PEP 725)."""


class Verdict(Enum):
    """Why something was looked at and set aside."""

    UNREADABLE = "unreadable"
    MALFORMED = "malformed"
    TOO_LONG = "too-long"
    """Python source that is not searched for names: it is too long, or its distribution's search hit a limit."""
    FOREIGN_ARCHITECTURE = "foreign-architecture"
    FOREIGN_LIBC = "foreign-libc"
    NOT_RUNTIME = "not-runtime"
    """A relocatable object (ET_REL), core file or detached debug file: no process loads it."""
    OUTSIDE = "outside"
    """A record's row that leaves the environment's root."""
    OVERLAP = "overlap"
    """A file that two distributions claim."""
    SHADOWED = "shadowed"
    """A distribution that another one of the same name, earlier on the path, hides."""
    RECORD = "record"
    """A row or a whole record that could not be understood."""
    ALTERNATIVE = "alternative"
    """A build for another release of a library, beside one that fits."""

    @property
    def is_foreign(self) -> bool:
        """It is for another machine or C library than the process."""
        return self in (Verdict.FOREIGN_ARCHITECTURE, Verdict.FOREIGN_LIBC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Skipped:
    """A thing that could not be looked at, or was set aside: shown and counted, never dropped."""

    path: str
    """The file or folder."""
    verdict: Verdict
    """Why, as a stable word."""
    reason: str
    """Why, for a person: one line without a full stop."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Interpreter:
    """The Python of an environment, known without running it."""

    path: str
    """The program after every link: what /proc/self/exe gives (`/usr/bin/python3.11`); empty if none was found."""
    prefix: str
    """`sys.base_prefix`: `/usr`, `/usr/local`, ..."""
    version: tuple[int, int]
    """Major and minor version."""
    abi_tag: str
    """`cp311`, `cp313t`, `pp310`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """A Python environment: its site directories, distributions, and files that no record claims."""

    prefix: str
    """`sys.prefix`: the venv, or the interpreter's own prefix, or the first `--path`."""
    site_dirs: tuple[str, ...]
    """Folders with distributions, in the order of `sys.path`."""
    interpreter: Interpreter
    """Who runs it."""
    distributions: tuple[Distribution, ...]
    """Sorted by name; one of each name."""
    unclaimed: tuple[str, ...]
    """Regular files of the site directories and a venv's own prefix that no record claims and may be ELF; sorted."""
    skipped: tuple[Skipped, ...]
    """What could not be read, rows that leave the root, overlaps, shadowed distributions."""

    def holders(self) -> dict[str, str]:
        """Return the name of the distribution of each file that a record claims."""
        return {file: each.name for each in self.distributions for file in each.files}

    def short(self, path: str) -> str:
        """Return a path as a person calls it: without the site directory that it lies in."""
        folders = (f"{folder}/" for folder in self.site_dirs)
        return next((path[len(folder) :] for folder in folders if path.startswith(folder)), path)


# ------------------------------------------------------------------------------------------------------ ELF facts


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionNeed:
    """One needed symbol version (a `Vernaux`; LSB Core, "Symbol Versioning")."""

    soname: str
    """`vn_file`: the needed name that must define it."""
    version: str
    """`vna_name`: `GLIBC_2.34`, `OPENSSL_3.0.0`, ..."""
    weak: bool
    """`VER_FLG_WEAK`: the loader only warns."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ElfFile:
    """What the headers of one ELF file say (gABI; never section headers); by default nothing but the ELF header."""

    elf_class: int
    """32 or 64: `EI_CLASS`."""
    little_endian: bool
    """`EI_DATA` is ELFDATA2LSB."""
    os_abi: int
    """`EI_OSABI`: 0 System V, 3 GNU."""
    abi_version: int
    """`EI_ABIVERSION`."""
    type: int
    """`e_type`: 1 ET_REL, 2 ET_EXEC, 3 ET_DYN, 4 ET_CORE."""
    machine: int
    """`e_machine`: 62 x86-64, 183 AArch64, ..."""
    header_flags: int
    """`e_flags`: tells ARM hard-float from soft-float."""
    interpreter: str | None = None
    """`PT_INTERP`: the dynamic loader that a program names."""
    dynamic: bool = False
    """There is a PT_DYNAMIC with contents in the file."""
    executable_stack: bool | None = None
    """`PT_GNU_STACK` has PF_X; None without that header."""
    soname: str | None = None
    """`DT_SONAME`."""
    needed: tuple[str, ...] = ()
    """`DT_NEEDED`, in order, as written."""
    rpath: str | None = None
    """`DT_RPATH` as written; the loader ignores it beside a DT_RUNPATH."""
    runpath: str | None = None
    """`DT_RUNPATH` as written."""
    flags: int = 0
    """`DT_FLAGS`: 0x1 DF_ORIGIN, 0x4 DF_TEXTREL; with DT_TEXTREL folded in as 0x4."""
    flags_1: int = 0
    """`DT_FLAGS_1`: 0x800 DF_1_NODEFLIB, 0x08000000 DF_1_PIE."""
    version_needs: tuple[VersionNeed, ...] = ()
    """`DT_VERNEED`, in order."""
    detached: bool = False
    """A detached debug file (`objcopy --only-keep-debug`): its code or dynamic section is described, but not in it."""

    @property
    def libc(self) -> str:
        """Name the C library that the file was linked to: `glibc`, `musl`, or nothing if it names none."""
        names = (*self.needed, (self.interpreter or "").rpartition("/")[2])
        if any(name.startswith(("libc.musl-", "ld-musl-")) for name in names):
            return "musl"
        if any(name == "libc.so.6" or name.startswith(("ld-linux", "ld64.so")) for name in names):
            return "glibc"
        return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedFile:
    """What open(2) and a reading of the headers give at one path: what the loader judges a candidate by."""

    identity: tuple[int, int]
    """Device and inode: the loader knows by it a file that is loaded under another name."""
    elf: ElfFile | None
    """Its facts; of a file that is broken beyond its ELF header only the header's; None if it has none."""
    fault: str
    """What the loader would stop at, in its words (`file too short`, `invalid ELF header`), unless it passes over the
    file for its class or machine, which it looks at first; empty for a sound file."""


# ---------------------------------------------------------------------------------------------- loader resolution


@dataclass(frozen=True, slots=True, kw_only=True)
class LoaderConfig:
    """What glibc's dynamic loader knows besides the objects themselves."""

    elf_class: int
    """32 or 64: a candidate of the other class is passed over."""
    little_endian: bool
    """A candidate with the other data encoding stops the search."""
    machine: int
    """`e_machine`: a candidate for another one is passed over."""
    header_flags: tuple[int, int] = (0, 0)
    """Mask and value: a candidate is passed over unless it has these bits of `e_flags` so (RISC-V's float ABI)."""
    lib: str
    """What `$LIB` stands for: `lib/x86_64-linux-gnu`."""
    platform: str = ""
    """What `$PLATFORM` stands for; empty if it has no value."""
    library_path: tuple[str, ...] = ()
    """The elements of LD_LIBRARY_PATH, as written; empty if it is unset or empty."""
    cache: Callable[[str], str | None]
    """ld.so.cache: a needed name's path, or None."""
    default_directories: tuple[str, ...]
    """In the order of `ld.so --help`, without a slash at the end."""
    subfolders: tuple[str, ...] = ()
    """What is tried in each directory before the directory itself, best first: `glibc-hwcaps/x86-64-v3`. A lock has
    none: the plain file is the answer that holds on every machine; verification has those of this CPU."""
    working_directory: str | None = None
    """Where empty and relative elements lead. A lock has none: they depend on where the program is started."""


class SearchStep(Enum):
    """The step of ld.so(8) that found an object."""

    LOADED = "already loaded"
    RPATH = "DT_RPATH"
    LD_LIBRARY_PATH = "LD_LIBRARY_PATH"
    RUNPATH = "DT_RUNPATH"
    CACHE = "ld.so.cache"
    DEFAULT = "default directory"
    DIRECT = "path as written"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """One path, or one whole step, that the loader passes over on its way."""

    step: SearchStep
    """The step of the search."""
    path: str
    """The candidate's path; empty when the whole step is passed over."""
    reason: str
    """Why: `no such file`, `wrong ELF class`, `DT_RUNPATH is set`, ..."""
    by: str = ""
    """The object whose DT_RPATH or DT_RUNPATH gave the path."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A DT_NEEDED that the loader finds."""

    soname: str
    """The needed name as written."""
    path: str
    """The path that the loader opens, links not followed."""
    step: SearchStep
    """How it was found."""
    by: str = ""
    """The object whose DT_RPATH or DT_RUNPATH named the directory."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotFound:
    """A DT_NEEDED that the loader does not find, with every path considered, in order."""

    soname: str
    """The needed name as written."""
    tried: tuple[Tried, ...]
    """Each path considered."""
    fatal: str = ""
    """Set when a candidate stopped the search (`file too short`, `invalid ELF header`); the last of `tried` is it."""


Resolution = Found | NotFound


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedObject:
    """One object of a process, with the answer for each of its needed names."""

    path: str
    """The path under which the loader opened it: `$ORIGIN` is its directory."""
    needs: tuple[Resolution, ...]
    """In the order of DT_NEEDED."""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """One root, and all that it brings into a process that has not loaded it before."""

    root: str
    """The file of the environment."""
    when: When
    """`IMPORT` or `PLUGIN`."""
    objects: tuple[LoadedObject, ...]
    """The root first, then what it loads, breadth first."""


# ------------------------------------------------------------------------------------------------ owning packages


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """The installed binary package that owns a file (dpkg-query --search)."""

    package: str
    """Package name; with `:arch` only for an architecture that is not the target's."""
    version: str
    """Its installed version; empty where the database has none."""


# ------------------------------------------------------------------------------------------------------------ needs


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


@dataclass(frozen=True, slots=True, kw_only=True)
class FromPackage:
    """A binary package has it."""

    package: str
    """Its name."""
    path: str
    """The library's path as the loader opens it; empty if it is not installed and an index named the package."""


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
    """A system file that no binary package owns: it must be copied by hand."""

    path: str
    """The file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreachable:
    """A file of the environment has it, off the loader's path, and nothing loads it first."""

    distribution: str
    """The distribution that has the file; empty for an unclaimed one."""
    path: str
    """The file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """Nothing here has it."""

    tried: tuple[Tried, ...] = ()
    """Each path considered."""
    note: str = ""
    """What stopped the search, if something did."""
    sibling: str = ""
    """A library of the same build that the distribution brings, where it leaves this one to another distribution."""


Provider = FromPackage | FromDistribution | FromHost | Unowned | Unreachable | Missing
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

    @property
    def name(self) -> str:
        """Return what is needed, as a reader calls it."""
        return self.soname or " or ".join(self.any_of) or self.program or self.file


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Platform:
    """The system that the environment runs on: what a target of the lock is about."""

    distro: str
    """`ID` of os-release(5): `debian`."""
    codename: str
    """`VERSION_CODENAME`; empty where there is none."""
    release: str
    """`VERSION_ID`; empty for Debian testing."""
    architecture: str
    """In the package manager's words: `amd64`."""
    package_manager: str
    """`dpkg`; empty without a database."""
    libc: str
    """`glibc` or `musl`."""

    @property
    def id(self) -> str:
        """Name the platform as a target of the lock: `debian-bookworm-amd64`, `ubuntu-noble-arm64`."""
        return "-".join(filter(None, (self.distro, self.codename or self.release, self.architecture)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Floor:
    """The least version of a binary package that is enough, and what makes it so."""

    version: str
    """That version."""
    symbol: str = ""
    """The symbol that older versions lack, as a symbols file spells it (`PQpipelineStatus@Base`); empty where it is the
    library as such."""
    file: str = ""
    """The first object that uses it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """The whole answer for one environment."""

    platform: Platform
    """Where."""
    base: frozenset[str]
    """Binary packages that every image of the release has: by the index, or without one by the dpkg status."""
    environment: Environment
    """What was looked at."""
    distributions: tuple[DistributionNeeds, ...]
    """By name; every distribution, also those without needs."""
    unattributed: tuple[Unattributed, ...]
    """By file."""
    loads: tuple[Load, ...]
    """What each root brings into its process: the evidence."""
    process: tuple[LoadedObject, ...] = ()
    """The interpreter itself and what it loads before anything else."""
    skipped: tuple[Skipped, ...]
    """All that was set aside, the environment's included."""
    floors: Mapping[str, Floor] = field(default_factory=dict)
    """Binary package -> the least version that has every symbol used; for those that are installed and not in `base`,
    and whose symbols or shlibs file tells it."""

    def needs(self) -> Iterator[tuple[str, Need]]:
        """Yield every need with its distribution's name, which is empty for a file that no record claims."""
        for distribution in self.distributions:
            yield from ((distribution.distribution.name, need) for need in distribution.needs)
        for file in self.unattributed:
            yield from (("", need) for need in file.needs)
