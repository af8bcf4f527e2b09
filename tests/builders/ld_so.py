"""The real dynamic loader as judge: it runs in a root with a small world, and our answers are held against its steps.

The root has the loader, an audit library that tells each step (loader_rules/judge), and the world's files; nothing of
this machine's configuration.
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
from typing import TYPE_CHECKING, Literal, NamedTuple

from builders.debian import made_once, unavailable
from builders.dlopen import open_and_keep
from builders.loader import DIRECTORIES, split_library_path
from builders.world import JUDGE, LOADER, gcc, materialize, place, written
from pip_sysdeps.elf.read_objects import Objects
from pip_sysdeps.loader.glibc.read_config import read_loader_config
from pip_sysdeps.loader.glibc.rules import Glibc
from pip_sysdeps.loader.glibc.tokens import expand
from pip_sysdeps.loader.resolve import find, start
from pip_sysdeps.model.loader import Found, NotFound, SearchStep
from pip_sysdeps.system.root import Root

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from builders.world import Spec, World
    from pip_sysdeps.loader.glibc.config import LoaderConfig
    from pip_sysdeps.model.elf import OpenedFile
    from pip_sysdeps.model.loader import LoadedObject, Resolution

AS_ROOT = () if os.geteuid() == 0 else ("unshare", "--map-root-user")
"""In front of a command that changes its root."""
LIBC = "/lib/x86_64-linux-gnu/libc.so.6"
AUDIT = "/audit.so"


class Release(NamedTuple):
    """One glibc to be asked."""

    loader: Path
    libc: Path
    ldconfig: Path
    version: tuple[int, int]
    platform: str
    """What `$PLATFORM` stands for on this CPU."""


@cache
def release(root: Path = Path("/")) -> Release:
    """Return the glibc of a Debian root, this machine's by default, or skip the test where there is none for us."""
    if machine_platform.machine() != "x86_64" or sys.platform != "linux":
        unavailable("the judge of the loader's rules is for Linux on x86-64")
    if os.geteuid() != 0 and shutil.which("unshare") is None:
        unavailable("run as root, or install unshare: apt-get install util-linux")
    loader, libc, ldconfig = (root / path.lstrip("/") for path in (LOADER, LIBC, "/sbin/ldconfig"))
    for path in (loader, libc, ldconfig):
        if not path.is_file():
            unavailable(f"{path}: install glibc's own, as on Debian: apt-get install libc6 libc-bin")
    versions = re.findall(rb"GLIBC_2\.([0-9]+)\0", libc.read_bytes())
    said = subprocess.run([loader, "--list-diagnostics"], check=True, capture_output=True, text=True).stdout
    (platform,) = re.findall('^dl_platform="(.*)"$', said, re.MULTILINE)
    return Release(loader, libc, ldconfig, (2, max(map(int, versions))), platform)


@cache
def judge_tools() -> tuple[Path, Path]:
    """Build the audit library and the program that enters a root, once."""
    sources = {name: JUDGE / name for name in ("audit.c", "enter.c")}
    digest = hashlib.sha256(b"1".join(path.read_bytes() for path in sources.values())).hexdigest()[:12]
    with made_once(f"loader-judge-{digest}") as (entry, unfinished):
        if unfinished is not None:
            gcc(unfinished / "audit.so", "-shared", "-fPIC", "-nostdlib", "-fno-builtin", str(sources["audit.c"]))
            gcc(unfinished / "enter", "-static", "-nostdlib", str(sources["enter.c"]))
    return entry / "audit.so", entry / "enter"


def make_root(world: World, root: Path, glibc: Release, build: Callable[[Spec], bytes] = written) -> None:
    """Write the world, the loader and the audit library into an empty folder, and make the cache."""
    fill_root(world, root, glibc, build)
    if world.ldconfig:
        run_ldconfig(root, glibc)
    for path in world.stale.values():
        place(root, path).unlink()


def fill_root(world: World, root: Path, glibc: Release, build: Callable[[Spec], bytes]) -> None:
    """Write the world, the loader and the audit library into an empty folder."""
    materialize(world, root, lambda spec: glibc.libc.read_bytes() if spec.get("system") == "libc" else build(spec))
    for path, source in ((LOADER, glibc.loader), (AUDIT, judge_tools()[0])):
        shutil.copyfile(source, place(root, path))
        place(root, path).chmod(0o755)
    # The root has no /proc; the kernel would show this there.
    place(root, "/proc/self/exe").symlink_to(Root(str(root)).resolve(world.program) or "")


def run_ldconfig(root: Path, glibc: Release) -> None:
    """Make /etc/ld.so.cache, and the links to sonames, with the real ldconfig."""
    (root / "etc").mkdir(exist_ok=True)
    # Where it cannot chroot, it asks for links outside the root (glibc elf/ldconfig.c, create_links).
    subprocess.run([*AS_ROOT, glibc.ldconfig, "-i", "-r", root], check=True, capture_output=True)


class Search(NamedTuple):
    """One name that the real loader looked for."""

    by: str
    name: str
    tried: tuple[tuple[str, str], ...]
    """Search step and path."""
    opened: str
    """The new object; empty if nothing was found, or a file that was loaded already."""


class Report(NamedTuple):
    """What the real loader did."""

    searches: tuple[tuple[Search, ...], ...]
    """For the program, then for each dlopen."""
    missing: tuple[str, ...]
    """Names not found, in order (of the program, not of dlopen)."""
    error: str
    """What it ended with."""
    opened: tuple[bool, ...]
    """Whether each dlopen succeeded."""


def ask(world: World, root: Path) -> Report:
    """Run the world's program and return what the loader did."""
    program = [world.program, *world.dlopen]
    if world.subfolders:
        names = ":".join(name.removeprefix("glibc-hwcaps/") for name in world.subfolders)
        program = [LOADER, "--glibc-hwcaps-prepend", names, "--glibc-hwcaps-mask", "", *program]
    variables = [f"LD_AUDIT={AUDIT}"]
    if not world.dlopen:
        variables.append("LD_TRACE_LOADED_OBJECTS=1")
    if world.library_path is not None:
        variables.append(f"LD_LIBRARY_PATH={world.library_path}")
    command = [*AS_ROOT, str(judge_tools()[1]), str(root), world.folder, f"{len(program):02}", *program, *variables]
    done = subprocess.run(command, capture_output=True, check=False, env={}, cwd="/")
    return read_report(done.stdout.decode("utf-8", "surrogateescape"), done.stderr.decode("utf-8", "surrogateescape"))


def read_report(output: str, errors: str) -> Report:
    """Read what the audit library and the loader's own tracing wrote."""
    rounds: list[list[Search]] = [[]]
    error = ""
    opened: list[bool] = []
    for line in errors.split("\n"):
        kind, _, rest = line.partition("\t")
        by, _, name = rest.partition("\t")
        if kind == "dlopen":
            rounds.append([])
        elif kind in {"opened", "failed"}:
            opened.append(kind == "opened")
        elif kind == "need":
            rounds[-1].append(Search(by, name, (), ""))
        elif kind == "open" and rounds[-1]:
            rounds[-1][-1] = rounds[-1][-1]._replace(opened=name)
        elif rest and rounds[-1]:
            rounds[-1][-1] = rounds[-1][-1]._replace(tried=(*rounds[-1][-1].tried, (kind, name)))
        elif "error while loading" in line:
            error = line
    rounds = [[_direct(search) for search in searches] for searches in rounds]
    missing = tuple(re.findall(r"^\t(.*) => not found$", output, re.MULTILINE))
    return Report(tuple(map(tuple, rounds)), missing, error, tuple(opened))


def _direct(search: Search) -> Search:
    """Add the path of a name with a slash: auditing does not tell of opening it."""
    return search._replace(tried=((SearchStep.DIRECT.value, search.name),)) if "/" in search.name else search


class Answers(NamedTuple):
    """What our code says of one start or one dlopen."""

    caller: str
    """Who called dlopen."""
    asked: Resolution | None
    """The answer for what was given to dlopen; None for the program."""
    objects: tuple[LoadedObject, ...]
    """What is loaded."""
    looked_up: tuple[str, ...]
    """Every path that was opened, in order."""


def ours(world: World, root: Path, cache: Literal["fresh", "as-is"]) -> tuple[Answers, ...]:
    """Return our answers for the program, then for each dlopen."""
    inside = Root(str(root))
    files = Objects(inside)
    log: list[str] = []

    def lookup(path: str) -> OpenedFile | None:
        log.append(path)
        return files.open(path)

    program = inside.resolve(world.program) or ""
    rules = Glibc(read_config(world, program, inside, cache))
    process = start(program, lookup, rules)
    answers = [Answers("", None, process.objects, tuple(log[2:]))]
    caller = world.caller or program
    starts = _missing(answers[0]) == ((), "")
    for name in world.dlopen if starts else ():
        asked = find(process, name, caller, files.open, rules)
        log.clear()
        answers.append(Answers(caller, asked, open_and_keep(process, name, caller, lookup, rules), tuple(log)))
    return tuple(answers)


def read_config(world: World, program: str, inside: Root, cache: Literal["fresh", "as-is"]) -> LoaderConfig:
    """Return the configuration of a root, with what the world says besides."""
    opened = Objects(inside).open(program)
    assert opened is not None
    assert opened.elf is not None
    config = read_loader_config(
        inside,
        opened.elf,
        directories=DIRECTORIES,
        library_path=split_library_path(world.library_path or ""),
        cache=cache,
        subfolders=world.subfolders,
    )
    known = config.cache
    return config._replace(
        working_directory=world.folder,
        platform=world.platform,
        cache=lambda name: world.stale.get(name) or known(name),
    )


def told(answer: Resolution) -> str | list[str]:
    """Return an answer as a case spells it."""
    match answer:
        case Found(path=path, step=step, by=by):
            return f"{_step(step, by)}: {path}"
        case NotFound(tried=tried, fatal=fatal):
            lines = [": ".join(filter(None, (_step(each.step, each.by), each.path, each.reason))) for each in tried]
            return [*lines, f"stopped: {fatal}" if fatal else "not found"]


def _step(step: SearchStep, by: str) -> str:
    return f"{step.value} of {by}" if by else step.value


# -------------------------------------------------------------------------------------------------- the comparison

_KINDS = {SearchStep.RPATH: "RPATH or RUNPATH", SearchStep.RUNPATH: "RPATH or RUNPATH"}


def differences(world: World, root: Path, mine: tuple[Answers, ...], real: Report) -> list[str]:
    """Return where our answers differ from what the loader did; nothing if they agree in every step."""
    inside = Root(str(root))
    program = inside.resolve(world.program) or ""
    if len(mine) != len(real.searches):
        return [f"it ran {len(real.searches)} of {len(mine)} rounds and ended with {real.error!r}"]
    found: list[str] = []
    for answers, searches in zip(mine, real.searches, strict=True):
        found += _Comparison(program, world, inside).differences(answers, searches)
    opened = tuple(_opened(answers) for answers in mine[1:])
    if opened != real.opened:
        found.append(f"of its dlopens succeed {real.opened}, of ours {opened}")
    names, fatal = _missing(mine[0])
    missing = tuple(_expanded(name, asker, world) for asker, name in names)
    if fatal and not (world.dlopen and names):
        found += [] if fatal in real.error else [f"we stop with {fatal!r}, it ends with {real.error!r}"]
    elif not world.dlopen and (missing != real.missing or real.error):
        found.append(f"we miss {missing}, it misses {real.missing} and ends with {real.error!r}")
    return found


def _opened(answers: Answers) -> bool:
    """Return whether a dlopen succeeds."""
    return isinstance(answers.asked, Found) and _missing(answers) == ((), "")


def _missing(answers: Answers) -> tuple[tuple[tuple[str, str], ...], str]:
    """Return the names that we do not find, each with who asks, and the fault at which the loader stops."""
    names: list[tuple[str, str]] = []
    for each in answers.objects:
        for answer in each.needs:
            if isinstance(answer, NotFound):
                if answer.fatal:
                    return tuple(names), answer.fatal
                names.append((each.path, answer.soname))
    return tuple(names), ""


def _expanded(name: str, asker: str, world: World) -> str:
    return expand(name, origin=posixpath.dirname(asker), lib="lib/x86_64-linux-gnu", platform=world.platform) or ""


class _Comparison(NamedTuple):
    """Holds our answers for one start or dlopen against the loader's searches."""

    program: str
    world: World
    inside: Root

    def differences(self, answers: Answers, searches: tuple[Search, ...]) -> Iterator[str]:
        pending = list(searches[::-1])
        ended = False
        for asker, answer in self._in_order(answers):
            if ended:
                break
            name = _expanded(answer.soname, asker, self.world)
            if pending and self._asked(pending[-1]) == (asker, name):
                yield from self._compare(pending.pop(), answer)
            elif not (isinstance(answer, Found) and answer.step is SearchStep.LOADED):
                yield f"{asker} needs {answer.soname}: it does not search, we say {told(answer)}"
            ended = isinstance(answer, NotFound) and bool(answer.fatal or self.world.dlopen)
        if pending:
            yield f"it searches on: {pending[::-1]}"
        yield from self._compare_paths(answers, searches, ended=ended)

    def _compare_paths(self, answers: Answers, searches: tuple[Search, ...], *, ended: bool) -> Iterator[str]:
        """Compare the paths that the loader tried with ours; after a failure the loader's list is shorter.

        Needs with a slash are left out, which were compared one by one: the loader knows an object that it found by
        a relative path by that path, where we have the absolute one.
        """
        names = {_expanded(answer.soname, asker, self.world) for asker, answer in self._in_order(answers)}
        direct = {self._absolute(name) for name in names if "/" in name}
        paths = [self._absolute(path) for search in searches for _, path in search.tried]
        theirs = self._existing([path for path in paths if path not in direct])
        looked_up = self._existing([path for path in answers.looked_up if path not in direct])
        if theirs != looked_up[: len(theirs)] or (len(theirs) < len(looked_up) and not ended):
            yield f"it tries {theirs}, we try {looked_up}"

    def _in_order(self, answers: Answers) -> Iterator[tuple[str, Resolution]]:
        """Yield who asks, and our answer, in the loader's order."""
        if answers.asked is not None:
            yield answers.caller, answers.asked
        for each in answers.objects:
            for answer in each.needs:
                yield each.path, answer

    def _asked(self, search: Search) -> tuple[str, str]:
        """Return who asks, and for what: a name given to dlopen still has its tokens."""
        asker = self._absolute(search.by) or self.program
        return asker, _expanded(search.name, asker, self.world)

    def _compare(self, search: Search, answer: Resolution) -> Iterator[str]:
        step, last = search.tried[-1] if search.tried else ("", "")
        last = self._asked(search)[1] if "/" in search.name else last
        match answer:
            case NotFound():
                agreed = not search.opened
            case Found(step=SearchStep.LOADED):
                same = self.inside.identity(self._absolute(last)) == self.inside.identity(answer.path)
                agreed = bool(last) and not search.opened and same
            case Found():
                kind = "RPATH or RUNPATH" if answer.by else answer.step.value
                agreed = (self._absolute(search.opened), step) == (answer.path, kind)
        if not agreed:
            yield f"{search}, we say {told(answer)}"

    def _absolute(self, path: str) -> str:
        return posixpath.join(self.world.folder, path) if path else ""

    def _existing(self, paths: list[str]) -> list[str]:
        """Return the paths whose folder exists: the loader forgets other folders after the first try."""
        return [path for path in paths if self.inside.is_folder(posixpath.dirname(path))]
