"""Make the lock's target for an environment, then write it or compare it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pip_sysdeps.app.place import Location, read_place, read_place_for_target
from pip_sysdeps.app.project import read_project, target_of
from pip_sysdeps.app.scan import Scanner
from pip_sysdeps.elf.read_newer_glibc import newer_glibc
from pip_sysdeps.errors import MalformedError, SysdepsError
from pip_sysdeps.loader.conditions import Conditions
from pip_sysdeps.lock.build import pinned
from pip_sysdeps.lock.document import Lockfile
from pip_sysdeps.lock.file import DEFAULT, read_lock, read_text, replace_lock
from pip_sysdeps.lock.merge import merge, sides_of
from pip_sysdeps.lock.staleness import differences
from pip_sysdeps.lock.summary import line_changes, told_line
from pip_sysdeps.lock.text import loads
from pip_sysdeps.needs.completeness import refuse_gaps
from pip_sysdeps.system.timings import Stages
from pip_sysdeps.words import listed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pip_sysdeps.app.place import Place
    from pip_sysdeps.elf.read_newer_glibc import NewerGlibc
    from pip_sysdeps.elf.read_objects import Objects
    from pip_sysdeps.lock.document import Target
    from pip_sysdeps.lock.project import Project
    from pip_sysdeps.model.scan import Scan

_SHOWN = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class LockRequest:
    """What to lock, and how."""

    location: Location
    """The environment."""
    path: str = DEFAULT
    """The lock; the project's pyproject.toml is looked for beside it."""
    name: str = ""
    """The end of the target's id, for a second environment of the same image."""
    pin: bool = False
    """Record the installed versions."""
    target: str | None = None
    """Id of another system to lock for."""
    wheels: str | None = None
    """A folder of wheels in place of an environment."""
    replace: bool = False
    """Write the lock also where none of the distributions with needs that it has is installed."""

    @property
    def is_elsewhere(self) -> bool:
        """Return whether the lock is made from an index alone, not from what is installed."""
        return bool(self.target or self.wheels)


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvironmentTarget:
    """An environment, scanned, and its target in the lock by the project's policy."""

    place: Place
    """The environment and its root."""
    project: Project
    """The project's settings."""
    scan: Scan
    """What was found."""
    target: Target
    """The lock's block."""
    unmatched: tuple[str, ...]
    """Entries of the policy that matched nothing, in words for a person."""

    unlisted: str = ""
    """Of which packages the file lists are gone, in words; empty for none."""
    newer_glibc: tuple[tuple[str, NewerGlibc], ...] = ()
    """Each distribution, or file without one, that needs a newer glibc than the other system has, and what shows it."""

    @property
    def lacks_python(self) -> str:
        """Return the ABI tag of the system's own Python, if it is known and the environment is for another."""
        index = self.place.target.index if self.place.target else None
        own = index.target.python if index else ""
        abi_tag = "cp" + own.replace(".", "")
        return abi_tag if own and abi_tag != self.target.python else ""


def make_target(
    request: LockRequest, *, stages: Stages | None = None, second_process: bool = False
) -> EnvironmentTarget:
    """Scan an environment and return its target; `second_process` as for `Scanner`.

    Raise SysdepsError for an environment that cannot be read whole.
    """
    if request.pin and request.is_elsewhere:
        raise SysdepsError(
            "--pin needs installed packages: with --target or --wheels there is only an index, without versions",
            hint="run `pip-sysdeps lock --pin` in a build stage of the target, or omit --pin",
        )
    stages = stages or Stages()
    place = _read_place(request, stages)
    project = read_project(request.path)
    scanner = Scanner(place, plugins=project.plugins, stages=stages, second_process=second_process)
    found = scanner.scan(Conditions(library_path=project.library_path))
    refuse_gaps(found, place.root.shown)
    applied = target_of(found, project, scanner.index, name=request.name)
    pin = request.pin or project.pin
    return EnvironmentTarget(
        unlisted=place.told_unlisted(has_index=scanner.index is not None),
        newer_glibc=tuple(_newer_glibc(place, scanner.objects)),
        place=place,
        project=project,
        scan=found,
        target=_pinned(applied.target, place) if pin else applied.target,
        unmatched=applied.unmatched,
    )


def _newer_glibc(place: Place, objects: Objects) -> Iterator[tuple[str, NewerGlibc]]:
    """Yield what a system with an older glibc cannot load, of an environment that is for another system."""
    environment, glibc = place.environment, place.target.glibc if place.target else ""
    holders = [(each.name, each.files) for each in environment.distributions]
    holders += [(environment.short(file), (file,)) for file in environment.unclaimed]
    for name, files in holders if glibc else ():
        found = newer_glibc(objects, files, glibc)
        if found is not None:
            yield name, found


def _read_place(request: LockRequest, stages: Stages) -> Place:
    if not request.is_elsewhere:
        return read_place(request.location, stages)
    return read_place_for_target(request.location, target=request.target, wheels=request.wheels, stages=stages)


def _pinned(target: Target, place: Place) -> Target:
    """Return a target with the installed versions; one of another system stays without."""
    if place.packages is None:
        return target
    read_snapshot = place.packages.family.snapshot
    return pinned(target, place.packages.versions, read_snapshot(place.root) if read_snapshot else "")


def refuse_other_environment(found: EnvironmentTarget, before: Target | None, path: str) -> None:
    """Raise SysdepsError if a target's distributions with needs are all gone: another environment was looked at."""
    needing = {each.name for each in before.distribution if any(each.every())} if before else set()
    if needing.isdisjoint(each.name for each in found.scan.environment.distributions) and needing:
        raise SysdepsError(
            f"none of the distributions with needs in `{path}` ({listed(sorted(needing), _SHOWN)}) is installed in "
            f"`{found.scan.environment.prefix}`",
            hint="select the environment with --python or --path, or use --replace to write the lock anyway",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What became of a lock."""

    changed: bool
    """It was written anew."""
    before: Target | None
    """The target as it was; None if the lock did not have it."""
    line: str = ""
    """What changes in the line, in words; empty for a new target, and where no package comes or goes."""


def write_target(found: EnvironmentTarget, path: str, *, add_target: bool = False, replace: bool = False) -> Written:
    """Put a target into a lock.

    Raise SysdepsError for a lock that has other targets only, unless `add_target`, and for one of another environment,
    unless `replace`; MalformedError for one that is none.
    """
    old = read_text(path) or ""
    try:
        text = merge(old, found.target, add_target=add_target, listed=found.project.targets)
        if text == old:
            return Written(changed=False, before=found.target)
        before = loads(sides_of(old)[0]).find(found.target.id) if old.strip() else None
    except MalformedError as error:
        raise error.at(path) from error
    if not replace:
        refuse_other_environment(found, before, path)
    replace_lock(path, text)
    return Written(changed=True, before=before, line=_changed_line(before, found.target))


def _changed_line(before: Target | None, after: Target) -> str:
    if before is None:
        return ""
    locks = Lockfile(target=(before,)), Lockfile(target=(after,))
    return told_line(*locks) if any(line_changes(*locks)) else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """A lock, held against an environment."""

    line_changes: bool
    """The line is another one."""
    line: str
    """What changes in it, in words, or that nothing does."""
    changes: tuple[str, ...]
    """How the environment's target differs from the lock's, in words; nothing for a current lock."""
    warning: str
    """What is to be said of the lock itself."""
    is_old: bool
    """The lock has an earlier major version."""


def compare_target(target: Target, path: str) -> Comparison:
    """Compare a target with that of a lock. Raise SysdepsError for a lock without it."""
    lock = read_lock(path)
    locked = lock.find(target.id)
    if locked is None:
        names = ", ".join(each.id for each in lock.target)
        raise SysdepsError(
            f"`{path}` has no target {target.id}, only {names or 'none'}",
            hint="run `pip-sysdeps lock --add-target` here, or check where the lock was made",
        )
    before, after = Lockfile(target=(locked,)), Lockfile(target=(target,))
    return Comparison(
        line_changes=any(line_changes(before, after)),
        line=told_line(before, after),
        changes=differences(locked, target),
        warning=lock.warning(),
        is_old=lock.is_old,
    )
