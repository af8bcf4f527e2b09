"""Measured truth about real projects: what `tests/integration/truth/` holds.

Each file is one project on Debian 12 and 13, measured without this tool: which packages own what each distribution's
DT_NEEDED name outside the environment, and which are not in a release root of minbase and python3 already.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from packaging.utils import canonicalize_name

from builders.environments import Project

if TYPE_CHECKING:
    from collections.abc import Mapping

FOLDER = Path(__file__).parent.parent / "integration" / "truth"

PROJECTS = tuple(sorted(path.stem for path in FOLDER.glob("*.json")))
"""The names of the measured projects."""

IN_NO_RECORD = "(in no record)"
"""Stands where a distribution's name would, for ELF files that no RECORD lists."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """What was measured of one project on one release."""

    project: Project
    """What was installed."""
    owners_of_needed: Mapping[str, frozenset[str]]
    """By normalized distribution name: the packages that own what its files need outside the environment, libc6 too."""
    owners_of_needed_not_in_base: frozenset[str]
    """Those of all distributions that the release root does not have."""
    missing: frozenset[str]
    """Needed names that nothing in the build root has."""
    fails_for_other_reasons: tuple[str, ...]
    """Tests (`distribution: what`) that fail in the build root too."""


def read_truth(name: str, suite: str) -> Truth:
    """Read the file of one project for one release."""
    suites: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text())["suites"]
    measured = suites[suite]
    return Truth(
        project=Project(
            suite=suite,
            requirements=tuple(measured["requirements"]),
            no_binary=tuple(measured["no_binary"]),
            constraints=tuple(measured["constraints"].items()),
            dev_packages=tuple(measured["dev_packages"]),
            variables=tuple(measured.get("variables", {}).items()),
        ),
        owners_of_needed={
            name if name == IN_NO_RECORD else canonicalize_name(name): frozenset(owners)
            for name, owners in measured["owners_of_needed"].items()
        },
        owners_of_needed_not_in_base=frozenset(measured["owners_of_needed_not_in_base"]),
        missing=frozenset(measured["missing_in_build_root_too"]),
        fails_for_other_reasons=tuple(measured["fails_for_other_reasons"]),
    )
