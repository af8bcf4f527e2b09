"""What the headers of an ELF file say."""

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


LINK_LOOP = "too many levels of symbolic links"
"""The fault of a path whose last name leads in a circle (ELOOP)."""
FOLDER_LOOP = "too many levels of symbolic links on the way to its folder"
"""The fault of a path on whose way a link leads in a circle."""


class OpenedFile(NamedTuple):
    """What open(2) and a reading of the headers give at one path: what the loader judges a candidate by."""

    identity: tuple[int, int]
    """Device and inode: the loader knows by it a file that is loaded under another name."""
    elf: ElfFile | None
    """Its facts; of a file that is broken beyond its ELF header only the header's; None if it has none."""
    fault: str
    """What the loader would stop at, in its words (`file too short`, `invalid ELF header`), unless it passes over the
    file for its class or machine, which it looks at first; empty for a sound file."""
