"""The facts of an ELF file and of an opened path."""

from __future__ import annotations

from typing import NamedTuple


class VersionNeed(NamedTuple):
    """One needed symbol version (a `Vernaux`; LSB Core, "Symbol Versioning")."""

    soname: str
    """`vn_file`: the needed name that must define it."""
    version: str
    """`vna_name`: `GLIBC_2.34`, `OPENSSL_3.0.0`, ..."""
    weak: bool
    """`VER_FLG_WEAK`: the loader only warns."""


class ElfFile(NamedTuple):
    """The facts of one ELF file (gABI), without section headers.

    The defaults are for a file that has only an ELF header.
    """

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
    """`e_flags`: distinguishes hard-float from soft-float ARM, for example."""
    interpreter: str | None = None
    """`PT_INTERP`: the dynamic loader that a program names."""
    dynamic: bool = False
    """Whether it has a PT_DYNAMIC with contents in the file."""
    executable_stack: bool | None = None
    """`PT_GNU_STACK` has PF_X; None without that header."""
    soname: str | None = None
    """`DT_SONAME`."""
    needed: tuple[str, ...] = ()
    """`DT_NEEDED`, in order, as written."""
    rpath: str | None = None
    """`DT_RPATH` as written; the loader ignores it if there is a DT_RUNPATH."""
    runpath: str | None = None
    """`DT_RUNPATH` as written."""
    flags: int = 0
    """`DT_FLAGS`: 0x1 DF_ORIGIN, 0x4 DF_TEXTREL, which a DT_TEXTREL also sets."""
    flags_1: int = 0
    """`DT_FLAGS_1`: 0x800 DF_1_NODEFLIB, 0x08000000 DF_1_PIE."""
    version_needs: tuple[VersionNeed, ...] = ()
    """`DT_VERNEED`, in order."""
    detached: bool = False
    """Whether it is a detached debug file (`objcopy --only-keep-debug`), without its code or dynamic section."""

    @property
    def libc(self) -> str:
        """Return the C library that the file was linked to: `glibc`, `musl`, or empty if unknown."""
        names = (*self.needed, (self.interpreter or "").rpartition("/")[2])
        if any(name.startswith(("libc.musl-", "ld-musl-")) for name in names):
            return "musl"
        if any(name == "libc.so.6" or name.startswith(("ld-linux", "ld64.so")) for name in names):
            return "glibc"
        return ""


LINK_LOOP = "too many levels of symbolic links"
"""The fault of a path that ends in a circular link (ELOOP)."""
FOLDER_LOOP = "too many levels of symbolic links in its folder"
"""The fault of a path with a circular link in its folder (ELOOP)."""


class OpenedFile(NamedTuple):
    """A file that was opened at a path, as the loader checks it."""

    identity: tuple[int, int]
    """Device and inode, by which the loader recognizes a file that is loaded under another name."""
    elf: ElfFile | None
    """Its facts; only those of the ELF header if the rest is broken; None without an ELF header."""
    fault: str
    """The loader's error (`file too short`, `invalid ELF header`); empty for a
    valid file. The loader checks class and machine first."""
