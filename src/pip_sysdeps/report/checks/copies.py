"""Check for several copies of one library."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING

from pip_sysdeps.elf.kinds import is_program
from pip_sysdeps.model.needs import FromPackage, When
from pip_sysdeps.report.evidence import Issue

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pip_sysdeps.report.evidence import Evidence

_RENAMED = re.compile(r"(?:-[0-9a-f]{8})+(?=\.so)")
"""The hash that auditwheel adds to the name of a library that it copies into a wheel."""
_LIBRARY = re.compile(r"(lib[^/]+\.so\.[0-9]+)(?:\.[0-9]+)*|(lib[^/]+\.so)")


def library_twice(evidence: Evidence) -> Iterator[Issue]:
    """Yield each library of which one Python process may load several copies."""
    holders_of = evidence.scan.environment.holders()
    for name, copies in sorted(_copies(evidence).items()):
        if len(copies) > 1:
            names = {evidence.scan.objects[path].soname for path in copies}
            if len(names) == 1:
                how = "all with one SONAME: the first one loaded is used by all"
            else:
                how = "each with its own state"
            holders = sorted({holders_of.get(path) or _other_holder(path, evidence) for path in copies})
            message = f"{len(copies)} copies ({', '.join(holders)}), {how}"
            yield Issue(subjects=(name,), message=message, files=tuple(sorted(copies)))


def vendored_and_system(evidence: Evidence) -> Iterator[Issue]:
    """Yield a library that one distribution vendors, and another takes from a binary package."""
    needed = {library_name(need.soname) for _, need in evidence.scan.needs() if isinstance(need.provider, FromPackage)}
    for distribution, file, elf in evidence.own_objects():
        name = library_name(elf.soname or "")
        if name and name in needed and distribution is not None:
            message = "vendored here, and taken from a binary package by others: system updates reach only one copy"
            yield Issue(subjects=(name,), message=message, distribution=distribution.distribution.name, files=(file,))


def library_name(soname: str) -> str:
    """Return a library's name and major version without auditwheel's hash; empty without a version.

    `libgomp-a34b3233.so.1.0.0` is `libgomp.so.1`.
    """
    match = _LIBRARY.fullmatch(_RENAMED.sub("", soname))
    return (match[1] or match[2]) if match else ""


def _copies(evidence: Evidence) -> Mapping[str, set[str]]:
    """Return the files of each library that an interpreter loads if it imports everything."""
    copies: defaultdict[str, set[str]] = defaultdict(set)
    for load in evidence.scan.loads:
        root = evidence.scan.facts(load.root)
        if load.when is not When.IMPORT or root is None or is_program(root):
            continue
        for loaded in load.objects:
            path = evidence.scan.real.get(loaded.path, loaded.path)
            elf = evidence.scan.objects.get(path)
            if elf is not None and (name := library_name(elf.soname or "")):
                copies[name].add(path)
    return copies


def _other_holder(path: str, evidence: Evidence) -> str:
    """Return the holder of a file outside all distributions, for messages."""
    return "the system" if path not in evidence.scan.environment.unclaimed else "no record"
