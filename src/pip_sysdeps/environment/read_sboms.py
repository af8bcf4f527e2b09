"""Read the SBOMs of installed wheels (PEP 770)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pip_sysdeps.environment.sbom import Sbom, parse_sbom
from pip_sysdeps.errors import MalformedError
from pip_sysdeps.model.environment import Skipped, Verdict

if TYPE_CHECKING:
    from pip_sysdeps.model.environment import Distribution
    from pip_sysdeps.system.root import Root

_MAX_BYTES = 32 << 20


def read_sboms(root: Root, distribution: Distribution, skipped: list[Skipped]) -> tuple[Sbom, ...]:
    """Return the SBOMs of one distribution, by name; unusable ones are noted."""
    folder = f"{distribution.metadata_path}/sboms"
    found = []
    for name in root.names(folder):
        if not name.endswith(".json"):
            continue
        path = f"{folder}/{name}"
        try:
            found.append(parse_sbom(root.read(path, _MAX_BYTES)))
        except OSError as error:
            skipped.append(Skipped(path=path, verdict=Verdict.UNREADABLE, reason=error.strerror or "cannot be read"))
        except MalformedError as error:
            skipped.append(Skipped(path=path, verdict=Verdict.MALFORMED, reason=str(error)))
    return tuple(found)
