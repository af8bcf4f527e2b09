"""The rules of a C library's loader, which the walk in `resolve` calls."""

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
"""Opens a path and reads its headers; None if it cannot be opened."""


class Candidate(NamedTuple):
    """A path to try. With `skip_reason`, an element of a list, or a whole step, that the search skips."""

    step: SearchStep
    """The search step."""
    path: str
    """The path that the loader opens; the text of a skipped element; empty for a skipped step."""
    by: str = ""
    """The object whose DT_RPATH or DT_RUNPATH gave it."""
    skip_reason: str = ""
    """Why it is skipped; empty if it is tried."""
    subfolder: str = ""
    """The subfolder of the directory: `glibc-hwcaps/x86-64-v3`."""
    relative: str = ""
    """The path that the loader opens, if it is relative to the current directory."""


class RejectionEffect(Enum):
    """The effect of a rejected file on the search."""

    TRY_NEXT = "try next"
    """Try the next path."""
    SKIP_LIST = "skip list"
    """Skip the rest of the list (LD_LIBRARY_PATH, the DT_RPATH of one object)."""
    STOP_SEARCH = "stop search"
    """Stop: the name is not found."""


class Rejection(NamedTuple):
    """Why the loader does not use a file that it opened."""

    reason: str
    """In the loader's words."""
    effect: RejectionEffect = RejectionEffect.STOP_SEARCH
    """The effect on the search."""


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
        """The path that the loader opened, if it was relative to the current directory."""
        self.elf = elf
        """Its facts."""
        self.number = number
        """Its place in load order."""
        self.parent = parent
        """The object that loaded it; None for the program, and for the argument of dlopen."""
        self.found_by = found_by
        """The search step that found it; None for the program."""
        self.depth: int = 1 if parent is None else parent.depth + 1
        """The length of the chain of parents."""
        self.context: Any = None
        """The context of its searches, once computed."""


Context = TypeVar("Context")
"""The input of a search besides the name; hashable."""


class LoaderRules(Protocol[Context]):
    """The rules of one C library's loader, with its configuration."""

    @property
    def default_directories(self) -> tuple[str, ...]:
        """The directories that are searched last."""

    @property
    def libc_paths(self) -> tuple[str, ...]:
        """Possible paths of the C library, best first."""

    @property
    def dlopen_uses_program_path(self) -> bool:
        """Whether dlopen uses the program's search path, whichever object calls it."""

    def preloaded(self, program: ElfFile) -> str:
        """Return the loader's own path if it is a loaded object (glibc); otherwise empty (musl)."""

    def program_names(self, program: ElfFile) -> tuple[str | None, ...]:
        """Return the names under which the program counts as loaded."""

    def expand_name(self, soname: str, requester: LinkMap | None) -> tuple[str, str]:
        """Return the name to search for, and an error if it cannot be searched."""

    def loader_of(self, name: str) -> str:
        """Return the loader's path if a name always means the loader (musl: `libc.so`); otherwise empty (glibc)."""

    def is_known_by_name(self, name: str) -> bool:
        """Return whether a loaded object with this name is used without a search."""

    def kernel_object_of(self, name: str) -> str:
        """Return the loader's path if a name is that of the vDSO (musl); otherwise empty."""

    def context(self, requester: LinkMap | None, program: LinkMap | None) -> Context:
        """Return the input of a search for the needs of `requester`, which is None if nothing is loaded."""

    def candidates(self, name: str, context: Context) -> Iterator[Candidate]:
        """Yield the paths for a name, best first."""

    def judge(self, opened: OpenedFile, candidate: Candidate) -> Rejection | None:
        """Return why a file is rejected, or None for a good one."""

    def libc_at(self, path: str) -> str:
        """Return the loader's path if a found file is the C library (musl: they are one); otherwise empty."""

    def loaded_names(self, needed: str, path: str, elf: ElfFile) -> tuple[str | None, ...]:
        """Return the names of an object that was opened at `path`, once a search for `needed` has found it."""


AnyRules = LoaderRules[Any]
"""The rules of any C library."""
