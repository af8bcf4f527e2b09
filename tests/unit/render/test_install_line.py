"""The install line as a JSON document."""

from __future__ import annotations

import json

from builders.locked import locked, need, target
from pip_sysdeps.lock.document import LockedPackage
from pip_sysdeps.lock.selection import packages_to_install
from pip_sysdeps.render.install_line import as_json


def test_versions_are_there_if_they_are_known() -> None:
    """Each package has its version, if known, and when and by whom it is needed."""
    found = target(
        locked("two", need("libpq.so.5", "libpq5"), need("libm.so.6", "libc6")),
        locked("one", need("libpq.so.5", "libpq5", "declared")),
        package=(LockedPackage(name="libc6", base=True), LockedPackage(name="libpq5", min="10", version="15")),
    )
    assert json.loads(as_json(found, packages_to_install(found, base=True, pin=True))) == {
        "schema": 1,
        "target": "debian-bookworm-amd64",
        "package-manager": "dpkg",
        "packages": [
            {"name": "libc6", "base": True, "when": ["import"], "by": ["two"]},
            {
                "name": "libpq5",
                "min": "10",
                "version": "15",
                "base": False,
                "when": ["declared", "import"],
                "by": ["one", "two"],
            },
        ],
    }
