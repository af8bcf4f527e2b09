"""`lock`: write sysdeps.lock for an environment, or say in what it is stale."""

from __future__ import annotations

import sys
from dataclasses import replace
from time import perf_counter
from typing import TYPE_CHECKING

from pip_sysdeps.app.project import read_project, target_of
from pip_sysdeps.app.scan import scan
from pip_sysdeps.cli.environment_options import read_place, tell_fallback, tell_library_path
from pip_sysdeps.cli.target_options import add_target_arguments, read_target
from pip_sysdeps.errors import MalformedError, SysdepsError
from pip_sysdeps.loader.process import Conditions
from pip_sysdeps.lock.build import pinned
from pip_sysdeps.lock.file import DEFAULT, read_lock, read_text, replace_lock
from pip_sysdeps.lock.merge import merge
from pip_sysdeps.lock.selection import unowned, wanted
from pip_sysdeps.model.needs import FromPackage, When
from pip_sysdeps.needs.completeness import foreign_distributions, half_searched_distributions, refuse_gaps
from pip_sysdeps.report.offers import offers, packaged_distributions, unresolved_imports, unresolved_others
from pip_sysdeps.system.exclusion import alone
from pip_sysdeps.system.timings import Stages
from pip_sysdeps.words import counted, listed

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from pip_sysdeps.cli.environment_options import Place
    from pip_sysdeps.cli.messages import Messages
    from pip_sysdeps.environment.target_system import TargetSystem
    from pip_sysdeps.lock.document import Target
    from pip_sysdeps.lock.policy import Applied
    from pip_sysdeps.model.scan import Scan
    from pip_sysdeps.system.root import Root


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    add_target_arguments(parser)
    parser.add_argument("-o", "--output", metavar="FILE", default=DEFAULT, help="the lock (default: %(default)s)")
    instead = parser.add_mutually_exclusive_group()
    instead.add_argument("--check", action="store_true", help="compare only; status 1 if the lock is stale")
    instead.add_argument(
        "--validate",
        nargs="*",
        metavar="FILE",
        help="look at locks alone, without an environment (default: that of -o); status 1 if one is not as `lock` "
        "writes it, or does not fit pyproject.toml",
    )
    parser.add_argument(
        "--pin", action="store_true", help="record the installed versions, and the snapshot that apt's sources name"
    )
    parser.add_argument("--strict", action="store_true", help="status 1 if nothing answers a need of an import")
    parser.add_argument("--name", default="", help="tells a second environment of the same image from the first")
    parser.add_argument("--add-target", action="store_true", help="let a lock that has other targets have this one too")
    parser.epilog = (
        "Exit status: 0 written, current or valid; 1 stale (--check), not valid (--validate), or unresolved import "
        "needs (--strict); 2 trouble."
    )


def run(args: argparse.Namespace) -> int:
    """Write, compare or validate the lock and return the exit status."""
    if args.validate is not None:
        from pip_sysdeps.cli.validate import validate  # noqa: PLC0415 - the usual lock does without

        return validate(args.validate or [args.output], args.messages)
    tell_library_path(args)
    if args.pin and (args.target or args.wheels):
        raise SysdepsError(
            "--pin records installed versions, and with --target or --wheels only an index is asked, which has none",
            hint="run `pip-sysdeps lock --pin` in a build stage of the target, or leave out --pin",
        )
    if args.check:
        return _lock(args)
    with alone(args.output) as nobody_else:
        if not nobody_else:
            args.messages.warning(f"another run still holds `{args.output}`: not waiting longer")

        return _lock(args)


def _lock(args: argparse.Namespace) -> int:
    """Scan, then write or compare."""
    stages = Stages(perf_counter)
    place, system = read_target(args, stages)
    if not args.wheels:
        tell_fallback(args, place.environment)
    found, applied = _find_target(args, place, system, stages, pin=args.pin)
    target = applied.target
    for entry in applied.idle:
        args.messages.warning(f"a policy in pyproject.toml has no effect on {target.id}: {entry}")
    stale = _compare(args, target) if args.check else _write(args, target)
    stages.end("lock")
    _tell(args, found, target, place.root)
    if args.pin and not target.snapshot:
        args.messages.note("apt's sources name no snapshot: mirrors drop the pinned versions within weeks")
    args.messages.times(stages)
    unresolved = [each for each in target.unresolved if each.when == When.IMPORT.value]
    return int(stale or (args.strict and bool(unresolved)))


def find_target(args: argparse.Namespace) -> tuple[Scan, Applied]:
    """Scan the environment that the options name; return what was found, and the lock's block for it by the policy."""
    return _find_target(args, read_place(args), None, Stages(), pin=False)


def _find_target(
    args: argparse.Namespace, place: Place, system: TargetSystem | None, stages: Stages, *, pin: bool
) -> tuple[Scan, Applied]:
    """Do so for an environment, on this machine or on another system.

    With `pin`, or if the policy says so, the block has the versions that are installed here.
    """
    project = read_project(args.output)
    found = scan(
        place.root,
        place.environment,
        place.packages,
        conditions=Conditions(library_path=project.library_path),
        stages=stages,
        target=system,
        second_process=True,
    )
    refuse_gaps(found, place.root.shown)
    applied = target_of(found, project, None if system else place.root, name=args.name)
    if system and project.pin:
        args.messages.note(f"`pin` in pyproject.toml has no effect on {system.platform.id}: an index has no versions")
    if system is None and place.packages and (pin or project.pin):
        read_snapshot = place.packages.family.snapshot
        snapshot = read_snapshot(place.root) if read_snapshot else ""
        applied = replace(applied, target=pinned(applied.target, place.packages.versions, snapshot))
    if system and not system.has_glibc(applied.target.needs_glibc):
        args.messages.warning(
            f"{applied.target.needs_glibc_by} needs glibc {applied.target.needs_glibc}, "
            f"and {system.platform.id} has {system.index.target.glibc}: it will not run there"
        )
    return found, applied


def _write(args: argparse.Namespace, target: Target) -> bool:
    old = read_text(args.output) or ""
    try:
        text = merge(old, target, add_target=args.add_target, listed=read_project(args.output).targets)
    except MalformedError as error:
        raise error.at(args.output) from error
    if text == old:
        args.messages.note(f"`{args.output}` is up to date: {_counted(target)}")
    else:
        replace_lock(args.output, text)
        args.messages.note(f"wrote `{args.output}`: {_counted(target)}")
    return False


def _compare(args: argparse.Namespace, target: Target) -> bool:
    """Say what differs, and whether anything does."""
    from pip_sysdeps.lock.staleness import differences  # noqa: PLC0415 - as above

    lock = read_lock(args.output)
    if lock.warning():
        args.messages.warning(f"`{args.output}`: {lock.warning()}")
    locked = lock.find(target.id)
    if locked is None:
        names = ", ".join(each.id for each in lock.target)
        raise SysdepsError(
            f"`{args.output}` has no target {target.id}, but {names or 'none at all'}",
            hint="run `pip-sysdeps lock --add-target` here, or check where the lock was made",
        )
    changes = differences(locked, target)
    for change in changes:
        args.messages.warning(change)
    if changes:
        args.messages.note(f"`{args.output}` is stale: run `pip-sysdeps lock`")
    else:
        args.messages.note(f"`{args.output}` is current: {_counted(target)}")
    return bool(changes)


def _counted(target: Target) -> str:
    asking = sum(1 for each in target.distribution if any(each.every()))
    packages = wanted(target)
    return f"{target.id}, {counted(asking, 'distribution')} with needs, {counted(len(packages), 'package')} to install"


def _tell(args: argparse.Namespace, found: Scan, target: Target, root: Root) -> None:
    """Say what a person should know besides the lock: what is missing here, offered, unresolved or set aside."""
    messages: Messages = args.messages
    absent = sorted(
        {
            need.provider.package
            for _, need in found.needs()
            if isinstance(need.provider, FromPackage) and not need.provider.path and need.when is When.IMPORT
        }
    )
    if absent and not (args.target or args.wheels):
        messages.note(f"not installed here, but in the lock: {listed(absent)}")
    for line in (*foreign_distributions(found), *_not_whole(found, most=3 if messages.level < 1 else sys.maxsize)):
        messages.warning(line)
    for line in (*unowned(target), *unresolved_imports(target)):
        messages.note(line)
    for line in () if args.check else (*unresolved_others(target), *offers(target), *packaged_distributions(target)):
        messages.note(line)  # whoever only compares has decided on these
    if half := half_searched_distributions(found):
        messages.note(f"sources too long to be searched for what they open and run by name: {listed(half)}")
    for skipped in found.skipped:
        messages.detail(f"set aside ({skipped.verdict.value}): {root.shown(skipped.path)}: {skipped.reason}")
    if found.skipped and messages.level < 1:
        messages.note(f"{counted(len(found.skipped), 'file')} set aside: -v lists them")


def _not_whole(found: Scan, most: int) -> Iterator[str]:
    """Say which distributions lack shared objects that their records list: nobody can tell what those would need."""
    for each in found.environment.distributions:
        if each.gone:
            files = listed([found.environment.short(path) for path in each.gone], most)
            are = "is" if len(each.gone) == 1 else "are"
            yield (
                f"{each.name} is not whole: {files}, which its {each.record.value} lists, {are} not there; "
                "install it again, unless you took that out"
            )
