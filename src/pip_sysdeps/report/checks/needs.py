"""Needs without an answer, or that no package installs."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from pip_sysdeps.lock.instructions import same_name_note
from pip_sysdeps.model.environment import Verdict
from pip_sysdeps.model.needs import FromPackage, Missing, Unowned, Unreachable
from pip_sysdeps.report.evidence import Trouble, trouble_of_need
from pip_sysdeps.report.offers import command_to_add
from pip_sysdeps.report.repairs import to_copy, to_reach
from pip_sysdeps.words import listed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pip_sysdeps.model.needs import Need
    from pip_sysdeps.report.evidence import Evidence


def unresolved_import(evidence: Evidence) -> Iterator[Trouble]:
    """Yield a library that an import or a chosen plugin needs, and that nothing provides."""
    for holder, need in evidence.undecided():
        if isinstance(need.provider, Missing) and need.is_mandatory and not need.optional:
            yield trouble_of_need(holder, need, _answer(need.provider))


def unresolved_other(evidence: Evidence) -> Iterator[Trouble]:
    """Yield something that a plugin or a call by name needs, and that nothing provides."""
    for holder, need in evidence.undecided():
        if isinstance(need.provider, Missing | Unreachable) and (need.optional or not need.is_mandatory):
            yield trouble_of_need(holder, need, f"{_answer(need.provider)} ({need.when.value})")


def unowned_library(evidence: Evidence) -> Iterator[Trouble]:
    """Yield a library, program or file of the system that no binary package owns: the image needs a copy."""
    for holder, need in evidence.undecided():
        if isinstance(need.provider, Unowned):
            provider = need.provider
            other = f"; {same_name_note(provider.package)}" if provider.package else ""
            is_library = bool(need.soname or need.any_of)
            how = to_copy(provider.path, evidence.scan.platform, evidence.library_path, is_library=is_library)
            message = f"no binary package owns {provider.path}{other}: {how}"
            yield trouble_of_need(holder, need, message)


def unreachable_library(evidence: Evidence) -> Iterator[Trouble]:
    """Yield a library that an import needs and that is in the environment outside the search path."""
    for holder, need in evidence.undecided():
        if isinstance(need.provider, Unreachable) and need.is_mandatory and not need.optional:
            yield trouble_of_need(holder, need, f"{_answer(need.provider)}: {to_reach(need.provider.path)}")


def unknown_name(evidence: Evidence) -> Iterator[Trouble]:
    """Yield one line for each distribution that opens or runs something by a name that its sources do not show."""
    holders = evidence.scan.environment.holders()
    found: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for skipped in evidence.scan.skipped:
        if skipped.verdict is Verdict.UNKNOWN_NAME:
            found[holders.get(skipped.path, ""), skipped.reason].append(skipped.path)
    for (name, reason), files in found.items():
        yield Trouble(message=f"{reason}, so it is unknown which", distribution=name, files=tuple(files))


def plugins_left_out(evidence: Evidence) -> Iterator[Trouble]:
    """Yield a package of the line with packages of plugins or data of its library, which the line leaves out."""
    holders: dict[str, str] = {}
    for holder, need in evidence.scan.needs() if evidence.left_out else ():
        holders.setdefault(_package(need), holder)
    for name, plugins in evidence.left_out.items():
        holder = holders.get(name, "")
        add = command_to_add(plugins, holder or "NAME")
        message = (
            f"lacks plugins or data: {listed(plugins)} {'is' if len(plugins) == 1 else 'are'} not in the line: {add}"
        )
        yield Trouble(message=message, subjects=(name,), distribution=holder)


def _package(need: Need) -> str:
    return need.provider.package if isinstance(need.provider, FromPackage) else ""


def _answer(provider: Missing | Unreachable) -> str:
    if isinstance(provider, Unreachable):
        other = f"; {same_name_note(provider.package)}" if provider.package else ""
        holder = provider.distribution or "the environment"
        return f"found in {provider.path} of {holder}, where the loader does not search{other}"
    return provider.note or "not found"
