"""Small inputs that are made to cost much, and what a command costs on them: less than 1 MB each, sources aside."""

from __future__ import annotations

import gzip
import json
import os
import signal
import subprocess
import sys
import tarfile
import zipfile
from base64 import b64encode
from typing import TYPE_CHECKING, NamedTuple

from builders.apk import ApkEntry, apk_database
from builders.elf import Elf
from builders.forked import run_forked
from builders.rpm_files import Rpm, header, ndb, repeated_row
from builders.rpm_repositories import write_repository
from builders.small_alpine import PACKAGES as ALPINE
from builders.small_alpine import small_alpine
from builders.small_debian import MODULE, SITE, small_debian
from builders.small_fedora import PACKAGES as FEDORA
from builders.small_fedora import remove_libpq, small_fedora
from builders.system import VENV

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

NAME = "psycopg2"
INFO = f"{SITE}/{NAME}-2.9.9.dist-info"
HEAD = f"Metadata-Version: 2.1\nName: {NAME}\nVersion: 2.9.9\n"
STATUS = "var/lib/dpkg/status"


class Shape(NamedTuple):
    """One way to be expensive."""

    write: Callable[[Path], None]
    """Writes it into a folder: a root, or a project."""
    commands: tuple[tuple[str, ...], ...]
    """What is run on it; ROOT stands for the folder."""
    in_root: bool = True
    """Whether the folder is a small Debian, so that several shapes go together."""
    system: Callable[[Path], object] = small_debian
    """What makes the root, if it is one."""


class Cost(NamedTuple):
    """What one run took."""

    seconds: float
    """Processor time, of the process and those that it started."""
    memory: int
    """Most bytes that one of its processes had."""
    status: int
    """Exit status; negative for a signal."""
    errors: str
    """Standard error."""


def run(argv: Sequence[str], folder: Path, limit: float) -> Cost:
    """Run the command line in a child, which is killed after `limit` seconds of processor time."""
    command = [sys.executable, "-m", "pip_sysdeps", *argv]
    with subprocess.Popen(
        ["/bin/sh", "-c", f'ulimit -t {int(limit)}; exec "$@"', "sh", *command],
        cwd=folder, env=_variables(folder), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        start_new_session=True,
    ) as process:  # fmt: skip
        timer = _kill_later(process.pid, limit * 5)
        assert process.stderr is not None
        errors = process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, timer)
        process.returncode = os.waitstatus_to_exitcode(status)
    return Cost(
        seconds=usage.ru_utime + usage.ru_stime,
        memory=usage.ru_maxrss * 1024,
        status=process.returncode,
        errors=errors.decode("utf-8", "replace"),
    )


def _kill_later(pid: int, seconds: float) -> signal.Handlers:
    """Kill a process that waits for ever, which costs no processor time."""

    def kill(*_: object) -> None:
        os.killpg(pid, signal.SIGKILL)

    before = signal.signal(signal.SIGALRM, kill)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    return before  # type: ignore[return-value] # nobody else has one


def run_in_fork(argv: Sequence[str], folder: Path, limit: float) -> Cost:
    """Run the command line without its start; the memory has more, as all modules are imported."""
    done = run_forked(*argv, cwd=folder, environ=_variables(folder), seconds=int(limit), longest=limit * 5)
    return Cost(seconds=done.seconds, memory=done.memory, status=done.returncode, errors=done.stderr)


def _variables(folder: Path) -> dict[str, str]:
    return {**os.environ, "HOME": str(folder), "XDG_CACHE_HOME": str(folder)}


def measured(
    folder: Path, names: Sequence[str], limit: float, run: Callable[[Sequence[str], Path, float], Cost] = run
) -> Iterator[tuple[str, Cost]]:
    """Write shapes into one folder, and yield the cost of each of their commands."""
    place = folder / "place"
    shapes = [SHAPES[name]() for name in names]
    place.mkdir()
    if shapes[0].in_root or shapes[0].system is not small_debian:
        shapes[0].system(place)
    for shape in shapes:
        shape.write(place)
    for command in dict.fromkeys(command for shape in shapes for command in shape.commands):
        form = f" {command[-1]}" if "--format" in command else ""
        yield command[0] + form, run([part.replace("ROOT", str(place)) for part in command], place, limit)


# ------------------------------------------------------------------------------------------------------------ writing

ROOT = ("--root", "ROOT", "--python", VENV)
LOCK = ("lock", *ROOT, "-o", "ROOT/l")
ELSEWHERE = ("lock", *ROOT, "--target", "debian-trixie-amd64", "-o", "ROOT/l")
TREE, AUDIT, VERIFY = ("tree", *ROOT), ("audit", *ROOT), ("verify", "--lockless", *ROOT)
EXPORT, SPDX = (("export", *ROOT, "--format", each) for each in ("cyclonedx", "spdx"))
HTML, SARIF, MARKDOWN = (("audit", *ROOT, "--format", each) for each in ("html", "sarif", "markdown"))
WHEELS = ("lock", "--wheels", "ROOT/w", "--target", "debian-trixie-amd64", "-o", "ROOT/l")
HERE = ("lock", "--wheels", "ROOT/w", "--root", "ROOT", "-o", "ROOT/l")
POLICY_LIST = ("policy", "list")
APT_LINE, VALIDATE, DIFF = ("apt-line",), ("lock", "--validate"), ("diff", "sysdeps.lock", "sysdeps.lock")
DIFFS = tuple(
    ("diff", *locks, "--root", "ROOT", "--format", form)
    for locks in (("old.lock", "sysdeps.lock"), ("sysdeps.lock", "old.lock"))
    for form in ("text", "markdown", "json")
)


def _put(path: str, content: str | bytes) -> Callable[[Path], None]:
    def write(folder: Path) -> None:
        place = folder / path.lstrip("/")
        place.parent.mkdir(parents=True, exist_ok=True)
        place.unlink(missing_ok=True)
        place.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8", "surrogateescape"))

    return write


def _add(path: str, content: str) -> Callable[[Path], None]:
    def write(folder: Path) -> None:
        with (folder / path.lstrip("/")).open("a", encoding="utf-8") as file:
            file.write(content)

    return write


def _all(*writes: Callable[[Path], None]) -> Callable[[Path], None]:
    def write(folder: Path) -> None:
        for each in writes:
            each(folder)

    return write


def _elf(**facts: object) -> bytes:
    return Elf(**facts).build()  # type: ignore[arg-type] # as Elf has them


def _module(content: bytes, links: int = 1) -> Callable[[Path], None]:
    """Write an extension module and hard links to it."""

    def write(folder: Path) -> None:
        _put(f"{SITE}/{MODULE}", content)(folder)
        for number in range(1, links):
            name = folder / SITE.lstrip("/") / f"{NAME}/m{number}.abi3.so"
            name.unlink(missing_ok=True)
            os.link(folder / SITE.lstrip("/") / MODULE, name)

    return write


def _metadata(lines: Sequence[str]) -> Callable[[Path], None]:
    return _put(f"{INFO}/METADATA", HEAD + "\n".join(lines) + "\n")


def _self_links(folder: Path) -> None:
    (folder / "d").mkdir()
    for number in range(256):
        (folder / "d" / str(number)).symlink_to("/d")


def _distributions(count: int, rows: str) -> Callable[[Path], None]:
    """Write this many distributions that share one RECORD, by hard links."""

    def write(folder: Path) -> None:
        site = folder / SITE.lstrip("/")
        (site / "record").write_text(rows)
        for number in range(count):
            record = site / f"d{number}-1.dist-info/RECORD"
            record.parent.mkdir(exist_ok=True)
            record.unlink(missing_ok=True)
            os.link(site / "record", record)

    return write


def _shared(
    count: int,
    file: str,
    content: str,
    also: Callable[[Path], None] | None = None,
    small: Callable[[int], dict[str, str]] = lambda _: {},
) -> Callable[[Path], None]:
    """Write this many distributions that share one large file, by hard links, and `small` files of their own."""

    def write(folder: Path) -> None:
        site = folder / SITE.lstrip("/")
        if also is not None:
            also(folder)
        shared = site / f"shared-{file.replace('/', '-')}"
        shared.unlink(missing_ok=True)
        shared.write_text(content)
        for number in range(count):
            info = site / f"d{number}-1.dist-info"
            (info / file).parent.mkdir(parents=True, exist_ok=True)
            (info / file).unlink(missing_ok=True)
            os.link(shared, info / file)
            for name, text in {"METADATA": f"Name: d{number}\nVersion: 1\n", **small(number)}.items():
                if name != file:
                    (info / name).write_text(text)

    return write


def _folder_of(count: int) -> Callable[[Path], None]:
    """Write this many modules into /src."""

    def write(folder: Path) -> None:
        (folder / "src/p").mkdir(parents=True)
        for number in range(count):
            (folder / f"src/p/m{number}.py").touch()

    return write


def _copies(count: int, content: bytes) -> Callable[[Path], None]:
    """Write this many extension modules, each a file of its own."""

    def write(folder: Path) -> None:
        for number in range(count):
            _put(f"{SITE}/{NAME}/c{number}.abi3.so", content)(folder)

    return write


def _modules(count: int, needs: Callable[[int], tuple[str, ...]]) -> Callable[[Path], None]:
    """Add an extension module to each distribution of `_shared`; `needs` has its DT_NEEDED by number."""

    def write(folder: Path) -> None:
        for number in range(count):
            needed = needs(number)
            _put(f"{SITE}/d{number}.abi3.so", _elf(needed=needed))(folder)
            _put(f"{SITE}/d{number}-1.dist-info/RECORD", f"d{number}.abi3.so,,\n")(folder)

    return write


def _packages(count: int) -> Callable[[Path], None]:
    """Write this many packages with a library each, and a module that needs them all."""

    def write(folder: Path) -> None:
        for number in range(count):
            path = f"/usr/lib/x86_64-linux-gnu/libz{number}.so"
            _put(path, _elf(soname=f"libz{number}.so"))(folder)
            _put(f"var/lib/dpkg/info/z{number}.list", f"{path}\n")(folder)
        depends = ", ".join(f"z{number}" for number in range(0, count, max(count // 20, 1)))
        _add(STATUS, _many(count, f"{_PACKAGE}Depends: {depends}\n"))(folder)
        _module(_elf(needed=tuple(f"libz{number}.so" for number in range(count))))(folder)

    return write


def _unowned(rows: int, in_row: int, links: int) -> Callable[[Path], None]:
    """Let rows of libraries that no package owns each need all of the next row, and modules the first of them."""

    def names(row: int) -> tuple[str, ...]:
        return tuple(f"libq{row}x{number}.so" for number in range(in_row)) if row < rows else ()

    def write(folder: Path) -> None:
        for row in range(rows):
            for name in names(row):
                library = _elf(soname=name, needed=(*names(row + 1), "libc.so.6"))
                _put(f"/usr/lib/x86_64-linux-gnu/{name}", library)(folder)
        _module(_elf(needed=names(0)), links=links)(folder)

    return write


def _vendored(count: int) -> Callable[[Path], None]:
    """Write this many distributions that share one large library, by hard links."""

    def write(folder: Path) -> None:
        _shared(count, "z", "")(folder)
        library = _elf(soname="libz.so.1", needed=("libc.so.6",), dynstr_padding=900_000)
        _put(f"{SITE}/d0.libs/libz-01234567.so.1", library)(folder)
        for number in range(count):
            name = f"d{number}.libs/libz-01234567.so.1"
            if number:
                (folder / SITE.lstrip("/") / f"d{number}.libs").mkdir(exist_ok=True)
                os.link(folder / SITE.lstrip("/") / "d0.libs/libz-01234567.so.1", folder / SITE.lstrip("/") / name)
            _put(f"{SITE}/d{number}-1.dist-info/RECORD", f"{name},,\n")(folder)

    return write


def _soname_copies(count: int) -> Callable[[Path], None]:
    """Write two copies of this many libraries, each loaded by a module of its own."""

    def write(folder: Path) -> None:
        rows = []
        for number in range(count):
            for side in ("a", "b"):
                module, library = f"{side}/m{number}.abi3.so", f"{side}.libs/libq{number}.so"
                _put(f"{SITE}/{library}", _elf(soname=f"libq{number}.so"))(folder)
                _put(f"{SITE}/{module}", _elf(needed=(f"libq{number}.so",), runpath=f"$ORIGIN/../{side}.libs"))(folder)
                rows += [f"{module},,\n", f"{library},,\n"]
        _put(f"{INFO}/RECORD", "".join(rows))(folder)

    return write


def _apt_list(suffix: str, content: bytes) -> Callable[[Path], None]:
    """Write a list of packages that apt downloaded."""
    start = "var/lib/apt/lists/a.test_dists_bookworm"
    return _all(
        _put("etc/apt/sources.list", "deb http://a.test bookworm main\n"),
        _put(f"{start}_InRelease", "Origin: Debian\nSuite: stable\nCodename: bookworm\n"),
        _put(f"{start}_main_binary-amd64_Packages{suffix}", content),
    )


def _lists(count: int) -> Callable[[Path], None]:
    """Write this many packages that share one long file list, by hard links."""

    def write(folder: Path) -> None:
        info = folder / "var/lib/dpkg/info"
        (info / "list").write_text(_many(60_000, "/usr/lib/NUMBER\n"))
        for number in range(count):
            os.link(info / "list", info / f"z{number}.list")

    return _all(_add(STATUS, _many(count, _PACKAGE)), write)


def _linked_metadata(folder: Path) -> None:
    site = folder / SITE.lstrip("/")
    (site / "d-1.dist-info").mkdir()
    (site / "d-1.dist-info/RECORD").write_text("".join(f"{number},,\n" for number in range(100_000)))
    for number in range(200):
        (site / f"e{number}-1.dist-info").symlink_to("d-1.dist-info")


def _sparse(folder: Path) -> None:
    site = folder / SITE.lstrip("/")
    with (site / "z").open("wb") as file:
        file.truncate(1 << 40)
    for number in range(3):
        info = site / f"s{number}-1.dist-info"
        info.mkdir()
        (info / "RECORD").write_text(f"z,sha256={number:043},\n")


def _holes(path: str, size: int) -> Callable[[Path], None]:
    """Make a file longer, by bytes that are not on the disk."""

    def write(folder: Path) -> None:
        os.truncate(folder / path.lstrip("/"), size)

    return write


def _sbom(count: int) -> str:
    components = ({"name": f"a{number}"} for number in range(count))
    return json.dumps({"bomFormat": "CycloneDX", "components": [*components]}, separators=(",", ":"))


def _notes(count: int, names: int = 1) -> bytes:
    rows = [
        {"soname": [f"libq{row}.so.{name}" for name in range(names)], "priority": "required"} for row in range(count)
    ]
    return _elf(notes=(("FDO", 0x407C0C0A, json.dumps(rows).encode()),), needed=("libc.so.6",))


def _sdist(raw: bytes) -> Callable[[Path], None]:
    return _all(_put("x.tar.gz", gzip.compress(raw)), _put(f"{INFO}/direct_url.json", '{"url": "file:///x.tar.gz"}'))


def _tar(count: int, kind: bytes, content: bytes = b"") -> bytes:
    member = tarfile.TarInfo("x/y")
    member.type, member.size = kind, len(content)
    return (member.tobuf(tarfile.GNU_FORMAT) + content.ljust(-len(content) // 512 * -512, b"\0")) * count


def _wheel(
    files: dict[str, str | bytes], *, record: str = "", name: str = "a-1-py3-none-any.whl"
) -> Callable[[Path], None]:
    """Write a wheel into the folder `w`; an empty record lists its files."""
    metadata: dict[str, str | bytes] = {
        "a-1.dist-info/METADATA": "Metadata-Version: 2.1\nName: a\nVersion: 1\n",
        "a-1.dist-info/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    members = {**metadata, **files}
    record = record or "".join(f"{path},,\n" for path in (*members, "a-1.dist-info/RECORD"))

    def write(folder: Path) -> None:
        (folder / "w").mkdir(exist_ok=True)
        with zipfile.ZipFile(folder / "w" / name, "w", zipfile.ZIP_DEFLATED) as archive:
            for path, content in {"a-1.dist-info/RECORD": record, **members}.items():
                archive.writestr(path, content)

    return write


def _sources(files: dict[str, str | bytes]) -> Shape:
    """Write a wheel with these files in its package `a`."""
    return Shape(_wheel({f"a/{path}": content for path, content in files.items()}), (WHEELS,), in_root=False)


def _source(text: str) -> Shape:
    """Write a wheel with this source, which opens a library, too."""
    return _sources({"__init__.py": f"import ctypes, subprocess\nctypes.CDLL('libz.so')\n{text}\n"})


def _beside_module(text: str, modules: int = 1, copies: int = 1) -> Shape:
    """Write a wheel with this source, perhaps several times, and extension modules."""
    sources = {f"s{number}.py": text for number in range(copies)}
    return _sources({**sources, **{f"{number:x}_x.abi3.so": _elf(needed=("libz.so.1",)) for number in range(modules)}})


def _utf_7(text: str) -> str:
    return f"+{b64encode(text.encode('utf-16-be')).decode().rstrip('=')}-"


def _elf_bomb(folder: Path) -> None:
    _wheel({"a/y.py": b""})(folder)
    wheel = folder / "w/a-1-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "a", zipfile.ZIP_DEFLATED) as archive, archive.open("a/x.so", "w") as file:
        file.write(b"\x7fELF")
        for _ in range(800):
            file.write(bytes(1 << 20))


def _rpms(*packages: Rpm) -> Shape:
    return _rpms_raw(*(each.header() for each in packages))


def _rpms_raw(*headers: bytes) -> Shape:
    def write(folder: Path) -> None:
        _put("usr/lib/sysimage/rpm/Packages.db", ndb([*(each.header() for each in FEDORA), *headers]))(folder)

    return Shape(write, (LOCK, VERIFY), in_root=False, system=small_fedora)


def _rpm_cache(count: int, provides: int) -> Shape:
    """Return a root whose cache has many packages with many provides: the file is small, its content is not."""

    def write(folder: Path) -> None:
        remove_libpq(folder)
        cache = folder / "var/cache/libdnf5/fedora-0123456789abcdef"
        write_repository(cache, (Rpm(name=f"z{number}", provides=("a",) * provides) for number in range(count)))
        _put("etc/yum.repos.d/a.repo", "[fedora]\nbaseurl=https://a.test/\nenabled=1\n")(folder)

    return Shape(write, (LOCK, AUDIT), in_root=False, system=small_fedora)


def _apks(*packages: ApkEntry) -> Shape:
    write = _put("lib/apk/db/installed", apk_database(*ALPINE, *packages))
    return Shape(write, (LOCK, VERIFY), in_root=False, system=small_alpine)


def _fifo(path: str) -> Callable[[Path], None]:
    def write(folder: Path) -> None:
        os.mkfifo(_vacant(folder / path))

    return write


def _link(path: str, target: str) -> Callable[[Path], None]:
    def write(folder: Path) -> None:
        _vacant(folder / path).symlink_to(target)

    return write


def _vacant(place: Path) -> Path:
    """Make the folder of a path, and remove the file at it; return the path."""
    place.parent.mkdir(parents=True, exist_ok=True)
    place.unlink(missing_ok=True)
    return place


_HEAD = 'lock-version = "2.0"\n'
_TARGET = (
    '[[target]]\nid = "debian-bookworm-amd64"\ndistro = "debian"\nrelease = "12"\narchitecture = "amd64"\n'
    'package-manager = "dpkg"\nlibc = "glibc"\npython = "cp311"\n'
)
_NEED = '[[target.distribution]]\nname = "aNUMBER"\nneeds = [{ soname = "l", package = "pNUMBER", when = "import" }]\n'
_MISSING = '[[target.unresolved]]\nsoname = "lNUMBER"\ndistribution = "aNUMBER"\nwhen = "import"\n'
_HOLDER = '[[target.distribution]]\nname = "a"\nneeds = [\n'
_OTHER_NEED = '{ soname = "lNUMBER", package = "p0", when = "import" },\n'


def _lock(text: str) -> Shape:
    return Shape(_put("sysdeps.lock", _HEAD + text), (APT_LINE, VALIDATE, DIFF), in_root=False)


def _lock_alone(text: str, target: str = "debian-bookworm-amd64") -> Shape:
    """Return a lock that the reports answer from, without an environment."""
    of_target = ("--target", target)
    commands = (
        ("tree", "--lock", *of_target),
        ("tree", "--lock", *of_target, "--reverse"),
        *(("tree", "--lock", *of_target, "--format", form) for form in ("json", "dot", "mermaid")),
        ("why", "p0", "--lock", *of_target),
        ("why", "l", "--lock", *of_target),
        *(("audit", *of_target, "--format", form) for form in ("table", "markdown", "html", "sarif", "json")),
        *(("install-line", *of_target, "--format", form) for form in ("lines", "satisfy", "dockerfile", "json")),
        VALIDATE,
        DIFF,
        ("diff", "--targets", target, target),
        POLICY_LIST,
    )
    return Shape(_put("sysdeps.lock", _HEAD + text), commands, in_root=False)


def _with_line(target: str, names: Sequence[str]) -> str:
    return f"{target}installs = {json.dumps(sorted(names))}\n"


def _names(stem: str, count: int) -> list[str]:
    return [f"{stem}{number}" for number in range(count)]


def _locks(old: str, new: str, *, was: Sequence[str] = (), now: Sequence[str] = ()) -> Shape:
    """Two locks that are compared, in both directions; with their install lines."""
    line, new_line = (f"installs = {json.dumps(sorted(names))}\n" for names in (was, now))
    old, new = old.replace(_TARGET, _TARGET + line), new.replace(_TARGET, _TARGET + new_line)
    write = _all(_put("old.lock", _HEAD + old), _put("sysdeps.lock", _HEAD + new))
    return Shape(write, (APT_LINE, VALIDATE, *DIFFS), in_root=False)


def _project(text: str | bytes) -> Shape:
    write = _all(_put("sysdeps.lock", _HEAD), _put("pyproject.toml", text))
    return Shape(write, (VALIDATE,), in_root=False)


def _policy(key: str, entries: str) -> Callable[[Path], None]:
    """Write a policy for the one distribution of the small Debian."""
    return _put("pyproject.toml", f"[tool.pip-sysdeps.distribution.{NAME}]\n{key} = [\n{entries}]\n")


def _many(count: int, line: str) -> str:
    """Return a line so many times; NUMBER stands for its number."""
    return "".join(line.replace("NUMBER", str(number)) for number in range(count))


_NO_INDEX = _put("etc/os-release", "ID=debian\nVERSION_ID=99\n")
_PACKAGE = "\nPackage: zNUMBER\nStatus: install ok installed\nVersion: 1\n"
_BIG = 950_000

SHAPES: dict[str, Callable[[], Shape]] = {
    # locks and projects
    "lock-dotted": lambda: _lock(".".join("a" * 20_000) + "=1\n"),
    "lock-dotted-lines": lambda: _lock(_many(9000, ".".join("a" * 30) + ".kNUMBER=1\n")),
    "lock-dotted-quoted": lambda: _lock("x='''\n'\"'''\n" + ".".join(['"a"'] * 20_000) + "=1\n"),
    "lock-dotted-table": lambda: _lock("[" + ".".join("a" * 20_000) + "]\n"),
    "lock-arrays": lambda: _lock("a=" + "[" * 100_000),
    "lock-inline": lambda: _lock("a=" + "{a=" * 100_000),
    "lock-tables": lambda: _lock(_many(100_000, "[[a]]\n")),
    "lock-targets": lambda: _lock(_TARGET + _many(12_000, '[[target.distribution]]\nname = "aNUMBER"\n')),
    "lock-same-targets": lambda: _lock(_TARGET * 4000),
    "lock-quotes": lambda: _lock('a="""' + '\\"""' * 200_000),
    "lock-of-targets": lambda: _lock_alone(
        _many(
            2800,
            _with_line(_TARGET.replace('amd64"', 'amd64-NUMBER"', 1), ["p0"])
            + _HOLDER
            + _OTHER_NEED.replace("NUMBER", "0")
            + "]\n",
        ),
        "debian-bookworm-amd64-7",
    ),
    "lock-of-distributions": lambda: _lock_alone(_with_line(_TARGET, _names("p", 6000)) + _many(6000, _NEED)),
    "lock-of-needs": lambda: _lock_alone(f"{_with_line(_TARGET, ['p0'])}{_HOLDER}{_many(10_000, _OTHER_NEED)}]\n"),
    "lock-of-missing": lambda: _lock_alone(
        _TARGET + _many(5000, _MISSING) + _many(5000, '[[target.distribution]]\nname = "aNUMBER"\n')
    ),
    "lock-of-targets-with-needs": lambda: _lock_alone(
        "".join(
            _with_line(_TARGET.replace('amd64"', f'amd64-{n}"', 1), _names("p", 60)) + _many(60, _NEED)
            for n in range(90)
        ),
        "debian-bookworm-amd64-7",
    ),
    "locks-distributions": lambda: _locks(_TARGET, _TARGET + _many(8000, _NEED), now=_names("p", 8000)),
    "locks-packages": lambda: _locks(
        _TARGET + _many(5000, _NEED),
        _TARGET + _many(5000, _NEED.replace("pNUMBER", "qNUMBER")),
        was=_names("p", 5000),
        now=_names("q", 5000),
    ),
    "locks-unresolved": lambda: _locks(
        _TARGET + _many(4000, _MISSING) + _many(4000, '[[target.distribution]]\nname = "aNUMBER"\n'),
        _TARGET + _many(5000, _NEED),
        now=_names("p", 5000),
    ),
    "locks-one-package": lambda: _locks(_TARGET, _TARGET + _many(5000, _NEED.replace("pNUMBER", "p0")), now=("p0",)),
    "locks-one-distribution": lambda: _locks(
        f"{_TARGET}{_HOLDER}{_many(6000, _OTHER_NEED)}]\n",
        f"{_TARGET}{_HOLDER}{_many(6000, _OTHER_NEED.replace('p0', 'q0'))}]\n",
        was=("p0",),
        now=("q0",),
    ),
    "project-dotted": lambda: _project(".".join("a" * 20_000) + "=1\n"),
    "project-policy": lambda: _project("[tool.pip-sysdeps.distribution]\n" + _many(40_000, "aNUMBER = {}\n")),
    "policy-missing": lambda: Shape(
        _all(
            _module(_elf(needed=tuple(f"libq{n}.so" for n in range(2900)))),
            _policy("ignore", _many(990, '{ soname = "libqNUMBER.so", reason = "x" },\n')),
        ),
        (LOCK, AUDIT, TREE, POLICY_LIST),
    ),
    "policy-many-sonames": lambda: Shape(
        _all(
            _module(_elf(needed=tuple(f"libq{n}.so" for n in range(2900)))),
            _policy("ignore", _many(5, f"{{ sonames = {json.dumps(_names('libq', 12_000))}, reason = 'x' }},\n")),
        ),
        (LOCK, AUDIT, POLICY_LIST),
    ),
    "policy-packages": lambda: Shape(
        _all(
            _packages(1000),
            _policy("replace", _many(990, '{ package = "zNUMBER", with = "yNUMBER", reason = "x" },\n')),
        ),
        (LOCK, AUDIT, TREE),
    ),
    "policy-added": lambda: Shape(
        _policy("add", _many(990, '{ package = "zNUMBER", reason = "x" },\n')), (LOCK, AUDIT, TREE, HTML, EXPORT)
    ),
    "policy-plugins": lambda: Shape(
        _all(
            _module(_elf(needed=("libpq.so.5",)), links=1500),
            _policy("plugins", _many(990, '"*/a*b*NUMBER.so",\n')),
        ),
        (LOCK, AUDIT),
    ),
    "policy-plugin-stars": lambda: Shape(
        _all(_module(_elf(needed=("libpq.so.5",)), links=500), _policy("plugins", f'"{"*a" * 400_000}.so",\n')),
        (LOCK, AUDIT),
    ),
    "policy-of-lock": lambda: Shape(
        _all(
            _put(
                "sysdeps.lock",
                f"{_HEAD}{_TARGET}{_HOLDER}{_many(6000, _OTHER_NEED)}]\n".replace(
                    _TARGET, f'{_TARGET}installs = ["p0"]\n'
                ),
            ),
            _put(
                "pyproject.toml",
                "[tool.pip-sysdeps.distribution.a]\nignore = [\n"
                + _many(990, '{ soname = "lNUMBER", reason = "x" },\n')
                + "]\n",
            ),
        ),
        (POLICY_LIST, ("policy", "ignore", "p0", "--reason", "x")),
        in_root=False,
    ),
    "project-unknown": lambda: _project("[tool.pip-sysdeps]\n" + _many(40_000, "aNUMBER = 1\n")),
    "project-kmsg": lambda: Shape(
        _all(_put("sysdeps.lock", _HEAD), _link("pyproject.toml", "/proc/kmsg")), (VALIDATE,), in_root=False
    ),
    "project-fifo": lambda: Shape(
        _all(_put("sysdeps.lock", _HEAD), _fifo("pyproject.toml")), (VALIDATE,), in_root=False
    ),
    "lock-fifo": lambda: Shape(_fifo("sysdeps.lock"), (APT_LINE, VALIDATE), in_root=False),
    # the loader
    "ld-so-conf-links": lambda: Shape(
        _all(
            _self_links,
            _put("etc/ld.so.conf", "include /d/*/*/*/*/x*\n" * 20 + _many(100, "include /d/*/*/*/NUMBER*\n")),
        ),
        (LOCK, VERIFY),
    ),
    "ld-so-conf-directories": lambda: Shape(_put("etc/ld.so.conf", _many(140_000, "/NUMBER\n")), (LOCK,)),
    "ld-so-conf-includes": lambda: Shape(_put("etc/ld.so.conf", _many(80_000, "include NUMBER\n")), (LOCK,)),
    "ld-so-conf-stars": lambda: Shape(_put("etc/ld.so.conf", f"include /usr/lib/{'*a' * 400_000}\n"), (LOCK,)),
    "needed-by-runpath": lambda: Shape(
        _module(
            _elf(needed=tuple(f"l{n}" for n in range(4000)), runpath=":".join(f"/n/{n}" for n in range(990))), links=20
        ),
        (LOCK, VERIFY),
    ),
    "needed-copies": lambda: Shape(
        _copies(50, _elf(needed=tuple(f"l{n}" for n in range(1200)))), (LOCK, AUDIT, VERIFY, TREE)
    ),
    "needed-few-names": lambda: Shape(
        _module(_elf(needed=tuple(f"l{n}" for n in range(25))), links=220), (LOCK, AUDIT, VERIFY, TREE)
    ),
    "needed-found": lambda: Shape(_module(_elf(needed=("libpq.so.5", "libc.so.6")), links=1800), (LOCK, AUDIT)),
    "objects-hard-links": lambda: Shape(
        _module(
            _elf(needed=("libc.so.6",), version_needs=(("libc.so.6", tuple(f"A_{n}" for n in range(4000))),)),
            links=49,
        ),
        (LOCK, AUDIT),
    ),
    "many-versions": lambda: Shape(
        _module(
            _elf(needed=("libc.so.6",), version_needs=(("libc.so.6", tuple(f"A_{n}" for n in range(4000))),)), links=60
        ),
        (LOCK,),
    ),
    "symbols-hard-links": lambda: Shape(
        _module(_elf(needed=("libpq.so.5",), undefined=tuple(f"f{n}" for n in range(25_000))), links=500), (LOCK, AUDIT)
    ),
    "needed": lambda: Shape(_module(_elf(needed=tuple(f"libq{n}.so" for n in range(4000)))), (LOCK, AUDIT, VERIFY)),
    "missing-of-many": lambda: Shape(
        _all(_shared(999, "z", ""), _modules(999, lambda n: tuple(f"libq{n}-{each}.so" for each in range(3)))),
        (LOCK, AUDIT, HTML, SARIF, MARKDOWN, VERIFY, TREE, EXPORT, SPDX),
    ),
    "missing-of-many-shared": lambda: Shape(
        _all(_shared(195, "z", ""), _modules(195, lambda _: tuple(f"libq{each}.so" for each in range(25)))),
        (LOCK, AUDIT, HTML, SARIF, MARKDOWN, VERIFY, TREE, EXPORT, SPDX),
    ),
    "found-of-many": lambda: Shape(
        _all(
            _packages(24), _shared(205, "z", ""), _modules(205, lambda _: tuple(f"libz{each}.so" for each in range(24)))
        ),
        (LOCK, AUDIT, HTML, SARIF, MARKDOWN, VERIFY, TREE, EXPORT, SPDX),
    ),
    "missing-names": lambda: Shape(
        _all(_shared(125, "z", ""), _modules(125, lambda n: tuple(f"libq{n}-{each}.so" for each in range(25)))),
        (LOCK, AUDIT),
    ),
    "packages": lambda: Shape(_packages(1000), (LOCK, AUDIT, HTML, MARKDOWN, VERIFY, TREE, EXPORT, SPDX)),
    "unowned-rows": lambda: Shape(_unowned(rows=20, in_row=2, links=1), (LOCK, AUDIT, VERIFY, TREE)),
    "unowned-chain": lambda: Shape(_unowned(rows=300, in_row=1, links=1), (LOCK, AUDIT, VERIFY, TREE)),
    "unowned-of-many": lambda: Shape(_unowned(rows=2, in_row=90, links=200), (LOCK, AUDIT, VERIFY, TREE)),
    "vendored-hard-links": lambda: Shape(_vendored(300), (AUDIT, EXPORT)),
    "runpath-deep": lambda: Shape(
        _module(_elf(needed=("libpq.so.5",), runpath=":".join(f"/{number}{'/a' * 1000}" for number in range(400)))),
        (LOCK, AUDIT),
    ),
    "runpath-origins": lambda: Shape(
        _module(_elf(needed=("libpq.so.5",), runpath="$ORIGIN" * 120_000)), (LOCK, AUDIT, ("why", "libpq.so.5", *ROOT))
    ),
    "runpath-folders": lambda: Shape(
        _module(_elf(needed=("libpq.so.5",), runpath=":".join(f"/{number}" for number in range(130_000)))),
        (LOCK, AUDIT),
    ),
    "runpath-writable": lambda: Shape(
        _all(
            _put("t/a", ""),
            lambda folder: (folder / "t").chmod(0o1777),
            _module(_elf(needed=("libpq.so.5",), runpath=":".join(f"/t/{number}" for number in range(100_000)))),
        ),
        (LOCK, AUDIT, HTML),
    ),
    "copies": lambda: Shape(_soname_copies(500), (LOCK, AUDIT)),
    "needed-empty": lambda: Shape(_module(_elf(needed=("libc.so.6", ""))), (LOCK, VERIFY)),
    "glibc-digits": lambda: Shape(
        _module(_elf(needed=("libc.so.6",), version_needs=(("libc.so.6", (f"GLIBC_2.{'9' * 5000}",)),))),
        (LOCK, AUDIT, VERIFY),
    ),
    "version-needs": lambda: Shape(
        _module(_elf(needed=("libc.so.6",), version_needs=(("libc.so.6", tuple(f"A_{n}" for n in range(4000))),))),
        (LOCK, VERIFY),
    ),
    "note-rows": lambda: Shape(_module(_notes(10_000)), (LOCK,)),
    "note-allowed-rows": lambda: Shape(_module(_notes(1000, names=10)), (LOCK,)),
    "symbols": lambda: Shape(
        _module(_elf(needed=("libpq.so.5",), undefined=tuple(f"f{n}" for n in range(25_000)))), (LOCK, VERIFY)
    ),
    # dpkg
    "status-dpkg": lambda: Shape(_all(_wheel({}), _put(STATUS, "Package: dpkg\n" * 70_000)), (HERE, LOCK)),
    "status-stanzas": lambda: Shape(_add(STATUS, _many(14_000, _PACKAGE)), (LOCK,)),
    "status-provides": lambda: Shape(
        _all(_NO_INDEX, _add(STATUS, f"{_PACKAGE}Provides: {'a,' * (_BIG // 2)}\n")), (LOCK,)
    ),
    "status-depends": lambda: Shape(
        _all(
            _NO_INDEX,
            _add(STATUS, _many(5000, f"{_PACKAGE}Provides: v\n")),
            _add(STATUS, f"\nPackage: y\nEssential: yes\nStatus: install ok installed\nDepends: {'v,' * 250_000}\n"),
        ),
        (LOCK,),
    ),
    "status-depends-distinct": lambda: Shape(
        _all(
            _NO_INDEX,
            _add(STATUS, _many(5000, f"{_PACKAGE}Provides: v\n")),
            _add(
                STATUS,
                "\nPackage: y\nEssential: yes\nStatus: install ok installed\nDepends: "
                + _many(40_000, "v|NUMBER,")
                + "\n",
            ),
        ),
        (LOCK,),
    ),
    "status-lines": lambda: Shape(_put(STATUS, "Package: dpkg\n\n" * 60_000), (LOCK,)),
    "apt-list": lambda: Shape(_apt_list("", _many(30_000, "Package: zNUMBER\nVersion: 1\n\n").encode()), (LOCK, AUDIT)),
    "apt-list-provides": lambda: Shape(
        _apt_list("", f"Package: z\nVersion: 1\nProvides: {'a,' * 470_000}\n\n".encode()), (LOCK, AUDIT)
    ),
    "apt-list-versions": lambda: Shape(
        _apt_list("", _many(30_000, "Package: libpq5\nVersion: NUMBER\n\n").encode()), (LOCK, AUDIT)
    ),
    "apt-list-bomb": lambda: Shape(
        _apt_list(".gz", gzip.compress(b"Package: z\nVersion: 1\n\n" * 8_000_000)), (LOCK, AUDIT)
    ),
    "list": lambda: Shape(_put("var/lib/dpkg/info/libpq5.list", _many(60_000, "/usr/lib/NUMBER\n")), (LOCK,)),
    "sparse-list": lambda: Shape(_holes("var/lib/dpkg/info/libpq5:amd64.list", 900 << 20), (LOCK,)),
    "sparse-status": lambda: Shape(_holes(STATUS, 250 << 20), (LOCK,)),
    "sparse-diversions": lambda: Shape(_holes("var/lib/dpkg/diversions", 250 << 20), (LOCK,)),
    "sparse-module": lambda: Shape(_holes(f"{SITE}/{MODULE}", 1 << 40), (LOCK, AUDIT)),
    "list-hard-links": lambda: Shape(_lists(1500), (LOCK,)),
    "diversions": lambda: Shape(_put("var/lib/dpkg/diversions", _many(40_000, "/aNUMBER\n/bNUMBER\n:\n")), (LOCK,)),
    "symbols-file": lambda: Shape(
        _put(
            "var/lib/dpkg/info/libpq5:amd64.symbols",
            "libpq.so.5 libpq5 #MINVER#\n" + _many(60_000, " fNUMBER@Base 1\n"),
        ),
        (LOCK,),
    ),
    "symbols-file-libraries": lambda: Shape(
        _put("var/lib/dpkg/info/libpq5:amd64.symbols", "libpq.so.5 libpq5 #MINVER#\n" * 35_000), (LOCK,)
    ),
    "shlibs-file": lambda: Shape(
        _put("var/lib/dpkg/info/libpq5:amd64.shlibs", _many(60_000, "libpq 5 aNUMBER\n")), (LOCK,)
    ),
    "os-release-nul": lambda: Shape(_put("etc/os-release", 'ID="a\0b"\n'), (LOCK, AUDIT)),
    "os-release-surrogate": lambda: Shape(_put("etc/os-release", b'ID="\xff"\nVERSION_ID=1\n'), (LOCK, AUDIT)),
    "os-release-escapes": lambda: Shape(_put("etc/os-release", 'ID="' + "\\a" * 450_000), (LOCK,)),
    # distributions
    "record-rows": lambda: Shape(_put(f"{INFO}/RECORD", _many(110_000, "NUMBER,,\n")), (LOCK,)),
    "record-odd-rows": lambda: Shape(_put(f"{INFO}/RECORD", _many(110_000, "NUMBER,\n")), (LOCK,)),
    "record-slashes": lambda: Shape(_put(f"{INFO}/RECORD", "/,,\n" * 220_000), (LOCK,)),
    "record-outside": lambda: Shape(_put(f"{INFO}/RECORD", _many(55_000, "../../../../../NUMBER,,\n")), (LOCK,)),
    "record-objects": lambda: Shape(_put(f"{INFO}/RECORD", _many(75_000, "NUMBER.so,,\n")), (LOCK, AUDIT)),
    "record-quotes": lambda: Shape(_put(f"{INFO}/RECORD", '"a\n' * 220_000), (LOCK,)),
    "record-commas": lambda: Shape(_put(f"{INFO}/RECORD", "a" + "," * _BIG), (LOCK,)),
    "record-deep": lambda: Shape(_put(f"{INFO}/RECORD", "a/" * 400_000 + ",,\n"), (LOCK,)),
    "record-linked": lambda: Shape(_linked_metadata, (LOCK,)),
    "metadata-hard-links": lambda: Shape(
        _shared(300, "METADATA", HEAD + _many(9000, "Requires-Dist: qNUMBER\n") + "Summary: a\n" + " a\n" * 200_000),
        (LOCK, TREE),
    ),
    "entry-points-hard-links": lambda: Shape(
        _all(
            _shared(300, "entry_points.txt", "[console_scripts]\n" + _many(60_000, "xNUMBER=a:b\n")),
            _metadata(["Requires-External: q0"]),
        ),
        (LOCK,),
    ),
    "wheel-hard-links": lambda: Shape(_shared(300, "WHEEL", _many(40_000, "Tag: py3-none-aNUMBER\n")), (LOCK,)),
    "sbom-hard-links": lambda: Shape(_shared(300, "sboms/a.json", _sbom(19_000)), (EXPORT, SPDX, AUDIT, HTML)),
    "sbom-edges": lambda: Shape(
        _shared(
            300,
            "sboms/a.json",
            json.dumps(
                {
                    "bomFormat": "CycloneDX",
                    "components": [{"name": "a", "bom-ref": "a"}],
                    "dependencies": [{"ref": "a", "dependsOn": ["a"] * 150_000}],
                }
            ),
        ),
        (EXPORT, SPDX, AUDIT, HTML),
    ),
    "sbom-many-edges": lambda: Shape(
        _shared(
            300,
            "sboms/a.json",
            json.dumps(
                {
                    "bomFormat": "CycloneDX",
                    "components": [{"name": "a", "bom-ref": "a"}],
                    "dependencies": [{"ref": "a", "dependsOn": ["a"]}] * 25_000,
                }
            ),
        ),
        (EXPORT,),
    ),
    "sbom-values": lambda: Shape(
        _shared(300, "sboms/a.json", '{"bomFormat": "CycloneDX", "x": [' + "[]," * 250_000 + "0]}"), (EXPORT, AUDIT)
    ),
    "sdist-shared": lambda: Shape(
        _shared(
            300,
            "direct_url.json",
            '{"url": "file:///x.tar.gz"}',
            _put("x.tar.gz", gzip.compress(_tar(8, b"0", bytes(8_000_000)))),
        ),
        (LOCK,),
    ),
    "sdist-copies": lambda: Shape(
        _shared(
            15,
            "z",
            "",
            _all(*(_put(f"x{n}.tar.gz", gzip.compress(_tar(8, b"0", bytes(8_000_000)))) for n in range(15))),
            small=lambda number: {"direct_url.json": f'{{"url": "file:///x{number}.tar.gz"}}'},
        ),
        (LOCK,),
    ),
    "pyproject-shared": lambda: Shape(
        _shared(
            300,
            "z",
            "",
            _put("src/pyproject.toml", "[external]\n" + _many(60_000, "kNUMBER = 1\n")),
            small=lambda _: {"direct_url.json": '{"url": "file:///src", "dir_info": {"editable": true}}'},
        ),
        (LOCK,),
    ),
    "editable-shared": lambda: Shape(
        _shared(
            300,
            "z",
            "",
            _folder_of(1500),
            small=lambda _: {"direct_url.json": '{"url": "file:///src", "dir_info": {"editable": true}}'},
        ),
        (LOCK,),
    ),
    "requires-cycles": lambda: Shape(
        _shared(3000, "z", "", small=lambda n: {"METADATA": f"Name: d{n}\nVersion: 1\nRequires-Dist: d{n ^ 1}\n"}),
        (LOCK, TREE),
    ),
    "requires-chain": lambda: Shape(
        _shared(3000, "z", "", small=lambda n: {"METADATA": f"Name: d{n}\nVersion: 1\nRequires-Dist: d{n + 1}\n"}),
        (LOCK, TREE, ("why", "psycopg2", *ROOT), EXPORT),
    ),
    "record-hard-links": lambda: Shape(_distributions(50, _many(50_000, "NUMBER,,\n")), (LOCK,)),
    "installed-files": lambda: Shape(
        _all(
            _put(f"{SITE}/q-1.egg-info/PKG-INFO", "Name: q\nVersion: 1\n"),
            _put(f"{SITE}/q-1.egg-info/installed-files.txt", _many(110_000, "../NUMBER\n")),
        ),
        (LOCK,),
    ),
    "sparse-claimed": lambda: Shape(_sparse, (LOCK,)),
    "metadata-external": lambda: Shape(_metadata([f"Requires-External: q{n}" for n in range(40_000)]), (LOCK,)),
    "metadata-allowed-external": lambda: Shape(_metadata([f"Requires-External: q{n}" for n in range(1000)]), (LOCK,)),
    "metadata-external-markers": lambda: Shape(
        _metadata([f"Requires-External: q{n}; " + " or ".join(["python_version > '3'"] * 40) for n in range(900)]),
        (LOCK,),
    ),
    "metadata-requires": lambda: Shape(_metadata([f"Requires-Dist: q{n}" for n in range(9999)]), (LOCK, TREE)),
    "metadata-many-requires": lambda: Shape(_metadata([f"Requires-Dist: q{n}" for n in range(45_000)]), (LOCK, TREE)),
    "metadata-extras": lambda: Shape(
        _metadata(
            [f"Requires-Dist: {NAME}[e0]"] + [f'Requires-Dist: {NAME}[e{n + 1}]; extra == "e{n}"' for n in range(9000)]
        ),
        (LOCK, TREE, EXPORT),
    ),
    "metadata-marker-extras": lambda: Shape(
        _metadata([f"Requires-Dist: {NAME}; " + " or ".join(f'extra == "e{n}"' for n in range(400))] * 140),
        (TREE,),
    ),
    "metadata-marker-extras-distinct": lambda: Shape(
        _metadata(
            [f"Requires-Dist: {NAME}; " + " or ".join(f'extra == "e{n}x{k}"' for n in range(400)) for k in range(120)]
        ),
        (TREE,),
    ),
    "metadata-nested-marker": lambda: Shape(
        _metadata(["Requires-Dist: x; " + "(" * 3000 + 'python_version > "3"' + ")" * 3000]),
        (LOCK, TREE, AUDIT, EXPORT),
    ),
    "metadata-odd-marker": lambda: Shape(_metadata(['Requires-Dist: x; os_name ~= "x"']), (TREE, EXPORT)),
    "metadata-digits-marker": lambda: Shape(
        _metadata([f'Requires-Dist: {NAME}; python_version > "{"9" * 5000}"']), (LOCK, TREE, EXPORT)
    ),
    "metadata-folds": lambda: Shape(_put(f"{INFO}/METADATA", HEAD + "Summary: a\n" + " a\n" * 300_000), (LOCK,)),
    "metadata-version": lambda: Shape(
        _put(f"{INFO}/METADATA", f"Name: mss\nVersion: {'9' * 5000}\n"), (LOCK, AUDIT, TREE)
    ),
    "metadata-name": lambda: Shape(_put(f"{INFO}/METADATA", f"Name: {'a-' * 450_000}a\nVersion: 1\n"), (LOCK, TREE)),
    "metadata-words": lambda: Shape(_put(f"{INFO}/METADATA", HEAD + "Keywords: " + "a-" * 470_000 + "\n"), (LOCK,)),
    "wheel-tags": lambda: Shape(
        _put(f"{INFO}/WHEEL", _many(10, "Tag: {0}-{0}-{0}\n".format(".".join(f"a{n}" for n in range(3000))))),
        (ELSEWHERE, LOCK),
    ),
    "wheel-many-tags": lambda: Shape(
        _put(f"{INFO}/WHEEL", _many(40_000, "Tag: py3-none-aNUMBER\n")), (ELSEWHERE, LOCK)
    ),
    "direct-url-surrogate": lambda: Shape(_put(f"{INFO}/direct_url.json", '{"url": "file:///\\ud800"}'), (LOCK,)),
    "direct-url-nested": lambda: Shape(_put(f"{INFO}/direct_url.json", "[" * 900_000), (LOCK,)),
    "direct-url-fifo": lambda: Shape(_fifo(f"{INFO}/direct_url.json".lstrip("/")), (LOCK,)),
    "sdist-names": lambda: Shape(_sdist(_tar(3000, b"L", b"abcd")), (LOCK,)),
    "sdist-members": lambda: Shape(_sdist(_tar(120_000, b"0")), (LOCK,)),
    "sdist-pax": lambda: Shape(_sdist(_tar(3, b"x", b"9 a=1234\n" * 2_000_000)), (LOCK,)),
    "sdist-pyproject": lambda: Shape(
        _all(
            _put("x/pyproject.toml", "[external]\ndependencies = [" + _many(40_000, '"dep:generic/qNUMBER",') + "]\n"),
            _put(f"{INFO}/direct_url.json", '{"url": "file:///x", "dir_info": {"editable": true}}'),
        ),
        (LOCK,),
    ),
    "pth-lines": lambda: Shape(_put(f"{SITE}/a.pth", _many(130_000, "/NUMBER\n")), (LOCK,)),
    "pyvenv": lambda: Shape(_put(f"{VENV}/pyvenv.cfg", "home = /usr/bin\n" + _many(60_000, "kNUMBER = v\n")), (LOCK,)),
    "sbom-components": lambda: Shape(
        _put(
            f"{INFO}/sboms/a.json",
            json.dumps(
                {"bomFormat": "CycloneDX", "components": [{"name": f"a{n}", "version": "1"} for n in range(25_000)]}
            ),
        ),
        (EXPORT, AUDIT),
    ),
    "sboms": lambda: Shape(
        _all(*(_put(f"{INFO}/sboms/{n}.json", _sbom(19_000)) for n in range(3))), (EXPORT, SPDX, AUDIT, HTML)
    ),
    "sbom-nested": lambda: Shape(
        _put(
            f"{INFO}/sboms/a.json",
            '{"bomFormat": "CycloneDX", "components": '
            + '[{"name": "a", "components": ' * 900
            + "[]"
            + "}]" * 900
            + "}",
        ),
        (EXPORT, AUDIT),
    ),
    # rpm and apk
    "rpm-provides": lambda: _rpms(Rpm(name="z", provides=("a",) * 100_000)),
    "rpm-requires": lambda: _rpms(
        Rpm(name="sh", provides=("/bin/sh",), requires=("a",) * 1000),
        *(Rpm(name=f"z{n}", provides=("a",), requires=("a",) * 1000) for n in range(200)),
    ),
    "rpm-folders": lambda: _rpms(
        Rpm(name="z", files=tuple(f"/usr/lib64/{n}" for n in range(30_000))),
        Rpm(name="y", files=tuple(f"/{n}/a" for n in range(20_000))),
    ),
    "rpm-same-folders": lambda: _rpms_raw(
        header(
            {
                1000: (6, "z"),
                1001: (6, "1"),
                1002: (6, "1"),
                1022: (6, "x86_64"),
                1116: (4, list(range(30_000))),
                1117: (8, ["a"] * 30_000),
                1118: (8, ["/usr/lib64/"] * 30_000),
            }
        )
    ),
    "rpm-cells": lambda: Shape(
        _put("usr/lib/sysimage/rpm/rpmdb.sqlite", repeated_row(Rpm(name="z", provides=("a",) * 400).header())),
        (LOCK, VERIFY),
        in_root=False,
        system=small_fedora,
    ),
    "rpm-empty-names": lambda: _rpms_raw(
        header(
            {
                **dict.fromkeys((1000, 1001, 1002), (6, "z")),
                1022: (6, "x86_64"),
                1047: (8, [""] * 450_000),
                1049: (8, [""] * 450_000),
            }
        )
    ),
    "rpm-cache-packages": lambda: _rpm_cache(18_000, 1),
    "rpm-cache-provides": lambda: _rpm_cache(3000, 60),
    "rpm-cache-bomb": lambda: _rpm_cache(300, 10_000),
    "rpm-sparse": lambda: Shape(
        _holes("usr/lib/sysimage/rpm/Packages.db", 1 << 30), (LOCK,), in_root=False, system=small_fedora
    ),
    "apk-sparse": lambda: Shape(_holes("lib/apk/db/installed", 500 << 20), (LOCK,), in_root=False, system=small_alpine),
    "apk-provides": lambda: _apks(ApkEntry(name="z", provides=("a",) * 300_000)),
    "apk-requires": lambda: _apks(
        *(ApkEntry(name=f"z{n}", provides=("/bin/sh",), depends=("/bin/sh",) * 40) for n in range(1400))
    ),
    "apk-files": lambda: _apks(ApkEntry(name="z", files=tuple(f"/usr/lib/{n}" for n in range(15_000)))),
    # wheels
    "wheels-fifo": lambda: Shape(_fifo("w/a-1-py3-none-any.whl"), (WHEELS,), in_root=False),
    "wheels-zero": lambda: Shape(_link("w/a-1-py3-none-any.whl", "/dev/zero"), (WHEELS,), in_root=False),
    "wheels-elf-bomb": lambda: Shape(_elf_bomb, (WHEELS,), in_root=False),
    "wheels-source-bombs": lambda: Shape(
        _wheel(dict.fromkeys((f"a/{n}.py" for n in range(200)), b"ctypes.CDLL\n" + b"#" * (4 << 20))),
        (WHEELS,),
        in_root=False,
    ),
    "wheels-record": lambda: Shape(_wheel({}, record="a,,\n" * 4_000_000), (WHEELS,), in_root=False),
    "wheels-record-separators": lambda: Shape(_wheel({}, record="a,,\x1c" * 4_000_000), (WHEELS,), in_root=False),
    "wheels-record-quotes": lambda: Shape(_wheel({}, record='"' + "a" * (15 << 20)), (WHEELS,), in_root=False),
    "wheels-bad-record": lambda: Shape(_wheel({}, record="x\n"), (WHEELS,), in_root=False),
    "wheels-metadata": lambda: Shape(
        _wheel({"a-1.dist-info/METADATA": "Name: a\nVersion: 1\n" + "K: v\n" * 800_000}), (WHEELS,), in_root=False
    ),
    "wheels-wheel": lambda: Shape(
        _wheel({"a-1.dist-info/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\n" + "Tag: a-b-c\n" * 5000}),
        (WHEELS,),
        in_root=False,
    ),
    "wheels-entry-points": lambda: Shape(
        _wheel({"a-1.dist-info/entry_points.txt": "[console_scripts]\n" + _many(60_000, "xNUMBER=a:b\n")}),
        (WHEELS,),
        in_root=False,
    ),
    "wheels-bad-entry-points": lambda: Shape(
        _wheel({"a-1.dist-info/entry_points.txt": "x\n"}), (WHEELS,), in_root=False
    ),
    "wheels-members": lambda: Shape(_wheel({f"{n}": b"" for n in range(7000)}), (WHEELS,), in_root=False),
    "wheels-name": lambda: Shape(
        _wheel({}, name="a-1-{0}-{0}-{0}.whl".format(".".join(f"{n:x}" for n in range(20)))), (WHEELS,), in_root=False
    ),
    "wheels-deep": lambda: Shape(_wheel({"a/" * 30_000 + "x.so": b"\x7fELF"}), (WHEELS,), in_root=False),
    # sources
    "sources-handed-on": lambda: _source("submit(" + "submit, " * 40 + ")"),
    "sources-functions": lambda: _source(
        "".join(f"def f{n}(a): f{(n * 7 + 1) % 10_000}(a); f{(n * 3 + 2) % 10_000}(a)\n" for n in range(10_000))
        + "def f10000(a): ctypes.CDLL(a)\n"
    ),
    "sources-circle": lambda: _sources(
        {
            f"m{n}.py": f"import ctypes\nfrom a.m{(n + 1) % 1500} import *\nfrom a.m{(n + 2) % 1500} import f as g, x\n"
            "def f(a): g(a); ctypes.CDLL(a); ctypes.CDLL(x)\n"
            for n in range(1500)
        }
    ),
    "sources-chain": lambda: _source("a0 = 'a'\n" + "".join(f"a{n + 1} = a{n}\n" for n in range(20_000))),
    "sources-classes": lambda: _source(
        "class A0: pass\n" + "".join(f"class A{n + 1}(A{n}, A0): pass\n" for n in range(9000)) + "A9000()"
    ),
    "sources-methods": lambda: _source(
        "class A:\n" + _many(5000, "  def fNUMBER(self): self.x = self.fNUMBER(self.x)\n")
    ),
    "sources-bases": lambda: _source("class A(" + "a, " * 5000 + "): pass\n" + "A()\n" * 4500),
    "sources-fields": lambda: _source("@dataclass\nclass A:\n" + _many(60_000, " fNUMBER: int\n")),
    "sources-items": lambda: _source(
        "d = {" + _many(45_000, "'aNUMBER': 'b',") + "}\nfor a in d:\n subprocess.run(d[a])\n" * 2
    ),
    "sources-nested": lambda: _source("ctypes.CDLL(" + "[" * 80 + "a" + " for a in b]" * 80 + ")\n" + "-" * 900 + "1"),
    "sources-braces": lambda: _source("ctypes.CDLL(f'" + "{a}" * 20_000 + "')"),
    "sources-fields-of-string": lambda: _source(f"x = f'{'a' * 900_000}{'{a}' * 5000}'"),
    "sources-brackets": lambda: _source("(" * 1_000_000),
    "sources-made": lambda: _source("ctypes.CDLL('a' * 10**9)\nctypes.CDLL('{:>999999999}.so'.format('a'))"),
    "sources-imports": lambda: _source(_many(60_000, "import aNUMBER\n")),
    "sources-parameters": lambda: _source(
        "def f(" + _many(5000, "aNUMBER=1,") + "b=0):\n if b:\n" + "  ctypes.CDLL(a1)\n" * 500 + "f()\n" * 60
    ),
    "sources-none": lambda: _source("self.x = None\n" * 20_000 + "ctypes.CDLL(a.x)\n" * 25_000),
    "sources-set-often": lambda: _source("f = x\n" * 30_000 + "f()\n" * 40_000),
    "sources-exits": lambda: _source("def f():\n" + " shutil.which('a')\n" * 2000 + " if g():\n  raise\n" * 1500),
    "sources-choices": lambda: _source("f(" * 90 + "a(" + "1," * 9000 + ")" + ") or b" * 90),
    "sources-long-name": lambda: _source("import " + "a" * 400_000 + " as x\n" + "x.f()\n" * 4500),
    "sources-long-string": lambda: _source(
        f"x = '{'a' * 600_000}'\n" + "ctypes.CDLL(ctypes.util.find_library(x))\ndb.execute(x)\n" * 1500
    ),
    "sources-parts": lambda: _source("import " + "a." * 60_000 + "tkinter"),
    "sources-parts-of-line": lambda: _source("import tkinter\nimport " + "a" * (15 << 20)),
    "sources-utf-7": lambda: _sources(
        {"__init__.py": f"# coding: utf-7\nimport ctypes\nx = {_utf_7('[' + 'ctypes.CDLL,' * 400_000 + ']')}\n"}
    ),
    "sources-assigned-line": lambda: _sources(
        {"__init__.py": "import subprocess\nsubprocess.run(self.abc)\n", "b.py": "abc=1 " * 200_000}
    ),
    "sources-annotated-line": lambda: _sources(
        {"__init__.py": "import subprocess\nsubprocess.run(self.abc)\n", "b.py": "abc:" * 200_000}
    ),
    "sources-import-line": lambda: _sources(
        {"__init__.py": "import subprocess\nfrom a.b import abc\nsubprocess.run(abc)\n", "b.py": "import " * 200_000}
    ),
    "sources-wanted": lambda: _sources(
        {
            "__init__.py": "import subprocess\n" + _many(8000, "subprocess.run(self.abcNUMBER)\n"),
            "b.py": _many(8000, "abcNUMBER ") * 20,
        }
    ),
    "sources-spaces": lambda: _sources({"__init__.py": "import subprocess\nsubprocess.run(" + " " * 200_000 + "a)\n"}),
    "sources-open-imports": lambda: _sources({"__init__.py": "import tkinter\n" + "import (\n" * 1_500_000}),
    "sources-inner-imports": lambda: _sources(
        {f"m{n}.py": "if a:\n import tkinter\n" + "f(1)\n" * 50_000 for n in range(40)}
    ),
    "sources-in-function": lambda: _sources(
        {"__init__.py": "#" + "a" * (15 << 20) + "\ndef f():\n" + "  import tkinter\n" * 20_000}
    ),
    "sources-import-words": lambda: _beside_module("import" * 170_000 + "\n0_x\n"),
    "sources-conditions": lambda: _beside_module(
        "if (" + "a," * 40_000 + "):\n" + " importlib.import_module('a.0_x')\n" * 3000
    ),
    "sources-words": lambda: _beside_module("ab 0c 9d " * 100_000, modules=1500, copies=30),
    "sources-of-files": lambda: _sources(
        {
            **{f"m{n}.py": "import b, subprocess\n'libq.so'\n" + "f(1)\n" * 60_000 for n in range(40)},
            "libq.so": _elf(needed=("libz.so.1",)),
        }
    ),
    "sources-uses": lambda: _sources(
        {
            "__init__.py": "x = 'libq.so'\n" + "x = b\n" * 30_000 + "f(x, x, x)\n" * 20_000,
            "libq.so": _elf(needed=("libz.so.1",)),
        }
    ),
    # an index that `index update` is said to have made
    "index-fifo": lambda: Shape(_fifo("pip-sysdeps/index/debian-bookworm-amd64.index"), (LOCK,)),
    "index-zero": lambda: Shape(_link("pip-sysdeps/index/debian-bookworm-amd64.index", "/dev/zero"), (LOCK,)),
}
"""By name: what is written, and what is run on it. Made when asked for: what this process has, its children count."""
