"""Check a lock without its environment: needs without a provider, or that no package installs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pip_sysdeps.report.evidence import Issue
from pip_sysdeps.report.repairs import copy_hint

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pip_sysdeps.lock.document import Target

_NOTHING = "nothing had it where the lock was made"


def unresolved_import(target: Target) -> Iterator[Issue]:
    """Yield a need of an import or a chosen plugin that nothing satisfied."""
    for each in target.unresolved:
        if each.is_mandatory:
            yield Issue(
                subjects=(each.name,), message=each.note or _NOTHING, distribution=each.distribution, files=each.by
            )


def unresolved_other(target: Target) -> Iterator[Issue]:
    """Yield a need of a plugin or a call by name that nothing satisfied."""
    for each in target.unresolved:
        if not each.is_mandatory:
            message = f"{each.note or _NOTHING} ({each.when})"
            yield Issue(subjects=(each.name,), message=message, distribution=each.distribution, files=each.by)


def unowned_library(target: Target) -> Iterator[Issue]:
    """Yield a library, program or file of the system that no binary package owned: the image needs a copy."""
    distributions = {each.name for each in target.distribution}
    for holder, need in target.needs():
        if need.class_ == "unowned":
            note = f"; {need.note}" if need.note else ""
            is_library = bool(need.soname or need.any_of)
            instructions = copy_hint(need.path, target, target.library_path, is_library=is_library)
            yield Issue(
                subjects=(need.name,),
                message=f"no binary package owns {need.path}{note}: {instructions}",
                distribution=holder if holder in distributions else "",
                files=need.by,
            )
