"""The conductor of `audit`: reads what the checks look at beyond a scan."""

from __future__ import annotations

import posixpath
from functools import cache, partial
from typing import TYPE_CHECKING

from pip_sysdeps.elf.kinds import prevailing
from pip_sysdeps.elf.read_objects import Objects
from pip_sysdeps.elf.symbols import defined_versions
from pip_sysdeps.environment.exposure import writable_folders
from pip_sysdeps.environment.read_sboms import read_sboms
from pip_sysdeps.loader.glibc.machines import machine_of
from pip_sysdeps.loader.glibc.read_config import glibc_version
from pip_sysdeps.model.elf import ElfFile
from pip_sysdeps.needs.symbol_versions import version_gaps
from pip_sysdeps.report.audit import InstalledVersion
from pip_sysdeps.report.checks import Evidence, search_path_elements
from pip_sysdeps.system.tree import may_be_elf

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pip_sysdeps.environment.sbom import Sbom
    from pip_sysdeps.model.environment import Skipped
    from pip_sysdeps.model.scan import Scan
    from pip_sysdeps.packages.installed import SystemPackages
    from pip_sysdeps.system.root import Root


def read_evidence(
    root: Root, scan: Scan, *, settled: Iterable[tuple[str, str]] = (), changes: tuple[str, ...] = ()
) -> Evidence:
    """Return what the checks look at; `settled` are the needs that the policy decides, `changes` those of the lock."""
    objects = Objects(root)
    foreign = {each.path for each in scan.skipped if each.verdict.is_foreign}
    environment = scan.environment
    own = [file for each in environment.distributions for file in filter(may_be_elf, each.files)]
    real = {each.path: root.resolve(each.path) or each.path for load in scan.loads for each in load.objects}
    paths = dict.fromkeys([*own, *environment.unclaimed, *real.values()])
    facts = {path: elf for path in paths if path not in foreign and isinstance(elf := objects.facts(path), ElfFile)}
    program = facts.get(environment.interpreter.path) or prevailing(facts.values())
    return Evidence(
        scan=scan,
        objects=facts,
        real=real,
        folders={
            path: folders
            for path in (*own, *environment.unclaimed)
            if path in facts
            and (folders := writable_folders(root, search_path_elements(facts[path]), posixpath.dirname(path)))
        },
        gaps=version_gaps(
            (loaded for load in scan.loads for loaded in load.objects),
            facts=lambda path: facts.get(real.get(path, path)),
            defined=cache(partial(_defined, objects)),
        ),
        glibc=glibc_version(root, machine_of(program)) if program else None,
        settled=frozenset(settled),
        changes=changes,
    )


def _defined(objects: Objects, path: str) -> frozenset[str] | None:
    """Return the versions that a library defines; None for one without any."""
    versions = objects.ask(path, defined_versions)
    return None if versions is None else frozenset(versions)


def installed_packages(packages: SystemPackages | None) -> Mapping[str, InstalledVersion]:
    """Return version and size of each binary package that is installed."""
    if packages is None:
        return {}
    return {
        name: InstalledVersion(version=each.version, size=each.size >> 10) for name, each in packages.packages.items()
    }


def sboms_of(root: Root, scan: Scan) -> tuple[Mapping[str, tuple[Sbom, ...]], tuple[Skipped, ...]]:
    """Return the bills of materials of each distribution that has some, and those that could not be used."""
    skipped: list[Skipped] = []
    found = {each.name: read_sboms(root, each, skipped) for each in scan.environment.distributions}
    return {name: sboms for name, sboms in found.items() if sboms}, tuple(skipped)
