"""Merge a target's block into a lock, which may have git conflicts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pip_sysdeps.errors import MalformedLock, SysdepsError
from pip_sysdeps.lock.text import block, has_conflict, header, join, loads, split

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pip_sysdeps.lock.document import Target

_CONFLICT_HINT = (
    "restore the markers with `git checkout --merge FILE`, or take one side with `git checkout --ours FILE` or "
    "`--theirs FILE`"
)
_MARKER = r"(<{7}|\|{7}|={7}|>{7})(?: .*)?\r?\n?"


def merge(old: str, target: Target, *, add_target: bool, project_targets: Sequence[str] = ()) -> str:
    """Return the lock with this target's block.

    Other blocks are unchanged, except for line ends. `old` is the current lock, or empty. If it has git conflict
    markers, other targets are kept if both sides agree or only one side has them. `project_targets` are the targets
    that the project lists, if any. Raise SysdepsError for an invalid target; for a new target, unless it is the first,
    listed, or `add_target`; for other targets on which the sides differ; MalformedLock as `loads` does.
    """
    own_block = _block(target)
    if old == join(header(), [own_block]):
        return old  # nothing to read: tomllib is slow to load
    unix = old.replace("\r\n", "\n")
    sides = [split(side) for side in sides_of(unix)] if old.strip() else []
    other_blocks = _other_blocks([blocks for _, blocks in sides], target.id)
    new = not any(target.id in blocks for _, blocks in sides)
    if new and project_targets and target.id not in project_targets and not add_target:
        raise SysdepsError(
            f"the project's targets are {_quote_names(project_targets)}, not {target.id}",
            hint="list it in `targets` of [tool.pip-sysdeps], or add it with --add-target",
        )
    if new and other_blocks and target.id not in project_targets and not add_target:
        raise SysdepsError(
            f"the lock has no target {target.id}, only {_quote_names(sorted(other_blocks))}",
            hint="add it with --add-target, or run this where the lock was made",
        )
    head = next((head for head, _ in sides if loads(head).warning()), header())
    return join(head, [text for _, text in sorted({**other_blocks, target.id: own_block}.items())])


def _block(target: Target) -> str:
    """Return the text of a scanned target. Raise SysdepsError for an invalid one."""
    try:
        return block(target)
    except MalformedLock as error:
        raise SysdepsError(
            f"the scan found a value that is not valid in a lock: {error}",
            hint="correct the package or file that the value comes from, or report this as a bug",
        ) from error


def sides_of(text: str) -> tuple[str, ...]:
    """Return the text, or both sides of a text with git conflict markers.

    Raise MalformedLock for unpaired markers.
    """
    if not has_conflict(text):
        return (text,)
    ours: list[str] = []
    theirs: list[str] = []
    current: tuple[list[str], ...] = (ours, theirs)
    following = {"": "<", "<": "|=", "|": "=", "=": ">"}
    state = ""
    for number, line in enumerate(text.splitlines(keepends=True), 1):
        marker = re.fullmatch(_MARKER, line)
        if marker is None:
            for side in current:
                side.append(line)
            continue
        if marker[1][0] not in following[state]:
            raise MalformedLock("unpaired git conflict marker", where=f"line {number}", hint=_CONFLICT_HINT)
        state = marker[1][0] if marker[1][0] != ">" else ""
        current = {"<": (ours,), "|": (), "=": (theirs,), "": (ours, theirs)}[state]
    if state:
        raise MalformedLock("the git conflict has no `>>>>>>>` line", where="last line", hint=_CONFLICT_HINT)
    return "".join(ours), "".join(theirs)


def _other_blocks(sides: Sequence[Mapping[str, str]], own_id: str) -> dict[str, str]:
    """Return the blocks of all other targets. Raise SysdepsError if the sides differ."""
    others: dict[str, set[str]] = {}
    for blocks in sides:
        for name, text in blocks.items():
            others.setdefault(name, set()).add(text.rstrip("\r\n"))
    others.pop(own_id, None)
    undecided = sorted(name for name, texts in others.items() if len(texts) > 1)
    if undecided:
        raise SysdepsError(
            f"the git conflict is about {_quote_names(undecided)}, which this environment cannot resolve",
            hint="take one side (`git checkout --ours sysdeps.lock`), then run `pip-sysdeps lock` for each target",
        )
    return {name: texts.pop() for name, texts in others.items()}


def _quote_names(names: Sequence[str]) -> str:
    return ", ".join(names)
