"""musl's real dynamic loader as judge: it runs in a root with a small world, and our answers are held against it.

A program under musl hands over to a library of the judge (loader_rules/judge/musl), which lists the objects of the
process and calls dlopen. What is missing, and for whom, the loader says itself. Which paths it tries shows in what it
finds: musl has no rtld-audit(7).
"""

from __future__ import annotations

import hashlib
import os
import platform as machine_platform
import posixpath
import re
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from builders.debian import made_once, unavailable
from builders.dlopen import open_and_keep
from builders.ld_so import Answers, judge_tools
from builders.world import JUDGE, gcc, linked, materialize, place, written
from pip_sysdeps.elf.read_objects import Objects
from pip_sysdeps.loader.musl.config import split_path
from pip_sysdeps.loader.musl.read_config import read_musl_config
from pip_sysdeps.loader.musl.rules import Musl
from pip_sysdeps.loader.resolve import find, start
from pip_sysdeps.model.loader import NotFound
from pip_sysdeps.system.root import Root

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from builders.world import Spec, World
    from pip_sysdeps.loader.musl.config import MuslConfig
    from pip_sysdeps.model.loader import LoadedObject

MUSL = "/lib/ld-musl-x86_64.so.1"
LIBRARY = "/judge/libjudge.so"
_CALL_JUDGE = bytes.fromhex("488d0500000000 482500f0ffff 4889e7 4883e4f0 ff10 f4")
"""lea rax, [rip]; and rax, -4096 (the image's first page, where a relocation puts the address of `judge`); mov rdi,
rsp; and rsp, -16; call [rax]; hlt"""


@cache
def musl_loader() -> Path:
    """Return this machine's musl, or skip the test where there is none for us."""
    if machine_platform.machine() != "x86_64" or sys.platform != "linux":
        unavailable("the judge of musl's rules is for Linux on x86-64")
    if os.geteuid() != 0 and shutil.which("unshare") is None:
        unavailable("run as root, or install unshare: apt-get install util-linux")
    if not Path(MUSL).is_file():
        unavailable(f"{MUSL}: apt-get install musl musl-tools")
    return Path(MUSL)


@cache
def judge_library() -> Path:
    """Build the judge's library, once."""
    source = JUDGE / "musl" / "judge.c"
    digest = hashlib.sha256(source.read_bytes()).hexdigest()[:12]
    with made_once(f"musl-judge-2-{digest}") as (entry, unfinished):
        if unfinished is not None:
            options = ("-shared", "-fPIC", "-Wl,-rpath,/callers")  # which no dlopen of this library may search
            gcc(unfinished / "libjudge.so", *options, str(source), compiler="musl-gcc")
    return entry / "libjudge.so"


def written_for_musl(spec: Spec) -> bytes:
    """Return an object as `Elf` writes it; a program calls the judge's library, which is the last that it needs."""
    if not spec.get("program"):
        return written(spec)
    needed = (*spec.get("needed", ()), LIBRARY)
    calls: dict[str, Any] = {"undefined": ("judge",), "bound": ("judge",), "code": _CALL_JUDGE}
    return written({**calls, "interpreter": MUSL, **spec, "needed": needed})


def linked_for_musl(spec: Spec) -> bytes:
    """Return an object as musl-gcc links it."""
    more: dict[str, Any] = {} if "i386" in spec.get("kind", "") else {"compiler": "musl-gcc"}
    if spec.get("program"):
        more |= {"opens": True, "start": "musl/start.s", "interpreter": spec.get("interpreter", MUSL)}
        more["needed"] = [*spec.get("needed", ()), LIBRARY]
    return linked({**spec, **more})


def make_root(
    world: World, root: Path, build: Callable[[Spec], bytes] = written_for_musl, copies: Path | None = None
) -> None:
    """Write the world, the loader and the judge's library into an empty folder.

    With `copies`, a folder of the same file system, those two are hard links to files that it keeps.
    """
    materialize(world, root, build)
    interpreters = {spec.get("interpreter", MUSL) for spec in world.objects.values() if spec.get("program")}
    files = {path: musl_loader() for path in (MUSL, *interpreters)} | {LIBRARY: judge_library()}
    for path, source in files.items():
        if copies is None:
            shutil.copyfile(source, place(root, path))
            place(root, path).chmod(0o755)
        else:
            _put_link(source, place(root, path), copies)
    # The root has no /proc; the kernel would show this there.
    place(root, "/proc/self/exe").symlink_to(Root(str(root)).resolve(world.program) or "")


def _put_link(source: Path, target: Path, copies: Path) -> None:
    kept = copies / source.name
    if not kept.exists():
        shutil.copyfile(source, kept)
        kept.chmod(0o755)
    target.hardlink_to(kept)


class Missing(NamedTuple):
    """One name that the real loader could not load."""

    name: str
    reason: str
    """strerror(3) of what open(2) or the loader itself said."""
    by: str
    """The object that needs it; empty for what was given to dlopen."""


class Round(NamedTuple):
    """What the real loader did for the program, or for one dlopen."""

    opened: tuple[str, ...] | None
    """The objects that it added, in load order; None if it failed."""
    missing: tuple[Missing, ...]


class Report(NamedTuple):
    """What the real loader did."""

    rounds: tuple[Round, ...]
    listed: tuple[str, ...] | None
    """The objects that `--list` loads for a program that does not start; None for another."""
    error: str
    """Any other message."""


_MISSING = re.compile(r"Error loading shared library (.*): ([^:]*?)(?: \(needed by (.*)\))?")


def ask(world: World, root: Path) -> Report:
    """Run the world's program and return what the loader did."""
    output, errors = _run(world, root, [world.program, *world.dlopen])
    rounds = [_start(output, errors)]
    if rounds[0].opened is not None:
        rounds += _dlopens(output)
    listed = None
    if rounds[0].opened is None:
        program = Root(str(root)).resolve(world.program) or ""
        lines, _ = _run(world, root, [_interpreter(world), "--list", program])
        listed = tuple(re.findall(r"^\t.* => (.*) \(0x[0-9a-f]+\)$", lines, re.MULTILINE))
    unknown = [line for line in errors.splitlines() if not _MISSING.fullmatch(line)]
    return Report(tuple(rounds), listed, "\n".join(unknown))


def _interpreter(world: World) -> str:
    return next((spec.get("interpreter", MUSL) for spec in world.objects.values() if spec.get("program")), MUSL)


def _run(world: World, root: Path, program: list[str]) -> tuple[str, str]:
    variables = [] if world.library_path is None else [f"LD_LIBRARY_PATH={world.library_path}"]
    enter = [str(judge_tools()[1]), str(root), world.folder, f"{len(program):02}", *program, *variables]
    command = enter if os.geteuid() == 0 else ["unshare", "--map-root-user", *enter]
    done = subprocess.run(command, capture_output=True, check=False, env={}, cwd="/", timeout=60)
    return done.stdout.decode("utf-8", "surrogateescape"), done.stderr.decode("utf-8", "surrogateescape")


def _start(output: str, errors: str) -> Round:
    missing = tuple(
        Missing(*map(str, match.groups(""))) for match in map(_MISSING.fullmatch, errors.splitlines()) if match
    )
    first = output.partition("dlopen\t")[0]
    return Round(tuple(_objects(first)) if first else None, missing)


def _objects(text: str) -> list[str]:
    return [line.partition("\t")[2] for line in text.splitlines() if line.startswith("object\t")]


def _dlopens(output: str) -> Iterator[Round]:
    first, *rest = output.split("\ndlopen\t")
    before = _objects(first)
    for part in rest:
        now, lines = _objects(part), part.splitlines()
        failed = next((line.partition("\t")[2] for line in lines if line.startswith("failed\t")), None)
        match = _MISSING.fullmatch(failed or "")
        missing = (Missing(*map(str, match.groups(""))),) if match else ()
        yield Round(tuple(now[len(before) :]) if failed is None else None, missing)
        before = now


# ------------------------------------------------------------------------------------------------------- our answers


def read_config(world: World, root: Path) -> MuslConfig:
    """Return the configuration of a root, with what the world says besides."""
    inside = Root(str(root))
    files = Objects(inside)
    opened = files.open(inside.resolve(world.program) or "")
    assert opened is not None
    assert opened.elf is not None
    return read_musl_config(
        inside,
        opened.elf,
        is_libc=lambda path: all(files.defines(path, name) for name in ("__libc_start_main", "stdin")),
        library_path=split_path(world.library_path or ""),
        working_directory=world.folder,
    )


def ours(world: World, root: Path) -> tuple[Answers, ...]:
    """Return our answers for the program, then for each dlopen."""
    inside = Root(str(root))
    lookup, rules = Objects(inside).open, Musl(read_config(world, root))
    process = start(inside.resolve(world.program) or "", lookup, rules)
    answers = [Answers("", None, process.objects, ())]
    starts = not missing(answers[0])
    for name in world.dlopen if starts else ():
        asked = find(process, name, "", lookup, rules)
        answers.append(Answers("", asked, open_and_keep(process, name, "", lookup, rules), ()))
    return tuple(answers)


def missing(answers: Answers) -> list[tuple[str, NotFound]]:
    """Return what we do not find, each with who needs it, in the loader's order."""
    asked = [("", answers.asked)] if isinstance(answers.asked, NotFound) else []
    needs = [(each.path, answer) for each in answers.objects for answer in each.needs]
    return asked + [(by, answer) for by, answer in needs if isinstance(answer, NotFound)]


# ----------------------------------------------------------------------------------------------------- the comparison

_GOES_ON = ("No such file or directory", "Not a directory", "Permission denied", "Filename too long")
"""musl's strerror(3) of the errors after which a search goes on."""


def differences(world: World, root: Path, mine: tuple[Answers, ...], real: Report) -> list[str]:
    """Return where our answers differ from what the loader did; nothing if they agree."""
    if len(mine) != len(real.rounds):
        return [f"it ran {len(real.rounds)} of {len(mine)} rounds and ended with {real.error!r}: {real.rounds}"]
    program = Root(str(root)).resolve(world.program) or ""
    names = {world.program: program}
    found: list[str] = [f"it says {real.error!r}"] if real.error else []
    for number, (answers, outcome) in enumerate(zip(mine, real.rounds, strict=True)):
        found += _round(answers, outcome, world, names, is_start=number == 0)
    if real.listed is not None:
        listed, loaded = _paths(real.listed, world), [each.path for each in mine[0].objects[1:]]
        if listed != loaded:
            found.append(f"it lists {listed}, we say {loaded}")
    return found


def _round(
    answers: Answers, outcome: Round, world: World, names: Mapping[str, str], *, is_start: bool
) -> Iterator[str]:
    lost = missing(answers)
    theirs = [(_absolute(names.get(each.by, each.by), world), each.name) for each in outcome.missing]
    expected = [(by, answer.soname) for by, answer in (lost if is_start else lost[:1])]
    if theirs != expected:
        yield f"it misses {theirs}, we miss {expected}"
    for (_, answer), each in zip(lost, outcome.missing, strict=False):
        tried = bool(answer.tried) and (answer.tried[-1].reason == "no such file" or bool(answer.fatal))
        if tried and bool(answer.fatal) == (each.reason in _GOES_ON):
            yield f"{answer.soname}: it says {each.reason!r}, we say {answer.fatal!r}"
    loaded = [each.path for each in answers.objects[1 if is_start else 0 :]]
    if outcome.opened is not None and _paths(outcome.opened[1 if is_start else 0 :], world) != loaded:
        yield f"it loads {outcome.opened}, we load {loaded}"
    if (outcome.opened is None) != bool(lost):
        yield f"it {'fails' if outcome.opened is None else 'succeeds'}, we miss {expected}"


def _paths(paths: tuple[str, ...], world: World) -> list[str]:
    """Return the paths of objects with names expanded by us, without the loader itself and the kernel's object."""
    interpreter = _interpreter(world)
    return [_absolute(path, world) for path in paths if path and path != interpreter]


def _absolute(path: str, world: World) -> str:
    return re.sub("/+", "/", posixpath.join(world.folder, path)) if path else ""


def without_judge(objects: tuple[LoadedObject, ...]) -> tuple[LoadedObject, ...]:
    """Return our answers without the judge's library."""
    return tuple(
        each._replace(needs=tuple(answer for answer in each.needs if answer.soname != LIBRARY))
        for each in objects
        if each.path != LIBRARY
    )
