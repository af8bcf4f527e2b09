"""Make the lock's target of an environment, and write or compare it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pip_sysdeps.app.place import Location, read_place, read_place_for_target, refuse_empty_database
from pip_sysdeps.app.project import read_project, target_of
from pip_sysdeps.app.scan import Scanner
from pip_sysdeps.elf.read_newer_glibc import newer_glibc
from pip_sysdeps.errors import MalformedError, SysdepsError
from pip_sysdeps.loader.conditions import Conditions
from pip_sysdeps.lock.build import pin_versions
from pip_sysdeps.lock.document import Lockfile
from pip_sysdeps.lock.file import DEFAULT, read_lock, read_text, replace_lock
from pip_sysdeps.lock.merge import merge, sides_of
from pip_sysdeps.lock.summary import line_changes, line_message, other_targets_message
from pip_sysdeps.lock.text import loads
from pip_sysdeps.needs.completeness import require_complete
from pip_sysdeps.printing import printable
from pip_sysdeps.system.timings import Stages
from pip_sysdeps.words import format_list

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pip_sysdeps.app.place import Place
    from pip_sysdeps.elf.read_newer_glibc import NewerGlibc
    from pip_sysdeps.elf.read_objects import Objects
    from pip_sysdeps.lock.document import Target
    from pip_sysdeps.lock.project import Project
    from pip_sysdeps.model.scan import Scan

_SHOWN = 3
_LONGEST_SHOWN = 60
_SELECT_HINT = "select the environment with --python or --path, or use --replace to write the lock anyway"
_REPLACE_HINT = (
    "if it is a second environment for the same image, use `pip-sysdeps lock --name NAME --add-target`; if it replaces "
    "the locked one, use --replace"
)
"""For an environment that the user named."""


class LockRequest(NamedTuple):
    """The environment to lock, and options."""

    location: Location
    """The environment."""
    path: str = DEFAULT
    """The lock; pyproject.toml is searched next to it."""
    name: str = ""
    """The suffix of the target's id, for a second environment in the same image."""
    pin: bool = False
    """Whether to record the installed versions."""
    target: str | None = None
    """Id of another system to lock for."""
    wheels: str | None = None
    """A folder of wheels instead of an environment."""
    replace: bool = False
    """Whether to write the lock even if none of its distributions with needs is installed."""

    @property
    def is_for_other_system(self) -> bool:
        """Return whether the lock is for another system, from its index."""
        return bool(self.target or self.wheels)


class EnvironmentTarget(NamedTuple):
    """A scanned environment, and its target for the lock, with the policy applied."""

    place: Place
    """The environment and its root."""
    project: Project
    """The project's settings."""
    scan: Scan
    """What was found."""
    target: Target
    """The lock's block."""
    unmatched: tuple[str, ...]
    """Messages about policy entries that matched nothing."""

    unlisted: str = ""
    """A message about packages without file lists; empty if there are none."""
    newer_glibc: tuple[tuple[str, NewerGlibc], ...] = ()
    """Each distribution, or file without one, that needs a newer glibc than the target has, with the evidence."""

    @property
    def missing_python(self) -> str:
        """Return the ABI tag of the system's own Python if the environment is for another one; otherwise empty."""
        index = self.place.target.index if self.place.target else None
        default_python = index.target.python if index else ""
        abi_tag = "cp" + default_python.replace(".", "")
        return abi_tag if default_python and abi_tag != self.target.python else ""


def make_target(
    request: LockRequest, *, stages: Stages | None = None, second_process: bool = False
) -> EnvironmentTarget:
    """Scan an environment and return its target; `second_process` as for `Scanner`.

    Raise SysdepsError for an environment that cannot be read completely, and for an installed package with an invalid
    name.
    """
    if request.pin and request.is_for_other_system:
        raise SysdepsError(
            "--pin needs installed packages: with --target or --wheels there is only an index, without versions",
            hint="run `pip-sysdeps lock --pin` in a build stage of the target, or omit --pin",
        )
    stages = stages or Stages()
    place = _read_place(request, stages)
    refuse_empty_database(place)
    project = read_project(request.path)
    scanner = Scanner(place, plugins=project.plugins, stages=stages, second_process=second_process)
    found = scanner.scan(Conditions(library_path=project.library_path))
    require_complete(found, place.root.display_path)
    applied = target_of(found, project, scanner.index, name=request.name)
    _refuse_invalid_packages(applied.target, place)
    pin = request.pin or project.pin
    return EnvironmentTarget(
        unlisted=place.unlisted_message(has_index=scanner.index is not None),
        newer_glibc=tuple(_newer_glibc(place, scanner.objects, found)),
        place=place,
        project=project,
        scan=found,
        target=_pin_versions(applied.target, place) if pin else applied.target,
        unmatched=applied.unmatched,
    )


def _refuse_invalid_packages(target: Target, place: Place) -> None:
    """Raise SysdepsError, with the database's path, for an installed package with an unsafe name."""
    if place.packages is None:
        return
    names = place.packages.family.names
    for holder, need in target.needs():
        if need.package and not names.package(need.package):
            database, package = (
                place.root.display_path(place.packages.database.path),
                printable(need.package[:_LONGEST_SHOWN]),
            )
            raise SysdepsError(
                f"{database}: `{package}`, which has {need.name[:_LONGEST_SHOWN]} for {holder}, is not a valid "
                f"{names.words}",
                hint="install the release's own package instead, or select it with `pip-sysdeps policy replace`",
            )


def _newer_glibc(place: Place, objects: Objects, scan: Scan) -> Iterator[tuple[str, NewerGlibc]]:
    """Yield the distributions, and files without one, that need a newer glibc than another system has."""
    environment, glibc = place.environment, place.target.glibc if place.target else ""
    holders = [(each.name, each.files) for each in environment.distributions]
    holders += [(environment.short(file), (file,)) for file in environment.unclaimed]
    for name, files in holders if glibc else ():
        found = newer_glibc(objects, filter(scan.objects.__contains__, files), glibc)
        if found is not None:
            yield name, found


def _read_place(request: LockRequest, stages: Stages) -> Place:
    if not request.is_for_other_system:
        return read_place(request.location, stages)
    return read_place_for_target(request.location, target=request.target, wheels=request.wheels, stages=stages)


def _pin_versions(target: Target, place: Place) -> Target:
    """Return a target with the installed versions; unchanged for another system."""
    if place.packages is None:
        return target
    read_snapshot = place.packages.family.snapshot
    return pin_versions(target, place.packages.versions, read_snapshot(place.root) if read_snapshot else "")


def refuse_other_environment(found: EnvironmentTarget, before: Target | None, path: str) -> None:
    """Raise SysdepsError if none of a target's distributions with needs is installed, as in another environment."""
    names = _lost_distributions(found, before)
    if names:
        raise SysdepsError(
            f"none of the distributions with needs in `{path}` ({format_list(names, _SHOWN)}) is installed in "
            f"`{found.place.root.display_path(found.scan.environment.prefix)}`",
            hint=_SELECT_HINT if found.scan.environment.found_by else _REPLACE_HINT,
        )


def _lost_distributions(found: EnvironmentTarget, before: Target | None) -> list[str]:
    """Return the distributions with needs of a target if none of them is installed; otherwise nothing."""
    with_needs = {each.name for each in before.distribution if any(each.all_needs())} if before else set()
    is_other = with_needs.isdisjoint(each.name for each in found.scan.environment.distributions)
    return sorted(with_needs) if is_other else []


class WriteResult(NamedTuple):
    """The result of writing a lock."""

    changed: bool
    """Whether its text changed."""
    before: Target | None
    """The old target; None for a new one."""
    line: str = ""
    """The changes of the install line as a message; empty for a new target or without changes."""
    others: str = ""
    """A message about other targets of the lock that do not have the change; empty without any."""


def write_target(
    found: EnvironmentTarget, path: str, *, add_target: bool = False, replace: bool = False
) -> WriteResult:
    """Write a target into a lock.

    Raise SysdepsError for a lock with only other targets, unless `add_target`, and for a lock of another environment,
    unless `replace`; MalformedError for a file that is not a lock.
    """
    old = read_text(path) or ""
    try:
        text = merge(old, found.target, add_target=add_target, project_targets=found.project.targets)
        if text == old:
            return WriteResult(changed=False, before=found.target)
        lock = loads(sides_of(old)[0]) if old.strip() else Lockfile()
        before = lock.find(found.target.id)
    except MalformedError as error:
        raise error.at(path) from error
    if not replace:
        refuse_other_environment(found, before, path)
    replace_lock(path, text)
    return WriteResult(
        changed=True,
        before=before,
        line=_changed_line(before, found.target),
        others=other_targets_message(before, found.target, lock) if before else "",
    )


def _changed_line(before: Target | None, after: Target) -> str:
    if before is None:
        return ""
    locks = Lockfile(target=(before,)), Lockfile(target=(after,))
    return line_message(*locks) if any(line_changes(*locks)) else ""


class Comparison(NamedTuple):
    """The comparison of a lock with an environment."""

    line_changes: bool
    """Whether the install line changes."""
    line: str
    """The changes of the install line as a message."""
    changes: tuple[str, ...]
    """Messages about the differences; none if the lock is current."""
    warning: str
    """A warning about the lock itself."""
    is_old: bool
    """Whether the lock has an earlier major version."""
    is_other_python: bool
    """Whether the lock was made with another Python."""
    is_other_environment: bool
    """Whether none of the lock's distributions with needs is installed, so that `lock` would refuse to write."""


def compare_target(found: EnvironmentTarget, path: str) -> Comparison:
    """Compare a target with the same one in a lock. Raise SysdepsError for a lock without it."""
    target, lock = found.target, read_lock(path)
    locked = lock.find(target.id)
    if locked is None:
        names = ", ".join(each.id for each in lock.target)
        raise SysdepsError(
            f"`{path}` has no target {target.id}, only {names or 'none'}",
            hint="run `pip-sysdeps lock --add-target` here, or check where the lock was made",
        )
    from pip_sysdeps.lock.staleness import differences  # noqa: PLC0415 - a lock is written without it

    before, after = Lockfile(target=(locked,)), Lockfile(target=(target,))
    return Comparison(
        line_changes=any(line_changes(before, after)),
        line=line_message(before, after),
        changes=differences(locked, target),
        warning=lock.warning(),
        is_old=lock.is_old,
        is_other_python=locked.python != target.python,
        is_other_environment=bool(_lost_distributions(found, locked)),
    )
