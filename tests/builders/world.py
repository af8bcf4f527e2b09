"""Small worlds for the dynamic loader: objects, links and texts, written into a folder that becomes the root.

An object is a specification: fields of `Elf` as in a case's TOML, and `program`, `nodeflib`, `kind` (see `spoil`),
`system` (`libc`: the release's own), and `opens` and `calls` for those that use dlopen. `written` makes it with our own
writer, but a library that `opens`; `linked` with gcc.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from builders.debian import made_once, unavailable
from builders.elf import Elf

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    Spec = Mapping[str, Any]

JUDGE = Path(__file__).parents[1] / "loader_rules" / "judge"
LOADER = "/lib64/ld-linux-x86-64.so.2"


@dataclass(frozen=True, kw_only=True)
class World:
    """The files of a root, and how its program is started."""

    objects: Mapping[str, Spec]
    """Path -> specification; see `spoil` for the kinds of bad files."""
    links: Mapping[str, str] = field(default_factory=dict)
    """Path -> text of the symbolic link."""
    hard_links: Mapping[str, str] = field(default_factory=dict)
    """Path -> the object that it is a second name of."""
    texts: Mapping[str, str] = field(default_factory=dict)
    """Path -> contents."""
    folders: tuple[str, ...] = ()
    """Folders that nothing else makes."""
    program: str = "/app/prog"
    """What is started, under the path by which it is started."""
    library_path: str | None = None
    """LD_LIBRARY_PATH; None if it is not set."""
    folder: str = "/"
    """The current directory."""
    ldconfig: bool = False
    """Make a cache."""
    stale: Mapping[str, str] = field(default_factory=dict)
    """Names in the cache whose objects are gone since, with their paths."""
    subfolders: tuple[str, ...] = ()
    """The `glibc-hwcaps` folders that count, best first."""
    dlopen: tuple[str, ...] = ()
    """What the program opens, one after the other."""
    caller: str = ""
    """The object that calls dlopen; empty for the program itself."""
    platform: str = ""
    """What `$PLATFORM` stands for: the CPU decides."""


_PATCHES = {
    "other os abi": (7, b"\x09"),
    "gnu os abi": (7, b"\x03"),
    "other abi version": (8, b"\x09"),
    "big-endian": (5, b"\x02"),
    "relocatable": (16, b"\x01"),
    "executable": (16, b"\x02"),
    "aarch64": (18, b"\xb7\x00"),
    "s390x": (5, b"\x02\x01" + bytes(9) + b"\0\x03\0\x16"),
    "cut aarch64": (18, b"\xb7\x00"),
}
_LENGTHS = {"empty": 0, "half a header": 40, "header only": 64, "cut i386": 64, "cut aarch64": 64}
_LINKER_SCRIPT = b"/* GNU ld script */\nGROUP ( libc.so.6 )\n"


def spoil(content: bytes, kind: str) -> bytes:
    """Return an object made into another kind of file, by changing or cutting its header."""
    if kind == "text":
        return _LINKER_SCRIPT.ljust(120)
    if kind in _PATCHES:
        offset, patch = _PATCHES[kind]
        content = content[:offset] + patch + content[offset + len(patch) :]
    return content[: _LENGTHS.get(kind)]


def written(spec: Spec) -> bytes:
    """Return an object as `Elf` writes it."""
    if spec.get("opens") and not spec.get("program"):
        return linked(spec)
    fields: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in spec.items()}
    kind: str = fields.pop("kind", "")
    for name in ("calls", "opens", "system", "compiler", "start"):
        fields.pop(name, None)
    fields["flags_1"] = 0x800 * bool(fields.pop("nodeflib", False)) | 0x08000000 * (kind == "pie")
    interpreter = fields.pop("interpreter", LOADER)
    fields["interpreter"] = interpreter if fields.pop("program", False) else None
    fields["dynamic"] = kind != "no dynamic section"
    if kind in {"i386", "cut i386"}:
        fields |= {"elf_class": 32, "machine": 3}
    if kind == "s390x":
        fields |= {"little_endian": False, "machine": 22}
    return spoil(Elf(**fields).build(), kind)


def materialize(world: World, root: Path, build: Callable[[Spec], bytes] = written) -> None:
    """Write the world's files into a folder."""
    for path, target in world.links.items():
        if "/" not in path[1:]:
            place(root, path).symlink_to(target)
    for path in (*world.folders, world.folder):
        (root / path.lstrip("/")).mkdir(parents=True, exist_ok=True)
    for path, spec in world.objects.items():
        place(root, path).write_bytes(build(spec))
        place(root, path).chmod(0o755)
    for path, text in world.texts.items():
        place(root, path).write_text(text)
    for path, first in world.hard_links.items():
        place(root, path).hardlink_to(place(root, first))
    for path, target in world.links.items():
        if "/" in path[1:]:
            place(root, path).symlink_to(target)


def place(root: Path, path: str) -> Path:
    """Return where a path of the root lies, with its folder made."""
    place = root / path.lstrip("/")
    place.parent.mkdir(parents=True, exist_ok=True)
    return place


def gcc(output: Path, *arguments: str, compiler: str = "gcc") -> None:
    """Build one file, or skip the test where there is no compiler."""
    if shutil.which(compiler) is None:
        unavailable(f"install {compiler}: apt-get install gcc libc6-dev musl-tools")
    command = [compiler, "-O1", "-fno-stack-protector", "-fcf-protection=none", "-o", str(output), *arguments]
    subprocess.run(command, check=True, capture_output=True)


def linked(spec: Spec) -> bytes:
    """Return an object as gcc links it; the same specification gives the same bytes, from a folder that keeps them."""
    sources = [path.read_bytes() for path in sorted(JUDGE.glob("*.c"))]
    text = json.dumps(spec, sort_keys=True).encode()
    digest = hashlib.sha256(b"\0".join([_RECIPE, *sources, text])).hexdigest()[:20]
    with made_once(f"loader-object-{digest}") as (entry, unfinished):
        if unfinished is not None:
            _link(unfinished, spec)
    return spoil((entry / "object").read_bytes(), spec.get("kind", ""))


_RECIPE = b"3"
"""Part of every object's key: raise it when `_link` changes."""
_NO_STACK = '.section .note.GNU-stack,"",@progbits\n'


def _functions(names: Iterable[str]) -> str:
    return ".text\n" + "".join(f".globl {name}\n.type {name}, @function\n{name}:\n" for name in names)


_STUB = _functions(("dlopen", "open_for_test", "judge"))
"""What an object may use of those that it needs."""


def _link(folder: Path, spec: Spec) -> None:
    (folder / "empty.s").write_text(_NO_STACK)
    (folder / "stub.s").write_text(_NO_STACK + _STUB)
    stubs = []
    for number, name in enumerate(spec.get("needed", ())):
        stubs.append(str(folder / f"stub{number}.so"))
        gcc(Path(stubs[-1]), "-shared", "-nostdlib", *_linker("-soname", name), str(folder / "stub.s"))
    compiler = spec.get("compiler", "gcc")
    options = [*_linker("-soname", spec["soname"])] if "soname" in spec else []
    options += _search_path(spec)
    options += _linker("-z", "nodefaultlib") if spec.get("nodeflib") else []
    output = folder / "object"
    gcc(output, *_form(folder, spec), *options, *_linker("--no-as-needed"), *stubs, compiler=compiler)
    if spec.get("kind") == "no dynamic section":
        output.write_bytes(_without_dynamic_section(output.read_bytes()))
    elif not _is_plain(spec):
        output.write_bytes(_retagged(output.read_bytes(), spec))


def _is_plain(spec: Spec) -> bool:
    """Return whether the linker itself can write the search path: one kind of it, and not empty."""
    return bool(spec.get("rpath")) != bool(spec.get("runpath")) and "" not in (spec.get("rpath"), spec.get("runpath"))


def _search_path(spec: Spec) -> list[str]:
    if _is_plain(spec):
        tags = "--disable-new-dtags" if "rpath" in spec else "--enable-new-dtags"
        return _linker(tags, "-rpath", str(spec.get("rpath") or spec.get("runpath")))
    texts = {"--audit": spec.get("rpath"), "--depaudit": spec.get("runpath")}
    return [part for option, text in texts.items() if text is not None for part in _linker(option, text or "none")]


def _retagged(content: bytes, spec: Spec) -> bytes:
    """Make DT_AUDIT a DT_RPATH and DT_DEPAUDIT a DT_RUNPATH: no linker writes both, or an empty one."""
    for name, old, new in ("rpath", 0x6FFFFEFC, 15), ("runpath", 0x6FFFFEFB, 29):
        if name in spec:
            at = content.index(old.to_bytes(8, "little"))
            value = content[at + 8 : at + 16] if spec[name] else bytes(8)
            content = content[:at] + new.to_bytes(8, "little") + value + content[at + 16 :]
    return content


def _without_dynamic_section(content: bytes) -> bytes:
    """Make PT_DYNAMIC a PT_NULL: what gcc itself links without one is not a shared object."""
    first, size, count = content[32], content[54], content[56]
    offsets = range(first, first + size * count, size)
    (at,) = [offset for offset in offsets if content[offset : offset + 4] == b"\2\0\0\0"]
    return content[:at] + bytes(4) + content[at + 4 :]


def _form(folder: Path, spec: Spec) -> list[str]:
    sources = [str(folder / "empty.s")]
    if spec.get("defined"):
        (folder / "defined.s").write_text(_NO_STACK + _functions(spec["defined"]))
        sources.append(str(folder / "defined.s"))
    if spec.get("calls"):
        sources.append(str(JUDGE / "caller.c"))
    if spec.get("program"):
        (folder / "exit.s").write_text(".globl _start\n_start:\n\txor %edi, %edi\n\tmov $60, %eax\n\tsyscall\n")
        start = JUDGE / spec.get("start", "opens.c") if spec.get("opens") else folder / "exit.s"
        interpreter = _linker("-dynamic-linker", spec.get("interpreter", LOADER))
        return ["-pie", "-fPIE", "-nostdlib", *interpreter, str(start), *sources]
    if spec.get("opens"):
        sources += ["-DLIBRARY", str(JUDGE / "opens.c")]
    if spec.get("kind") == "pie":
        return ["-pie", "-fPIE", "-nostdlib", *_linker("-e", "0"), *sources]
    if spec.get("kind") in {"i386", "cut i386"}:
        return ["-m32", "-shared", "-nostdlib", *sources]
    return ["-shared", "-fPIC", "-nostdlib", *sources]


def _linker(*options: str) -> list[str]:
    return [part for option in options for part in ("-Xlinker", option)]
