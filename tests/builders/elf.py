"""Bytes of small valid ELF files, quickly enough to make 100,000 of them.

`Elf(soname="liba.so.1", needed=("libc.so.6",)).build()` is a shared object that the real loader takes; with
`interpreter` it is a program that ends with status 0. Nothing has section headers.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from functools import lru_cache

PAGE = 0x1000
_EXECUTABLE, _EXECUTABLE_BASE = 2, 0x400000
"""ET_EXEC, and where it is loaded: only root may map the lowest addresses (vm.mmap_min_addr)."""
EXIT_0 = b"\x31\xff\xb8\x3c\x00\x00\x00\x0f\x05"  # x86-64: xor edi, edi; mov eax, 60 (exit); syscall
RETURN_0 = b"\x31\xc0\xc3"  # x86-64: xor eax, eax; ret

_LOAD, _DYNAMIC, _INTERP, _NOTE, _PHDR, _GNU_STACK = 1, 2, 3, 4, 6, 0x6474E551
_NULL, _NEEDED, _HASH, _STRTAB, _SYMTAB, _STRSZ, _SYMENT, _SONAME, _RPATH = 0, 1, 4, 5, 6, 10, 11, 14, 15
_TEXTREL, _RUNPATH, _FLAGS, _GNU_HASH, _VERSYM, _FLAGS_1 = 22, 29, 30, 0x6FFFFEF5, 0x6FFFFFF0, 0x6FFFFFFB
_VERDEF, _VERDEFNUM, _VERNEED, _VERNEEDNUM = 0x6FFFFFFC, 0x6FFFFFFD, 0x6FFFFFFE, 0x6FFFFFFF
_RELA, _RELASZ = 7, 8
_ADDRESSES = frozenset({_HASH, _STRTAB, _SYMTAB, _GNU_HASH, _VERSYM, _VERDEF, _VERNEED, _RELA})
"""The entries of the dynamic section whose value is an address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Elf:
    """What an ELF file shall say; the defaults are an empty x86-64 shared object."""

    elf_class: int = 64
    little_endian: bool = True
    os_abi: int = 0
    abi_version: int = 0
    type: int = 3
    machine: int = 62
    header_flags: int = 0
    interpreter: str | None = None
    """PT_INTERP, and PT_PHDR as every program has it."""
    dynamic: bool = True
    """False: a static program."""
    executable_stack: bool | None = False
    soname: str | None = None
    needed: tuple[str, ...] = ()
    rpath: str | None = None
    runpath: str | None = None
    flags: int = 0
    textrel: bool = False
    flags_1: int = 0
    version_needs: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Each needed soname with its versions; a version that ends in "?" is weak."""
    version_definitions: tuple[str, ...] = ()
    """Beside the base version, which is always there when this is not empty."""
    defined: tuple[str, ...] = ()
    """Global functions, `name` or `name@VERSION`; all are the code."""
    undefined: tuple[str, ...] = ()
    """Undefined functions, `name` or `name@VERSION`."""
    bound: tuple[str, ...] = ()
    """Those of the undefined symbols that a relocation refers to."""
    sysv_hash: bool = True
    gnu_hash: bool = True
    code: bytes | None = None
    """Where the symbols and the entry point lead; None gives exit(0) to a program and `return 0` to a library."""
    notes: tuple[tuple[str, int, bytes], ...] = ()
    """Owner, type and contents of each note; one PT_NOTE for all."""
    extra_dynamic: tuple[tuple[int, int], ...] = ()
    """Further entries, tag and value, before DT_NULL."""
    extra_headers: tuple[tuple[int, int], ...] = ()
    """Further program headers, type and flags, without contents."""
    segments: int = 1
    """1: one PT_LOAD; 2: PT_DYNAMIC in a second one, at another address than its offset."""
    dynstr_padding: int = 0
    """Bytes in front of the names, for a huge string table."""

    def build(self) -> bytes:
        """Return the file's bytes."""
        return _Writer(self).file()


class _Writer:
    """Lays one file out: headers, tables, code, dynamic section; an address is `base` and the offset."""

    def __init__(self, elf: Elf) -> None:
        self.elf = elf
        self.wide = elf.elf_class == 64
        self.base = _EXECUTABLE_BASE if elf.type == _EXECUTABLE else 0
        self.order = "<" if elf.little_endian else ">"
        self.header_size, self.entry_size = (64, 56) if self.wide else (52, 32)
        self.strings = bytearray(1 + elf.dynstr_padding)
        self.offsets: dict[str, int] = {"": 0}
        self.versions = {"": 1}
        """Version name -> its index in DT_VERSYM."""
        self.entries = [(_NEEDED, self.name(name)) for name in elf.needed]

    def file(self) -> bytes:
        elf = self.elf
        count = 1 + elf.dynamic + (elf.segments > 1) + 2 * (elf.interpreter is not None) + bool(elf.notes)
        count += (elf.executable_stack is not None) + len(elf.extra_headers)
        self.image = bytearray(self.header_size + count * self.entry_size)
        self.headers: list[tuple[int, int, int, int, int, int]] = []  # type, flags, offset, address, size, align
        if elf.interpreter is not None:
            self.headers.append((_PHDR, 4, self.header_size, self.header_size, count * self.entry_size, 8))
            self.place_header(_INTERP, 4, elf.interpreter.encode("utf-8", "surrogateescape") + b"\0", 1)
        if elf.notes:
            self.place_header(_NOTE, 4, b"".join(map(self.note, elf.notes)), 4)
        entry = self.place(self.code())
        if elf.dynamic:
            self.dynamic_tables(entry)
        self.loads()
        if elf.executable_stack is not None:
            self.headers.append((_GNU_STACK, 7 if elf.executable_stack else 6, 0, 0, 0, 16))
        self.headers += [(kind, flags, 0, 0, 0, 8) for kind, flags in elf.extra_headers]
        self.image[: self.header_size] = self.header(entry, count)
        self.image[self.header_size : self.header_size + count * self.entry_size] = self.program_headers()
        return bytes(self.image)

    def code(self) -> bytes:
        if self.elf.code is not None:
            return self.elf.code
        return RETURN_0 if self.elf.interpreter is None and self.elf.dynamic else EXIT_0

    def loads(self) -> None:
        """Write the dynamic section, and add the PT_LOAD headers that cover it."""
        if not self.elf.dynamic:
            self.headers.append((_LOAD, 5, 0, 0, len(self.image), PAGE))
            return
        form = self.order + ("qQ" if self.wide else "iI")
        size = struct.calcsize(form)
        table = b"".join(struct.pack(form, tag, value) for tag, value in (*self.entries, (_NULL, 0)))
        if self.elf.segments == 1:
            start = self.place(table)
            self.headers.append((_LOAD, 7, 0, 0, len(self.image), PAGE))
            self.headers.append((_DYNAMIC, 6, start, start, len(table), size))
            return
        self.headers.append((_LOAD, 5, 0, 0, len(self.image), PAGE))
        self.image += bytes(-len(self.image) % PAGE)
        start = self.place(table)
        self.headers.append((_LOAD, 6, start, start + PAGE, len(table), PAGE))
        self.headers.append((_DYNAMIC, 6, start, start + PAGE, len(table), size))

    def dynamic_tables(self, entry: int) -> None:
        elf = self.elf
        for tag, text in (_SONAME, elf.soname), (_RPATH, elf.rpath), (_RUNPATH, elf.runpath):
            if text is not None:
                self.entries.append((tag, self.name(text)))
        numbers = (_TEXTREL, elf.textrel), (_FLAGS, elf.flags), (_FLAGS_1, elf.flags_1)
        self.entries += [(tag, 0 if tag == _TEXTREL else value) for tag, value in numbers if value]
        self.version_tables()
        self.symbol_tables(entry)
        self.entries += [(_STRTAB, self.place(bytes(self.strings), 1)), (_STRSZ, len(self.strings))]
        self.entries = [(tag, value + self.base * (tag in _ADDRESSES)) for tag, value in self.entries]
        self.entries += elf.extra_dynamic

    def version_tables(self) -> None:
        elf = self.elf
        if elf.version_definitions:
            self.entries += [(_VERDEF, self.place(self.verdef())), (_VERDEFNUM, 1 + len(elf.version_definitions))]
        if elf.version_needs:
            self.entries += [(_VERNEED, self.place(self.verneed())), (_VERNEEDNUM, len(elf.version_needs))]

    def verdef(self) -> bytes:
        names = (self.elf.soname or "", *self.elf.version_definitions)
        table = b""
        for index, name in enumerate(names, 1):
            self.versions.setdefault(name, index)
            following = 28 if index < len(names) else 0
            table += struct.pack(self.order + "HHHHIII", 1, index == 1, index, 1, sysv_hash(name), 20, following)
            table += struct.pack(self.order + "II", self.name(name), 0)
        return table

    def verneed(self) -> bytes:
        table = b""
        for position, (soname, versions) in enumerate(self.elf.version_needs, 1):
            following = 16 + 16 * len(versions) if position < len(self.elf.version_needs) else 0
            table += struct.pack(self.order + "HHIII", 1, len(versions), self.name(soname), 16, following)
            for number, spelled in enumerate(versions, 1):
                version, weak = spelled.rstrip("?"), 2 * spelled.endswith("?")
                index = self.versions.setdefault(
                    version, 1 + max(len(self.versions), len(self.elf.version_definitions))
                )
                link = 16 if number < len(versions) else 0
                hashed = sysv_hash(version)
                table += struct.pack(self.order + "IHHII", hashed, weak, index, self.name(version), link)
        return table

    def symbol_tables(self, entry: int) -> None:
        elf = self.elf
        split = [spelled.partition("@")[::2] for spelled in (*elf.undefined, *elf.defined)]
        table = bytes(24 if self.wide else 16)
        for number, (name, _) in enumerate(split):
            defined = number >= len(elf.undefined)
            table += self.symbol(self.name(name), entry + self.base if defined else 0, int(defined))
        self.entries += [(_SYMTAB, self.place(table)), (_SYMENT, 24 if self.wide else 16)]
        if len(self.versions) > 1:
            indices = [0, *(self.versions[version] for _, version in split)]
            self.entries.append((_VERSYM, self.place(struct.pack(f"{self.order}{len(indices)}H", *indices))))
        if elf.bound:
            names = [name for name, _ in split]
            rows = b"".join(self.relocation(1 + names.index(name)) for name in elf.bound)
            self.entries += [(_RELA, self.place(rows)), (_RELASZ, len(rows))]
        if elf.sysv_hash:
            chain = range(2, len(split) + 1)
            words = (1, len(split) + 1, 1 if split else 0, 0, *chain, *([0] if split else []))
            self.entries.append((_HASH, self.place(struct.pack(f"{self.order}{len(words)}I", *words))))
        if elf.gnu_hash:
            self.entries.append((_GNU_HASH, self.place(self.gnu_hash_table())))

    def gnu_hash_table(self) -> bytes:
        """One bucket behind a bloom filter that lets everything pass."""
        first = 1 + len(self.elf.undefined)
        hashes = [gnu_hash(spelled.partition("@")[0]) & ~1 for spelled in self.elf.defined]
        if hashes:
            hashes[-1] |= 1
        form = f"{self.order}IIII{'Q' if self.wide else 'I'}I{len(hashes)}I"
        everything = 2 ** (64 if self.wide else 32) - 1
        return struct.pack(form, 1, first, 1, 5, everything, first if hashes else 0, *hashes)

    def symbol(self, name: int, value: int, section: int) -> bytes:
        global_function = 1 << 4 | 2
        if self.wide:
            return struct.pack(self.order + "IBBHQQ", name, global_function, 0, section, value, 0)
        return struct.pack(self.order + "IIIBBH", name, value, 0, global_function, 0, section)

    def relocation(self, index: int) -> bytes:
        if self.wide:
            return struct.pack(self.order + "QQq", self.base, index << 32 | 1, 0)
        return struct.pack(self.order + "IIi", self.base, index << 8 | 1, 0)

    def note(self, note: tuple[str, int, bytes]) -> bytes:
        owner, kind, contents = note[0].encode() + b"\0", note[1], note[2]
        head = struct.pack(self.order + "III", len(owner), len(contents), kind)
        return head + owner + bytes(-len(owner) % 4) + contents + bytes(-len(contents) % 4)

    def name(self, text: str) -> int:
        if text not in self.offsets:
            self.offsets[text] = len(self.strings)
            self.strings += text.encode("utf-8", "surrogateescape") + b"\0"
        return self.offsets[text]

    def place(self, contents: bytes, align: int = 8) -> int:
        self.image += bytes(-len(self.image) % align)
        start = len(self.image)
        self.image += contents
        return start

    def place_header(self, kind: int, flags: int, contents: bytes, align: int) -> None:
        start = self.place(contents, align)
        self.headers.append((kind, flags, start, start, len(contents), align))

    def header(self, entry: int, count: int) -> bytes:
        elf = self.elf
        ident = b"\x7fELF" + bytes(
            (2 if self.wide else 1, 1 if elf.little_endian else 2, 1, elf.os_abi, elf.abi_version)
        )
        form = self.order + ("HHIQQQIHHHHHH" if self.wide else "HHIIIIIHHHHHH")
        fields = (elf.type, elf.machine, 1, entry + self.base, self.header_size, 0, elf.header_flags)
        return ident.ljust(16, b"\0") + struct.pack(form, *fields, self.header_size, self.entry_size, count, 0, 0, 0)

    def program_headers(self) -> bytes:
        rows = [(k, f, o, a + self.base * bool(s), s, align) for k, f, o, a, s, align in self.headers]
        if self.wide:
            form = struct.Struct(self.order + "IIQQQQQQ")
            return b"".join(form.pack(k, f, o, a, a, s, s, align) for k, f, o, a, s, align in rows)
        form = struct.Struct(self.order + "IIIIIIII")
        return b"".join(form.pack(k, o, a, a, s, s, f, align) for k, f, o, a, s, align in rows)


@lru_cache(maxsize=4096)
def sysv_hash(name: str) -> int:
    """Hash a symbol's or version's name (gABI, "Hash Table")."""
    value = 0
    for byte in name.encode("utf-8", "surrogateescape"):
        value = (value << 4) + byte
        value = (value ^ (value & 0xF0000000) >> 24) & 0x0FFFFFFF
    return value


@lru_cache(maxsize=4096)
def gnu_hash(name: str) -> int:
    """Hash a symbol's name for DT_GNU_HASH."""
    value = 5381
    for byte in name.encode("utf-8", "surrogateescape"):
        value = (value * 33 + byte) & 0xFFFFFFFF
    return value
