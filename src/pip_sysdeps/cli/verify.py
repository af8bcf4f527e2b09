"""`verify`: say whether an environment works in this image, before it starts. Reads only, and runs nothing."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from pip_sysdeps.app.scan import scan
from pip_sysdeps.cli import output
from pip_sysdeps.cli.environment_options import add_environment_arguments, read_place
from pip_sysdeps.elf.read_objects import Objects
from pip_sysdeps.elf.symbols import defined_versions
from pip_sysdeps.loader.glibc.find_library import FindLibrary
from pip_sysdeps.loader.process import Conditions
from pip_sysdeps.lock.file import DEFAULT, read_lock
from pip_sysdeps.lock.selection import needs_in_line
from pip_sysdeps.lock.target_choice import find_target, listed_targets, named_target
from pip_sysdeps.model.elf import ElfFile
from pip_sysdeps.needs.completeness import refuse_gaps
from pip_sysdeps.needs.read_undefined_symbols import read_symbol_gaps
from pip_sysdeps.needs.symbol_versions import version_gaps
from pip_sysdeps.packages.index import open_index
from pip_sysdeps.packages.platform import read_platform
from pip_sysdeps.render.json import verify_document
from pip_sysdeps.render.problems import as_text
from pip_sysdeps.report.verification import (
    Image,
    Locked,
    Problem,
    counts,
    mending,
    on_older_cpus,
    takes_cpu_folders,
    unmet,
    verify,
)
from pip_sysdeps.words import counted

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from pip_sysdeps.cli.environment_options import Place
    from pip_sysdeps.lock.document import Lockfile, Target
    from pip_sysdeps.model.scan import Scan
    from pip_sysdeps.needs.symbol_versions import VersionGap
    from pip_sysdeps.system.root import Root


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    add_environment_arguments(parser)
    held = parser.add_mutually_exclusive_group()
    held.add_argument("--lock", metavar="FILE", default=DEFAULT, help="hold the image to it (default: %(default)s)")
    held.add_argument("--lockless", action="store_true", help="do without a lock: only whether everything is there")
    parser.add_argument("--target", metavar="ID", help="the target of the lock (default: that of the image's system)")
    parser.add_argument("--json", action="store_true", help="print a JSON document")
    parser.epilog = (
        "The last line of the output is the command that installs what mends all that a package mends.\n\n"
        "Exit status: 0 nothing keeps the environment from working here; 1 something does, or it is not what was "
        "locked; 2 trouble."
    )


def run(args: argparse.Namespace) -> int:
    """Print the problems of the image and return the exit status."""
    lock = None if args.lockless else _read_lock(args)
    place = read_place(args)
    objects = Objects(place.root)
    target = _target(args, lock, place, objects) if lock else None
    locked = _held_to(target) if target else None
    release = _release(place, objects, locked, this_cpu=True)
    refuse_gaps(release.scan, place.root.shown)
    problems = verify(release, locked)
    if takes_cpu_folders(release.scan):
        plain = _release(place, objects, locked, this_cpu=False)
        problems += on_older_cpus(verify(plain, locked), problems)
    if lock and target is None:
        problems = (_no_target(lock, release.scan), *problems)
    family = place.packages.family if place.packages else None
    packages = mending(problems, family.names if family else None)
    command = family.command(packages) if family else ""
    if args.json:
        found = release.scan.platform.id
        output.write_document(verify_document(problems, target=found, install=packages, command=command))
    else:
        output.write(as_text(_worth_showing(args, problems), command))
    _summarize(args, release, problems)
    return int(any(problem.error for problem in problems))


def _read_lock(args: argparse.Namespace) -> Lockfile:
    lock = read_lock(args.lock, hint="copy it into the image or name it with --lock, or do without it: --lockless")
    if lock.warning():
        args.messages.warning(f"`{args.lock}`: {lock.warning()}")
    return lock


def _target(args: argparse.Namespace, lock: Lockfile, place: Place, objects: Objects) -> Target | None:
    """Return the target that the image is held to: the one that is named, else that of its system, if there is one."""
    if args.target:
        return named_target(lock, args.target)
    program = objects.facts(place.environment.interpreter.path) if place.environment.interpreter.path else None
    system = read_platform(place.root, place.packages, program if isinstance(program, ElfFile) else None)
    if len(lock.target) == 1 and not (system.distro and system.architecture):
        return lock.target[0]
    return find_target(lock, system)


def _release(place: Place, objects: Objects, locked: Locked | None, *, this_cpu: bool) -> Image:
    def scanned(*, cache_as_is: bool) -> Scan:
        return scan(
            place.root,
            place.environment,
            place.packages,
            conditions=Conditions(
                library_path=locked.target.library_path if locked else (), cache_as_is=cache_as_is, this_cpu=this_cpu
            ),
            objects=objects,
            second_process=True,
        )

    found, finder = scanned(cache_as_is=True), FindLibrary(place.root)
    return Image(
        scan=found,
        fresh=scanned(cache_as_is=False) if any(counts(*each, locked) for each in unmet(found)) else found,
        gaps=_gaps(found, place, objects),
        symbols=read_symbol_gaps(place.root, objects, found),
        installed=place.packages.versions if place.packages else {},
        available=lambda name: _available(place.root, found.platform.id, name),
        real=cache(place.root.resolve),
        owner=lambda path: place.packages.owner(path) if place.packages else None,
        version_key=place.packages.family.version_key if place.packages else str,
        can_find_library=finder.possible,
        finds_library=finder.finds,
    )


def _gaps(found: Scan, place: Place, objects: Objects) -> tuple[VersionGap, ...]:
    def facts(path: str) -> ElfFile | None:
        answer = objects.facts(place.root.resolve(path) or path)
        return answer if isinstance(answer, ElfFile) else None

    def defined(path: str) -> frozenset[str] | None:
        versions = objects.ask(path, defined_versions)
        return None if versions is None else frozenset(versions)

    loaded = (*found.process, *(each for load in found.loads for each in load.objects))
    return version_gaps(dict.fromkeys(loaded), facts=cache(facts), defined=cache(defined))


def _available(root: Root, target_id: str, name: str) -> str | None:
    index = open_index(target_id, root)
    if index is None:
        return None
    program = index.package_of_program(name)
    return index.installable(name) or (program.package if program else None)


def _held_to(target: Target) -> Locked:
    return Locked(
        target=target,
        in_line=frozenset((holder, need.name) for holder, need in needs_in_line(target)),
        packages={(holder, need.name): need.package for holder, need in target.needs()},
    )


def _no_target(lock: Lockfile, found: Scan) -> Problem:
    return Problem(
        error=True,
        kind="not-locked",
        distribution="",
        subject=found.platform.id,
        message=f"the lock has no target for this system, {found.platform.id}, but {listed_targets(lock)}",
    )


def _worth_showing(args: argparse.Namespace, problems: Sequence[Problem]) -> list[Problem]:
    """Leave out what no import and nothing in the line misses, unless details are asked for."""
    return [each for each in problems if each.error or each.kind not in {"missing", "foreign-file"} or _details(args)]


def _details(args: argparse.Namespace) -> bool:
    return bool(args.messages.level > 0)


def _summarize(args: argparse.Namespace, release: Image, problems: Sequence[Problem]) -> None:
    hidden = len(problems) - len(_worth_showing(args, problems))
    if hidden and not args.json:
        args.messages.note(
            f"-v lists {counted(hidden, 'more problem')} that no import has: of plugins, of what code may open or run "
            "by name, or of files for other machines"
        )
    if not any(problem.error for problem in problems):
        found = release.scan
        works = f"`{found.environment.prefix}` works on {found.platform.id}"
        args.messages.note(f"{works}: {counted(len(found.distributions), 'distribution')} checked")
