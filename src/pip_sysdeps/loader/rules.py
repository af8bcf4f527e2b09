"""What differs from one C library to another: the rules that the walk in `resolve` asks."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeVar

from pip_sysdeps.model.elf import OpenedFile

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pip_sysdeps.model.elf import ElfFile
    from pip_sysdeps.model.loader import SearchStep

Lookup = Callable[[str], OpenedFile | None]
"""What open(2) and the headers give at a path; None if it cannot be opened."""


class Candidate(NamedTuple):
    """One path of a search, or one step or element of it that gives no path."""

    step: SearchStep
    """The search step."""
    path: str
    """What the loader opens; if `passed_over` is set, the element as written, or nothing for a whole step."""
    by: str = ""
    """The object whose DT_RPATH or DT_RUNPATH gave it."""
    passed_over: str = ""
    """Why it is not opened at all."""
    subfolder: str = ""
    """The subfolder of its directory that it lies in: `glibc-hwcaps/x86-64-v3`."""
    relative: str = ""
    """The path as the loader opens it, if that is relative to the current directory."""


class Ends(Enum):
    """What a rejected file ends."""

    NOTHING = "nothing"
    """The next path is tried."""
    LIST = "list"
    """The other directories of the same list (LD_LIBRARY_PATH, the DT_RPATH of one object) are not tried."""
    SEARCH = "search"
    """The name is not found."""


class Rejection(NamedTuple):
    """Why the loader does not use a file that it opened."""

    reason: str
    """In the loader's words."""
    ends: Ends = Ends.SEARCH
    """What else is not tried."""


class LinkMap:
    """An object in a process."""

    __slots__ = ("context", "depth", "elf", "found_by", "number", "parent", "path", "relative")

    def __init__(  # noqa: PLR0913 - what is known of an object
        self,
        path: str,
        elf: ElfFile,
        *,
        number: int,
        parent: LinkMap | None,
        found_by: SearchStep | None,
        relative: str = "",
    ) -> None:
        self.path = path
        """The path under which the loader opened it."""
        self.relative = relative
        """That path as the loader has it, if it is relative to the current directory."""
        self.elf = elf
        """Its facts."""
        self.number = number
        """Its place in load order."""
        self.parent = parent
        """The object that loaded it; None for the program, and for what dlopen opens by itself."""
        self.found_by = found_by
        """The search step that found it; None for the program."""
        self.depth: int = 1 if parent is None else parent.depth + 1
        """The length of the chain of parents."""
        self.context: Any = None
        """What its needs are searched by, once it was asked for."""


Context = TypeVar("Context")
"""What a search depends on besides the name; hashable."""


class LoaderRules(Protocol[Context]):
    """The rules of one C library's loader, with its configuration."""

    @property
    def default_directories(self) -> tuple[str, ...]:
        """The directories that are searched last."""

    @property
    def libc_paths(self) -> tuple[str, ...]:
        """Where the C library can lie, best first."""

    @property
    def dlopen_is_by_program(self) -> bool:
        """Whether dlopen searches as for a need of the program, whoever calls it."""

    def preloaded(self, program: ElfFile) -> str:
        """Return the path of the loader, if it is an object with names like any other; else nothing."""

    def program_names(self, program: ElfFile) -> tuple[str | None, ...]:
        """Return the names by which the program is known as loaded."""

    def spell(self, soname: str, loading: LinkMap | None) -> tuple[str, str]:
        """Return a needed name as it is searched, and why it cannot be searched at all."""

    def loader_of(self, name: str) -> str:
        """Return the loader's path, if a name stands for the loader whatever is loaded; else nothing."""

    def is_known_by_name(self, name: str) -> bool:
        """Return whether a loaded object answers for this name without a search."""

    def kernel_object_of(self, name: str) -> str:
        """Return a path, if a name stands for what the kernel maps once a program runs; else nothing."""

    def context(self, loading: LinkMap | None, program: LinkMap | None) -> Context:
        """Return what a search for a need of an object depends on; `loading` is None where nothing is loaded."""

    def candidates(self, name: str, context: Context) -> Iterator[Candidate]:
        """Yield where the loader looks for a name, best first."""

    def judge(self, opened: OpenedFile, candidate: Candidate) -> Rejection | None:
        """Return why a file is not used, or None for a good one."""

    def libc_at(self, path: str) -> str:
        """Return the loader's path, if a file that was found is taken for the C library; else nothing."""

    def loaded_names(self, needed: str, path: str, elf: ElfFile) -> tuple[str | None, ...]:
        """Return the names of an object that was opened at `path`, once a search for `needed` has found it."""


AnyRules = LoaderRules[Any]
"""The rules of any C library."""
