"""Check for needs without a provider, or that no package installs."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from pip_sysdeps.lock.instructions import same_name_note
from pip_sysdeps.model.environment import Verdict
from pip_sysdeps.model.needs import FromPackage, Missing, Unowned, Unreachable
from pip_sysdeps.report.evidence import Issue, issue_of_need
from pip_sysdeps.report.offers import command_to_add
from pip_sysdeps.report.repairs import copy_hint, reach_hint
from pip_sysdeps.words import format_list

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pip_sysdeps.model.needs import Need
    from pip_sysdeps.report.evidence import Evidence


def unresolved_import(evidence: Evidence) -> Iterator[Issue]:
    """Yield a library that an import or a chosen plugin needs, and that nothing provides."""
    for holder, need in evidence.undecided_needs():
        if isinstance(need.provider, Missing) and need.is_mandatory and not need.optional:
            yield issue_of_need(holder, need, _missing_message(need.provider))


def unresolved_other(evidence: Evidence) -> Iterator[Issue]:
    """Yield something that a plugin or a call by name needs, and that nothing provides."""
    for holder, need in evidence.undecided_needs():
        if isinstance(need.provider, Missing | Unreachable) and (need.optional or not need.is_mandatory):
            yield issue_of_need(holder, need, f"{_missing_message(need.provider)} ({need.when.value})")


def unowned_library(evidence: Evidence) -> Iterator[Issue]:
    """Yield a library, program or file of the system that no binary package owns: the image needs a copy."""
    for holder, need in evidence.undecided_needs():
        if isinstance(need.provider, Unowned):
            provider = need.provider
            same_name = f"; {same_name_note(provider.package)}" if provider.package else ""
            is_library = bool(need.soname or need.any_of)
            how = copy_hint(provider.path, evidence.scan.platform, evidence.library_path, is_library=is_library)
            message = f"no binary package owns {provider.path}{same_name}: {how}"
            yield issue_of_need(holder, need, message)


def unreachable_library(evidence: Evidence) -> Iterator[Issue]:
    """Yield a library that an import needs and that is in the environment outside the search path."""
    for holder, need in evidence.undecided_needs():
        if isinstance(need.provider, Unreachable) and need.is_mandatory and not need.optional:
            yield issue_of_need(holder, need, f"{_missing_message(need.provider)}: {reach_hint(need.provider.path)}")


def unknown_name(evidence: Evidence) -> Iterator[Issue]:
    """Yield each distribution that opens or runs something by a name that is computed at run time."""
    holders = evidence.scan.environment.holders()
    found: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for skipped in evidence.scan.skipped:
        if skipped.verdict is Verdict.UNKNOWN_NAME:
            found[holders.get(skipped.path, ""), skipped.reason].append(skipped.path)
    for (name, reason), files in found.items():
        yield Issue(message=f"{reason}, so it is unknown which", distribution=name, files=tuple(files))


def plugins_left_out(evidence: Evidence) -> Iterator[Issue]:
    """Yield each package of the install line with recommended packages of plugins or data that the line omits."""
    holders: dict[str, str] = {}
    for holder, need in evidence.scan.needs() if evidence.omitted_plugins else ():
        holders.setdefault(_package_of(need), holder)
    for name, plugins in evidence.omitted_plugins.items():
        holder = holders.get(name, "")
        add = command_to_add(plugins, holder or "NAME")
        verb = "is" if len(plugins) == 1 else "are"
        message = f"lacks plugins or data: {format_list(plugins)} {verb} not in the install line: {add}"
        yield Issue(message=message, subjects=(name,), distribution=holder)


def _package_of(need: Need) -> str:
    return need.provider.package if isinstance(need.provider, FromPackage) else ""


def _missing_message(provider: Missing | Unreachable) -> str:
    if isinstance(provider, Unreachable):
        same_name = f"; {same_name_note(provider.package)}" if provider.package else ""
        holder = provider.distribution or "the environment"
        return f"found in {provider.path} of {holder}, where the loader does not search{same_name}"
    return provider.note or "not found"
